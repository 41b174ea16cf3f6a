"""Model answers of lecture 5: the chain rule by hand."""

import math

import torch


def graph_grads(x, y, w):
    return (
        w,  # hint: Look at ∂z/∂x: by how much does z = (x + y) w grow if x grows by 1?
        w,  # hint: Look at ∂z/∂y: by how much does z = (x + y) w grow if y grows by 1?
        x + y,  # hint: Look at ∂z/∂w: what is w multiplied by in z = (x + y) w?
    )


def affine_forward(a, w, b):
    return a @ w + b  # hint: Compare your line with Z = A W + b, sign by sign and factor by factor.


def affine_backward(dz, a, w):
    return (
        dz @ w.T,  # hint: Look at dA: which product of dZ and W has the shape of A?
        a.T @ dz,  # hint: Look at dW: which product of A and dZ has the shape of W?
        dz.sum(dim=0),  # hint: Look at db: each b serves all rows; over which axis do they meet?
    )


def sigmoid_backward(da, a):
    # hint: Write σ'(z) with a = σ(z) alone, and compare your line with it factor by factor.
    return da * a * (1 - a)


def relu_backward(da, z):
    # hint: Which entries of da go through, and which become 0? Look at z > 0, z = 0 and z < 0.
    return torch.where(z > 0, da, torch.zeros_like(da))


def mse_backward(yhat, y):
    # hint: Differentiate (y − ŷ)² by ŷ: look at the sign, the factor, and what the mean divides by.
    return -2 * (y - yhat) / y.numel()


def two_layer_grads(x, y, w1, b1, w2, b2):
    # hint: Look at the forward pass, at the hidden layer: A₁ = σ(X W₁ + b₁).
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    # hint: Look at the forward pass, at the output: Ŷ = A₁ W₂ + b₂.
    yhat = affine_forward(a1, w2, b2)
    # hint: Look at the first gradient of the way back, that of the loss by Ŷ.
    dz2 = mse_backward(yhat, y)
    # hint: Look at the way back through the second layer: what went into it, which weights has it?
    da1, dw2, db2 = affine_backward(dz2, a1, w2)
    # hint: Look at the way back through the sigmoid: its slope is written with A₁.
    dz1 = sigmoid_backward(da1, a1)
    # hint: Look at the way back through the first layer: what went into it, which weights has it?
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return dw1, db1, dw2, db2


def mlp_loss_and_grads(x, labels, weights, biases, lam):
    zs, activations = [], [x]
    # hint: Look at the forward pass: what goes into each layer, and what comes after it?
    for w, b in zip(weights, biases):
        zs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(zs[-1]))
    # hint: Look at the softmax: over what does it run, and what is done with its scores first?
    log_probs = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    # hint: Look at how the right label of each row is picked.
    rows = torch.arange(len(labels), device=x.device)
    # hint: Look at the penalty: which numbers are squared, and which sums of them are added?
    penalty = sum((w**2).sum() for w in weights)
    # hint: Look at the loss itself: the mean over the rows, its sign, and the penalty's factor.
    loss = -log_probs[rows, labels].mean() + lam / 2 * penalty

    # hint: Look at the gradient by the scores: what is it before the right labels are taken off?
    dz = log_probs.exp()
    # hint: Look at the gradient by the scores: what is taken off, and at which entries?
    dz[rows, labels] -= 1
    # hint: Look at the gradient by the scores: the loss is a mean. Over what?
    dz = dz / len(labels)
    dweights, dbiases = [], []
    # hint: Look at the way back: in which order do the layers come, and what does each need?
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        # hint: Look at what the penalty adds to each dW, and at the order of the list.
        dweights.insert(0, dw + lam * weights[layer])
        # hint: Look at the list of the biases' gradients: is it in the order of the layers?
        dbiases.insert(0, db)
        # hint: Look at the way back through the ReLU: which layers have one, and at which z?
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return loss, dweights, dbiases


def relative_error(a, b):
    # hint: Look at the quotient, entry by entry, above and below; the largest one is returned.
    return ((a - b).abs() / (a.abs() + b.abs()).clamp(min=1e-8)).max().item()


class Value:
    # hint: Look at `__init__`: the number, a gradient of 0, and the parents with their slopes.
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self._parents = parents  # pairs of a parent and the local derivative

    @staticmethod
    def _wrap(other):
        return other if isinstance(other, Value) else Value(other)

    # hint: Look at `+`: the value, and the slope by each of the two.
    def __add__(self, other):
        other = Value._wrap(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    # hint: Look at `*`: the value, and the slope by each of the two.
    def __mul__(self, other):
        other = Value._wrap(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    # hint: Look at `**`: the value, and the power rule for the slope.
    def __pow__(self, exponent):
        slope = exponent * self.data ** (exponent - 1)
        return Value(self.data**exponent, ((self, slope),))

    # hint: Look at the negation, `-x`: the value and the slope.
    def __neg__(self):
        return Value(-self.data, ((self, -1.0),))

    # hint: Look at `a - b` for two values: which one is subtracted?
    def __sub__(self, other):
        return self + (-Value._wrap(other))

    # hint: Look at `a / b`: it is a product with a power of b.
    def __truediv__(self, other):
        return self * Value._wrap(other) ** -1.0

    # hint: Look at `__radd__`: what is a plain number plus a value?
    def __radd__(self, other):
        return self + other

    # hint: Look at `__rmul__`: what is a plain number times a value?
    def __rmul__(self, other):
        return self * other

    # hint: Look at `__rsub__`: a plain number minus a value. Which one is subtracted?
    def __rsub__(self, other):
        return Value._wrap(other) - self

    # hint: Look at `__rtruediv__`: a plain number divided by a value. Which one divides?
    def __rtruediv__(self, other):
        return Value._wrap(other) / self

    # hint: Look at `exp`: the value and the slope.
    def exp(self):
        e = math.exp(self.data)
        return Value(e, ((self, e),))

    # hint: Look at `log`: the value and the slope.
    def log(self):
        return Value(math.log(self.data), ((self, 1 / self.data),))

    # hint: Look at `tanh`: the value, and its slope written with that value.
    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, ((self, 1 - t**2),))

    # hint: Look at `relu`: its value and its slope for z < 0, z = 0 and z > 0.
    def relu(self):
        return Value(max(self.data, 0.0), ((self, float(self.data > 0)),))

    def backward(self):
        # hint: Look at the order of `backward`: each node once, and after all that use it.
        order, seen = [], set()

        # hint: Look at the order of `backward`: each node once, and after all that use it.
        def visit(node):
            if id(node) not in seen:
                seen.add(id(node))
                for parent, _ in node._parents:
                    visit(parent)
                order.append(node)

        # hint: Look at where `backward` begins: from which node, and with which gradient?
        visit(self)
        # hint: Look at where `backward` begins: from which node, and with which gradient?
        self.grad = 1.0
        # hint: Look at how `backward` hands a gradient on: in what order, to whom, is it added?
        for node in reversed(order):
            for parent, slope in node._parents:
                parent.grad += slope * node.grad
