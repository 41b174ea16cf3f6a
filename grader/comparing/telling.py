"""Which sentences may be said of an exercise that failed: those true of every failing call.

A sentence is looked for in each failing call whose values can be compared; it is given only if all
of them bear it out, and at least one of them (or two that hint at it) could have told otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from grader.comparing import forms, patterns, relations, situations
from grader.comparing.evidence import Input, Leaf, Seen
from grader.comparing.forms import form_relations
from grader.comparing.patterns import content_relations, place_relations
from grader.comparing.relations import FACTOR, OFFSET, Said, value_relations
from grader.vocabulary import STABILITY
from grader.worker.wire import Array

ENOUGH = 2

_KIND = 40
"""Sentences that begin alike differ in what fills a gap; one of them is enough."""

CHANGED = "`{}` is changed in place: work on a copy, and leave what came in as it is."
SOMETHING_CHANGED = "An input is changed in place; work on a copy."
NONE = "The function returns None: does every way through it end in a `return`?"
FORM = "The numbers are right, but they come as another type: see what the message asks for."
SWAPPED = "The right values come back in another order."
TOO_FEW = "What is returned is right, but not all of it: a value is missing."
TOO_MANY = "What is asked is there, but more values are returned than asked."
DTYPE = "The result should keep the inputs' dtype."
OVERFLOW = "Only with large inputs is the result not finite: does an exp or a log leave the range?"
CAPPED = (
    "Only with large inputs is the result wrong, and too small: is there a clamp or an ε in it?"
)
AT_ZERO = "Only where an input holds a 0 is the result not finite: look for log(0) or a division."
ONLY = "Only value {} of the result is wrong; the others are right."
SEVERAL = "Values {} and {} of the result are wrong; the others are right."
STALE = "All values of the result are equal to the first: is the step's new state handed on?"
FIRST = "The first value of the result is right and all later ones are wrong: what is handed on?"
IN_VALUE = "In value {} of the result: {}"

_ONLY = re.compile(r"\bonly\b|the others are right|the rest is right", re.IGNORECASE)
"""What is said of a result so that it shuts out all other places."""

_OF_FINE = (OVERFLOW, CAPPED, AT_ZERO)
"""These look at the calls that passed themselves."""

OF_ONE_VALUE = frozenset({FACTOR, OFFSET})
"""Sentences that would say, of several values, that one factor or amount holds for all."""


_VAGUE = tuple(
    sentence.partition("{}")[0]
    for sentence in (
        *(ONLY, FIRST, relations.NEARLY, relations.LARGER, relations.SMALLER, relations.SIGNS),
        *(patterns.FIRST_RIGHT, patterns.LAST_RIGHT, patterns.FIRST_WRONG, patterns.BORDER),
        *(patterns.LAST_WRONG, patterns.ZEROS, patterns.BOUND, patterns.POSITIVE, forms.NAN),
        *(forms.INFINITE, FACTOR, OFFSET, relations.ROW_FACTOR, relations.COLUMN_FACTOR),
        *(
            relations.ROW_OFFSET,
            relations.COLUMN_OFFSET,
            relations.ONE_MORE,
            relations.ONE_LESS,
            relations.AFFINE,
        ),
        *(patterns.DIAGONAL, patterns.BELOW, patterns.ABOVE, patterns.EVEN, patterns.PART),
        *(patterns.OWN_CLASS, patterns.OTHER_CLASSES, patterns.AT_TRUE, patterns.AT_FALSE),
        *(patterns.AT_ZERO, patterns.ZERO_HERE, situations.WHERE, situations.BOTH, SEVERAL),
    )
)


@dataclass(frozen=True)
class Beyond:
    """What is known of an exercise's calls beside the failing ones of a group.

    Args:
        fine: the inputs of the calls that passed.
        others: the failing calls of other groups.
        unseen: whether there are failing calls of which no result can be looked at.
        stored: whether a call passed that asks for more than zeros.
        situation: the sentence that tells failing calls from those that passed, or "".
    """

    fine: Sequence[Sequence[Input]] = ()
    others: Sequence[Seen] = ()
    unseen: bool = False
    stored: bool = False
    situation: str = ""


def tell(failing: Sequence[Seen], beyond: Beyond = Beyond()) -> tuple[str, ...]:
    """Return the sentences that are true of every failing call, the most telling first.

    Args:
        failing: the failing calls of a group, in order.
        beyond: the other calls; what they belie is not said.
    """
    if not failing:
        return ()
    fine = beyond.fine
    first = _common(failing, _of_call) + _not_finite(failing, fine) + _capped(failing, fine)
    last = [*_common(failing, _of_values), *filter(None, [beyond.situation])]
    found = sorted([*first, *_of_leaves(failing), *last], key=_vagueness)
    found = list(_held(found, beyond))
    kinds = {sentence[:_KIND]: sentence for sentence in reversed(found)}
    once = [sentence for sentence in dict.fromkeys(found) if kinds[sentence[:_KIND]] == sentence]
    # Whatever else is known of a factor says more than that there is one.
    return tuple(s for s in once if s != FACTOR or once[0] == FACTOR)


def _held(found: Sequence[str], beyond: Beyond) -> Iterator[str]:
    """The sentences that hold beyond the group: of one that says "only", all calls have to."""
    everything = set(_common(beyond.others, _everything)) if beyond.others else set()
    for sentence in found:
        shuts_out = _ONLY.search(sentence) is not None and sentence not in _OF_FINE
        if patterns.ZERO in sentence and beyond.stored:
            yield sentence.replace(patterns.ZERO, patterns.ZERO_HERE)
        elif not shuts_out or (not beyond.unseen and (not beyond.others or sentence in everything)):
            yield sentence


def _everything(seen: Seen) -> Iterator[Said]:
    """Whatever is true of a call, as if it told enough."""
    found = [*_of_values(seen), *((s, 0) for s in _of_leaves([seen]))]
    yield from ((sentence, ENOUGH) for sentence, _ in found)


def _vagueness(sentence: str) -> int:
    """What says how far off a result is comes after what says where."""
    small = (relations.NEARLY, relations.LARGER, relations.SMALLER)
    return is_vague(sentence) + any(one in sentence for one in small)


def is_vague(sentence: str) -> bool:
    """Whether a sentence only says where or by how much the result is wrong, not what it is."""
    return any(start in sentence for start in _VAGUE)


def _common(
    failing: Sequence[Seen], relations: Callable[[Seen], Iterable[Said]]
) -> tuple[str, ...]:
    return _agreed([dict(relations(one)) for one in failing])


def _agreed(found: Sequence[dict[str, int]]) -> tuple[str, ...]:
    """The sentences that all calls bear out, and enough of them tell."""
    return tuple(
        sentence
        for sentence in (found[0] if found else ())
        if all(sentence in one for one in found) and sum(one[sentence] for one in found) >= ENOUGH
    )


def _of_call(seen: Seen) -> Iterator[Said]:
    """What is true of a call as a whole, and explains it."""
    if seen.changed is not None:
        yield CHANGED.format(seen.changed) if seen.changed else SOMETHING_CHANGED, ENOUGH
    difference = seen.difference
    if difference is None:
        return
    if seen.returned is None:
        yield NONE, ENOUGH
    elif difference.kind == "type" and _equal(seen, seen.right, seen.parts):
        yield FORM, ENOUGH
    elif difference.kind == "shape" and _is_square(seen):
        yield forms.SQUARE, ENOUGH
    other = seen.dtypes - {seen.asked.dtype}
    if difference.kind == "dtype" and seen.floating == {seen.asked.dtype} and other:
        yield DTYPE, ENOUGH
    if len(seen.right) > 1:
        yield from _of_parts(seen)


def _is_square(seen: Seen) -> bool:
    """Whether n values are asked and a square came back, too large to be looked at."""
    got = seen.returned
    if not isinstance(got, Array) or got.data is not None or len(seen.right) != 1:
        return False
    n = seen.right[0].size
    return n > 1 and got.shape == (n, n) and max(seen.right[0].shape) == n


def _of_parts(seen: Seen) -> Iterator[Said]:
    """What is true of the number and the order of the values returned."""
    right, parts = seen.right, seen.parts
    if len(right) == len(parts):
        if all(leaf is not None for leaf in seen.leaves) and seen.wrong and _permuted(seen):
            yield SWAPPED, ENOUGH
    elif parts and len(parts) < len(right):
        if any(_equal(seen, some, parts) for some in (right[: len(parts)], right[-len(parts) :])):
            yield TOO_FEW, ENOUGH
    elif parts:
        kept = (parts[: len(right)], parts[-len(right) :])
        if any(_equal(seen, right, some) for some in kept):
            yield TOO_MANY, ENOUGH


def _equal(seen: Seen, right: Sequence[np.ndarray], parts: Sequence[np.ndarray]) -> bool:
    """Whether arrays are the right ones, by the verdict's tolerance, in any container."""
    flat = [array.ravel() for array in right], [array.ravel() for array in parts]
    if not flat[0] or not flat[1]:
        return False
    want, got = np.concatenate(flat[0]), np.concatenate(flat[1])
    if want.shape != got.shape or not (np.isfinite(want).all() and np.isfinite(got).all()):
        return False
    return bool((np.abs(got - want) <= seen.asked.bounds(0).allowed(want)).all())


def _permuted(seen: Seen) -> bool:
    left = list(seen.parts)
    for want in seen.right:
        same = (n for n, got in enumerate(left) if got.shape == want.shape)
        place = next((n for n in same if _equal(seen, [want], [left[n]])), None)
        if place is None:
            return False
        left.pop(place)
    return True


def _of_values(seen: Seen) -> Iterator[Said]:
    """Which of several values are wrong, where nothing else is known."""
    leaves = [leaf for leaf in seen.leaves if leaf is not None]
    if len(leaves) < 2 or len(leaves) != len(seen.leaves) or not seen.wrong:
        return
    if len({leaf.want.shape for leaf in leaves}) == 1 and all(leaf.alike for leaf in leaves):
        first = leaves[0].got
        vary = not all(leaves[0].close(leaf.want) for leaf in leaves)
        # Whole numbers, such as 0 and 1, are equal for many reasons.
        vary = vary and not np.array_equal(first, np.round(first))
        if all(leaf.finite and np.array_equal(leaf.got, first) for leaf in leaves) and vary:
            yield STALE, ENOUGH
        if len(leaves) > 2 and seen.wrong == tuple(range(1, len(leaves))):
            yield FIRST, ENOUGH
    if seen.several == len(leaves) and len(seen.wrong) == 1:
        yield ONLY.format(seen.wrong[0] + 1), ENOUGH
    elif seen.several == len(leaves) and 1 < len(seen.wrong) < len(leaves) < 10:
        yield SEVERAL.format(*_listed(seen.wrong)), ENOUGH


def _listed(wrong: Sequence[int]) -> tuple[str, str]:
    """Numbers of values: all but the last, and the last."""
    numbers = [str(n + 1) for n in wrong]
    return ", ".join(numbers[:-1]), numbers[-1]


def _of_leaves(failing: Sequence[Seen]) -> list[str]:
    """What is true of a wrong value in all calls in which it is wrong, the first value first."""
    wrong = sorted({n for one in failing for n in one.wrong})
    if not wrong or any(not one.wrong for one in failing):
        return []
    told = {n: _agreed(_relations_of(failing, n)) for n in wrong}
    shared = [s for s in told[wrong[0]] if all(s in told[n] for n in wrong)]
    if len(wrong) > 1:
        shared = [s for s in shared if s not in OF_ONE_VALUE]
    first = [told[n][0] for n in wrong if told[n]]
    if len(wrong) == 1 or shared[:1] == first[:1] or not _numbered(failing):
        return shared
    return [IN_VALUE.format(n + 1, told[n][0]) for n in wrong if told[n]] + shared


def _numbered(failing: Sequence[Seen]) -> bool:
    """Whether the values of the result can be counted: each of them one array or number."""
    return len({one.several for one in failing}) == 1 and all(
        one.several == len(one.leaves) for one in failing
    )


def _relations_of(failing: Sequence[Seen], number: int) -> list[dict[str, int]]:
    found = []
    for one in failing:
        leaf = one.leaves[number] if number in one.wrong else None
        if leaf is not None:
            found.append(dict(_of_leaf(leaf, one)))
    return found


def _of_leaf(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    with np.errstate(all="ignore"):
        for relations in (form_relations, content_relations, value_relations, place_relations):
            yield from relations(leaf, seen)


def _not_finite(failing: Sequence[Seen], fine: Sequence[Sequence[Input]]) -> tuple[str, ...]:
    """What sets apart the inputs with which the result is not finite from those that are fine."""
    lost = all(one.difference and one.difference.kind == "finiteness" for one in failing)
    if not lost or not fine or not all(_not_finite_itself(one) for one in failing):
        return ()
    large = max((_largest(inputs) for inputs in fine), default=0.0)
    if failing[0].group == STABILITY and all(
        _largest(one.inputs) > max(20.0, 2 * large) for one in failing
    ):
        return (OVERFLOW,)
    if all(_zero(one.inputs) for one in failing) and not any(map(_zero, fine)):
        return (AT_ZERO,)
    return ()


def _capped(failing: Sequence[Seen], fine: Sequence[Sequence[Input]]) -> tuple[str, ...]:
    """Whether large inputs alone are wrong, and whatever is wrong is too small in size."""
    moderate = min((_largest(inputs) for inputs in fine), default=np.inf)
    capped = all(
        one.group == STABILITY
        and _largest(one.inputs) > max(20.0, 2 * moderate)
        and one.wrong
        and all(leaf is not None and _too_small(leaf) for leaf in one.leaves)
        for one in failing
    )
    return (CAPPED,) if capped else ()


def _too_small(leaf: Leaf) -> bool:
    """Whether a value is finite, and each of its wrong entries smaller in size than it should."""
    if not (leaf.alike and leaf.finite):
        return False
    return bool((np.abs(leaf.got) < np.abs(leaf.want))[leaf.off].all())


def _not_finite_itself(seen: Seen) -> bool:
    return any(not np.isfinite(part).all() for part in seen.parts)


def _largest(inputs: Sequence[Input]) -> float:
    arrays = [one.value[np.isfinite(one.value)] for one in inputs]
    return max((float(np.abs(a).max()) for a in arrays if a.size), default=0.0)


def _zero(inputs: Sequence[Input]) -> bool:
    return any((one.value == 0).any() for one in inputs if not one.truth)
