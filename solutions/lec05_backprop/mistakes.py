"""Wrong answers of lecture 5 that we know, each with the hint it earns."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec05_backprop import answers
from solutions.lec05_backprop.answers import (
    Value,
    affine_backward,
    affine_forward,
    mse_backward,
    relu_backward,
    sigmoid_backward,
)


@mistake("graph_grads", "∂z/∂x is the factor that x + y is multiplied by.")
def graph_grads_sum_for_factor(x, y, w):
    return x + y, x + y, w


@mistake(
    "graph_grads", "z is a product of (x + y) and w: what remains when you differentiate by w?"
)
def graph_grads_w_forgets_y(x, y, w):
    return w, w, x


@mistake("graph_grads", "x + y does not depend on x alone, yet its slope in x is 1.")
def graph_grads_product_rule(x, y, w):
    return w * x, w * y, x + y


@mistake("affine_forward", "The bias b is missing from A W + b.")
def affine_forward_no_bias(a, w, b):
    return a @ w


@mistake("affine_forward", "W is (m, p): A W needs no transpose when rows are observations.")
def affine_forward_transposed(a, w, b):
    return a @ w.T + b


@mistake("affine_forward", "b has one entry per output, the same for every observation.")
def affine_forward_bias_per_row(a, w, b):
    return a @ w + b.mean()


@mistake("affine_backward", "db has the shape of b: sum dZ over the observations.")
def affine_backward_bias_not_summed(dz, a, w):
    return dz @ w.T, a.T @ dz, dz


@mistake("affine_backward", "db is a sum over the observations, not their mean.")
def affine_backward_bias_averaged(dz, a, w):
    return dz @ w.T, a.T @ dz, dz.mean(dim=0)


@mistake("affine_backward", "db has shape (p,), like b: one dimension, not two.")
def affine_backward_bias_keeps_dim(dz, a, w):
    return dz @ w.T, a.T @ dz, dz.sum(dim=0, keepdim=True)


@mistake(
    "affine_backward", "dW is averaged here; the mean belongs to the loss, which is in dZ already."
)
def affine_backward_weight_averaged(dz, a, w):
    return dz @ w.T, a.T @ dz / len(a), dz.sum(dim=0)


@mistake(
    "affine_backward", "dW must have the shape of W (rule 0): look at the order of the product."
)
def affine_backward_weight_transposed(dz, a, w):
    return dz @ w.T, dz.T @ a, dz.sum(dim=0)


@mistake("affine_backward", "dA flows back through W: in which direction does W map?")
def affine_backward_w_not_transposed(dz, a, w):
    return dz @ w, a.T @ dz, dz.sum(dim=0)


@mistake("affine_backward", "Every observation adds to dW: their sum is asked, not one of them.")
def affine_backward_last_observation(dz, a, w):
    return dz @ w.T, torch.outer(a[-1], dz[-1]), dz.sum(dim=0)


@mistake("sigmoid_backward", "a is already σ(z): do not apply the sigmoid again.")
def sigmoid_backward_twice(da, a):
    s = torch.sigmoid(a)
    return da * s * (1 - s)


@mistake("sigmoid_backward", "The slope of σ has two factors, a and 1 − a.")
def sigmoid_backward_half(da, a):
    return da * a


@mistake("sigmoid_backward", "The upstream gradient da is missing: the chain rule multiplies.")
def sigmoid_backward_local_only(da, a):
    return a * (1 - a)


@mistake("sigmoid_backward", "That is the slope of tanh; this layer is a sigmoid.")
def sigmoid_backward_tanh(da, a):
    return da * (1 - a**2)


@mistake(
    "relu_backward", "The mask comes from z, the input of the ReLU, not from the upstream gradient."
)
def relu_backward_mask_from_upstream(da, z):
    return torch.where(da > 0, da, torch.zeros_like(da))


@mistake("relu_backward", "da is changed in place; build a new tensor.")
def relu_backward_in_place(da, z):
    da[z <= 0] = 0
    return da


@mistake("relu_backward", "At z = 0 the course takes the slope 0.")
def relu_backward_one_at_zero(da, z):
    return torch.where(z >= 0, da, torch.zeros_like(da))


@mistake("relu_backward", "The slope of ReLU is 0 or 1; z itself is not a factor.")
def relu_backward_times_z(da, z):
    return torch.where(z > 0, da * z, torch.zeros_like(da))


@mistake("relu_backward", "On which side of 0 is the ReLU flat? There, nothing comes through.")
def relu_backward_other_side(da, z):
    return torch.where(z < 0, da, torch.zeros_like(da))


@mistake("mse_backward", "The loss is a mean: divide by the number of entries.")
def mse_backward_sum(yhat, y):
    return -2 * (y - yhat)


@mistake("mse_backward", "The mean runs over all entries, not over the rows alone.")
def mse_backward_rows_only(yhat, y):
    return -2 * (y - yhat) / len(y)


@mistake("mse_backward", "Check the sign: a larger ŷ should raise the loss when ŷ is above y.")
def mse_backward_sign(yhat, y):
    return 2 * (y - yhat) / y.numel()


@mistake("mse_backward", "The square leaves a factor when it is differentiated.")
def mse_backward_no_two(yhat, y):
    return -(y - yhat) / y.numel()


@mistake("two_layer_grads", "The sigmoid's slope is missing between dA1 and dW1.")
def two_layer_no_sigmoid_slope(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(x @ w1 + b1)
    dz2 = answers.mse_backward(a1 @ w2 + b2, y)
    da1, dw2, db2 = answers.affine_backward(dz2, a1, w2)
    _, dw1, db1 = answers.affine_backward(da1, x, w1)
    return dw1, db1, dw2, db2


@mistake("two_layer_grads", "The loss is a mean over the observations: where is the 1/n?")
def two_layer_sum_loss(x, y, w1, b1, w2, b2):
    return tuple(len(x) * g for g in answers.two_layer_grads(x, y, w1, b1, w2, b2))


@mistake("two_layer_grads", "The sigmoid's slope is taken at a, not at z: a (1 − a) with a = σ(z).")
def two_layer_slope_at_z(x, y, w1, b1, w2, b2):
    z1 = x @ w1 + b1
    a1 = torch.sigmoid(z1)
    dz2 = answers.mse_backward(a1 @ w2 + b2, y)
    da1, dw2, db2 = answers.affine_backward(dz2, a1, w2)
    _, dw1, db1 = answers.affine_backward(da1 * z1 * (1 - z1), x, w1)
    return dw1, db1, dw2, db2


@mistake("two_layer_grads", "The output layer is linear: no sigmoid after W2.")
def two_layer_sigmoid_output(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = torch.sigmoid(affine_forward(a1, w2, b2))
    dz2 = mse_backward(yhat, y) * yhat * (1 - yhat)
    da1, dw2, db2 = affine_backward(dz2, a1, w2)
    dz1 = sigmoid_backward(da1, a1)
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return dw1, db1, dw2, db2


@mistake("two_layer_grads", "The square in the loss leaves a factor when it is differentiated.")
def two_layer_no_two(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    dz2 = 0.5 * mse_backward(yhat, y)
    da1, dw2, db2 = affine_backward(dz2, a1, w2)
    dz1 = sigmoid_backward(da1, a1)
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return dw1, db1, dw2, db2


@mistake("mlp_loss_and_grads", "The gradients of W lack the penalty's share.")
def mlp_penalty_not_in_gradient(x, labels, weights, biases, lam):
    loss, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    return loss, [dw - lam * w for dw, w in zip(dweights, weights)], dbiases


@mistake("mlp_loss_and_grads", "The penalty is (λ/2)‖W‖²: its gradient is λ W, without a 2.")
def mlp_penalty_gradient_doubled(x, labels, weights, biases, lam):
    zs, activations = [], [x]
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
    dweights, dbiases = [], []
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, activations[layer], weights[layer])
        dweights.insert(0, dw + 2 * lam * weights[layer])
        dbiases.insert(0, db)
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return loss, dweights, dbiases


@mistake("mlp_loss_and_grads", "‖W‖² is the sum of the squares itself, without a root.")
def mlp_penalty_of_norms(x, labels, weights, biases, lam):
    loss, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    squares = [(w**2).sum() for w in weights]
    loss = loss + lam / 2 * sum(square.sqrt() - square for square in squares)
    return loss, dweights, dbiases


@mistake("mlp_loss_and_grads", "The penalty leaves the biases alone, and so do the gradients.")
def mlp_bias_gradients_penalised(x, labels, weights, biases, lam):
    loss, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    return loss, dweights, [db + lam * b for db, b in zip(dbiases, biases)]


@mistake("mlp_loss_and_grads", "The penalty carries a factor ½ in the loss.")
def mlp_penalty_without_half(x, labels, weights, biases, lam):
    loss, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    return loss + lam / 2 * sum((w**2).sum() for w in weights), dweights, dbiases


@mistake("mlp_loss_and_grads", "The biases are free: they are not penalised.")
def mlp_biases_penalised(x, labels, weights, biases, lam):
    loss, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    loss = loss + lam / 2 * sum((b**2).sum() for b in biases)
    return loss, dweights, [db + lam * b for db, b in zip(dbiases, biases)]


@mistake("mlp_loss_and_grads", "The loss leaves out the penalty.")
def mlp_penalty_not_in_loss(x, labels, weights, biases, lam):
    loss, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    return loss - lam / 2 * sum((w**2).sum() for w in weights), dweights, dbiases


@mistake("mlp_loss_and_grads", "The last layer is linear: its logits pass through no ReLU.")
def mlp_relu_on_logits(x, labels, weights, biases, lam):
    a = x
    for w, b in zip(weights, biases):
        a = torch.relu(a @ w + b)
    log_probs = a - torch.logsumexp(a, dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    loss = -log_probs[rows, labels].mean() + lam / 2 * sum((w**2).sum() for w in weights)
    _, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    return loss, dweights, dbiases


@mistake(
    "mlp_loss_and_grads", "Large logits overflow: shift each row before exp, or use logsumexp."
)
def mlp_unstable_softmax(x, labels, weights, biases, lam):
    _, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    a = x
    for w, b in zip(weights[:-1], biases[:-1]):
        a = torch.relu(a @ w + b)
    u = a @ weights[-1] + biases[-1]
    p = u.exp() / u.exp().sum(dim=1, keepdim=True)
    rows = torch.arange(len(labels), device=x.device)
    loss = -p[rows, labels].log().mean() + lam / 2 * sum((w**2).sum() for w in weights)
    return loss, dweights, dbiases


@mistake("relative_error", "Both magnitudes enter the denominator: |a| + |b|.")
def relative_error_by_a(a, b):
    return ((a - b).abs() / a.abs().clamp(min=1e-8)).max().item()


@mistake("relative_error", "Look at the denominator: can a and b of opposite signs cancel there?")
def relative_error_by_sum(a, b):
    return ((a - b).abs() / (a + b).abs().clamp(min=1e-8)).max().item()


@mistake("relative_error", "The largest entry counts, not the mean.")
def relative_error_mean(a, b):
    return ((a - b).abs() / (a.abs() + b.abs()).clamp(min=1e-8)).mean().item()


@mistake("relative_error", "Two zeros must not give nan: the denominator is at least 1e-8.")
def relative_error_unguarded(a, b):
    return ((a - b).abs() / (a.abs() + b.abs())).max().item()


@mistake(
    "relative_error", "Take the absolute value of the difference, so that a − b may be negative."
)
def relative_error_signed(a, b):
    return ((a - b) / (a.abs() + b.abs()).clamp(min=1e-8)).max().item()


@mistake("Value", "A node that is used twice must add up its gradients: += instead of =.")
class ValueOverwrites(Value):
    def backward(self):
        order, seen = [], set()

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


@mistake("Value", "A number on the left needs the reflected operators, such as __rsub__.")
class ValueNoReflected(Value):
    __radd__ = __rmul__ = __rsub__ = __rtruediv__ = None


@mistake("Value", "The gradient starts at the result itself: ∂z/∂z is not 0.")
class ValueNoSeed(Value):
    def backward(self):
        super().backward()
        self.grad = 0.0
        for parent, _ in self._parents:
            parent.grad = 0.0


@mistake("Value", "Walk the graph backwards from the result: a node passes on only a complete sum.")
class ValueDepthFirst(Value):
    def backward(self):
        self.grad = 1.0
        waiting = [self]
        while waiting:
            node = waiting.pop()
            for parent, slope in node._parents:
                parent.grad += slope * node.grad
                waiting.append(parent)


@mistake("Value", "Look at the slope of a quotient a / b by b: its sign, and the power of b.")
class ValueQuotientSign(Value):
    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        slope = self.data / other.data**2
        return Value(self.data / other.data, ((self, 1 / other.data), (other, slope)))


@mistake("Value", "Look at the slope of `tanh`: what is taken off 1, and to which power?")
class ValueTanhSlope(Value):
    def __neg__(self):
        return ValueTanhSlope(-self.data, ((self, -1.0),))

    def __add__(self, other):
        other = other if isinstance(other, Value) else ValueTanhSlope(other)
        return ValueTanhSlope(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else ValueTanhSlope(other)
        parents = ((self, other.data), (other, self.data))
        return ValueTanhSlope(self.data * other.data, parents)

    def tanh(self):
        t = math.tanh(self.data)
        return ValueTanhSlope(t, ((self, 1 - t),))


@mistake("Value", "Look at the power rule: what stands in front, and which exponent is left?")
class ValuePowerSlope(Value):
    def __pow__(self, exponent):
        return Value(self.data**exponent, ((self, exponent * self.data**exponent),))


@mistake("Value", "A number minus a value is not the value minus the number.")
class ValueReflectedMinus(Value):
    def __rsub__(self, other):
        return self - other
