"""New namespaces, and a root directory that holds nothing but what the policy names."""

import errno
import itertools
import os
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.worker.linux import (
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
    MS_BIND,
    MS_NODEV,
    MS_NOEXEC,
    MS_NOSUID,
    MS_PRIVATE,
    MS_RDONLY,
    MS_REC,
    MS_REMOUNT,
    Linux,
)

DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")
# The new root is built over the first of these that is there and that no readable path needs.
_STAGES = ("/sys/kernel", "/sys", "/mnt", "/media", "/srv", "/boot", "/run", "/home", "/root")
_ROOT_BYTES, _ROOT_INODES = 1 << 20, 4096


@dataclass(frozen=True)
class Scratch:
    """A worker's own small file system, at `place`, with two folders that it may write into."""

    place: str

    @property
    def home(self) -> str:
        """Empty at the start: the working folder, HOME and TMPDIR."""
        return f"{self.place}/home"

    @property
    def tmp(self) -> str:
        """Shown at /tmp, for code that names that; readable paths below /tmp lie in it."""
        return f"{self.place}/tmp"


@dataclass(frozen=True)
class Root:
    """What a worker's file system holds.

    `readable`: absolute paths, bound read-only at the same place; `devices`: device nodes;
    `scratch`: where it may write; `scratch_bytes`, `scratch_inodes`: how much; `owner`: the user id
    that may; `whole_proc`: /proc with the machine's files too (drivers read them), not only
    processes; `hidden`: folders below readable paths that are shown empty.
    """

    readable: tuple[str, ...]
    devices: tuple[str, ...]
    scratch: Scratch
    scratch_bytes: int
    scratch_inodes: int
    owner: int
    whole_proc: bool
    hidden: tuple[str, ...] = ()


def open_proc() -> int:
    """A descriptor of /proc/self, which stays good when the root directory changes."""
    return os.open("/proc/self", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def enter_user_namespace(linux: Linux, proc: int, flags: int = 0) -> None:
    """Enter a new user namespace, and others by `flags`, as the user one already is.

    `proc`: from `open_proc`. Raises `OSError`.
    """
    uid, gid = os.getuid(), os.getgid()
    linux.unshare(CLONE_NEWUSER | flags)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        fd = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)


def enter_namespaces(linux: Linux) -> None:
    """New network, ipc, uts and mount namespaces.

    The pid namespace is entered by being forked into it: see `PidNamespaces`.
    """
    linux.unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS)
    socket.sethostname("worker")


class PidNamespaces:
    """Lets the zygote fork each worker straight into a pid namespace of its own.

    unshare(2) moves only the children of its caller; setns(2) undoes that after the fork.
    One fork in place of two: forking a process that has imported torch is what costs.
    """

    def __init__(self, linux: Linux) -> None:
        """Remember the namespace of the caller, who must be able to enter it again."""
        self._linux = linux
        self._own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def open(self) -> None:
        """From now on children are born into a new pid namespace, each the first into its own."""
        self._linux.unshare(CLONE_NEWPID)

    def close(self) -> None:
        """Children are born beside this process again."""
        self._linux.setns(self._own, CLONE_NEWPID)


def free_scratch(readable: Iterable[str]) -> Scratch:
    """A scratch at a path that no readable path lies at, above or below.

    It is not /tmp, where a project and its libraries may lie. Nor does the machine have it: a
    Landlock rule for it opens nothing, even if the new root were not there.
    """
    paths = tuple(readable)
    names = (f"/scratch{number or ''}" for number in itertools.count())
    return Scratch(next(n for n in names if _apart(n, paths) and not os.path.lexists(n)))


def change_root(linux: Linux, root: Root) -> None:
    """Replace the root directory by a small read-only one with a private /proc and scratch.

    Needs a mount namespace of one's own. Raises `OSError`.
    """
    linux.mount("none", "/", None, MS_REC | MS_PRIVATE)
    os.umask(0o022)  # the folders made below must be open to the worker's user
    stage = _stage(root.readable)
    options = f"size={_ROOT_BYTES},nr_inodes={_ROOT_INODES},mode=755"
    linux.mount("root", stage, "tmpfs", MS_NOSUID | MS_NODEV, options)
    _mount_scratch(linux, stage, root)  # first: a readable path may lie below /tmp
    for path in outermost(root.readable):
        _bind(linux, stage, path, MS_RDONLY | MS_NOSUID | MS_NODEV)
    for path in root.hidden:
        if os.path.isdir(stage + path):
            flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC
            linux.mount("hidden", stage + path, "tmpfs", flags, "size=4k,nr_inodes=2,mode=555")
    for path in root.devices:
        _bind(linux, stage, path, MS_NOSUID)
    os.makedirs(stage + "/proc", exist_ok=True)
    _mount_proc(linux, stage + "/proc", root.whole_proc)
    os.chdir(stage)
    linux.pivot_root(".", ".")
    linux.unmount(".")
    linux.mount(None, "/", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.chdir(root.scratch.home)


def _stage(readable: Iterable[str]) -> str:
    paths = (*readable, "/dev", "/proc")
    for stage in _STAGES:
        if os.path.isdir(stage) and _apart(stage, paths):
            return stage
    raise OSError(errno.ENOENT, f"none of {', '.join(_STAGES)} is there and free")


def _apart(path: str, others: Iterable[str]) -> bool:
    """Whether neither of `path` and each other path lies at or below the other."""
    return not any(
        _below(path, other) or _below(other, path) for other in map(os.path.normpath, others)
    )


def _below(path: str, other: str) -> bool:
    return (path + "/").startswith(other.rstrip("/") + "/")


def _mount_scratch(linux: Linux, stage: str, root: Root) -> None:
    options = f"size={root.scratch_bytes},nr_inodes={root.scratch_inodes},mode=755"
    os.mkdir(stage + root.scratch.place)
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    linux.mount("scratch", stage + root.scratch.place, "tmpfs", flags, options)
    for folder in (root.scratch.home, root.scratch.tmp):
        os.mkdir(stage + folder, 0o700)
        if root.owner != os.getuid():
            os.chown(stage + folder, root.owner, root.owner)
    os.mkdir(stage + "/tmp")
    linux.mount(stage + root.scratch.tmp, stage + "/tmp", None, MS_BIND)


def outermost(paths: Iterable[str]) -> Iterator[str]:
    """The paths that exist and lie below no other of `paths`, parents of links included."""
    kept: list[str] = []
    for path in sorted({os.path.normpath(path) for path in paths}):
        if any(_below(path, other) for other in kept):
            continue
        if os.path.lexists(path):
            kept.append(path)
            yield path


def _bind(linux: Linux, stage: str, path: str, flags: int) -> None:
    """Show `path` at the same place below `stage`; a symbolic link is copied as a link."""
    target = stage + path
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
    if os.path.islink(path):
        os.symlink(os.readlink(path), target)
        return
    if os.path.isdir(path):
        os.makedirs(target, mode=0o755, exist_ok=True)
    else:
        os.close(os.open(target, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o644))
    linux.mount(path, target, None, MS_BIND | MS_REC)
    linux.restrict_mounts(target, flags)


def _mount_proc(linux: Linux, target: str, whole: bool) -> None:
    """A /proc of the new pid namespace; where the kernel refuses it, none at all."""
    flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
    try:
        linux.mount("proc", target, "proc", flags, "" if whole else "subset=pid")
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EINVAL):
            raise
