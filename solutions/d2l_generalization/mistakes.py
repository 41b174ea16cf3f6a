"""Wrong answers of the chapters on generalization that we know, each with the hint it earns."""

import itertools
import math

import torch

from grader.vocabulary import mistake
from solutions.d2l_generalization import answers


@mistake("train_val_split", "The order of the two sets is (train, val).")
def split_exchanged(n, val_fraction, generator):
    train, val = answers.train_val_split(n, val_fraction, generator)
    return val, train


@mistake("train_val_split", "n · val_fraction is rounded to the nearest integer, not down.")
def split_rounded_down(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = int(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "n · val_fraction is rounded to the nearest integer, not up.")
def split_rounded_up(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = math.ceil(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "Shuffle before you cut: data often come in an order.")
def split_unshuffled(n, val_fraction, generator):
    order, n_val = torch.arange(n), round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "Draw from `generator`, not from PyTorch's global one.")
def split_ignores_generator(n, val_fraction, generator):
    order, n_val = torch.randperm(n), round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "Do not seed the generator: each call should split anew.")
def split_seeds_generator(n, val_fraction, generator):
    return answers.train_val_split(n, val_fraction, generator.manual_seed(0))


@mistake("train_val_split", "One permutation makes both sets; with two of them, the sets overlap.")
def split_overlapping(n, val_fraction, generator):
    n_val = round(n * val_fraction)
    val = torch.randperm(n, generator=generator)[:n_val]
    return torch.randperm(n, generator=generator)[n_val:], val


@mistake("train_val_split", "An empty validation set breaks `order[:-n_val]`: −0 is 0.")
def split_minus_nothing(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return order[:-n_val], order[-n_val:]


@mistake("train_val_split", "Draw the indices themselves: a random place to cut is not enough.")
def split_random_block(n, val_fraction, generator):
    start = torch.randint(n, (1,), generator=generator).item()
    order, n_val = torch.arange(n).roll(start), round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("kfold", "The order of each pair is (train, val).")
def kfold_exchanged(n, k):
    return [(val, train) for train, val in answers.kfold(n, k)]


@mistake("kfold", "When k does not divide n, the rest must not be left out of every fold.")
def kfold_drops_rest(n, k):
    order, size = torch.arange(n), n // k
    blocks = [order[i * size : (i + 1) * size] for i in range(k)]
    return [(torch.cat(blocks[:i] + blocks[i + 1 :]), blocks[i]) for i in range(k)]


@mistake("kfold", "Sizes differ by at most one: the last fold must not take the whole rest.")
def kfold_last_takes_rest(n, k):
    order, size = torch.arange(n), n // k
    cuts = [*range(0, k * size, size), n]
    return [(torch.cat([order[:a], order[b:]]), order[a:b]) for a, b in itertools.pairwise(cuts)]


@mistake("kfold", "The larger folds come first.")
def kfold_larger_last(n, k):
    pairs = answers.kfold(n, k)
    return [(n - 1 - train, n - 1 - val) for train, val in reversed(pairs)]


@mistake("kfold", "Folds are contiguous blocks, not every k-th index.")
def kfold_strided(n, k):
    order = torch.arange(n)
    return [(order[order % k != i], order[i::k]) for i in range(k)]


@mistake("kfold", "In each round the validation fold is left out of the training set.")
def kfold_trains_on_all(n, k):
    return [(torch.arange(n), val) for _, val in answers.kfold(n, k)]


@mistake("empirical_error", "This is the accuracy; the error counts the wrong predictions.")
def error_is_accuracy(predicted, labels):
    return (predicted == labels).double().mean().item()


@mistake("empirical_error", "A share, please, not a number of examples: divide by n.")
def error_is_count(predicted, labels):
    return float((predicted != labels).sum())


@mistake("empirical_error", "Classes are names, not numbers: how far they are apart is no matter.")
def error_is_distance(predicted, labels):
    return (predicted - labels).abs().double().mean().item()


@mistake("empirical_error", "The result is a Python float: `.item()` takes it out of a tensor.")
def error_is_tensor(predicted, labels):
    return (predicted != labels).double().mean()


@mistake("clt_sample_size", "The smallest n that suffices: round up.")
def clt_rounded_down(half_width, z=1.0):
    return int(0.25 * (z / half_width) ** 2)


@mistake("clt_sample_size", "Rounding to the nearest integer may fall short: round up.")
def clt_rounded(half_width, z=1.0):
    return round(0.25 * (z / half_width) ** 2)


@mistake("clt_sample_size", "z stands outside the root, so it is squared together with the rest.")
def clt_z_not_squared(half_width, z=1.0):
    return math.ceil(0.25 * z / half_width**2)


@mistake("clt_sample_size", "z is missing: it says how many standard deviations should fit.")
def clt_without_z(half_width, z=1.0):
    return math.ceil(0.25 / half_width**2)


@mistake("clt_sample_size", "The largest variance of a Bernoulli variable is ¼, not ½.")
def clt_variance_half(half_width, z=1.0):
    return math.ceil(0.5 * (z / half_width) ** 2)


@mistake("clt_sample_size", "¼ is the variance already: it is not squared again.")
def clt_variance_for_deviation(half_width, z=1.0):
    return math.ceil((0.25 * z / half_width) ** 2)


@mistake("clt_sample_size", "The half width counts on each side of the error: do not halve it.")
def clt_full_width(half_width, z=1.0):
    return math.ceil((z / half_width) ** 2)


@mistake("hoeffding_sample_size", "The smallest n that suffices: round up.")
def hoeffding_rounded_down(t, delta):
    return int(math.log(1 / delta) / (2 * t**2))


@mistake("hoeffding_sample_size", "Rounding to the nearest integer may fall short: round up.")
def hoeffding_rounded(t, delta):
    return round(math.log(1 / delta) / (2 * t**2))


@mistake("hoeffding_sample_size", "The exponent is −2nt²: where is its 2?")
def hoeffding_without_two(t, delta):
    return math.ceil(math.log(1 / delta) / t**2)


@mistake("hoeffding_sample_size", "The inequality is one-sided: exp(−2nt²), without a 2 before it.")
def hoeffding_two_sided(t, delta):
    return math.ceil(math.log(2 / delta) / (2 * t**2))


@mistake("hoeffding_sample_size", "δ is the probability to fail; 1 − δ is the confidence.")
def hoeffding_confidence(t, delta):
    return math.ceil(math.log(1 / (1 - delta)) / (2 * t**2))


@mistake("hoeffding_sample_size", "exp is undone by the natural logarithm.")
def hoeffding_log10(t, delta):
    return math.ceil(math.log10(1 / delta) / (2 * t**2))


@mistake("hoeffding_sample_size", "t is squared in the exponent.")
def hoeffding_t_not_squared(t, delta):
    return math.ceil(math.log(1 / delta) / (2 * t))


@mistake("any_false_discovery", "kα is only an upper bound, and it exceeds 1 for many tests.")
def discovery_union_bound(k, alpha=0.05):
    return k * alpha


@mistake("any_false_discovery", "This is the probability that none misleads.")
def discovery_none(k, alpha=0.05):
    return (1 - alpha) ** k


@mistake("any_false_discovery", "αᵏ is the probability that all mislead: at least one is asked.")
def discovery_all(k, alpha=0.05):
    return alpha**k


@mistake("any_false_discovery", "1 − αᵏ: at least one that does NOT mislead. Exchange the roles.")
def discovery_some_right(k, alpha=0.05):
    return 1 - alpha**k


@mistake("bonferroni", "Each single test has to become stricter: divide α by k.")
def bonferroni_multiplied(k, alpha=0.05):
    return k * alpha


@mistake("bonferroni", "The level α/k is asked, not the confidence 1 − α/k.")
def bonferroni_confidence(k, alpha=0.05):
    return 1 - alpha / k


@mistake("bonferroni", "This is Šidák's correction, which needs independence; Bonferroni's is α/k.")
def bonferroni_sidak(k, alpha=0.05):
    return 1 - (1 - alpha) ** (1 / k)


@mistake("polynomial_features", "Each power is divided by the factorial of its exponent.")
def features_without_factorial(x, degree):
    return torch.stack([x**i for i in range(degree + 1)], dim=1)


@mistake("polynomial_features", "The divisor is i!, not i.")
def features_divided_by_power(x, degree):
    return torch.stack([x**i / max(i, 1) for i in range(degree + 1)], dim=1)


@mistake("polynomial_features", "The first column is x⁰ = 1: there are degree + 1 columns.")
def features_without_ones(x, degree):
    columns = [x**i / math.factorial(i) for i in range(1, degree + 1)]
    return torch.stack(columns, dim=1) if columns else x.new_zeros(len(x), 0)


@mistake("polynomial_features", "Powers run up to the degree, inclusive.")
def features_last_missing(x, degree):
    return answers.polynomial_features(x, degree)[:, :-1]


@mistake("polynomial_features", "A row for each observation: stack along dimension 1.")
def features_transposed(x, degree):
    return answers.polynomial_features(x, degree).T


@mistake("polynomial_features", "Γ(i) is (i − 1)!; the factorial i! is Γ(i + 1).")
def features_gamma(x, degree):
    columns = [x**i / math.factorial(max(i - 1, 0)) for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


def solve(gram, right, lam):
    """Solve (gram + λI) w = right."""
    eye = torch.eye(len(gram), dtype=gram.dtype, device=gram.device)
    return torch.linalg.solve(gram + lam * eye, right)


@mistake("ridge_fit", "The intercept is free: the penalty is on w alone.")
def ridge_penalises_intercept(x, y, lam):
    ones = torch.ones(len(x), 1, dtype=x.dtype, device=x.device)
    z = torch.cat([x, ones], dim=1)
    solution = solve(z.T @ z / len(x), z.T @ y / len(x), lam)
    return solution[:-1], solution[-1]


@mistake(
    "ridge_fit", "The squared error is a mean: with XᵀX undivided, λ has to be multiplied by n."
)
def ridge_sum_for_mean(x, y, lam):
    return answers.ridge_fit(x, y, lam / len(x))


@mistake("ridge_fit", "The penalty is λ‖w‖² here, without the ½ of the notes.")
def ridge_half_penalty(x, y, lam):
    return answers.ridge_fit(x, y, lam / 2)


@mistake("ridge_fit", "The squared error has no ½ here: its mean is taken as it is.")
def ridge_half_error(x, y, lam):
    return answers.ridge_fit(x, y, 2 * lam)


@mistake("ridge_fit", "The norm in the penalty is squared (the notes' objective misses it).")
def ridge_norm_not_squared(x, y, lam):
    xc, yc = x - x.mean(dim=0), y - y.mean()
    gram, right = xc.T @ xc / len(x), xc.T @ yc / len(x)
    w = solve(gram, right, lam + 1e-9)
    for _ in range(100):  # λ‖w‖ has the gradient λ w/‖w‖
        w = solve(gram, right, lam / (2 * w.norm() + 1e-9))
    return w, y.mean() - x.mean(dim=0) @ w


@mistake("ridge_fit", "Without an intercept in the fit, the weights have to make up for it.")
def ridge_not_centred(x, y, lam):
    w = solve(x.T @ x / len(x), x.T @ y / len(x), lam)
    return w, (y - x @ w).mean()


@mistake("ridge_fit", "b is ȳ − x̄·w: the mean of x counts as well.")
def ridge_intercept_is_mean(x, y, lam):
    return answers.ridge_fit(x, y, lam)[0], y.mean()


@mistake("ridge_fit", "The penalty λ has no effect here.")
def ridge_without_penalty(x, y, lam):
    return answers.ridge_fit(x, y, 1e-9)


@mistake("log_rmse", "Predictions below 1 count as 1, or their logarithm is −∞ or nan.")
def log_rmse_unclamped(predicted, y):
    return ((torch.log(predicted) - torch.log(y)) ** 2).mean().sqrt()


@mistake("log_rmse", "Only predictions are lifted to 1; y is taken as it is.")
def log_rmse_clamps_both(predicted, y):
    return answers.log_rmse(predicted, y.clamp(min=1))


@mistake("log_rmse", "Compare the logarithms of the prices, not the prices.")
def log_rmse_of_prices(predicted, y):
    return ((predicted.clamp(min=1) - y) ** 2).mean().sqrt()


@mistake("log_rmse", "The root is missing: root of the mean of the squares.")
def log_rmse_without_root(predicted, y):
    return answers.log_rmse(predicted, y) ** 2


@mistake("log_rmse", "First the mean of the squares, then the root: not the other way round.")
def log_rmse_mean_of_roots(predicted, y):
    return (torch.log(predicted.clamp(min=1)) - torch.log(y)).abs().mean()


@mistake("log_rmse", "The logarithm of the price itself is asked, not of the price plus 1.")
def log_rmse_log1p(predicted, y):
    return ((torch.log1p(predicted.clamp(min=1)) - torch.log1p(y)) ** 2).mean().sqrt()


@mistake(
    "log_rmse", "Do not subtract the mean error: a prediction that is always too high is wrong."
)
def log_rmse_centred(predicted, y):
    errors = torch.log(predicted.clamp(min=1)) - torch.log(y)
    return ((errors - errors.mean()) ** 2).mean().sqrt()
