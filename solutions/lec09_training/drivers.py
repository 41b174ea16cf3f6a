"""How lecture 9's random exercises are called, and how their draws are judged.

Every judge applies a few tests of `reference.chance`, whose false alarms are bounded exactly. ALARM
bounds one test; an exercise has fewer than 80 of them over all its cases, so that a right answer
fails with a probability below 80 · 1e-11 < 1e-9.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reference import chance

Array = np.ndarray
Judge = Callable[[Array], str]
ALARM = 1e-11


def draw_weights(
    student: Any, shape: Any, scheme: str, draws: int, generator: Any, twin: Any
) -> Any:
    """Stack `draws` weights from one generator; `twin` has the same seed."""
    import torch

    weights = [student(tuple(shape), scheme, generator) for _ in range(draws)]
    again = student(tuple(shape), scheme, twin)
    assert isinstance(again, torch.Tensor), f"return a tensor, not {type(again).__name__}"
    drawn = [one for one in (*weights, again) if isinstance(one, torch.Tensor)]
    assert all(bool(torch.isfinite(one).all()) for one in drawn), "a weight is not finite"
    assert torch.equal(again, weights[0]), (
        "two generators with one seed gave different weights: draw from `generator` alone"
    )
    return torch.stack(weights)


def drop(
    student: Any, x: Any, p: float, training: bool, draws: int, generator: Any, twin: Any
) -> Any:
    """Stack `draws` results for one x from one generator; `twin` has the same seed."""
    import torch

    results = [student(x, p, training, generator) for _ in range(draws)]
    again = student(x, p, training, twin)
    assert isinstance(again, torch.Tensor), f"return a tensor, not {type(again).__name__}"
    drawn = [one for one in (*results, again) if isinstance(one, torch.Tensor)]
    finite = all(bool(torch.isfinite(one).all()) for one in drawn)
    assert finite or p != 1, "p = 1 divides by zero: the result is not finite"
    assert finite, "the result is not finite"
    assert torch.equal(again, results[0]), (
        "two generators with one seed dropped different entries: draw from `generator` alone"
    )
    return torch.stack(results)


def normal_weights(std: float) -> Judge:
    """Judge weights (draws, fan_out, fan_in), all of which should be N(0, std²) on their own.

    With 10,000 entries (the checks' main cases) a variance off by 20 % is noticed with probability
    above 1 − 1e-9 (its test demands about ±7 %), a uniform or a truncated normal distribution by
    its largest entry, and rows, columns or draws that repeat by the sums across them.
    """

    def judge(weights: Array) -> str:
        z = weights / std
        draws, fan_out, fan_in = z.shape
        if chance.chi_square(z) < ALARM:
            return f"the weights spread too {'widely' if (z**2).mean() > 1 else 'little'}"
        if chance.normal(z) < ALARM:
            return "the weights' mean is not 0"
        if chance.bounded(z, 2.7) < ALARM or chance.kolmogorov(z) < ALARM:
            return "the weights' distribution is not normal"
        for axis, n, name in [(0, draws, "calls"), (1, fan_out, "rows"), (2, fan_in, "columns")]:
            if n > 1 and chance.chi_square(z.sum(axis=axis) / np.sqrt(n)) < ALARM:
                return f"the weights of different {name} depend on each other"
        return ""

    return judge


def random_mask(x: Array, keep: float, scale: float) -> Judge:
    """Judge results (draws, *x.shape): each entry is scale·x with probability keep, else 0.

    With 6,000 entries and keep = 0.7 the share of kept entries may be off by about ±4 points:
    p for 1 − p, a fair coin or P(normal > p) are noticed with probability above 1 − 1e-9. A mask
    that is shared along an axis, or by several calls, makes all neighbours agree, where about
    keep² + (1 − keep)² of them should. Where a fixed number is dropped, all draws keep equally
    many: they do so by chance with probability at most (max P(K = k))ᵈʳᵃʷˢ⁻¹, and the test is used
    where that is below ALARM (10 draws of 600 entries: 0.04⁹); max P < 1.1/√(2πn·keep·(1−keep)).
    """

    def judge(results: Array) -> str:
        ratio = results / (scale * x)
        kept = ratio > 0.5
        if not np.allclose(ratio, kept, atol=1e-5):
            return "every entry should be 0 or the kept value, scaled as the prompt says"
        if chance.bernoulli(kept, keep) < ALARM:
            return f"too {'many' if kept.mean() > keep else 'few'} entries are kept"
        for axis in range(kept.ndim):
            pairs = kept.shape[axis] // 2
            even, odd = (np.take(kept, np.arange(pairs) * 2 + i, axis=axis) for i in (0, 1))
            if pairs and chance.bernoulli(even == odd, keep**2 + (1 - keep) ** 2) < ALARM:
                return "entries are not dropped independently of each other"
        counts = kept.reshape(len(kept), -1).sum(axis=1)
        likeliest = 1.1 / np.sqrt(2 * np.pi * x.size * keep * (1 - keep))
        if likeliest ** (len(counts) - 1) < ALARM and len(set(counts)) == 1:
            return "the number of dropped entries should vary from call to call"
        return ""

    return judge


@functools.cache
def digits() -> tuple[Array, Array]:
    """Images (1797, 64) in [0, 1] and labels of scikit-learn's 8 × 8 handwritten digits."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return bunch.data / 16, bunch.target


def starts(stds: Sequence[float]) -> Callable[[Any], str]:
    """Judge (weights, biases) of a net as it is made: N(0, std²) and 0, layer by layer."""

    def judge(made: Any) -> str:
        weights, biases = made
        for number, (weight, std) in enumerate(zip(weights, stds, strict=True), start=1):
            wrong = normal_weights(std)(weight[None])
            if wrong:
                return f"{wrong}, in Linear {number} of {len(stds)}"
        if any(bias.any() for bias in biases):
            return "every Linear starts with a bias of 0"
        return ""

    return judge


def reads(labels: Array, share: float) -> Callable[[Any], str]:
    """Judge runs of (losses, what they should be, logits), each by its share of right labels."""

    def judge(runs: Any) -> str:
        if not all(np.isfinite(losses).all() for losses, *_ in runs):
            return "a loss is not finite"
        # Float32's rounding stays below 1e-6; a first step changes a loss by 1e-3 or more.
        if not all(np.allclose(losses, wanted, 1e-5, 1e-5) for losses, wanted, _ in runs):
            return (
                "a recorded loss should be the mean cross-entropy of its mini-batch before the "
                "step, without the decay"
            )
        right = min(np.mean(logits.argmax(axis=1) == labels) for *_, logits in runs)
        if right < share:
            return f"the trained net reads {right:.0%} of the hidden digits, not {share:.0%}"
        return ""

    return judge
