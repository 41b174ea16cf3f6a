"""Landlock: which files a worker may open, TCP and signals shut, whatever its root looks like.

Works without privileges, and stays when a path has been forgotten by the layers before it.
"""

import os
import stat
from collections.abc import Iterable


def abi() -> int:
    """The kernel's Landlock version, 0 without Landlock."""
    try:
        from py_landlock import LandlockError, get_abi_version
    except ImportError:
        return 0
    try:
        return int(get_abi_version())
    except (LandlockError, OSError):
        return 0


def shuts_signals() -> bool:
    """Whether a Landlock domain keeps signals inside it (version 6, Linux 6.12)."""
    return abi() >= 6


def restrict(readable: Iterable[str], writable: Iterable[str], devices: Iterable[str]) -> None:
    """Confine the calling thread: read below `readable`, read and write below `writable`.

    `devices` may be read, written and, for their drivers, controlled by ioctl. Everything else,
    TCP, abstract sockets outside and signals outside are refused as far as the kernel can.
    Raises `py_landlock.LandlockError` or `OSError`; needs no_new_privs first.
    """
    from py_landlock import (
        AccessFs,
        RulesetAttr,
        create_ruleset,
        get_abi_version,
        restrict_self,
    )
    from py_landlock.abi import get_supported_fs, get_supported_net, get_supported_scope

    version = get_abi_version()
    handled = get_supported_fs(version)
    attributes = RulesetAttr(
        handled_access_fs=int(handled),
        handled_access_net=int(get_supported_net(version)),
        scoped=int(get_supported_scope(version)),
    )
    read = AccessFs.READ_FILE | AccessFs.READ_DIR
    special = AccessFs.EXECUTE | AccessFs.MAKE_CHAR | AccessFs.MAKE_BLOCK | AccessFs.IOCTL_DEV
    write = handled & ~(special | AccessFs.MAKE_SOCK | AccessFs.MAKE_FIFO)
    device = AccessFs.READ_FILE | AccessFs.WRITE_FILE | (AccessFs.IOCTL_DEV & handled)
    ruleset = create_ruleset(attributes)
    try:
        for paths, access in ((readable, read), (writable, write), (devices, device)):
            for path in paths:
                _allow(ruleset, path, int(access))
        restrict_self(ruleset, None)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, access: int) -> None:
    from py_landlock import AccessFs, PathBeneathAttr, add_rule
    from py_landlock.landlock_sys import RulesetFd

    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not stat.S_ISDIR(os.fstat(fd).st_mode):
            on_files = AccessFs.READ_FILE | AccessFs.WRITE_FILE | AccessFs.EXECUTE
            access &= int(on_files | AccessFs.TRUNCATE | AccessFs.IOCTL_DEV)
        add_rule(RulesetFd(ruleset), PathBeneathAttr(allowed_access=access, parent_fd=fd))
    finally:
        os.close(fd)
