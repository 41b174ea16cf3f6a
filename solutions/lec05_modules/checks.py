"""Hidden cases of lecture 5's module exercises: by name, by identity, and by distribution."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, Case, Dtype, case, exercise
from reference import affine, gradient_descent, modules
from solutions.lec05_modules import drivers, judges

Array = np.ndarray
Cases = Iterator[Case]
Rng = np.random.Generator


def draw_seeds(rng: Rng, draws: int) -> list[int]:
    """Seeds for 1 draw, or for 4: the drivers draw twice from the first of several generators."""
    one, other = (int(seed) for seed in rng.integers(2**31, size=2))
    return [one] if draws == 1 else [one, one, other]


@exercise(driver=drivers.draw_data)
def synthetic_data(rng: Rng) -> Cases:
    """Random data of a linear model, by distribution and by generator."""

    def probe(
        d: int, n: int, noise: float, draws: int, judge: str, dtype: Dtype = "float32", **more: Any
    ) -> Case:
        # Rounded to float32, so that the judge knows the very numbers that the student gets.
        w = rng.normal(size=d).astype(np.float32).astype(np.float64)
        b = float(rng.uniform(2, 4))
        expect = [(np.zeros((n, d)), np.zeros((n, 1)))] * draws
        verdict = getattr(judges.LinearData(w, b, noise), judge)
        seeds = draw_seeds(rng, draws)
        return case(w, b, n, noise, seeds, expect=expect, judge=verdict, dtype=dtype, **more)

    yield probe(3, 8000, 0.5, 1, "distribution")
    yield probe(2, 7, 0.3, 4, "reproducible")
    yield probe(1, 5, 0.1, 1, "small", group=SHAPES)
    yield probe(4, 1, 0.1, 1, "small", group=SHAPES)
    yield probe(4, 6, 0.0, 1, "small", group=EDGES)
    yield probe(3, 6, 0.1, 1, "small", "float64", group=DEVICE)
    yield probe(3, 6, 0.1, 1, "small", "float32", group=DEVICE)


@exercise()
def num_batches(rng: Rng) -> Cases:
    """The number of mini-batches."""
    m = int(rng.integers(5, 60))
    k = int(rng.integers(3, 40))
    for n in (k * m, k * m + 1, k * m - 1):
        yield case(n, m, expect=gradient_descent.num_batches(n, m))
    for n in (1, m - 1, m, m + 1):
        yield case(n, m, expect=gradient_descent.num_batches(n, m), group=EDGES)
    yield case(k, 1, expect=gradient_descent.num_batches(k, 1), group=EDGES)


@exercise(driver=drivers.draw_batches, uses=("num_batches",))
def minibatches(rng: Rng) -> Cases:
    """Shuffled mini-batches of indices."""

    def probe(n: int, m: int, draws: int = 1, **more: Any) -> Case:
        sizes = gradient_descent.batch_sizes(n, m)
        expect = [[np.zeros(size, dtype=np.int64) for size in sizes]] * draws
        judge = judges.shuffles if draws == 4 else judges.covers
        seeds = draw_seeds(rng, draws)
        return case(n, m, seeds, np.zeros(1), expect=expect, judge=judge, **more)

    yield probe(43, 6, draws=4)
    yield probe(42, 6)
    for n, m in [(1, 1), (5, 1), (7, 7), (3, 8), (8, 7)]:
        yield probe(n, m, group=EDGES)


@exercise(driver=drivers.fit)
def fit_gd(rng: Rng) -> Cases:
    """Full-batch gradient descent on the mean squared error."""

    def probe(n: int, p: int, lr: float, epochs: int, **more: Any) -> Case:
        x = rng.normal(size=(n, p))
        y = x @ rng.normal(size=p) + 0.3 * rng.normal(size=n)
        bhat, losses = gradient_descent.fit(x, y, lr, epochs)
        return case(x, y, lr, epochs, expect=(bhat, losses), **more)

    yield probe(9, 4, 0.05, 12)
    yield probe(30, 3, 0.2, 7)
    yield probe(6, 1, 0.1, 5, group=SHAPES)
    yield probe(1, 4, 0.05, 5, group=SHAPES)
    yield probe(5, 3, 0.1, 0, group=EDGES)
    yield probe(5, 3, 0.1, 1, group=EDGES)
    yield probe(12, 5, 0.05, 6, group=DEVICE, dtype="float32")


@exercise(driver=drivers.run_layer)
def LinearModel(rng: Rng) -> Cases:
    """A linear model as a module with the parameters bhat and b0."""

    def probe(n: int, p: int, **more: Any) -> Case:
        x, dout, bhat, b0 = (rng.normal(size=s) for s in [(n, p), (n,), (p,), (1,)])
        grads = modules.linear_backward(dout, x)
        expect = modules.linear(x, bhat, b0), grads, (np.zeros(p), np.zeros(1))
        return case([p], {"bhat": bhat, "b0": b0}, x, dout, True, expect=expect, **more)

    yield probe(6, 4)
    for n, p in [(1, 4), (5, 1), (3, 3)]:
        yield probe(n, p, group=SHAPES)
    yield probe(7, 5, group=DEVICE, dtype="float32")


@exercise(driver=drivers.step_by_hand)
def sgd_update(rng: Rng) -> Cases:
    """One step of mini-batch gradient descent, in place."""

    def probe(
        shapes: list[tuple[int, ...]], steps: int, m: int, *, once: bool = False, **more: Any
    ) -> Case:
        lr = float(rng.uniform(0.2, 0.8))
        values = [rng.normal(size=shape) for shape in shapes]
        grads = [[rng.normal(size=shape) for shape in shapes] for _ in range(steps)]
        after, now = [], values
        for step in grads:
            pairs = zip(now, step, strict=True)
            now = [gradient_descent.sgd_update(p, dp, lr, m) for p, dp in pairs]
            after.append(now)
        clean = [[np.zeros(shape) for shape in shapes]] * steps
        return case(values, grads, lr, m, once, expect=(after, clean), **more)

    yield probe([(4, 3), (3,)], 1, 8)
    yield probe([(5,), (2, 3), (1,)], 3, 6)
    yield probe([()], 2, 5, group=SHAPES)
    yield probe([(2, 1, 3)], 2, 1, group=SHAPES)
    yield probe([(3, 2), (2,)], 2, 7, once=True, group=EDGES)
    yield probe([(6, 4), (4,)], 2, 16, group=DEVICE, dtype="float32")


@exercise(driver=drivers.run_centered)
def CenteredLayer(rng: Rng) -> Cases:
    """A layer that subtracts the mean of all entries."""

    def probe(*shape: int, **more: Any) -> Case:
        x, dout = 2 + rng.normal(size=shape), rng.normal(size=shape)
        expect = modules.centered(x), modules.centered_backward(dout)
        return case(x, dout, expect=expect, **more)

    yield probe(5, 3)
    for shape in [(6,), (1,), (2, 3, 4), (1, 4)]:
        yield probe(*shape, group=SHAPES)
    yield probe(7, 4, group=DEVICE, dtype="float32")


@exercise(driver=drivers.run_layer)
def MyLinear(rng: Rng) -> Cases:
    """A layer relu(X W + b) whose parameters can learn."""

    def probe(n: int, m: int, p: int, **more: Any) -> Case:
        x, dout, w, b = (rng.normal(size=s) for s in [(n, m), (n, p), (m, p), (p,)])
        _, dw, db = modules.relu_layer_backward(dout, x, w, b)
        expect = modules.relu_layer(x, w, b), (dw, db), ()
        return case([m, p], {"weight": w, "bias": b}, x, dout, False, expect=expect, **more)

    yield probe(6, 4, 5)
    for n, m, p in [(1, 4, 3), (5, 1, 3), (5, 4, 1)]:
        yield probe(n, m, p, group=SHAPES)
    yield probe(8, 3, 6, group=DEVICE, dtype="float32")


@exercise(driver=drivers.initialise)
def init_xavier(rng: Rng) -> Cases:
    """Xavier's uniform initialisation of linear layers, and of nothing else."""

    def draw(kind: str, m: int, p: int, *biases: int, **more: Any) -> Case:
        expect = [np.zeros((p, m)), *(np.zeros(size) for size in biases)]
        judge = judges.XavierUniform(modules.xavier_bound(m, p))
        seed = draw_seeds(rng, 1)[0]
        return case(np.zeros(1), kind, m, p, 0.7, seed, expect=expect, judge=judge, **more)

    def leave(kind: str, *shapes: tuple[int, ...]) -> Case:
        fill, seed = float(rng.uniform(0.5, 1)), draw_seeds(rng, 1)[0]
        expect = [np.full(shape, fill) for shape in shapes]
        return case(np.zeros(1), kind, 4, 3, fill, seed, expect=expect, group=EDGES)

    yield draw("linear", 90, 30, 30)
    yield draw("linear", 30, 90, 90)
    yield draw("linear without bias", 54, 50, group=EDGES)
    yield leave("convolution", (3, 4, 3, 3), (3,))
    yield leave("embedding", (4, 3))
    yield leave("normalisation", (4,), (4,))
    yield leave("sequential", (3, 4), (3,))
    yield draw("linear", 60, 40, 40, group=DEVICE, dtype="float32")


@exercise(driver=drivers.run_tied)
def tied_mlp(rng: Rng) -> Cases:
    """A network whose two middle layers are one module."""

    def probe(n: int, dim: int, hidden: int, **more: Any) -> Case:
        sizes = [(dim, hidden), (hidden, hidden), (hidden, 1)]
        pairs = [(rng.normal(size=(m, p)), rng.normal(size=p)) for m, p in sizes]
        x, dout = rng.normal(size=(n, dim)), rng.normal(size=(n, 1))
        out, grads = modules.tied_mlp(x, *pairs), modules.tied_mlp_backward(dout, x, *pairs)
        return case(dim, hidden, pairs, x, dout, expect=(out, grads, 6), **more)

    yield probe(7, 3, 6)
    for n, dim, hidden in [(1, 3, 5), (6, 1, 5), (6, 3, 1)]:
        yield probe(n, dim, hidden, group=SHAPES)
    yield probe(8, 4, 5, group=DEVICE, dtype="float32")


@exercise(driver=drivers.save_copy)
def save_and_restore(rng: Rng) -> Cases:
    """A state dict on disk, and a copy that is loaded from it."""
    linear = [("0.weight", (4, 3)), ("0.bias", (4,)), ("2.weight", (2, 4)), ("2.bias", (2,))]
    normalised = [("0.weight", (3, 2)), ("0.bias", (3,)), ("1.weight", (3,)), ("1.bias", (3,))]
    normalised += [("1.running_mean", (3,)), ("1.running_var", (3,))]

    def probe(kind: str, tensors: list[tuple[str, tuple[int, ...]]], **more: Any) -> Case:
        values = [rng.normal(size=shape) for _, shape in tensors]
        names = [name for name, _ in tensors]
        if kind == "batchnorm":
            names.append("1.num_batches_tracked")
        return case(kind, values, expect=(names, values, values), **more)

    yield probe("mlp", linear)
    yield probe("batchnorm", normalised)
    yield probe("arguments", [("scale", (3, 2)), ("offset", (4,))], group=EDGES)
    yield probe("mlp", linear, group=DEVICE, dtype="float32")


@exercise(driver=drivers.count_devices)
def try_gpu(rng: Rng) -> Cases:
    """The i-th GPU if it exists, else the CPU."""

    def probe(count: int, *args: int, group: str = "values") -> Case:
        i = args[0] if args else 0
        expect = f"cuda:{i}" if i < count else "cpu"
        return case(count, list(args), expect=expect, group=group)

    for count, i in [(4, 2), (2, 1), (2, 2), (1, 0), (3, 5)]:
        yield probe(count, i)
    for count in (0, 1, 3):
        yield probe(count, group=EDGES)
    yield probe(0, 1, group=EDGES)


@exercise(driver=drivers.read_dataset)
def ArrayDataset(rng: Rng) -> Cases:
    """A data set of two tensors."""

    def probe(x_shape: tuple[int, ...], y_shape: tuple[int, ...], **more: Any) -> Case:
        x, y = rng.normal(size=x_shape), rng.normal(size=y_shape)
        places = [int(i) for i in rng.permutation(len(x))]
        expect = len(x), [(x[i], y[i]) for i in places]
        return case(x, y, places, expect=expect, **more)

    yield probe((5, 3), (5,))
    yield probe((4, 2), (4, 1))
    for x_shape, y_shape in [((1, 3), (1,)), ((6,), (6,)), ((3, 1, 4, 5), (3, 2))]:
        yield probe(x_shape, y_shape, group=SHAPES)
    for n, m in [(4, 5), (5, 4), (1, 3)]:
        x, y = rng.normal(size=(n, 2)), rng.normal(size=m)
        yield case(x, y, [], raises=ValueError, group=EDGES)
    yield probe((4, 3), (4,), group=DEVICE, dtype="float32")


@exercise(driver=drivers.load_epochs)
def make_loader(rng: Rng) -> Cases:
    """A loader of mini-batches of rows and targets that belong together."""

    def probe(n: int, m: int, *, shuffle: bool, **more: Any) -> Case:
        x, y = rng.normal(size=(n, 2)), rng.normal(size=n)
        x[:, 0] = np.arange(n)
        batches = [(x[i : i + m], y[i : i + m]) for i in range(0, n, m)]
        judge = judges.Loaded(x, y).judge if shuffle else None
        seeds = draw_seeds(rng, 4)
        return case(x, y, m, shuffle, seeds, expect=[batches] * 4, judge=judge, **more)

    yield probe(43, 6, shuffle=True)
    yield probe(20, 6, shuffle=False)
    for n, m in [(1, 1), (5, 1), (7, 7), (3, 8), (8, 7)]:
        yield probe(n, m, shuffle=False, group=EDGES)
    yield probe(24, 8, shuffle=True, group=EDGES)
    yield probe(9, 4, shuffle=False, group=DEVICE, dtype="float32")


@exercise(driver=drivers.run_chain)
def MySequential(rng: Rng) -> Cases:
    """A chain of modules."""

    def probe(kind: str, n: int, dim: int, hidden: int, **more: Any) -> Case:
        sizes = [(dim, hidden), (hidden, hidden), (hidden, 1)]
        pairs = [(rng.normal(size=(m, p)), rng.normal(size=p)) for m, p in sizes]
        x, dout = rng.normal(size=(n, dim)), rng.normal(size=(n, 1))
        out, grads = modules.tied_mlp(x, *pairs), modules.tied_mlp_backward(dout, x, *pairs)
        return case(kind, pairs, x, dout, expect=(out, grads, 6, 6), **more)

    def single(n: int, m: int, p: int) -> Case:
        x, dout, w, b = (rng.normal(size=s) for s in ((n, m), (n, p), (m, p), (p,)))
        _, *grads = affine.backward(dout, x, w)
        expect = affine.forward(x, w, b), [tuple(grads)], 2, 2
        return case("single", [(w, b)], x, dout, expect=expect, group=EDGES)

    yield probe("tied", 7, 3, 6)
    yield probe("tied", 4, 5, 2)
    for n, dim, hidden in [(1, 3, 5), (6, 1, 5), (6, 3, 1)]:
        yield probe("tied", n, dim, hidden, group=SHAPES)
    yield single(5, 4, 3)
    yield probe("nested", 6, 3, 4, group=EDGES)
    yield probe("tied", 8, 4, 5, group=DEVICE, dtype="float32")


@exercise(driver=drivers.name_groups)
def param_groups(rng: Rng) -> Cases:
    """Groups of parameters, with weight decay and without."""

    def probe(kind: str, decayed: list[str], free: list[str], group: str = "values") -> Case:
        decay = float(rng.uniform(0.01, 0.1))
        return case(kind, decay, expect=[(decayed, decay), (free, 0.0)], group=group)

    yield probe("mlp", ["0.weight", "2.weight"], ["0.bias", "2.bias"])
    yield probe("images", ["0.weight"], ["0.bias", "1.bias", "1.weight", "2.weight"])
    yield probe("words", ["0.weight", "2.weight"], ["1.bias", "1.weight", "2.bias"])
    yield probe("scaled", ["layer.weight"], ["layer.bias", "scale"], EDGES)
    yield probe("vectors", [], ["bias", "weight"], EDGES)
    yield probe("matrices", ["weight"], [], EDGES)
    yield probe("tied", ["0.weight"], ["1.bias"], EDGES)
    yield probe("frozen", ["1.weight"], ["1.bias"], EDGES)
