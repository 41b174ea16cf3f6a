"""Why a case failed, as far as it can be told truly: nothing is told that may be untrue."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from grader.comparing.compare import leaves
from grader.comparing.judging import Failure
from grader.comparing.outcomes import ExerciseRun
from grader.comparing.relations import name_relation
from grader.controller.findings import Evidence, Finding, Standard, evidence
from grader.controller.matching import best, halves
from grader.vocabulary import NOTHING, STABILITY, Number
from grader.worker.wire import Array


def explain(
    standard: Standard, run: ExerciseRun, failures: dict[int, Failure], finding: Finding
) -> tuple[str, str]:
    """Return (mistake, hint): names of known mistakes, "" for others; a line for each slip.

    Looked for in this order: a known mistake, two of them in values of their own, a slip in one
    line of the model answer, a general relation, then two slips at once.
    """
    if finding.call < 0 or standard.explanations is None:
        return "", ""
    shown = evidence(run, failures)
    group = standard.prepared.calls[finding.call].case.group
    mistakes = standard.explanations.mistakes()
    if found := best(standard, shown, mistakes, group):
        return found[0].name, "\n".join(found[0].hints)
    if both := halves(standard, shown, mistakes, group):
        return _joined(both)
    mutants = best(standard, shown, standard.explanations.mutants(shown), group)
    if mutants and (told := _certain(mutants))[1]:
        return told
    if sentence := _relation(standard, run, finding):
        return "", sentence
    return _two(standard, shown, group)


def _certain(found: Sequence[Evidence]) -> tuple[str, str]:
    """What is true whichever of several explanations holds; known mistakes before mutants."""
    known = max(one.mistakes for one in found)
    likely = [one for one in found if one.mistakes == known]
    shared = [hint for hint in likely[0].hints if all(hint in one.hints for one in likely)]
    names = {one.name for one in likely}
    return (names.pop() if len(names) == 1 and shared else ""), "\n".join(shared)


def _joined(both: Sequence[Evidence]) -> tuple[str, str]:
    name = " + ".join(one.name for one in both if one.name)
    return name, "\n".join(dict.fromkeys(hint for one in both for hint in one.hints))


def _two(standard: Standard, shown: Evidence, group: str) -> tuple[str, str]:
    """Two slips at once, each in values of its own or both in one."""
    assert standard.explanations is not None
    known = [*standard.explanations.mistakes(), *standard.explanations.halves(shown)]
    if both := halves(standard, shown, known, group):
        return _joined(both)
    pairs = best(standard, shown, standard.explanations.pairs(shown), group)
    return _certain(pairs) if pairs else ("", "")


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
