"""Third neighbours of lec05_backprop: written before they were measured once, at the end."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec05_backprop.answers import (
    Value,
    affine_backward,
    affine_forward,
    mse_backward,
    relu_backward,
    sigmoid_backward,
)


@mistake("affine_backward", "dA is divided by the number of outputs")
def tri_aback_da_scaled(dz, a, w):
    return (dz @ w.T / w.shape[1], a.T @ dz, dz.sum(dim=0))


@mistake("relu_backward", "a small slope of 0.01 below 0")
def tri_rback_leaky(da, z):
    return torch.where(z > 0, da, 0.01 * da)


@mistake("mse_backward", "the residual is squared")
def tri_mseb_squared(yhat, y):
    return -2 * (y - yhat) ** 2 / y.numel()


@mistake(
    "two_layer_grads",
    "the second layer's weights do not enter on the way back: their absolute values do",
)
def tri_two_db1_from_dz2(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    dz2 = mse_backward(yhat, y)
    da1, dw2, db2 = affine_backward(dz2, a1, w2.abs())
    dz1 = sigmoid_backward(da1, a1)
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return (dw1, db1, dw2, db2)


@mistake("mlp_loss_and_grads", "the loss is a sum over the rows")
def tri_mlpl_loss_summed(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].sum() + lam / 2 * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    dz = dz / len(labels)
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + lam * weights[layer])
        dbiases.insert(0, db)
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return (loss, dweights, dbiases)


@mistake(
    "relative_error",
    "two slips: a difference in the denominator, and no absolute value in the numerator",
)
def tri_rel_sum_sign(a, b):
    return ((a - b) / (a.abs() - b.abs()).clamp(min=1e-08)).max().item()


@mistake("Value", "two slips: a quotient multiplies by the square, and the slope of minus is +1")
class ValueDivisionAndNeg:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self._parents = parents

    @staticmethod
    def _wrap(other):
        return other if isinstance(other, Value) else Value(other)

    def __add__(self, other):
        other = Value._wrap(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = Value._wrap(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, exponent):
        slope = exponent * self.data ** (exponent - 1)
        return Value(self.data**exponent, ((self, slope),))

    def __neg__(self):
        return Value(-self.data, ((self, 1.0),))

    def __sub__(self, other):
        return self + -Value._wrap(other)

    def __truediv__(self, other):
        return self * Value._wrap(other) ** (-2.0)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return Value._wrap(other) - self

    def __rtruediv__(self, other):
        return Value._wrap(other) / self

    def exp(self):
        e = math.exp(self.data)
        return Value(e, ((self, e),))

    def log(self):
        return Value(math.log(self.data), ((self, 1 / self.data),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t**2),))

    def relu(self):
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def backward(self):
        order, seen = ([], set())

        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node._parents:
                    visit(parent)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for parent, slope in node._parents:
                parent.grad += slope * node.grad
