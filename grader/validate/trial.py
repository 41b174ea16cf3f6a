"""Programs of our own, run and judged as submissions are: the one way for every proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.controller.prepared import PreparedExercise
from grader.controller.session import Allowance, Program, execute
from grader.controller.standards import Standards
from grader.controller.verdicts import judge_exercise
from grader.controller.zygote import Zygote
from grader.grading.pool import Slot, run_all
from grader.results import ExerciseResult


@dataclass(frozen=True)
class Trial:
    """A program and the exercises that it is tried on; `subject` says what it is."""

    subject: str
    program: Program
    exercises: tuple[str, ...]
    standards: Standards
    explained: bool = True
    """Whether the known mistakes are asked for a hint."""


@dataclass(frozen=True)
class Tried:
    """A trial and the results of its exercises."""

    trial: Trial
    results: tuple[ExerciseResult, ...]
    faults: int


def run_trials(
    trials: Sequence[Trial], places: Sequence[Slot], allowance: Allowance
) -> Iterator[Tried]:
    """Run trials in parallel; yields in the order in which they finish.

    Raises:
        GraderError, CourseError: the first error of ours.
    """

    def work(trial: Trial, zygote: Zygote) -> Tried:
        prepared: list[PreparedExercise] = [
            trial.standards.prepared[name] for name in trial.exercises
        ]
        execution = execute(zygote, trial.program, prepared, allowance, asked=trial.standards.asked)
        results = tuple(
            judge_exercise(
                trial.standards.of(name, zygote, explained=trial.explained),
                execution.runs.get(name),
                execution.evasions.get(name, ()),
                execution.faults,
            )
            for name in trial.exercises
        )
        return Tried(trial, results, len(execution.faults))

    for finished in run_all(trials, places, work):
        if finished.error is not None:
            raise finished.error
        assert finished.result is not None
        yield finished.result
