"""Isolation "process": a worker of the owner's own user changes nothing of the owner's files."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from boxes import Answer, Box, attacker, policy, program  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.grading.doctor import diagnose

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

NOBODY = 65534
# The owner's file: `F` may be read, `G` not; `D` is their folder; `W` is the worker's.
SETUP = """
import ctypes, os, platform
F, G, D, W = {read!r}, {unread!r}, {folder!r}, os.getcwd()
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *args):
    kept = [a.encode() if isinstance(a, str) else a for a in args]
    if libc.syscall(ctypes.c_long(number), *kept) < 0:
        raise OSError(ctypes.get_errno(), "refused")
fd = os.open(F, os.O_RDONLY)
"""
REFUSED = {
    "chmod": "os.chmod(F, 0o777)",
    "chmod_unread": "os.chmod(G, 0o777)",
    "chmod_folder": "os.chmod(D, 0o777)",
    "fchmod": "os.fchmod(fd, 0o777)",
    "fchmodat": "os.chmod('read', 0o777, dir_fd=os.open(D, os.O_RDONLY | os.O_DIRECTORY))",
    "fchmodat2": "call(452, -100, F, 0o777, 0)",
    "chmod_by_proc": "os.chmod(f'/proc/self/fd/{fd}', 0o777)",
    "chown": "os.chown(F, -1, os.getgid())",
    "fchown": "os.fchown(fd, -1, os.getgid())",
    "lchown": "os.lchown(G, -1, os.getgid())",
    "utime": "os.utime(F)",
    "utime_unread": "os.utime(G, (1, 1))",
    "futimens": "os.utime(fd, (1, 1))",
    "utimensat": "os.utime('unread', (1, 1), dir_fd=os.open(D, os.O_RDONLY | os.O_DIRECTORY))",
    "setxattr": "os.setxattr(F, 'user.x', b'1')",
    "fsetxattr": "os.setxattr(fd, 'user.x', b'1')",
    "removexattr": "os.removexattr(F, 'user.planted')",
    "truncate": "os.truncate(F, 0)",
    "truncate_unread": "os.truncate(G, 0)",
    "open_and_empty": "os.open(F, os.O_RDONLY | os.O_TRUNC)",
    "open_to_write": "os.open(F, os.O_WRONLY)",
    "open_to_append": "os.open(F, os.O_RDWR | os.O_APPEND)",
    "open_again_by_proc": "os.open(f'/proc/self/fd/{fd}', os.O_WRONLY)",
    "create": "os.open(D + '/new', os.O_CREAT | os.O_WRONLY)",
    "unlink": "os.unlink(F)",
    "rmdir": "os.rmdir(D + '/empty')",
    "mkdir": "os.mkdir(D + '/new')",
    "rename": "os.rename(F, D + '/new')",
    "rename_here": "os.rename(F, W + '/new')",
    "rename_over": "open('x', 'w').close(); os.rename('x', F)",
    "link_here": "os.link(F, W + '/new')",
    "link_there": "open('x', 'w').close(); os.link('x', D + '/new')",
    "symlink_there": "os.symlink('/etc/passwd', D + '/new')",
    "mknod": "os.mknod(W + '/new', 0o600 | 0o010000)",
    "mkfifo": "os.mkfifo(D + '/new')",
    "flock": "import fcntl; fcntl.flock(fd, fcntl.LOCK_EX)",
    "lease": "import fcntl; fcntl.fcntl(fd, 1024, fcntl.F_WRLCK)",
    "kill": "os.kill({ours}, 15)",
    "priority": "os.setpriority(os.PRIO_PROCESS, {ours}, 19)",
    "affinity": "os.sched_setaffinity({ours}, [0])",
    "limits": "import resource; resource.prlimit({ours}, resource.RLIMIT_CPU, (1, 1))",
}


@dataclass(frozen=True)
class Theirs:
    """A hostile worker, and the owner's files that it may reach."""

    box: Box
    folder: Path

    def run(self, code: str) -> Answer:
        names = {n: str(self.folder / n) for n in ("read", "unread")}
        setup = SETUP.format(**names, folder=str(self.folder))
        return self.box.run(setup + code.replace("{ours}", str(os.getpid())))

    def state(self) -> list[tuple[str, int, int, int, float, float]]:
        """Everything of the owner's files that somebody could have changed."""
        paths = [self.folder, *sorted(self.folder.rglob("*"))]
        found = [(path.name, path.lstat()) for path in paths]
        return [(name, s.st_mode, s.st_nlink, s.st_size, s.st_mtime, s.st_gid) for name, s in found]


@pytest.fixture(scope="module", params=["self", "nobody"])
def zygote(request: pytest.FixtureRequest) -> Iterator[tuple[Zygote, Path]]:
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can start a zygote as another user")
    works = {probe.layer: probe.works for probe in diagnose()}
    if not (works["landlock"] and works["seccomp"]):
        pytest.skip("without Landlock and seccomp, isolation by process holds little")
    folder = Path(tempfile.mkdtemp(prefix="owners-"))
    (folder / "empty").mkdir()
    for name in ("read", "unread"):
        (folder / name).write_text(name)
    if request.param == "nobody":
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    chosen = policy("process")
    # What may be read is one file, as libraries are; the folder too, to be listed.
    chosen = replace(chosen, readable=(*chosen.readable, str(folder / "read"), str(folder)))
    with Zygote(chosen, program=program(request.param)) as made:
        yield made, folder
    shutil.rmtree(folder)


@pytest.fixture
def theirs(zygote: tuple[Zygote, Path]) -> Iterator[Theirs]:
    with attacker(zygote[0]) as box:
        yield Theirs(box, zygote[1])


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_the_owners_stays_as_it_is(theirs: Theirs, name: str) -> None:
    before = theirs.state()
    answer = theirs.run(REFUSED[name])
    assert answer.error is not None, answer
    # Landlock says EXDEV where a file would move between folders.
    assert (
        answer.error == "PermissionError"
        or "[Errno 18]" in answer.result
        or (
            answer.error == "FileNotFoundError" and "proc" in name  # /proc is out of reach
        )
    ), answer
    assert theirs.state() == before


def test_the_workers_own_files_are_its_own(theirs: Theirs) -> None:
    code = """
with open("one", "w") as file:
    file.write("x")
os.open("one", os.O_RDWR | os.O_TRUNC)
os.rename("one", "two"); os.link("two", "three"); os.mkdir("four"); os.symlink("two", "five")
os.rename("three", "four/three"); os.unlink("two");
result = sorted(os.listdir("."))
"""
    assert theirs.run(code).result == ["five", "four"]
