"""Commands as other Unix users, each in a process of that user: what a shared server is made of.

Only root can start them. A user gets a mount namespace in which the interpreter can be reached even
if it lies below a folder that only root may enter, a home of its own, and nothing else of ours.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.controller.zygote import grader_folder

_PROGRAM = """
import os, pwd, sys
from grader.worker import linux
user, folder, umask, *command = sys.argv[1:]
who = pwd.getpwnam(user)
calls = linux.Linux()
calls.unshare(linux.CLONE_NEWNS)
calls.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
def locked(path):
    parents = [path[:i] for i, c in enumerate(path) if c == "/" and i] + [path]
    return next((p for p in parents if not os.stat(p).st_mode & 1), None)
kept = {os.path.realpath(p) for p in (sys.prefix, sys.base_prefix, os.environ["KIT"])}
kept = {p: os.open(p, os.O_PATH) for p in kept if locked(p)}
for cover in {locked(p) for p in kept}:
    calls.mount("cover", cover, "tmpfs", 0, "mode=755")
for path, fd in kept.items():
    os.makedirs(path, exist_ok=True)
    calls.mount(f"/proc/self/fd/{fd}", path, None, linux.MS_BIND | linux.MS_REC)
os.setgroups([])
os.setresgid(who.pw_gid, who.pw_gid, who.pw_gid)
os.setresuid(who.pw_uid, who.pw_uid, who.pw_uid)
os.umask(int(umask, 8))
os.chdir(folder)
os.execvp(command[0], command)
"""


@dataclass(frozen=True)
class User:
    """A user of the machine, and where they work."""

    name: str
    home: Path
    config: Path

    def does(self, *command: str, folder: Path | None = None, umask: str = "022") -> str:
        """Run a command as this user; what it printed.

        Raises:
            AssertionError: it failed.
        """
        done = self.tries(*command, folder=folder, umask=umask)
        said = done.stdout + done.stderr
        assert done.returncode == 0, f"{self.name}: {' '.join(command)}: {said}"
        return said

    def tries(
        self, *command: str, folder: Path | None = None, umask: str = "022"
    ) -> subprocess.CompletedProcess[str]:
        """The same, however it ends."""
        env = {
            "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home), "USER": self.name, "LOGNAME": self.name, "LANG": "C.UTF-8",
            "JUPYTER_CONFIG_PATH": str(self.config), "KIT": grader_folder(),
        }  # fmt: skip
        words = [sys.executable, "-c", _PROGRAM, self.name, str(folder or self.home), umask]
        return subprocess.run(
            [*words, *command], env=env, capture_output=True, text=True, timeout=600, check=False
        )


def user(name: str, below: Path, config: Path) -> User:
    """An existing user of the machine, with a fresh home that nobody else may enter."""
    home = below / "home" / name
    home.mkdir(parents=True)
    who = pwd.getpwnam(name)
    os.chown(home, who.pw_uid, who.pw_gid)
    home.chmod(0o700)
    return User(name, home, config)


def owned(path: Path, by: User) -> Path:
    """Give a folder and all below it to a user."""
    for one in (path, *path.rglob("*")):
        shutil.chown(one, by.name, pwd.getpwnam(by.name).pw_gid)
    return path
