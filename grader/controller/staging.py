"""Hints in stages: what is true of a wrong result, and the fuller hint made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from grader.comparing.compare import leaves
from grader.comparing.evidence import Seen, inputs_of, seen
from grader.comparing.outcomes import Call, ExerciseRun
from grader.comparing.situations import situation
from grader.comparing.telling import Beyond, tell
from grader.controller.findings import Finding, Standard

_FACTS = 2
"""A fuller hint that nobody wrote is this many sentences at most."""


def told(standard: Standard, run: ExerciseRun, finding: Finding) -> tuple[str, ...]:
    """Return what is true of every failing call of the finding's group, the most telling first.

    Nothing where the finding's own call has no result to be looked at: it would be said of others.
    """
    prepared = standard.prepared
    group = prepared.calls[finding.call].case.group
    names = prepared.parameters
    shown: dict[int, Seen | None] = {}
    right: list[Call] = []
    for number, outcome in enumerate(run.outcomes):
        call, failure = prepared.calls[number], run.failures.get(number)
        if failure is None and not call.fake:
            right.append(call)
        elif failure is not None and not call.fake:
            whole = number in run.whole
            asked = standard.asked[number]
            shown[number] = seen(call, outcome, asked, failure, names) if whole else None
    if shown.get(finding.call) is None:
        return ()
    groups = {number: prepared.calls[number].case.group for number in shown}
    beyond = Beyond(
        fine=[inputs_of(call, names) for call in right],
        others=[one for n, one in shown.items() if one and groups[n] != group],
        unseen=not all(shown.values()),
        stored=any(_holds_more_than_zeros(call) for call in right),
        situation=situation([prepared.calls[n] for n in shown], right, names),
    )
    return tell([one for n, one in shown.items() if one and groups[n] == group], beyond)


def _holds_more_than_zeros(call: Call) -> bool:
    arrays = [one for one in leaves(call.case.expect) if isinstance(one, np.ndarray | float | int)]
    return any(bool(np.any(array)) for array in arrays)


def fuller(
    standard: Standard,
    mistake: str,
    hint: str,
    facts: Callable[[], Sequence[str]],
) -> str:
    """Return the fuller hint: what the mistake's author wrote, else what else is known to be true.

    It adds to the first hint and never repeats it; a line for each sentence. `facts` gives what is
    known to be true.
    """
    if not hint:
        return ""
    written = [standard.further.get(name, "") for name in mistake.split(" + ")]
    if any(written):
        return "\n".join(filter(None, written))
    more = [fact for fact in facts() if fact not in hint]
    return "\n".join(more[:_FACTS])
