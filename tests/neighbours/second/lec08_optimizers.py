"""Second neighbours of lec08_optimizers: written without a look at hints or known mistakes."""

import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec08_optimizers.answers import adam_step


@mistake("gd_step", "the step is divided by the learning rate")
def gd_divided(theta, grad, lr):
    return theta - grad / lr


@mistake("gd_step", "two slips: only the sign of the gradient is used, and uphill")
def gd_sign_only(theta, grad, lr):
    return theta + lr * grad.sign()


@mistake("newton_step", "multiplied by the inverse of the transposed square")
def newton_transposed_solve(theta, grad, hess):
    return theta - torch.linalg.solve(hess @ hess, grad)


@mistake("newton_step", "half of the step")
def newton_half(theta, grad, hess):
    return theta - 0.5 * torch.linalg.solve(hess, grad)


@mistake("newton_step", "two slips: the sign, and elementwise division")
def newton_uphill_diagonal(theta, grad, hess):
    return theta + grad / torch.diagonal(hess)


@mistake("is_robbins_monro", "1/2 is let in")
def rm_half_included(power):
    return 0.5 <= power <= 1


@mistake("is_robbins_monro", "only the sum's divergence is asked")
def rm_sum_only(power):
    return power <= 1


@mistake("momentum_step", "an exponential mean: (1 - mu) times the gradient")
def momentum_ema(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(grad)) + (1 - mu) * grad
    return (theta - lr * v, {"v": v})


@mistake("momentum_step", "the velocity holds the learning rate")
def momentum_lr_inside(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(grad)) + lr * grad
    return theta - v, {"v": v}


@mistake(
    "momentum_step", "two slips: Nesterov's step, and the velocity that is stored is the old one"
)
def momentum_nesterov_forgets(theta, grad, state, lr, mu):
    old = state.get("v", torch.zeros_like(grad))
    v = mu * old + grad
    return theta - lr * (mu * v + grad), {"v": old}


@mistake("adagrad_step", "the gradients' absolute values are summed, not the squares")
def adagrad_no_square(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad.abs()
    return (theta - lr * grad / torch.sqrt(total + eps), {"G": total})


@mistake("adagrad_step", "no root")
def adagrad_no_root(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return (theta - lr * grad / (total + eps), {"G": total})


@mistake("adagrad_step", "two slips: the state holds the root, and eps is outside")
def adagrad_first_only_root_state(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / (torch.sqrt(total) + eps), {"G": torch.sqrt(total)}


@mistake("rmsprop_step", "gamma and 1 - gamma are exchanged")
def rms_gamma_swapped(theta, grad, state, lr, gamma, eps):
    average = (1 - gamma) * state.get("G", torch.zeros_like(grad)) + gamma * grad**2
    return (theta - lr * grad / torch.sqrt(average + eps), {"G": average})


@mistake("rmsprop_step", "the step is divided by the average before this gradient")
def rms_previous_average(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return (
        theta - lr * grad / torch.sqrt(state.get("G", torch.zeros_like(grad)) + eps),
        {"G": average},
    )


@mistake("rmsprop_step", "two slips: the average starts at ones, and eps stands outside")
def rms_started_at_one_outside(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.ones_like(grad)) + (1 - gamma) * grad**2
    return (theta - lr * grad / (torch.sqrt(average) + eps), {"G": average})


@mistake("adadelta_step", "the numerator is missing: it is RMSProp")
def delta_no_numerator(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -1.0 / torch.sqrt(average + eps) * grad
    return (theta + delta, {"G": average, "D": gamma * size + (1 - gamma) * delta**2})


@mistake("adadelta_step", "the new D, not the old one, is in the numerator")
def delta_new_size(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    d = gamma * state.get("D", zero) + (1 - gamma) * grad**2
    delta = -torch.sqrt(d + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": gamma * state.get("D", zero) + (1 - gamma) * delta**2}


@mistake("adadelta_step", "two slips: D averages the gradients' squares, and the sign is wrong")
def delta_of_gradients(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return (theta - delta, {"G": average, "D": gamma * size + (1 - gamma) * grad**2})


@mistake("adam_step", "the count is not stored further than 1")
def adam_k_not_counted(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return (theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v})


@mistake("adam_step", "the second moment is corrected with beta1")
def adam_v_uses_beta1(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta1**k)
    return (theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v})


@mistake("adam_step", "the corrected moments are stored")
def adam_hats_stored(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return (theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m_hat, "v": v_hat})


@mistake("adam_step", "two slips: the second moment has no square, and the first is not corrected")
def adam_no_square_no_correction(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad.abs()
    m_hat = m
    v_hat = v / (1 - beta2**k)
    return (theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v})


@mistake("Adam", "all parameters share one step count: it counts parameters")
class AdamclassSharedState(torch.optim.Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-08):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                beta1, beta2 = group["betas"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    self.count = getattr(self, "count", 0) + 1
                    moved, state = adam_step(
                        p,
                        p.grad,
                        {**self.state[p], "k": self.count - 1},
                        group["lr"],
                        beta1,
                        beta2,
                        group["eps"],
                    )
                    p.copy_(moved)
                    self.state[p] = state
        return loss


@mistake("Adam", "the learning rate of the optimizer's defaults is used, not the group's")
class AdamclassDefaultLr(torch.optim.Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-08):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                beta1, beta2 = group["betas"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    moved, state = adam_step(
                        p, p.grad, self.state[p], self.defaults["lr"], beta1, beta2, group["eps"]
                    )
                    p.copy_(moved)
                    self.state[p] = state
        return loss


@mistake("Adam", "two slips: the closure is not called, and the betas are exchanged")
class AdamclassNoClosureBetas(torch.optim.Optimizer):
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-08):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                pass
        with torch.no_grad():
            for group in self.param_groups:
                beta2, beta1 = group["betas"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    moved, state = adam_step(
                        p, p.grad, self.state[p], group["lr"], beta1, beta2, group["eps"]
                    )
                    p.copy_(moved)
                    self.state[p] = state
        return loss


@mistake("train_xor", "the gradients are not cleared")
def xor_no_zero_grad(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        pass
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "no activation between the two layers")
def xor_no_hidden_activation(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "the seed is set after the net is built")
def xor_seed_late(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    torch.manual_seed(seed)
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake(
    "adam_step",
    "two slips: the count is not stored further than 1; and the second moment is corrected with beta1",
)
def adam_k_not_counted_and_v_uses_beta1(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta1**k)
    return (theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v})


@mistake(
    "train_xor",
    "two slips: the gradients are not cleared; and no activation between the two layers",
)
def xor_no_zero_grad_and_no_hidden_activation(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        pass
        loss.backward()
        optimizer.step()
    return losses


@mistake(
    "rmsprop_step",
    "two slips: gamma and 1 - gamma are exchanged; and the step is divided by the average before this gradient",
)
def rms_gamma_swapped_and_previous_average(theta, grad, state, lr, gamma, eps):
    average = (1 - gamma) * state.get("G", torch.zeros_like(grad)) + gamma * grad**2
    return (
        theta - lr * grad / torch.sqrt(state.get("G", torch.zeros_like(grad)) + eps),
        {"G": average},
    )


@mistake(
    "adagrad_step",
    "two slips: the gradients' absolute values are summed, not the squares; and no root",
)
def adagrad_no_square_and_no_root(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad.abs()
    return (theta - lr * grad / (total + eps), {"G": total})
