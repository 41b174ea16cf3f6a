"""Figures that the sources of lecture 1 print."""

import numpy as np

from grader.proofs import Computed, figure
from reference import probability, tensors
from solutions.lec01_tensors import answers

PRIOR, TESTS = 0.0015, [(1.0, 0.01), (0.98, 0.03)]


@figure("D 2.6: P(D1) of the first test", 0.011485, within=5e-7)
def first_test_positive() -> Computed:
    """The denominator of Bayes' theorem; the answers' is recovered from their posterior."""
    yield "reference", probability.p_positive(PRIOR, *TESTS[0])
    yield "answers", TESTS[0][0] * PRIOR / answers.bayes_update(PRIOR, *TESTS[0])


@figure("D 2.6: sick after the first test", 0.1306, within=5e-5)
def sick_after_one_test() -> Computed:
    """A disease that 15 in 10,000 have."""
    yield "reference", probability.bayes_update(PRIOR, *TESTS[0])
    yield "answers", answers.bayes_update(PRIOR, *TESTS[0])


@figure("D 2.6: P(D1, D2) of both tests", 0.00176955, within=5e-9)
def both_tests_positive() -> Computed:
    """The same denominator for the joint outcome."""
    yield "reference", probability.p_positive(PRIOR, *probability.joint(TESTS))
    yield "answers", 0.98 * PRIOR / answers.bayes_sequence(PRIOR, TESTS)


@figure("D 2.6: sick after both tests", 0.8307, within=5e-5)
def sick_after_two_tests() -> Computed:
    """Two tests that are independent given the state."""
    yield "reference", probability.bayes_sequence(PRIOR, TESTS)
    yield "answers", answers.bayes_sequence(PRIOR, TESTS)


@figure("D 2.6: expected return of the investment", 1.8, within=1e-12)
def investment() -> Computed:
    """0 with 0.5, 2 with 0.4, 10 with 0.1."""
    returns, chances = np.array([0, 2, 10]), np.array([0.5, 0.4, 0.1])
    yield "reference", probability.expectation(returns, chances)
    yield "answers", answers.expectation(returns, chances)


@figure(
    "M 1.3: row shares of arange(20).reshape(5, 4)",
    [
        [0, 0.16666667, 0.33333334, 0.5],
        [0.18181819, 0.22727273, 0.27272728, 0.3181818],
        [0.21052632, 0.23684211, 0.2631579, 0.28947368],
        [0.22222222, 0.24074075, 0.25925925, 0.2777778],
        [0.22857143, 0.24285714, 0.25714287, 0.27142859],
    ],
    within=5e-8,
)
def row_shares() -> Computed:
    """Each row divided by its sum; printed from float32."""
    a = np.arange(20).reshape(5, 4)
    yield "reference", tensors.row_share(a)
    yield "answers", answers.row_share(a)


@figure("N: the rule for wines, precision and recall", [0.7400, 0.6194], within=5e-5)
def wine_rule() -> Computed:
    """4,898 wines: 2,727 predicted, 3,258 good, 2,018 both."""
    wine = np.arange(4898)
    predicted, actual = wine < 2727, (wine < 2018) | (wine >= 4898 - (3258 - 2018))
    yield "reference", probability.precision_recall(predicted, actual)
    yield "answers", answers.precision_recall(predicted, actual)
