"""The words that a course's `proofs.py` is written with: printed figures and gradients.

`chainrule validate` reproduces every figure and differentiates every forward pass, so that the
oracle is never taken on trust.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Computed = Iterator[tuple[str, Any]]


@dataclass(frozen=True)
class Figure:
    """A number that the lecture notes print, and who computes it again."""

    source: str
    printed: np.ndarray
    within: float
    compute: Callable[[], Computed]


def figure(
    source: str, printed: ArrayLike, *, within: float
) -> Callable[[Callable[[], Computed]], Figure]:
    """Make a generator of `(who, value)` pairs the proof of a printed figure.

    Args:
        source: where it is printed, as in "L5: loss of gradient descent at 0, 50, …, 450".
        printed: the figure, to the digits that are printed.
        within: half a unit of the last printed digit, or the accuracy the curriculum states.

    The function yields at least `("reference", value)` and `("answers", value)`.
    """
    return lambda compute: Figure(source, np.asarray(printed, dtype=float), within, compute)


@dataclass(frozen=True)
class Gradient:
    """A claimed vector-Jacobian product, to be compared with float64 autograd.

    `forward` maps float64 tensors to a tensor or a tuple of tensors; `cotangent` has its shape or
    shapes; `claimed` holds one array per entry of `at`.
    """

    forward: Callable[..., Any]
    at: tuple[np.ndarray, ...]
    cotangent: Any
    claimed: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class GradientProof:
    """A named generator of gradients under random cotangents."""

    name: str
    draw: Callable[[np.random.Generator], Iterator[Gradient]]


def gradient(draw: Callable[[np.random.Generator], Iterator[Gradient]]) -> GradientProof:
    """Make a generator of `Gradient`s, drawn from `rng`, a proof of the reference's gradients."""
    return GradientProof(draw.__name__, draw)
