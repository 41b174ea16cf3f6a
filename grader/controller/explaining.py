"""Why a case failed, as far as it can be told truly: nothing is told that may be untrue."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from grader.comparing.outcomes import ExerciseRun
from grader.comparing.telling import is_vague
from grader.controller.findings import Evidence, Explained, Finding, Standard, evidence
from grader.controller.matching import best, halves
from grader.controller.recorded import to_bytes
from grader.controller.staging import fuller, told

MOST = 5000
"""Of so many different failures of an exercise it is kept what was told."""


def explained(standard: Standard, run: ExerciseRun, finding: Finding) -> Explained:
    """Names of known mistakes, the hint, and the fuller hint.

    Half a class makes the same few mistakes: what hangs on the failures alone is worked out once.
    """
    known = {} if standard.explanations is None else standard.explanations.told
    key = _failures(run, finding)
    if key not in known:
        mistake, hint = explain(standard, run, finding)
        if len(known) >= MOST:
            known.clear()
        known[key] = mistake, hint, fuller(standard, run, finding, mistake, hint)
    return known[key]


def _failures(run: ExerciseRun, finding: Finding) -> bytes:
    """A digest of all that an explanation looks at: which calls fail, with what, and how."""
    # How long a race took is no part of it; that it was lost is in its failure.
    calls = [
        [number, repr(failure), replace(run.outcomes[number], rounds=())]
        for number, failure in sorted(run.failures.items())
    ]
    rest = [finding.call, repr(finding.failure), len(run.outcomes), sorted(run.whole)]
    return hashlib.sha256(to_bytes([calls, rest])).digest()


def explain(standard: Standard, run: ExerciseRun, finding: Finding) -> tuple[str, str]:
    """Return (mistake, hint): names of known mistakes, "" for others; a line for each slip.

    Looked for in this order: a known mistake, two of them in values of their own, a slip in one
    line of the model answer, a relation that says what the wrong result is, two slips at once, a
    relation that says where, or by how much, it is wrong.
    """
    if finding.call < 0 or standard.explanations is None:
        return "", ""
    shown = evidence(run)
    group = standard.prepared.calls[finding.call].case.group
    mistakes = standard.explanations.mistakes()
    if found := best(standard, shown, mistakes, group):
        return found[0].name, "\n".join(found[0].hints)
    if both := halves(standard, shown, mistakes, group):
        return _joined(both)
    mutants = best(standard, shown, standard.explanations.mutants(shown), group)
    if mutants and (certain := _certain(mutants))[1]:
        return certain
    sentence = next(iter(told(standard, run, finding)), "")
    if sentence and not is_vague(sentence):
        return "", sentence
    # Where one slip would do, though nobody knows which, two are not the likelier account.
    two = ("", "") if mutants else _two(standard, shown, group)
    return two if any(two) else ("", sentence)


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
