"""Spare cases: a check's cases from a seed that is nobody's secret, to be talked about.

A case that the check writes down rather than draws would come out as the hidden one, so what equals
a hidden input is changed: floats by a factor of their own each, between a half and one and a half
(zeros, infinities and signs stay), generators by another seed. Whole numbers and texts stay, and so
do the inputs of a case with a judge of its own, which may know them by heart.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from grader.errors import CourseError
from grader.vocabulary import Case, Exercise, Seeded
from grader.worker.devices import is_card, keeps_time

_SEED = 20260301
"""Not a secret, and the same for every course."""


class Spares:
    """The spare cases of one exercise, drawn when one is first asked for."""

    def __init__(self, exercise: Exercise, device: str, place: str) -> None:
        """Draw nothing yet. `place` is the check's file, for complaints."""
        self._exercise, self._device, self._place = exercise, device, place
        self._drawn: list[Case] | None = None
        self._lock = threading.Lock()

    def of(self, hidden: Case, number: int) -> Case | None:
        """The spare case of a hidden one, which is the exercise's `number`th on this device.

        None where the check yields other cases from another seed.

        Raises:
            CourseError: the check failed while it was drawn.
        """
        with self._lock:
            if self._drawn is None:
                self._drawn = self._draw()
        drawn = self._drawn[number : number + 1]
        alike = [one for one in drawn if _form(one) == _form(hidden)]
        return _apart(alike[0], hidden) if alike else None

    def _draw(self) -> list[Case]:
        try:
            cases = self._exercise.cases(np.random.default_rng(_SEED))
        except Exception as error:
            raise CourseError(
                f"{self._place}: the check {self._exercise.name} failed while its spare cases "
                f"were drawn: {type(error).__name__}: {error}"
            ) from error
        return list(runnable(cases, self._device))


def runnable(cases: Iterable[Case], device: str) -> Iterator[Case]:
    """The cases that a device can show: a GPU's own only a GPU, a race what keeps time."""
    for case in cases:
        if (is_card(device) or case.needs == "any") and (keeps_time(device) or case.faster is None):
            yield case


def _form(case: Case) -> tuple[str, int, tuple[str, ...], type[Exception] | None]:
    return case.group, len(case.args), tuple(case.kwargs), case.raises


def _apart(spare: Case, hidden: Case) -> Case:
    """The spare case, changed where it equals the hidden one; nothing is measured on it."""
    spare = spare.unmeasured()
    if spare.judge is not None:
        return spare
    rng = np.random.default_rng(_SEED)
    args = tuple(_changed(s, h, rng) for s, h in zip(spare.args, hidden.args, strict=True))
    kwargs = {key: _changed(spare.kwargs[key], hidden.kwargs[key], rng) for key in spare.kwargs}
    return replace(spare, args=args, kwargs=kwargs)


def _changed(spare: Any, hidden: Any, rng: np.random.Generator) -> Any:
    match spare, hidden:
        case (list() | tuple(), list() | tuple()) if len(spare) == len(hidden):
            inner = [_changed(s, h, rng) for s, h in zip(spare, hidden, strict=True)]
            return inner if isinstance(spare, list) else tuple(inner)
        case (dict(), dict()) if list(spare) == list(hidden):
            return {key: _changed(spare[key], hidden[key], rng) for key in spare}
        case (Seeded(), Seeded()) if spare.seed == hidden.seed:
            return replace(spare, seed=spare.seed + 1)
        case (float(), float()) if spare == hidden:
            return spare * rng.uniform(0.5, 1.5)
        case (np.ndarray() | np.generic(), np.ndarray() | np.generic()):
            return _changed_array(spare, hidden, rng)
    return spare


def _changed_array(spare: Any, hidden: Any, rng: np.random.Generator) -> Any:
    same = np.shape(spare) == np.shape(hidden) and np.array_equal(spare, hidden, equal_nan=True)
    if not same or np.asarray(spare).dtype.kind != "f":
        return spare
    factors = rng.uniform(0.5, 1.5, size=np.shape(spare))
    return (spare * factors).astype(np.asarray(spare).dtype)
