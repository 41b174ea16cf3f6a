"""One mistake costs its marks once: what fails is tried again with right ones under it.

An exercise that failed, and builds on others that failed, runs again where those others have
stand-ins: in the worker that ran it, and unless it passes there, in a fresh one. What it earns is
its own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.controller import messages
from grader.controller.conversation import Allowance
from grader.controller.execution import Execution
from grader.controller.findings import Standard
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.retelling import Retelling
from grader.controller.session import execute
from grader.controller.standards import Standards, answers_program
from grader.controller.staying import Staying
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


@dataclass(frozen=True)
class Retrial:
    """Tries exercises of one submission again, given right ones under them.

    `execution`: the submission's, without stand-ins. `staying`: the workers that are left of it.
    """

    standards: Standards
    zygote: Zygote
    program: Program
    execution: Execution
    staying: Staying

    def tried(
        self,
        names: Sequence[str],
        given: Sequence[str],
        allowance: Allowance,
        *,
        explained: bool = True,
    ) -> tuple[list[ExerciseResult], float]:
        """The results of exercises with stand-ins for `given`, but for those that it shows nothing
        of; and the seconds of the clock that this took.

        Raises:
            GraderError: the machine failed.
        """
        prepared = self.standards.prepared
        asked = [prepared[name] for name in given]
        exercises = [prepared[name].given(asked) for name in names]
        answers, company = answers_program(self.standards.lesson), list(prepared.values())
        with Substitutes(
            self.zygote, answers, asked, allowance, company, self.standards.answered
        ) as substitutes:
            passed, spent = self._where_they_ran(exercises, substitutes, allowance)
            left = [each for each in exercises if each.name not in passed]
            rest = allowance.less(spent)
            if left and rest.total_seconds > 0:
                fresh, more = self._in_a_fresh_worker(left, substitutes, rest, explained=explained)
                passed, spent = passed | fresh, spent + more
            found = [passed[name] for name in names if name in passed]
            return found, spent + substitutes.spent

    def _where_they_ran(
        self,
        exercises: Sequence[PreparedExercise],
        substitutes: Substitutes,
        allowance: Allowance,
    ) -> tuple[dict[str, ExerciseResult], float]:
        """What passes in the workers that stayed, by name, and the seconds of the clock."""
        passed: dict[str, ExerciseResult] = {}
        spent = 0.0
        for exercise in exercises:
            rest = allowance.less(spent)
            if rest.total_seconds <= 0:
                break
            run, taken = self.staying.run(exercise, substitutes, self.standards.asked, rest)
            spent += taken
            if run is None:
                continue
            again = replace(self.execution, runs={exercise.name: run})
            standard = self.standards.of(exercise.name, self.zygote, explained=False)
            result = judged(standard, again, exercise.name)
            if result.verdict == "passed":
                passed[exercise.name] = result
        return passed, spent

    def _in_a_fresh_worker(
        self,
        exercises: Sequence[PreparedExercise],
        substitutes: Substitutes,
        allowance: Allowance,
        *,
        explained: bool,
    ) -> tuple[dict[str, ExerciseResult], float]:
        """Likewise what comes of exercises in a worker, or workers, that ran nothing before."""
        standards, zygote, program = self.standards, self.zygote, self.program
        connect = functools.partial(AskingLink, substitutes)
        execution = execute(
            zygote,
            program,
            exercises,
            allowance,
            connect,
            standards.asked,
            surveyed=self.execution.surveyed,
        )
        by_name = {exercise.name: exercise for exercise in exercises}
        retelling = Retelling(
            zygote, program, execution, by_name, standards.asked, allowance, connect
        )
        results = {
            name: judged(
                standards.of(name, zygote, explained=explained),
                execution,
                name,
                retelling.of if explained else silent,
            )
            for name in by_name
            if not shows_nothing(execution.runs.get(name))
        }
        return results, execution.spent + retelling.spent


def follow_through(
    retrial: Retrial, results: Sequence[ExerciseResult], allowance: Allowance
) -> tuple[dict[str, ExerciseResult], float]:
    """What came of those that were tried again, given right ones under them, by name; and the
    seconds of the submission's clock that this took.

    `results`: as they were handed in. Of what is told there of a failure nothing is used.

    Raises:
        GraderError: the machine failed.
    """
    standards, execution = retrial.standards, retrial.execution
    credit = CREDIT[standards.lesson.follow_through]
    first = {result.name: result for result in results}
    found: dict[str, ExerciseResult] = {}
    rest = whole = allowance.less(execution.spent)
    for given, names in _to_try(standards, execution, results).items():
        if rest.total_seconds <= 0:  # there is one clock for it all
            break
        again, taken = retrial.tried(names, given, rest)
        rest = rest.less(taken)
        for result in again:
            if result.verdict != "grader_error":
                found[result.name] = better(first[result.name], result, given, credit)
    return found, whole.total_seconds - rest.total_seconds


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
