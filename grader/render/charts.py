"""Where the parts of a chart stand: figures for SVG, whose attributes no policy forbids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 150
"""Of the histogram, in its own units; below it stands the axis."""
_GAP = 3.0
LONG = 200
"""Of a row of segments."""


@dataclass(frozen=True)
class Column:
    """A tenth of the marks: its label, how many are in it, and its place."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Segment:
    """A verdict's share of a row."""

    verdict: str
    x: float
    width: float


def columns(tenths: Sequence[int]) -> tuple[Column, ...]:
    """The columns of a histogram, the lowest marks first; the tallest is as high as all."""
    most, each = max(1, *tenths), WIDTH / len(tenths)
    step = 100 // len(tenths)
    return tuple(
        Column(
            f"{place * step}–{(place + 1) * step}",
            count,
            round(place * each + _GAP / 2, 1),
            round(HEIGHT * (1 - count / most), 1),
            round(each - _GAP, 1),
            round(HEIGHT * count / most, 1),
        )
        for place, count in enumerate(tenths)
    )


def segments(verdicts: Sequence[tuple[str, int]]) -> tuple[Segment, ...]:
    """Side by side, each as wide as its count; what is right comes first."""
    count = sum(n for _, n in verdicts)
    found, at = [], 0.0
    for verdict, n in sorted(verdicts, key=lambda pair: pair[0] != "passed"):
        width = LONG * n / count
        found.append(Segment(verdict, round(at, 1), round(max(width - 1, 1), 1)))
        at += width
    return tuple(found)
