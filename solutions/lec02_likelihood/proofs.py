"""Figures of the notes that the likelihoods and entropies of lecture 2 reproduce."""

import numpy as np
import torch

from grader.proofs import Computed, figure
from reference import density, divergence, likelihood
from solutions.lec02_likelihood import answers

FAIR = np.full(6, 1 / 6)
LOADED = np.array([0.1, 0.1, 0.1, 0.1, 0.1, 0.5])
SIX = np.array([0.0, 0.0, 0.0, 0.0, 0.0, 1.0])


@figure("L3: log density of N(1, 3) at 1, 2, 3", [-1.4682, -1.6349, -2.1349], within=5e-5)
def normal_log_density() -> Computed:
    """The second parameter is the variance: each point is one observation, xᵀβ being 1."""
    x, one = np.array([1.0, 2.0, 3.0]), np.ones(1)
    yield "reference", density.normal_log(x, 1.0, 3.0)
    yield (
        "reference, likelihood",
        [-likelihood.gaussian_nll(one, 3.0, np.ones((1, 1)), x[i : i + 1]) for i in range(3)],
    )
    beta, design = torch.ones(1), torch.ones(1, 1)
    yield (
        "answers",
        [
            -answers.gaussian_nll(beta, 3.0, design, torch.tensor([v])).item()
            for v in (1.0, 2.0, 3.0)
        ],
    )


@figure("D 4.1: entropy of a fair die", 1.7918, within=5e-5)
def fair_die() -> Computed:
    """log 6."""
    yield "reference", divergence.entropy(FAIR)
    yield "answers", answers.entropy(torch.tensor(FAIR))


@figure("D 4.1: cross-entropy of a fair die under a loaded one", 2.0343, within=5e-5)
def loaded_die() -> Computed:
    """The model believes in a six with probability ½."""
    yield "reference", divergence.cross_entropy(FAIR, LOADED)
    yield "answers", answers.cross_entropy(torch.tensor(FAIR), torch.tensor(LOADED))


@figure("D 4.1: surprise of an event of probability ½", 0.693, within=5e-4)
def surprise() -> Computed:
    """A die that always shows six, under the same model."""
    yield "reference", divergence.cross_entropy(SIX, LOADED)
    yield "answers", answers.cross_entropy(torch.tensor(SIX), torch.tensor(LOADED))
