"""Wrong answers on generalization, as students write them, to try the hints on."""

import math

import numpy as np
import torch

from grader.vocabulary import mistake
from solutions.d2l_generalization import answers


@mistake("train_val_split", "the parts are returned in the wrong order: validation first")
def validation_first(n, val_fraction, generator):
    idx = torch.randperm(n, generator=generator)
    k = round(n * val_fraction)
    return idx[:k], idx[k:]


@mistake("train_val_split", "nothing is shuffled: the validation set is the last rows")
def split_without_shuffling(n, val_fraction, generator):
    n_val = round(n * val_fraction)
    return torch.arange(n - n_val), torch.arange(n - n_val, n)


@mistake("train_val_split", "int() cuts off where round is asked")
def split_size_cut_off(n, val_fraction, generator):
    perm = torch.randperm(n, generator=generator)
    n_val = int(n * val_fraction)
    return perm[n_val:], perm[:n_val]


@mistake(
    "train_val_split", "perm[:-n_val] is empty where n_val is 0: all the training rows are lost"
)
def minus_zero_is_empty(n, val_fraction, generator):
    perm = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return perm[:-n_val], perm[n - n_val :]


@mistake(
    "train_val_split",
    "two slips: the generator is not used, and val_fraction is the training's share",
)
def global_shuffle_wrong_share(n, val_fraction, generator):
    perm = torch.randperm(n)
    n_train = round(n * val_fraction)
    return perm[:n_train], perm[n_train:]


@mistake(
    "train_val_split", "two slips: indices are drawn with replacement, and the two parts overlap"
)
def draws_two_overlapping_parts(n, val_fraction, generator):
    n_val = round(n * val_fraction)
    val = torch.randint(0, n, (n_val,), generator=generator)
    train = torch.randint(0, n, (n - n_val,), generator=generator)
    return train, val


@mistake(
    "train_val_split", "a torch.Generator has no permutation: NumPy's word raises AttributeError"
)
def numpy_permutation(n, val_fraction, generator):
    perm = torch.as_tensor(generator.permutation(n))
    n_val = round(n * val_fraction)
    return perm[n_val:], perm[:n_val]


@mistake("train_val_split", "two slips: int() cuts the size off, and validation is returned first")
def cut_off_and_validation_first(n, val_fraction, generator):
    perm = torch.randperm(n, generator=generator)
    return perm.split([int(n * val_fraction), n - int(n * val_fraction)])


@mistake("kfold", "the larger folds come last")
def larger_folds_last(n, k):
    sizes = [n // k] * k
    for i in range(n % k):
        sizes[-1 - i] += 1
    indices = torch.arange(n)
    pairs, start = [], 0
    for size in sizes:
        val = indices[start : start + size]
        train = torch.cat([indices[:start], indices[start + size :]])
        pairs.append((train, val))
        start += size
    return pairs


@mistake("kfold", "the rest of the division is in no fold: each has n // k rows")
def rest_in_no_fold(n, k):
    size = n // k
    idx = torch.arange(n)
    folds = []
    for i in range(k):
        val = idx[i * size : (i + 1) * size]
        train = torch.cat([idx[: i * size], idx[(i + 1) * size :]])
        folds.append((train, val))
    return folds


@mistake("kfold", "all the rest is in the last fold: sizes differ by more than one")
def rest_in_the_last_fold(n, k):
    size = n // k
    idx = torch.arange(n)
    pairs = []
    for i in range(k):
        stop = n if i == k - 1 else (i + 1) * size
        mask = (idx >= i * size) & (idx < stop)
        pairs.append((idx[~mask], idx[mask]))
    return pairs


@mistake("kfold", "the folds are interleaved, i, i + k, …, not contiguous")
def interleaved_folds(n, k):
    idx = torch.arange(n)
    return [(idx[idx % k != i], idx[idx % k == i]) for i in range(k)]


@mistake(
    "kfold",
    "two slips: validation comes first in each pair, and training is only what comes before",
)
def past_rows_train_swapped(n, k):
    parts = torch.arange(n).tensor_split(k)
    return [(val, torch.arange(int(val[0]))) for val in parts]


@mistake("kfold", "two slips: the indices are shuffled, and the rest of the division is left out")
def shuffled_folds_without_rest(n, k):
    torch.manual_seed(0)
    perm = torch.randperm(n)
    size = n // k
    out = []
    for i in range(k):
        val = perm[i * size : (i + 1) * size]
        out.append((torch.cat((perm[: i * size], perm[(i + 1) * size :])), val))
    return out


@mistake("kfold", "chunks of ⌈n/k⌉ rows: the last fold may be much smaller, or missing")
def chunks_rounded_up(n, k):
    idx = torch.arange(n)
    pairs = []
    for val in idx.chunk(k):
        keep = torch.ones(n, dtype=torch.bool)
        keep[val] = False
        pairs.append((idx[keep], val))
    return pairs


@mistake("kfold", "two slips: the larger folds come last, and training lies before validation only")
def larger_last_and_past_only(n, k):
    edges = [n * i // k for i in range(k + 1)]
    return [(torch.arange(edges[i]), torch.arange(edges[i], edges[i + 1])) for i in range(k)]


@mistake("empirical_error", "the share of right predictions: the accuracy")
def share_of_hits(predicted, labels):
    return (predicted == labels).double().mean().item()


@mistake("empirical_error", "the number of wrong predictions, not their share")
def number_of_errors(predicted, labels):
    return float((predicted != labels).sum())


@mistake(
    "empirical_error", "the distance between the class numbers is averaged, not whether they differ"
)
def distance_of_the_classes(predicted, labels):
    return (predicted - labels).abs().double().mean().item()


@mistake("empirical_error", "a tensor is returned, not a Python float")
def error_as_a_tensor(predicted, labels):
    return torch.mean((predicted != labels).float())


@mistake("empirical_error", "mean of booleans raises: a bool tensor has to be made float first")
def mean_of_booleans(predicted, labels):
    wrong = predicted != labels
    return wrong.mean().item()


@mistake(
    "empirical_error", "two slips: hits are counted, and they are rounded to a whole percentage"
)
def rounded_percentage_of_hits(predicted, labels):
    hits = sum(int(p == y) for p, y in zip(predicted, labels))
    return float(round(100 * hits / len(labels)))


@mistake("clt_sample_size", "the size is rounded down: the bound is not reached")
def clt_rounded_down(half_width, z=1.0):
    return int(0.25 * (z / half_width) ** 2)


@mistake("clt_sample_size", "z is not squared")
def z_without_a_square(half_width, z=1.0):
    return math.ceil(0.25 * z / half_width**2)


@mistake("clt_sample_size", "two slips: ½ stands for the variance ¼, and a float is returned")
def half_for_the_variance(half_width, z=1.0):
    return np.ceil(0.5 * (z / half_width) ** 2)


@mistake("clt_sample_size", "z is ignored: one standard deviation is taken always")
def clt_without_z(half_width, z=1.0):
    n = 1
    while math.sqrt(0.25 / n) > half_width:
        n += 1
    return n


@mistake("clt_sample_size", "two slips: z is not squared, and the size is rounded down")
def unsquared_z_rounded_down(half_width, z=1.0):
    return int(z * 0.25 / (half_width * half_width))


@mistake("hoeffding_sample_size", "the 2 of the exponent is missing")
def hoeffding_without_the_two(t, delta):
    return math.ceil(-math.log(delta) / t**2)


@mistake("hoeffding_sample_size", "the inequality of both sides is used: log(2 / δ) for log(1 / δ)")
def hoeffding_of_both_sides(t, delta):
    return math.ceil(math.log(2 / delta) / (2 * t * t))


@mistake("hoeffding_sample_size", "two slips: t is not squared, and the size is rounded down")
def hoeffding_linear_rounded_down(t, delta):
    return int(np.log(1 / delta) / (2 * t))


@mistake("hoeffding_sample_size", "the logarithm has base 10")
def hoeffding_with_base_ten(t, delta):
    return math.ceil(math.log10(1 / delta) / (2 * t**2))


@mistake("hoeffding_sample_size", "torch.log of a float raises TypeError")
def hoeffding_with_torch_log(t, delta):
    return math.ceil(torch.log(1 / delta) / (2 * t**2))


@mistake(
    "hoeffding_sample_size",
    "two slips: log(2 / δ) stands for log(1 / δ), and it divides by t² alone",
)
def both_sides_without_the_two(t, delta):
    n = (math.log(2) - math.log(delta)) / t**2
    return math.ceil(n)


@mistake("any_false_discovery", "the chances are added: k α, which may exceed 1")
def adds_the_chances(k, alpha=0.05):
    return k * alpha


@mistake("any_false_discovery", "αᵏ is the chance that all tests mislead at once")
def all_tests_mislead(k, alpha=0.05):
    return alpha**k


@mistake(
    "any_false_discovery", "two slips: alpha is fixed at 0.05, and the chance of none is returned"
)
def chance_of_none_at_five_percent(k, alpha=0.05):
    p = 1.0
    for _ in range(k):
        p *= 1 - 0.05
    return p


@mistake("any_false_discovery", "^ is no power in Python: on a float it raises TypeError")
def caret_for_a_power(k, alpha=0.05):
    return 1 - (1 - alpha) ^ k


@mistake("bonferroni", "Šidák's level is returned, 1 − (1 − α)^(1/k), not Bonferroni's α/k")
def sidak_level(k, alpha=0.05):
    return 1 - (1 - alpha) ** (1 / k)


@mistake("bonferroni", "the level is multiplied by k, not divided")
def multiplies_the_level(k, alpha=0.05):
    return min(1.0, alpha * k)


@mistake("bonferroni", "two slips: it divides by k + 1, and alpha is fixed at 0.05")
def one_test_more(k, alpha=0.05):
    return 0.05 / (k + 1)


@mistake("polynomial_features", "the factorials are left out: bare powers")
def powers_without_factorials(x, degree):
    return torch.vander(x, degree + 1, increasing=True)


@mistake(
    "polynomial_features", "the highest power is missing: degree columns instead of degree + 1"
)
def one_column_too_few(x, degree):
    columns = [x**i / math.factorial(i) for i in range(degree)]
    return torch.stack(columns, dim=1) if columns else x.new_zeros(len(x), 0)


@mistake("polynomial_features", "the powers lie in the rows: (degree + 1, n)")
def powers_in_the_rows(x, degree):
    rows = [x.pow(i) / math.factorial(i) for i in range(degree + 1)]
    return torch.stack(rows)


@mistake(
    "polynomial_features",
    "the powers are divided by i, not by its factorial",
)
def divides_by_i(x, degree):
    out = torch.ones(len(x), degree + 1, dtype=x.dtype, device=x.device)
    for i in range(1, degree + 1):
        out[:, i] = x**i / i
    return out


@mistake("polynomial_features", "exp(i·log x) is nan for negative x")
def powers_by_logarithms(x, degree):
    i = torch.arange(degree + 1, dtype=x.dtype, device=x.device)
    return torch.exp(torch.log(x)[:, None] * i - torch.lgamma(i + 1))


@mistake(
    "polynomial_features", "two slips: the column of ones is left out, and the result is float32"
)
def no_ones_in_float32(x, degree):
    out = torch.zeros(len(x), degree)
    for i in range(1, degree + 1):
        out[:, i - 1] = x**i / math.factorial(i)
    return out


@mistake("polynomial_features", "two slips: gamma(i) is (i − 1)!, and the powers run downwards")
def shifted_factorials_downwards(x, degree):
    i = torch.arange(degree, -1, -1, dtype=x.dtype, device=x.device)
    return x[:, None] ** i / torch.exp(torch.lgamma(i.clamp(min=1)))


@mistake("polynomial_features", "a Python int has no method factorial: AttributeError")
def factorial_of_an_int(x, degree):
    columns = [x**i / i.factorial() for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


@mistake("ridge_fit", "the intercept is penalised: a column of ones is fitted like the others")
def penalises_the_intercept(x, y, lam):
    n, d = x.shape
    ones = torch.ones(n, 1, dtype=x.dtype, device=x.device)
    X = torch.cat([x, ones], dim=1)
    eye = torch.eye(d + 1, dtype=x.dtype, device=x.device)
    theta = torch.linalg.solve(X.T @ X / n + lam * eye, X.T @ y / n)
    return theta[:-1], theta[-1]


@mistake("ridge_fit", "the sum of squares is used, not the mean: λ counts 1/n as much as it should")
def sum_for_the_mean_of_squares(x, y, lam):
    d = x.shape[1]
    mu_x, mu_y = x.mean(0), y.mean()
    xc = x - mu_x
    w = torch.linalg.inv(xc.T @ xc + lam * torch.eye(d, dtype=x.dtype, device=x.device)) @ (
        xc.T @ (y - mu_y)
    )
    return w, mu_y - mu_x @ w


@mistake("ridge_fit", "there is no intercept in the fit: w is solved on data that are not centred")
def fits_without_centring(x, y, lam):
    n, d = x.shape
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    w = torch.linalg.solve(x.T @ x / n + lam * eye, x.T @ y / n)
    return w, (y - x @ w).mean()


@mistake("ridge_fit", "b is the mean of y alone: x̄·w is not taken off")
def intercept_is_the_mean_of_y(x, y, lam):
    n, d = x.shape
    xc, yc = x - x.mean(dim=0), y - y.mean()
    a = xc.T @ xc + n * lam * torch.eye(d, dtype=x.dtype, device=x.device)
    return torch.linalg.solve(a, xc.T @ yc), y.mean()


@mistake("ridge_fit", "two slips: λ is halved, as for λ/2‖w‖², and b keeps the shape (1,)")
def halved_lambda_and_b_with_an_axis(x, y, lam):
    n, d = x.shape
    mean = x.mean(dim=0, keepdim=True)
    xc, yc = x - mean, y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    w = torch.linalg.solve(xc.T @ xc / n + lam / 2 * eye, xc.T @ yc / n)
    return w, y.mean() - mean @ w


@mistake(
    "ridge_fit",
    "two slips: λ is added to every entry, not to the diagonal, and w and b are swapped",
)
def lambda_everywhere_b_first(x, y, lam):
    n = len(x)
    xc, yc = x - x.mean(0), y - y.mean()
    w = torch.linalg.lstsq(xc.T @ xc / n + lam, (xc.T @ yc / n)[:, None]).solution[:, 0]
    b = y.mean() - x.mean(0) @ w
    return b, w


@mistake(
    "ridge_fit",
    "the product is x xᵀ, (n, n), where xᵀx, (d, d), belongs: adding the identity raises",
)
def identity_on_the_wrong_side(x, y, lam):
    n, d = x.shape
    xc, yc = x - x.mean(dim=0), y - y.mean()
    gram = (xc @ xc.T / n) + lam * torch.eye(d, dtype=x.dtype, device=x.device)
    w = torch.linalg.solve(gram, xc.T @ yc / n)
    return w, y.mean() - x.mean(dim=0) @ w


@mistake(
    "ridge_fit", "two slips: the squares are summed, not averaged, and the intercept is penalised"
)
def sum_with_a_penalised_intercept(x, y, lam):
    ones = torch.ones_like(x[:, :1])
    design = torch.hstack([ones, x])
    size = design.shape[1]
    penalty = lam * torch.eye(size, dtype=x.dtype, device=x.device)
    theta = torch.linalg.inv(design.T @ design + penalty) @ design.T @ y
    return theta[1:], theta[0]


@mistake("ridge_fit", "b takes its sign wrong: x̄·w is added to the mean of y")
def adds_the_mean_prediction(x, y, lam):
    n = x.shape[0]
    x_mean, y_mean = x.mean(dim=0), y.mean()
    cov = (x - x_mean).T @ (x - x_mean) / n
    cov.diagonal().add_(lam)
    w = torch.linalg.solve(cov, (x - x_mean).T @ (y - y_mean) / n)
    return w, y_mean + x_mean @ w


@mistake("log_rmse", "the root is missing: the mean of squares is returned")
def log_mse(predicted, y):
    return torch.mean((torch.log(predicted.clamp(min=1)) - torch.log(y)) ** 2)


@mistake("log_rmse", "predictions below 1 are not lifted to 1: their logarithm is nan or negative")
def log_rmse_without_a_floor(predicted, y):
    return (predicted.log() - y.log()).square().mean().sqrt()


@mistake("log_rmse", "the true prices are lifted to 1 as well: they should stay as they are")
def lifts_the_truth_too(predicted, y):
    a = torch.log(torch.clamp(predicted, min=1.0))
    b = torch.log(torch.clamp(y, min=1.0))
    return torch.sqrt(torch.nn.functional.mse_loss(a, b))


@mistake("log_rmse", "log1p is taken of both: log(1 + price)")
def log_of_one_plus(predicted, y):
    errors = torch.log1p(predicted.clamp(min=1)) - torch.log1p(y)
    return errors.pow(2).mean().sqrt()


@mistake(
    "log_rmse",
    "two slips: the root is taken of each square, which is the mean absolute error, and "
    "nothing is lifted to 1",
)
def mean_absolute_log_error(predicted, y):
    return torch.sqrt((torch.log(predicted) - torch.log(y)) ** 2).mean()


@mistake(
    "log_rmse", "two slips: the squares are summed, not averaged, and the logarithms have base 10"
)
def sum_of_decades(predicted, y):
    e = torch.log10(predicted.clamp(min=1)) - torch.log10(y)
    return torch.linalg.norm(e)


@mistake("log_rmse", "predicted itself is changed: clamp_ works in place")
def clamps_in_place(predicted, y):
    return answers.log_rmse(predicted.clamp_(min=1), y)


@mistake("log_rmse", "torch.max takes two tensors or an axis, not a float: it raises TypeError")
def max_with_a_number(predicted, y):
    lifted = torch.max(predicted, 1.0)
    return ((lifted.log() - y.log()) ** 2).mean().sqrt()
