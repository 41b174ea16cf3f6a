"""Where in an array the wrong entries stand, and what fills it: relations of place and order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.comparing.evidence import Leaf, Seen
from grader.comparing.relations import Said

ZERO = "Every entry of the result is zero: is what is computed ever stored in it?"
ZERO_HERE = "Every entry of the result is zero in the calls that fail; in others it is right."
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
DIAGONAL = "Only the diagonal is wrong; the rest is right."
BELOW = "Only what is below the diagonal is wrong."
ABOVE = "Only what is above the diagonal is wrong."
PART = "Along axis {}, only the {} of the result is wrong; the rest is right."
PARTS = "Along axis {}, only the {} and the {} of the result are wrong; the rest is right."
EVEN = "Along the last axis every second entry is wrong, and the others are right."
OWN_CLASS = "Only the entry at the place that {} names is wrong in each row."
OTHER_CLASSES = (
    "In each row the entry at the place that {} names is right, and all others are wrong."
)
AT_TRUE = "The result is wrong where {} is True, and right where it is not."
AT_FALSE = "The result is wrong where {} is False, and right where it is not."
AT_ZERO = "The result is wrong only where {} is 0."
POSITIVE = "The result is right wherever {} is positive, and wrong only where it is not."
NEGATIVE = "The result is right wherever {} is negative, and wrong only where it is not."


HALVES = ("first half", "second half")
THIRDS = ("first third", "second third", "last third")
QUARTERS = ("first quarter", "second quarter", "third quarter", "last quarter")


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
        if not leaf.off.all():
            yield from _places(leaf)
            yield from _parts(leaf)
            yield from _at_inputs(leaf, seen)
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
        fits = x.ndim > 0 and x.shape == w.shape[w.ndim - x.ndim :]
        rows = x.ndim == 1 and w.ndim > 1 and x.shape == w.shape[:1]
        if not fits and not rows:
            continue
        weight = leaf.weight if np.ptp(x) > 0 else 0
        shape = x.shape if fits else (-1,) + (1,) * (w.ndim - 1)
        for called, made in _made(one.called, x):
            yield from _combined(leaf, called, made.reshape(shape), weight)
    for name, number in seen.numbers:
        weight = leaf.weight if number not in (0.0, 0.5, 1.0, 2.0) else 0
        for called, made in _made(f"`{name}`", np.asarray(number)):
            yield from _combined(leaf, called, made, weight)
            yield from _terms(leaf, called, made, weight)


def _made(called: str, x: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """What is made of an input before it enters, and what that is called."""
    with np.errstate(all="ignore"):
        yield called, x
        yield f"the square of {called}", x**2
        yield f"the root of {called}", np.sqrt(x)
        yield f"1 − {called}", 1 - x
        yield f"1 − the square of {called}", 1 - x**2
        yield f"the logarithm of {called}", np.log(x)


def _combined(leaf: Leaf, called: str, x: np.ndarray, weight: int) -> Iterator[Said]:
    w = leaf.want
    with np.errstate(all="ignore"):
        made = ((TIMES, w * x), (OVER, w / x), (PLUS, w + x), (MINUS, w - x))
    for sentence, other in made:
        if leaf.close(other):
            yield sentence.format(called), weight


def _terms(leaf: Leaf, called: str, x: np.ndarray, weight: int) -> Iterator[Said]:
    """Half of it, or twice it, as a term too many or too few."""
    for words, c in (("half of ", 0.5), ("twice ", 2.0)):
        for sentence, other in ((PLUS, leaf.want + c * x), (MINUS, leaf.want - c * x)):
            if leaf.close(other):
                yield sentence.format(words + called), weight


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


def _parts(leaf: Leaf) -> Iterator[Said]:
    """Wrong parts of a matrix: its diagonal or what lies beside it, halves, quarters of an axis."""
    off = leaf.off
    if off.ndim == 2 and min(off.shape) > 2:
        inside = np.eye(*off.shape) == 1
        below, above = np.tril(~inside).astype(bool), np.triu(~inside).astype(bool)
        for sentence, part in ((DIAGONAL, inside), (BELOW, below), (ABOVE, above)):
            if not off[~part].any() and off[part].mean() > 0.5:
                yield sentence, 2
    if off.ndim and off.shape[-1] > 3:
        for start in (0, 1):
            if off[..., start::2].all() and not off[..., 1 - start :: 2].any():
                yield EVEN, 2
    for axis, n in enumerate(off.shape):
        lines = off.mean(axis=tuple(k for k in range(off.ndim) if k != axis))
        for names in (HALVES, THIRDS, QUARTERS):
            if n % len(names):
                continue
            weight = 2 if n >= 2 * len(names) else 0
            shares = np.atleast_1d(lines).reshape(len(names), -1)
            bad = [name for name, share in zip(names, shares, strict=True) if share.all()]
            if sum(share.any() for share in shares) != len(bad):
                continue
            if len(bad) == 1:
                yield PART.format(axis, bad[0]), weight
            elif len(bad) == 2 and len(names) > 3:
                yield PARTS.format(axis, *bad), weight


def _at_inputs(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """Wrong entries that a mask, a label or a zero among the inputs points at."""
    off = leaf.off
    for one in seen.inputs:
        x = one.value
        if off.ndim == 2 and x.shape == off.shape[:1] and _is_place(x, off.shape[1]):
            own = np.arange(off.shape[1]) == x[:, None]
            if (off == own).all():
                yield OWN_CLASS.format(one.called), 2
            elif (off == ~own).all() and off.shape[1] > 2:
                yield OTHER_CLASSES.format(one.called), 2
        try:
            x = np.broadcast_to(x, off.shape)
        except ValueError:
            continue
        if one.truth and (off == (x != 0)).all():
            yield AT_TRUE.format(one.called), 2
        if one.truth and (off == (x == 0)).all():
            yield AT_FALSE.format(one.called), 2
        if not one.truth and (x == 0).any() and off[x == 0].all() and not off[x != 0].any():
            yield AT_ZERO.format(one.called), 2


def _is_place(x: np.ndarray, n: int) -> bool:
    return bool((x == np.floor(x)).all() and (x >= 0).all() and (x < n).all())


def _values(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    w, g, off = leaf.want, leaf.got, leaf.off
    several = min(2, int(np.count_nonzero(off)))
    if off.all():
        return
    if not g[off].any():
        yield ZEROS, several
    cut = ((g == g.max()) & (w > g.max())) | ((g == g.min()) & (w < g.min()))
    if cut[off].all() and g[off].any():
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
