"""Programs of our own, run and judged as submissions are: the one way for every proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader.controller.prepared import PreparedExercise
from grader.controller.retelling import Retelling
from grader.controller.session import Allowance, Program, execute
from grader.controller.standards import Standards
from grader.controller.verdicts import judge_exercise, silent
from grader.controller.zygote import Zygote
from grader.grading.pool import Slot, done_all
from grader.results import ExerciseResult

BRIEF_SECONDS, BRIEF_TIMES = 2.0, 5.0
"""CPU seconds, and times what the model answers took beside them, after which a program of ours
is taken to hang."""


def briefly(allowance: Allowance, standards: Standards, exercises: Sequence[str]) -> Allowance:
    """What a program of ours has that should take about as long as the model answers."""
    seconds = BRIEF_SECONDS + BRIEF_TIMES * sum(standards.seconds[name] for name in exercises)
    return replace(allowance, total_seconds=min(allowance.total_seconds, seconds))


@dataclass(frozen=True)
class Trial:
    """A program and the exercises that it is tried on; `subject` says what it is."""

    subject: str
    program: Program
    exercises: tuple[str, ...]
    standards: Standards
    explained: bool = True
    """Whether the known mistakes are asked for a hint."""
    brief: bool = False
    """Whether it is taken to hang long before a submission would be."""


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

    def work(trial: Trial, zygote: Zygote) -> tuple[tuple[ExerciseResult, ...], int]:
        prepared: list[PreparedExercise] = [
            trial.standards.prepared[name] for name in trial.exercises
        ]
        asked, by_name = trial.standards.asked, {exercise.name: exercise for exercise in prepared}
        granted = allowance
        if trial.brief:
            granted = briefly(allowance, trial.standards, trial.exercises)
        execution = execute(zygote, trial.program, prepared, granted, asked=asked)
        retelling = Retelling(zygote, trial.program, execution, by_name, asked, granted)
        results = tuple(
            judge_exercise(
                trial.standards.of(name, zygote, explained=trial.explained),
                execution.runs.get(name),
                execution.evasions.get(name, ()),
                execution.faults,
                retelling.of if trial.explained else silent,
            )
            for name in trial.exercises
        )
        return results, len(execution.faults)

    records = list({id(t.standards.records): t.standards.records for t in trials}.values())
    for trial, found in done_all(trials, places, work, records):
        yield Tried(trial, *found)
