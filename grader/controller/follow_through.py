"""One mistake costs its marks once: what fails is tried again with right ones under it.

An exercise that failed, and builds on others that failed, runs again in a fresh worker where
those others have stand-ins. What it earns there is its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.controller import messages
from grader.controller.conversation import Allowance
from grader.controller.execution import Execution
from grader.controller.findings import Standard
from grader.controller.program import Program
from grader.controller.retelling import Retelling
from grader.controller.session import execute
from grader.controller.standards import Standards, answers_program
from grader.controller.substitutes import AskingLink, Substitutes, shows_nothing
from grader.controller.verdicts import Retell, broken, judge_exercise, silent
from grader.controller.zygote import Zygote
from grader.errors import CourseError
from grader.results import ExerciseResult, GroupResult, total

CREDIT = {"full": 1.0, "half": 0.5, "none": 0.0}
"""What part of its points an exercise earns that is right, given right ones under it."""

_FAILED = frozenset({"failed", "error", "timeout", "memory", "missing", "forbidden"})


def judged(
    standard: Standard, execution: Execution, name: str, retell: Retell = silent
) -> ExerciseResult:
    """Judge an exercise; a check that breaks on an answer costs nobody a mark and ends no class.

    Raises:
        GraderError: the machine failed.
    """
    try:
        return judge_exercise(
            standard,
            execution.runs.get(name),
            execution.evasions.get(name, ()),
            execution.faults,
            retell,
        )
    except CourseError as error:
        kind = type(error.__cause__ or error).__name__
        return broken(standard, f"the check failed, not the submission: its judge raised {kind}")


def follow_through(
    standards: Standards,
    zygote: Zygote,
    program: Program,
    execution: Execution,
    results: Sequence[ExerciseResult],
    allowance: Allowance,
) -> tuple[dict[str, ExerciseResult], float]:
    """What came of those that were tried again, given right ones under them, by name; and the
    seconds of the submission's clock that this took.

    `results`: as they were handed in. Of what is told there of a failure nothing is used.

    Raises:
        GraderError: the machine failed.
    """
    credit = CREDIT[standards.lesson.follow_through]
    first = {result.name: result for result in results}
    found: dict[str, ExerciseResult] = {}
    left = whole = allowance.total_seconds - execution.spent
    for given, names in _to_try(standards, execution, results).items():
        if left <= 0:  # there is one clock for it all
            break
        rest = replace(allowance, total_seconds=left)
        again, taken = _tried(standards, zygote, program, names, given, rest, execution.surveyed)
        left -= taken
        for result in again:
            if result.verdict != "grader_error":
                found[result.name] = better(first[result.name], result, given, credit)
    return found, whole - left


def tried_with(
    standards: Standards,
    zygote: Zygote,
    program: Program,
    names: Sequence[str],
    given: Sequence[str],
    allowance: Allowance,
) -> list[ExerciseResult]:
    """Judge some exercises of a program with stand-ins for `given`, explaining nothing; those that
    it shows nothing of are left out.

    Raises:
        GraderError: the machine failed.
    """
    return _tried(standards, zygote, program, names, given, allowance, explained=False)[0]


def _tried(
    standards: Standards,
    zygote: Zygote,
    program: Program,
    names: Sequence[str],
    given: Sequence[str],
    allowance: Allowance,
    surveyed: Mapping[str, tuple[str, ...]] | None = None,
    *,
    explained: bool = True,
) -> tuple[list[ExerciseResult], float]:
    """The results, and the seconds of the clock that they took.

    `surveyed`: what a survey of this program found, by exercise, if there was one.
    """
    answers = answers_program(standards.lesson)
    asked = [standards.prepared[name] for name in given]
    exercises = [standards.prepared[name].given(asked) for name in names]
    company = list(standards.prepared.values())
    with Substitutes(zygote, answers, asked, allowance, company) as substitutes:
        connect = functools.partial(AskingLink, substitutes)
        execution = execute(
            zygote, program, exercises, allowance, connect, standards.asked, surveyed=surveyed
        )
        by_name = {exercise.name: exercise for exercise in exercises}
        retelling = Retelling(
            zygote, program, execution, by_name, standards.asked, allowance, connect
        )
        results = [
            judged(
                standards.of(name, zygote, explained=explained),
                execution,
                name,
                retelling.of if explained else silent,
            )
            for name in names
            if not shows_nothing(execution.runs.get(name))
        ]
        return results, execution.spent + retelling.spent + substitutes.spent


def _to_try(
    standards: Standards, execution: Execution, results: Sequence[ExerciseResult]
) -> Mapping[tuple[str, ...], list[str]]:
    """Failed exercises, by the failed ones that they build on; equal sets share a worker."""
    failed = {result.name for result in results if result.verdict in _FAILED}
    found: dict[tuple[str, ...], list[str]] = {}
    for result in results:
        if result.name not in failed or result.verdict == "forbidden":
            continue
        needs = [n for n in standards.lesson.needs(result.name) if n in failed]
        given = tuple(name for name in needs if name in standards.prepared)
        if given and not _blank(execution, result.name):
            found.setdefault(given, []).append(result.name)
    return found


def _blank(execution: Execution, name: str) -> bool:
    """Whether the exercise itself is not there, or raises the stub's NotImplementedError."""
    run = execution.runs.get(name)
    if run is None:
        return True
    first = next((o.raised for o in run.outcomes if o.raised is not None), None)
    return first is not None and messages.is_stub(first) and first.function == name


def better(
    first: ExerciseResult, again: ExerciseResult, given: tuple[str, ...], credit: float
) -> ExerciseResult:
    """The better of two accounts of an exercise: as handed in, and with right ones under it."""
    names = _listed(given)
    if again.verdict == "passed":
        message = messages.RIGHT_GIVEN.format(names)
    else:
        message = messages.EVEN_GIVEN.format(names, again.message)
    groups = tuple(_best(a, b, credit) for a, b in zip(first.groups, again.groups, strict=True))
    score = total([group.score for group in groups])
    return again.model_copy(
        update={"groups": groups, "score": score, "message": message, "follow_through": given}
    )


def _best(first: GroupResult, again: GroupResult, credit: float) -> GroupResult:
    score = max(first.score, round(credit * again.score, 2))
    return again.model_copy(update={"score": score, "passed": first.passed or again.passed})


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
