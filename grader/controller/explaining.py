"""Why a case failed, as far as it can be told: a known mistake, else a general relation."""

from __future__ import annotations

import numpy as np

from grader.comparing.compare import leaves
from grader.comparing.judging import Failure, same
from grader.comparing.outcomes import ExerciseRun
from grader.comparing.relations import name_relation
from grader.controller.findings import Finding, Standard
from grader.vocabulary import NOTHING, STABILITY, Number
from grader.worker.wire import Array


def explain(
    standard: Standard, run: ExerciseRun, failures: dict[int, Failure], finding: Finding
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


def _relation(standard: Standard, run: ExerciseRun, finding: Finding) -> str:
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
