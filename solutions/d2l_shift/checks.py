"""Hidden cases of distribution shift: unequal sample sizes, unequal classes, absent labels."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, Case, case, exercise
from reference import shift

Array = np.ndarray
Cases = Iterator[Case]
Rng = np.random.Generator


@exercise()
def domain_dataset(rng: Rng) -> Cases:
    """Data for a classifier that tells source from target."""

    def probe(n_source: int, n_target: int, d: int, **more: Any) -> Case:
        source, target = rng.normal(size=(n_source, d)), 1 + rng.normal(size=(n_target, d))
        return case(source, target, expect=shift.domain_dataset(source, target), **more)

    yield probe(5, 3, 4)
    yield probe(2, 6, 3)
    for sizes in [(1, 4, 2), (4, 1, 3), (3, 2, 1)]:
        yield probe(*sizes, group=SHAPES)
    yield probe(4, 7, 2, group=DEVICE, dtype="float32")


@exercise()
def density_ratio(rng: Rng) -> Cases:
    """The ratio of target and source densities from a classifier's logits."""

    def probe(n: int, n_source: int, n_target: int, **more: Any) -> Case:
        h = 1.5 * rng.normal(size=n)
        return case(
            *(h, n_source, n_target), expect=shift.density_ratio(h, n_source, n_target), **more
        )

    yield probe(9, 120, 30)
    yield probe(6, 7, 50)
    yield probe(1, 20, 30, group=SHAPES)
    yield probe(5, 40, 40, group=EDGES)
    yield probe(8, 11, 3, group=DEVICE, dtype="float32")


@exercise()
def clip_weights(rng: Rng) -> Cases:
    """Weights that are cut off from above."""

    def probe(n: int, c: float, **more: Any) -> Case:
        weights = rng.exponential(2, size=n)
        return case(weights, c, expect=shift.clip_weights(weights, c), **more)

    yield probe(12, 1.7)
    yield probe(9, 2.4)
    yield probe(1, 0.3, group=SHAPES)
    yield probe(6, 1e3, group=EDGES)
    yield probe(6, 1e-3, group=EDGES)
    yield probe(10, 1.5, group=DEVICE, dtype="float32")


@exercise()
def weighted_risk(rng: Rng) -> Cases:
    """The risk under the target, from weighted losses of the source."""

    def probe(n: int, **more: Any) -> Case:
        losses, weights = rng.exponential(size=n), rng.uniform(0, 3, size=n)
        return case(losses, weights, expect=shift.weighted_risk(losses, weights), **more)

    yield probe(7)
    yield probe(12)
    yield probe(1, group=SHAPES)
    losses = rng.exponential(size=5)
    yield case(losses, np.zeros(5), expect=np.float64(0), group=EDGES)
    yield probe(9, group=DEVICE, dtype="float32")


@exercise()
def confusion_matrix(rng: Rng) -> Cases:
    """How often each class is predicted for each label."""

    def probe(n: int, k: int, **more: Any) -> Case:
        # Each label of 0, …, k − 1 occurs, at unequal rates, and a third is mistaken.
        labels = rng.permutation(np.append(np.arange(k), (rng.uniform(size=n - k) ** 2 * k // 1)))
        labels = labels.astype(np.int64)
        wrong = rng.uniform(size=n) < 1 / 3
        predicted = np.where(wrong, rng.integers(k, size=n), labels)
        return given(predicted, labels, k, **more)

    def given(predicted: Array, labels: Array, k: int, **more: Any) -> Case:
        expect = shift.confusion_matrix(predicted, labels, k)
        return case(predicted, labels, k, expect=expect, dtype="float32", **more)

    yield probe(40, 4)
    yield probe(25, 3)
    yield probe(6, 6, group=SHAPES)
    yield given(np.array([2]), np.array([0]), 3, group=SHAPES)
    yield given(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64), 1, group=SHAPES)
    # Label 1 and the last one are absent; class 3 is predicted all the same, class 1 is not.
    labels = np.array([0, 2, 2, 3, 0, 2, 3])
    predicted = np.array([0, 2, 3, 3, 2, 0, 3])
    yield given(predicted, labels, 5, group=EDGES)
    yield probe(30, 5, group=DEVICE)


@exercise()
def label_shift_weights(rng: Rng) -> Cases:
    """How much more frequent each label is in the target than in the source."""

    def probe(k: int, *, noise: float = 0.0, **more: Any) -> Case:
        # A classifier that is right in two cases of three or more: C is far from singular.
        confusion = 0.7 * np.eye(k) + 0.3 * rng.dirichlet(np.ones(k), size=k).T
        q, p = rng.dirichlet(4 * np.ones(k)), rng.dirichlet(4 * np.ones(k))
        q, p = 0.9 * q + 0.1 / k, 0.9 * p + 0.1 / k
        if noise:
            p = np.append((1 + noise) * p[1:] / p[1:].sum(), -noise)
        mu = confusion @ p
        expect = shift.label_shift_weights(confusion, q, mu)
        return case(confusion, q, mu, expect=expect, **more)

    yield probe(4, noise=0.15)
    yield probe(3)
    yield probe(5)
    yield probe(1, group=SHAPES)
    yield probe(2, group=SHAPES)
    yield probe(2, noise=0.1, group=EDGES)
    yield probe(6, group=DEVICE, dtype="float32")


@exercise()
def online_step(rng: Rng) -> Cases:
    """One step of online learning."""

    def probe(d: int, **more: Any) -> Case:
        w, x, y = rng.normal(size=d), rng.normal(size=d), np.float64(3 + rng.normal())
        lr = float(rng.uniform(0.2, 0.7))
        return case(w, x, y, lr, expect=shift.online_step(w, x, y, lr), **more)

    yield probe(4)
    yield probe(7)
    yield probe(1, group=SHAPES)
    w, x = rng.normal(size=3), rng.normal(size=3)
    yield case(w, x, np.float64(w @ x), 0.5, expect=w, group=EDGES)
    yield probe(5, group=DEVICE, dtype="float32")
