"""Hidden cases: what is called, what is expected, and which group it counts for."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, STABILITY, Case, case, exercise
from reference import norms

Cases = Iterator[Case]
Rng = np.random.Generator


@exercise()
def rms_norm(rng: Rng) -> Cases:
    """Rows divided by their root mean square."""

    def probe(n: int, d: int, eps: float, scale: float = 1.0, **more: Any) -> Case:
        x, gain = scale * rng.normal(1, 2, size=(n, d)), rng.uniform(0.5, 2, size=d)
        return case(x, gain, eps, expect=norms.rms_norm(x, gain, eps), **more)

    yield probe(4, 5, 0.1)
    yield probe(3, 7, 1.0)
    for n, d in [(1, 6), (5, 1)]:
        yield probe(n, d, 0.5, group=SHAPES)
    yield probe(3, 4, 1e-3, scale=1e-2, group=STABILITY)
    yield probe(4, 3, 0.2, group=DEVICE, dtype="float32")
    x, gain = rng.normal(size=(2, 3)), rng.uniform(0.5, 2, size=3)
    yield case(x / 1e3, gain, expect=norms.rms_norm(x / 1e3, gain, 1e-6), group=EDGES)


def feed(student: Any, decay: float, xs: Any) -> list[float]:
    """The driver: runs beside the student's code, and returns what is compared."""
    mean = student(decay)
    return [float(mean.update(float(x))) for x in xs]


@exercise(driver=feed)
def RunningMean(rng: Rng) -> Cases:
    """A running mean whose start does not count."""

    def probe(decay: float, steps: int, **more: Any) -> Case:
        xs = rng.normal(3, 2, size=steps)
        return case(decay, xs, expect=norms.running_means(xs, decay).tolist(), **more)

    yield probe(0.9, 6)
    yield probe(0.3, 4)
    yield probe(0.0, 3, group=EDGES)
    yield probe(0.7, 1, group=EDGES)
