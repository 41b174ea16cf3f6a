"""Third neighbours of lec01_tensors: written before they were measured once, at the end."""

import numpy as np

from grader.vocabulary import mistake


@mistake("broadcast_shape", "where one size is 1 the size of `a` is taken, even if it is the 1")
def tri_shape_keeps_first_one(a, b):
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    shape = []
    for i in range(length):
        m, n = (a[i], b[i])
        if m == n or n == 1 or m == 1:
            shape.append(m)
        elif m == 1:
            shape.append(n)
        else:
            raise ValueError(f"{a} and {b} do not broadcast")
    return tuple(shape)


@mistake("one_hot", "the labels are wrapped round by num_classes - 1")
def tri_hot_modulo(labels, num_classes):
    coded = np.zeros((len(labels), num_classes))
    coded[np.arange(len(labels)), labels % max(num_classes - 1, 1)] = 1
    return coded


@mistake("impute_mean", "the mean of the row fills a hole")
def tri_impute_row_mean(x):
    means = np.nanmean(x, axis=1)
    return np.where(np.isnan(x), means[:, None], x)


@mistake("standardize", "divided by the range of the column")
def tri_standardize_range(x):
    centred = x - x.mean(axis=0)
    deviation = x.max(axis=0) - x.min(axis=0)
    return centred / deviation


@mistake("lp_norm", "a mean of the powers, then the root")
def tri_norm_mean_root(x, p):
    if p == np.inf:
        return np.abs(x).max()
    powers = np.abs(x) ** p
    return powers.mean() ** (1 / p)


@mistake("variance", "two slips: the probabilities are squared, and the mean is not subtracted")
def tri_variance_squared_probs(values, probs):
    mean = (values * probs).sum()
    return (values**2 * probs**2).sum()


@mistake("numerical_gradient", "two slips: all entries are moved at once, and it is divided by h")
def tri_difference_all_entries(f, x, h=1e-05):
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = (x.copy(), x.copy())
        up += h
        down -= h
        gradient[i] = (f(up) - f(down)) / h
    return gradient
