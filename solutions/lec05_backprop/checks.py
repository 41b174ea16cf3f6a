"""Hidden cases of lecture 5: gradients by hand, with random cotangents and unequal sizes."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import (
    AUTOGRAD,
    DEVICE,
    EDGES,
    FIFTH_STEP,
    FOURTH_STEP,
    SECOND_STEP,
    SHAPES,
    STABILITY,
    STABLE,
    THIRD_STEP,
    Case,
    case,
    exercise,
)
from reference import activations, affine, backprop, dual, scalar_net, squared_error

Array = np.ndarray
Cases = Iterator[Case]
Rng = np.random.Generator


@exercise(forbid=AUTOGRAD)
def graph_grads(rng: Rng) -> Cases:
    """Gradients of z = (x + y) w with respect to x, y and w."""

    def inputs(*shape: int) -> list[np.ndarray]:
        return [rng.normal(size=shape) for _ in range(3)]

    for shape in [(7,), (3, 5)]:
        x, y, w = inputs(*shape)
        yield case(x, y, w, expect=backprop.graph(x, y, w))
    for shape in [(), (1,), (2, 3, 4)]:
        x, y, w = inputs(*shape)
        yield case(x, y, w, expect=backprop.graph(x, y, w), group=SHAPES)
    x, y, w = inputs(4, 6)
    yield case(x, y, w, expect=backprop.graph(x, y, w), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def affine_forward(rng: Rng) -> Cases:
    """The affine layer Z = A W + b."""

    def inputs(n: int, m: int, p: int) -> tuple[np.ndarray, ...]:
        return rng.normal(size=(n, m)), rng.normal(size=(m, p)), rng.normal(size=p)

    for sizes in [(5, 4, 3), (6, 2, 7)]:
        a, w, b = inputs(*sizes)
        yield case(a, w, b, expect=affine.forward(a, w, b))
    for sizes in [(1, 4, 3), (5, 1, 3), (5, 4, 1), (4, 4, 4)]:
        a, w, b = inputs(*sizes)
        yield case(a, w, b, expect=affine.forward(a, w, b), group=SHAPES)
    a, w, b = inputs(8, 5, 3)
    yield case(a, w, b, expect=affine.forward(a, w, b), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def affine_backward(rng: Rng) -> Cases:
    """Gradients of Z = A W + b with respect to A, W and b."""

    def inputs(n: int, m: int, p: int) -> tuple[np.ndarray, ...]:
        return rng.normal(size=(n, p)), rng.normal(size=(n, m)), rng.normal(size=(m, p))

    for sizes in [(5, 4, 3), (9, 2, 6)]:
        dz, a, w = inputs(*sizes)
        yield case(dz, a, w, expect=affine.backward(dz, a, w))
    for sizes in [(1, 4, 3), (5, 1, 3), (5, 4, 1), (3, 3, 3)]:
        dz, a, w = inputs(*sizes)
        yield case(dz, a, w, expect=affine.backward(dz, a, w), group=SHAPES)
    dz, a, w = inputs(64, 10, 7)
    yield case(dz, a, w, expect=affine.backward(dz, a, w), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def sigmoid_backward(rng: Rng) -> Cases:
    """Gradient through a = σ(z), given a."""

    def inputs(*shape: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=shape), activations.sigmoid(2 * rng.normal(size=shape))

    da, a = inputs(5, 3)
    yield case(da, a, expect=activations.sigmoid_backward(da, a))
    for shape in [(), (6,), (2, 1, 4)]:
        da, a = inputs(*shape)
        yield case(da, a, expect=activations.sigmoid_backward(da, a), group=SHAPES)
    da, a = rng.normal(size=4), np.array([0.0, 1.0, 0.5, 1e-30])
    yield case(da, a, expect=activations.sigmoid_backward(da, a), group=EDGES)
    da, a = inputs(7, 2)
    yield case(da, a, expect=activations.sigmoid_backward(da, a), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def relu_backward(rng: Rng) -> Cases:
    """Gradient through a = max(0, z), given z."""

    def inputs(*shape: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=shape), rng.normal(size=shape)

    da, z = inputs(6, 4)
    yield case(da, z, expect=activations.relu_backward(da, z))
    for shape in [(), (9,), (2, 3, 1, 4)]:
        da, z = inputs(*shape)
        yield case(da, z, expect=activations.relu_backward(da, z), group=SHAPES)
    da, z = 1 + rng.uniform(size=5), np.array([0.0, -0.0, 3.0, -2.0, 1e-30])
    yield case(da, z, expect=activations.relu_backward(da, z), group=EDGES)
    da, z = 1 + rng.uniform(size=4), np.array([-np.inf, np.inf, -1e30, 1e30])
    yield case(da, z, expect=activations.relu_backward(da, z), group=EDGES)
    da, z = inputs(3, 8)
    yield case(da, z, expect=activations.relu_backward(da, z), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def mse_backward(rng: Rng) -> Cases:
    """Gradient of the mean squared error with respect to ŷ."""

    def inputs(*shape: int) -> tuple[np.ndarray, np.ndarray]:
        return rng.normal(size=shape), rng.normal(size=shape)

    for shape in [(7,), (5, 3)]:
        yhat, y = inputs(*shape)
        yield case(yhat, y, expect=squared_error.backward(yhat, y))
    for shape in [(1,), (6, 1), (2, 3, 4)]:
        yhat, y = inputs(*shape)
        yield case(yhat, y, expect=squared_error.backward(yhat, y), group=SHAPES)
    yhat, y = inputs(11, 2)
    yield case(yhat, y, expect=squared_error.backward(yhat, y), group=DEVICE, dtype="float32")


@exercise(
    forbid=AUTOGRAD, uses=("affine_forward", "affine_backward", "sigmoid_backward", "mse_backward")
)
def two_layer_grads(rng: Rng) -> Cases:
    """All gradients of a network with one sigmoid hidden layer."""

    def inputs(n: int, d: int, h: int) -> tuple[np.ndarray, ...]:
        return (
            rng.normal(size=(n, d)),
            rng.normal(size=(n, 1)),
            rng.normal(size=(d, h)),
            rng.normal(size=h),
            rng.normal(size=(h, 1)),
            rng.normal(size=1),
        )

    for sizes in [(6, 3, 4), (10, 5, 2)]:
        net = inputs(*sizes)
        yield case(*net, expect=backprop.two_layer(*net))
    for sizes in [(1, 3, 4), (6, 1, 4), (6, 3, 1)]:
        net = inputs(*sizes)
        yield case(*net, expect=backprop.two_layer(*net), group=SHAPES)
    net = inputs(12, 4, 5)
    yield case(*net, expect=backprop.two_layer(*net), group=DEVICE, dtype="float32")


def is_steady(x: Array, labels: Array, weights: list[Array], biases: list[Array]) -> bool:
    """Whether float32 rounds large inputs past no kink of a ReLU, and past no tie of two classes.

    Near either, a right answer's rounding error would be multiplied by the inputs.
    """
    a = z = x
    for W, b in zip(weights, biases, strict=True):
        z = affine.forward(a, W, b)
        if np.abs(z).min() < 0.1:
            return False
        a = activations.relu(z)
    top = np.sort(z, axis=1)
    return bool((top[:, -1] - top[:, -2]).min() > 30)


@exercise(forbid=AUTOGRAD, uses=("affine_forward", "affine_backward", "relu_backward"))
def mlp_loss_and_grads(rng: Rng) -> Cases:
    """Loss and gradients of a ReLU network with softmax cross-entropy and weight decay."""

    def inputs(n: int, sizes: tuple[int, ...], lam: float, scale: float = 1.0) -> tuple[Any, ...]:
        shapes = list(itertools.pairwise(sizes))
        return (
            scale * rng.normal(size=(n, sizes[0])),
            rng.integers(sizes[-1], size=n),
            [rng.normal(size=shape) for shape in shapes],
            [rng.normal(size=p) for _, p in shapes],
            lam,
        )

    for n, sizes, lam in [(6, (5, 4, 3), 0.7), (9, (3, 6, 5, 4), 1.3)]:
        net = inputs(n, sizes, lam)
        yield case(*net, expect=backprop.mlp(*net))
    for n, sizes in [(5, (4, 3)), (1, (3, 5, 2)), (4, (1, 3, 2)), (7, (3, 2, 4, 3, 5))]:
        net = inputs(n, sizes, 0.5)
        yield case(*net, expect=backprop.mlp(*net), group=SHAPES)
    net = inputs(6, (4, 3, 2), 0.0)
    yield case(*net, expect=backprop.mlp(*net), group=EDGES)
    large = iter(lambda: inputs(8, (4, 5, 3), 0.1, scale=2e3), None)
    net = next(net for net in large if is_steady(*net[:4]))
    yield case(*net, expect=backprop.mlp(*net), group=STABILITY, dtype="float32", tolerance=STABLE)
    net = inputs(16, (6, 5, 4), 0.2)
    yield case(*net, expect=backprop.mlp(*net), group=DEVICE, dtype="float32")


@exercise(forbid=AUTOGRAD)
def relative_error(rng: Rng) -> Cases:
    """The relative error by which two gradients are compared."""
    a = rng.normal(size=(4, 3))
    b = a * (1 + 1e-3 * rng.normal(size=(4, 3)))
    yield case(a, b, expect=backprop.relative_error(a, b))
    a, b = rng.normal(size=9), rng.normal(size=9)
    yield case(a, b, expect=backprop.relative_error(a, b))
    for shape in [(), (1,), (2, 3, 4)]:
        a, b = rng.normal(size=shape), rng.normal(size=shape)
        yield case(a, b, expect=backprop.relative_error(a, b), group=SHAPES)
    a, b = np.array([0.0, 3e-9, 0.0]), np.array([0.0, -1e-9, 2e-9])
    yield case(a, b, expect=backprop.relative_error(a, b), group=EDGES)
    a = rng.normal(size=5)
    yield case(a, a, expect=0.0, group=EDGES)
    yield case(a, -a, expect=1.0, group=EDGES)


def run_value(student: Any, expression: Any, x: Any, *net: Any) -> tuple[Any, list[float]]:
    """Build the expression from `Value`s, run backward once, return the value and the gradients.

    The expression "train" stands for a net: x are its parameters and `net` the points, their labels
    (−1 and 1), its width, how many steps and their rate; (losses, parameters at the end).
    """
    import operator

    binary = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

    def build(node: Any, inputs: Any) -> Any:
        if isinstance(node, int):
            return inputs[node]
        if isinstance(node, float):
            return node
        name, *operands = node
        if name == "**":
            return build(operands[0], inputs) ** operands[1]
        values = [build(operand, inputs) for operand in operands]
        if name == "neg":
            return -values[0]
        if name == "shared":
            return values[0] * values[0] * values[0] + values[0]
        return binary[name](*values) if name in binary else getattr(values[0], name)()

    def loss(theta: Any, points: Any, labels: Any, h: int) -> Any:
        total = 0.0
        for (first, second), label in zip(points, labels, strict=True):
            score = theta[-1]
            for j in range(h):
                z = theta[j] * first + second * theta[h + j] + theta[2 * h + j]
                score = score + z.tanh() * theta[3 * h + j]
            total = total + (1 + (-label * score).exp()).log()
        return total / len(points)

    if expression != "train":
        inputs = [student(float(xi)) for xi in x]
        out = build(expression, inputs)
        out.backward()
        return float(out.data), [float(v.grad) for v in inputs]
    points, labels, h, steps, lr = net
    numbers, losses = [float(xi) for xi in x], []
    for _ in range(steps):
        theta = [student(number) for number in numbers]
        out = loss(theta, points.tolist(), labels.tolist(), h)
        out.backward()
        losses.append(float(out.data))
        numbers = [number - lr * v.grad for number, v in zip(numbers, theta, strict=True)]
    return losses, numbers


@exercise(driver=run_value, forbid=AUTOGRAD)
def Value(rng: Rng) -> Cases:
    """Reverse-mode differentiation of scalars (bonus)."""

    def probe(expression: Any, x: np.ndarray, group: str = "values") -> Case:
        result = dual.evaluate(expression, x)
        return case(expression, x, expect=(result.u, result.du.tolist()), group=group)

    def draw(d: int) -> np.ndarray:
        return rng.uniform(0.5, 2.0, size=d)

    # Operations on values: first one at a time.
    for name in ["+", "-", "*", "/"]:
        yield probe([name, 0, 1], draw(2))
    yield probe(["neg", 0], draw(1))
    for exponent in [3.0, -2.0, 0.5]:
        yield probe(["**", 0, exponent], draw(1))
    # Numbers on either side.
    for name in ["+", "-", "*", "/"]:
        yield probe([name, 0, 1.7], draw(1), EDGES)
        yield probe([name, 1.7, 0], draw(1), EDGES)
    # One pass through several operations; every value is used once.
    yield probe(["*", ["+", 0, 1], ["-", 2, 3]], draw(4), SECOND_STEP)
    yield probe(["/", ["**", ["*", 0, 1], 2.0], ["*", ["neg", 2], 3]], draw(4), SECOND_STEP)
    yield probe(["-", 0, ["*", ["/", 1, ["+", 2, 3]], 4]], draw(5), SECOND_STEP)
    # Both uses of a value must add up, along paths of unequal length.
    yield probe(["+", 0, 0], draw(1), THIRD_STEP)
    yield probe(["*", ["-", 0, 0], ["**", 1, 2.0]], draw(2), THIRD_STEP)
    yield probe(
        ["-", ["**", ["-", 0, 1], 2.0], ["*", 2, ["+", 0, ["*", 1, 2]]]], draw(3), THIRD_STEP
    )
    yield probe(["/", ["*", ["+", 0, 1], ["*", 0, 1]], ["+", 1, 1]], draw(2), THIRD_STEP)
    # A value in the middle that is used several times passes its gradient on once.
    yield probe(["shared", ["*", 0, ["+", 1, 0]]], draw(2), THIRD_STEP)
    yield probe(["shared", ["shared", ["-", 0, 1]]], draw(2) / 2, THIRD_STEP)
    for name in ["exp", "log", "tanh", "relu"]:
        yield probe([name, 0], draw(1), FOURTH_STEP)
    yield probe(["relu", ["neg", 0]], draw(1), FOURTH_STEP)
    yield probe(["relu", 0], np.array([0.25]), FOURTH_STEP)
    yield probe(["relu", 0], np.array([0.0]), FOURTH_STEP)
    yield probe(["tanh", ["-", ["exp", 0], ["log", 1]]], draw(2), FOURTH_STEP)
    # All together, over and over: a net on two rings.
    for n, h, steps in [(6, 3, 3), (10, 4, 4)]:
        labels = rng.permutation(np.where(np.arange(n) % 2 == 0, -1.0, 1.0))
        angle, radius = rng.uniform(0, 2 * np.pi, size=n), 1.5 + labels / 2
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        args = (rng.normal(size=4 * h + 1), points, labels, h, steps, 0.5)
        losses, theta = scalar_net.train(*args)
        yield case("train", *args, expect=(losses, theta.tolist()), group=FIFTH_STEP)
