"""How the chapter's splits are drawn beside the student's code, and how they are judged.

`run_split` and `run_folds` are sent as source; the judges stay here.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from reference import chance

Array = np.ndarray
Judge = Callable[[Any], str]

# `train_val_split` has fewer than 30 random tests, each of which accuses a right answer with
# probability ALARM at most: below 1e-9 in all.
ALARM = 1e-11


def run_split(
    student: Any, n: Any, val_fraction: Any, seeds: Any, draws: Any, like: Any
) -> list[Any]:
    """Split with a generator of each seed in turn, several times with the first one.

    No argument of the student's has a device, so that indices may be anywhere; they come back on
    that of `like`, or, for many draws, as marks (draws, n) of what is in the validation set.
    """
    import torch

    splits: list[Any] = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        for _ in range(1 if splits else draws):
            pair = student(n, val_fraction, generator)
            splits.append([p.to(like.device) if torch.is_tensor(p) else p for p in pair])
    if len(seeds) > 1 or draws == 1:
        return splits
    marks = torch.zeros(draws, n, dtype=like.dtype, device=like.device)
    for row, (_, val) in zip(marks, splits, strict=True):
        row[val] = 1
    return [marks]


def run_folds(student: Any, n: Any, k: Any, like: Any) -> list[Any]:
    """The folds, each part as a sorted tensor: its order is not asked, nor its type."""
    import torch

    def indices(part: Any) -> Any:
        values = sorted(int(i) for i in part)
        return torch.tensor(values, dtype=torch.int64, device=like.device)

    return [(indices(train), indices(val)) for train, val in student(n, k)]


def covers(splits: Any) -> str:
    """Judge that train and val hold every index once between them; sizes are compared before."""
    for train, val in splits:
        together = np.concatenate([train, val])
        if sorted(together.tolist()) != list(range(together.size)):
            return "each of 0, …, n − 1 should be in exactly one of the two sets, once"
    return ""


def comes_from_generator(splits: Any) -> str:
    """Judge four splits of n = 43, 13 of them for validation.

    Two right splits from different states agree with probability 1/C(43, 13) = 3e-11 (2 pairs).
    """
    if problem := covers(splits):
        return problem
    first, second, again, other = (set(val.tolist()) for _, val in splits)
    if first != again:
        return "equally seeded generators should split alike: draw from `generator` alone"
    if first in (second, other):
        return "every call should split anew, at random: draw from `generator`, seed nothing"
    return ""


def any_subset(size: int) -> Judge:
    """Judge (draws, n) marks: each index and each pair of neighbours as often as by chance.

    Of a uniformly drawn subset of m out of n, an index is in it with probability m/n, two given
    ones with (m/n)(m − 1)/(n − 1). By how much a share may be off is Chernoff's bound. Power: a
    block at a random place has neighbours with 3/12 for 1/11, an alarm of 2e-14 on average.
    """

    def judge(result: Any) -> str:
        (chosen,) = result
        n = chosen.shape[1]
        p, marks = size / n, chosen.astype(bool)
        if (marks.sum(axis=1) != size).any():
            return "the validation set has too many or too few indices"
        if any(chance.bernoulli(marks[:, i], p) < ALARM for i in range(n)):
            return "every index should have the same chance of being in the validation set"
        both = marks & np.roll(marks, 1, axis=1)
        if any(chance.bernoulli(both[:, i], p * (size - 1) / (n - 1)) < ALARM for i in range(n)):
            return "indices should be drawn one by one: whole blocks of neighbours come too often"
        return ""

    return judge
