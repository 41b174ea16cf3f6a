"""Hints in stages: what is true of a wrong result, and the fuller hint made of it."""

from __future__ import annotations

from grader.comparing.evidence import Seen, inputs_of, seen
from grader.comparing.outcomes import ExerciseRun
from grader.comparing.telling import tell
from grader.controller.findings import Finding, Standard

_FACTS = 2
"""A fuller hint that nobody wrote is this many sentences at most."""


def told(standard: Standard, run: ExerciseRun, finding: Finding) -> tuple[str, ...]:
    """Return what is true of every failing call of the finding's group, the most telling first.

    Nothing where the finding's own call has no result to be looked at: it would be said of others.
    """
    prepared = standard.prepared
    group = prepared.calls[finding.call].case.group
    failing: dict[int, Seen] = {}
    fine = []
    for number, outcome in enumerate(run.outcomes):
        call, failure = prepared.calls[number], run.failures.get(number)
        if failure is None and not call.fake:
            fine.append(inputs_of(call, prepared.parameters))
        elif failure is not None and call.case.group == group:
            if number not in run.whole:
                return ()
            shown = seen(call, outcome, standard.asked[number], failure, prepared.parameters)
            failing |= {number: shown} if shown else {}
    return tell(list(failing.values()), fine) if finding.call in failing else ()


def fuller(
    standard: Standard,
    run: ExerciseRun,
    finding: Finding,
    mistake: str,
    hint: str,
) -> str:
    """Return the fuller hint: what the mistake's author wrote, else what else is known to be true.

    It adds to the first hint and never repeats it; a line for each sentence.
    """
    if finding.call < 0 or not hint:
        return ""
    written = [standard.further.get(name, "") for name in mistake.split(" + ")]
    if any(written):
        return "\n".join(filter(None, written))
    facts = [fact for fact in told(standard, run, finding) if fact not in hint]
    return "\n".join(facts[:_FACTS])
