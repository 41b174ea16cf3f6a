"""A program that shows the grader a Windows: `python as_on_windows.py FOLDER [check …]`.

Our own modules, and they alone, see `os`, `signal` and the like without what Windows lacks, and a
`sys` that says so; Python's own and other libraries, which know Windows, see this machine. What
it cannot show: paths with drives, the console, processes. FOLDER is that of the package `grader`.
With `--notebook` in place of words it does a job of `grader.worker.plainly`, from standard input.
"""

import builtins
import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any

MODULES = {
    "fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "crypt", "spwd", "nis",
    "posix", "curses", "readline", "pyseccomp", "seccomp", "landlock", "py_landlock",
}  # fmt: skip
LACKING = {
    "os": """
        O_ASYNC O_CLOEXEC O_DIRECT O_DIRECTORY O_DSYNC O_NDELAY O_NOATIME O_NOCTTY O_NOFOLLOW
        O_NONBLOCK O_PATH O_RSYNC O_SYNC O_TMPFILE WCONTINUED WNOHANG WUNTRACED chown chroot
        confstr ctermid fchdir fchmod fchown fdatasync fork forkpty fpathconf fstatvfs getegid
        geteuid getgid getgrouplist getgroups getloadavg getpgid getpgrp getpriority getresgid
        getresuid getsid getuid getxattr initgroups killpg lchown lockf major makedev
        memfd_create minor mkfifo mknod nice openpty pathconf pipe2 posix_fadvise
        posix_fallocate posix_spawn posix_spawnp pread preadv pwrite pwritev readv
        register_at_fork removexattr sched_getaffinity sched_setaffinity sched_yield sendfile
        setegid seteuid setgid setgroups setpgid setpriority setregid setresgid setresuid
        setreuid setsid setuid setxattr splice statvfs sync sysconf tcgetpgrp tcsetpgrp ttyname
        uname unshare setns wait wait3 wait4 waitid writev WIFSIGNALED WIFEXITED WEXITSTATUS
        WTERMSIG pidfd_open eventfd""",
    "signal": """
        SIGALRM SIGBUS SIGCHLD SIGCONT SIGHUP SIGIO SIGKILL SIGPIPE SIGPROF SIGPWR SIGQUIT SIGSTOP
        SIGSYS SIGTRAP SIGTSTP SIGTTIN SIGTTOU SIGURG SIGUSR1 SIGUSR2 SIGVTALRM SIGWINCH SIGXCPU
        SIGXFSZ alarm getitimer pause pthread_kill pthread_sigmask setitimer siginterrupt
        sigpending sigtimedwait sigwait sigwaitinfo SIG_BLOCK SIG_SETMASK SIG_UNBLOCK""",
    "socket": """
        AF_UNIX AF_NETLINK CMSG_LEN CMSG_SPACE MSG_DONTWAIT MSG_NOSIGNAL MSG_CMSG_CLOEXEC SCM_RIGHTS
        SCM_CREDENTIALS SO_PEERCRED SO_PASSCRED recv_fds send_fds sethostname""",
    "select": "poll epoll kqueue",
    "time": "clock_getres clock_gettime clock_gettime_ns clock_settime pthread_getcpuclockid tzset",
}


def _without(name: str) -> types.ModuleType:
    """A module as Windows has it."""
    real = importlib.import_module(name)
    lacking = set(LACKING.get(name, "").split())
    shown = types.ModuleType(name)
    shown.__dict__.update({key: value for key, value in vars(real).items() if key not in lacking})
    return shown


SHOWN = {name: _without(name) for name in (*LACKING, "sys")}
SHOWN["sys"].platform = "win32"  # type: ignore[attr-defined]
SHOWN["os"].name = "nt"  # type: ignore[attr-defined]


def as_on_windows(
    name: str, globals: Any = None, locals: Any = None, fromlist: Sequence[str] = (), level: int = 0
) -> types.ModuleType:
    """`__import__`, on Windows."""
    if level == 0 and name.partition(".")[0] in MODULES:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    found = builtins.__import__(name, globals, locals, fromlist, level)
    return SHOWN.get(name, found) if level == 0 else found


class _Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": as_on_windows}
        super().exec_module(module)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name.partition(".")[0] != "grader":
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin:
            spec.loader = _Loader(name, spec.origin)
        return spec


def main() -> None:
    """Take the words of the command line."""
    folder, *words = sys.argv[1:]
    sys.path.insert(0, folder)
    sys.meta_path.insert(0, _Finder())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="cp1252")  # type: ignore[union-attr]
    if words == ["--notebook"]:
        importlib.import_module("grader.worker.plainly").main()
    sys.argv = SHOWN["sys"].argv = ["chainrule", *words]  # type: ignore[attr-defined]
    importlib.import_module("grader.cli").app()


if __name__ == "__main__":
    main()
