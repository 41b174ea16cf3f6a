"""How features and predicted prices are judged where there is no single right value."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reference import generalization

Array = np.ndarray
Judge = Callable[[Any], str]

STEPS = (0.400, 0.225, 0.175, 0.140)
"""What `predict_prices` must stay below, step by step; the prompt states them."""
OF_ONE_KIND = 0.29
WITH_GAPS = 0.40


def up_to_divisor(right: tuple[Array, Array], counts: Array) -> Judge:
    """Judge standardised columns, whether the squares' sum is divided by c or by c − 1.

    A column of c known values is √((c − 1)/c) times as large with c − 1; both parts must agree.
    """

    def judge(result: Any) -> str:
        other = np.sqrt(np.maximum(counts - 1, 0) / counts)
        for factor in (1.0, other):
            if all(
                np.allclose(got, want * factor, rtol=1e-7, atol=1e-9)
                for got, want in zip(result, right, strict=True)
            ):
                return ""
        for part, got, want in zip(("training", "test"), result, right, strict=True):
            off = ~(np.isclose(got, want, rtol=1e-7) | np.isclose(got, want * other, rtol=1e-7))
            if off.any():
                columns = int(off.any(axis=0).sum())
                return (
                    f"{int(off.sum())} of {off.size} entries of the {part} part are wrong, "
                    f"in {columns} of {off.shape[1]} columns"
                )
        return "training part and test part are not divided by the same deviation"

    return judge


def prices_within(truths: Sequence[Array], below: float) -> Judge:
    """Judge predictions for the hidden houses of some towns by their log-RMSE over all of them."""

    def judge(result: Any) -> str:
        squares = [
            generalization.log_rmse(predicted, truth) ** 2
            for predicted, truth in zip(result, truths, strict=True)
        ]
        error = float(np.sqrt(np.mean(squares)))
        if error < below:
            return ""
        return f"the log-RMSE on hidden houses is {error:.3f}, and should be below {below:.3f}"

    return judge
