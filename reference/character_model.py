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
