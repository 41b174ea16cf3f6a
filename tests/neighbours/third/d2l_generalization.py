"""Third neighbours of d2l_generalization: written before they were measured once, at the end."""

import math

import torch

from grader.vocabulary import mistake


@mistake("train_val_split", "the validation part is taken from the end")
def tri_split_val_last(n, val_fraction, generator):
    order = torch.randperm(n, generator=generator)
    n_val = round(n * val_fraction)
    return (order[: n - n_val], order[n - n_val :])


@mistake("kfold", "the training part holds the fold as well")
def tri_kfold_val_in_training(n, k):
    indices = torch.arange(n)
    pairs = []
    for val in torch.tensor_split(indices, k):
        train = torch.cat([indices[: val[0]], indices[val[0] :]])
        pairs.append((train, val))
    return pairs


@mistake("clt_sample_size", "multiplied by the half width")
def tri_clt_times_width(half_width, z=1.0):
    bound = 0.25 * (z * half_width) ** 2
    return math.ceil(bound)


@mistake("any_false_discovery", "the probability of none")
def tri_afd_none(k, alpha=0.05):
    return (1 - alpha) ** k


@mistake("polynomial_features", "the powers descend")
def tri_poly_descending(x, degree):
    columns = [x**i / math.factorial(i) for i in range(degree, -1, -1)]
    return torch.stack(columns, dim=1)


@mistake("ridge_fit", "two slips: x is not centred, and the penalty is squared")
def tri_ridge_not_centred_lam(x, y, lam):
    n, d = x.shape
    xc = x
    yc = y - y.mean()
    eye = torch.eye(d, dtype=x.dtype, device=x.device)
    gram = xc.T @ xc / n + lam**2 * eye
    right = xc.T @ yc / n
    w = torch.linalg.solve(gram, right)
    return (w, y.mean() - x.mean(dim=0) @ w)


@mistake("log_rmse", "two slips: a sum of squares, to base 2")
def tri_lrmse_sum_log2(predicted, y):
    lifted = predicted.clamp(min=1)
    errors = torch.log2(lifted) - torch.log2(y)
    return (errors**2).sum().sqrt()
