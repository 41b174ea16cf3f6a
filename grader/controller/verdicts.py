"""From outcomes to an exercise's verdict, points, hint and message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.comparing.compare import Asked, leaves
from grader.comparing.judging import Failure, judge, same
from grader.comparing.outcomes import ExerciseRun, Outcome
from grader.comparing.relations import name_relation
from grader.controller import messages
from grader.controller.execution import UnitFault
from grader.controller.points import score_groups
from grader.controller.prepared import PreparedExercise
from grader.results import ExerciseResult, Verdict, total
from grader.vocabulary import NOTHING, STABILITY, VALUES, Number
from grader.worker.wire import Array


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
class _Finding:
    """The first thing that is wrong with an exercise."""

    verdict: Verdict
    message: str
    call: int = -1
    failure: Failure | None = None


def judge_exercise(
    standard: Standard,
    run: ExerciseRun | None,
    evasions: Sequence[str],
    faults: Sequence[UnitFault],
) -> ExerciseResult:
    """Judge one exercise of one submission; `run` is None if the exercise is not defined.

    Raises:
        CourseError: a check's own judge failed.
    """
    if run is None:
        return _nothing(standard, "missing", _why_missing(standard.prepared.name, faults))
    if forbidden := _forbidden(standard, run, evasions):
        return _nothing(standard, "forbidden", forbidden)
    failures = {
        number: failure
        for number, outcome in enumerate(run.outcomes)
        if (failure := judge(standard.prepared.calls[number], outcome, standard.asked[number]))
    }
    finding = _first(standard, run, failures)
    passed = _groups(standard, run, failures)
    if not passed:
        return _nothing(standard, "deferred", messages.DEFERRED)
    groups = score_groups(standard.prepared.points, passed)
    if finding is None:
        note = messages.DEFERRED if standard.prepared.deferred else ""
        return _result(standard, "passed", groups, message=note)
    if finding.verdict == "missing":
        return _nothing(standard, "missing", finding.message)
    mistake, hint = _explain(standard, run, failures, finding)
    return _result(standard, finding.verdict, groups, mistake, hint, finding.message)


def broken(standard: Standard, message: str) -> ExerciseResult:
    """The result of an exercise that we failed to grade: no mark is taken for it."""
    return _nothing(standard, "grader_error", message)


def _result(
    standard: Standard,
    verdict: Verdict,
    groups: tuple,
    mistake: str = "",
    hint: str = "",
    message: str = "",
) -> ExerciseResult:
    return ExerciseResult(
        name=standard.prepared.name,
        verdict=verdict,
        score=total([group.score for group in groups]),
        max_score=standard.prepared.points,
        groups=groups,
        mistake=mistake,
        hint=hint,
        message=message,
    )


def _nothing(standard: Standard, verdict: Verdict, message: str) -> ExerciseResult:
    names = list(dict.fromkeys(call.case.group for call in standard.prepared.calls)) or [VALUES]
    groups = score_groups(standard.prepared.points, dict.fromkeys(_ordered(names), False))
    return _result(standard, verdict, groups, message=message)


def _why_missing(name: str, faults: Sequence[UnitFault]) -> str:
    said = messages.MISSING.format(name=name)
    if not faults:
        return said
    first = messages.unit_fault(faults[0])
    return f"{said}; a cell stopped early: {first}"


_INSTRUMENTS = ("sys.setprofile", "sys.settrace", "_thread", "torch.library")


def _forbidden(standard: Standard, run: ExerciseRun, evasions: Sequence[str]) -> str:
    forbid = standard.prepared.exercise.forbid
    if forbid is None:
        return ""
    # The names come from the worker; only those that we could have sent are repeated.
    known = {*forbid.ops, *forbid.calls, *forbid.syntax, *_INSTRUMENTS}
    seen = {name for outcome in run.outcomes for name in outcome.seen}
    if seen:
        what = ", ".join(sorted(seen & known)) or "a forbidden operation"
        return messages.FORBIDDEN.format(what=what, label=forbid.label)
    return messages.EVASION.format(what=", ".join(evasions)) if evasions else ""


def _groups(standard: Standard, run: ExerciseRun, failures: dict[int, Failure]) -> dict[str, bool]:
    """Whether each group passed; a call that was not made did not pass."""
    passed: dict[str, bool] = {}
    for number, call in enumerate(standard.prepared.calls):
        ok = number < len(run.outcomes) and number not in failures
        passed[call.case.group] = passed.get(call.case.group, True) and ok
    return {group: passed[group] for group in _ordered(list(passed))}


def _ordered(groups: list[str]) -> list[str]:
    return [VALUES] * (VALUES in groups) + [group for group in groups if group != VALUES]


def _first(standard: Standard, run: ExerciseRun, failures: dict[int, Failure]) -> _Finding | None:
    for number in sorted(failures):
        return _found(standard, run.outcomes[number], number, failures[number])
    if not run.ended:
        return None
    match run.ended:
        case "timeout":
            return _Finding("timeout", messages.TIMEOUT)
        case "memory":
            return _Finding("memory", messages.MEMORY)
        case "protocol":
            return _Finding("failed", messages.PROTOCOL)
    return _Finding("error", messages.CRASH)


def _found(standard: Standard, outcome: Outcome, number: int, failure: Failure) -> _Finding:
    case = standard.prepared.calls[number].case
    shapes = messages.inputs(case)
    about = f"{case.group}" + (f", inputs {shapes}" if shapes else "")
    if failure.trouble != "raised" or outcome.raised is None:
        text = failure.message
        if standard.show_values and failure.difference and failure.difference.detail:
            text = f"{text} ({failure.difference.detail})"
        return _Finding("failed", f"{text} [{about}]", number, failure)
    raised = outcome.raised
    if "NotImplementedError" in raised.bases:
        return _Finding("missing", messages.STUB, number, failure)
    if raised.where == "driver" and raised.type == "AssertionError":
        return _Finding("failed", f"{raised.shown or messages.UNTOLD} [{about}]", number, failure)
    if raised.type == "MemoryError" or "can't allocate memory" in raised.message:
        return _Finding("memory", f"{messages.MEMORY} [{about}]", number, failure)
    expected = f"; {failure.message}" if failure.message else ""
    return _Finding("error", f"{messages.exception(raised)}{expected} [{about}]", number, failure)


def _explain(
    standard: Standard, run: ExerciseRun, failures: dict[int, Failure], finding: _Finding
) -> tuple[str, str]:
    """Return (mistake, hint): a known mistake, else a general relation, else nothing."""
    if finding.call < 0:
        return "", ""
    best, most = ("", ""), 0
    for known in standard.mistakes():
        agreed = _agreement(standard, run, known.run, finding.call)
        if agreed > most:
            best, most = (known.name, known.hint), agreed
    return best if most else ("", _relation(standard, run, finding))


def _agreement(standard: Standard, run: ExerciseRun, known: ExerciseRun, failing: int) -> int:
    """Count the calls on which a mistake does the same; 0 if not on the failing one."""
    pairs = list(zip(run.outcomes, known.outcomes, standard.asked, strict=False))
    if failing >= len(pairs) or not same(*pairs[failing]):
        return 0
    return sum(same(*pair) for pair in pairs)


def _relation(standard: Standard, run: ExerciseRun, finding: _Finding) -> str:
    case = standard.prepared.calls[finding.call].case
    outcome, failure = run.outcomes[finding.call], finding.failure
    assert failure is not None
    if failure.trouble == "mutated":
        return "An input is changed in place; work on a copy."
    difference = failure.difference
    if difference is None or case.expect is NOTHING or case.judge is not None:
        return ""
    if difference.kind == "finiteness" and case.group == STABILITY:
        return "Only large inputs overflow: look for an exp or a log that leaves the range."
    if difference.kind == "dtype":
        return "The result should keep the inputs' dtype."
    if difference.kind not in ("shape", "value"):
        return ""
    want = [w.value if isinstance(w, Number) else w for w in leaves(case.expect)]
    got = list(leaves(outcome.value))
    if len(want) != len(got) or difference.leaf >= len(want):
        return ""
    if len(want) > 1 and _swapped(want, got):
        return "The right values come back in another order."
    sizes = [n for arg in leaves(list(case.args)) for n in np.shape(arg)]
    value = got[difference.leaf]
    numbers = value.data if isinstance(value, Array) else value
    if not isinstance(numbers, np.ndarray | int | float):
        return ""
    if np.asarray(numbers).dtype.kind not in "fiub":
        return ""
    return name_relation(np.asarray(want[difference.leaf]), np.asarray(numbers), sizes)


def _swapped(want: list, got: list) -> bool:
    arrays = [g.data for g in got if isinstance(g, Array) and g.data is not None]
    if len(arrays) != len(want) or not all(np.asarray(w).dtype.kind in "fiub" for w in want):
        return False
    left = list(range(len(arrays)))
    for w in want:
        match = next(
            (
                i
                for i in left
                if arrays[i].shape == np.shape(w) and np.allclose(arrays[i], w, rtol=1e-4)
            ),
            None,
        )
        if match is None:
            return False
        left.remove(match)
    return True
