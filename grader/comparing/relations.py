"""General relations between a wrong value and the right one, each with the sentence it earns.

They are tried in order on the first array that differs; the first that holds names the mistake.
A sentence says where to look and shows no number of the hidden case.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Relation = Callable[[np.ndarray, np.ndarray, Sequence[int]], str]


def name_relation(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    """Return the sentence of the first relation that holds, "" if none does.

    Args:
        want: what the oracle says.
        got: what came back, of any shape.
        sizes: the dimensions of the inputs, in which a factor may be recognised.
    """
    want, got = np.asarray(want, float), np.asarray(got, float)
    if _close(want, got):  # wrong by a little is no relation
        return ""
    for relation in (_extra_axis, _broadcast, _transposed, _factor, _order, _offset):
        if sentence := relation(want, got, sizes):
            return sentence
    return ""


def _close(want: np.ndarray, got: np.ndarray) -> bool:
    if want.shape != got.shape or not np.isfinite(got).all() or not np.isfinite(want).all():
        return False
    scale = float(np.max(np.abs(want), initial=0.0))
    return bool(np.allclose(got, want, rtol=1e-4, atol=1e-6 * scale))


def _extra_axis(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    if want.shape != got.shape and want.size == got.size and _close(want.ravel(), got.ravel()):
        return "The numbers are right, but not the shape: look for a dimension too many or too few."
    return ""


def _broadcast(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    if want.ndim >= 1 and got.size == want.size**2 and want.size > 1 and got.ndim >= 2:
        return "A column and a row were broadcast to a square: compare (n, 1) with (n,)."
    return ""


def _transposed(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    if want.ndim >= 2 and _close(want, np.swapaxes(got, -1, -2) if got.ndim >= 2 else got):
        return "This is the transpose of what is asked: look at the order of the axes."
    return ""


def _factor(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    if want.shape != got.shape or not np.isfinite(got).all() or not np.isfinite(want).all():
        return ""
    power = float(np.sum(want * want))
    if power == 0 or want.size == 0:
        return ""
    c = float(np.sum(want * got)) / power
    if abs(c) < 1e-9 or not _close(c * want, got) or abs(c - 1) < 1e-6:
        return ""
    if abs(c + 1) < 1e-4:
        return "The sign is the wrong way round."
    for factor, words in ((2.0, "2"), (0.5, "½")):
        if abs(c - factor) < 1e-4:
            return f"The result is off by a constant factor of {words}."
    for n in sorted({*sizes, int(np.prod(sizes)) if sizes else 0}):
        if n > 1 and min(abs(c - n), n * abs(c - 1 / n)) < 1e-4 * n:
            return "The result is off by a factor that is a size of the input: a sum for a mean?"
    return "The result is off by a constant factor." if want.size > 1 else ""


def _order(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    if (
        want.size > 2
        and want.shape == got.shape
        and _close(np.sort(want, None), np.sort(got, None))
    ):
        return "These are the right numbers in another order."
    return ""


def _offset(want: np.ndarray, got: np.ndarray, sizes: Sequence[int]) -> str:
    if want.size > 2 and want.shape == got.shape and np.isfinite(got).all():
        shift = float(np.median(got - want))
        if abs(shift) > 0 and _close(want + shift, got):
            return "The result is off by the same amount everywhere."
    return ""
