"""Neighbours of lecture 2: wrong answers, written without a look at the hints."""

import math

import numpy as np
import torch

from grader.vocabulary import mistake
from solutions.lec02_likelihood.answers import cross_entropy, entropy, ols_loss


@mistake("ols_loss", "the squares are summed, not averaged")
def ols_sum_of_squares(beta, x, y):
    residual = y - torch.matmul(x, beta)
    return residual @ residual


@mistake("ols_loss", "y is made a column, so the difference is a table of all pairs")
def ols_column_against_row(beta, x, y):
    yhat = x @ beta
    error = y.reshape(-1, 1) - yhat
    return torch.mean(error**2)


@mistake("ols_loss", "two slips: a half stands in front, and the root of the mean is taken")
def ols_half_root(beta, x, y):
    n = y.shape[0]
    total = 0
    for i in range(n):
        total = total + (y[i] - (x[i] * beta).sum()) ** 2
    return torch.sqrt(total / n) / 2


@mistake("normal_equations", "X Xᵀ is inverted in place of Xᵀ X, so the shapes do not fit")
def normal_outer_gram(x, y):
    gram = x @ x.T
    return torch.linalg.inv(gram) @ x.T @ y


@mistake("normal_equations", "the system is solved with the identity added: ridge regression")
def normal_with_a_ridge(x, y):
    p = x.shape[1]
    a = x.T @ x + torch.eye(p, dtype=x.dtype)
    return torch.linalg.solve(a, x.T @ y)


@mistake("normal_equations", "the result is a column (p, 1) instead of (p,)")
def normal_column(x, y):
    return torch.linalg.lstsq(x, y.unsqueeze(1)).solution


@mistake(
    "normal_equations", "Xᵀy is divided entry by entry by the diagonal of XᵀX: no system is solved"
)
def normal_divides_by_diagonal(x, y):
    xty = x.t().mv(y)
    return xty / torch.diag(x.t() @ x)


@mistake("gaussian_nll", "sigma2 is squared, as if it were a standard deviation")
def gaussian_squares_the_variance(beta, sigma2, x, y):
    r = y - x @ beta
    var = sigma2**2
    return 0.5 * math.log(2 * math.pi * var) + (r**2).mean() / (2 * var)


@mistake("gaussian_nll", "the squares are summed, not averaged, while the constant counts once")
def gaussian_constant_once(beta, sigma2, x, y):
    squares = ((y - x @ beta) ** 2).sum()
    return 0.5 * np.log(2 * np.pi * sigma2) + squares / (2 * sigma2)


@mistake("gaussian_nll", "log 2π is left out of the constant")
def gaussian_without_two_pi(beta, sigma2, x, y):
    mse = ols_loss(beta, x, y)
    return (math.log(sigma2) + mse / sigma2) / 2


@mistake(
    "gaussian_nll",
    "two slips: the logarithm is not halved, and the squares are divided by σ² instead of 2σ²",
)
def gaussian_both_halves_missing(beta, sigma2, x, y):
    resid = y - x @ beta
    log_density = -math.log(2 * math.pi * sigma2) - resid**2 / sigma2
    return -log_density.mean()


@mistake("gaussian_nll", "torch.log is given a Python float, which raises a TypeError")
def gaussian_log_of_a_float(beta, sigma2, x, y):
    r = y - x @ beta
    return 0.5 * torch.log(2 * torch.pi * sigma2) + torch.mean(r**2) / (2 * sigma2)


@mistake("laplace_nll", "the normalising constant log 2b is missing")
def laplace_without_constant(beta, b, x, y):
    return torch.mean(torch.abs(y - x @ beta)) / b


@mistake("laplace_nll", "the residuals are squared instead of taken absolutely")
def laplace_squared(beta, b, x, y):
    residual = x @ beta - y
    return math.log(2 * b) + (residual.pow(2) / b).mean()


@mistake(
    "laplace_nll",
    "two slips: the sign of the log constant is wrong, and the scale divides by 2b",
)
def laplace_sign_and_scale(beta, b, x, y):
    distance = (y - x @ beta).abs()
    return (distance / (2 * b) - math.log(2 * b)).mean()


@mistake("logistic_nll", "log(1 + e^u) overflows for large logits")
def logistic_unstable_softplus(beta, x, y):
    u = x @ beta
    return (torch.log(1 + torch.exp(u)) - y * u).mean()


@mistake("logistic_nll", "y * u is added instead of subtracted")
def logistic_plus_yu(beta, x, y):
    logit = torch.mv(x, beta)
    return torch.mean(torch.logaddexp(torch.zeros_like(logit), logit) + y * logit)


@mistake("logistic_nll", "an ε inside the logarithms bounds the loss of a confident error")
def logistic_with_eps(beta, x, y):
    p = torch.sigmoid(x @ beta)
    eps = 1e-7
    return -(y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)).mean()


@mistake(
    "logistic_nll",
    "two slips: the term of the zeros (1 - y) is left out, and the losses are summed",
)
def logistic_ones_only_summed(beta, x, y):
    u = x @ beta
    return (y * torch.nn.functional.softplus(-u)).sum()


@mistake("entropy", "0 · log 0 becomes nan")
def entropy_nan_at_zero(p):
    return -(p * torch.log(p)).sum()


@mistake("entropy", "the logarithm is to base 2, so the unit is bits")
def entropy_in_bits(p):
    positive = p[p > 0]
    return -torch.sum(positive * positive.log2())


@mistake("entropy", "two slips: the sign is missing, and the terms are averaged")
def entropy_negative_mean(p):
    logs = torch.where(p > 0, p, torch.ones_like(p)).log()
    return (p * logs).mean()


@mistake("cross_entropy", "the events are weighted by q, and the logarithm taken of p")
def cross_entropy_arguments_swapped(p, q):
    return -torch.xlogy(q, p).sum()


@mistake("cross_entropy", "a clamped logarithm makes an excluded event cost 27.6, not inf")
def cross_entropy_clamped(p, q):
    return -(p * torch.log(q.clamp(min=1e-12))).sum()


@mistake("cross_entropy", "events with q = 0 are left out, also where p > 0 and the value is inf")
def cross_entropy_skips_excluded(p, q):
    total = torch.zeros((), dtype=p.dtype)
    for i in range(len(p)):
        if p[i] > 0 and q[i] > 0:
            total -= p[i] * torch.log(q[i])
    return total


@mistake("kl_divergence", "the sum is weighted by p, the second argument")
def kl_weighted_by_p(q, p):
    return cross_entropy(p, q) - entropy(p)


@mistake("kl_divergence", "the ratio is the wrong way up, so the sign is turned")
def kl_ratio_inverted(q, p):
    inside = q > 0
    return (q[inside] * torch.log(p[inside] / q[inside])).sum()


@mistake("kl_divergence", "log(q/p) is nan or wrong at zeros: 0 · log 0 is not treated")
def kl_zeros_untreated(q, p):
    return torch.sum(q * (q.log() - p.log()))


@mistake(
    "kl_divergence",
    "two slips: an ε under the logarithm hides the infinite value, and the terms are averaged",
)
def kl_eps_and_mean(q, p):
    return torch.mean(q * torch.log((q + 1e-8) / (p + 1e-8)))


@mistake("gaussian_kl", "the 1 is not subtracted, so equal normals do not have divergence 0")
def gaussian_kl_without_one(mu_q, var_q, mu_p, var_p):
    log_term = torch.log(var_p) - torch.log(var_q)
    return 0.5 * (log_term + (var_q + (mu_q - mu_p) ** 2) / var_p)


@mistake("gaussian_kl", "the logarithm of the ratio has the wrong sign")
def gaussian_kl_log_sign(mu_q, var_q, mu_p, var_p):
    return 0.5 * (var_q / var_p + (mu_q - mu_p) ** 2 / var_p - 1 + torch.log(var_q / var_p))


@mistake("gaussian_kl", "the log term is not halved: log of variances taken for deviations")
def gaussian_kl_log_of_variances(mu_q, var_q, mu_p, var_p):
    first = torch.log(var_p / var_q)
    second = (var_q + (mu_q - mu_p).square()) / (2 * var_p)
    return first + second - 0.5


@mistake(
    "gaussian_kl",
    "two slips: the squared difference of means is divided by var_q, and the entries are summed",
)
def gaussian_kl_wrong_variance_summed(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    shift = (mu_p - mu_q) ** 2 / var_q
    return (0.5 * (ratio + shift - 1 - ratio.log())).sum()


@mistake("hinge_loss", "the maximum is taken of the mean, not the mean of the maxima")
def hinge_max_of_the_mean(score, y):
    margin = y * score
    return torch.relu((1 - margin).mean())


@mistake("hinge_loss", "torch.max with the number 0 asks for a dimension and returns a pair")
def hinge_max_with_an_int(score, y):
    losses = torch.max(1 - y * score, 0)
    return losses.mean()


@mistake("hinge_loss", "two slips: the margin 1 is missing (a perceptron loss), and a sum is taken")
def hinge_without_margin_summed(score, y):
    loss = 0.0
    for s, label in zip(score, y):
        loss = loss + torch.clamp(-label * s, min=0)
    return loss


@mistake("check_loss", "τ and 1 − τ are in each other's place")
def check_loss_mirrored(residual, tau):
    return torch.where(residual > 0, (1 - tau) * residual, -tau * residual).mean()


@mistake("check_loss", "the negative residuals are not made positive: τ − 1 became 1 − τ")
def check_loss_negative_side(residual, tau):
    losses = torch.where(residual >= 0, tau * residual, (1 - tau) * residual)
    return losses.mean()


@mistake("check_loss", "two slips: the smaller of the two lines is taken, and the sum returned")
def check_loss_minimum_summed(residual, tau):
    lines = torch.stack([tau * residual, (tau - 1) * residual])
    return lines.min(dim=0).values.sum()


@mistake(
    "normal_equations",
    "two slips: the solution is divided by n, and kept as a column (p, 1)",
)
def normal_gram_column(x, y):
    n = x.shape[0]
    gram = x.T @ x
    return torch.linalg.inv(gram) @ (x.T @ y).reshape(-1, 1) / n


@mistake("logistic_nll", "two slips: log(1 + e^u) overflows, and y u is added")
def logistic_overflow_and_sign(beta, x, y):
    u = x @ beta
    return torch.mean(torch.log(1 + torch.exp(u)) + y * u)


@mistake("logistic_nll", "math.log1p takes no tensor of several entries")
def logistic_with_math(beta, x, y):
    u = x @ beta
    return (math.log1p(math.exp(u)) - y * u).mean()


@mistake("cross_entropy", "two slips: the arguments are swapped, and zeros give nan")
def cross_entropy_swapped_nan(p, q):
    return -torch.sum(q * torch.log(p))


@mistake("entropy", "two slips: an ε stands in the logarithm, and it is to base 2")
def entropy_bits_with_eps(p):
    return -(p * torch.log2(p + 1e-3)).sum()


@mistake("kl_divergence", "two slips: the arguments are swapped, and zeros are not treated")
def kl_swapped_nan(q, p):
    ratio = p / q
    return (p * torch.log(ratio)).sum()


@mistake("gaussian_kl", "two slips: variances are squared again, and the half is missing")
def gaussian_kl_squares_variances(mu_q, var_q, mu_p, var_p):
    ratio = var_q**2 / var_p**2
    return ratio + (mu_q - mu_p) ** 2 / var_p**2 - 1 - torch.log(ratio)


@mistake("hinge_loss", "two slips: labels are taken for 0 and 1, and the loss is squared")
def hinge_zero_one_squared(score, y):
    sign = 2 * y - 1
    return torch.relu(1 - sign * score).square().mean()


@mistake("check_loss", "Python's max compares whole tensors and raises")
def check_python_max(residual, tau):
    return max(tau * residual, (tau - 1) * residual).mean()
