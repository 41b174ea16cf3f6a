"""How names are drawn from a student's `sample_name`, and how the draws are judged."""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference import chance, character_model

Array = np.ndarray
Judge = Callable[[Array], str]

# The exercise has 3 random cases of fewer than 25 tests each, every one of which accuses a right
# answer with probability ALARM at most: 75 · 1e-11 < 1e-9 in all.
ALARM = 1e-11
NOTHING = -1


def draw_names(
    student: Any, tables: Any, start: int, end: int, max_len: int, temperature: float,
    draws: int, generator: Any, twin: Any,
) -> Any:  # fmt: skip
    """Stack names drawn in turn from one generator, −1 after their end; `twin` has the same seed.

    The model counts its steps in the state: tables[t] holds the logits after t + 1 characters.
    """
    import torch

    def step(index: Any, state: Any) -> Any:
        turn = 0 if state is None else state["turn"]
        logits = tables[min(turn, len(tables) - 1), int(index)]
        return logits.clone(), {"turn": turn + 1}

    def draw(source: Any) -> list[int]:
        name = student(step, start, end, max_len, temperature, source)
        assert isinstance(name, list | tuple), f"return a list, not {type(name).__name__}"
        assert len(name) <= max_len, "a name is longer than max_len"
        return [int(index) for index in name] + [-1] * (max_len - len(name))

    names = [draw(generator) for _ in range(draws)]
    again = [draw(twin) for _ in range(min(draws, 10))]
    assert again == names[: len(again)], (
        "two generators with one seed gave different names: draw from `generator` alone"
    )
    return torch.tensor(names, device=tables.device)


def names_like(tables: Array, start: int, end: int, max_len: int, temperature: float) -> Judge:
    """Judge names (draws, max_len): each should be drawn as often as the model says.

    Every possible name and every possible length is counted; by how much a share may be off is
    Chernoff's bound, which holds for every number of draws (`chance.bernoulli`).
    """
    p_of = character_model.name_probabilities(tables, start, end, max_len, temperature)

    def judge(drawn: Array) -> str:
        names = [tuple(int(i) for i in name if i != NOTHING) for name in drawn]
        if any(name[:1] != (start,) for name in names):
            return "every name should begin with `start`"
        if any(end in name for name in names):
            return "`end` should not be part of a name"
        if any(name not in p_of for name in names):
            return "a name holds indices that the model does not know"
        lengths = np.array([len(name) for name in names])
        for length in range(1, max_len + 1):
            p = sum(q for name, q in p_of.items() if len(name) == length)
            if 0 < p < 1 and chance.bernoulli(lengths == length, p) < ALARM:
                return "names of some lengths are too frequent or too rare"
        for possible, p in p_of.items():
            hits = np.array([name == possible for name in names])
            if chance.bernoulli(hits, p) < ALARM:
                return "some names are too frequent or too rare"
        return ""

    return judge
