"""NVML's account of the GPUs of this machine: read from outside, by nobody that runs student code.

NVML numbers processes as the machine does. Inside a container its numbers may not be ours, and it
may not tell what a process holds (a value that is "not available"); then what can be said of a
process is found by looking before and after, or not at all.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

_FIRST_NAMESPACE = 0xEFFFFFFC
"""The inode of the pid namespace that the machine began with, the same on every Linux."""
_PAUSE = 0.0005


class NoNvml(Exception):
    """NVML cannot be asked here; the text says why."""


@dataclass(frozen=True)
class Device:
    """A GPU, or a slice of one (MIG), that a process can be given by its `uuid`.

    Bytes in all, and bytes in `use` by anybody; `holders`: the processes that hold some, with how
    many bytes, None where that is not told.
    """

    uuid: str
    name: str
    total: int
    used: int
    holders: dict[int, int | None]

    @property
    def sliced(self) -> bool:
        """Whether it is a slice of a card."""
        return self.uuid.startswith("MIG-")


@dataclass(frozen=True)
class Ceiling:
    """What no program gets more of from a card: bytes of its memory, and operations, a second.

    Of memory that hands out two words a tick, and of cores that multiply and add at once, in
    float32: what is quicker is TF32 or float16, which nobody has asked for.
    """

    bytes_per_second: float
    operations_per_second: float

    def floor(self, moved: float, operations: float) -> float:
        """Seconds in which so many bytes and operations cannot be done."""
        return max(moved / self.bytes_per_second, operations / self.operations_per_second)


class Nvml:
    """A connection to the driver's library; close it, or use it as a context."""

    def __init__(self) -> None:
        """Raises `NoNvml` where the package, the library or the driver is missing."""
        try:
            import pynvml
        except ImportError:
            raise NoNvml("nvidia-ml-py is not installed: pip install 'chainrule[gpu]'") from None
        self._library: Any = pynvml
        self._error: type[Exception] = pynvml.NVMLError
        try:
            pynvml.nvmlInit()
        except self._error as error:
            raise NoNvml(f"NVML: {error}") from None

    def driver(self) -> str:
        """The driver's version."""
        return str(self._ask(self._library.nvmlSystemGetDriverVersion))

    def devices(self) -> tuple[Device, ...]:
        """Every GPU in the machine's order; of one that is cut into slices, the slices."""
        handles: list[Any] = []
        for number in range(self._ask(self._library.nvmlDeviceGetCount)):
            card = self._ask(self._library.nvmlDeviceGetHandleByIndex, number)
            handles += self._slices(card) or [card]
        return tuple(self._device(handle) for handle in handles)

    def device(self, uuid: str) -> Device:
        """One GPU or slice, as it is now."""
        return self._device(self._ask(self._library.nvmlDeviceGetHandleByUUID, uuid))

    def ceiling(self, uuid: str) -> Ceiling | None:
        """What a GPU can do at most; None where the driver does not say, as of some slices."""
        library = self._library
        handle = self._ask(library.nvmlDeviceGetHandleByUUID, uuid)
        try:
            width = library.nvmlDeviceGetMemoryBusWidth(handle)
            memory = library.nvmlDeviceGetMaxClockInfo(handle, library.NVML_CLOCK_MEM)
            cores = library.nvmlDeviceGetNumGpuCores(handle)
            clock = library.nvmlDeviceGetMaxClockInfo(handle, library.NVML_CLOCK_SM)
        except self._error:
            return None
        return Ceiling(width / 8 * 2 * memory * 1e6, 2 * cores * clock * 1e6)

    def _slices(self, card: Any) -> list[Any]:
        """The slices of a card; none where it is whole, or too old to be cut."""
        library = self._library
        try:
            if library.nvmlDeviceGetMigMode(card)[0] != library.NVML_DEVICE_MIG_ENABLE:
                return []
            most = library.nvmlDeviceGetMaxMigDeviceCount(card)
        except self._error:
            return []
        found = []
        for number in range(most):
            try:
                found.append(library.nvmlDeviceGetMigDeviceHandleByIndex(card, number))
            except self._error:  # there are fewer
                continue
        return found

    def _device(self, handle: Any) -> Device:
        memory = self._ask(self._library.nvmlDeviceGetMemoryInfo, handle)
        return Device(
            str(self._ask(self._library.nvmlDeviceGetUUID, handle)),
            str(self._ask(self._library.nvmlDeviceGetName, handle)),
            int(memory.total),
            int(memory.used),
            self._holders(handle),
        )

    def _holders(self, handle: Any) -> dict[int, int | None]:
        try:
            found = self._library.nvmlDeviceGetComputeRunningProcesses(handle)
        except self._error:  # not supported, or not permitted: nobody is told of
            return {}
        return {int(one.pid): one.usedGpuMemory for one in found}

    def _ask(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except self._error as error:
            raise NoNvml(f"NVML: {error}") from None

    def close(self) -> None:
        """Hang up."""
        try:
            self._library.nvmlShutdown()
        except self._error:
            return

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


def numbered_as_machine() -> bool:
    """Whether processes have the numbers here that NVML knows them by."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino == _FIRST_NAMESPACE
    except OSError:
        return False


def account(before: Device, now: Device, pid: int | None) -> Callable[[Device], int | None]:
    """How to read from a device the bytes that one process holds.

    Args:
        before: the device before the process began.
        now: the same once the process holds something.
        pid: the process by NVML's numbers; None if those are not ours.

    Returns:
        a function of the device as it is later; None is what it says where nothing can be told: the
        process is not named, and others hold memory as well.
    """
    fresh = [one for one in now.holders if one not in before.holders]
    mine = pid if pid in now.holders else fresh[0] if len(fresh) == 1 else None
    if mine is not None and now.holders[mine] is not None:
        return lambda device: device.holders.get(mine, 0)
    if before.holders:
        return lambda device: None
    return lambda device: max(device.used - before.used, 0)


class Peak:
    """The most that `read` says while the block runs, and at its end; None if it ever said None."""

    def __init__(self, read: Callable[[], int | None]) -> None:
        """Nothing is read before the block begins."""
        self._read, self._over = read, threading.Event()
        self._seen: list[int | None] = []
        self._failed: list[Exception] = []
        self._thread = threading.Thread(target=self._look, daemon=True)

    @property
    def bytes(self) -> int | None:
        """The most that was seen. Raises what reading raised."""
        if self._failed:
            raise self._failed[0]
        told = [one for one in self._seen if one is not None]
        return max(told) if told and len(told) == len(self._seen) else None

    def _look(self) -> None:
        try:
            while not self._over.wait(_PAUSE):
                self._note()
            self._note()
        except Exception as error:
            self._failed.append(error)

    def _note(self) -> None:
        one = self._read()
        if not self._seen or one is None or self._seen[-1] is None or one > self._seen[-1]:
            self._seen.append(one)

    def __enter__(self) -> Self:
        """Begin to look."""
        self._thread.start()
        return self

    def __exit__(self, *rest: object) -> None:
        """Look once more, and end."""
        self._over.set()
        self._thread.join()
