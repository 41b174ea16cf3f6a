"""Neighbours of lecture 8: wrong answers, written without a look at the hints."""

import math

import numpy as np
import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec08_optimizers.answers import adam_step


@mistake("gd_step", "theta is changed in place")
def gd_in_place(theta, grad, lr):
    theta -= lr * grad
    return theta


@mistake("gd_step", "the step goes uphill: the gradient is added")
def gd_uphill(theta, grad, lr):
    return torch.add(theta, grad, alpha=lr)


@mistake(
    "gd_step",
    "two slips: the gradient is normalised to length 1, and nothing but the step is returned",
)
def gd_normalised_step(theta, grad, lr):
    return -lr * grad / grad.norm()


@mistake("newton_step", "the gradient is multiplied by the Hessian, not by its inverse")
def newton_without_inverse(theta, grad, hess):
    return theta - hess @ grad


@mistake("newton_step", "only the diagonal of the Hessian is used")
def newton_diagonal(theta, grad, hess):
    return theta - grad / torch.diagonal(hess)


@mistake("newton_step", "the step goes the wrong way")
def newton_plus(theta, grad, hess):
    direction = torch.linalg.inv(hess) @ grad
    return theta + direction


@mistake("newton_step", "the arguments of solve are swapped: the gradient is no matrix")
def newton_solve_arguments_swapped(theta, grad, hess):
    return theta - torch.linalg.solve(grad, hess)


@mistake(
    "newton_step", "two slips: entries of H are inverted one by one, and theta is moved in place"
)
def newton_elementwise_in_place(theta, grad, hess):
    theta.sub_((1 / hess) @ grad)
    return theta


@mistake("is_robbins_monro", "the exponent ½ is let in: the squares then sum like 1/k, to infinity")
def robbins_with_one_half(power):
    return 0.5 <= power <= 1


@mistake("is_robbins_monro", "the exponent 1 is shut out, though the harmonic sum diverges")
def robbins_without_one(power):
    return bool(power > 0.5 and power < 1)


@mistake(
    "is_robbins_monro",
    "two slips: only the second condition is asked, and ½ counts as fulfilling it",
)
def robbins_second_condition(power):
    return 2 * power >= 1


@mistake("is_robbins_monro", "sums of two thousand terms are taken for the limits")
def robbins_by_partial_sums(power):
    k = np.arange(1, 2001, dtype=float)
    eta = k**-power
    return bool(eta.sum() > 5 and (eta**2).sum() < 5)


@mistake("momentum_step", "the velocity is not stored, so each step is the first one")
def momentum_forgets(theta, grad, state, lr, mu):
    v = state.get("v", torch.zeros_like(theta))
    v = mu * v + grad
    return theta - lr * v, state


@mistake("momentum_step", "the gradient is weighted by 1 − μ: a moving average")
def momentum_moving_average(theta, grad, state, lr, mu):
    if "v" not in state:
        state["v"] = torch.zeros_like(grad)
    state["v"] = mu * state["v"] + (1 - mu) * grad
    return theta - lr * state["v"], state


@mistake("momentum_step", "Nesterov's look-ahead: the step uses μv + g once more")
def momentum_nesterov(theta, grad, state, lr, mu):
    v = mu * state.get("velocity", 0.0) + grad
    return theta - lr * (grad + mu * v), {"velocity": v}


@mistake("momentum_step", "η goes into the velocity, so a change of rate falsifies the memory")
def momentum_lr_in_velocity(theta, grad, state, lr, mu):
    v = state.get("v", torch.zeros_like(theta))
    v = mu * v + lr * grad
    return theta - v, {"v": v}


@mistake(
    "momentum_step", "two slips: the velocity starts at the gradient, and μ is applied to the new v"
)
def momentum_starts_at_gradient(theta, grad, state, lr, mu):
    v = state.get("v", grad)
    v = mu * (v + grad)
    return theta - lr * v, {"v": v}


@mistake("momentum_step", "only the new theta is returned: there is no pair to unpack")
def momentum_without_state(theta, grad, state, lr, mu):
    state["v"] = mu * state.get("v", torch.zeros_like(grad)) + grad
    return theta - lr * state["v"]


@mistake("adagrad_step", "ε stands outside the root, as in PyTorch")
def adagrad_eps_outside(theta, grad, state, lr, eps):
    G = state.get("G", torch.zeros_like(theta)) + grad * grad
    return theta - lr * grad / (G.sqrt() + eps), {"G": G}


@mistake("adagrad_step", "the root is forgotten: divided by G + ε itself")
def adagrad_without_root(theta, grad, state, lr, eps):
    G = state.get("sum", 0) + grad**2
    state["sum"] = G
    return theta - lr / (G + eps) * grad, state


@mistake("adagrad_step", "the gradients are summed absolutely, without the square")
def adagrad_sums_gradients(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad.abs()
    return theta - lr * grad / torch.sqrt(total + eps), {"G": total}


@mistake("adagrad_step", "the first step finds no G in the empty state")
def adagrad_key_error(theta, grad, state, lr, eps):
    state["G"] = state["G"] + grad**2
    return theta - lr * grad / torch.sqrt(state["G"] + eps), state


@mistake(
    "adagrad_step",
    "two slips: one number is accumulated for all entries, and ε is outside the root",
)
def adagrad_global_norm(theta, grad, state, lr, eps):
    G = state.get("G", 0.0) + (grad**2).sum()
    return theta - lr * grad / (torch.sqrt(G) + eps), {"G": G}


@mistake("rmsprop_step", "γ and 1 − γ are in each other's place")
def rmsprop_gamma_swapped(theta, grad, state, lr, gamma, eps):
    G = state.get("G", torch.zeros_like(grad))
    G = (1 - gamma) * G + gamma * grad**2
    return theta - lr * grad / (G + eps).sqrt(), {"G": G}


@mistake("rmsprop_step", "the average is corrected for its start at zero, which belongs to Adam")
def rmsprop_bias_corrected(theta, grad, state, lr, gamma, eps):
    k = state.get("k", 0) + 1
    G = gamma * state.get("G", 0) + (1 - gamma) * grad**2
    return theta - lr * grad / torch.sqrt(G / (1 - gamma**k) + eps), {"G": G, "k": k}


@mistake("rmsprop_step", "the step divides by the old average, before the new gradient enters")
def rmsprop_old_average(theta, grad, state, lr, gamma, eps):
    old = state.get("G", torch.zeros_like(grad))
    new_theta = theta - lr * grad / torch.sqrt(old + eps)
    return new_theta, {"G": gamma * old + (1 - gamma) * grad.pow(2)}


@mistake("rmsprop_step", "two slips: ε is outside the root, and theta is changed in place")
def rmsprop_outside_in_place(theta, grad, state, lr, gamma, eps):
    state["G"] = gamma * state.get("G", torch.zeros_like(theta)) + (1 - gamma) * grad**2
    theta -= lr * grad / (torch.sqrt(state["G"]) + eps)
    return theta, state


@mistake(
    "rmsprop_step", "two slips: 1 − γ is missing, and the old average is not kept between calls"
)
def rmsprop_no_share_no_memory(theta, grad, state, lr, gamma, eps):
    G = gamma * state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / torch.sqrt(G + eps), {}


@mistake("adadelta_step", "D is updated before the step that should use the old one")
def adadelta_new_d(theta, grad, state, gamma, eps):
    G = gamma * state.get("G", 0.0) + (1 - gamma) * grad**2
    D = state.get("D", torch.zeros_like(grad))
    size = torch.sqrt(D + eps) / torch.sqrt(G + eps) * grad
    D = gamma * D + (1 - gamma) * size**2
    delta = torch.sqrt(D + eps) / torch.sqrt(G + eps) * grad
    return theta - delta, {"G": G, "D": D}


@mistake("adadelta_step", "D averages the squares of θ instead of those of its steps")
def adadelta_d_of_theta(theta, grad, state, gamma, eps):
    G = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    D = state.get("D", torch.zeros_like(grad))
    delta = -((D + eps) / (G + eps)).sqrt() * grad
    theta = theta + delta
    return theta, {"G": G, "D": gamma * D + (1 - gamma) * theta**2}


@mistake("adadelta_step", "the steps' size is never kept: D stays 0")
def adadelta_without_d(theta, grad, state, gamma, eps):
    G = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    D = state.get("D", torch.zeros_like(grad))
    delta = -torch.sqrt(D + eps) / torch.sqrt(G + eps) * grad
    return theta + delta, {"G": G}


@mistake(
    "adadelta_step", "two slips: the root of D + ε is missing, and D keeps Δθ without its square"
)
def adadelta_unsquared(theta, grad, state, gamma, eps):
    G = gamma * state.get("G", 0) + (1 - gamma) * grad**2
    D = state.get("D", torch.zeros_like(grad))
    delta = -(D + eps) / torch.sqrt(G + eps) * grad
    return theta + delta, {"G": G, "D": gamma * D + (1 - gamma) * delta.abs()}


@mistake("adadelta_step", "two slips: ε outside both roots, and γ and 1 − γ exchanged for D")
def adadelta_eps_and_gamma(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    G = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    D = state.get("D", zero)
    delta = (D.sqrt() + eps) / (G.sqrt() + eps) * grad
    return theta - delta, {"G": G, "D": (1 - gamma) * D + gamma * delta**2}


@mistake("adam_step", "the step counter is never advanced: k stays 1")
def adam_counter_stands(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    k = state.get("k", 1)
    m_hat, v_hat = m / (1 - beta1**k), v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"m": m, "v": v, "k": k}


@mistake("adam_step", "the counter starts at 0, so the first correction divides by zero")
def adam_counter_from_zero(theta, grad, state, lr, beta1, beta2, eps):
    k = state.get("k", 0)
    m = beta1 * state.get("m", torch.zeros_like(grad)) + (1 - beta1) * grad
    v = beta2 * state.get("v", torch.zeros_like(grad)) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"m": m, "v": v, "k": k + 1}


@mistake("adam_step", "the corrected averages are stored, so they are corrected again and again")
def adam_stores_corrected(theta, grad, state, lr, beta1, beta2, eps):
    t = state.get("t", 0) + 1
    m = (beta1 * state.get("m", 0.0) + (1 - beta1) * grad) / (1 - beta1**t)
    v = (beta2 * state.get("v", 0.0) + (1 - beta2) * grad**2) / (1 - beta2**t)
    return theta - lr * m / torch.sqrt(v + eps), {"t": t, "m": m, "v": v}


@mistake("adam_step", "ε is added before the correction: it is divided by 1 − β₂ᵏ with v")
def adam_eps_before_correction(theta, grad, state, lr, beta1, beta2, eps):
    state["k"] = state.get("k", 0) + 1
    state["m"] = beta1 * state.get("m", torch.zeros_like(grad)) + (1 - beta1) * grad
    state["v"] = beta2 * state.get("v", torch.zeros_like(grad)) + (1 - beta2) * grad**2
    rate = lr * math.sqrt(1 - beta2 ** state["k"]) / (1 - beta1 ** state["k"])
    return theta - rate * state["m"] / torch.sqrt(state["v"] + eps), state


@mistake("adam_step", "only the first average is corrected for its start")
def adam_corrects_m_only(theta, grad, state, lr, beta1, beta2, eps):
    k = state.get("k", 0) + 1
    m = torch.lerp(state.get("m", torch.zeros_like(grad)), grad, 1 - beta1)
    v = torch.lerp(state.get("v", torch.zeros_like(grad)), grad**2, 1 - beta2)
    return theta - lr * m / (1 - beta1**k) / torch.sqrt(v + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "two slips: ε is outside the root, and neither average is corrected")
def adam_outside_uncorrected(theta, grad, state, lr, beta1, beta2, eps):
    m = beta1 * state.get("m", torch.zeros_like(grad)) + (1 - beta1) * grad
    v = beta2 * state.get("v", torch.zeros_like(grad)) + (1 - beta2) * grad.square()
    return theta - lr * m / (v.sqrt() + eps), {"m": m, "v": v}


@mistake("adam_step", "two slips: β₁ and β₂ are exchanged in the averages, and β·k stands for βᵏ")
def adam_betas_swapped_and_times_k(theta, grad, state, lr, beta1, beta2, eps):
    k = state.get("k", 0) + 1
    m = beta2 * state.get("m", torch.zeros_like(grad)) + (1 - beta2) * grad
    v = beta1 * state.get("v", torch.zeros_like(grad)) + (1 - beta1) * grad**2
    m_hat = m / abs(1 - beta1 * k)
    v_hat = v / abs(1 - beta2 * k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


@mistake("adam_step", "two slips: the square is missing in v, and theta moves in place")
def adam_v_unsquared_in_place(theta, grad, state, lr, beta1, beta2, eps):
    k = state.setdefault("k", 0) + 1
    m = beta1 * state.setdefault("m", torch.zeros_like(grad)) + (1 - beta1) * grad
    v = beta2 * state.setdefault("v", torch.zeros_like(grad)) + (1 - beta2) * grad.abs()
    state.update(k=k, m=m, v=v)
    theta.sub_(lr * (m / (1 - beta1**k)) / torch.sqrt(v / (1 - beta2**k) + eps))
    return theta, state


@mistake("Adam", "one counter for the whole optimizer: a skipped parameter's step is counted too")
class AdamOneCounter(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})
        self.k = 0

    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.k += 1
        with torch.no_grad():
            for group in self.param_groups:
                b1, b2 = group["betas"]
                for p in group["params"]:
                    if p.grad is None:
                        continue
                    s = self.state[p]
                    s["m"] = b1 * s.get("m", torch.zeros_like(p)) + (1 - b1) * p.grad
                    s["v"] = b2 * s.get("v", torch.zeros_like(p)) + (1 - b2) * p.grad**2
                    m_hat = s["m"] / (1 - b1**self.k)
                    v_hat = s["v"] / (1 - b2**self.k)
                    p -= group["lr"] * m_hat / torch.sqrt(v_hat + group["eps"])
        return loss


@mistake("Adam", "the settings are read once, in __init__: groups and schedules change nothing")
class AdamFixedSettings(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})
        self.lr, self.betas, self.eps = lr, betas, eps

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    new, self.state[p] = adam_step(
                        p, p.grad, self.state[p], self.lr, *self.betas, self.eps
                    )
                    p.copy_(new)
        return loss


@mistake("Adam", "a parameter without a gradient raises instead of being skipped")
class AdamNeedsEveryGradient(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    def step(self, closure=None):
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            for p in group["params"]:
                g = p.grad.detach()
                beta1, beta2 = group["betas"]
                new, state = adam_step(
                    p.data, g, self.state[p], group["lr"], beta1, beta2, group["eps"]
                )
                p.data.copy_(new)
                self.state[p] = state
        return loss


@mistake("Adam", "two slips: ε is outside the root, and the closure's loss is not returned")
class AdamOutsideNoLoss(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        defaults = {"lr": lr, "betas": betas, "eps": eps}
        super().__init__(params, defaults)

    def step(self, closure=None):
        if closure is not None:
            closure()
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["k"] = 0
                    state["m"] = torch.zeros_like(p.data)
                    state["v"] = torch.zeros_like(p.data)
                state["k"] += 1
                state["m"].mul_(b1).add_(p.grad, alpha=1 - b1)
                state["v"].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                m_hat = state["m"] / (1 - b1 ** state["k"])
                v_hat = state["v"] / (1 - b2 ** state["k"])
                p.data.addcdiv_(m_hat, v_hat.sqrt() + group["eps"], value=-group["lr"])


@mistake("train_xor", "the loss is recorded after the step")
def xor_loss_after_step(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    bce = nn.BCELoss()
    losses = []
    for _ in range(epochs):
        optimizer.zero_grad()
        bce(net(x), y).backward()
        optimizer.step()
        with torch.no_grad():
            losses.append(bce(net(x), y).item())
    return losses


@mistake("train_xor", "the seed is set after the layers have drawn their numbers")
def xor_seed_too_late(optimizer_class, epochs, lr, seed):
    hidden, output = nn.Linear(2, 5), nn.Linear(5, 1)
    torch.manual_seed(seed)
    optimizer = optimizer_class([*hidden.parameters(), *output.parameters()], lr=lr)
    x = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    y = torch.tensor([0.0, 1, 1, 0]).reshape(4, 1)
    losses = []
    for _ in range(epochs):
        p = torch.sigmoid(output(nn.functional.softplus(hidden(x))))
        loss = -(y * p.log() + (1 - y) * (1 - p).log()).mean()
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses


@mistake("train_xor", "two slips: the hidden layer has a ReLU, and the squared error is the loss")
def xor_relu_and_mse(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Linear(5, 1), nn.Sigmoid())
    opt = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.mse_loss(net(x), y)
        losses.append(loss.item())
        opt.zero_grad()
        loss.backward()
        opt.step()
    return losses


@mistake("momentum_step", "two slips: the velocity is not stored, and theta is changed in place")
def momentum_forgets_in_place(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(theta)) + grad
    theta -= lr * v
    return theta, state


@mistake("adagrad_step", "two slips: the sum is not kept, and ε stands outside the root")
def adagrad_forgets_eps_outside(theta, grad, state, lr, eps):
    G = state.get("G", torch.zeros_like(grad))
    G = G + grad**2
    return theta - lr * grad / (torch.sqrt(G) + eps), state


@mistake("adam_step", "two slips: m and v are exchanged in the step, and ε is left out")
def adam_m_and_v_exchanged(theta, grad, state, lr, beta1, beta2, eps):
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * grad
    v = beta2 * state.get("v", 0) + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**k), v / (1 - beta2**k)
    return theta - lr * v_hat / m_hat.abs().sqrt(), {"k": k, "m": m, "v": v}


@mistake("adadelta_step", "the state is unpacked as a tuple, which the empty dict is not")
def adadelta_unpacks_state(theta, grad, state, gamma, eps):
    G, D = state
    G = gamma * G + (1 - gamma) * grad**2
    delta = -torch.sqrt(D + eps) / torch.sqrt(G + eps) * grad
    D = gamma * D + (1 - gamma) * delta**2
    return theta + delta, (G, D)


@mistake("Adam", "a misspelt attribute: an optimizer has param_groups")
class AdamMisspelt(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.params_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                b1, b2 = group["betas"]
                new, state = adam_step(p, p.grad, self.state[p], group["lr"], b1, b2, group["eps"])
                p.copy_(new)
                self.state[p] = state
        return loss


@mistake("Adam", "two slips: one counter for all parameters, and the lr of the first group for all")
class AdamOneCounterOneRate(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})
        self.steps = 0

    @torch.no_grad()
    def step(self, closure=None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.steps += 1
        rate = self.param_groups[0]["lr"]
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                if "m" not in s:
                    s["m"], s["v"] = torch.zeros_like(p), torch.zeros_like(p)
                s["m"] = b1 * s["m"] + (1 - b1) * p.grad
                s["v"] = b2 * s["v"] + (1 - b2) * p.grad * p.grad
                m_hat = s["m"] / (1 - b1**self.steps)
                v_hat = s["v"] / (1 - b2**self.steps)
                p.sub_(rate * m_hat / (v_hat + group["eps"]).sqrt())
        return loss
