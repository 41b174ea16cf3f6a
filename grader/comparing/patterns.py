"""Where in an array the wrong entries stand, and what fills it: relations of place and order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.comparing.evidence import Leaf, Seen
from grader.comparing.relations import Said

ZERO = "Every entry of the result is zero: is what is computed ever stored in it?"
EQUAL = "All entries of the result are equal; what is asked varies."
ROWS = "All entries along the first axis of the result are equal; what is asked varies there."
UNCHANGED = "The result is {}, unchanged."
NEGATED = "The result is the negative of {}."
TIMES = "The result is what is asked times {}: is a factor too many?"
OVER = "The result is what is asked divided by {}: is a factor missing?"
PLUS = "The result is what is asked plus {}: is a term too many?"
MINUS = "The result is what is asked minus {}: is a term missing?"
TRANSPOSE = "This is the transpose of what is asked: look at the order of the axes."
SWAPPED = "The last two axes of the result are exchanged: look at the order of the axes."
REVERSED = "The result is reversed along axis {}."
SHIFTED = "The result is shifted by one along axis {}."
ROLLED = "The result is shifted by one along axis {}, what falls off coming back in front."
RUNNING = "The result is a running sum along axis {} of what is asked."
ORDER = "These are the right numbers in another order."
FIRST_WRONG = "Only the first along axis {} is wrong; the rest is right."
LAST_WRONG = "Only the last along axis {} is wrong; the rest is right."
BORDER = "Only the border is wrong; the inside is right."
FIRST_RIGHT = "Along axis 0 the first is right and all later ones are wrong: what is carried on?"
LAST_RIGHT = "Along axis 0 the last is right and all earlier ones are wrong: what is carried back?"
ZEROS = "All the wrong entries are zero; the others are right."
BOUND = "The result is right but where it meets a bound: is something clipped?"
POSITIVE = "The result is right wherever {} is positive, and wrong only where it is not."
NEGATIVE = "The result is right wherever {} is negative, and wrong only where it is not."


def content_relations(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """Yield what fills a wrong array that has the right shape and is finite."""
    if leaf.alike and leaf.finite and leaf.want.size:
        yield from _filled(leaf)
        yield from _inputs(leaf, seen)


def place_relations(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """Yield which input makes such an array wrong, where its wrong entries stand, in what order."""
    if leaf.alike and leaf.finite and leaf.want.size:
        yield from _with_inputs(leaf, seen)
        yield from _axes(leaf)
        yield from _places(leaf)
        yield from _values(leaf, seen)
        yield from _order(leaf)


def _filled(leaf: Leaf) -> Iterator[Said]:
    g, w = leaf.got, leaf.want
    if not g.any():
        yield ZERO, 2
    flat = g.ravel()
    varies = np.ptp(w) > 100 * float(leaf.slack(w).max())
    if (flat == flat[0]).all() and (varies or g.size == 1):
        yield EQUAL, min(2, g.size - 1)
    if g.ndim > 1 and (g == g[:1]).all():
        differ = (np.ptp(w, axis=0) > 100 * leaf.slack(w).max()).any()
        if differ or len(g) == 1:
            yield ROWS, min(2, len(g) - 1)


def _inputs(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    weight = 2 if leaf.got.size > 1 and np.ptp(leaf.got) > 0 else 0
    for one in seen.inputs:
        if one.value.shape != leaf.got.shape:
            continue
        slack = leaf.slack(one.value)
        if (np.abs(leaf.got - one.value) <= slack).all():
            yield UNCHANGED.format(one.called), weight
        elif (np.abs(leaf.got + one.value) <= slack).all():
            yield NEGATED.format(one.called), weight


def _with_inputs(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """An input that is a factor or a term too many, or that is missing as one."""
    w = leaf.want
    for one in seen.inputs:
        x = one.value
        if x.ndim == 0 or x.shape != w.shape[w.ndim - x.ndim :]:
            continue
        weight = leaf.weight if np.ptp(x) > 0 else 0
        with np.errstate(all="ignore"):
            made = ((TIMES, w * x), (OVER, w / x), (PLUS, w + x), (MINUS, w - x))
        for sentence, other in made:
            if leaf.close(other):
                yield sentence.format(one.called), weight


def _axes(leaf: Leaf) -> Iterator[Said]:
    w = leaf.want
    if w.ndim > 1 and leaf.close(np.swapaxes(w, -1, -2)):
        yield TRANSPOSE if w.ndim == 2 else SWAPPED, 2
    for axis in range(w.ndim):
        if w.shape[axis] < 2:
            continue
        if leaf.close(np.flip(w, axis)):
            yield REVERSED.format(axis), leaf.weight
        if leaf.close(np.cumsum(w, axis)):
            yield RUNNING.format(axis), leaf.weight
        if w.shape[axis] < 3:
            continue
        if leaf.close(np.roll(w, 1, axis)) or leaf.close(np.roll(w, -1, axis)):
            yield ROLLED.format(axis), leaf.weight
        elif _shifted(leaf, axis):
            yield SHIFTED.format(axis), leaf.weight


def _shifted(leaf: Leaf, axis: int) -> bool:
    n = leaf.want.shape[axis]
    early = np.take(leaf.want, range(n - 1), axis), np.take(leaf.got, range(1, n), axis)
    late = np.take(leaf.want, range(1, n), axis), np.take(leaf.got, range(n - 1), axis)
    return any(
        bool((np.abs(g - w) <= leaf.slack(w)).all()) and bool((np.ptp(w, axis=axis) > 0).any())
        for w, g in (early, late)
    )


def _places(leaf: Leaf) -> Iterator[Said]:
    off = leaf.off
    for axis, n in enumerate(off.shape):
        if n < 2:
            continue
        others = tuple(k for k in range(off.ndim) if k != axis)
        lines, whole = np.atleast_1d(off.any(axis=others)), np.atleast_1d(off.all(axis=others))
        for sentence, place in ((FIRST_WRONG, 0), (LAST_WRONG, n - 1)):
            if lines[place] and np.count_nonzero(lines) == 1:
                yield sentence.format(axis), 2 if n > 2 else 1
        if axis == 0 and n > 2:
            if not lines[0] and whole[1:].all():
                yield FIRST_RIGHT, 2
            if not lines[-1] and whole[:-1].all():
                yield LAST_RIGHT, 2
    inside = off[..., 1:-1, 1:-1] if off.ndim > 1 and min(off.shape[-2:]) > 2 else off
    if inside.size < off.size and not inside.any():
        yield BORDER, 2


def _values(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    w, g, off = leaf.want, leaf.got, leaf.off
    several = min(2, int(np.count_nonzero(off)))
    if off.all():
        return
    if not g[off].any():
        yield ZEROS, several
    top = (g[off] == g.max()).all() and (w[off] > g.max()).all()
    bottom = (g[off] == g.min()).all() and (w[off] < g.min()).all()
    if (top or bottom) and g[off].any():
        yield BOUND, several
    for one in seen.inputs:
        if one.value.shape != w.shape:
            continue
        for sentence, fine in ((POSITIVE, one.value > 0), (NEGATIVE, one.value < 0)):
            # A few wrong entries lie on one side by chance.
            if fine.any() and not off[fine].any() and np.mean(off[~fine]) > 0.5:
                yield sentence.format(one.called), several


def _order(leaf: Leaf) -> Iterator[Said]:
    """The same numbers in another order: one by which an entry moved further than rounding goes."""
    want, got = np.sort(leaf.want, None), np.sort(leaf.got, None)
    far = np.abs(leaf.got - leaf.want) > 100 * leaf.slack(leaf.want)
    if bool((np.abs(got - want) <= leaf.slack(want)).all()) and np.count_nonzero(far) > 1:
        distinct = len(np.unique(leaf.want))
        yield ORDER, min(leaf.weight, 2 if distinct > 2 else 0)
