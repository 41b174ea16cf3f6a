"""Back-propagation through whole networks (lecture 5; Dive into Deep Learning 5.3)."""

import numpy as np

from reference import activations, affine, softmax, squared_error

Array = np.ndarray


def graph(x: Array, y: Array, w: Array) -> tuple[Array, Array, Array]:
    """(∂z/∂x, ∂z/∂y, ∂z/∂w) of z = (x + y) w, elementwise (M 1.5)."""
    return w, w, x + y


def two_layer(x: Array, y: Array, w1: Array, b1: Array, w2: Array, b2: Array) -> tuple[Array, ...]:
    """(dW1, db1, dW2, db2) of L = mean (y − ŷ)², ŷ = σ(x W1 + b1) W2 + b2; x (n, d), y (n, 1)."""
    a1 = activations.sigmoid(affine.forward(x, w1, b1))
    yhat = affine.forward(a1, w2, b2)
    dz2 = squared_error.backward(yhat, y)
    da1, dw2, db2 = affine.backward(dz2, a1, w2)
    dz1 = activations.sigmoid_backward(da1, a1)
    _, dw1, db1 = affine.backward(dz1, x, w1)
    return dw1, db1, dw2, db2


def mlp(
    x: Array, labels: Array, weights: list[Array], biases: list[Array], lam: float
) -> tuple[np.float64, list[Array], list[Array]]:
    """(L, dWs, dbs), first layer first, of a ReLU net with a linear last layer.

    L = mean softmax cross-entropy + (λ/2) Σ ‖W‖²_F; the biases are not penalised.
    """
    z, a = [], [x]
    for W, b in zip(weights, biases, strict=True):
        z.append(affine.forward(a[-1], W, b))
        a.append(activations.relu(z[-1]))
    L = softmax.cross_entropy(z[-1], labels) + lam / 2 * sum((W**2).sum() for W in weights)

    dz = softmax.cross_entropy_grad(z[-1], labels)
    dweights: list[Array] = []
    dbiases: list[Array] = []
    for layer in reversed(range(len(weights))):
        da, dW, db = affine.backward(dz, a[layer], weights[layer])
        dweights.insert(0, dW + lam * weights[layer])
        dbiases.insert(0, db)
        if layer:
            dz = activations.relu_backward(da, z[layer - 1])
    return np.float64(L), dweights, dbiases


def relative_error(a: Array, b: Array) -> float:
    """Max |a − b| / max(1e-8, |a| + |b|): how gradients are compared."""
    return float(np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b))))
