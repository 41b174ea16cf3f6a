"""Wrong answers of the chapters on generalization that we know, each with the hint it earns.

Most are written as the model answer with one slip in it, so that two of them at once can be tried.
"""

import itertools
import math

import torch

from grader.vocabulary import mistake
from solutions.d2l_generalization import answers


@mistake("train_val_split", "The order of the two sets is (train, val).")
def split_exchanged(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return order[:n_val], order[n_val:]


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
    order = torch.arange(n)
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "Shuffle before you cut: the last rows are no random choice.")
def split_takes_last_rows(n, val_fraction, generator):
    order = torch.arange(n)
    n_val = round(n * val_fraction)
    return order[: n - n_val], order[n - n_val :]


@mistake("train_val_split", "Draw from `generator`, not from PyTorch's global one.")
def split_ignores_generator(n, val_fraction, generator):
    order = torch.randperm(n)
    n_val = round(n * val_fraction)
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


@mistake("train_val_split", "With an empty validation set, `order[:-n_val]` is empty: −0 is 0.")
def split_minus_nothing_for_training(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return order[:-n_val], order[n - n_val :]


@mistake("train_val_split", "`val_fraction` is the share of the validation set, not of training.")
def split_share_of_training(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = n - round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "Each index is drawn once: `randint` draws some twice, others never.")
def split_with_replacement(n, val_fraction, generator):
    order = torch.randint(0, n, (n,), generator=generator)
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("train_val_split", "Draw the indices themselves: a random place to cut is not enough.")
def split_random_block(n, val_fraction, generator):
    start = torch.randint(n, (1,), generator=generator).item()
    order, n_val = torch.arange(n).roll(start), round(n * val_fraction)
    return order[n_val:], order[:n_val]


@mistake("kfold", "The order of each pair is (train, val).")
def kfold_exchanged(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in torch.tensor_split(indices, k):
        train = torch.cat([indices[: val[0]], indices[val[-1] + 1 :]])
        pairs.append((val, train))
    return pairs


@mistake("kfold", "When k does not divide n, the rest must not be left out of every fold.")
def kfold_drops_rest(n, k):
    order, size = torch.arange(n), n // k
    blocks = [order[i * size : (i + 1) * size] for i in range(k)]
    return [(torch.cat(blocks[:i] + blocks[i + 1 :]), blocks[i]) for i in range(k)]


@mistake("kfold", "Together the k folds hold every index: where k does not divide n, none is left.")
def kfold_rest_only_trains(n, k):
    order, size = torch.arange(n), n // k
    cuts = range(0, k * size, size)
    return [(torch.cat([order[:a], order[a + size :]]), order[a : a + size]) for a in cuts]


@mistake(
    "kfold", "Sizes differ by at most one: blocks of n/k, rounded up, leave too few for the last."
)
def kfold_rounded_up(n, k):
    order = torch.arange(n)
    blocks = torch.split(order, -(-n // k))
    return [(order[(order < val[0]) | (order > val[-1])], val) for val in blocks]


@mistake("kfold", "Training takes what comes after the block, too, not only what comes before it.")
def kfold_trains_on_the_past(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in torch.tensor_split(indices, k):
        train = indices[: val[0]]
        pairs.append((train, val))
    return pairs


@mistake("kfold", "Do not shuffle here: the folds are blocks of 0, …, n − 1 as they stand.")
def kfold_shuffled(n, k):
    torch.manual_seed(0)
    indices = torch.randperm(n)
    blocks = torch.tensor_split(indices, k)
    return [(torch.cat(blocks[:i] + blocks[i + 1 :]), blocks[i]) for i in range(k)]


@mistake("kfold", "Sizes differ by at most one: the last fold must not take the whole rest.")
def kfold_last_takes_rest(n, k):
    order, size = torch.arange(n), n // k
    cuts = [*range(0, k * size, size), n]
    return [(torch.cat([order[:a], order[b:]]), order[a:b]) for a, b in itertools.pairwise(cuts)]


@mistake("kfold", "The larger folds come first.")
def kfold_larger_last(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in indices.split([(n + i) // k for i in range(k)]):
        train = torch.cat([indices[: val[0]], indices[val[-1] + 1 :]])
        pairs.append((train, val))
    return pairs


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


@mistake("empirical_error", "A share, please, between 0 and 1, not a percentage.")
def error_is_percentage(predicted, labels):
    return 100 * (predicted != labels).double().mean().item()


@mistake("empirical_error", "Classes are names, not numbers: how far they are apart is no matter.")
def error_is_distance(predicted, labels):
    return (predicted - labels).abs().double().mean().item()


@mistake("empirical_error", "The result is a Python float: `.item()` takes it out of a tensor.")
def error_is_tensor(predicted, labels):
    return (predicted != labels).double().mean()


@mistake("clt_sample_size", "The smallest n that suffices: round up.")
def clt_rounded_down(half_width, z=1.0):
    bound = 0.25 * (z / half_width) ** 2
    return int(bound)


@mistake("clt_sample_size", "Rounding to the nearest integer may fall short: round up.")
def clt_rounded(half_width, z=1.0):
    bound = 0.25 * (z / half_width) ** 2
    return round(bound)


@mistake("clt_sample_size", "z stands outside the root, so it is squared together with the rest.")
def clt_z_not_squared(half_width, z=1.0):
    bound = 0.25 * z / half_width**2
    return math.ceil(bound)


@mistake("clt_sample_size", "z is missing: it says how many standard deviations should fit.")
def clt_without_z(half_width, z=1.0):
    bound = 0.25 * (1.0 / half_width) ** 2
    return math.ceil(bound)


@mistake("clt_sample_size", "The largest variance of a Bernoulli variable is ¼, not ½.")
def clt_variance_half(half_width, z=1.0):
    bound = 0.5 * (z / half_width) ** 2
    return math.ceil(bound)


@mistake("clt_sample_size", "¼ is the variance already: it is not squared again.")
def clt_variance_for_deviation(half_width, z=1.0):
    bound = (0.25 * z / half_width) ** 2
    return math.ceil(bound)


@mistake(
    "clt_sample_size",
    "n is four times too large: is the variance at most ¼, and the half width taken whole?",
)
def clt_full_width(half_width, z=1.0):
    bound = (z / half_width) ** 2
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "The smallest n that suffices: round up.")
def hoeffding_rounded_down(t, delta):
    bound = math.log(1 / delta) / (2 * t**2)
    return int(bound)


@mistake("hoeffding_sample_size", "Rounding to the nearest integer may fall short: round up.")
def hoeffding_rounded(t, delta):
    bound = math.log(1 / delta) / (2 * t**2)
    return round(bound)


@mistake("hoeffding_sample_size", "The exponent is −2nt²: where is its 2?")
def hoeffding_without_two(t, delta):
    bound = math.log(1 / delta) / t**2
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "The inequality is one-sided: exp(−2nt²), without a 2 before it.")
def hoeffding_two_sided(t, delta):
    bound = math.log(2 / delta) / (2 * t**2)
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "δ is the probability to fail; 1 − δ is the confidence.")
def hoeffding_confidence(t, delta):
    bound = math.log(1 / (1 - delta)) / (2 * t**2)
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "exp is undone by the natural logarithm.")
def hoeffding_log10(t, delta):
    bound = math.log10(1 / delta) / (2 * t**2)
    return math.ceil(bound)


@mistake("hoeffding_sample_size", "t is squared in the exponent.")
def hoeffding_t_not_squared(t, delta):
    bound = math.log(1 / delta) / (2 * t)
    return math.ceil(bound)


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


@mistake("any_false_discovery", "`alpha` is an argument: 0.05 is only what it is if nobody says.")
def discovery_at_five_percent(k, alpha=0.05):
    return 1 - (1 - 0.05) ** k


@mistake("bonferroni", "Each single test has to become stricter: divide α by k.")
def bonferroni_multiplied(k, alpha=0.05):
    return k * alpha


@mistake("bonferroni", "Each single test has to become stricter than all together: divide α by k.")
def bonferroni_multiplied_up_to_one(k, alpha=0.05):
    return min(1.0, k * alpha)


@mistake("bonferroni", "`alpha` is an argument: 0.05 is only what it is if nobody says.")
def bonferroni_at_five_percent(k, alpha=0.05):
    return 0.05 / k


@mistake("bonferroni", "The level α/k is asked, not the confidence 1 − α/k.")
def bonferroni_confidence(k, alpha=0.05):
    return 1 - alpha / k


@mistake("bonferroni", "This is Šidák's correction, which needs independence; Bonferroni's is α/k.")
def bonferroni_sidak(k, alpha=0.05):
    return 1 - (1 - alpha) ** (1 / k)


@mistake("polynomial_features", "Each power is divided by the factorial of its exponent.")
def features_without_factorial(x, degree):
    columns = [x**i for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


@mistake("polynomial_features", "The divisor is i!, not i.")
def features_divided_by_power(x, degree):
    columns = [x**i / max(i, 1) for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


@mistake("polynomial_features", "The powers run upwards: the column of ones comes first.")
def features_downwards(x, degree):
    columns = [x**i / math.factorial(i) for i in range(degree + 1)]
    return torch.stack(columns[::-1], dim=1)


@mistake("polynomial_features", "The first column is x⁰ = 1: there are degree + 1 columns.")
def features_without_ones(x, degree):
    columns = [x**i / math.factorial(i) for i in range(1, degree + 1)]
    return torch.stack(columns, dim=1) if columns else x.new_zeros(len(x), 0)


@mistake("polynomial_features", "Powers run up to the degree, inclusive.")
def features_last_missing(x, degree):
    columns = [x**i / math.factorial(i) for i in range(max(degree, 1))]
    return torch.stack(columns, dim=1)[:, :degree]


@mistake("polynomial_features", "A row for each observation: stack along dimension 1.")
def features_transposed(x, degree):
    columns = [x**i / math.factorial(i) for i in range(degree + 1)]
    return torch.stack(columns, dim=0)


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
    d = x.shape[1]
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc + lam * eye
    right = xc.T @ yc
    w = torch.linalg.solve(gram, right)
    return w, y.mean() - x.mean(dim=0) @ w


@mistake("ridge_fit", "The squared error is a mean: XᵀX/n. And the intercept is free of λ.")
def ridge_sum_penalises_intercept(x, y, lam):
    ones = torch.ones(len(x), 1, dtype=x.dtype, device=x.device)
    z = torch.cat([x, ones], dim=1)
    solution = solve(z.T @ z, z.T @ y, lam)
    return solution[:-1], solution[-1]


@mistake("ridge_fit", "The penalty is λ‖w‖² here, without the ½ of the notes.")
def ridge_half_penalty(x, y, lam):
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam / 2 * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return w, y.mean() - x.mean(dim=0) @ w


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
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return w, y.mean()


@mistake("ridge_fit", "λ belongs to the diagonal: where the system has w₁ with w₁, w₂ with w₂.")
def ridge_penalty_everywhere(x, y, lam):
    n = len(x)
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    gram = xc.T @ xc / n + lam
    right = xc.T @ yc / n
    w = torch.linalg.lstsq(gram, right[:, None]).solution[:, 0]
    return w, y.mean() - x.mean(dim=0) @ w


@mistake("ridge_fit", "The order of the result is (w, b).")
def ridge_exchanged(x, y, lam):
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return y.mean() - x.mean(dim=0) @ w, w


@mistake("ridge_fit", "b is a single number: its shape is (), not (1,).")
def ridge_intercept_with_axis(x, y, lam):
    n, d = x.shape
    xc = x - x.mean(dim=0)
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return w, (y.mean() - x.mean(dim=0) @ w).reshape(1)


@mistake("ridge_fit", "The penalty λ has no effect here.")
def ridge_without_penalty(x, y, lam):
    return answers.ridge_fit(x, y, 1e-9)


@mistake("log_rmse", "Predictions below 1 count as 1, or their logarithm is −∞ or nan.")
def log_rmse_unclamped(predicted, y):
    errors = torch.log(predicted) - torch.log(y)
    return (errors**2).mean().sqrt()


@mistake("log_rmse", "Only predictions are lifted to 1; y is taken as it is.")
def log_rmse_clamps_both(predicted, y):
    return answers.log_rmse(predicted, y.clamp(min=1))


@mistake("log_rmse", "Compare the logarithms of the prices, not the prices.")
def log_rmse_of_prices(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = lifted - y
    return (errors**2).mean().sqrt()


@mistake("log_rmse", "The root is missing: root of the mean of the squares.")
def log_rmse_without_root(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log(lifted) - torch.log(y)
    return (errors**2).mean()


@mistake("log_rmse", "First the mean of the squares, then the root: not the other way round.")
def log_rmse_mean_of_roots(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log(lifted) - torch.log(y)
    return (errors**2).sqrt().mean()


@mistake("log_rmse", "The logarithm is the natural one.")
def log_rmse_base_ten(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log10(lifted) - torch.log10(y)
    return (errors**2).mean().sqrt()


@mistake("log_rmse", "The logarithm of the price itself is asked, not of the price plus 1.")
def log_rmse_log1p(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log1p(lifted) - torch.log1p(y)
    return (errors**2).mean().sqrt()


@mistake(
    "log_rmse", "Do not subtract the mean error: a prediction that is always too high is wrong."
)
def log_rmse_centred(predicted, y):
    errors = torch.log(predicted.clamp(min=1)) - torch.log(y)
    return ((errors - errors.mean()) ** 2).mean().sqrt()
