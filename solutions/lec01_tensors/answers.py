"""Model answers of lecture 1: arrays, data, chance and difference quotients."""

import numpy as np


def broadcast_shape(a, b):
    # hint: Look at how the shorter shape is filled up: with which size, on which side, how far?
    length = max(len(a), len(b))
    # hint: Look at how the shorter shape is filled up: with which size, on which side, how far?
    a = (1,) * (length - len(a)) + tuple(a)
    # hint: Look at how the shorter shape is filled up: with which size, on which side, how far?
    b = (1,) * (length - len(b)) + tuple(b)
    shape = []
    for i in range(length):
        m, n = a[i], b[i]
        # hint: Take the two sizes of one axis: which pairs go together, and what do they become?
        if m == n or n == 1:
            shape.append(m)
        elif m == 1:
            shape.append(n)
        else:
            raise ValueError(f"{a} and {b} do not broadcast")
    return tuple(shape)


def one_hot(labels, num_classes):
    # hint: Look at the array that you begin with: its two sizes, and what stands in it.
    coded = np.zeros((len(labels), num_classes))
    # hint: Look at the entries that are set: which row, which column, and to what?
    coded[np.arange(len(labels)), labels] = 1
    return coded


def impute_mean(x):
    # hint: Look at the holes: how are they found, and what fills them?
    means = np.nanmean(x, axis=0)
    # hint: Look at the holes: how are they found, and what fills them?
    return np.where(np.isnan(x), means, x)


def standardize(x):
    # hint: Look at what is subtracted from an entry: is it the mean, and of which entries?
    centred = x - x.mean(axis=0)
    # hint: Compare what divides a column with the formula of s²: root, denominator, which entries.
    deviation = x.std(axis=0, ddof=1)
    # hint: Look at the last step: what is divided by what, and with which sign?
    return centred / deviation


def row_share(a):
    # hint: Look at what divides an entry: is it a sum, over which axis, and of which shape?
    sums = a.sum(axis=1, keepdims=True)
    # hint: Look at the quotient: what is divided by what, and with which sign?
    return a / sums


def lp_norm(x, p):
    # hint: Look at p = ∞: which number takes the place of the sum, and when?
    if p == np.inf:
        return np.abs(x).max()
    # hint: Look at the terms for a finite p: compare them with |xᵢ|ᵖ.
    powers = np.abs(x) ** p
    # hint: For a finite p, look at how the terms become one number, and at its exponent.
    return powers.sum() ** (1 / p)


def matmul(a, b):
    # hint: Look at the products: which entries of A meet which entries of B?
    products = a[:, :, None] * b[None, :, :]
    # hint: Look at how the products become one entry: over which index, by what, which sign?
    return products.sum(axis=1)


def bayes_update(prior, p_pos_sick, p_pos_well):
    # hint: Look at P(+ | sick) P(sick): which numbers stand for the two factors?
    sick = p_pos_sick * prior
    # hint: Look at P(+ | well) P(well): which numbers stand for the two factors?
    well = p_pos_well * (1 - prior)
    # hint: Look at the quotient: what stands above, and of what is P(+) the sum?
    return sick / (sick + well)


def bayes_sequence(prior, tests):
    # hint: Look at the loop: what does each test start from, and which of its numbers is which?
    for p_pos_sick, p_pos_well in tests:
        prior = bayes_update(prior, p_pos_sick, p_pos_well)
    return prior  # hint: Look at what is returned after the last test, and at its sign.


def expectation(values, probs):
    # hint: Compare your line with Σ x P(X = x): what is multiplied, and is it summed?
    return (values * probs).sum()


def variance(values, probs):
    # hint: Look at E[X], from which the deviations are taken: how is it computed?
    mean = (values * probs).sum()
    # hint: Look at the squared deviations: from what, weighted by what, and then summed?
    return ((values - mean) ** 2 * probs).sum()


def precision_recall(predicted, actual):
    # hint: Look at the hits: which rows count as one?
    hits = (predicted & actual).sum()
    # hint: Look at the precision: what is divided by what, and what if nothing is predicted?
    precision = hits / predicted.sum() if predicted.any() else 0.0
    # hint: Look at the recall: what is divided by what, and what if nothing is actual?
    recall = hits / actual.sum() if actual.any() else 0.0
    return (
        precision,  # hint: Look at what is returned first, and at its sign.
        recall,  # hint: Look at what is returned second, and at its sign.
    )


def numerical_gradient(f, x, h=1e-5):
    # hint: Look at the array that is moved: can it hold a fraction?
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        # hint: Look at the two points: from where, which entry is moved, how far, which way?
        up, down = x.copy(), x.copy()
        # hint: Look at the two points: from where, which entry is moved, how far, which way?
        up[i] += h
        # hint: Look at the two points: from where, which entry is moved, how far, which way?
        down[i] -= h
        # hint: Look at the quotient: which two values of f, and how far apart are their points?
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient
