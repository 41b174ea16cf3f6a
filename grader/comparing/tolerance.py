"""How large an error is allowed: measured, not guessed, and never under the dtype's floor.

The model answer runs on every case; its own distance from the float64 oracle, times `FACTOR`,
is the allowed error, so that a right answer that rounds in another order passes. The floor is one
table. A model answer further off than `CEILING` times the floor is a bug in the course.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from grader.vocabulary import Tolerance

FACTOR = 8.0
CEILING = 100.0


@dataclass(frozen=True)
class Bound:
    """Allowed error: abs(got − want) ≤ atol + rtol·abs(want)."""

    rtol: float
    atol: float

    def allowed(self, want: np.ndarray) -> np.ndarray:
        """Return the allowed error of each entry."""
        return self.atol + self.rtol * np.abs(want)


@dataclass(frozen=True)
class Bounds:
    """Allowed errors of a result's leaves, in order; `rest` is for those beyond the table."""

    rest: Bound
    table: tuple[Bound, ...] = ()

    def __call__(self, leaf: int) -> Bound:
        """The allowed error of a leaf, counted from 0."""
        return self.table[leaf] if leaf < len(self.table) else self.rest


FLOORS = {
    "float64": Bound(1e-6, 1e-8),
    "float32": Bound(1e-4, 1e-5),
    "float16": Bound(1e-2, 1e-3),
    # Of 90 results of the lectures' answers half are within 8e-3 of float64, nine of ten within
    # 5e-2 (long recurrences, deep blocks): what is beyond this is measured, case by case.
    "bfloat16": Bound(2e-2, 2e-3),
}


def measured(dtype: str, answer_error: float) -> Bound:
    """Return the bound for a result whose model answer is off by at most `answer_error`."""
    floor = FLOORS[dtype]
    capped = min(FACTOR * answer_error, CEILING * floor.atol)
    return Bound(floor.rtol, floor.atol + capped)


def stated(tolerance: Tolerance) -> Bound:
    """Return the bound that a check sets itself."""
    return Bound(tolerance.rtol, tolerance.atol)
