"""Model answers of lecture 8: optimizers."""

import torch
from torch import nn


def gd_step(theta, grad, lr):
    return theta - lr * grad


def newton_step(theta, grad, hess):
    return theta - torch.linalg.solve(hess, grad)


def is_robbins_monro(power):
    return 0.5 < power <= 1


def momentum_step(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(grad)) + grad
    return theta - lr * v, {"v": v}


def adagrad_step(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2
    return theta - lr * grad / torch.sqrt(total + eps), {"G": total}


def rmsprop_step(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return theta - lr * grad / torch.sqrt(average + eps), {"G": average}


def adadelta_step(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size + eps) / torch.sqrt(average + eps) * grad
    return theta + delta, {"G": average, "D": gamma * size + (1 - gamma) * delta**2}


def adam_step(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**k)
    v_hat = v / (1 - beta2**k)
    return theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v}


class Adam(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
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
                        p, p.grad, self.state[p], group["lr"], beta1, beta2, group["eps"]
                    )
                    p.copy_(moved)
                    self.state[p] = state
        return loss


def train_xor(optimizer_class, epochs, lr, seed):
    x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
    torch.manual_seed(seed)
    net = nn.Sequential(nn.Linear(2, 5), nn.Softplus(), nn.Linear(5, 1), nn.Sigmoid())
    optimizer = optimizer_class(net.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        loss = nn.functional.binary_cross_entropy(net(x), y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
