"""Names, character by character: what to predict, how badly, and what is drawn (lecture 12)."""

from collections.abc import Iterator

import numpy as np

from reference import softmax

Array = np.ndarray


def targets(name: str, vocab: list[str], end: int) -> tuple[list[int], list[int]]:
    """(inputs, targets): the index of each character, and that of its successor, `end` at last."""
    inputs = [vocab.index(character) for character in name]
    return inputs, [*inputs[1:], end]


def loss(logits: Array, wanted: Array) -> np.float64:
    """−(1/T) Σₜ log softmax(logitsₜ)[wantedₜ]; logits (T, V), wanted (T,) indices."""
    return softmax.cross_entropy(logits, wanted)


def name_probabilities(
    tables: Array, start: int, end: int, max_len: int, temperature: float
) -> dict[tuple[int, ...], float]:
    """The probability of every name that can be drawn, `end` left out.

    tables (K, V, V) holds a model: after t characters, the last being j, the next one's logits
    are tables[t − 1, j] (the last table serves from then on). A name stops where `end` is drawn,
    or at max_len characters.
    """

    def grow(name: tuple[int, ...], p: float) -> Iterator[tuple[tuple[int, ...], float]]:
        if len(name) == max_len:
            yield name, p
            return
        logits = tables[min(len(name), len(tables)) - 1, name[-1]]
        for index, q in enumerate(softmax.softmax(logits[None] / temperature)[0]):
            if index == end:
                yield name, p * float(q)
            elif q > 0:
                yield from grow((*name, index), p * float(q))

    return {name: p for name, p in grow((start,), 1.0) if p > 0}


def bigram_log_probs(names: list[list[int]], size: int, end: int) -> Array:
    """log P(j follows i) by counting, one added to each count: (size, size).

    P(j | i) = (#(i, j) + 1) / (Σₖ #(i, k) + size); a name's last index is followed by `end`.
    """
    counts = np.zeros((size, size))
    for name in names:
        np.add.at(counts, (name, [*name[1:], end]), 1)
    return np.log((counts + 1) / (counts.sum(axis=1, keepdims=True) + size))


def masked_loss(logits: Array, wanted: Array, lengths: Array) -> np.float64:
    """−Σ_{t < lengths[n]} log softmax(logits[t, n])[wanted[t, n]] / Σ lengths.

    logits (T, N, V), wanted (T, N), lengths (N,); what stands at t ≥ lengths[n] is not looked at.
    """
    real = np.arange(len(wanted))[:, None] < lengths
    return softmax.cross_entropy(logits[real], wanted[real])


def masked_loss_grad(logits: Array, wanted: Array, lengths: Array) -> Array:
    """∂/∂logits of the masked loss, (T, N, V): (softmax − onehot) / Σ lengths, 0 at padding."""
    real = np.arange(len(wanted))[:, None] < lengths
    grad = np.zeros_like(logits)
    grad[real] = softmax.cross_entropy_grad(logits[real], wanted[real])
    return grad


def perplexity(nll: float) -> float:
    """exp of the mean −log P per real character, `end` included: among how many it is guessing."""
    return float(np.exp(nll))


def bigram_nll(log_probs: Array, names: list[list[int]], end: int) -> float:
    """Mean −log P of names under a table of log P(j follows i), the names' ends included."""
    pairs = [pair for name in names for pair in zip(name, [*name[1:], end], strict=True)]
    before, after = np.array(pairs).T
    return float(-log_probs[before, after].mean())
