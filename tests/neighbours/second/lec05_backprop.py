"""Second neighbours of lec05_backprop: written without a look at hints or known mistakes."""

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


@mistake("graph_grads", "dz/dw is x - y")
def graph_dw_difference(x, y, w):
    return (w, w, x - y)


@mistake("graph_grads", "two slips: dz/dx and dz/dy are halved, and dz/dw is doubled")
def graph_sum_everywhere(x, y, w):
    return w / 2, w / 2, 2 * (x + y)


@mistake("affine_forward", "the bias is divided by the number of rows")
def affine_bias_scaled(a, w, b):
    return a @ w + b / len(a)


@mistake("affine_backward", "dW is divided by the number of observations")
def aback_dw_averaged(dz, a, w):
    return (dz @ w.T, a.T @ dz / len(a), dz.sum(dim=0))


@mistake("affine_backward", "dW is transposed")
def aback_dw_transposed(dz, a, w):
    return (dz @ w.T, dz.T @ a, dz.sum(dim=0))


@mistake("affine_backward", "dW stands before dA")
def aback_order(dz, a, w):
    return a.T @ dz, dz @ w.T, dz.sum(dim=0)


@mistake("affine_backward", "two slips: db sums the features, and dW is averaged")
def aback_db_over_features(dz, a, w):
    return dz @ w.T, a.T @ dz / len(a), dz.sum(dim=1)


@mistake("sigmoid_backward", "the sigmoid is applied to the activation once more")
def sback_reapplied(da, a):
    s = torch.sigmoid(a)
    return da * s * (1 - s)


@mistake("sigmoid_backward", "the upstream gradient is missing")
def sback_no_upstream(da, a):
    return a * (1 - a)


@mistake("sigmoid_backward", "two slips: the sign is wrong, and 1 - a is squared")
def sback_a_squared_minus(da, a):
    return -da * a * (1 - a) ** 2


@mistake("relu_backward", "the gradient passes at 0")
def rback_at_zero(da, z):
    return torch.where(z >= 0, da, torch.zeros_like(da))


@mistake("relu_backward", "the upstream has to be positive too: negative gradients are lost")
def rback_both_positive(da, z):
    return torch.where(z > 0, da.clamp(min=0), torch.zeros_like(da))


@mistake("mse_backward", "divided by the rows alone, not by all entries")
def mseb_by_rows(yhat, y):
    return -2 * (y - yhat) / len(y)


@mistake("mse_backward", "two slips: the 2 is missing, and the sign is wrong")
def mseb_no_two_sign(yhat, y):
    return (y - yhat) / y.numel()


@mistake("two_layer_grads", "the slope of the sigmoid is left out")
def two_no_sigmoid_slope(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    dz2 = mse_backward(yhat, y)
    da1, dw2, db2 = affine_backward(dz2, a1, w2)
    dz1 = da1
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return (dw1, db1, dw2, db2)


@mistake("two_layer_grads", "dW2 is formed with the input x's affine map before the sigmoid")
def two_linear_hidden_dw2(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    dz2 = mse_backward(yhat, y)
    da1, dw2, db2 = affine_backward(dz2, affine_forward(x, w1, b1), w2)
    dz1 = sigmoid_backward(da1, a1)
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return (dw1, db1, dw2, db2)


@mistake(
    "two_layer_grads",
    "two slips: the gradients stand from the output back, and the loss's factor is missing",
)
def two_order_and_scale(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    dz2 = 2 * (yhat - y)
    da1, dw2, db2 = affine_backward(dz2, a1, w2)
    dz1 = sigmoid_backward(da1, a1)
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return (dw2, db2, dw1, db1)


@mistake("mlp_loss_and_grads", "the penalty is lam, not lam/2, in the loss alone")
def mlpl_penalty_full(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam * penalty
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


@mistake("mlp_loss_and_grads", "the biases are decayed too")
def mlpl_penalty_on_biases(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam / 2 * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    dz = dz / len(labels)
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + lam * weights[layer])
        dbiases.insert(0, db + lam * biases[layer])
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return (loss, dweights, dbiases)


@mistake(
    "mlp_loss_and_grads",
    "two slips: the gradient is not averaged, and the penalty's gradient is doubled",
)
def mlpl_no_average(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam / 2 * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    pass
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + 2 * lam * weights[layer])
        dbiases.insert(0, db)
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return (loss, dweights, dbiases)


@mistake("mlp_loss_and_grads", "the mask of the ReLU is that of the layer itself, one too late")
def mlpl_relu_of_activation(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam / 2 * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    dz = dz / len(labels)
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + lam * weights[layer])
        dbiases.insert(0, db)
        if layer > 0:
            dz = (
                relu_backward(da, activations[layer - 1])
                if da.shape == activations[layer - 1].shape
                else da
            )
    return (loss, dweights, dbiases)


@mistake("mlp_loss_and_grads", "the lists run from the output back")
def mlpl_forward_order(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam / 2 * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    dz = dz / len(labels)
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.append(dw + lam * weights[layer])
        dbiases.append(db)
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return (loss, dweights, dbiases)


@mistake("relative_error", "two equal zeros are 0/0")
def rel_no_floor(a, b):
    return ((a - b).abs() / (a.abs() + b.abs())).max().item()


@mistake("relative_error", "two slips: the mean for the maximum, and only a in the denominator")
def rel_mean_of_first(a, b):
    return ((a - b).abs() / a.abs().clamp(min=1e-08)).mean().item()


@mistake("Value", "gradients are assigned, not added")
class ValueGradOverwritten:
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
        return Value(-self.data, ((self, -1.0),))

    def __sub__(self, other):
        return self + -Value._wrap(other)

    def __truediv__(self, other):
        return self * Value._wrap(other) ** (-1.0)

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
                parent.grad = slope * node.grad


@mistake("Value", "number minus Value has the sign of Value minus number")
class ValueRsubWrong:
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
        return Value(-self.data, ((self, -1.0),))

    def __sub__(self, other):
        return self + -Value._wrap(other)

    def __truediv__(self, other):
        return self * Value._wrap(other) ** (-1.0)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self - Value._wrap(other)

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


@mistake("Value", "two slips: tanh's slope is 1 - t, and that of a power lacks its factor")
class ValueTanhSlopeAndPow:
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
        slope = self.data ** (exponent - 1)
        return Value(self.data**exponent, ((self, slope),))

    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    def __sub__(self, other):
        return self + -Value._wrap(other)

    def __truediv__(self, other):
        return self * Value._wrap(other) ** (-1.0)

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
        return Value(t, ((self, 1 - t),))

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


@mistake(
    "mlp_loss_and_grads",
    "two slips: the penalty is lam, not lam/2, in the loss alone; and the mask of the ReLU is that of the layer itself, one too late",
)
def mlpl_penalty_full_and_relu_of_activation(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    dz = dz / len(labels)
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + lam * weights[layer])
        dbiases.insert(0, db)
        if layer > 0:
            dz = (
                relu_backward(da, activations[layer - 1])
                if da.shape == activations[layer - 1].shape
                else da
            )
    return (loss, dweights, dbiases)


@mistake(
    "Value",
    "two slips: gradients are assigned, not added; and number minus Value has the sign of Value minus number",
)
class ValueGradOverwrittenAndValueRsubWrong:
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
        return Value(-self.data, ((self, -1.0),))

    def __sub__(self, other):
        return self + -Value._wrap(other)

    def __truediv__(self, other):
        return self * Value._wrap(other) ** (-1.0)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self - Value._wrap(other)

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
                parent.grad = slope * node.grad


@mistake(
    "two_layer_grads",
    "two slips: the slope of the sigmoid is left out; and dW2 is formed with the input x's affine map before the sigmoid",
)
def two_no_sigmoid_slope_and_linear_hidden_dw2(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    dz2 = mse_backward(yhat, y)
    da1, dw2, db2 = affine_backward(dz2, affine_forward(x, w1, b1), w2)
    dz1 = da1
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return (dw1, db1, dw2, db2)


@mistake(
    "mlp_loss_and_grads",
    "two slips: the penalty is lam, not lam/2, in the loss alone; and the biases are decayed too",
)
def mlpl_penalty_full_and_penalty_on_biases(x, labels, weights, biases, lam):
    zs, activations = ([], [x])
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    penalty = sum((w**2).sum() for w in weights)
    loss = -log_probs[rows, labels].mean() + lam * penalty
    dz = log_probs.exp()
    dz[rows, labels] -= 1
    dz = dz / len(labels)
    dweights, dbiases = ([], [])
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + lam * weights[layer])
        dbiases.insert(0, db + lam * biases[layer])
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return (loss, dweights, dbiases)
