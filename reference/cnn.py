"""Whole convolutional nets for digits (lecture 7 and its homework; D 7.6). Images are NCHW."""

from collections.abc import Mapping, Sequence

import numpy as np

from reference import activations, affine, conv2d, images, optimizers, pooling, softmax

Array = np.ndarray

CONVNET_SHAPES = {
    "conv1.weight": (20, 1, 5, 5),
    "conv1.bias": (20,),
    "fc1.weight": (10, 720),
    "fc1.bias": (10,),
}
LENET_SHAPES = (
    (6, 1, 5, 5),
    (6,),
    (16, 6, 5, 5),
    (16,),
    (120, 400),
    (120,),
    (84, 120),
    (84,),
    (10, 84),
    (10,),
)


def convnet(p: Mapping[str, Array], x: Array) -> list[Array]:
    """The homework's net, layer by layer: conv1 (n, 20, 12, 12), pool1 (n, 20, 6, 6), (n, 10).

    The last entry holds the probabilities softmax(fc1(pool1(relu(conv1 x)))).
    """
    z = conv2d.forward(x, p["conv1.weight"], p["conv1.bias"], stride=2)
    pooled = pooling.max_forward(activations.relu(z), 2, 2)
    u = affine.forward(pooled.reshape(len(x), -1), p["fc1.weight"].T, p["fc1.bias"])
    return [z, pooled, softmax.softmax(u)]


def lenet(p: Sequence[Array], x: Array) -> Array:
    """LeNet's logits (n, 10) of (n, 1, 28, 28); p are its parameters in the order of use."""
    a = activations.sigmoid(conv2d.forward(x, p[0], p[1], padding=2))
    a = activations.sigmoid(conv2d.forward(pooling.avg_forward(a, 2, 2), p[2], p[3]))
    a = pooling.avg_forward(a, 2, 2).reshape(len(x), -1)
    a = activations.sigmoid(affine.forward(a, p[4].T, p[5]))
    a = activations.sigmoid(affine.forward(a, p[6].T, p[7]))
    return affine.forward(a, p[8].T, p[9])


def conv_net(
    p: Mapping[str, Array], x: Array, labels: Array
) -> tuple[np.float64, dict[str, Array]]:
    """(L, the gradients of L by name) of a net with one convolution and one affine layer.

    z = conv(x; w1, b1) of x's rows and columns, U = flatten(maxpool(relu z)) w2 + b2, and L the
    mean softmax cross-entropy of U (n, k); w1 (F, C, K, K) with odd K, w2 (F·⌊H/2⌋·⌊W/2⌋, k).
    """
    padding = p["w1"].shape[2] // 2
    z = conv2d.forward(x, p["w1"], p["b1"], padding=padding)
    a = activations.relu(z)
    pooled = pooling.max_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    U = affine.forward(rows, p["w2"], p["b2"])

    drows, dw2, db2 = affine.backward(softmax.cross_entropy_grad(U, labels), rows, p["w2"])
    da = pooling.max_backward(drows.reshape(pooled.shape), a, 2, 2)
    dz = activations.relu_backward(da, z)
    _, dw1, db1 = conv2d.backward(dz, x, p["w1"], padding=padding)
    return softmax.cross_entropy(U, labels), {"w1": dw1, "b1": db1, "w2": dw2, "b2": db2}


def nll_loss(log_probs: Array, labels: Array) -> np.float64:
    """−(1/n) Σᵢ log p[i, lᵢ] for log probabilities (n, k) and integer labels (n,)."""
    return np.float64(-log_probs[np.arange(len(labels)), labels].mean())


def to_model_input(image: Array) -> Array:
    """(1, 1, 28, 28) in [0, 1]: 0.2989 R + 0.5870 G + 0.1140 B of a colour image, over 255."""
    grey = images.to_grey(image) if image.ndim == 3 else image
    return grey[None, None] / 255


def softmax_regression_by_adam(
    x: Array, labels: Array, W: Array, b: Array, steps: int, lr: float
) -> tuple[list[float], Array, Array]:
    """(losses before each step, W, b) of PyTorch's Adam on all of x (n, d); U = x Wᵀ + b, W (k, d).

    β = (0.9, 0.999), and ε = 1e-8 outside the root.
    """
    theta = [W, b]
    m, v = [np.zeros(W.shape), np.zeros(b.shape)], [np.zeros(W.shape), np.zeros(b.shape)]
    losses = []
    for step in range(1, steps + 1):
        u = affine.forward(x, theta[0].T, theta[1])
        losses.append(float(softmax.cross_entropy(u, labels)))
        du = softmax.cross_entropy_grad(u, labels)
        for i, g in enumerate([du.T @ x, du.sum(axis=0)]):
            theta[i], m[i], v[i] = optimizers.adam(
                theta[i], g, m[i], v[i], step, lr, 0.9, 0.999, 1e-8, optimizers.outside
            )
    return losses, theta[0], theta[1]
