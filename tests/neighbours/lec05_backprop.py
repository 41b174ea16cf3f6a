"""Neighbours of lecture 5, part 1: wrong answers, written without a look at the hints."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec05_backprop import answers
from solutions.lec05_backprop.answers import (
    affine_backward,
    affine_forward,
    mse_backward,
    relu_backward,
    sigmoid_backward,
)


@mistake("graph_grads", "the slope in w is 1 for each addend: x and y are not there")
def graph_dw_is_ones(x, y, w):
    return w, w, torch.ones_like(w)


@mistake("graph_grads", "the slopes in x and y are those of a product: x is multiplied into them")
def graph_product_of_both(x, y, w):
    dz_dx = y * w
    dz_dy = x * w
    dz_dw = x + y
    return dz_dx, dz_dy, dz_dw


@mistake("graph_grads", "two slips: dz/dw stands first, and it is the product x y, not the sum")
def graph_order_and_product(x, y, w):
    return x * y, w, w


@mistake("affine_forward", "the weights are transposed, so the shapes do not fit")
def affine_of_wt(a, w, b):
    return torch.matmul(a, w.T) + b


@mistake("affine_forward", "the bias is subtracted")
def affine_minus_b(a, w, b):
    return a.mm(w) - b


@mistake("affine_forward", "two slips: the bias is missing, and the result is transposed")
def affine_transposed_without_b(a, w, b):
    z = w.T @ a.T
    return z


@mistake("affine_backward", "db is the mean over the observations, not the sum")
def affine_db_mean(dz, a, w):
    da = dz @ w.T
    dw = a.T @ dz
    db = dz.mean(0)
    return da, dw, db


@mistake("affine_backward", "db keeps the summed axis: (1, p) instead of (p,)")
def affine_db_row(dz, a, w):
    db = torch.sum(dz, dim=0, keepdim=True)
    return dz.matmul(w.t()), a.t().matmul(dz), db


@mistake("affine_backward", "dw comes out transposed, as dzᵀ a")
def affine_dw_transposed(dz, a, w):
    return dz @ w.T, dz.T @ a, dz.sum(dim=0)


@mistake("affine_backward", "da is dz w without the transpose, which does not fit")
def affine_da_without_transpose(dz, a, w):
    da = dz @ w
    dw = a.T @ dz
    return da, dw, dz.sum(dim=0)


@mistake(
    "affine_backward",
    "two slips: dw is averaged over the observations, and db is returned before dw",
)
def affine_dw_mean_and_order(dz, a, w):
    n = a.shape[0]
    da = torch.einsum("np,mp->nm", dz, w)
    dw = torch.einsum("nm,np->mp", a, dz) / n
    db = torch.einsum("np->p", dz)
    return da, db, dw


@mistake(
    "affine_backward",
    "two slips: only the last observation's outer product stays in dw, and db is summed over the "
    "outputs",
)
def affine_loop_overwrites(dz, a, w):
    da = torch.zeros_like(a)
    dw = torch.zeros_like(w)
    for i in range(len(a)):
        da[i] = w @ dz[i]
        dw = torch.outer(a[i], dz[i])
    return da, dw, dz.sum(dim=1)


@mistake("sigmoid_backward", "σ is applied again to a, which is the sigmoid's output already")
def sigmoid_applied_again(da, a):
    s = torch.sigmoid(a)
    return da * s * (1 - s)


@mistake("sigmoid_backward", "the gradient that arrives is not multiplied in")
def sigmoid_slope_only(da, a):
    return a * (1 - a)


@mistake("sigmoid_backward", "two slips: the slope is a(1 + a), and the sign is turned")
def sigmoid_plus_and_minus(da, a):
    return -da * (a + a.pow(2))


@mistake("relu_backward", "the mask comes from the upstream gradient, not from z")
def relu_mask_of_da(da, z):
    return da * (da > 0).to(da.dtype)


@mistake("relu_backward", "at z = 0 the gradient passes")
def relu_passes_at_zero(da, z):
    dz = da.clone()
    dz[z < 0] = 0
    return dz


@mistake("relu_backward", "the upstream gradient is overwritten in place")
def relu_overwrites_da(da, z):
    da[z <= 0] = 0.0
    return da


@mistake("relu_backward", "two slips: z itself multiplies the gradient, and the mask is inverted")
def relu_forward_on_the_wrong_side(da, z):
    return da * torch.clamp(z, max=0)


@mistake("mse_backward", "the factor 2 of the square is missing")
def mse_without_two(yhat, y):
    return (yhat - y) / yhat.numel()


@mistake("mse_backward", "only the rows are counted, not all entries")
def mse_divides_by_rows(yhat, y):
    n = len(y)
    return 2.0 / n * (yhat - y)


@mistake("mse_backward", "the gradient of the sum: it is never divided")
def mse_of_the_sum(yhat, y):
    diff = yhat - y
    return diff + diff


@mistake("mse_backward", "two slips: the sign is wrong, and the entries are averaged to one number")
def mse_sign_and_sum(yhat, y):
    return (2 * (y - yhat)).mean()


@mistake("two_layer_grads", "the hidden sigmoid's slope is left out on the way back")
def two_layer_without_slope(x, y, w1, b1, w2, b2):
    h = torch.sigmoid(x @ w1 + b1)
    yhat = h @ w2 + b2
    dyhat = 2 * (yhat - y) / len(x)
    dw2 = h.T @ dyhat
    db2 = dyhat.sum(0)
    dh = dyhat @ w2.T
    dw1 = x.T @ dh
    db1 = dh.sum(0)
    return dw1, db1, dw2, db2


@mistake("two_layer_grads", "the slope is taken at the pre-activation: z(1 − z) for a(1 − a)")
def two_layer_slope_of_z(x, y, w1, b1, w2, b2):
    z1 = affine_forward(x, w1, b1)
    a1 = torch.sigmoid(z1)
    yhat = affine_forward(a1, w2, b2)
    da1, dw2, db2 = affine_backward(mse_backward(yhat, y), a1, w2)
    dz1 = sigmoid_backward(da1, z1)
    _, dw1, db1 = affine_backward(dz1, x, w1)
    return dw1, db1, dw2, db2


@mistake("two_layer_grads", "the second layer's gradients are returned first")
def two_layer_output_first(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(x @ w1 + b1)
    dz2 = mse_backward(a1 @ w2 + b2, y)
    da1, dw2, db2 = affine_backward(dz2, a1, w2)
    _, dw1, db1 = affine_backward(sigmoid_backward(da1, a1), x, w1)
    return dw2, db2, dw1, db1


@mistake("two_layer_grads", "y is flattened, so ŷ − y is a table of all pairs and does not fit")
def two_layer_flat_targets(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(x.mm(w1) + b1)
    yhat = (a1.mm(w2) + b2).squeeze()
    dz2 = 2 * (yhat - y.squeeze()) / y.numel()
    dw2 = a1.T @ dz2
    db2 = dz2.sum()
    dz1 = dz2 @ w2.T * a1 * (1 - a1)
    return x.T @ dz1, dz1.sum(dim=0), dw2, db2


@mistake(
    "two_layer_grads",
    "two slips: the 2 of the square is missing, and the output is put through a sigmoid as well",
)
def two_layer_sigmoid_output(x, y, w1, b1, w2, b2):
    n = x.shape[0]
    a1 = torch.sigmoid(x @ w1 + b1)
    a2 = torch.sigmoid(a1 @ w2 + b2)
    dz2 = (a2 - y) / n * a2 * (1 - a2)
    dz1 = (dz2 @ w2.T) * a1 * (1 - a1)
    return x.T @ dz1, dz1.sum(dim=0), a1.T @ dz2, dz2.sum(dim=0)


@mistake("mlp_loss_and_grads", "the loss lacks the penalty, though the gradients have it")
def mlp_loss_without_penalty(x, labels, weights, biases, lam):
    acts, zs = [x], []
    for w, b in zip(weights, biases):
        zs.append(acts[-1] @ w + b)
        acts.append(zs[-1].clamp(min=0))
    logp = torch.log_softmax(zs[-1], dim=1)
    n = len(labels)
    loss = -logp[torch.arange(n), labels].mean()
    dz = logp.exp()
    dz[torch.arange(n), labels] -= 1
    dz /= n
    dws, dbs = [], []
    for i in range(len(weights) - 1, -1, -1):
        da, dw, db = affine_backward(dz, acts[i], weights[i])
        dws = [dw + lam * weights[i], *dws]
        dbs = [db, *dbs]
        if i:
            dz = relu_backward(da, zs[i - 1])
    return loss, dws, dbs


@mistake("mlp_loss_and_grads", "the penalty is (λ/2)Σ‖W‖, not squared, in the loss")
def mlp_loss_norm_unsquared(x, labels, weights, biases, lam):
    _, dweights, dbiases = answers.mlp_loss_and_grads(x, labels, weights, biases, lam)
    a = x
    for i, (w, b) in enumerate(zip(weights, biases)):
        z = a @ w + b
        a = torch.relu(z) if i < len(weights) - 1 else z
    data_loss = (torch.logsumexp(a, 1) - a[torch.arange(len(labels)), labels]).mean()
    penalty = sum(torch.linalg.norm(w) for w in weights)
    return data_loss + 0.5 * lam * penalty, dweights, dbiases


@mistake("mlp_loss_and_grads", "the gradients are listed from the last layer to the first")
def mlp_gradients_in_reverse(x, labels, weights, biases, lam):
    activations, inputs = [x], []
    for w, b in zip(weights, biases):
        inputs.append(affine_forward(activations[-1], w, b))
        activations.append(torch.relu(inputs[-1]))
    u = inputs[-1]
    n, k = u.shape
    logp = u - torch.logsumexp(u, dim=1, keepdim=True)
    onehot = torch.nn.functional.one_hot(labels, k).to(u.dtype)
    loss = -(onehot * logp).sum() / n + lam / 2 * sum((w**2).sum() for w in weights)
    grad = (logp.exp() - onehot) / n
    dweights, dbiases = [], []
    for i in reversed(range(len(weights))):
        da, dw, db = affine_backward(grad, activations[i], weights[i])
        dweights.append(dw + lam * weights[i])
        dbiases.append(db)
        if i > 0:
            grad = relu_backward(da, inputs[i - 1])
    return loss, dweights, dbiases


@mistake(
    "mlp_loss_and_grads",
    "two slips: the biases are penalised in the gradients, and the softmax is unstable",
)
def mlp_bias_decay_unstable(x, labels, weights, biases, lam):
    hidden = [x]
    for w, b in zip(weights[:-1], biases[:-1]):
        hidden.append(torch.relu(hidden[-1] @ w + b))
    logits = hidden[-1] @ weights[-1] + biases[-1]
    e = torch.exp(logits)
    p = e / e.sum(dim=1, keepdim=True)
    n = x.shape[0]
    rows = torch.arange(n)
    loss = -torch.log(p[rows, labels]).mean() + lam / 2 * sum(w.square().sum() for w in weights)
    d = p.clone()
    d[rows, labels] -= 1
    d = d / n
    dws, dbs = [None] * len(weights), [None] * len(weights)
    for i in range(len(weights) - 1, -1, -1):
        dws[i] = hidden[i].T @ d + lam * weights[i]
        dbs[i] = d.sum(dim=0) + lam * biases[i]
        if i > 0:
            d = (d @ weights[i].T) * (hidden[i] > 0)
    return loss, dws, dbs


@mistake(
    "mlp_loss_and_grads",
    "two slips: the logits' gradient is not divided by n, and the weights' gradient gets 2λW",
)
def mlp_sum_and_twice_lambda(x, labels, weights, biases, lam):
    zs, acts = [], [x]
    for w, b in zip(weights, biases):
        zs.append(affine_forward(acts[-1], w, b))
        acts.append(torch.relu(zs[-1]))
    logp = zs[-1] - torch.logsumexp(zs[-1], dim=1, keepdim=True)
    picked = logp.gather(1, labels[:, None])
    loss = -picked.mean() + 0.5 * lam * sum((w**2).sum() for w in weights)
    dz = logp.exp().scatter_add(1, labels[:, None], -torch.ones_like(picked))
    dweights, dbiases = [], []
    for layer in reversed(range(len(weights))):
        da, dw, db = affine_backward(dz, acts[layer], weights[layer])
        dweights.insert(0, dw + 2 * lam * weights[layer])
        dbiases.insert(0, db)
        if layer > 0:
            dz = relu_backward(da, zs[layer - 1])
    return loss, dweights, dbiases


@mistake("mlp_loss_and_grads", "the ReLU's mask is forgotten on the way back")
def mlp_without_relu_mask(x, labels, weights, biases, lam):
    a, acts = x, [x]
    for i in range(len(weights)):
        a = affine_forward(a, weights[i], biases[i])
        if i < len(weights) - 1:
            a = torch.relu(a)
        acts.append(a)
    n = len(labels)
    logp = a - torch.logsumexp(a, dim=1, keepdim=True)
    loss = -logp[range(n), labels].mean() + lam / 2 * sum((w * w).sum() for w in weights)
    dz = torch.exp(logp)
    dz[range(n), labels] -= 1
    dz = dz / n
    dweights, dbiases = [], []
    for i in range(len(weights) - 1, -1, -1):
        dz_next, dw, db = affine_backward(dz, acts[i], weights[i])
        dweights.insert(0, dw + lam * weights[i])
        dbiases.insert(0, db)
        dz = dz_next
    return loss, dweights, dbiases


@mistake("relative_error", "the mean over the entries, not the largest")
def relative_error_mean(a, b):
    error = torch.abs(a - b) / torch.clamp(torch.abs(a) + torch.abs(b), min=1e-8)
    return error.mean().item()


@mistake("relative_error", "the denominator is |a + b|, which is small for opposite signs")
def relative_error_abs_of_sum(a, b):
    bottom = torch.maximum((a + b).abs(), torch.full_like(a, 1e-8))
    return float(((a - b).abs() / bottom).max())


@mistake("relative_error", "two slips: two zeros give nan, and a tensor is returned")
def relative_error_nan_tensor(a, b):
    return ((a - b).abs() / (a.abs() + b.abs())).max()


@mistake("Value", "the gradient is set, not added, so a value used twice loses one part")
class ValueOverwritesGrad:
    def __init__(self, data, children=()):
        self.data = float(data)
        self.grad = 0.0
        self.children = tuple(children)
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        out = type(self)(self.data + other.data, (self, other))

        def run():
            self.grad = out.grad
            other.grad = out.grad

        out._backward = run
        return out

    def __mul__(self, other):
        other = other if isinstance(other, type(self)) else type(self)(other)
        out = type(self)(self.data * other.data, (self, other))

        def run():
            self.grad = other.data * out.grad
            other.grad = self.data * out.grad

        out._backward = run
        return out

    def __pow__(self, n):
        return self._map(self.data**n, n * self.data ** (n - 1))

    def _map(self, value, slope):
        out = type(self)(value, (self,))

        def run():
            self.grad = slope * out.grad

        out._backward = run
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return -self + other

    def __truediv__(self, other):
        return self * other**-1

    def __rtruediv__(self, other):
        return self**-1 * other

    __radd__ = __add__
    __rmul__ = __mul__

    def exp(self):
        return self._map(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self._map(math.log(self.data), 1 / self.data)

    def tanh(self):
        t = math.tanh(self.data)
        return self._map(t, 1 - t * t)

    def relu(self):
        return self._map(max(0.0, self.data), 1.0 if self.data > 0 else 0.0)

    def backward(self):
        order, visited = [], set()

        def visit(v):
            if v not in visited:
                visited.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            v._backward()


@mistake(
    "Value",
    "two slips: a number on the left of / and − is not supported, and relu has slope 1 at 0",
)
class ValueWithoutReflected:
    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = parents

    def _lift(self, other):
        return other if hasattr(other, "parents") else self.__class__(other)

    def __add__(self, other):
        other = self._lift(other)
        return self.__class__(self.data + other.data, [(self, 1.0), (other, 1.0)])

    __radd__ = __add__

    def __mul__(self, other):
        other = self._lift(other)
        return self.__class__(self.data * other.data, [(self, other.data), (other, self.data)])

    __rmul__ = __mul__

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + self._lift(other) * -1.0

    def __pow__(self, k):
        return self.__class__(self.data**k, [(self, k * self.data ** (k - 1))])

    def __truediv__(self, other):
        return self * self._lift(other) ** -1

    def exp(self):
        e = math.exp(self.data)
        return self.__class__(e, [(self, e)])

    def log(self):
        return self.__class__(math.log(self.data), [(self, 1 / self.data)])

    def tanh(self):
        t = math.tanh(self.data)
        return self.__class__(t, [(self, 1 - t**2)])

    def relu(self):
        return self.__class__(max(self.data, 0), [(self, 1.0 if self.data >= 0 else 0.0)])

    def backward(self, upstream=1.0):
        self.grad += upstream
        for parent, slope in self.parents:
            parent.backward(upstream * slope)


@mistake("Value", "the slope of tanh is 1 − tanh, without the square")
class ValueTanhSlope:
    def __init__(self, data):
        self.data = float(data)
        self.grad = 0.0
        self.made_of = []

    @classmethod
    def result(cls, data, *made_of):
        out = cls(data)
        out.made_of = list(made_of)
        return out

    def value_of(self, other):
        return other if isinstance(other, self.__class__) else self.__class__(other)

    def __add__(self, other):
        other = self.value_of(other)
        return self.result(self.data + other.data, (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        other = self.value_of(other)
        return self.result(self.data - other.data, (self, 1.0), (other, -1.0))

    def __mul__(self, other):
        other = self.value_of(other)
        return self.result(self.data * other.data, (self, other.data), (other, self.data))

    def __truediv__(self, other):
        other = self.value_of(other)
        q = self.data / other.data
        return self.result(q, (self, 1 / other.data), (other, -q / other.data))

    def __pow__(self, n):
        return self.result(self.data**n, (self, n * self.data ** (n - 1)))

    def __neg__(self):
        return self.result(-self.data, (self, -1.0))

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return self.value_of(other) - self

    def __rtruediv__(self, other):
        return self.value_of(other) / self

    def exp(self):
        return self.result(math.exp(self.data), (self, math.exp(self.data)))

    def log(self):
        return self.result(math.log(self.data), (self, 1 / self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return self.result(t, (self, 1 - t))

    def relu(self):
        return self.result(self.data if self.data > 0 else 0.0, (self, float(self.data > 0)))

    def backward(self):
        def push(node, upstream):
            node.grad += upstream
            for parent, slope in node.made_of:
                push(parent, upstream * slope)

        push(self, 1.0)


@mistake("graph_grads", "two slips: the products are summed to one number, and dz/dy is x")
def graph_sums_and_dy(x, y, w):
    return w.sum(), x.sum(), (x + y).sum()


@mistake("sigmoid_backward", "two slips: the slope is of tanh, 1 − a², and da is left out")
def sigmoid_backward_of_tanh(da, a):
    return torch.ones_like(da) - a * a


@mistake("mse_backward", "two slips: the 2 is missing, and only the rows are counted")
def mse_rows_without_two(yhat, y):
    return (yhat - y) / yhat.shape[0]


@mistake("affine_backward", "two slips: db is averaged, and dw comes out transposed")
def affine_mean_and_transposed(dz, a, w):
    return dz @ w.T, dz.T @ a, dz.mean(dim=0)


@mistake("two_layer_grads", "two slips: y − ŷ for ŷ − y, and the biases' gradients are averaged")
def two_layer_sign_and_bias_mean(x, y, w1, b1, w2, b2):
    a1 = torch.sigmoid(affine_forward(x, w1, b1))
    yhat = affine_forward(a1, w2, b2)
    delta2 = 2 * (y - yhat) / len(y)
    delta1 = (delta2 @ w2.T) * (a1 * (1 - a1))
    return x.T @ delta1, delta1.mean(0), a1.T @ delta2, delta2.mean(0)


@mistake(
    "mlp_loss_and_grads", "the logsumexp does not keep its axis, so the sizes do not broadcast"
)
def mlp_logsumexp_without_keepdim(x, labels, weights, biases, lam):
    acts = [x]
    for w, b in zip(weights[:-1], biases[:-1]):
        acts.append(torch.relu(acts[-1] @ w + b))
    logits = acts[-1] @ weights[-1] + biases[-1]
    logp = logits - torch.logsumexp(logits, dim=1)
    loss = -logp.gather(1, labels[:, None]).mean() + lam / 2 * sum((w**2).sum() for w in weights)
    dz = logp.exp()
    dz[range(len(labels)), labels] -= 1
    dz = dz / len(labels)
    dws, dbs = [], []
    for i in reversed(range(len(weights))):
        dz_in, dw, db = affine_backward(dz, acts[i], weights[i])
        dws.insert(0, dw + lam * weights[i])
        dbs.insert(0, db)
        dz = dz_in * (acts[i] > 0)
    return loss, dws, dbs
