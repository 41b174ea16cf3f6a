"""From outcomes to an exercise's verdict, points, hint and message."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.comparing.fingerprint import fingerprint
from grader.comparing.outcomes import ExerciseRun, Failure, Outcome, Raised
from grader.controller import messages
from grader.controller.arguments import about, texts_told
from grader.controller.device_faults import breaks_device, wants_memory
from grader.controller.execution import UnitFault
from grader.controller.explaining import explained
from grader.controller.findings import Finding, Standard
from grader.controller.points import score_groups
from grader.controller.retelling import Retold
from grader.controller.rooms import WATCHED
from grader.errors import GraderError
from grader.results import ExerciseResult, Verdict, total
from grader.vocabulary import VALUES

Retell = Callable[[str, int], Retold | None]
"""Makes an exercise's call again on its spare case: see `grader.controller.retelling`."""


def silent(name: str, number: int) -> None:
    """Makes nothing again: of what a program composes, nothing is told."""


def judge_exercise(
    standard: Standard,
    run: ExerciseRun | None,
    evasions: Sequence[str],
    faults: Sequence[UnitFault],
    retell: Retell = silent,
) -> ExerciseResult:
    """Judge one exercise of one submission; `run` is None if the exercise is not defined.

    Raises:
        CourseError: a check's own judge failed.
        GraderError: the run was judged by something else.
    """
    if run is None:
        return _nothing(standard, "missing", _why_missing(standard.prepared.name, faults))
    if run.asked != standard.asked[: len(run.asked)]:
        raise GraderError(f"{standard.prepared.name} was judged by what another run asks")
    if forbidden := _forbidden(standard, run, evasions):
        return _nothing(standard, "forbidden", forbidden)
    if run.broken is not None:
        raise run.broken
    finding = _first(standard, run, retell)
    passed = _groups(standard, run)
    if not passed:
        return _nothing(standard, "deferred", messages.DEFERRED)
    groups = score_groups(standard.prepared.points, passed)
    if finding is None:
        note = _note(standard, run)
        return _result(standard, "passed", groups, message=note)
    if finding.verdict == "missing":
        return _nothing(standard, "missing", finding.message)
    mistake, hint, further = explained(standard, run, finding)
    result = _result(standard, finding.verdict, groups, mistake, hint, finding.message, further)
    mark = "" if mistake else fingerprint(standard.prepared.key, run)
    return result.model_copy(update={"fingerprint": mark})


def _note(standard: Standard, run: ExerciseRun) -> str:
    """What is said beside a passed exercise of which something was left open."""
    if any(case.leaner is None for case in standard.prepared.deferred):
        return messages.DEFERRED
    return messages.UNWEIGHED if standard.prepared.deferred or run.deferred else ""


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


_NAMED = 2


def _forbidden(standard: Standard, run: ExerciseRun, evasions: Sequence[str]) -> str:
    forbid = standard.prepared.exercise.forbid
    if forbid is None:
        return ""
    # The names come from the worker; only those that we could have sent are repeated.
    seen = {name for outcome in run.outcomes for name in outcome.seen}
    if seen:
        # Which of fifty ran could spell something out; two are enough to go by.
        known = sorted(name for name in seen if name in WATCHED or forbid.names(name))[:_NAMED]
        what = ", ".join(known) or "a forbidden operation"
        return messages.FORBIDDEN.format(what, forbid.label)
    return messages.EVASION.format(", ".join(evasions)) if evasions else ""


def _groups(standard: Standard, run: ExerciseRun) -> dict[str, bool]:
    """Whether each group passed; a call that was not made did not pass."""
    passed: dict[str, bool] = {}
    for number, call in enumerate(standard.prepared.calls):
        if number in run.deferred:
            continue
        ok = number < len(run.outcomes) and number not in run.failures
        passed[call.case.group] = passed.get(call.case.group, True) and ok
    return {group: passed[group] for group in _ordered(list(passed))}


def _ordered(groups: list[str]) -> list[str]:
    return [VALUES] * (VALUES in groups) + [group for group in groups if group != VALUES]


def _first(standard: Standard, run: ExerciseRun, retell: Retell) -> Finding | None:
    for number in sorted(run.failures):
        failure = run.failures[number]
        if failure.trouble == "raised":
            return _exception(standard, run.outcomes[number], number, failure, retell)
        return _mismatch(standard, number, failure, retell)
    if not run.ended:
        return None
    match run.ended:
        case "timeout":
            return Finding("timeout", messages.TIMEOUT)
        case "memory":
            return Finding("memory", messages.MEMORY)
        case "protocol":
            return Finding("failed", messages.PROTOCOL)
        case "device":
            return Finding("error", messages.DEVICE_FAULT)
    return Finding("error", messages.CRASH)


def _mismatch(standard: Standard, number: int, failure: Failure, retell: Retell) -> Finding:
    """What is said of a result that is not the right one."""
    case = standard.prepared.calls[number].case
    text = failure.message
    if plain := _plain(failure):
        told = retell(standard.prepared.name, number)
        again = told.failure if told else None
        alike = again and again.trouble == failure.trouble and _plain(again)
        case, text = (told.call.case, again.message) if told and again and alike else (case, plain)
    if standard.show_values and failure.difference and failure.difference.detail:
        text = f"{text} ({failure.difference.detail})"
    where = about(case, standard.prepared.parameters)
    return Finding("failed", f"{text} [{where}]", number, failure)


def _plain(failure: Failure) -> str:
    """A message without what the student's code has chosen in it; "" if there is nothing such."""
    if failure.difference is not None:
        return failure.difference.plain
    composed = failure.trouble == "judged" and any(letter.isdigit() for letter in failure.message)
    return messages.UNSTEADY_COMPLAINT if composed else ""


def _exception(
    standard: Standard, outcome: Outcome, number: int, failure: Failure, retell: Retell
) -> Finding:
    """What is said of an exception: what the call raises on its spare case, if that is its like."""
    raised, parameters = outcome.raised, standard.prepared.parameters
    assert raised is not None
    if messages.is_stub(raised):
        return Finding("missing", messages.STUB, number, failure)
    where = about(standard.prepared.calls[number].case, parameters)
    if wants_memory(raised):
        return Finding("memory", f"{messages.MEMORY} [{where}]", number, failure)
    if breaks_device(raised):
        return Finding("error", f"{messages.DEVICE_FAULT} [{where}]", number, failure)
    told = retell(standard.prepared.name, number)
    again = told.outcome.raised if told else None
    # A class of the student's own may have another name each time: its kind counts.
    alike = again is not None and _sort(again) == _sort(raised)
    if told and again and alike:
        where = about(told.call.case, parameters)
        again = messages.with_key(again, texts_told(told.call.case, parameters))
    complaint = raised.where == "driver" and raised.type == "AssertionError"
    if complaint:
        text = again.shown if again and alike else ""
        return Finding("failed", f"{text or messages.UNTOLD} [{where}]", number, failure)
    said = messages.exception(again) if again and alike else messages.unsteady(raised)
    expected = f"; {failure.message}" if failure.message else ""
    return Finding("error", f"{said}{expected} [{where}]", number, failure)


def _sort(raised: Raised) -> tuple[str, str]:
    return messages.kind(raised), raised.where
