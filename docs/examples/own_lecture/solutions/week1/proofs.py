"""A figure that the notes print, and the reference's gradient against autograd."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import norms
from solutions.week1 import answers


@figure("Notes, page 3: [3, 4] becomes", [[0.849, 1.131]], within=5e-4)
def three_four() -> Computed:
    """The example of the notes, by the oracle and by the model answer."""
    x, gain = np.array([[3.0, 4.0]]), np.ones(2)
    yield "reference", norms.rms_norm(x, gain, 0.0)
    yield "answers", answers.rms_norm(torch.tensor(x), torch.tensor(gain), 0.0).numpy()


@gradient
def rms(rng: np.random.Generator) -> Iterator[Gradient]:
    """The gradient with respect to x."""
    for n, d in [(3, 5), (1, 1)]:
        x, gain, dy = rng.normal(size=(n, d)), rng.normal(size=d), rng.normal(size=(n, d))
        yield Gradient(
            lambda x, gain=gain: answers.rms_norm(x, torch.tensor(gain), 0.1),
            (x,),
            dy,
            (norms.rms_norm_grad(x, gain, 0.1, dy),),
        )
