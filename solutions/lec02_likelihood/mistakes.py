"""Wrong answers of lecture 2 that we know, each with the hint it earns."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec02_likelihood import answers
from solutions.lec02_likelihood.answers import ols_loss


@mistake("ols_loss", "The loss is a mean: divide by the number of observations.")
def ols_loss_sum(beta, x, y):
    residual = y - x @ beta
    return (residual**2).sum()


@mistake("ols_loss", "There is no ½ in the lecture's loss.")
def ols_loss_half(beta, x, y):
    residual = y - x @ beta
    return 0.5 * (residual**2).mean()


@mistake("ols_loss", "A column (n, 1) minus a vector (n,) makes an (n, n) table: compare shapes.")
def ols_loss_column_against_vector(beta, x, y):
    return ((y - x @ beta.reshape(-1, 1)) ** 2).mean()


@mistake("ols_loss", "Least squares: the residuals are squared, not taken as absolute values.")
def ols_loss_absolute(beta, x, y):
    residual = y - x @ beta
    return residual.abs().mean()


@mistake("ols_loss", "The loss is the mean of the squares, without a root.")
def ols_loss_root(beta, x, y):
    residual = y - x @ beta
    return (residual**2).mean().sqrt()


@mistake("normal_equations", "XᵀX has entries off its diagonal: a linear system must be solved.")
def normal_equations_column_by_column(x, y):
    return (x.T @ y) / (x**2).sum(dim=0)


@mistake("normal_equations", "Nothing is added to XᵀX here: that would be ridge regression.")
def normal_equations_ridge(x, y):
    return torch.linalg.solve(x.T @ x + torch.eye(x.shape[1]).to(x), x.T @ y)


@mistake("normal_equations", "β is a vector of shape (p,), not a column (p, 1).")
def normal_equations_column(x, y):
    return torch.linalg.solve(x.T @ x, x.T @ y.reshape(-1, 1))


@mistake("normal_equations", "The columns of X are used as they are, without subtracting means.")
def normal_equations_centred(x, y):
    x, y = x - x.mean(dim=0), y - y.mean()
    return torch.linalg.solve(x.T @ x, x.T @ y)


@mistake("gaussian_nll", "The constant ½ log 2πσ² belongs to the density.")
def gaussian_nll_without_constant(beta, sigma2, x, y):
    return ols_loss(beta, x, y) / (2 * sigma2)


@mistake("gaussian_nll", "The constant depends on σ²: ½ log 2πσ², not ½ log 2π.")
def gaussian_nll_constant_without_sigma(beta, sigma2, x, y):
    constant = math.log(2 * math.pi) / 2
    return constant + ols_loss(beta, x, y) / (2 * sigma2)


@mistake("gaussian_nll", "σ² is the variance; here it is used as the standard deviation.")
def gaussian_nll_variance_as_deviation(beta, sigma2, x, y):
    return answers.gaussian_nll(beta, sigma2**2, x, y)


@mistake("gaussian_nll", "The square is divided by 2σ²: the 2 is missing.")
def gaussian_nll_without_two(beta, sigma2, x, y):
    constant = math.log(2 * math.pi * sigma2) / 2
    return constant + ols_loss(beta, x, y) / sigma2


@mistake("gaussian_nll", "The constant is the logarithm of √(2πσ²): it carries a factor ½.")
def gaussian_nll_constant_without_half(beta, sigma2, x, y):
    constant = math.log(2 * math.pi * sigma2)
    return constant + ols_loss(beta, x, y) / (2 * sigma2)


@mistake("gaussian_nll", "The loss is a mean: divide by the number of observations.")
def gaussian_nll_sum(beta, sigma2, x, y):
    return len(y) * answers.gaussian_nll(beta, sigma2, x, y)


@mistake("gaussian_nll", "A loss falls as the fit gets better: this is the log-likelihood.")
def gaussian_nll_sign(beta, sigma2, x, y):
    return -answers.gaussian_nll(beta, sigma2, x, y)


@mistake(
    "gaussian_nll",
    "The squares are averaged, while the constant counts once: here they are summed.",
)
def gaussian_nll_squares_summed(beta, sigma2, x, y):
    constant = math.log(2 * math.pi * sigma2) / 2
    return constant + ((y - x @ beta) ** 2).sum() / (2 * sigma2)


@mistake(
    "gaussian_nll", "The log-density has −½ log 2πσ²: which sign has the constant in the loss?"
)
def gaussian_nll_constant_sign(beta, sigma2, x, y):
    constant = math.log(2 * math.pi * sigma2) / 2
    return ols_loss(beta, x, y) / (2 * sigma2) - constant


@mistake("laplace_nll", "The constant log 2b belongs to the density.")
def laplace_nll_without_constant(beta, b, x, y):
    residual = y - x @ beta
    fit = residual.abs().mean() / b
    return fit


@mistake("laplace_nll", "The exponent of the density is |r|/b: no square.")
def laplace_nll_squared(beta, b, x, y):
    constant = math.log(2 * b)
    residual = y - x @ beta
    fit = (residual**2).mean() / b
    return constant + fit


@mistake("laplace_nll", "The absolute value is divided by b, not by 2b.")
def laplace_nll_divided_by_2b(beta, b, x, y):
    constant = math.log(2 * b)
    residual = y - x @ beta
    fit = residual.abs().mean() / (2 * b)
    return constant + fit


@mistake("laplace_nll", "The constant is log 2b: the 2 is part of it.")
def laplace_nll_constant_without_two(beta, b, x, y):
    constant = math.log(b)
    residual = y - x @ beta
    fit = residual.abs().mean() / b
    return constant + fit


@mistake("laplace_nll", "The residuals are measured in units of b: |r|/b.")
def laplace_nll_residual_not_scaled(beta, b, x, y):
    constant = math.log(2 * b)
    residual = y - x @ beta
    fit = residual.abs().mean()
    return constant + fit


@mistake("laplace_nll", "The loss is a mean: divide by the number of observations.")
def laplace_nll_sum(beta, b, x, y):
    return len(y) * answers.laplace_nll(beta, b, x, y)


@mistake(
    "laplace_nll", "The logarithm of 1/(2b) is negative: which sign has the constant in the loss?"
)
def laplace_nll_constant_sign(beta, b, x, y):
    constant = math.log(2 * b)
    residual = y - x @ beta
    fit = residual.abs().mean() / b
    return fit - constant


@mistake(
    "logistic_nll",
    "Before log a probability has rounded to 0 or 1, or overflowed: write the loss in u = xᵀβ.",
)
def logistic_nll_log_of_sigmoid(beta, x, y):
    p = torch.sigmoid(x @ beta)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


@mistake("logistic_nll", "BCELoss cuts each logarithm off at −100; this loss goes on.")
def logistic_nll_clamped(beta, x, y):
    return torch.nn.functional.binary_cross_entropy(torch.sigmoid(x @ beta), y)


@mistake("logistic_nll", "log(1 + exp u) overflows for large u: softplus or logaddexp does not.")
def logistic_nll_softplus_overflows(beta, x, y):
    u = x @ beta
    losses = torch.log(1 + torch.exp(u)) - y * u
    return losses.mean()


@mistake("logistic_nll", "The loss is a mean: divide by the number of observations.")
def logistic_nll_sum(beta, x, y):
    u = x @ beta
    losses = torch.nn.functional.softplus(u) - y * u
    return losses.sum()


@mistake("logistic_nll", "Here y is 0 or 1; log(1 + exp(−y u)) is for labels −1 and 1.")
def logistic_nll_for_signed_labels(beta, x, y):
    u = x @ beta
    losses = torch.nn.functional.softplus(-y * u)
    return losses.mean()


@mistake("logistic_nll", "A loss falls as the fit gets better: this is the log-likelihood.")
def logistic_nll_sign(beta, x, y):
    return -answers.logistic_nll(beta, x, y)


@mistake("logistic_nll", "An ε inside the logarithm shifts every loss: rewrite the formula.")
def logistic_nll_epsilon(beta, x, y):
    p = torch.sigmoid(x @ beta)
    return -(y * (p + 1e-5).log() + (1 - y) * (1 - p + 1e-5).log()).mean()


@mistake("logistic_nll", "Observations with y = 0 also have a say: log(1 − p).")
def logistic_nll_ones_only(beta, x, y):
    u = x @ beta
    losses = y * torch.nn.functional.softplus(-u)
    return losses.mean()


@mistake("logistic_nll", "The labels are the wrong way round: y = 1 goes with log p.")
def logistic_nll_labels_inverted(beta, x, y):
    u = x @ beta
    losses = torch.nn.functional.softplus(u) - (1 - y) * u
    return losses.mean()


@mistake("logistic_nll", "Far below 0, log(1 + exp u) is nearly 0: what do you add to it there?")
def logistic_nll_magnitude(beta, x, y):
    u = x @ beta
    losses = u.abs() + torch.log1p(torch.exp(-u.abs())) - y * u
    return losses.mean()


@mistake(
    "logistic_nll",
    "A bound inside the logarithm cuts the loss of a confident error off: rewrite the formula.",
)
def logistic_nll_bounded(beta, x, y):
    p = torch.sigmoid(x @ beta).clamp(1e-7, 1 - 1e-7)
    return -(y * p.log() + (1 - y) * (1 - p).log()).mean()


@mistake("entropy", "0 · log 0 is nan in floating point; the term's limit is 0.")
def entropy_nan_at_zero(p):
    terms = p * p.log()
    return -terms.sum()


@mistake("entropy", "log₂ counts bits; a nat needs the natural logarithm.")
def entropy_in_bits(p):
    terms = torch.xlogy(p, p)
    return -terms.sum() / math.log(2)


@mistake("entropy", "log₁₀ is not the natural logarithm, though a page of the notes uses it.")
def entropy_in_tens(p):
    terms = torch.xlogy(p, p)
    return -terms.sum() / math.log(10)


@mistake("entropy", "An ε inside the logarithm shifts the result: treat p = 0 apart.")
def entropy_epsilon(p):
    terms = p * (p + 1e-5).log()
    return -terms.sum()


@mistake("entropy", "Entropy is never negative: log p is.")
def entropy_sign(p):
    terms = torch.xlogy(p, p)
    return terms.sum()


@mistake("entropy", "The surprises −log p are averaged with the weights p, not equally.")
def entropy_unweighted(p):
    return -(p[p > 0].log()).mean()


@mistake("cross_entropy", "The outcomes come from p, the logarithm from q: check the order.")
def cross_entropy_swapped(p, q):
    terms = torch.xlogy(q, p)
    return -terms.sum()


@mistake("cross_entropy", "0 · log 0 is nan in floating point; the term's limit is 0.")
def cross_entropy_nan_at_zero(p, q):
    terms = p * q.log()
    return -terms.sum()


@mistake("cross_entropy", "That is the divergence: the entropy of p stays in.")
def cross_entropy_is_kl(p, q):
    return answers.kl_divergence(p, q)


@mistake(
    "cross_entropy",
    "A small constant inside the logarithm, added or as a bound, hides the infinite terms.",
)
def cross_entropy_epsilon(p, q):
    terms = p * (q + 1e-5).log()
    return -terms.sum()


@mistake("cross_entropy", "log₂ counts bits; a nat needs the natural logarithm.")
def cross_entropy_in_bits(p, q):
    terms = torch.xlogy(p, q)
    return -terms.sum() / math.log(2)


@mistake("cross_entropy", "Where p > 0 = q the answer is inf: that term may not be dropped.")
def cross_entropy_drops_the_infinite(p, q):
    both = (p > 0) & (q > 0)
    return -(p[both] * q[both].log()).sum()


@mistake(
    "cross_entropy",
    "A small constant inside the logarithm, added or as a bound, hides the infinite terms.",
)
def cross_entropy_clamped(p, q):
    terms = p * q.clamp(min=1e-12).log()
    return -terms.sum()


@mistake("kl_divergence", "KL(q‖p) is not KL(p‖q): which distribution weighs the logarithms?")
def kl_swapped(q, p):
    return answers.kl_divergence(p, q)


@mistake("kl_divergence", "0 · log 0 is nan in floating point; the term's limit is 0.")
def kl_nan_at_zero(q, p):
    return (q * (q / p).log()).sum()


@mistake("kl_divergence", "Where q > 0 = p the answer is inf: that term may not be dropped.")
def kl_drops_the_infinite(q, p):
    both = (q > 0) & (p > 0)
    return (q[both] * (q[both] / p[both]).log()).sum()


@mistake(
    "kl_divergence",
    "A small constant inside the logarithm, added or as a bound, hides the infinite terms.",
)
def kl_epsilon(q, p):
    return (q * ((q + 1e-5) / (p + 1e-5)).log()).sum()


@mistake("kl_divergence", "The divergence is never negative: check which one is divided by which.")
def kl_sign(q, p):
    return -answers.kl_divergence(q, p)


@mistake("kl_divergence", "That is the cross-entropy: the entropy of q must be subtracted.")
def kl_is_cross_entropy(q, p):
    return answers.cross_entropy(q, p)


@mistake(
    "kl_divergence",
    "A small constant inside the logarithm, added or as a bound, hides the infinite terms.",
)
def kl_clamped(q, p):
    return (q * (q.clamp(min=1e-12) / p.clamp(min=1e-12)).log()).sum()


@mistake("gaussian_kl", "KL(q‖p) is not KL(p‖q): look at which variance divides.")
def gaussian_kl_swapped(mu_q, var_q, mu_p, var_p):
    ratio = var_p / var_q
    distance = (mu_q - mu_p) ** 2 / var_q
    return (ratio + distance - 1 - ratio.log()) / 2


@mistake("gaussian_kl", "The arguments are variances; here they are squared once more.")
def gaussian_kl_variances_squared(mu_q, var_q, mu_p, var_p):
    ratio = var_q**2 / var_p**2
    distance = (mu_q - mu_p) ** 2 / var_p**2
    return (ratio + distance - 1 - ratio.log()) / 2


@mistake("gaussian_kl", "Two equal normals must have the divergence 0: a constant is missing.")
def gaussian_kl_without_constant(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p) ** 2 / var_p
    return (ratio + distance - ratio.log()) / 2


@mistake("gaussian_kl", "log(σ_p/σ_q) is half of log(σ_p²/σ_q²).")
def gaussian_kl_log_not_halved(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p) ** 2 / var_p
    return (ratio + distance - 1 - 2 * ratio.log()) / 2


@mistake("gaussian_kl", "The difference of the means enters with its square.")
def gaussian_kl_difference_not_squared(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p).abs() / var_p
    return (ratio + distance - 1 - ratio.log()) / 2


@mistake("gaussian_kl", "The whole bracket is halved.")
def gaussian_kl_without_half(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p) ** 2 / var_p
    return ratio + distance - 1 - ratio.log()


@mistake("gaussian_kl", "Elementwise: one divergence for each entry, without a sum.")
def gaussian_kl_summed(mu_q, var_q, mu_p, var_p):
    return answers.gaussian_kl(mu_q, var_q, mu_p, var_p).sum()


@mistake("gaussian_kl", "The square of the means' difference is divided by the other variance.")
def gaussian_kl_other_variance(mu_q, var_q, mu_p, var_p):
    ratio = var_q / var_p
    distance = (mu_q - mu_p) ** 2 / var_q
    return (ratio + distance - 1 - ratio.log()) / 2


@mistake("hinge_loss", "A score that is right but closer than the margin 1 still costs something.")
def hinge_loss_without_margin(score, y):
    losses = (-y * score).clamp(min=0)
    return losses.mean()


@mistake("hinge_loss", "A score beyond the margin costs 0, not less: where is the maximum with 0?")
def hinge_loss_without_maximum(score, y):
    losses = 1 - y * score
    return losses.mean()


@mistake("hinge_loss", "The loss is a mean: divide by the number of observations.")
def hinge_loss_sum(score, y):
    losses = (1 - y * score).clamp(min=0)
    return losses.sum()


@mistake("hinge_loss", "The hinge is not squared here.")
def hinge_loss_squared(score, y):
    losses = (1 - y * score).clamp(min=0)
    return (losses**2).mean()


@mistake("hinge_loss", "Check the sign: y·score is large when the score is right.")
def hinge_loss_sign(score, y):
    losses = (1 + y * score).clamp(min=0)
    return losses.mean()


@mistake("hinge_loss", "The mean runs over all observations, not only those that cost something.")
def hinge_loss_mean_of_active(score, y):
    loss = (1 - y * score).clamp(min=0)
    return loss.sum() / (loss > 0).sum().clamp(min=1)


@mistake("hinge_loss", "The maximum with 0 is taken for each observation, before the mean.")
def hinge_loss_maximum_of_the_mean(score, y):
    losses = 1 - y * score
    return losses.mean().clamp(min=0)


@mistake("hinge_loss", "The labels are −1 and +1 already: they need no conversion from 0 and 1.")
def hinge_loss_converts_labels(score, y):
    losses = (1 - (2 * y - 1) * score).clamp(min=0)
    return losses.mean()


@mistake("check_loss", "τ belongs to the positive residuals and 1 − τ to the negative ones.")
def check_loss_mirrored(residual, tau):
    above = (1 - tau) * residual
    below = -tau * residual
    return torch.maximum(above, below).mean()


@mistake("check_loss", "The two slopes differ: |r| alone knows only the median.")
def check_loss_absolute(residual, tau):
    return residual.abs().mean()


@mistake("check_loss", "The loss is a mean: divide by the number of observations.")
def check_loss_sum(residual, tau):
    above = tau * residual
    below = (tau - 1) * residual
    return torch.maximum(above, below).sum()


@mistake("check_loss", "A negative residual must cost something as well, with the slope τ − 1.")
def check_loss_positive_side_only(residual, tau):
    return (tau * residual).clamp(min=0).mean()


@mistake("check_loss", "The loss is the larger of the two lines, not the smaller.")
def check_loss_minimum(residual, tau):
    above = tau * residual
    below = (tau - 1) * residual
    return torch.minimum(above, below).mean()


@mistake("check_loss", "At τ = ½ this loss is |r|/2: no factor 2.")
def check_loss_doubled(residual, tau):
    above = tau * residual
    below = (tau - 1) * residual
    return 2 * torch.maximum(above, below).mean()


@mistake("check_loss", "A negative residual costs something: look at the sign of (1 − τ) r there.")
def check_loss_negative_side(residual, tau):
    return torch.where(residual >= 0, tau * residual, (1 - tau) * residual).mean()
