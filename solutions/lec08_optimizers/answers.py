"""Model answers of lecture 8: optimizers."""

import torch
from torch import nn


def gd_step(theta, grad, lr):
    # hint: Compare your line with θ − η g: the sign, and what the gradient is multiplied by.
    return theta - lr * grad


def newton_step(theta, grad, hess):
    # hint: Compare your line with θ − H⁻¹ g: the sign, and which system is solved for what.
    return theta - torch.linalg.solve(hess, grad)


def is_robbins_monro(power):
    # hint: For which powers does each of the two sums converge? Look at both ends of the interval.
    return 0.5 < power <= 1


def momentum_step(theta, grad, state, lr, mu):
    # hint: Look at the velocity: v ← μ v + g, from v = 0, with what you keep in the state.
    v = mu * state.get("v", torch.zeros_like(grad)) + grad
    return (
        theta - lr * v,  # hint: Look at the step: θ ← θ − η v, with the new v.
        {"v": v},  # hint: Look at the state: what has the next step to find in it?
    )


def adagrad_step(theta, grad, state, lr, eps):
    # hint: Look at G: which numbers add up in it, and where does it begin?
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return (
        # hint: Look at the step: its sign, what is below the root, and where ε stands.
        theta - lr * grad / torch.sqrt(total + eps),
        {"G": total},  # hint: Look at the state: what has the next step to find in it?
    )


def rmsprop_step(theta, grad, state, lr, gamma, eps):
    # hint: Look at the average G: its two shares, what is averaged, and where it begins.
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return (
        # hint: Look at the step: its sign, what is below the root, and where ε stands.
        theta - lr * grad / torch.sqrt(average + eps),
        {"G": average},  # hint: Look at the state: what has the next step to find in it?
    )


def adadelta_step(theta, grad, state, gamma, eps):
    # hint: Look at where G and D begin.
    zero = torch.zeros_like(grad)
    # hint: Look at the average G: its two shares, what is averaged, and where it begins.
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    # hint: Look at D: which one goes into the step, and where does it begin?
    size = state.get("D", zero)
    # hint: Look at Δθ: its sign, what is below each of the two roots, and where ε stands.
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return (
        theta + delta,  # hint: Look at how θ moves: Δθ has its sign already.
        # hint: Look at the state: is G kept, is D, and how is D averaged?
        {"G": average, "D": gamma * size + (1 - gamma) * delta**2},
    )


def adam_step(theta, grad, state, lr, beta1, beta2, eps):
    # hint: Look at where m and v begin.
    zero = torch.zeros_like(grad)
    # hint: Look at the count k: which number has the first step, and is it kept?
    k = state.get("k", 0) + 1
    # hint: Look at m: its two shares, what is averaged, and where it begins.
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    # hint: Look at v: its two shares, what is averaged, and where it begins.
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    # hint: Look at the correction of m: what is it divided by in step k?
    m_hat = m / (1 - beta1**k)
    # hint: Look at the correction of v: what is it divided by in step k?
    v_hat = v / (1 - beta2**k)
    return (
        # hint: Look at the step: its sign, what is below the root, and where ε stands.
        theta - lr * m_hat / torch.sqrt(v_hat + eps),
        {"k": k, "m": m, "v": v},  # hint: Look at the state: what has the next step to find in it?
    )


class Adam(torch.optim.Optimizer):
    # hint: Look at `__init__`: which settings are passed on, and under which names?
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps})

    def step(self, closure=None):
        loss = None
        # hint: Look at the closure: when is it called, how, and what is returned?
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        # hint: Look at the loop: it goes over all groups, and moves parameters outside the graph.
        with torch.no_grad():
            for group in self.param_groups:
                # hint: Look at where β₁ and β₂ come from.
                beta1, beta2 = group["betas"]
                for p in group["params"]:
                    # hint: Look at parameters without a gradient: what happens with them?
                    if p.grad is None:
                        continue
                    # hint: Look at the step of one parameter: its gradient, state and settings.
                    moved, state = adam_step(
                        p, p.grad, self.state[p], group["lr"], beta1, beta2, group["eps"]
                    )
                    # hint: Look at how the parameter gets its new numbers.
                    p.copy_(moved)
                    # hint: Look at what is remembered of each parameter for the next step.
                    self.state[p] = state
        return loss  # hint: Look at the closure: when is it called, how, and what is returned?


def train_xor(optimizer_class, epochs, lr, seed):
    # hint: Look at the four points and their labels.
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    # hint: Look at the four points and their labels.
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    # hint: Look at the network and its seed: first the seed, then layer by layer.
    torch.manual_seed(seed)
    # hint: Look at the network: its layers, their sizes and its activations.
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    # hint: Look at how the optimizer is made.
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        # hint: Look at the loss: between what, and in which order?
        loss = nn.functional.binary_cross_entropy(net(x), y)
        # hint: Look at the list of losses: one for each epoch, from before its step.
        losses.append(loss.item())
        # hint: Look at the three calls at the end of each epoch, and at their order.
        optimizer.zero_grad()
        # hint: Look at the three calls at the end of each epoch, and at their order.
        loss.backward()
        # hint: Look at the three calls at the end of each epoch, and at their order.
        optimizer.step()
    return losses
