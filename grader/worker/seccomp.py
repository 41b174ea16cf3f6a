"""The system calls that student code may make: an allow-list, compiled once in the zygote.

What is not named here fails with EPERM. No network (`socket` is absent: the worker's own socket
exists already), no other program (`execve`), no new namespaces, mounts, keyrings, io_uring, bpf,
memfd or System V memory, no tracing, no way to undo the order to die with the zygote.
"""

import errno
import functools
import os
import tempfile
from dataclasses import dataclass
from typing import Any

from grader.worker.linux import PR_SET_SECCOMP

_SECCOMP_MODE_FILTER = 2
_FILES = """
access chdir close close_range copy_file_range creat dup dup2 dup3 faccessat faccessat2
fadvise64 fallocate fchdir fdatasync fgetxattr flistxattr fstat fstatfs
fsync ftruncate getcwd getdents getdents64 getxattr lgetxattr link linkat listxattr llistxattr lseek
lstat mkdir mkdirat newfstatat pread64 preadv preadv2 pwrite64 pwritev pwritev2 read
readlink readlinkat readv rename renameat renameat2 rmdir sendfile stat statfs statx symlink
symlinkat umask unlink unlinkat write writev
"""
# What changes a file that its caller owns and may not write: Landlock has no right for these.
_OWNERS = "chmod fchmod fchmodat truncate utime utimensat utimes"
_OPEN = {"open": 1, "openat": 2}  # and where their flags stand
_O_ACCMODE, _O_TRUNC = 0o3, 0o1000
_WAITING = """
epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2
futex futex_waitv pause pipe pipe2 poll ppoll pselect6 select
"""
_THE_SOCKET = "getsockname getsockopt recvfrom recvmsg sendmsg sendto setsockopt shutdown"
_MEMORY = "brk madvise membarrier mincore mprotect mremap msync munmap"
_PROCESS = """
arch_prctl capget exit exit_group getcpu getegid geteuid getgid getgroups getpgid getpgrp getpid
getppid getpriority getresgid getresuid getrlimit getrusage getsid gettid getuid rseq
sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getparam sched_getscheduler
sched_yield set_robust_list set_tid_address sysinfo uname wait4 waitid getrandom
"""
_TIME = """
alarm clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time
timer_delete timer_getoverrun timer_gettime timer_settime times
"""
_SIGNALS = """
restart_syscall rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend
rt_sigtimedwait sigaltstack
"""
_KILL = {"kill": 1, "tkill": 1, "tgkill": 2}  # and where their signal stands
_CUDA = "get_mempolicy mbind mlock mlock2 munlock set_mempolicy sched_setaffinity memfd_create"

_LOW_32_BITS = 0xFFFFFFFF  # the kernel ignores the rest of an int argument, so must the filter
_NEW_NAMESPACES = 0x7E020000  # CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET
_CLONE_PTRACE = 0x00002000
_CLONE_PARENT = 0x00008000
_CLONE_THREAD = 0x00010000
# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX: for opening files and isatty
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
# F_DUPFD to F_SETLKW, F_DUPFD_CLOEXEC, F_GETPIPE_SZ: no leases, owners, watches, larger pipes.
# flock is refused too: it would lock the libraries' files, which every neighbour shares.
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)
# A worker has no way to be killed by SIGKILL: one that is was killed from outside. In a pid
# namespace the kernel ignores what it sends itself; elsewhere the signal is refused. A number that
# differs from another in one of these bits, by (mask, value), is not that number.
_NOT_SIGKILL = ((1, 0), (8, 0), (2, 2), (4, 4), (16, 16), (32, 32), (64, 64))
_NOT_RLIMIT_CPU = ((1, 1), (2, 2), (4, 4), (8, 8))
_MAP_HUGETLB = 0x40000  # huge pages are not counted as a worker's memory
# PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_SET_VMA
_PRCTLS = (2, 3, 15, 16, 23, 0x53564D41)


@dataclass(frozen=True)
class Rules:
    """What differs between one worker's filter and another's.

    `children`: it may fork; `signals`: it may send signals, because something else keeps them
    inside its own box; `unkillable`: the kernel ignores what it sends itself; `cuda`: the driver's
    ioctls and memory calls; `own_files`: it meets no file that it may change but those of its own
    box, so that it may change their modes and times.
    """

    children: bool
    signals: bool
    unkillable: bool
    cuda: bool
    own_files: bool


def compile_filters(rules: Rules) -> tuple[bytes, ...]:
    """Compile `rules` to BPF programs, to be loaded in this order.

    Raises `OSError`, `RuntimeError` or `ImportError` where libseccomp is absent or refuses.
    """
    programs = (_deny_terminal_input(),) if rules.cuda else ()
    return (*programs, _export(_allow_list(rules)))


@functools.cache
def no_children() -> bytes:
    """Compile the second filter of a worker that may start neither threads nor processes.

    Raises as `compile_filters` does.
    """
    import pyseccomp as seccomp

    made = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in ("clone", "fork", "vfork"):
        _add(made, seccomp.ERRNO(errno.EPERM), name)
    _add(made, seccomp.ERRNO(errno.ENOSYS), "clone3")
    return _export(made)


def _allow_list(rules: Rules) -> Any:
    import pyseccomp as seccomp

    made = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    names = " ".join((_FILES, _WAITING, _THE_SOCKET, _MEMORY, _PROCESS, _TIME, _SIGNALS))
    for name in (names + " " + (_CUDA if rules.cuda else "")).split():
        _add(made, seccomp.ALLOW, name)
    _add_opening(made, rules)
    _add_signals(made, rules)
    # glibc then falls back to clone, whose flags a filter can read
    _add(made, seccomp.ERRNO(errno.ENOSYS), "clone3")
    _add(made, seccomp.ERRNO(errno.ENOSYS), "openat2")
    _add_creation(made, rules.children)
    _add_limits(made)
    if rules.cuda:
        _add(made, seccomp.ALLOW, "ioctl")
        _add(made, seccomp.ALLOW, "mmap")
    else:
        _add_values(made, "ioctl", 1, _IOCTLS)
        small = seccomp.Arg(3, seccomp.MASKED_EQ, _MAP_HUGETLB, 0)
        _add(made, seccomp.ALLOW, "mmap", small)
    _add_values(made, "prctl", 0, _PRCTLS)
    # A further filter can only refuse more. The strict mode would kill as nobody else may.
    filtering = seccomp.Arg(1, seccomp.EQ, _SECCOMP_MODE_FILTER)
    _add(made, seccomp.ALLOW, "prctl", seccomp.Arg(0, seccomp.EQ, PR_SET_SECCOMP), filtering)
    _add_values(made, "fcntl", 1, _FCNTLS)
    return made


def _add_values(made: Any, name: str, position: int, values: tuple[int, ...]) -> None:
    """Allow `name` when its int argument at `position` is one of `values`."""
    import pyseccomp as seccomp

    for value in values:
        only = seccomp.Arg(position, seccomp.MASKED_EQ, _LOW_32_BITS, value)
        _add(made, seccomp.ALLOW, name, only)


def _add_opening(made: Any, rules: Rules) -> None:
    """Opening files; emptying one while reading takes no right of Landlock's before Linux 6.2."""
    import pyseccomp as seccomp

    for name in _OWNERS.split() if rules.own_files else ():
        _add(made, seccomp.ALLOW, name)
    for name, position in _OPEN.items():
        if rules.own_files:
            _add(made, seccomp.ALLOW, name)
            continue
        _add(made, seccomp.ALLOW, name, seccomp.Arg(position, seccomp.MASKED_EQ, _O_TRUNC, 0))
        for mode in (os.O_WRONLY, os.O_RDWR):
            emptied = seccomp.Arg(
                position, seccomp.MASKED_EQ, _O_TRUNC | _O_ACCMODE, _O_TRUNC | mode
            )
            _add(made, seccomp.ALLOW, name, emptied)


def _add_signals(made: Any, rules: Rules) -> None:
    """Signals, and timers that send one; SIGKILL only where it cannot end the worker itself."""
    import pyseccomp as seccomp

    if rules.unkillable:
        _add(made, seccomp.ALLOW, "timer_create")
    for name, position in _KILL.items() if rules.signals else ():
        if rules.unkillable:
            _add(made, seccomp.ALLOW, name)
            continue
        for mask, value in _NOT_SIGKILL:
            _add(made, seccomp.ALLOW, name, seccomp.Arg(position, seccomp.MASKED_EQ, mask, value))


def _add_limits(made: Any) -> None:
    """A worker may read its own limits, and lower them all but that of CPU time, which kills."""
    import pyseccomp as seccomp

    itself = seccomp.Arg(0, seccomp.MASKED_EQ, _LOW_32_BITS, 0)
    _add(made, seccomp.ALLOW, "prlimit64", itself, seccomp.Arg(2, seccomp.EQ, 0))
    for mask, value in _NOT_RLIMIT_CPU:
        other = seccomp.Arg(1, seccomp.MASKED_EQ, mask, value)
        _add(made, seccomp.ALLOW, "prlimit64", itself, other)
        _add(made, seccomp.ALLOW, "setrlimit", seccomp.Arg(0, seccomp.MASKED_EQ, mask, value))


def _add_creation(made: Any, children: bool) -> None:
    import pyseccomp as seccomp

    refused = _NEW_NAMESPACES | _CLONE_PTRACE | _CLONE_PARENT
    if children:
        plain = seccomp.Arg(0, seccomp.MASKED_EQ, refused, 0)
        _add(made, seccomp.ALLOW, "fork")
        _add(made, seccomp.ALLOW, "vfork")
    else:
        plain = seccomp.Arg(0, seccomp.MASKED_EQ, refused | _CLONE_THREAD, _CLONE_THREAD)
    _add(made, seccomp.ALLOW, "clone", plain)


def _deny_terminal_input() -> bytes:
    import pyseccomp as seccomp

    made = seccomp.SyscallFilter(seccomp.ALLOW)
    for request in (_TIOCSTI, _TIOCLINUX):
        only = seccomp.Arg(1, seccomp.MASKED_EQ, _LOW_32_BITS, request)
        _add(made, seccomp.ERRNO(errno.EPERM), "ioctl", only)
    return _export(made)


def _add(made: Any, action: int, name: str, *arguments: Any) -> None:
    """Add one rule; a call this architecture or libseccomp does not know stays denied."""
    import pyseccomp as seccomp

    number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
    if number >= 0:
        made.add_rule(action, number, *arguments)


def _export(made: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()
