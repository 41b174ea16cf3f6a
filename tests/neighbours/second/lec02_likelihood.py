"""Second neighbours of lec02_likelihood: written without a look at hints or known mistakes."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec02_likelihood.answers import cross_entropy, entropy, ols_loss


@mistake("ols_loss", "half of the mean: a factor 1/2 that is not asked for")
def ols_halved(beta, x, y):
    residual = y - x @ beta
    return (residual**2).mean() / 2


@mistake("ols_loss", "the root of the mean is returned")
def ols_root(beta, x, y):
    residual = y - x @ beta
    return (residual**2).mean().sqrt()


@mistake("normal_equations", "x xᵀ is formed, not xᵀ x")
def normal_gram_outer(x, y):
    return torch.linalg.pinv(x.T @ x) @ y[: x.shape[1]]


@mistake("normal_equations", "a ridge of 1 is added to the diagonal")
def normal_ridge(x, y):
    gram = x.T @ x + torch.eye(x.shape[1], dtype=x.dtype)
    target = x.T @ y
    return torch.linalg.solve(gram, target)


@mistake(
    "normal_equations",
    "two slips: the right side is divided by n, the gram matrix is not, and a sign is wrong",
)
def normal_divided_once(x, y):
    gram = x.T @ x
    target = -x.T @ y / len(y)
    return torch.linalg.solve(gram, target)


@mistake(
    "gaussian_nll", "the constant has log(2 pi) and log(sigma2) without the half on the second"
)
def gauss_sd_in_constant(beta, sigma2, x, y):
    return math.log(2 * math.pi) / 2 + math.log(sigma2) + ols_loss(beta, x, y) / (2 * sigma2)


@mistake("gaussian_nll", "sigma2 is squared: it is taken for a standard deviation in the fit")
def gauss_variance_squared(beta, sigma2, x, y):
    constant = math.log(2 * math.pi * sigma2) / 2
    return constant + ols_loss(beta, x, y) / (2 * sigma2**2)


@mistake("gaussian_nll", "two slips: 2 pi is missing, and the fit is a sum")
def gauss_no_pi_sum(beta, sigma2, x, y):
    r = y - x @ beta
    return math.log(sigma2) / 2 + (r**2).sum() / (2 * sigma2)


@mistake("laplace_nll", "divided by 2b, as with a Gaussian")
def laplace_two_b(beta, b, x, y):
    constant = math.log(2 * b)
    residual = y - x @ beta
    fit = residual.abs().mean() / (2 * b)
    return constant + fit


@mistake("laplace_nll", "two slips: squares for absolute values, and log b for log 2b")
def laplace_squares_no_two(beta, b, x, y):
    constant = math.log(b)
    residual = y - x @ beta
    fit = (residual**2).mean() / b
    return constant + fit


@mistake("logistic_nll", "the labels are taken for -1 and 1")
def logistic_labels_signed(beta, x, y):
    return torch.nn.functional.softplus(-y * (x @ beta)).mean()


@mistake("logistic_nll", "two slips: y and 1 - y are exchanged, and the losses are summed")
def logistic_p_y_swapped(beta, x, y):
    u = x @ beta
    return (torch.nn.functional.softplus(u) - (1 - y) * u).sum()


@mistake("logistic_nll", "the squared error of the probabilities")
def logistic_squared(beta, x, y):
    return ((torch.sigmoid(x @ beta) - y) ** 2).mean()


@mistake("entropy", "the logarithm is to base 2")
def entropy_bits(p):
    terms = torch.xlogy(p, p) / math.log(2)
    return -terms.sum()


@mistake("entropy", "two slips: the sign is missing, and a mean is taken")
def entropy_positive_sign_mean(p):
    terms = torch.xlogy(p, p)
    return terms.mean()


@mistake("entropy", "0 log 0 is NaN: zeros of p are not treated")
def entropy_log_of_zero(p):
    terms = p * torch.log(p)
    return -terms.sum()


@mistake("cross_entropy", "the logarithm is of p, the weights are q")
def cross_entropy_arguments_swapped(p, q):
    terms = torch.xlogy(q, p)
    return -terms.sum()


@mistake("cross_entropy", "the terms of 1 - p are added")
def cross_entropy_binary(p, q):
    return -(torch.xlogy(p, q) + torch.xlogy(1 - p, 1 - q)).sum()


@mistake("kl_divergence", "the absolute values of the terms are summed")
def kl_absolute(q, p):
    return (torch.xlogy(q, q) - torch.xlogy(q, p)).abs().sum()


@mistake("kl_divergence", "the entropy is added, not subtracted")
def kl_plus_entropy(q, p):
    return cross_entropy(q, p) + entropy(q)


@mistake("kl_divergence", "two slips: the entropy of p is taken, and everything has the other sign")
def kl_reversed_negative(q, p):
    return entropy(p) - cross_entropy(q, p)


@mistake("gaussian_kl", "the distance is divided by q's variance")
def gkl_distance_over_q(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p) ** 2 / var_q
    return (ratio + distance - 1 - ratio.log()) / 2


@mistake("gaussian_kl", "the arguments are taken for standard deviations")
def gkl_sds(mu_q, var_q, mu_p, var_p):
    ratio = (var_q / var_p**2) ** 2
    distance = (mu_q - mu_p) ** 2 / var_p
    return (ratio + distance - 1 - ratio.log()) / 2


@mistake("hinge_loss", "the margin is 0, not 1")
def hinge_perceptron(score, y):
    losses = (-y * score).clamp(min=0)
    return losses.mean()


@mistake("hinge_loss", "two slips: the losses are squared, and summed")
def hinge_squared_sum(score, y):
    losses = (1 - y * score).clamp(min=0)
    return (losses**2).sum()


@mistake(
    "check_loss", "the lower branch has tau, so it is negative below 0, and the maximum is with 0"
)
def check_tau_both(residual, tau):
    above = tau * residual
    below = torch.zeros_like(residual)
    return torch.maximum(above, below).mean()


@mistake("check_loss", "the absolute residual times tau on both sides")
def check_absolute_times_tau(residual, tau):
    return (tau * residual.abs()).mean()


@mistake(
    "gaussian_kl",
    "two slips: the distance is divided by q's variance; and the arguments are taken for standard deviations",
)
def gkl_distance_over_q_and_sds(mu_q, var_q, mu_p, var_p):
    ratio = (var_q / var_p**2) ** 2
    distance = (mu_q - mu_p) ** 2 / var_q
    return (ratio + distance - 1 - ratio.log()) / 2
