"""What an exercise is judged by, and the first thing that is found wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.comparing.compare import Asked
from grader.comparing.judging import Failure
from grader.comparing.outcomes import ExerciseRun
from grader.controller.prepared import PreparedExercise
from grader.results import Verdict


@dataclass(frozen=True)
class KnownMistake:
    """A mistake's name, its hint, and what it does with the exercise's calls."""

    name: str
    hint: str
    run: ExerciseRun


@dataclass(frozen=True)
class Standard:
    """What an exercise is judged by: what each call asks, and the known mistakes, on demand."""

    prepared: PreparedExercise
    asked: tuple[Asked, ...]
    mistakes: Callable[[], Sequence[KnownMistake]]
    show_values: bool = False


@dataclass(frozen=True)
class Finding:
    """The first thing that is wrong with an exercise."""

    verdict: Verdict
    message: str
    call: int = -1
    failure: Failure | None = None
