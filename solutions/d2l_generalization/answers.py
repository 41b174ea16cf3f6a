"""Model answers of Dive into Deep Learning's chapters on generalization."""

import math

import torch


def train_val_split(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return order[n_val:], order[:n_val]


def kfold(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in torch.tensor_split(indices, k):
        train = torch.cat([indices[: val[0]], indices[val[-1] + 1 :]])
        pairs.append((train, val))
    return pairs


def empirical_error(predicted, labels):
    return (predicted != labels).double().mean().item()


def clt_sample_size(half_width, z=1.0):
    return math.ceil(0.25 * (z / half_width) ** 2)


def hoeffding_sample_size(t, delta):
    return math.ceil(math.log(1 / delta) / (2 * t**2))


def any_false_discovery(k, alpha=0.05):
    return 1 - (1 - alpha) ** k


def bonferroni(k, alpha=0.05):
    return alpha / k


def polynomial_features(x, degree):
    columns = [x**i / math.factorial(i) for i in range(degree + 1)]
    return torch.stack(columns, dim=1)


def ridge_fit(x, y, lam):
    n, d = x.shape
    xc, yc = x - x.mean(dim=0), y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    w = torch.linalg.solve(xc.T @ xc / n + lam * eye, xc.T @ yc / n)
    return w, y.mean() - x.mean(dim=0) @ w


def log_rmse(predicted, y):
    errors = torch.log(predicted.clamp(min=1)) - torch.log(y)
    return (errors**2).mean().sqrt()
