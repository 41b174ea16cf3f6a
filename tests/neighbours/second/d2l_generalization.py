"""Second neighbours of d2l_generalization: written without a look at hints or known mistakes."""

import math

import torch

from grader.vocabulary import mistake


@mistake("train_val_split", "validation is returned first")
def split_val_first(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return (order[:n_val], order[n_val:])


@mistake("train_val_split", "the training part is everything")
def split_overlap(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return (order, order[:n_val])


@mistake("train_val_split", "two slips: not shuffled, and the size is rounded down")
def split_ordered_floor(n, val_fraction, generator):
    order = torch.arange(n)
    n_val = int(n * val_fraction)
    return (order[n_val:], order[:n_val])


@mistake("train_val_split", "the fraction is taken for the training part")
def split_fraction_of_train(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return (order[:n_val], order[n_val:])


@mistake("kfold", "every fold has n // k, the rest is in none")
def kfold_rest_dropped(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in indices[: n // k * k].split(n // k):
        train = torch.cat([indices[: val[0]], indices[val[-1] + 1 :]])
        pairs.append((train, val))
    return pairs


@mistake("kfold", "the training part holds what comes before the fold only")
def kfold_train_before_only(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in torch.tensor_split(indices, k):
        train = indices[: val[0]]
        pairs.append((train, val))
    return pairs


@mistake("kfold", "the training part lacks the row after the fold")
def kfold_one_lost(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in torch.tensor_split(indices, k):
        train = torch.cat([indices[: val[0]], indices[val[-1] + 2 :]])
        pairs.append((train, val))
    return pairs


@mistake("kfold", "two slips: the pairs are (val, train), and folds take every k-th row")
def kfold_swapped_interleaved(n, k):
    pairs = []
    for i in range(k):
        val = torch.arange(i, n, k)
        train = torch.tensor([j for j in range(n) if j % k != i])
        pairs.append((val, train))
    return pairs


@mistake("empirical_error", "the share of hits")
def err_accuracy(predicted, labels):
    return (predicted == labels).double().mean().item()


@mistake("empirical_error", "two slips: hits, and their number")
def err_count_hits(predicted, labels):
    return (predicted == labels).double().sum().item()


@mistake("clt_sample_size", "rounded down")
def clt_floor(half_width, z=1.0):
    bound = 0.25 * (z / half_width) ** 2
    return math.floor(bound)


@mistake("clt_sample_size", "the standard deviation 1/2 stands for the variance")
def clt_variance_half(half_width, z=1.0):
    bound = 0.5 * (z / half_width) ** 2
    return math.ceil(bound)


@mistake("clt_sample_size", "two slips: not squared, and rounded to the nearest")
def clt_no_square_round(half_width, z=1.0):
    bound = 0.25 * (z / half_width)
    return round(bound)


@mistake("hoeffding_sample_size", "the two-sided bound: log(2/delta)")
def hoeff_two_sided(t, delta):
    bound = math.log(2 / delta) / (2 * t**2)
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "t is not squared")
def hoeff_t_not_squared(t, delta):
    bound = math.log(1 / delta) / (2 * t)
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "two slips: decimal logarithm, and not rounded up")
def hoeff_log10_float(t, delta):
    bound = math.log10(1 / delta) / (2 * t**2)
    return bound


@mistake("any_false_discovery", "the probability that all are false discoveries")
def afd_all(k, alpha=0.05):
    return alpha**k


@mistake("any_false_discovery", "k alpha: the union bound")
def afd_sum(k, alpha=0.05):
    return k * alpha


@mistake("bonferroni", "Sidak's correction")
def bonf_sidak(k, alpha=0.05):
    return 1 - (1 - alpha) ** (1 / k)


@mistake("polynomial_features", "not divided by the factorial")
def poly_no_factorial(x, degree):
    columns = [x**i for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


@mistake("polynomial_features", "the constant is missing")
def poly_starts_at_one(x, degree):
    columns = [x**i / math.factorial(i) for i in range(1, degree + 1)]
    return torch.stack(columns, dim=1)


@mistake("polynomial_features", "two slips: transposed, and the last power is missing")
def poly_rows_short(x, degree):
    columns = [x**i / math.factorial(i) for i in range(degree)]
    return torch.stack(columns, dim=0)


@mistake("polynomial_features", "divided by (i+1)!")
def poly_gamma_off(x, degree):
    columns = [x**i / math.factorial(i + 1) for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


@mistake("ridge_fit", "the gram matrix is not divided by n, the penalty is")
def ridge_sum_form(x, y, lam):
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc + lam * eye
    right = xc.T @ yc
    w = torch.linalg.solve(gram, right)
    return (w, y.mean() - x.mean(dim=0) @ w)


@mistake("ridge_fit", "the offset is a penalised column of ones")
def ridge_bias_penalised(x, y, lam):
    n, d = x.shape
    ones = torch.cat([x, torch.ones(n, 1, dtype=x.dtype)], dim=1)
    w = torch.linalg.solve(
        ones.T @ ones / n + lam * torch.eye(d + 1, dtype=x.dtype), ones.T @ y / n
    )
    return w[:d], w[d]


@mistake("ridge_fit", "the offset is the mean of y")
def ridge_mean_offset(x, y, lam):
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return (w, y.mean())


@mistake("ridge_fit", "two slips: lambda is halved, and the offset has x's mean added")
def ridge_half_lam_offset_sign(x, y, lam):
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam / 2 * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return (w, y.mean() + x.mean(dim=0) @ w)


@mistake("log_rmse", "the predictions are not lifted to 1")
def lrmse_not_clamped(predicted, y):
    lifted = predicted
    errors = torch.log(lifted) - torch.log(y)
    return (errors**2).mean().sqrt()


@mistake("log_rmse", "no root")
def lrmse_no_root(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log(lifted) - torch.log(y)
    return (errors**2).mean()


@mistake("log_rmse", "two slips: log(1 + y), and absolute errors")
def lrmse_log1p_abs(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log1p(lifted) - torch.log1p(y)
    return errors.abs().mean()


@mistake(
    "clt_sample_size",
    "two slips: rounded down; and the standard deviation 1/2 stands for the variance",
)
def clt_floor_and_variance_half(half_width, z=1.0):
    bound = 0.5 * (z / half_width) ** 2
    return math.floor(bound)


@mistake(
    "polynomial_features", "two slips: not divided by the factorial; and the constant is missing"
)
def poly_no_factorial_and_starts_at_one(x, degree):
    columns = [x**i for i in range(1, degree + 1)]
    return torch.stack(columns, dim=1)


@mistake(
    "kfold",
    "two slips: every fold has n // k, the rest is in none; and the training part holds what comes before the fold only",
)
def kfold_rest_dropped_and_train_before_only(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in indices[: n // k * k].split(n // k):
        train = indices[: val[0]]
        pairs.append((train, val))
    return pairs


@mistake("log_rmse", "two slips: the predictions are not lifted to 1; and no root")
def lrmse_not_clamped_and_no_root(predicted, y):
    lifted = predicted
    errors = torch.log(lifted) - torch.log(y)
    return (errors**2).mean()
