"""Resource limits of one worker process, hard and soft alike: a soft one can be ignored."""

import os
import resource
from collections.abc import Iterator


def address_space() -> int:
    """Bytes of address space that this process has mapped already (the zygote's libraries)."""
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")


def apply_rlimits(
    *,
    cpu_seconds: int,
    file_bytes: int,
    open_files: int,
    processes: int | None,
    address_space_bytes: int | None,
) -> None:
    """Set the limits; None leaves one as it is. Raises `OSError` or `ValueError`.

    `processes` counts every process and thread of the worker's user, the worker included.
    """
    wanted = {
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: open_files,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_AS: address_space_bytes,
    }
    for name, value in (*wanted.items(), *_always_zero()):
        if value is not None:
            _lower(name, value)


def _always_zero() -> Iterator[tuple[int, int]]:
    for name in ("RLIMIT_MSGQUEUE", "RLIMIT_NICE", "RLIMIT_RTPRIO"):
        if hasattr(resource, name):
            yield getattr(resource, name), 0


def _lower(name: int, value: int) -> None:
    """Set a limit, or keep the tighter one that this process was started with."""
    _, hard = resource.getrlimit(name)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(name, (value, value))
