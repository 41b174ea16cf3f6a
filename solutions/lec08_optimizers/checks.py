"""Hidden cases of lecture 8: whole trajectories, since a single step hides what is remembered."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, VALUES, Case, Dtype, case, exercise
from reference import optimizers, xor
from solutions.lec08_optimizers import drivers

Array = np.ndarray
Cases = Iterator[Case]
Rng = np.random.Generator
Shape = tuple[int, ...]

STEPS = 22
LARGE_EPS = 0.3


class Rule:
    """An update rule with running quantities, and the cases that are asked of every such rule."""

    def __init__(
        self, rng: Rng, rule: Callable[..., Any], running: int, *, counted: bool = False
    ) -> None:
        """Keep the rule of the oracle and how it is called."""
        self.rng, self.rule, self.running, self.counted = rng, rule, running, counted

    def probe(
        self,
        hyper: tuple[float, ...],
        *shapes: Shape,
        scale: float = 1.0,
        group: str = VALUES,
        dtype: Dtype = "float64",
    ) -> Case:
        """Yield one walk of one parameter per shape; several take turns."""
        starts = [self.rng.normal(size=shape) for shape in shapes]
        slopes = [scale * self.rng.normal(size=(STEPS, *shape)) for shape in shapes]
        return self.along(starts, slopes, hyper, group=group, dtype=dtype)

    def along(
        self,
        starts: list[Array],
        slopes: list[Array],
        hyper: tuple[float, ...],
        *,
        group: str = VALUES,
        dtype: Dtype = "float64",
    ) -> Case:
        """Yield the walk along given gradients."""
        paths = [
            optimizers.trajectory(
                self.rule, theta, grads, hyper, running=self.running, counted=self.counted
            )
            for theta, grads in zip(starts, slopes, strict=True)
        ]
        return case(starts, slopes, list(hyper), expect=paths, group=group, dtype=dtype)

    def with_eps(self, *hyper: float) -> Cases:
        """Yield the cases of a rule whose last setting is ε."""
        rng = self.rng
        yield self.probe((*hyper, LARGE_EPS), (4, 3))
        yield self.probe((*hyper, 1e-8), (5,))
        for shape in [(), (1,), (2, 3, 4)]:
            yield self.probe((*hyper, 0.01), shape, group=SHAPES)
        # Two parameters take turns, each with a state of its own.
        yield self.probe((*hyper, 0.1), (3,), (2, 4), group=EDGES)
        # Gradients so small that ε decides.
        yield self.probe((*hyper, 1e-8), (6,), scale=1e-5, group=EDGES)
        # Entries that get no gradient at first, or ever.
        grads = rng.normal(size=(STEPS, 5))
        grads[:3, :2], grads[:, 2] = 0, 0
        yield self.along([rng.normal(size=5)], [grads], (*hyper, 1e-6), group=EDGES)
        yield self.probe((*hyper, 0.05), (6, 2), group=DEVICE, dtype="float32")


def draw(rng: Rng, low: float, high: float) -> float:
    """Draw a setting."""
    return float(rng.uniform(low, high))


@exercise()
def gd_step(rng: Rng) -> Cases:
    """One step of gradient descent."""

    def probe(shape: Shape, group: str = VALUES, dtype: Dtype = "float64") -> Case:
        theta, grad, lr = rng.normal(size=shape), rng.normal(size=shape), draw(rng, 0.2, 0.8)
        return case(
            theta, grad, lr, expect=optimizers.gd(theta, grad, lr), group=group, dtype=dtype
        )

    yield probe((5, 3))
    for shape in [(), (1,), (2, 3, 4)]:
        yield probe(shape, SHAPES)
    yield probe((6, 4), DEVICE, "float32")


@exercise()
def newton_step(rng: Rng) -> Cases:
    """One step of Newton's method."""

    def probe(p: int, group: str = VALUES, dtype: Dtype = "float64") -> Case:
        theta, grad, root = rng.normal(size=p), rng.normal(size=p), rng.normal(size=(p, 2 * p))
        hess = root @ root.T / (2 * p) + 0.5 * np.eye(p)
        expect = optimizers.newton(theta, grad, hess)
        return case(theta, grad, hess, expect=expect, group=group, dtype=dtype)

    yield probe(5)
    yield probe(3)
    yield probe(1, SHAPES)
    yield probe(4, DEVICE, "float32")


@exercise()
def is_robbins_monro(rng: Rng) -> Cases:
    """The conditions of Robbins and Monro on the step sizes k^(−power)."""
    # 0.52 and 1.05: where sums of a few thousand terms do not tell what the limits do.
    for power in (draw(rng, 1.1, 3), draw(rng, 0.1, 0.45), draw(rng, 0.55, 0.95), 0.52, 1.05):
        yield case(power, expect=optimizers.is_robbins_monro(power))
    for power in (1.0, 0.5, 0.0, -0.75, 2.0):
        yield case(power, expect=optimizers.is_robbins_monro(power), group=EDGES)


@exercise(driver=drivers.walk, uses=("gd_step",))
def momentum_step(rng: Rng) -> Cases:
    """Gradient descent with momentum."""
    rule = Rule(rng, optimizers.momentum, 1)

    def settings() -> tuple[float, float]:
        return draw(rng, 0.05, 0.3), draw(rng, 0.6, 0.95)

    yield rule.probe(settings(), (4, 3))
    yield rule.probe(settings(), (5,))
    for shape in [(), (1,), (2, 3, 4)]:
        yield rule.probe(settings(), shape, group=SHAPES)
    yield rule.probe(settings(), (3,), (2, 4), group=EDGES)
    yield rule.probe((0.1, 0.0), (4,), group=EDGES)
    yield changing_rate(rng)
    yield rule.probe(settings(), (6, 2), group=DEVICE, dtype="float32")


def changing_rate(rng: Rng) -> Case:
    """Yield momentum under a learning rate that changes: the velocity does not hold it."""
    start, grads, mu = rng.normal(size=3), rng.normal(size=(STEPS, 3)), draw(rng, 0.6, 0.95)
    rates = [draw(rng, 0.05, 0.5) for _ in range(STEPS)]
    theta, v, path = start, np.zeros(3), []
    for g, rate in zip(grads, rates, strict=True):
        theta, v = optimizers.momentum(theta, g, v, rate, mu)
        path.append(theta)
    hypers = [[rate, mu] for rate in rates]
    return case([start], [grads], *hypers, expect=[np.stack(path)], group=EDGES)


@exercise(driver=drivers.walk)
def adagrad_step(rng: Rng) -> Cases:
    """Adagrad."""
    yield from Rule(rng, optimizers.adagrad, 1).with_eps(draw(rng, 0.1, 0.5))


@exercise(driver=drivers.walk)
def rmsprop_step(rng: Rng) -> Cases:
    """RMSprop."""
    rule = Rule(rng, optimizers.rmsprop, 1)
    yield from rule.with_eps(draw(rng, 0.05, 0.3), draw(rng, 0.6, 0.95))


@exercise(driver=drivers.walk)
def adadelta_step(rng: Rng) -> Cases:
    """Adadelta."""
    yield from Rule(rng, optimizers.adadelta, 2).with_eps(draw(rng, 0.6, 0.95))


@exercise(driver=drivers.walk)
def adam_step(rng: Rng) -> Cases:
    """Adam, with bias correction."""
    rule = Rule(rng, optimizers.adam, 2, counted=True)
    yield from rule.with_eps(draw(rng, 0.05, 0.3), draw(rng, 0.6, 0.85), draw(rng, 0.9, 0.98))


class AdamRun:
    """A run of the optimizer class, and what the oracle says of it."""

    def __init__(self, rng: Rng, *groups: tuple[list[Shape], dict[str, Any]]) -> None:
        """Draw parameters in groups, each with settings of its own, and gradients."""
        self.groups = [([rng.normal(size=s) for s in shapes], own) for shapes, own in groups]
        shapes = [shape for members, _ in groups for shape in members]
        self.steps: list[list[Array | None]] = [
            [rng.normal(size=shape) for shape in shapes] for _ in range(STEPS)
        ]

    def case(
        self, settings: dict[str, Any], *, decay: float = 1.0, closure: bool = False, **more: Any
    ) -> Case:
        """Yield the case; a parameter without a gradient in a step stays, and does not count it."""
        usual = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, **settings}
        params = [(p, {**usual, **own}) for members, own in self.groups for p in members]
        now = [p for p, _ in params]
        m, v, k = [0 * p for p in now], [0 * p for p in now], [0] * len(now)
        paths: list[list[Array]] = [[] for _ in now]
        losses = []
        for t, grads in enumerate(self.steps):
            losses.append(
                sum(float((p * g).sum()) for p, g in zip(now, grads, strict=True) if g is not None)
            )
            for i, (g, (_, own)) in enumerate(zip(grads, params, strict=True)):
                if g is not None:
                    k[i] += 1
                    rate, (beta1, beta2) = own["lr"] * decay**t, own["betas"]
                    now[i], m[i], v[i] = optimizers.adam(
                        now[i], g, m[i], v[i], k[i], rate, beta1, beta2, own["eps"]
                    )
                paths[i].append(now[i])
        expect = [np.stack(path) for path in paths], losses if closure else []
        return case(self.groups, settings, self.steps, decay, closure, expect=expect, **more)


@exercise(driver=drivers.run_adam, uses=("adam_step",))
def Adam(rng: Rng) -> Cases:
    """Adam as an optimizer class: groups, missing gradients, closures."""
    yield AdamRun(rng, ([(4, 3), (3,)], {})).case({})
    settings = {"lr": 0.1, "betas": (0.7, 0.95), "eps": LARGE_EPS}
    yield AdamRun(rng, ([(5,), (2, 3)], {})).case(settings)
    yield AdamRun(rng, ([()], {})).case(settings, group=SHAPES)
    yield AdamRun(rng, ([(1,), (2, 1, 3)], {})).case(settings, group=SHAPES)

    own = {"lr": 0.3, "betas": (0.6, 0.9), "eps": 0.02}
    yield AdamRun(rng, ([(4,)], own), ([(3, 2), ()], {})).case(settings, group=EDGES)
    # A schedule changes the learning rate of the groups between steps.
    schedule = AdamRun(rng, ([(3,)], {}), ([(2,)], {"lr": 0.5}))
    yield schedule.case(settings, decay=0.9, group=EDGES)

    missing = AdamRun(rng, ([(4,), (2, 3), (2,)], {}))
    for t, grads in enumerate(missing.steps):
        grads[1] = None if t < 3 or t % 4 == 1 else grads[1]
        grads[2] = None
    yield missing.case(settings, group=EDGES)
    yield AdamRun(rng, ([(3,), (2, 2)], {})).case(settings, closure=True, group=EDGES)
    yield AdamRun(rng, ([(5, 2), (4,)], {})).case(settings, group=DEVICE, dtype="float32")


def solved(losses: Any) -> str:
    """Judge the end of a training with Adam.

    The draws are fixed, so a right answer follows the oracle but for float32's rounding. The seeds
    asked are those where the oracle ends below 0.002 (two in three do). Measured over 50 such
    seeds, with the loss from clamped logarithms, from bare ones and from the logit: rounding moves
    the final loss by at most 0.15 %, and the worst final loss is 0.0009. The bar stands at 0.02,
    ten times what the oracle may have: a right answer fails with a probability far below 1e-9.
    """
    return "" if losses[-1] < 0.02 else "with Adam, the network should have learned XOR by the end"


@exercise(driver=drivers.race)
def train_xor(rng: Rng) -> Cases:
    """A small network on XOR under any optimizer."""

    def gd(theta: Array, grad: Array, lr: float) -> tuple[Array]:
        return (optimizers.gd(theta, grad, lr),)

    def seed() -> int:
        return int(rng.integers(2**31))

    # The network is float32: float64's tolerance would ask for its very order of rounding.
    for epochs, group in [(12, VALUES), (1, EDGES), (0, EDGES)]:
        lr, drawn = draw(rng, 0.3, 0.8), seed()
        losses = xor.train(gd, (lr,), epochs, drawn, running=0)
        yield case("SGD", epochs, lr, drawn, expect=losses, group=group, dtype="float32")
    lr, drawn = draw(rng, 0.05, 0.2), seed()
    hyper = (lr, 1e-10, optimizers.outside)
    losses = xor.train(optimizers.adagrad, hyper, 12, drawn, running=1)
    yield case("Adagrad", 12, lr, drawn, expect=losses, dtype="float32")

    adam = (0.1, 0.9, 0.999, 1e-8, optimizers.outside)
    while losses[-1] > 0.002:
        drawn = seed()
        losses = xor.train(optimizers.adam, adam, 80, drawn, running=2, counted=True)
    yield case("Adam", 80, 0.1, drawn, expect=losses, judge=solved, dtype="float32")
