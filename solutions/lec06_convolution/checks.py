"""Hidden cases of lecture 6: lopsided kernels on lopsided images.

Images mix integers and floats, since photographs are integers and kernels are not. Where both
are integers the dtype of the result is the student's choice, so it is not asked.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import EDGES, SHAPES, Case, Forbid, Tolerance, case, exercise
from reference import convolution, images

Cases = Iterator[Case]
Rng = np.random.Generator

LEVEL = Tolerance(0.0, 1.0, "a level may be cut off or rounded: the course accepts ±1")


@exercise(
    forbid=Forbid(
        "np.convolve and scipy.signal",
        ops=("*conv*",),
        calls=("convolve", "correlate", "correlate2", "scipy.signal", "scipy.ndimage"),
    ),
)
def convolve1d(rng: Rng) -> Cases:
    """Full convolution of two vectors: the product of two polynomials."""

    def probe(m: int, n: int, group: str = "values") -> Case:
        v, w = rng.normal(size=m), rng.normal(size=n)
        return case(v, w, expect=convolution.convolve1d(v, w), group=group)

    yield probe(5, 3)
    yield probe(4, 7)
    for m, n in [(1, 6), (5, 1), (1, 1), (4, 4)]:
        yield probe(m, n, SHAPES)
    v, w = rng.integers(1, 9, size=4), rng.normal(size=3)
    yield case(v, w, expect=convolution.convolve1d(v, w), group=EDGES)
    yield case(v.tolist(), w.tolist(), expect=convolution.convolve1d(v, w), group=EDGES)
    yield case(w.tolist(), v.tolist(), expect=convolution.convolve1d(w, v), group=EDGES)


@exercise(
    forbid=Forbid(
        "scipy.signal and scipy.ndimage",
        ops=("*conv*",),
        calls=("scipy.signal", "scipy.ndimage"),
    ),
)
def convolve2d_channel(rng: Rng) -> Cases:
    """Convolution of one channel: kernel flipped, valid region."""

    def probe(image: tuple[int, int], kernel: tuple[int, int], group: str = "values") -> Case:
        V, K = rng.normal(size=image), rng.normal(size=kernel)
        return case(V, K, expect=convolution.convolve2d_channel(V, K), group=group)

    yield probe((6, 9), (3, 2))
    yield probe((7, 5), (2, 4))
    for image, kernel in [((4, 6), (1, 1)), ((3, 5), (3, 5)), ((1, 7), (1, 3)), ((8, 1), (2, 1))]:
        yield probe(image, kernel, SHAPES)
    V, K = rng.integers(256, size=(5, 6)), rng.normal(size=(2, 3))
    yield case(V, K, expect=convolution.convolve2d_channel(V, K), group=EDGES)


@exercise(uses=("convolve2d_channel",))
def convolve2d(rng: Rng) -> Cases:
    """Convolution of a grey or a colour picture, channel by channel."""

    def probe(image: tuple[int, ...], kernel: tuple[int, int], group: str = "values") -> Case:
        V, K = rng.normal(size=image), rng.normal(size=kernel)
        return case(V, K, expect=convolution.convolve2d(V, K), group=group)

    yield probe((5, 8, 3), (2, 4))
    yield probe((6, 7), (3, 2))
    for image in [(4, 6, 1), (6, 5, 2), (5, 6, 4)]:
        yield probe(image, (3, 2), SHAPES)
    V, K = rng.integers(256, size=(6, 5, 3)), rng.normal(size=(1, 2))
    yield case(V, K, expect=convolution.convolve2d(V, K), group=EDGES)
    for shape in [(7,), (2, 3, 4, 5)]:
        yield case(rng.normal(size=shape), np.ones((1, 1)), raises=ValueError, group=EDGES)


@exercise(uses=("convolve2d_channel", "convolve2d"))
def convolve2d_same(rng: Rng) -> Cases:
    """Convolution among zeros, as large as the image: the grid on the slides."""

    def probe(image: tuple[int, int], kernel: tuple[int, int], group: str = "values") -> Case:
        V, K = rng.normal(size=image), rng.normal(size=kernel)
        return case(V, K, expect=convolution.convolve2d_same(V, K), group=group)

    yield probe((6, 9), (3, 5))
    yield probe((7, 5), (3, 3))
    for image, kernel in [((4, 6), (1, 1)), ((5, 7), (5, 1)), ((6, 4), (1, 3)), ((1, 5), (3, 3))]:
        yield probe(image, kernel, SHAPES)
    V, K = rng.integers(256, size=(5, 6)), rng.normal(size=(3, 3))
    yield case(V, K, expect=convolution.convolve2d_same(V, K), group=EDGES)


@exercise(uses=("convolve2d_channel", "convolve2d"))
def corr2d(rng: Rng) -> Cases:
    """Cross-correlation, valid region: the kernel is not flipped."""

    def probe(image: tuple[int, int], kernel: tuple[int, int], group: str = "values") -> Case:
        V, K = rng.normal(size=image), rng.normal(size=kernel)
        return case(V, K, expect=convolution.corr2d(V, K), group=group)

    yield probe((5, 8), (2, 3))
    yield probe((9, 6), (4, 2))
    for image, kernel in [((4, 6), (1, 1)), ((3, 5), (3, 5)), ((1, 7), (1, 3)), ((8, 1), (2, 1))]:
        yield probe(image, kernel, SHAPES)
    V, K = rng.integers(256, size=(5, 6)), rng.normal(size=(2, 3))
    yield case(V, K, expect=convolution.corr2d(V, K), group=EDGES)
    yield case(K, V[:2, :2], expect=convolution.corr2d(K, V[:2, :2]), group=EDGES)


@exercise()
def output_size(rng: Rng) -> Cases:
    """The number of places where a kernel fits."""

    def probe(n: int, k: int, padding: int, stride: int, group: str = "values") -> Case:
        expect = convolution.output_size(n, k, padding, stride)
        return case(n, k, padding, stride, expect=expect, group=group)

    yield probe(32, 5, 0, 1)
    yield probe(11, 4, 2, 1)
    yield probe(19, 3, 1, 3)
    for n, k, padding, stride in rng.integers([20, 2, 0, 1], [40, 8, 3, 5], size=(4, 4)):
        yield probe(int(n), int(k), int(padding), int(stride))
    yield probe(10, 3, 0, 4, EDGES)  # the last step falls short
    yield probe(12, 3, 1, 4, EDGES)
    yield probe(7, 7, 0, 2, EDGES)
    yield probe(1, 1, 0, 1, EDGES)
    yield probe(2, 6, 2, 3, EDGES)


@exercise()
def to_grey(rng: Rng) -> Cases:
    """The grey levels of a colour picture."""

    def probe(image: np.ndarray, group: str = "values") -> Case:
        return case(image, expect=images.to_grey(image), group=group)

    yield probe(255 * rng.uniform(size=(4, 5, 3)))
    yield probe(rng.integers(256, size=(6, 4, 3)))
    for shape in [(1, 1, 3), (1, 7, 3), (3, 3, 3)]:
        yield probe(rng.normal(size=shape), SHAPES)


@exercise()
def gaussian_kernel(rng: Rng) -> Cases:
    """A square kernel of Gaussian weights that add up to 1."""

    def probe(size: int, extent: float, scale: float, group: str = "values") -> Case:
        expect = images.gaussian_kernel(size, extent, scale)
        return case(size, extent, scale, expect=expect, group=group)

    yield probe(9, 3.0, 0.2)
    yield probe(6, 2.5, 0.7)
    yield probe(5, 1.0 + rng.uniform(), 0.5 + rng.uniform())
    yield probe(13, 5.0, 0.1, SHAPES)
    yield probe(2, 1.5, 0.3, SHAPES)
    yield probe(1, 2.0, 0.4, EDGES)
    yield probe(4, 3.0, 0.0, EDGES)
    yield probe(7, 3, 1, EDGES)


def levels_of(student: Any, image: Any) -> Any:
    """The returned levels as floats, once they are known to be uint8."""
    import numpy as np

    levels = student(image)
    assert isinstance(levels, np.ndarray), "return an array of levels"
    assert levels.dtype == np.uint8, f"levels are uint8, not {levels.dtype}"
    return levels.astype(np.float64)


@exercise(driver=levels_of)
def normalize_image(rng: Rng) -> Cases:
    """Levels from 0 to 255 between the 1 % and the 99 % quantile."""

    def probe(x: np.ndarray, group: str = "values") -> Case:
        expect = images.normalize_image(x).astype(float)
        return case(x, expect=expect, tolerance=LEVEL, group=group)

    def picture(*shape: int) -> np.ndarray:
        """Values with a few extreme ones on either side, which only clipping tames."""
        x = 40 * rng.normal(size=shape) - 30
        x.flat[[3, -5]] += 5000
        x.flat[7] -= 3000
        return x

    yield probe(picture(25, 14))
    yield probe(picture(17, 31))
    yield probe(picture(300), SHAPES)
    yield probe(picture(9, 11, 4), SHAPES)
    yield probe(rng.uniform(0.2, 0.7, size=(6, 5)), EDGES)  # too few entries to clip many
    yield probe(rng.integers(90, 140, size=(12, 10)), EDGES)
    for constant in [np.full((5, 4), 3.7), np.full((3, 6), -200)]:
        yield case(constant, expect=np.zeros(constant.shape), group=EDGES)


@exercise(
    driver=levels_of,
    uses=("convolve2d_channel", "convolve2d", "corr2d", "to_grey", "normalize_image"),
)
def edge_map(rng: Rng) -> Cases:
    """The edges of a colour picture, as levels."""

    def probe(image: np.ndarray, group: str = "values") -> Case:
        expect = images.edge_map(image).astype(float)
        return case(image, expect=expect, tolerance=LEVEL, group=group)

    yield probe(rng.integers(256, size=(12, 17, 3)))
    yield probe(255 * rng.uniform(size=(15, 9, 3)))
    # Little contrast, so that grey levels must not be cut to whole numbers on the way.
    yield probe(rng.integers(100, 108, size=(10, 13, 3)))
    yield probe(rng.normal(size=(14, 10, 3)))
    for shape in [(3, 8, 3), (9, 3, 3), (5, 5, 3)]:
        yield probe(255 * rng.uniform(size=shape), SHAPES)
