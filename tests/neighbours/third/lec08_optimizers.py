"""Third neighbours of lec08_optimizers: written before they were measured once, at the end."""

import torch
from torch import nn

from grader.vocabulary import mistake


@mistake("newton_step", "only the lower triangle of the Hessian is used")
def tri_newton_lower(theta, grad, hess):
    return theta - torch.linalg.solve(hess.tril(), grad)


@mistake("momentum_step", "mu multiplies the gradient too")
def tri_momentum_mu_on_gradient(theta, grad, state, lr, mu):
    v = mu * state.get("v", torch.zeros_like(grad)) + mu * grad
    return (theta - lr * v, {"v": v})


@mistake("adagrad_step", "eps is added to the sum for good")
def tri_adagrad_eps_twice(theta, grad, state, lr, eps):
    total = state.get("G", torch.zeros_like(grad)) + grad**2 + eps
    return (theta - lr * grad / torch.sqrt(total + eps), {"G": total})


@mistake("rmsprop_step", "the learning rate stands in the root")
def tri_rms_lr_in_root(theta, grad, state, lr, gamma, eps):
    average = gamma * state.get("G", torch.zeros_like(grad)) + (1 - gamma) * grad**2
    return (theta - grad / torch.sqrt(average / lr + eps), {"G": average})


@mistake("adam_step", "the first moment is corrected by k itself")
def tri_adam_lr_uncorrected_m(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1) ** k
    v_hat = v / (1 - beta2**k)
    return (theta - lr * m_hat / torch.sqrt(v_hat + eps), {"k": k, "m": m, "v": v})


@mistake("adam_step", "two slips: no root, and m is not corrected")
def tri_adam_squared_m_no_root(theta, grad, state, lr, beta1, beta2, eps):
    zero = torch.zeros_like(grad)
    k = state.get("k", 0) + 1
    m = beta1 * state.get("m", zero) + (1 - beta1) * grad
    v = beta2 * state.get("v", zero) + (1 - beta2) * grad**2
    m_hat = m
    v_hat = v / (1 - beta2**k)
    return (theta - lr * m_hat / (v_hat + eps), {"k": k, "m": m, "v": v})


@mistake(
    "adadelta_step",
    "two slips: gamma and 1 - gamma are exchanged in D, and eps is missing in the numerator",
)
def tri_delta_gamma_eps(theta, grad, state, gamma, eps):
    zero = torch.zeros_like(grad)
    average = gamma * state.get("G", zero) + (1 - gamma) * grad**2
    size = state.get("D", zero)
    delta = -torch.sqrt(size) / torch.sqrt(average + eps) * grad
    return (theta + delta, {"G": average, "D": (1 - gamma) * size + gamma * delta**2})
