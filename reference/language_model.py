"""Language models of tokens (lecture 13): by counting, their perplexity, and what they write."""

import itertools
from collections.abc import Callable

import numpy as np

from reference import softmax

Array = np.ndarray
NextLogits = Callable[[tuple[int, ...]], Array]


def bigram_log_probs(tokens: Array, size: int) -> Array:
    """log P(j follows i) in one long text (n,), one added to each count: (size, size)."""
    counts = np.ones((size, size))
    np.add.at(counts, (tokens[:-1], tokens[1:]), 1)
    return np.log(counts / counts.sum(axis=1, keepdims=True))


def bigram_nll(log_probs: Array, windows: Array) -> float:
    """Mean −log P of each next token in windows (B, N) under a bigram table."""
    return float(-log_probs[windows[:, :-1], windows[:, 1:]].mean())


def next_token_loss(logits: Array, following: Array) -> float:
    """Mean −log softmax(logits)[following]: logits (…, V), following (…) indices."""
    return float(softmax.cross_entropy(logits.reshape(-1, logits.shape[-1]), following.reshape(-1)))


def continuations(
    prompt: tuple[int, ...], steps: int, temperature: float, size: int, logits: NextLogits
) -> dict[tuple[int, ...], float]:
    """P of each continuation of a prompt, drawn from softmax(logits / temperature)."""
    found = {}
    for new in itertools.product(range(size), repeat=steps):
        p = 1.0
        for t, token in enumerate(new):
            p *= float(softmax.softmax(logits((*prompt, *new[:t]))[None] / temperature)[0, token])
        found[new] = p
    return found


def likeliest(prompt: tuple[int, ...], steps: int, logits: NextLogits) -> tuple[int, ...]:
    """The prompt, continued by the token of the largest logit at each step."""
    for _ in range(steps):
        prompt = (*prompt, int(logits(prompt).argmax()))
    return prompt
