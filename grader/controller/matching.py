"""Whether what is known does the same as a submission: on all calls, not on one.

A hint is given only where it is true of every call of the group that failed first: the same calls
fail, in the same way, and the rest pass. Where nothing but exceptions and infinities agree, which
have many causes, the whole exercise must agree, and nothing else may explain it as well.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.comparing.judging import same, same_leaves
from grader.controller.findings import Evidence, Standard

Calls = Sequence[int]


def calls_of(standard: Standard, group: str, made: int) -> list[int]:
    """The numbers of a group's calls, as far as they were made."""
    calls = standard.prepared.calls[:made]
    return [number for number, call in enumerate(calls) if call.case.group == group]


def best(
    standard: Standard, shown: Evidence, known: Sequence[Evidence], group: str
) -> list[Evidence]:
    """Those that explain a group's failures and agree on the most calls; none if none does."""
    calls = calls_of(standard, group, shown.calls)
    found = [one for one in known if _agrees(standard, shown, one, calls)]
    scores = [_agreement(standard, shown, one) for one in found]
    top = max(scores, default=0)
    first = [one for one, score in zip(found, scores, strict=True) if score == top]
    strong = [one for one in first if _is_strong(standard, shown, one)]
    if strong:
        return strong
    whole = [one for one in first if _agrees(standard, shown, one, range(shown.calls))]
    if _said_by_driver(shown):
        # Its words tell what is wrong; of what led there only a known mistake is likely enough.
        whole = [one for one in whole if one.mistakes]
    return whole if len({one.hints for one in whole}) == 1 else []


def _said_by_driver(shown: Evidence) -> bool:
    """Whether nothing fails but what a driver has refused."""
    raised = [wrong.outcome.raised for wrong in shown.wrong.values()]
    return bool(raised) and all(one is not None and one.where == "driver" for one in raised)


def _agrees(standard: Standard, shown: Evidence, known: Evidence, calls: Calls) -> bool:
    return all(_same_call(standard, shown, known, number) for number in calls)


def _agreement(standard: Standard, shown: Evidence, known: Evidence) -> int:
    return sum(_same_call(standard, shown, known, number) for number in range(shown.calls))


def _is_strong(standard: Standard, shown: Evidence, known: Evidence) -> bool:
    """Whether some call fails in both with the same wrong numbers."""
    return any(
        not wrong.weak and _same_call(standard, shown, known, number)
        for number, wrong in shown.wrong.items()
    )


def _same_call(standard: Standard, shown: Evidence, known: Evidence, number: int) -> bool:
    """Whether both pass a call, or both fail it with the same outcome."""
    mine, theirs = shown.wrong.get(number), known.wrong.get(number)
    if mine is None or theirs is None:
        made = number < known.calls or standard.prepared.calls[number].fake
        return mine is theirs and made
    return mine.trouble == theirs.trouble and same(
        mine.outcome, theirs.outcome, standard.asked[number]
    )


def in_turn(
    standard: Standard, shown: Evidence, one: Evidence, known: Sequence[Evidence], group: str
) -> Evidence | None:
    """The other of two slips of which each explains some of a group's calls; None if there is none.

    Where `one` is wrong the result is as wrong, and there the other is right; everywhere else the
    result is the other's.
    """
    calls = calls_of(standard, group, shown.calls)
    mine = [number for number in calls if number in one.wrong]
    rest = [number for number in calls if number not in one.wrong]
    if not mine or not all(_same_call(standard, shown, one, number) for number in mine):
        return None
    if all(shown.wrong[number].weak for number in mine):
        return None
    for other in known:
        told = any(n in other.wrong and not other.wrong[n].weak for n in rest)
        apart = all(n not in other.wrong and n < other.calls for n in mine)
        if told and apart and all(_same_call(standard, shown, other, n) for n in rest):
            return other
    return None


def halves(
    standard: Standard, shown: Evidence, known: Sequence[Evidence], group: str
) -> tuple[Evidence, Evidence] | None:
    """Two that explain a result of several values together, each some of the values.

    Every value is, on all the group's calls, that of one of the two; and whatever one of them
    gets wrong is wrong in the same way in the result, unless the other gets it wrong as well.
    """
    calls = calls_of(standard, group, shown.calls)
    table = [(one, _leaf_table(standard, shown, one, calls)) for one in known]
    able = [(one, *leaves) for one, leaves in table if leaves is not None]
    for at, (one, alike, wrong) in enumerate(able):
        for other, alike_too, wrong_too in able[at + 1 :]:
            if one.hints == other.hints:
                continue
            mine = [a and w for a, w in zip(alike, wrong, strict=True)]
            theirs = [a and w for a, w in zip(alike_too, wrong_too, strict=True)]
            explained = all(
                (m or t) if w or v else (a and b)
                for m, t, w, v, a, b in zip(
                    mine, theirs, wrong, wrong_too, alike, alike_too, strict=True
                )
            )
            alone = any(m and not v for m, v in zip(mine, wrong_too, strict=True))
            alone_too = any(t and not w for t, w in zip(theirs, wrong, strict=True))
            if explained and alone and alone_too:
                return one, other
    return None


def _leaf_table(
    standard: Standard, shown: Evidence, known: Evidence, calls: Calls
) -> tuple[list[bool], list[bool]] | None:
    """For each value of the result: is it as in `known` on all calls, and is that ever wrong?

    None where the results are not built alike, or are not wrong by their values.
    """
    assert standard.explanations is not None
    answer = standard.explanations.answer
    alike: list[bool] = []
    wrong: list[bool] = []
    for number in calls:
        mine, theirs = shown.wrong.get(number), known.wrong.get(number)
        if any(one and (one.trouble != "difference" or one.weak) for one in (mine, theirs)):
            return None
        if number >= min(known.calls, len(answer)):
            return None
        asked, right = standard.asked[number], answer[number].value
        got = mine.outcome.value if mine else right
        known_value = theirs.outcome.value if theirs else right
        same_here = same_leaves(got, known_value, asked)
        right_here = same_leaves(known_value, right, asked)
        if same_here is None or right_here is None or len(same_here) < 2:
            return None
        if alike and len(alike) != len(same_here):
            return None
        alike = same_here if not alike else [a and b for a, b in zip(alike, same_here, strict=True)]
        now = [not leaf for leaf in right_here]
        wrong = now if not wrong else [a or b for a, b in zip(wrong, now, strict=True)]
    return (alike, wrong) if alike else None
