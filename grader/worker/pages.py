"""The zygote's heap in huge pages: a fork copies one entry where it would copy 512.

Forking and ending a process that has imported torch costs what its page tables cost: some 80,000
entries for 320 MiB. MADV_COLLAPSE (Linux 6.1) gathers 2 MiB at a time into one page. A child that
writes into one splits its own entry and copies 4 KiB of it, no more than it would have copied.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from grader.worker.linux import Linux

HUGE = 2 << 20
_COLLAPSE = 25  # MADV_COLLAPSE


@dataclass(frozen=True)
class Collapsed:
    """How many stretches of 2 MiB lie in one page each now, and how many the kernel refused."""

    huge: int = 0
    refused: int = 0


def collapse(linux: Linux) -> Collapsed:
    """Gather the caller's writable anonymous memory into huge pages, as far as the kernel will.

    What lies in one already costs a call and no more. A kernel that cannot refuses all.
    """
    huge = refused = 0
    for start in _stretches():
        try:
            linux.madvise(start, HUGE, _COLLAPSE)
            huge += 1
        except OSError:
            refused += 1
    return Collapsed(huge, refused)


def _stretches() -> Iterator[int]:
    """Where whole huge pages fit into private anonymous memory; none without /proc."""
    with contextlib.suppress(OSError), open("/proc/self/maps", encoding="utf-8") as file:
        for line in file.read().splitlines():
            fields = line.split()
            anonymous = len(fields) == 5 or fields[5] == "[heap]"
            if anonymous and fields[1].startswith("rw") and fields[1].endswith("p"):
                start, end = (int(number, 16) for number in fields[0].split("-"))
                first = -(-start // HUGE) * HUGE
                yield from range(first, end - HUGE + 1, HUGE)
