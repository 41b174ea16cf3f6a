"""How lecture 13's random exercise is called and judged, and what attention is measured by.

The judge applies tests of `reference.chance`, whose false alarms are bounded exactly. ALARM bounds
one test; the exercise has fewer than 50 of them over all its cases, so that a right answer fails
with a probability below 50 · 1e-11 < 1e-9.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference import chance

Array = np.ndarray
ALARM = 1e-11


def attend(q: Any, k: Any, v: Any) -> Any:
    """Attention without a mask, line by line: what a plain answer holds."""
    import torch

    scores = q @ k.mT / q.shape[-1] ** 0.5
    return torch.softmax(scores, dim=-1) @ v


def draw_masks(
    student: Any, tokens: Any, mask_id: int, rate: float, draws: int, seed: int
) -> list[Any]:
    """Stack the inputs and the labels of `draws` calls with one generator.

    On a GPU the generator is on the tokens' device, or on the CPU where the answer wants that.
    """
    import torch

    given = tokens.clone()

    def run(device: Any) -> tuple[list[Any], Any]:
        source = torch.Generator(device=device).manual_seed(seed)
        twin = torch.Generator(device=device).manual_seed(seed)
        pairs = [call(source) for _ in range(draws)]
        return pairs, call(twin)

    def call(generator: Any) -> Any:
        pair = student(tokens, mask_id, rate, generator)
        assert torch.equal(tokens, given), "tokens itself is changed: work on a copy of it"
        return pair

    try:
        pairs, again = run(tokens.device)
    except RuntimeError:
        if tokens.device.type == "cpu":
            raise
        pairs, again = run("cpu")
    for pair in [*pairs, again]:
        both = isinstance(pair, tuple | list) and len(pair) == 2
        assert both and all(isinstance(part, torch.Tensor) for part in pair), (
            "return two tensors, (inputs, labels)"
        )
    assert all(torch.equal(a, b) for a, b in zip(pairs[0], again, strict=True)), (
        "two generators with one seed masked different positions: draw from `generator` alone"
    )
    return [torch.stack(part) for part in zip(*pairs, strict=True)]


def masked_at_random(tokens: Array, mask_id: int, rate: float) -> Callable[[Any], str]:
    """Judge draws (inputs, labels), each (draws, B, N), of tokens other than mask_id and −100.

    With 6,000 positions and rate 0.3 the share of masked ones may be off by about ±4 points. A mask
    that is shared along an axis, or by several calls, makes all neighbours agree, where about
    rate² + (1 − rate)² of them should. K masked of n positions have max P(K = k) < 1.1/√(2πn·rate·
    (1 − rate)), so that all draws mask equally many with at most this to the power draws − 1, and
    all rows likewise; each of these two tests is used where that bound is below ALARM.
    """

    def judge(value: Any) -> str:
        inputs, labels = value
        masked = labels != -100
        if (labels != np.where(masked, tokens, -100)).any():
            return "a label is the original token where masked, and −100 elsewhere"
        if (inputs != np.where(masked, mask_id, tokens)).any():
            return "inputs are mask_id where the label is a token, and unchanged elsewhere"
        if chance.bernoulli(masked, rate) < ALARM:
            return f"too {'many' if masked.mean() > rate else 'few'} positions are masked"
        for axis in range(masked.ndim):
            pairs = masked.shape[axis] // 2
            even, odd = (np.take(masked, np.arange(pairs) * 2 + i, axis=axis) for i in (0, 1))
            if pairs and chance.bernoulli(even == odd, rate**2 + (1 - rate) ** 2) < ALARM:
                return "positions are not masked independently of each other"
        for counts in (masked.sum(axis=(1, 2)), masked.sum(axis=2).ravel()):
            n = masked.size // counts.size
            likeliest = 1.1 / np.sqrt(2 * np.pi * n * rate * (1 - rate))
            if likeliest ** (counts.size - 1) < ALARM and len(set(counts.tolist())) == 1:
                return "how many positions are masked should itself be random"
        return ""

    return judge
