"""Bayes' theorem, moments of discrete variables, precision and recall.

Sources: Dive into Deep Learning 2.6; N, data (the rule for wines).
"""

import numpy as np

Array = np.ndarray


def p_positive(prior: float, p_pos_sick: float, p_pos_well: float) -> float:
    """P(D=1) = P(D=1|H=1) P(H=1) + P(D=1|H=0) P(H=0): marginalisation over the state H."""
    return p_pos_sick * prior + p_pos_well * (1 - prior)


def bayes_update(prior: float, p_pos_sick: float, p_pos_well: float) -> float:
    """P(H=1|D=1) = P(D=1|H=1) P(H=1) / P(D=1)."""
    return p_pos_sick * prior / p_positive(prior, p_pos_sick, p_pos_well)


def joint(tests: list[tuple[float, float]]) -> tuple[float, float]:
    """(P(all positive|H=1), P(all positive|H=0)) of tests that are independent given H."""
    sick, well = zip(*tests, strict=True)
    return float(np.prod(sick)), float(np.prod(well))


def bayes_sequence(prior: float, tests: list[tuple[float, float]]) -> float:
    """P(H=1|D₁=1, D₂=1, …): Bayes' theorem for the joint outcome of all tests."""
    return bayes_update(prior, *joint(tests))


def expectation(x: Array, p: Array) -> float:
    """E[X] = Σ x P(X = x)."""
    return float(np.sum(x * p))


def variance(x: Array, p: Array) -> float:
    """Var[X] = E[(X − E[X])²]."""
    return expectation((x - expectation(x, p)) ** 2, p)


def precision_recall(predicted: Array, actual: Array) -> tuple[float, float]:
    """(hits / predicted, hits / actual) of two bool arrays; 0 where nothing is counted below."""
    hits = int(np.sum(predicted & actual))
    return hits / max(1, int(predicted.sum())), hits / max(1, int(actual.sum()))
