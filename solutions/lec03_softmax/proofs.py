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
    not_cut = torch.autograd.grad((leaf**2 * leaf).sum(), leaf)[0]
    yield "answers", [answers.detached_product_grad(torch.arange(4.0)), not_cut]


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


@gradient
def quadratic_form(rng: Rng) -> Gradients:
    """The number xᵀA x, for matrices that are not symmetric."""
    for n in [1, 4]:
        x, A, c = rng.normal(size=n), rng.normal(size=(n, n)), rng.normal()
        claimed = (c * linear_algebra.quadratic_grad(x, A),)
        yield Gradient(lambda x, A=A: x @ torch.tensor(A) @ x, (x,), c, claimed)


@gradient
def weighted_sums(rng: Rng) -> Gradients:
    """The sums that are differentiated several times."""
    w, x, c = rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), rng.normal()
    waves, cubes = (c * grad(w, x) for grad in (calculus.waves_grad, calculus.cubes_grad))
    yield Gradient(lambda x: (torch.tensor(w) * x.sin()).sum(), (x,), c, (waves,))
    yield Gradient(lambda x: (torch.tensor(w) * x**3).sum(), (x,), c, (cubes,))


@gradient
def functions_of_several_values(rng: Rng) -> Gradients:
    """The Jacobians, row by row: a cotangent times them."""
    for m, n in [(4, 3), (1, 2)]:
        W, x, c = rng.normal(size=(m, n)), rng.normal(size=n), rng.normal(size=m)
        tanh, products = (
            c @ jacobian(W, x)
            for jacobian in (calculus.tanh_layer_jacobian, calculus.products_jacobian)
        )
        yield Gradient(lambda x, W=W: torch.tanh(torch.tensor(W) @ x), (x,), c, (tanh,))
        yield Gradient(
            lambda x, W=W: (torch.tensor(W) @ x) * (1 + (x**2).sum()), (x,), c, (products,)
        )


@gradient
def loop_and_branch(rng: Rng) -> Gradients:
    """The function of D 2.5.4, whose slope is its value over a."""

    def f(a: torch.Tensor) -> torch.Tensor:
        b = 2 * a
        while b.abs() < 1000:
            b = 2 * b
        return b if b > 0 else 100 * b

    for a in (rng.uniform(0.1, 5), rng.uniform(-5, -0.1), 900.0):
        yield Gradient(f, (np.array(a),), 1.0, (np.array(calculus.control_flow_grad(a)),))
