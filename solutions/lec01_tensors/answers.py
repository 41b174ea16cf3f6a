"""Model answers of lecture 1: arrays, data, chance and difference quotients."""

import numpy as np


def broadcast_shape(a, b):
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    shape = []
    for i in range(length):
        m, n = a[i], b[i]
        if m == n or n == 1:
            shape.append(m)
        elif m == 1:
            shape.append(n)
        else:
            raise ValueError(f"{a} and {b} do not broadcast")
    return tuple(shape)


def one_hot(labels, num_classes):
    coded = np.zeros((len(labels), num_classes))
    coded[np.arange(len(labels)), labels] = 1
    return coded


def impute_mean(x):
    return np.where(np.isnan(x), np.nanmean(x, axis=0), x)


def standardize(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)


def row_share(a):
    return a / a.sum(axis=1, keepdims=True)


def lp_norm(x, p):
    if p == np.inf:
        return np.abs(x).max()
    return (np.abs(x) ** p).sum() ** (1 / p)


def matmul(a, b):
    return (a[:, :, None] * b[None, :, :]).sum(axis=1)


def bayes_update(prior, p_pos_sick, p_pos_well):
    sick = p_pos_sick * prior
    well = p_pos_well * (1 - prior)
    return sick / (sick + well)


def bayes_sequence(prior, tests):
    for p_pos_sick, p_pos_well in tests:
        prior = bayes_update(prior, p_pos_sick, p_pos_well)
    return prior


def expectation(values, probs):
    return (values * probs).sum()


def variance(values, probs):
    mean = (values * probs).sum()
    return ((values - mean) ** 2 * probs).sum()


def precision_recall(predicted, actual):
    hits = (predicted & actual).sum()
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / actual.sum() if actual.any() else 0.0
    return precision, recall


def numerical_gradient(f, x, h=1e-5):
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient
