"""Two slips of which one scales: a result that is a known wrong one times a factor that says why.

What scales stands at the end or passes through it (a sign, a 2, a sum for a mean), so that the
result of the other slip is seen through it: it need not be run together with every other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from grader.comparing import relations
from grader.comparing.compare import leaves
from grader.comparing.evidence import arguments_of
from grader.comparing.judging import numbers_of
from grader.comparing.outcomes import Call
from grader.controller.findings import Evidence, Standard
from grader.controller.matching import calls_of

THEN = "Once that is mended: {}"

_RTOL = 1e-6
_FIXED = {-1.0: relations.SIGN, 2.0: relations.TWICE, 0.5: relations.HALF}


def factor(one: object, other: object) -> float | None:
    """The number that makes of `other` the value `one`, both of one array or number; None if none.

    It is none where they are equal, or where nothing but zeros is compared.
    """
    mine, theirs = list(leaves(one)), list(leaves(other))
    if len(mine) != 1 or len(theirs) != 1:
        return None
    a, b = numbers_of(mine[0]), numbers_of(theirs[0])
    if a is None or b is None or a.shape != b.shape or a.size == 0 or "c" in a.dtype.kind:
        return None
    if a.dtype.kind != "f" or not (np.isfinite(a).all() and np.isfinite(b).all()):
        return None
    place = int(np.argmax(np.abs(b)))
    largest = float(b.ravel()[place])
    c = float(a.ravel()[place]) / largest if largest else 0.0
    slack = _RTOL * abs(c) * abs(largest)
    alike = bool((np.abs(a - c * b) <= slack + _RTOL * np.abs(a)).all())
    return c if alike and c and abs(c - 1) > _RTOL else None


def scaled(
    standard: Standard, shown: Evidence, known: Sequence[Evidence], group: str
) -> tuple[str, ...]:
    """The hints of a known slip and of the factor beside it; none where nothing says why."""
    for one in known:
        if one.hints and (sentence := _why(standard, shown, one, group)):
            return (*one.hints, THEN.format(sentence))
    return ()


def _why(standard: Standard, shown: Evidence, known: Evidence, group: str) -> str:
    assert standard.explanations is not None
    answer, shared, told = standard.explanations.answer, None, 0
    for number in calls_of(standard, group, shown.calls):
        call = standard.prepared.calls[number]
        if call.fake or number >= min(known.calls, len(answer)):
            return ""
        mine, theirs = shown.wrong.get(number), known.wrong.get(number)
        if any(one and one.trouble != "difference" for one in (mine, theirs)):
            return ""
        right = answer[number].value
        values = (one.outcome.value if one else right for one in (mine, theirs))
        c = factor(*values)
        if c is None:
            return ""
        found = set(reasons(c, call, standard.prepared.parameters))
        shared = found if shared is None else shared & found
        told += 1
    return min(shared) if shared and told > 1 else ""


def reasons(c: float, call: Call, names: Sequence[str]) -> Iterator[str]:
    """The sentences that say where a factor between two results of a call comes from."""
    for number, sentence in _FIXED.items():
        if abs(c - number) <= _RTOL:
            yield sentence
    for name, value in arguments_of(call, names):
        if not name or not isinstance(value, np.ndarray):
            continue
        called = f"`{name}`"
        sizes = [(relations.LENGTH.format(at, called), n) for at, n in enumerate(value.shape)]
        for what, n in [*sizes, (relations.ENTRIES.format(called), value.size)]:
            if n > 1 and abs(c / n - 1) <= _RTOL:
                yield relations.SUM.format(what)
            if n > 1 and abs(c * n - 1) <= _RTOL:
                yield relations.MEAN.format(what)
