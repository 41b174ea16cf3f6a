"""Short cuts to what this assignment forbids: each must be refused."""

import numpy as np
import torch
import torch.nn.functional as F

from grader.vocabulary import equivalent


@equivalent("relu")
def by_threshold(x):
    return F.threshold(x, 0.0, 0.0)


@equivalent("relu")
def by_prelu(x):
    return torch.ops.aten._prelu_kernel(x, torch.zeros((), dtype=x.dtype))


@equivalent("relu")
def by_slope(x):
    return F.leaky_relu(x, 0.0)


@equivalent("relu")
def by_scaled_elu(x):
    return torch.ops.aten.elu(x, 1, 1, 0.0)


@equivalent("relu")
def by_own_derivative(x):
    return torch.ops.aten.threshold_backward(x, x, 0.0)


@equivalent("relu")
def by_derivative_of_elu(x):
    return torch.ops.aten.elu_backward(x, 1, 1, 0, False, x)


@equivalent("relu")
def by_hinge(x):
    return F.hinge_embedding_loss(x, -torch.ones_like(x), 0.0, reduction="none")


@equivalent("leaky_relu")
def by_prelu_kernel(x, slope=0.01):
    return F.prelu(x, torch.tensor(slope, dtype=x.dtype))


@equivalent("elu")
def by_celu(x, alpha=1.0):
    return F.celu(x, alpha)


@equivalent("softplus")
def by_log_sigmoid(x):
    return -F.logsigmoid(-x)


@equivalent("softplus")
def by_loss(x):
    zero = torch.zeros_like(x)
    return F.binary_cross_entropy_with_logits(x, zero, reduction="none")


@equivalent("tanh")
def by_numpy(x):
    return torch.from_numpy(np.tanh(x.cpu().numpy())).to(x.device)


@equivalent("tanh")
def by_reference_formula(x):
    return torch._refs.tanh(x)
