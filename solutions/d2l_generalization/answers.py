"""Model answers of Dive into Deep Learning's chapters on generalization."""

import math

import torch


def train_val_split(n, val_fraction, generator):
    # hint: Look at the shuffling: what is shuffled, and by which generator?
    order = torch.randperm(n, generator=generator)
    # hint: Look at the size of the validation set: of what is it a share, and how is it rounded?
    n_val = round(n * val_fraction)
    # hint: Look at where the order is cut, and which part is which: training first.
    return order[n_val:], order[:n_val]


def kfold(n, k):
    indices = torch.arange(n)  # hint: Look at the indices: from which to which do they run?
    pairs = []
    # hint: Look at how the indices are cut into blocks: how many, and how long is each?
    for val in torch.tensor_split(indices, k):
        # hint: Look at the training set of a round: what stands before the block, what after it?
        train = torch.cat([indices[: val[0]], indices[val[-1] + 1 :]])
        # hint: Look at the pairs: one for each round, training first.
        pairs.append((train, val))
    return pairs


def empirical_error(predicted, labels):
    # hint: Look at what is counted, and what the count is divided by.
    return (predicted != labels).double().mean().item()


def clt_sample_size(half_width, z=1.0):
    # hint: Solve z √(0.25/n) ≤ half_width for n again, step by step: the factor, and each square.
    bound = 0.25 * (z / half_width) ** 2
    # hint: Look at how the bound becomes a whole number: the smallest n that suffices.
    return math.ceil(bound)


def hoeffding_sample_size(t, delta):
    # hint: Solve exp(−2 n t²) ≤ δ for n again, step by step: the logarithm, the factor, the square.
    bound = math.log(1 / delta) / (2 * t**2)
    # hint: Look at how the bound becomes a whole number: the smallest n that suffices.
    return math.ceil(bound)


def any_false_discovery(k, alpha=0.05):
    # hint: Look at the probability that none of the tests misleads, and at what it leaves of 1.
    return 1 - (1 - alpha) ** k


def bonferroni(k, alpha=0.05):
    # hint: Look at how the level is shared out: what is divided by what?
    return alpha / k


def polynomial_features(x, degree):
    # hint: Look at column i: its power, what that is divided by, and from where to where i runs.
    columns = [x**i / math.factorial(i) for i in range(degree + 1)]
    # hint: Look at how the columns are put together: along which axis?
    return torch.stack(columns, dim=1)


def ridge_fit(x, y, lam):
    n, d = x.shape
    # hint: Look at how x is centred: what is taken off, and over which axis is it found?
    xc = x - x.mean(dim=0)
    # hint: Look at how y is centred.
    yc = y - y.mean()
    # hint: Look at the matrix that λ is multiplied by: which entries of it are 1?
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    # hint: Look at the system's matrix: the product, what it is divided by, and the penalty's part.
    gram = xc.T @ xc / n + lam * eye
    # hint: Look at the system's right-hand side: which product, and what is it divided by?
    right = xc.T @ yc / n
    # hint: Look at the system that is solved for w: which matrix, which right-hand side?
    w = torch.linalg.solve(gram, right)
    return (
        w,  # hint: Look at the weights that are returned.
        # hint: Look at the intercept: what must it be if the mean error is to vanish?
        y.mean() - x.mean(dim=0) @ w,
    )


def log_rmse(predicted, y):
    # hint: Look at what becomes of predictions below 1, before the logarithm.
    lifted = predicted.clamp(min=1)
    # hint: Look at the error of one house: the difference of which two numbers?
    errors = torch.log(lifted) - torch.log(y)
    # hint: Look at the square, the mean and the root: is each there, and in which order?
    return (errors**2).mean().sqrt()
