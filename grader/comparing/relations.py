"""Relations between a wrong array and the right one of its shape, each with the sentence it earns.

Each relation yields sentences that are true of these two arrays, with how much that tells: 2 is
enough, 1 asks for another call, 0 says that the sentence is no less true here. A sentence says
where to look and shows no number of the hidden case.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from grader.comparing.evidence import Leaf, Seen

Said = tuple[str, int]

SIGN = "The sign is the wrong way round."
SIGNS = "The sizes are right, but the sign of some entries is not."
TWICE = "The result is twice what is asked: look for a 2 or a ½."
HALF = "The result is half of what is asked: look for a 2 or a ½."
SQUARE = "The result is the square of what is asked."
ROOT = "The result is the square root of what is asked."
EXP = "The result is the exponential of what is asked."
LOG = "The result is the logarithm of what is asked."
INVERSE = "The result is one divided by what is asked."
REST = "The result is one minus what is asked."
SIZES = "The result is what is asked without its sign."
ODDS = "The result is p/(1 − p) of what is asked, p: are odds returned for a probability?"
SIGMOID = "The result is the sigmoid of what is asked: is an activation too many?"
SOFTMAX = "The result is the softmax of what is asked, along its last axis: is one too many?"
LOG_SOFTMAX = (
    "The result is the log-softmax of what is asked, along its last axis: is one too many?"
)
MINUS_LOG = "The result is the negative logarithm of what is asked."
SHARE = "The result is what is asked, divided by the sum of all its entries."
CENTRED = "The result is what is asked minus the mean of all its entries."
ONE_MORE = "The result is one more than what is asked."
ONE_LESS = "The result is one less than what is asked."
CUT = "The result is what is asked with 0 in place of whatever is negative."
WHOLE = "The result is what is asked, cut or rounded to whole numbers."
LOG_2 = "The factor between the result and what is asked is that of another logarithm: base 2?"
LOG_10 = "The factor between the result and what is asked is that of another logarithm: base 10?"
LENGTH = "the length of axis {} of {}"
ENTRIES = "the number of entries of {}"
SUM = "The result is too large by a factor that is {}: is a sum taken where a mean is asked?"
MEAN = "The result is too small by a factor that is {}: is a mean taken where a sum is asked?"
BESSEL = "The factor is that between n and n − 1, for a size n of the input: what is divided by?"
FACTOR = "In each case the result is off by one factor, the same for all its entries."
ROW_FACTOR = "Each row is off by a factor of its own."
COLUMN_FACTOR = "Each column is off by a factor of its own."
OFFSET = "The result is off by the same amount everywhere."
ROW_OFFSET = "Each row is off by an amount of its own."
COLUMN_OFFSET = "Each column is off by an amount of its own."
AFFINE = "The result is a factor times what is asked, plus an amount: both the same everywhere."
LARGER = "The result is nearly right, but never too small: look for a small constant, such as ε."
SMALLER = "The result is nearly right, but never too large: look for a small constant, such as ε."
NEARLY = "The result is nearly right: no entry is off by more than a hundredth of the largest."

_PLAIN = (SIGN, TWICE, HALF, SIZES, CUT)
"""What is seen in one number already."""


def value_relations(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    """Yield what is true of a wrong array that has the right shape and is finite."""
    if leaf.alike and leaf.finite and leaf.want.size:
        yield from _functions(leaf)
        yield from _bases(leaf)
        yield from _sizes(leaf, seen)
        for relation in (_factor, _offset, _lines, _small):
            yield from relation(leaf)


def _functions(leaf: Leaf) -> Iterator[Said]:
    w = leaf.want
    with np.errstate(all="ignore"):
        candidates: list[tuple[str, np.ndarray]] = [
            (SIGN, -w),
            (TWICE, 2 * w),
            (HALF, w / 2),
            (SQUARE, w * w),
            (ROOT, np.sqrt(w)),
            (EXP, np.exp(w)),
            (LOG, np.log(w)),
            (INVERSE, 1 / w),
            (REST, 1 - w),
            (ODDS, w / (1 - w)),
            (SIGMOID, 1 / (1 + np.exp(-w))),
            (MINUS_LOG, -np.log(w)),
            (SIZES, np.abs(w)),
            (CUT, np.maximum(w, 0)),
            (SHARE, w / w.sum()),
            (CENTRED, w - w.mean()),
        ]
        if w.ndim and w.shape[-1] > 1:
            e = np.exp(w - w.max(-1, keepdims=True))
            share = e / e.sum(-1, keepdims=True)
            candidates += [(SOFTMAX, share), (LOG_SOFTMAX, np.log(share))]
    for sentence, other in candidates:
        # Zeros everywhere have a sentence of their own.
        if other.any() and leaf.close(other):
            yield sentence, leaf.weight if sentence in _PLAIN or _differ(leaf) else 0
    for sentence, step in ((ONE_MORE, 1), (ONE_LESS, -1)):
        if leaf.close(w + step):
            # Two whole numbers are enough, one is not.
            yield sentence, max(leaf.weight, 1)
    if leaf.close(np.copysign(w, leaf.got)):
        yield SIGNS, min(leaf.weight, w.size - 1)
    if not leaf.whole and any(leaf.close(cut(w)) for cut in (np.trunc, np.floor, np.round)):
        yield WHOLE, min(2, w.size - 1)


def _differ(leaf: Leaf) -> bool:
    """Whether the wrong entries differ: many functions make of one number the same other."""
    return leaf.want.size == 1 or len(np.unique(leaf.want[leaf.off])) > 1


def _ratio(leaf: Leaf) -> float:
    """The factor that makes the right array this one; 0 where no factor does."""
    place = np.argmax(np.abs(leaf.want))
    largest = leaf.want.ravel()[place]
    c = float(leaf.got.ravel()[place] / largest) if largest else 0.0
    return c if c and leaf.close(c * leaf.want) else 0.0


def _bases(leaf: Leaf) -> Iterator[Said]:
    for sentence, base in ((LOG_2, 2.0), (LOG_10, 10.0)):
        for factor in (np.log(base), 1 / np.log(base)):
            if leaf.want.any() and leaf.close(factor * leaf.want):
                yield sentence, leaf.weight


def _sizes(leaf: Leaf, seen: Seen) -> Iterator[Said]:
    c = _ratio(leaf)
    if c <= 0:
        return
    bessel = False
    for what, n in _lengths(seen):
        if n < 2:
            continue
        weight = min(leaf.weight, 2 if n > 4 else 1)
        if leaf.close(n * leaf.want):
            yield SUM.format(what), weight
        elif leaf.close(leaf.want / n):
            yield MEAN.format(what), weight
        q = n / (n - 1)
        bessel |= n > 2 and any(leaf.close(f * leaf.want) for f in (q, 1 / q, q**0.5, q**-0.5))
    if bessel:
        yield BESSEL, min(leaf.weight, 1) + (leaf.want.size > 1)


def _lengths(seen: Seen) -> Iterator[tuple[str, int]]:
    for one in seen.inputs:
        for axis, n in enumerate(one.value.shape):
            yield LENGTH.format(axis, one.called), n
        if one.value.ndim > 1:
            yield ENTRIES.format(one.called), one.value.size
    for name, n in seen.counts:
        yield f"`{name}`", n


def _factor(leaf: Leaf) -> Iterator[Said]:
    if _ratio(leaf):
        yield FACTOR, 2 if np.count_nonzero(leaf.want) > 1 and leaf.weight == 2 else 0


def _lines(leaf: Leaf) -> Iterator[Said]:
    """Factors and amounts of each row or column of a matrix."""
    w, g = leaf.want, leaf.got
    if w.ndim != 2:
        return
    for axis, factor, offset in ((1, ROW_FACTOR, ROW_OFFSET), (0, COLUMN_FACTOR, COLUMN_OFFSET)):
        place = np.expand_dims(np.argmax(np.abs(w), axis), axis)
        largest = np.take_along_axis(w, place, axis)
        c = np.take_along_axis(g, place, axis) / np.where(largest == 0, 1.0, largest)
        several = 2 if w.shape[axis] > 1 and w.shape[1 - axis] > 1 else 0
        if (c != 0).all() and leaf.close(c * w):
            yield factor, min(several, leaf.weight)
        if leaf.close(w + np.median(g - w, axis, keepdims=True)):
            yield offset, min(several, leaf.weight)


def _offset(leaf: Leaf) -> Iterator[Said]:
    shift = float(np.median(leaf.got - leaf.want))
    if leaf.close(leaf.want + shift):
        yield OFFSET, min(2, leaf.want.size - 1)
    low, high = int(np.argmin(leaf.want)), int(np.argmax(leaf.want))
    w, g = leaf.want.ravel(), leaf.got.ravel()
    if len(np.unique(w)) > 3 and w[high] > w[low]:
        a = (g[high] - g[low]) / (w[high] - w[low])
        if a and leaf.close(a * leaf.want + (g[low] - a * w[low])):
            yield AFFINE, leaf.weight


def _small(leaf: Leaf) -> Iterator[Said]:
    error, scale = leaf.got - leaf.want, float(np.abs(leaf.want).max())
    if leaf.whole or np.abs(error).max() > 0.01 * scale:
        return
    weight = min(2, leaf.want.size)
    slack = 1e-3 * leaf.slack(leaf.want)
    if (error >= -slack).all():
        yield LARGER, weight
    if (error <= slack).all():
        yield SMALLER, weight
    yield NEARLY, weight
