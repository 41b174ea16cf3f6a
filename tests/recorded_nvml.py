"""NVML as it answers, at the boundary where nvidia-ml-py calls C: structures are filled, codes
returned. What it answers is recorded: of a T4, a WSL machine, an A100 in seven slices, a container.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pynvml

GIB = 1 << 30
NOT_TOLD = 0xFFFFFFFFFFFFFFFF
"""NVML_VALUE_NOT_AVAILABLE as an unsigned long long."""


@dataclass
class Recorded:
    """A GPU or a slice, its memory in bytes, and bytes by process."""

    uuid: str
    name: str
    total: int
    used: int
    holders: dict[int, int] = field(default_factory=dict)
    slices: list[Recorded] = field(default_factory=list)
    holders_code: int = pynvml.NVML_SUCCESS
    mig: bool = True
    """Whether the card knows what a slice is."""
    figures: tuple[int, int, int, int] | None = None
    """Width of the bus in bits, MHz of the memory, cores, MHz of the multiprocessors."""


def t4() -> Recorded:
    return Recorded(
        "GPU-6a9e5f0c-0b0f-7f3c-2d1c-3b9b8a4a1c55", "Tesla T4", 16106127360, 471859200, mig=False,
        figures=(256, 5001, 2560, 1590),
    )  # fmt: skip


def h200() -> Recorded:
    return Recorded(
        "GPU-0f1d2c3b-4a59-6877-8695-a4b3c2d1e0f9", "NVIDIA H200", 150754820096, 655360000,
        figures=(6144, 3201, 16896, 1980),
    )  # fmt: skip


def a100_in_slices() -> Recorded:
    parts = [
        Recorded(f"MIG-{n}3a1e1d0-5c2b-5a3c-9d7e-8f6a5b4c3d2e", "NVIDIA A100-SXM4-40GB MIG 1g.5gb",
                 5100273664, 13631488)
        for n in range(3)
    ]  # fmt: skip
    card = "GPU-5c89852c-d268-c3f3-1b07-005d5ae1dc3f"
    return Recorded(card, "NVIDIA A100-SXM4-40GB", 42505273344, 40_000_000, slices=parts)


class Library:
    """The functions of libnvidia-ml.so.1 that are called, over recorded cards."""

    def __init__(self, cards: list[Recorded], driver: str = "580.95.05", code: int = 0) -> None:
        self.cards, self._driver, self._code = cards, driver, code
        self.looks = 0
        self.on_look: Callable[[], None] = lambda: None

    def _all(self) -> list[Recorded]:
        return [one for card in self.cards for one in (card, *card.slices)]

    def _at(self, handle: Any) -> Recorded:
        return self._all()[ctypes.cast(handle, ctypes.c_void_p).value - 1]  # type: ignore[operator]

    def _point(self, pointer: Any, one: Recorded) -> int:
        number = next(n for n, each in enumerate(self._all(), 1) if each is one)
        pointer._obj.contents = ctypes.cast(ctypes.c_void_p(number), type(pointer._obj)).contents
        return 0

    def nvmlInitWithFlags(self, flags: Any) -> int:  # noqa: N802
        return self._code

    def nvmlShutdown(self) -> int:  # noqa: N802
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, size: Any) -> int:  # noqa: N802
        text.value = self._driver.encode()
        return 0

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:  # noqa: N802
        count._obj.value = len(self.cards)
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index: Any, device: Any) -> int:  # noqa: N802
        return self._point(device, self.cards[index.value])

    def nvmlDeviceGetHandleByUUID(self, uuid: Any, device: Any) -> int:  # noqa: N802
        for one in self._all():
            if one.uuid.encode() == uuid.value:
                return self._point(device, one)
        return int(pynvml.NVML_ERROR_NOT_FOUND)

    def nvmlDeviceGetMigMode(self, handle: Any, current: Any, pending: Any) -> int:  # noqa: N802
        card = self._at(handle)
        if not card.mig:
            return int(pynvml.NVML_ERROR_NOT_SUPPORTED)
        current._obj.value = pending._obj.value = int(bool(card.slices))
        return 0

    def nvmlDeviceGetMaxMigDeviceCount(self, handle: Any, count: Any) -> int:  # noqa: N802
        count._obj.value = 7
        return 0

    def nvmlDeviceGetMigDeviceHandleByIndex(  # noqa: N802
        self, handle: Any, index: Any, device: Any
    ) -> int:
        slices = self._at(handle).slices
        if index.value >= len(slices):
            return int(pynvml.NVML_ERROR_NOT_FOUND)
        return self._point(device, slices[index.value])

    def nvmlDeviceGetUUID(self, handle: Any, text: Any, size: Any) -> int:  # noqa: N802
        text.value = self._at(handle).uuid.encode()
        return 0

    def nvmlDeviceGetName(self, handle: Any, text: Any, size: Any) -> int:  # noqa: N802
        text.value = self._at(handle).name.encode()
        return 0

    def nvmlDeviceGetMemoryInfo(self, handle: Any, memory: Any) -> int:  # noqa: N802
        self.looks += 1
        self.on_look()
        one = self._at(handle)
        told = memory._obj
        told.total, told.used, told.free = one.total, one.used, one.total - one.used
        return 0

    def nvmlDeviceGetComputeRunningProcesses_v3(  # noqa: N802
        self, handle: Any, count: Any, infos: Any
    ) -> int:
        one = self._at(handle)
        if one.holders_code:
            return one.holders_code
        if infos is None:
            count._obj.value = len(one.holders)
            return int(pynvml.NVML_ERROR_INSUFFICIENT_SIZE) if one.holders else 0
        for info, (pid, held) in zip(infos, one.holders.items(), strict=False):
            info.pid, info.usedGpuMemory = pid, held
            info.gpuInstanceId = info.computeInstanceId = 0xFFFFFFFF
        count._obj.value = len(one.holders)
        return 0

    def _figure(self, handle: Any, number: int, told: Any) -> int:
        figures = self._at(handle).figures
        if figures is None:
            return int(pynvml.NVML_ERROR_NOT_SUPPORTED)
        told._obj.value = figures[number]
        return 0

    def nvmlDeviceGetMemoryBusWidth(self, handle: Any, width: Any) -> int:  # noqa: N802
        return self._figure(handle, 0, width)

    def nvmlDeviceGetNumGpuCores(self, handle: Any, cores: Any) -> int:  # noqa: N802
        return self._figure(handle, 2, cores)

    def nvmlDeviceGetMaxClockInfo(self, handle: Any, kind: Any, clock: Any) -> int:  # noqa: N802
        return self._figure(handle, 1 if kind.value == pynvml.NVML_CLOCK_MEM else 3, clock)


@contextmanager
def answering(library: Library) -> Iterator[Library]:
    """nvidia-ml-py calls `library` in place of the driver's."""
    before = pynvml.nvmlLib
    pynvml.nvmlLib = library
    pynvml._nvmlGetFunctionPointer_cache.clear()
    try:
        yield library
    finally:
        pynvml.nvmlLib = before
        pynvml._nvmlGetFunctionPointer_cache.clear()
