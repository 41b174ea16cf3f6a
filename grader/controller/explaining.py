"""Why a case failed, as far as it can be told truly: nothing is told that may be untrue."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.comparing.outcomes import ExerciseRun
from grader.comparing.telling import is_vague
from grader.controller.beside import scaled
from grader.controller.findings import Evidence, Explained, Finding, Standard, evidence
from grader.controller.matching import best, calls_of, halves, in_turn
from grader.controller.recorded import to_bytes
from grader.controller.staging import fuller, told
from grader.course.slips.misreadings import is_misreading

EITHER = "{}\nOr, which comes to the same: {}"
_OR = EITHER.splitlines()[1].partition("{}")[0]


def explained(standard: Standard, run: ExerciseRun, finding: Finding) -> Explained:
    """Names of known mistakes, the hint, and the fuller hint.

    Half a class makes the same few mistakes: what hangs on the failures alone is worked out once.
    """
    if finding.call < 0 or standard.explanations is None:
        return "", "", ""

    def work_out() -> Explained:
        facts = functools.cache(lambda: told(standard, run, finding))
        mistake, hint = explain(standard, run, finding, facts)
        return mistake, hint, fuller(standard, mistake, hint, facts)

    return standard.explanations.once(_failures(run, finding), work_out)


def _failures(run: ExerciseRun, finding: Finding) -> str:
    """A digest of all that an explanation looks at: which calls fail, with what, and how."""
    # How long a race took is no part of it; that it was lost is in its failure.
    calls = [
        [number, repr(failure), run.outcomes[number].unmeasured()]
        for number, failure in sorted(run.failures.items())
    ]
    rest = [finding.call, repr(finding.failure), len(run.outcomes), sorted(run.whole)]
    return hashlib.sha256(to_bytes([calls, rest])).hexdigest()


def explain(
    standard: Standard, run: ExerciseRun, finding: Finding, facts: Callable[[], Sequence[str]]
) -> tuple[str, str]:
    """Return (mistake, hint): names of known mistakes, "" for others; a line for each slip.

    Looked for in this order: a known mistake, two of them in values of their own, a slip in one
    line of the model answer, a relation that says what the wrong result is, two slips at once, a
    relation that says where, or by how much, it is wrong. `facts` gives what relations say.
    """
    assert standard.explanations is not None
    shown = evidence(run)
    group = standard.prepared.calls[finding.call].case.group
    mistakes = standard.explanations.mistakes()
    if found := best(standard, shown, mistakes, group):
        return found[0].name, "\n".join(found[0].hints)
    if both := halves(standard, shown, mistakes, group):
        return _joined(both)
    slips = standard.explanations.mutants(shown)
    mutants = best(standard, shown, slips, group)
    if mutants and (certain := _certain(mutants))[1]:
        return certain
    sentence = next(iter(facts()), "")
    if sentence and not is_vague(sentence):
        return "", sentence
    either = best(standard, shown, [*slips, *standard.explanations.further(shown)], group)
    misread = "" if mutants else _misread(either)
    if one := _certain(either)[1] or misread or _either(either):
        return "", one
    # Where one slip would do, though nobody knows which, two are not the likelier account.
    two = ("", "") if mutants or either else _two(standard, shown, group)
    return two if any(two) else ("", sentence)


def lines_of(hint: str) -> list[str]:
    """The hints that are told in one, a line each, without what joins them."""
    return [line.removeprefix(_OR) for line in hint.splitlines()]


def _misread(found: Sequence[Evidence]) -> str:
    """A misreading, which is true however many other slips would do the same."""
    return next((hint for one in found for hint in one.hints if is_misreading(hint)), "")


def _either(found: Sequence[Evidence]) -> str:
    """Two places of which each alone explains the result: to mend either makes it right."""
    hints = dict.fromkeys("\n".join(one.hints) for one in found)
    return EITHER.format(*hints) if len(hints) == 2 and all(hints) else ""


def _certain(found: Sequence[Evidence]) -> tuple[str, str]:
    """What is true whichever of several explanations holds; known mistakes before mutants."""
    if not found:
        return "", ""
    known = max(one.mistakes for one in found)
    likely = [one for one in found if one.mistakes == known]
    shared = [hint for hint in likely[0].hints if all(hint in one.hints for one in likely)]
    names = {one.name for one in likely}
    return (names.pop() if len(names) == 1 and shared else ""), "\n".join(shared)


def _joined(both: Sequence[Evidence]) -> tuple[str, str]:
    name = " + ".join(one.name for one in both if one.name)
    return name, "\n".join(dict.fromkeys(hint for one in both for hint in one.hints))


def _two(standard: Standard, shown: Evidence, group: str) -> tuple[str, str]:
    """Two slips at once: in values or in calls of their own, or both in one value."""
    assert standard.explanations is not None
    known = [*standard.explanations.mistakes(), *standard.explanations.halves(shown)]
    if both := halves(standard, shown, known, group):
        return _joined(both)
    if both := _in_turn(standard, shown, group):
        return _joined(both)
    pairs = best(standard, shown, standard.explanations.pairs(shown), group)
    if any(certain := _certain(pairs)):
        return certain
    near = [*standard.explanations.mistakes(), *standard.explanations.scaled(shown)]
    return "", "\n".join(scaled(standard, shown, near, group))


def _in_turn(standard: Standard, shown: Evidence, group: str) -> tuple[Evidence, Evidence] | None:
    """Two slips that show in different calls, as those of two branches do."""
    assert standard.explanations is not None
    mistakes = standard.explanations.mistakes()
    calls = calls_of(standard, group, shown.calls)
    for one in [one for one in (*mistakes, *standard.explanations.mutants(shown)) if one.hints]:
        rest = {n: shown.wrong[n] for n in calls if n in shown.wrong and n not in one.wrong}
        if not rest or not any(n in one.wrong for n in calls):
            continue
        others = standard.explanations.mutants(replace(shown, wrong=rest))
        known = [other for other in (*mistakes, *others) if other.hints]
        if other := in_turn(standard, shown, one, known, group):
            return one, other
    return None
