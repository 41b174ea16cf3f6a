"""From outcomes to an exercise's verdict, points, hint and message."""

from __future__ import annotations

from collections.abc import Sequence

from grader.comparing.fingerprint import fingerprint
from grader.comparing.judging import Failure, judge
from grader.comparing.outcomes import ExerciseRun, Outcome
from grader.controller import messages
from grader.controller.arguments import about, texts_told
from grader.controller.execution import UnitFault
from grader.controller.explaining import explain
from grader.controller.findings import Finding, Standard
from grader.controller.points import score_groups
from grader.controller.rooms import WATCHED
from grader.controller.staging import fuller
from grader.results import ExerciseResult, Verdict, total
from grader.vocabulary import VALUES


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
    mistake, hint = explain(standard, run, failures, finding)
    further = fuller(standard, run, failures, finding, mistake, hint)
    result = _result(standard, finding.verdict, groups, mistake, hint, finding.message, further)
    mark = "" if mistake else fingerprint(standard.prepared.key, run, standard.asked)
    return result.model_copy(update={"fingerprint": mark})


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
    further: str = "",
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
        further=further,
    )


def _nothing(standard: Standard, verdict: Verdict, message: str) -> ExerciseResult:
    names = list(dict.fromkeys(call.case.group for call in standard.prepared.calls)) or [VALUES]
    groups = score_groups(standard.prepared.points, dict.fromkeys(_ordered(names), False))
    return _result(standard, verdict, groups, message=message)


def _why_missing(name: str, faults: Sequence[UnitFault]) -> str:
    said = messages.MISSING.format(name)
    if not faults:
        return said
    first = messages.unit_fault(faults[0])
    return f"{said}; a cell stopped early: {first}"


# How torch, the C library and C++ say it; Python has an exception of its own.
_NO_MEMORY = ("can't allocate memory", "Cannot allocate memory", "bad_alloc")


def _forbidden(standard: Standard, run: ExerciseRun, evasions: Sequence[str]) -> str:
    forbid = standard.prepared.exercise.forbid
    if forbid is None:
        return ""
    # The names come from the worker; only those that we could have sent are repeated.
    seen = {name for outcome in run.outcomes for name in outcome.seen}
    if seen:
        known = sorted(name for name in seen if name in WATCHED or forbid.names(name))
        what = ", ".join(known) or "a forbidden operation"
        return messages.FORBIDDEN.format(what, forbid.label)
    return messages.EVASION.format(", ".join(evasions)) if evasions else ""


def _groups(standard: Standard, run: ExerciseRun, failures: dict[int, Failure]) -> dict[str, bool]:
    """Whether each group passed; a call that was not made did not pass."""
    passed: dict[str, bool] = {}
    for number, call in enumerate(standard.prepared.calls):
        ok = number < len(run.outcomes) and number not in failures
        passed[call.case.group] = passed.get(call.case.group, True) and ok
    return {group: passed[group] for group in _ordered(list(passed))}


def _ordered(groups: list[str]) -> list[str]:
    return [VALUES] * (VALUES in groups) + [group for group in groups if group != VALUES]


def _first(standard: Standard, run: ExerciseRun, failures: dict[int, Failure]) -> Finding | None:
    for number in sorted(failures):
        return _found(standard, run.outcomes[number], number, failures[number])
    if not run.ended:
        return None
    match run.ended:
        case "timeout":
            return Finding("timeout", messages.TIMEOUT)
        case "memory":
            return Finding("memory", messages.MEMORY)
        case "protocol":
            return Finding("failed", messages.PROTOCOL)
    return Finding("error", messages.CRASH)


def _found(standard: Standard, outcome: Outcome, number: int, failure: Failure) -> Finding:
    case = standard.prepared.calls[number].case
    where = about(case, standard.prepared.parameters)
    if failure.trouble != "raised" or outcome.raised is None:
        text = failure.message
        if standard.show_values and failure.difference and failure.difference.detail:
            text = f"{text} ({failure.difference.detail})"
        return Finding("failed", f"{text} [{where}]", number, failure)
    raised = outcome.raised
    if messages.is_stub(raised):
        return Finding("missing", messages.STUB, number, failure)
    if raised.where == "driver" and raised.type == "AssertionError":
        return Finding("failed", f"{raised.shown or messages.UNTOLD} [{where}]", number, failure)
    if raised.type == "MemoryError" or any(said in raised.message for said in _NO_MEMORY):
        return Finding("memory", f"{messages.MEMORY} [{where}]", number, failure)
    expected = f"; {failure.message}" if failure.message else ""
    named = messages.with_key(raised, texts_told(case, standard.prepared.parameters))
    return Finding("error", f"{messages.exception(named)}{expected} [{where}]", number, failure)
