"""The gradients of lecture 9's reference; its notes print no figures."""

from collections.abc import Iterator

import numpy as np
import torch

from grader.proofs import Gradient, gradient
from reference import normalization, parametric_relu

Rng = np.random.Generator
Gradients = Iterator[Gradient]


@gradient
def batch_normalisation(rng: Rng) -> Gradients:
    """PyTorch's batch norm in training, with the default ε and a large one."""
    for n, d, eps in [(5, 3, 1e-5), (4, 6, 0.5)]:
        dout, x = rng.normal(size=(n, d)), rng.normal(1, 2, size=(n, d))
        gamma, beta = rng.normal(size=d), rng.normal(size=d)

        def forward(
            x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float = eps
        ) -> torch.Tensor:
            return torch.nn.functional.batch_norm(
                x, None, None, gamma, beta, training=True, eps=eps
            )

        claimed = normalization.batchnorm_backward(dout, x, gamma, eps)
        yield Gradient(forward, (x, gamma, beta), dout, claimed)


@gradient
def layer_normalisation(rng: Rng) -> Gradients:
    """PyTorch's layer norm, with the default ε and a large one."""
    for n, d, eps in [(5, 3, 1e-5), (4, 6, 0.5)]:
        dout, x = rng.normal(size=(n, d)), rng.normal(1, 2, size=(n, d))
        gamma, beta = rng.normal(size=d), rng.normal(size=d)

        def forward(
            x: torch.Tensor, gamma: torch.Tensor, beta: torch.Tensor, eps: float = eps
        ) -> torch.Tensor:
            return torch.nn.functional.layer_norm(x, x.shape[1:], gamma, beta, eps)

        claimed = normalization.layernorm_backward(dout, x, gamma, eps)
        yield Gradient(forward, (x, gamma, beta), dout, claimed)


@gradient
def prelu(rng: Rng) -> Gradients:
    """PyTorch's PReLU with one slope."""
    da, z, alpha = rng.normal(size=(4, 5)), rng.normal(size=(4, 5)), rng.normal(size=())

    def forward(z: torch.Tensor, alpha: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.prelu(z, alpha.reshape(1))

    dz, dalpha = parametric_relu.backward(da, z, alpha)
    yield Gradient(forward, (z, alpha), da, (dz, np.asarray(dalpha)))
