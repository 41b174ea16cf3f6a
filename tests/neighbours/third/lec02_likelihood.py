"""Third neighbours of lec02_likelihood: written before they were measured once, at the end."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec02_likelihood.answers import ols_loss


@mistake("ols_loss", "divided by n minus the number of coefficients")
def tri_ols_dof(beta, x, y):
    residual = y - x @ beta
    return (residual**2).sum() / (len(y) - len(beta))


@mistake("gaussian_nll", "the constant is subtracted")
def tri_gauss_sign_of_constant(beta, sigma2, x, y):
    constant = math.log(2 * math.pi * sigma2) / 2
    return -constant + ols_loss(beta, x, y) / (2 * sigma2)


@mistake("laplace_nll", "multiplied by b, not divided")
def tri_laplace_b_multiplied(beta, b, x, y):
    constant = math.log(2 * b)
    residual = y - x @ beta
    fit = residual.abs().mean() * b
    return constant + fit


@mistake("logistic_nll", "the label's term has a factor 1/2")
def tri_logistic_half_labels(beta, x, y):
    u = x @ beta
    losses = torch.nn.functional.softplus(u) - y * u / 2
    return losses.mean()


@mistake("entropy", "divided by the logarithm of the number of outcomes")
def tri_entropy_normalised(p):
    terms = torch.xlogy(p, p)
    return -terms.sum() / math.log(len(p))


@mistake("gaussian_kl", "two slips: the logarithm has the other sign, and the half is missing")
def tri_gkl_log_of_inverse(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p) ** 2 / var_p
    return ratio + distance - 1 + ratio.log()


@mistake("check_loss", "two slips: tau and 1 - tau are exchanged, and a sum is taken")
def tri_check_tau_swapped_sum(residual, tau):
    above = (1 - tau) * residual
    below = -tau * residual
    return torch.maximum(above, below).sum()
