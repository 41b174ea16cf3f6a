"""Figures that the notes of lecture 3 print, and the gradients of its reference."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Computed, Gradient, figure, gradient
from reference import calculus, linear_algebra, softmax, torch_random
from solutions.lec03_softmax import answers

Rng = np.random.Generator
Gradients = Iterator[Gradient]


@figure(
    "L3: torch.randn(2, 3) with seed 123456",
    [[1.8645, 0.4071, -1.1971], [0.3489, -1.1437, -0.6611]],
    within=5e-5,
)
def seeded_randn() -> Computed:
    """PyTorch's generator, and the same numbers drawn by hand."""
    np.random.seed(123456)
    torch.manual_seed(123456)
    yield "answers", torch.randn(2, 3)
    yield "reference", torch_random.randn(123456, 2, 3)


@figure("L3: x log x + sin xy at (1, 2): value and slopes", [0.9093, 0.1677, -0.4161], within=5e-5)
def autograd_example() -> Computed:
    """The first example of automatic differentiation."""
    x, y = np.array(1.0), np.array(2.0)
    yield "reference", [calculus.xlogx_sinxy(x, y), *calculus.xlogx_sinxy_grad(x, y)]
    leaves = [torch.tensor(v, requires_grad=True) for v in (1.0, 2.0)]
    f = leaves[0] * leaves[0].log() + torch.sin(leaves[0] * leaves[1])
    yield "answers", torch.stack([f, *torch.autograd.grad(f, leaves)]).detach()


@figure("D 2.5: slopes of x² x, x² detached and not", [[0, 1, 4, 9], [0, 3, 12, 27]], within=0)
def detached_and_not() -> Computed:
    """A factor that is detached passes no gradient."""
    x = np.arange(4.0)
    yield "reference", [calculus.detached_cube_grad(x), calculus.cube_grad(x)]
    leaf = torch.arange(4.0, requires_grad=True)
    slopes = [torch.autograd.grad((u * leaf).sum(), leaf)[0] for u in (leaf.detach() ** 2, leaf**2)]
    yield "answers", slopes


def matrix_of_the_lecture() -> torch.Tensor:
    """The 5×5 matrix of the question on log det, its sign turned where det is negative."""
    torch.manual_seed(123)
    x = torch.randn(5, 5)
    return -x if x.det() < 0 else x


@figure("L3: log det of the 5×5 matrix with seed 123", 1.1183, within=5e-5)
def logdet_value() -> Computed:
    """The value that the lecture differentiates."""
    yield "reference", linear_algebra.logdet(matrix_of_the_lecture().double().numpy())
    yield "answers", matrix_of_the_lecture().logdet()


@figure(
    "L3: first row of the gradient of log det, seed 123",
    [0.7673, -0.2915, -0.4447, -1.1218, -0.3021],
    within=6e-5,  # half a unit, and the rounding of the float32 that was printed
)
def logdet_gradient_row() -> Computed:
    """The lecture's question, answered."""
    x = torch_random.randn(123, 5, 5)
    yield "reference", linear_algebra.logdet_grad(x if np.linalg.det(x) > 0 else -x)[0]
    yield "answers", answers.logdet_grad(matrix_of_the_lecture())[0]


@figure("M 2.2: softmax of 2.0, 1.0, 0.1", [[0.66, 0.24, 0.10]], within=5e-3)
def cat_dog_rabbit() -> Computed:
    """The notes' example of softmax."""
    yield "reference", softmax.softmax(np.array([[2.0, 1.0, 0.1]]))
    yield "answers", answers.softmax(torch.tensor([[2.0, 1.0, 0.1]]))


@figure("M 2.2: log-likelihood of 0.8, 0.6, 0.7", -1.091, within=5e-4)
def three_pictures() -> Computed:
    """Three pictures, and the probabilities of their true classes."""
    U, labels = np.log([[0.8, 0.2], [0.4, 0.6], [0.7, 0.3]]), np.array([0, 1, 0])
    yield "reference", -3 * softmax.cross_entropy(U, labels)
    yield "answers", -3 * answers.cross_entropy(torch.tensor(U), torch.tensor(labels))


@figure("D 4.4: cross-entropy of the two-row example", 1.4979, within=5e-5)
def two_rows() -> Computed:
    """Probabilities 0.1 and 0.5 at the true labels."""
    U, labels = np.log([[0.1, 0.3, 0.6], [0.3, 0.2, 0.5]]), np.array([0, 2])
    yield "reference", softmax.cross_entropy(U, labels)
    yield "answers", answers.cross_entropy(torch.tensor(U), torch.tensor(labels))


@gradient
def cross_entropy(rng: Rng) -> Gradients:
    """The mean softmax cross-entropy, as a function of the logits."""
    for n, k in [(6, 4), (1, 3), (5, 1)]:
        U, labels, c = rng.normal(size=(n, k)), rng.integers(k, size=n), rng.normal()
        yield Gradient(
            lambda u, labels=labels: torch.nn.functional.cross_entropy(u, torch.tensor(labels)),
            (U,),
            c,
            (c * softmax.cross_entropy_grad(U, labels),),
        )


@gradient
def log_determinant(rng: Rng) -> Gradients:
    """Log det X, for matrices that are not symmetric."""
    for p in [1, 3, 6]:
        X, c = rng.normal(size=(p, p)) + 3 * np.eye(p), rng.normal()
        yield Gradient(torch.logdet, (X,), c, (c * linear_algebra.logdet_grad(X),))


@gradient
def first_example(rng: Rng) -> Gradients:
    """x log x + sin xy, entry by entry."""
    x, y, c = rng.uniform(0.5, 2, size=5), rng.normal(size=5), rng.normal(size=5)
    claimed = tuple(c * g for g in calculus.xlogx_sinxy_grad(x, y))
    yield Gradient(lambda x, y: x * torch.log(x) + torch.sin(x * y), (x, y), c, claimed)
