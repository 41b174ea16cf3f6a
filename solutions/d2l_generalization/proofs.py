"""Figures that the chapters on generalization print, and what makes ridge's solution one."""

from collections.abc import Callable, Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import generalization
from solutions.d2l_generalization import answers

Rng = np.random.Generator


@figure("D 4.6: examples for ±0.01 at one standard deviation", 2500, within=0)
def clt_at_one_percent() -> Computed:
    """The central limit theorem's number."""
    yield "reference", generalization.clt_sample_size(0.01, 1.0)
    yield "answers", answers.clt_sample_size(0.01, 1.0)


@figure("D 4.6: examples by Hoeffding at 95 % (about 15,000)", 14979, within=0)
def hoeffding_at_one_percent() -> Computed:
    """Hoeffding's number."""
    yield "reference", generalization.hoeffding_sample_size(0.01, 0.05)
    yield "answers", answers.hoeffding_sample_size(0.01, 0.05)


@figure("D 4.6: twenty tests at 5 %, at least one misleads", 0.64, within=0.005)
def twenty_tests() -> Computed:
    """The false discoveries of a reused test set."""
    yield "reference", generalization.any_false_discovery(20)
    yield "answers", answers.any_false_discovery(20)


@gradient
def ridge_is_stationary(rng: Rng) -> Iterator[Gradient]:
    """The fitted w and b: there the gradient of a convex objective vanishes, by autograd."""
    for n, d, lam in [(9, 4, 0.7), (5, 8, 0.3), (12, 3, 0.0)]:
        x, y = rng.normal(size=(n, d)) + 1, rng.normal(size=n)
        w, b = generalization.ridge(x, y, lam)
        yield Gradient(ridge_objective(x, y, lam), (w, np.array(b)), 1.0, (0 * w, np.array(0.0)))


def ridge_objective(x: np.ndarray, y: np.ndarray, lam: float) -> Callable[..., torch.Tensor]:
    """(1/n) Σ (x·w + b − y)² + λ‖w‖² as a function of (w, b)."""

    def objective(w: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        residual = torch.tensor(x) @ w + b - torch.tensor(y)
        return (residual**2).mean() + lam * (w**2).sum()

    return objective
