"""Hidden cases of lecture 7: strides, padding and windows that overlap or do not fill the image."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import (
    AUTOGRAD,
    CONVENTIONS,
    DEVICE,
    EDGES,
    MEMORY,
    SHAPES,
    SPEED,
    STABILITY,
    STABLE,
    Case,
    Forbid,
    Tolerance,
    case,
    exercise,
    faster,
    leaner,
)
from reference import affine, cnn, conv2d, pooling, softmax
from solutions.lec07_cnn.drivers import (
    as_image,
    conv2d_by_pixels,
    conv2d_by_windows,
    digits,
    recognised,
    run_in_order,
    run_named,
    train_and_predict,
)

Cases = Iterator[Case]
Rng = np.random.Generator
Array = np.ndarray

FILTERS = ("scipy.signal", "scipy.ndimage")
CONVOLUTION = Forbid(
    "PyTorch's own convolution",
    ops=("conv2d", "*conv*"),
    calls=(
        "torch.conv2d", "torch.nn.functional.conv2d", "torch.nn.Conv2d", "torch.nn.grad", *FILTERS,
    ),
)  # fmt: skip
MAX_POOL = Forbid(
    "PyTorch's own max-pooling",
    ops=("max_pool2d", "*max_pool*", "max_unpool*"),
    calls=("torch.max_pool2d", "torch.nn.functional.max_pool2d", "torch.nn.MaxPool2d", *FILTERS),
)
AVG_POOL = Forbid(
    "PyTorch's own average pooling",
    ops=("avg_pool2d", "*avg_pool*", "*upsample*"),
    calls=("torch.nn.functional.avg_pool2d", "torch.nn.AvgPool2d", *FILTERS),
)

# (N, C, H, W), (F, KH, KW), stride, padding.
Layer = tuple[tuple[int, int, int, int], tuple[int, int, int], int, int]
LAYERS: list[Layer] = [
    ((2, 3, 6, 5), (4, 3, 2), 1, 0),
    ((3, 2, 7, 6), (5, 2, 3), 2, 1),  # overlap in a row, rest of one column
    ((2, 4, 8, 9), (3, 3, 4), 3, 2),  # overlap in a row, windows side by side in a column
    ((3, 2, 7, 8), (4, 2, 3), 2, 0),  # one row and one column remain
]
SMALL_LAYERS: list[Layer] = [
    ((1, 3, 5, 4), (2, 2, 3), 1, 1),
    ((3, 1, 5, 4), (2, 3, 2), 2, 1),
    ((3, 2, 4, 5), (1, 2, 3), 1, 0),
    ((2, 3, 5, 4), (4, 1, 1), 3, 0),  # pixels that no window sees
    ((2, 3, 4, 5), (6, 4, 5), 1, 0),  # one window
    ((2, 3, 1, 6), (4, 1, 2), 2, 0),
    ((3, 3, 3, 3), (3, 3, 3), 1, 1),
]


def layer_inputs(rng: Rng, layer: Layer) -> tuple[Array, Array, Array]:
    """Draw x, w and b."""
    shape, (F, KH, KW), _, _ = layer
    return rng.normal(size=shape), rng.normal(size=(F, shape[1], KH, KW)), rng.normal(size=F)


def forward_cases(rng: Rng) -> Cases:
    """Yield the cases that `conv2d_forward` and `conv2d_fast` share."""

    def probe(layer: Layer, **rest: Any) -> Case:
        x, w, b = layer_inputs(rng, layer)
        expect = conv2d.forward(x, w, b, *layer[2:])
        return case(x, w, b, *layer[2:], expect=expect, **rest)

    x, w, b = layer_inputs(rng, LAYERS[0])
    yield case(x, w, b, expect=conv2d.forward(x, w, b))
    for layer in LAYERS[1:]:
        yield probe(layer)
    for layer in SMALL_LAYERS:
        yield probe(layer, group=SHAPES)
    x, w, b = layer_inputs(rng, SMALL_LAYERS[2])
    expect = conv2d.forward(x, w, b, padding=2)
    yield case(x, w, b, expect=expect, kwargs={"padding": 2}, group=EDGES)
    yield probe(((2, 3, 2, 3), (4, 5, 4), 1, 2), group=EDGES)  # fits only with its padding
    yield probe(((3, 2, 8, 7), (5, 4, 3), 2, 1), group=DEVICE, dtype="float32")


@exercise(forbid=CONVOLUTION)
def conv2d_forward(rng: Rng) -> Cases:
    """The convolutional layer."""
    yield from forward_cases(rng)


@exercise(forbid=CONVOLUTION | AUTOGRAD, uses=("conv2d_forward",))
def conv2d_backward(rng: Rng) -> Cases:
    """Gradients of the convolutional layer with respect to x, w and b."""

    def inputs(layer: Layer) -> tuple[Array, Array, Array]:
        x, w, b = layer_inputs(rng, layer)
        return rng.normal(size=conv2d.forward(x, w, b, *layer[2:]).shape), x, w

    def probe(layer: Layer, **rest: Any) -> Case:
        args = inputs(layer)
        return case(*args, *layer[2:], expect=conv2d.backward(*args, *layer[2:]), **rest)

    args = inputs(LAYERS[0])
    yield case(*args, expect=conv2d.backward(*args))
    for layer in LAYERS[1:]:
        yield probe(layer)
    for layer in SMALL_LAYERS:
        yield probe(layer, group=SHAPES)
    yield probe(((2, 3, 2, 3), (4, 5, 4), 1, 2), group=EDGES)
    yield probe(((3, 2, 8, 7), (5, 4, 3), 2, 1), group=DEVICE, dtype="float32")


@exercise(forbid=CONVOLUTION)
def conv2d_fast(rng: Rng) -> Cases:
    """The convolutional layer without loops over pixels."""
    yield from forward_cases(rng)
    # 65 × 60 pixels. Measured against `conv2d_by_pixels` beside 8 busy loops, every lap watched for
    # what is forbidden, which costs about as much an operation as the operation itself or more:
    # `F.unfold` with one product, strided views and windows are 24 to 30 times as fast, loops over
    # the 6 offsets 12 to 23; a loop over pixels in NumPy 2.2, in torch 0.03 to 0.2. The ratio of 5
    # lies in the middle: more than twofold from the slowest right method and the fastest slow one.
    x, w, b = layer_inputs(rng, ((1, 2, 66, 62), (3, 2, 3), 1, 0))
    expect = conv2d.forward(x, w, b)
    yield case(
        x,
        w,
        b,
        expect=expect,
        group=SPEED,
        faster=faster(
            than=conv2d_by_pixels,
            ratio=5,
            reason="a loop over kernel offsets, watched, is over 12 times as fast as the rival",
            operations=2 * 1 * 3 * 65 * 60 * 2 * 2 * 3,
        ),
    )
    # The windows of all pixels take 50 MB: `F.unfold` and strided views copy them once or twice,
    # loops over the offsets not at all. Their products with all 16 filters take 800 MB.
    layer = ((3, 8, 132, 130), (16, 5, 5), 1, 0)
    x, w, b = layer_inputs(rng, layer)
    yield case(
        x,
        w,
        b,
        expect=conv2d.forward(x, w, b),
        group=MEMORY,
        dtype="float32",
        needs="cuda",
        leaner=leaner(
            than=conv2d_by_windows,
            ratio=3,
            reason="windows copied twice take twice as much; products before the sum 16 times",
        ),
    )


# (N, C, H, W), size, stride.
Pool = tuple[tuple[int, int, int, int], int, int]
POOLS: list[Pool] = [
    ((2, 3, 6, 8), 2, 2),
    ((3, 2, 7, 9), 3, 2),  # overlap
    ((2, 3, 6, 5), 3, 1),  # more overlap
    ((3, 2, 8, 6), 3, 3),  # two rows remain
]
SMALL_POOLS: list[Pool] = [
    ((1, 3, 5, 4), 2, 2),
    ((3, 1, 4, 7), 2, 3),  # gaps
    ((2, 3, 4, 5), 1, 1),
    ((2, 3, 4, 5), 1, 2),
    ((2, 3, 3, 3), 3, 1),  # one window
    ((2, 3, 2, 7), 2, 1),  # one row of windows
]


@exercise(forbid=MAX_POOL)
def max_pool2d_forward(rng: Rng) -> Cases:
    """Max-pooling."""

    def probe(pool: Pool, shift: float = 0.0, **rest: Any) -> Case:
        x = rng.normal(size=pool[0]) + shift
        return case(x, *pool[1:], expect=pooling.max_forward(x, *pool[1:]), **rest)

    for pool in POOLS:
        yield probe(pool)
    for pool in SMALL_POOLS:
        yield probe(pool, group=SHAPES)
    yield probe(POOLS[1], shift=-10.0, group=EDGES)  # negative alone
    yield probe(((3, 2, 9, 7), 3, 2), group=DEVICE, dtype="float32")


@exercise(forbid=MAX_POOL | AUTOGRAD, uses=("max_pool2d_forward",))
def max_pool2d_backward(rng: Rng) -> Cases:
    """Gradient of max-pooling."""

    def probe(pool: Pool, x: Array, **rest: Any) -> Case:
        dout = rng.normal(size=pooling.max_forward(x, *pool[1:]).shape)
        expect = pooling.max_backward(dout, x, *pool[1:])
        return case(dout, x, *pool[1:], expect=expect, **rest)

    for pool in POOLS:
        yield probe(pool, rng.normal(size=pool[0]))
    for pool in SMALL_POOLS:
        yield probe(pool, rng.normal(size=pool[0]), group=SHAPES)
    for pool in POOLS[:2]:
        yield probe(pool, rng.integers(3, size=pool[0]) - 1.0, group=CONVENTIONS)  # ties
    yield probe(POOLS[1], rng.normal(size=POOLS[1][0]) - 10, group=EDGES)  # negative alone
    x = rng.normal(size=(3, 2, 9, 7))
    yield probe((x.shape, 3, 2), x, group=DEVICE, dtype="float32")


@exercise(forbid=AVG_POOL)
def avg_pool2d_forward(rng: Rng) -> Cases:
    """Average pooling."""

    def probe(pool: Pool, **rest: Any) -> Case:
        x = rng.normal(size=pool[0])
        return case(x, *pool[1:], expect=pooling.avg_forward(x, *pool[1:]), **rest)

    for pool in POOLS:
        yield probe(pool)
    for pool in SMALL_POOLS:
        yield probe(pool, group=SHAPES)
    yield probe(((3, 2, 9, 7), 3, 2), group=DEVICE, dtype="float32")


@exercise(driver=run_named)
def ConvNet(rng: Rng) -> Cases:
    """The homework's net: one convolution, ReLU, max-pooling, one affine layer, softmax."""

    def probe(n: int, **rest: Any) -> Case:
        # Spread so that logits are of order 1, negative responses as frequent as positive ones.
        spreads = {"conv1.weight": 0.4, "conv1.bias": 0.5, "fc1.weight": 0.05, "fc1.bias": 0.5}
        weights = {k: spreads[k] * rng.normal(size=s) for k, s in cnn.CONVNET_SHAPES.items()}
        x = rng.uniform(size=(n, 1, 28, 28))
        return case(weights, x, expect=cnn.convnet(weights, x)[-1], **rest)

    yield probe(3)
    yield probe(1, group=SHAPES)
    yield probe(10, group=SHAPES)  # as many images as classes: softmax over which?
    yield probe(2, group=DEVICE, dtype="float32")


@exercise(driver=run_in_order)
def LeNet(rng: Rng) -> Cases:
    """LeNet, from images to logits."""

    def probe(n: int, **rest: Any) -> Case:
        # 2 / √fan-in keeps the sigmoids between saturation and the straight line.
        fans = [float(np.prod(s[1:])) if len(s) > 1 else 4.0 for s in cnn.LENET_SHAPES]
        weights = [
            2 * rng.normal(size=s) / np.sqrt(fan)
            for s, fan in zip(cnn.LENET_SHAPES, fans, strict=True)
        ]
        x = rng.uniform(size=(n, 1, 28, 28))
        return case(weights, x, expect=cnn.lenet(weights, x), **rest)

    yield probe(3)
    yield probe(1, group=SHAPES)
    yield probe(2, group=DEVICE, dtype="float32")


@exercise()
def nll_loss(rng: Rng) -> Cases:
    """The negative log-likelihood of the labels."""

    def probe(n: int, k: int, **rest: Any) -> Case:
        log_probs = softmax.log_softmax(2 * rng.normal(size=(n, k)))
        labels = rng.integers(k, size=n)
        return case(log_probs, labels, expect=cnn.nll_loss(log_probs, labels), **rest)

    yield probe(6, 4)
    yield probe(5, 10)
    for n, k in [(1, 4), (6, 1), (4, 4), (3, 2)]:
        yield probe(n, k, group=SHAPES)
    yield probe(9, 5, group=DEVICE, dtype="float32")


NET = ("conv2d_forward", "conv2d_backward", "conv2d_fast", "max_pool2d_forward",
       "max_pool2d_backward", "nll_loss")  # fmt: skip
# (N, C, H, W), filters F, kernel K, classes k.
Net = tuple[tuple[int, int, int, int], int, int, int]


def draw_net(rng: Rng, net: Net, large: float = 1.0) -> tuple[dict[str, Array], Array, Array]:
    """Draw (params, x, labels) of which rounding decides no kink of a ReLU and no maximum.

    `large` multiplies the affine layer; of large scores the first two of a row lie far apart.
    """
    (n, c, h, w), f, k, classes = net
    shapes = {"w1": (f, c, k, k), "b1": (f,), "w2": (f * (h // 2) * (w // 2), classes)}
    while True:
        params = {name: rng.normal(size=shape) for name, shape in shapes.items()}
        params["w1"] /= np.sqrt(c * k * k)
        params["w2"] *= large / np.sqrt(len(params["w2"]))
        params["b2"] = large * rng.normal(size=classes)
        x, labels = rng.normal(size=(n, c, h, w)), rng.integers(classes, size=n)
        if is_steady(params, x, 30.0 if large > 1 else 0.0):
            return params, x, labels


def is_steady(params: dict[str, Array], x: Array, apart: float) -> bool:
    """Whether float32 would pass no kink or tie, and the first two scores lie `apart`."""
    z = conv2d.forward(x, params["w1"], params["b1"], padding=params["w1"].shape[2] // 2)
    pooled = pooling.max_forward(np.maximum(z, 0), 2, 2)
    firsts = [np.sort(row, axis=2)[..., -2:] for _, _, row in pooling.windows(z, 2, 2)]
    gaps = np.concatenate([(pair[..., 1] - pair[..., 0]).ravel() for pair in firsts])
    scores = np.sort(pooled.reshape(len(x), -1) @ params["w2"] + params["b2"], axis=1)
    close = np.abs(z).min() < 1e-4 or gaps.min() < 1e-4
    return bool(not close and (scores[:, -1] - scores[:, -2]).min() >= apart)


@exercise(forbid=CONVOLUTION | MAX_POOL | AUTOGRAD, uses=NET)
def conv_net_loss_and_grads(rng: Rng) -> Cases:
    """Loss and gradients of a network on one's own layers."""

    def probe(net: Net, large: float = 1.0, **rest: Any) -> Case:
        args = draw_net(rng, net, large)
        return case(*args, expect=cnn.conv_net(*args), **rest)

    def whole(net: Net) -> Case:
        # Whole numbers: maxima that tie and z = 0 are exact, whatever the order of the sums.
        (n, c, h, w), f, k, classes = net
        params = {
            "w1": rng.integers(-1, 2, size=(f, c, k, k)).astype(float),
            "b1": rng.integers(-1, 2, size=f).astype(float),
            "w2": rng.normal(size=(f * (h // 2) * (w // 2), classes)) / 4,
            "b2": rng.normal(size=classes),
        }
        args = (params, rng.integers(-1, 2, size=(n, c, h, w)) * 1.0, rng.integers(classes, size=n))
        return case(*args, expect=cnn.conv_net(*args), group=CONVENTIONS)

    yield probe(((5, 2, 6, 8), 3, 3, 4))
    yield probe(((3, 2, 8, 6), 4, 5, 7))
    small: list[Net] = [
        ((1, 2, 4, 6), 3, 3, 5),
        ((4, 1, 6, 4), 2, 3, 3),
        ((3, 2, 4, 6), 1, 3, 4),
        ((3, 4, 6, 4), 2, 1, 5),
        ((4, 3, 5, 7), 2, 3, 3),  # a row and a column in no window
        ((4, 4, 4, 4), 4, 3, 4),
    ]
    for net in small:
        yield probe(net, group=SHAPES)
    for net in [((4, 2, 6, 8), 3, 3, 5), ((6, 1, 4, 6), 2, 3, 3)]:
        yield whole(net)
    yield probe(((4, 2, 6, 4), 3, 3, 5), 3e3, group=STABILITY, dtype="float32", tolerance=STABLE)
    yield probe(((6, 3, 8, 6), 2, 3, 4), group=DEVICE, dtype="float32")


@exercise(driver=as_image)
def to_model_input(rng: Rng) -> Cases:
    """From the pixels of a file to a batch of one image."""

    def probe(image: Array, **rest: Any) -> Case:
        return case(image, expect=cnn.to_model_input(image), dtype="float32", **rest)

    yield probe(rng.integers(256, size=(28, 28)))
    yield probe(rng.integers(256, size=(28, 28, 3)))
    yield probe(rng.integers(200, 256, size=(28, 28, 3)))  # sums of uint8 would overflow
    for shape in [(28, 28), (28, 28, 3)]:
        yield probe(np.zeros(shape, dtype=int), group=EDGES)
        yield probe(np.full(shape, 255), group=EDGES)


TRAJECTORY = Tolerance(
    0.02,
    0.002,
    "float32 sums in another order, a logarithm kept from −∞ by 1e-6 or one's own Adam with ε "
    "inside the root stay within a seventh of this; SGD, gradients that add up, another learning "
    "rate or a softmax too many are off by ten times as much, in the losses or in the end",
)
# The homework's net on 500 digits, 10 epochs of 25 mini-batches, lr 1e-3: over 50 seeds of the
# data, the net and the shuffling it recognises 93.7 % of 400 hidden digits (standard deviation
# 1.2 %, least 91 %). The threshold lies 11 standard deviations below: a right answer fails with a
# probability of 1e-29 if shares are normal, and below 1e-8 if their true spread is twice as large.
# SGD in Adam's place reaches 20 to 60 %, one epoch in place of ten 40 to 70 %.
RECOGNISED = 0.8


@exercise(driver=train_and_predict)
def train_classifier(rng: Rng) -> Cases:
    """Training a net that returns probabilities."""
    images, labels = digits()

    def draw(n: int, hidden: int) -> tuple[Array, Array, Array, Array]:
        order = rng.permutation(len(labels))
        train, test = order[:n], order[n : n + hidden]
        return images[train], labels[train], images[test], labels[test]

    def determined(n: int, steps: int, **rest: Any) -> Case:
        # One mini-batch holds all: the order does not matter, and Adam's path is determined. All
        # pixels vary, so that no gradient is as small as ε, wherever that stands.
        x, y, hidden = noise(n), rng.integers(10, size=n), noise(7)
        W, b = start()
        flat = x.reshape(n, -1)
        losses, W_end, b_end = cnn.softmax_regression_by_adam(flat, y, W, b, steps, 2e-3)
        probabilities = softmax.softmax(affine.forward(hidden.reshape(7, -1), W_end.T, b_end))
        args = ([W, b], x, y, hidden, steps, n, 2e-3, seed())
        return case(*args, expect=(losses, probabilities), dtype="float32", **rest)

    def noise(n: int) -> Array:
        return rng.uniform(size=(n, 1, 28, 28))

    def start() -> tuple[Array, Array]:
        return 0.1 * rng.normal(size=(10, 784)), rng.normal(size=10)

    def seed() -> int:
        return int(rng.integers(2**31))

    yield determined(40, 12, tolerance=TRAJECTORY)
    x, y, hidden, answers = draw(500, 400)
    yield case(
        *([], x, y, hidden, 10, 20, 1e-3, seed()),
        expect=([0.0] * 250, np.zeros((400, 10))),
        judge=recognised(answers, RECOGNISED),
        dtype="float32",
        seconds=60,
    )
    # Small mini-batches, twice: the seed repeats the order. The driver compares.
    yield case(
        *([*start()], noise(30), rng.integers(10, size=30), noise(4), 2, 5, 2e-3, seed()),
        kwargs={"twice": True},
        expect=([0.0] * 12, np.zeros((4, 10))),
        judge=recognised(np.zeros(4), 0.0),
        dtype="float32",
        group=EDGES,
    )
    yield determined(12, 4, tolerance=TRAJECTORY, group=DEVICE)
