"""The gradient of online learning's reference."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Gradient, gradient
from reference import shift

Rng = np.random.Generator


@gradient
def online_loss(rng: Rng) -> Iterator[Gradient]:
    """½(x·w − y)² of one observation."""
    for d in (5, 1):
        w, x, y, c = rng.normal(size=d), rng.normal(size=d), float(rng.normal()), rng.normal()
        yield Gradient(
            lambda w, x=x, y=y: (torch.tensor(x) @ w - y) ** 2 / 2,
            (w,),
            c,
            (c * shift.online_gradient(w, x, y),),
        )
