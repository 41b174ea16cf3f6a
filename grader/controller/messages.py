"""What students read when something went wrong: a fixed vocabulary, without hidden values."""

from __future__ import annotations

import builtins
import re
from collections.abc import Sequence
from dataclasses import replace

from grader.comparing.outcomes import Raised
from grader.controller.execution import Skipped, UnitFault

TIMEOUT = "the call did not end within the time limit: is there a loop that never stops?"
MEMORY = "the call used more memory than is allowed"
CRASH = "the process ended in the middle of the call (exit, or a crash in a library)"
DEVICE_FAULT = (
    "the call broke the GPU for the rest of its process: is there an index that lies out of range?"
)
PROTOCOL = "a result is missing: the process did not report it as a plain array or number"
ENDINGS = {"timeout": TIMEOUT, "memory": MEMORY, "protocol": PROTOCOL, "device": DEVICE_FAULT}
MISSING = "no result: {} is not defined in the submission"
STUB = "not answered yet: it raises NotImplementedError"
NETWORK = "the network is not available"
DEFERRED = "some cases need a GPU, which this run has not; they are deferred, not passed"
UNWEIGHED = (
    "how much of a GPU's memory it holds was not measured, as this run has no GPU that tells; no "
    "points hang on it here"
)
UNSTEADY = "{}, but not with every input of this kind: nothing else of it can be told"
UNSTEADY_COMPLAINT = "the result does not do what is asked, though it may with other inputs"
EVASION = "it reaches around the check of forbidden operations ({})"
FORBIDDEN = "it uses {}; this exercise asks you to do without {}"

RIGHT_GIVEN = "right, given a right {}"
EVEN_GIVEN = "even with a right {}: {}"

SKIPPED = "skipped, because nothing outside Python runs here: {}"
UNINSTALLED = "an import that failed was passed over: {}"
SHOWN = 5

LACKING = "`{}` has no method or attribute `{}`"

UNREACHED = "the cells before it did not come to an end"
UNTOLD = "the result has not the form that is asked for"

# Those that an honest slip raises with some values and not with others.
_VALUE_TEXT = "ZeroDivisionError OverflowError FloatingPointError ValueError IndexError KeyError"
_VALUE_KINDS = frozenset(_VALUE_TEXT.split())
# The kinds of exception that are named; a student's own class could be named after an input.
_KINDS = frozenset(name for name, kind in vars(builtins).items() if isinstance(kind, type)) | {
    "LinAlgError",
    "AxisError",
}
_NO_ATTRIBUTE = re.compile(
    r"(?:type object )?'(?P<owner>\w+)'(?: object)? has no attribute '(?P<name>\w+)'"
)
_CONTROL = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+"
)


def exception(raised: Raised) -> str:
    """Say which exception came, what may be repeated of its message, and where it happened."""
    if raised.network:
        return f"{NETWORK} ({raised.place or kind(raised)})"
    if lacking := _lacking(raised):
        return lacking
    said = f"{kind(raised)}: {raised.shown}" if raised.shown else kind(raised)
    return f"{said} ({raised.place})" if raised.place else said


def unsteady(raised: Raised) -> str:
    """Say of an exception that hangs on the inputs' values what gives nothing away: its kind."""
    named = kind(raised)
    return UNSTEADY.format(named if named in _VALUE_KINDS else "an exception")


def with_key(raised: Raised, texts: Sequence[str]) -> Raised:
    """Name the key that a KeyError misses where it is part of a text that is shown beside it."""
    missed = raised.message.strip("'\"")
    if raised.type != "KeyError" or raised.shown or not missed:
        return raised
    return replace(raised, shown=repr(missed)) if any(missed in text for text in texts) else raised


def is_stub(raised: Raised) -> bool:
    """Whether a stub raised it, not torch, which refuses a dtype with the same exception."""
    return "NotImplementedError" in (raised.type, *raised.bases) and not raised.gist


def _lacking(raised: Raised) -> str:
    """Name what a student's class lacks that the check asked it for; "" for anything else."""
    found = _NO_ATTRIBUTE.fullmatch(raised.shown) if raised.where == "driver" else None
    if found is None or raised.type != "AttributeError":
        return ""
    return LACKING.format(found["owner"], found["name"])


def kind(raised: Raised) -> str:
    """Name the kind of an exception: of a student's own class the nearest that Python knows."""
    names = (raised.type, *raised.bases)
    return next((name for name in names if name in _KINDS), "an exception")


def one_line(text: str) -> str:
    """Return text without control characters, line ends and halves of characters."""
    return _CONTROL.sub(" ", text).strip()


def visible_fault(fault: UnitFault) -> str:
    """Say how a visible example went wrong; nothing in it is hidden, so its words are kept."""
    if fault.raised is None:
        return unit_fault(fault)
    text = one_line(fault.raised.message)[:500]
    if is_stub(fault.raised):
        return STUB
    named = one_line(fault.raised.type)
    return text if named == "AssertionError" and text else f"{named}: {text}"


def unit_fault(fault: UnitFault) -> str:
    """Say what became of a cell that did not run to its end."""
    if fault.raised is not None:
        return exception(fault.raised)
    said = ENDINGS.get(fault.ended, CRASH).replace("the call", "a cell")
    return f"{said} ({fault.place})" if fault.place else said


def skipped(found: Sequence[Skipped]) -> str:
    """Say what was left out of the submission's code; "" if nothing was."""
    if not found:
        return ""
    named = [f"`{one.what}` ({one.place})" for one in found[:SHOWN]]
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return SKIPPED.format(", ".join(named) + more)


def not_installed(faults: Sequence[UnitFault]) -> str:
    """Say which modules the submission imports that are not here; "" if there are none."""
    said = [
        f"{fault.raised.shown} ({fault.place})"
        for fault in faults
        if fault.raised is not None
        and fault.raised.type == "ModuleNotFoundError"
        and fault.raised.shown
    ]
    return UNINSTALLED.format("; ".join(dict.fromkeys(said[:SHOWN]))) if said else ""
