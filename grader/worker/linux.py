"""The few Linux calls that Python 3.11 lacks, by `ctypes`, with errors raised as `OSError`.

One `Linux` is made in the zygote before any fork, so that a worker need not search for libc.
Constants are those of the kernel's `include/uapi/linux/{sched,mount,prctl,capability}.h`.
"""

import ctypes
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY = 0x1
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_REMOUNT = 0x20
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_SETATTR = 442  # one number on every architecture since Linux 5.12
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41, "riscv64": 41, "ppc64le": 203, "s390x": 217}
_CAPABILITY_VERSION_3 = 0x20080522


class _MountAttr(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def is_linux() -> bool:
    """Whether the layers made of Linux calls can exist at all here."""
    return sys.platform == "linux"


def _path(path: str | None) -> bytes | None:
    return None if path is None else os.fsencode(path)


@dataclass(frozen=True)
class Linux:
    """Calls into libc; every method raises `OSError` when the kernel says no."""

    libc: ctypes.CDLL = field(default_factory=lambda: ctypes.CDLL(None, use_errno=True))

    def _call(self, function: Callable[..., int], what: str, *arguments: object) -> int:
        result = function(*arguments)
        if result < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), what)
        return result

    def unshare(self, flags: int) -> None:
        """Leave the namespaces named by `flags` (CLONE_NEW*) for new ones."""
        self._call(self.libc.unshare, "unshare", ctypes.c_int(flags))

    def setns(self, fd: int, kind: int) -> None:
        """Enter the namespace behind `fd`, which is of the given CLONE_NEW* kind."""
        self._call(self.libc.setns, "setns", fd, ctypes.c_int(kind))

    def mount(
        self, source: str | None, target: str, kind: str | None, flags: int, options: str = ""
    ) -> None:
        """mount(2); `kind` is the file system's name, None for binds and remounts."""
        self._call(
            self.libc.mount,
            f"mount {target}",
            _path(source),
            _path(target),
            _path(kind),
            ctypes.c_ulong(flags),
            options.encode(),
        )

    def restrict_mounts(self, target: str, flags: int) -> None:
        """Set MS_RDONLY, MS_NOSUID or MS_NODEV on `target` and every mount below it."""
        attributes = _MountAttr(attr_set=flags)  # these three have the same value as MOUNT_ATTR_*
        self._call(
            self.libc.syscall,
            f"mount_setattr {target}",
            ctypes.c_long(_MOUNT_SETATTR),
            ctypes.c_int(_AT_FDCWD),
            _path(target),
            ctypes.c_uint(_AT_RECURSIVE),
            ctypes.byref(attributes),
            ctypes.c_size_t(ctypes.sizeof(attributes)),
        )

    def unmount(self, target: str) -> None:
        """Detach the file system at `target`, now from the tree, later from memory."""
        self._call(self.libc.umount2, f"umount {target}", _path(target), MNT_DETACH)

    def pivot_root(self, new: str, old: str) -> None:
        """pivot_root(2)."""
        number = _PIVOT_ROOT.get(platform.machine())
        if number is None:
            raise OSError(f"pivot_root has no known number on {platform.machine()}")
        self._call(self.libc.syscall, "pivot_root", ctypes.c_long(number), _path(new), _path(old))

    def prctl(self, option: int, value: int) -> None:
        """prctl(2) with one argument."""
        zero = ctypes.c_ulong(0)
        self._call(
            self.libc.prctl,
            f"prctl {option}",
            ctypes.c_int(option),
            ctypes.c_ulong(value),
            zero,
            zero,
            zero,
        )

    def madvise(self, start: int, size: int, advice: int) -> None:
        """madvise(2) on the caller's own memory."""
        self._call(
            self.libc.madvise,
            "madvise",
            ctypes.c_void_p(start),
            ctypes.c_size_t(size),
            ctypes.c_int(advice),
        )

    def load_filter(self, program: bytes) -> None:
        """Load a compiled seccomp filter (8 bytes an instruction) into this process, for good."""
        loaded = _FilterProgram(length=len(program) // 8, filter=program)
        self._call(
            self.libc.prctl,
            "prctl seccomp",
            ctypes.c_int(PR_SET_SECCOMP),
            ctypes.c_ulong(2),  # SECCOMP_MODE_FILTER
            ctypes.byref(loaded),
        )

    def drop_capabilities(self) -> None:
        """Empty the effective, permitted and inheritable sets."""
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        self._call(self.libc.capset, "capset", header, (ctypes.c_uint32 * 6)())
