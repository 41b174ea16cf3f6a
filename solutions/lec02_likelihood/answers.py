"""Model answers of lecture 2: where losses come from."""

import math

import torch


def ols_loss(beta, x, y):
    # hint: Look at the residuals: compare them with yᵢ − xᵢᵀβ, sign by sign.
    residual = y - x @ beta
    # hint: Look at what is done with the residuals, one by one, and how they become one number.
    return (residual**2).mean()


def normal_equations(x, y):
    # hint: Set the gradient of L to zero: which matrix multiplies β then?
    gram = x.T @ x
    # hint: Set the gradient of L to zero: what stands on the side without β?
    target = x.T @ y
    # hint: Look at the system: which matrix, which right side, and the sign of its solution.
    return torch.linalg.solve(gram, target)


def gaussian_nll(beta, sigma2, x, y):
    # hint: Look at the constant: the factor in front, and what stands in its logarithm.
    constant = math.log(2 * math.pi * sigma2) / 2
    # hint: Look at the term with the residuals, what divides it, and the signs of both terms.
    return constant + ols_loss(beta, x, y) / (2 * sigma2)


def laplace_nll(beta, b, x, y):
    # hint: Look at the constant: what is −log of the factor in front of the exponential?
    constant = math.log(2 * b)
    # hint: Look at the residuals: compare them with yᵢ − xᵢᵀβ, sign by sign.
    residual = y - x @ beta
    # hint: Look at the exponent of the density: what of the residual, divided by what, and a mean.
    fit = residual.abs().mean() / b
    # hint: Look at the two terms: do both belong, and which signs have they in −log p?
    return constant + fit


def logistic_nll(beta, x, y):
    u = x @ beta
    # hint: Put p into y log p + (1 − y) log(1 − p): what is left without y, and what with y?
    losses = torch.nn.functional.softplus(u) - y * u
    # hint: Look at how the losses of the observations become one number, and at its sign.
    return losses.mean()


def entropy(p):
    # hint: Look at one term of the sum: which logarithm of what, and what weighs it?
    terms = torch.xlogy(p, p)  # xlogy knows that 0 log 0 is 0
    # hint: Look at how the terms become one number, and at its sign.
    return -terms.sum()


def cross_entropy(p, q):
    # hint: Look at one term of the sum: of which distribution is the logarithm, and which weighs?
    terms = torch.xlogy(p, q)
    # hint: Look at how the terms become one number, and at its sign.
    return -terms.sum()


def kl_divergence(q, p):
    # hint: Compare your line with H(q, p) − H[q]: the sign, and which distribution stands where.
    return cross_entropy(q, p) - entropy(q)


def gaussian_kl(mu_q, var_q, mu_p, var_p):
    # hint: Look at the quotient of the variances: which is divided by which?
    ratio = var_q / var_p
    # hint: Look at the term with the means: what becomes of their difference, what divides it?
    distance = (mu_q - mu_p) ** 2 / var_p
    # hint: Look at the terms of the sum: their signs, the constant, and the factor of them all.
    return (ratio + distance - 1 - ratio.log()) / 2


def hinge_loss(score, y):
    # hint: Look at max(0, 1 − y s): what is subtracted from what, and what does the maximum cut?
    losses = (1 - y * score).clamp(min=0)
    # hint: Look at how the losses of the observations become one number, and at its sign.
    return losses.mean()


def check_loss(residual, tau):
    # hint: Look at the line for positive residuals: what is its slope?
    above = tau * residual
    # hint: Look at the line for negative residuals: what is its slope, and its sign?
    below = (tau - 1) * residual
    # hint: Look at which of the two lines counts, and how the losses become one number.
    return torch.maximum(above, below).mean()
