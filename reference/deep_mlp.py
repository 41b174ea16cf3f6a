"""A deep fully connected net with normalisation and shortcuts (lecture 9, sections 3 to 6).

x is (n, d), a row for each observation. A layer is a mapping: W (in, out) and b (out,); the hidden
ones of a normalised net also γ and β (out,), and with batch normalisation the running mean and var.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from reference import activations, affine, initialization, normalization

Array = np.ndarray
Layer = Mapping[str, Array]

DEVIATIONS: dict[str, Callable[[int], float]] = {
    "kaiming": initialization.kaiming_std,
    "lecture": lambda fan_in: float(1 / np.sqrt(fan_in)),
    "small": lambda fan_in: 0.01,
}
"""σ of the weights at the start, by the layer's number of inputs."""


def normalise(z: Array, layer: Layer, norm: str | None, training: bool) -> Array:
    """Z itself, or batch- or layer-normalised."""
    if norm is None:
        return z
    gamma, beta = layer["gamma"], layer["beta"]
    if norm == "layer":
        return normalization.layernorm(z, gamma, beta)
    if training:
        return normalization.batchnorm_train(z, gamma, beta, layer["mean"], layer["var"])[0]
    return normalization.batchnorm_eval(z, gamma, beta, layer["mean"], layer["var"])


def forward(
    x: Array,
    layers: Sequence[Layer],
    norm: str | None,
    residual: bool,
    training: bool,
    kept: float = 1.0,
) -> Array:
    """Logits (n, k): each hidden a ← kept · relu(norm(a W + b)) (+ a if the widths agree).

    `kept` is what a dropout that is certain leaves of a hidden layer: 1 or 0.
    """
    a = x
    for layer in layers[:-1]:
        z = normalise(affine.forward(a, layer["W"], layer["b"]), layer, norm, training)
        out = kept * activations.relu(z)
        a = out + a if residual and out.shape == a.shape else out
    return affine.forward(a, layers[-1]["W"], layers[-1]["b"])
