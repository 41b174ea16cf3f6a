"""What is true of a result that has another shape, or is not finite: relations of form."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from grader.comparing.evidence import Leaf, Seen
from grader.comparing.patterns import TRANSPOSE
from grader.comparing.relations import Said

SHAPE = "The numbers are right, but not the shape: look for a dimension too many or too few."
SIZES = "The numbers are right and in order, but the shape is not: which axis has which length?"
AXES = "The numbers are right, but the axes of the result stand in another order."
DIAGONAL = "A column and a row were broadcast to a square: compare (n, 1) with (n,)."
SQUARE = "n values are asked and a square of n × n came back: does (n, 1) meet (n,)?"
LEFT = "An axis is left that should be gone: axis {} of the result is not summed or averaged over."
REPEATED = "These are the right numbers, repeated along an axis too many."
SHORT = "What came back is right, but it is too short along axis {}."
LONG = "What is asked is there, but the result is too long along axis {}."
REDUCED = "Several numbers are asked; what came back is their sum or mean."
PARTS = "One number is asked; what came back are numbers whose sum or mean it is."
EACH = "One number is asked, and one came back for each entry of {}: is a sum or mean left out?"

NAN = "The result holds NaN, as 0/0, ∞ − ∞, 0·∞, or a log or root of what is negative give it."
INFINITE = "The result holds an infinity, as a division by 0, log(0) or an overflow give it."
INPUT_NAN = "The result is NaN just where {} is."
ALL_NAN = "Every entry of the result is NaN."


def form_relations(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """Yield what is true of a wrong array of another shape, or that is not finite."""
    if leaf.want.size == 0 or leaf.got.size == 0:
        return
    if leaf.alike:
        yield from _not_finite(leaf, seen)
    elif leaf.finite:
        yield from _rearranged(leaf)
        yield from _reduced(leaf)
        yield from _each(leaf, seen)
        yield from _cut(leaf)


def _not_finite(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    holds = np.isnan(leaf.got) & np.isfinite(leaf.want)
    if holds.any():
        for one in seen.inputs:
            if one.value.shape == holds.shape and (np.isnan(one.value) == holds).all():
                yield INPUT_NAN.format(one.called), 2
        if holds.all():
            yield ALL_NAN, min(2, holds.size - 1)
        yield NAN, 2
    if (np.isinf(leaf.got) & np.isfinite(leaf.want)).any():
        yield INFINITE, 2


def _rearranged(leaf: Leaf) -> Iterator[Said]:
    w, g = leaf.want, leaf.got
    if w.ndim == 2 and leaf.close(w.T):
        yield TRANSPOSE, 2
    elif 2 < w.ndim < 5 and any(
        leaf.close(np.transpose(w, p)) for p in itertools.permutations(range(w.ndim))
    ):
        yield AXES, 2
    if w.size == g.size and leaf.close(w.reshape(g.shape)):
        yield (SIZES if w.ndim == g.ndim else SHAPE), 2
    square = (w.size, w.size)
    if w.size > 1 and g.shape == square and max(w.shape) == w.size:
        if (np.abs(np.diag(g) - w.ravel()) <= leaf.slack(w.ravel())).all():
            yield DIAGONAL, 2
        yield SQUARE, 2
    if w.size < g.size and _broadcasts(w, g):
        yield REPEATED, 2


def _broadcasts(w: np.ndarray, g: np.ndarray) -> bool:
    try:
        wide = np.broadcast_to(w, g.shape)
    except ValueError:
        return False
    return bool(np.allclose(wide, g, rtol=1e-6, atol=0))


def _reduced(leaf: Leaf) -> Iterator[Said]:
    w, g = leaf.want, leaf.got
    for axis in range(g.ndim if g.ndim == w.ndim + 1 else 0):
        for reduced in (g.sum(axis), g.mean(axis)):
            if reduced.shape == w.shape and g.shape[axis] > 1 and _equal(leaf, w, reduced):
                yield LEFT.format(axis), 2
                break
    if w.size == 1 and g.size > 1 and any(_equal(leaf, w.ravel()[0], x) for x in _totals(g)):
        yield PARTS, 2
    if g.size == 1 and w.size > 1 and any(_equal(leaf, x, g.ravel()[0]) for x in _totals(w)):
        yield REDUCED, 2


def _each(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """A number for each entry of an input, where one number is asked: whatever they are."""
    if leaf.want.ndim == 0 and leaf.got.size > 1:
        for one in seen.inputs:
            if one.value.shape == leaf.got.shape:
                yield EACH.format(one.called), 2


def _totals(array: np.ndarray) -> tuple[float, float]:
    return float(array.sum()), float(array.mean())


def _equal(leaf: Leaf, want: np.ndarray | float, got: np.ndarray | float) -> bool:
    w = np.asarray(want)
    return bool((np.abs(got - w) <= leaf.slack(w)).all())


def _cut(leaf: Leaf) -> Iterator[Said]:
    w, g = leaf.want, leaf.got
    if w.ndim != g.ndim:
        return
    differ = [axis for axis in range(w.ndim) if w.shape[axis] != g.shape[axis]]
    if len(differ) != 1:
        return
    axis = differ[0]
    short, long, sentence = (g, w, SHORT) if g.shape[axis] < w.shape[axis] else (w, g, LONG)
    n, of = short.shape[axis], long.shape[axis]
    for start in (0, of - n):
        if _equal(leaf, np.take(long, range(start, start + n), axis), short):
            yield sentence.format(axis), 2
            return
