"""Third neighbours of lec04_feedforward: written before they were measured once, at the end."""

import torch

from grader.vocabulary import mistake
from solutions.lec04_feedforward.answers import relu, tanh


@mistake("perceptron", "the weights are squared")
def tri_perceptron_weights_squared(w, x, threshold=0.5):
    return (x @ w**2 > threshold).to(x.dtype)


@mistake("relu", "the bend is at 1")
def tri_relu_shifted(x):
    return (x - 1).clamp(min=0)


@mistake("elu", "the exponential of x/alpha")
def tri_elu_exponent_scaled(x, alpha=1.0):
    above = x.clamp(min=0)
    below = alpha * (torch.exp(x.clamp(max=0) / alpha) - 1)
    return above + below


@mistake("softplus", "the linear part is missing")
def tri_softplus_no_linear(x):
    bend = torch.log1p(torch.exp(-x.abs()))
    return bend


@mistake("activation_grad", "the slope of softplus is that of the ReLU")
def tri_agrad_softplus_of_relu(name, x):
    if name == "relu":
        return (x > 0).to(x.dtype)
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))
    if name == "sigmoid":
        s = torch.sigmoid(x)
        return s * (1 - s)
    if name == "tanh":
        return 1 - tanh(x) ** 2
    if name == "softplus":
        return (x > 0).to(x.dtype)
    raise ValueError(f"unknown activation {name!r}")


@mistake(
    "mlp_forward", "two slips: the bias is added after the ReLU, and the output is rectified too"
)
def tri_mlp_bias_after_relu(x, weights, biases):
    activations = [x]
    for layer in range(len(weights)):
        z = activations[-1] @ weights[layer]
        activations.append(relu(z) + biases[layer])
    return activations


@mistake("parameter_count", "two slips: neighbouring sizes are added, and biases are missing")
def tri_count_product_all(sizes):
    total = 0
    for i in range(1, len(sizes)):
        total += sizes[i - 1] + sizes[i]
    return total
