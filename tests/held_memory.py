"""A GPU of which each process holds what it holds of the machine's memory; NVML tells of it."""

from __future__ import annotations

from collections.abc import Callable

import psutil
from recorded_nvml import Library, t4  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote


def watched(zygote: Zygote, told: Callable[[int], int] = lambda held: held) -> Library:
    """Such a card, with the processes of a zygote; `told`: what is told of held bytes."""
    card = t4()
    library = Library([card])

    def look() -> None:
        assert zygote._process is not None
        holders = {}
        for process in psutil.Process(zygote._process.pid).children(recursive=True):
            try:
                holders[process.pid] = told(process.memory_info().rss)
            except psutil.Error:
                continue
        card.holders = holders

    library.on_look = look
    return library
