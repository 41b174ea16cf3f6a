"""Second neighbours of lec01_tensors: written without a look at hints or known mistakes."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec01_tensors.answers import bayes_update


@mistake(
    "broadcast_shape", "the shapes are aligned at the left: the ones are put behind, not in front"
)
def shapes_from_the_left(a, b):
    length = max(len(a), len(b))
    a = tuple(a) + (1,) * (length - len(a))
    b = tuple(b) + (1,) * (length - len(b))
    shape = []
    for i in range(length):
        m, n = (a[i], b[i])
        if m == n or n == 1:
            shape.append(m)
        elif m == 1:
            shape.append(n)
        else:
            raise ValueError(f"{a} and {b} do not broadcast")
    return tuple(shape)


@mistake(
    "broadcast_shape",
    "the larger size is taken without a look whether one of the two is 1: nothing is refused",
)
def shapes_larger_wins(a, b):
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    return tuple(max(m, n) for m, n in zip(a, b))


@mistake(
    "broadcast_shape",
    "two slips: the longer shape's leading axes are dropped, and the result is reversed",
)
def shapes_shorter_only(a, b):
    out = []
    for m, n in zip(reversed(a), reversed(b)):
        if m != n and m != 1 and n != 1:
            raise ValueError("no")
        out.append(max(m, n))
    return tuple(out)


@mistake("one_hot", "the result is transposed: classes are the rows")
def hot_classes_first(labels, num_classes):
    coded = np.zeros((num_classes, len(labels)))
    coded[labels, np.arange(len(labels))] = 1
    return coded


@mistake("one_hot", "the labels are taken to start at 1: every one sits one column too far left")
def hot_labels_from_one(labels, num_classes):
    coded = np.zeros((len(labels), num_classes))
    coded[np.arange(len(labels)), np.asarray(labels) - 1] = 1
    return coded


@mistake("impute_mean", "missing entries become 0, not the mean")
def impute_zero(x):
    means = np.nanmean(x, axis=0)
    return np.nan_to_num(x)


@mistake("impute_mean", "two slips: a median is taken, and over the whole table")
def impute_median_whole(x):
    means = np.nanmedian(x)
    return np.where(np.isnan(x), means, x)


@mistake(
    "impute_mean", "the missing entries count as zeros in the mean: the sum is divided by all rows"
)
def impute_mean_with_zeros(x):
    means = np.nansum(x, axis=0) / len(x)
    return np.where(np.isnan(x), means, x)


@mistake("standardize", "divided by the variance, not by its root")
def standardize_variance(x):
    centred = x - x.mean(axis=0)
    deviation = x.var(axis=0, ddof=1)
    return centred / deviation


@mistake("standardize", "two slips: mean and deviation are of the whole table")
def standardize_whole_table(x):
    centred = x - x.mean()
    deviation = x.std(ddof=1)
    return centred / deviation


@mistake("row_share", "divided by the row's largest value, not its sum")
def share_of_largest(a):
    sums = a.max(axis=1, keepdims=True)
    return a / sums


@mistake("lp_norm", "the absolute value is missing in the powers")
def norm_signs_kept(x, p):
    if p == np.inf:
        return np.abs(x).max()
    powers = x**p
    return powers.sum() ** (1 / p)


@mistake("lp_norm", "two slips: the p-th root is missing, and the norm at infinity is a sum")
def norm_power_not_root(x, p):
    if p == np.inf:
        return np.abs(x).sum()
    powers = np.abs(x) ** p
    return powers.sum()


@mistake("lp_norm", "at p = inf the maximum is of x, not of its absolute values")
def norm_max_signed(x, p):
    if p == np.inf:
        return x.max()
    powers = np.abs(x) ** p
    return powers.sum() ** (1 / p)


@mistake("matmul", "only the product of row i with column i is worked out, everything else stays 0")
def matmul_diagonal_only(a, b):
    out = np.zeros((a.shape[0], b.shape[1]))
    for i in range(min(out.shape)):
        out[i, i] = (a[i] * b[:, i]).sum()
    return out


@mistake("matmul", "the inner sum stops one short")
def matmul_last_left_out(a, b):
    out = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            for k in range(a.shape[1] - 1):
                out[i, j] += a[i, k] * b[k, j]
    return out


@mistake(
    "bayes_update",
    "the second likelihood is read as that of a negative test: 1 - p_pos_well is used",
)
def bayes_specificity(prior, p_pos_sick, p_pos_well):
    sick = p_pos_sick * prior
    well = (1 - p_pos_well) * (1 - prior)
    return sick / (sick + well)


@mistake(
    "bayes_update",
    "two slips: the evidence lacks the prior of the well, and the numerator lacks the prior",
)
def bayes_only_evidence(prior, p_pos_sick, p_pos_well):
    return p_pos_sick / (p_pos_sick * prior + p_pos_well)


@mistake("bayes_sequence", "every test starts from the first prior: only the last one counts")
def bayes_prior_kept(prior, tests):
    start = prior
    for p_pos_sick, p_pos_well in tests:
        prior = bayes_update(start, p_pos_sick, p_pos_well)
    return prior


@mistake("bayes_sequence", "the product of the ratios is returned as odds, not as a probability")
def bayes_odds_only(prior, tests):
    odds = prior / (1 - prior)
    for p_pos_sick, p_pos_well in tests:
        odds *= p_pos_sick / p_pos_well
    return odds


@mistake("variance", "the mean is subtracted without being squared")
def variance_mean_not_squared(values, probs):
    mean = (values * probs).sum()
    return (values**2 * probs).sum() - mean


@mistake("variance", "two slips: the mean is unweighted, and a root is taken")
def variance_unweighted_root(values, probs):
    mean = values.mean()
    return np.sqrt(((values - mean) ** 2 * probs).sum())


@mistake("precision_recall", "precision is divided by all observations: the share of hits")
def precision_of_all(predicted, actual):
    hits = (predicted & actual).sum()
    precision = hits / len(predicted)
    recall = hits / actual.sum() if actual.any() else 0.0
    return (precision, recall)


@mistake("precision_recall", "without positives 1 is returned, not 0")
def recall_one_when_empty(predicted, actual):
    hits = (predicted & actual).sum()
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / actual.sum() if actual.any() else 1.0
    return (precision, recall)


@mistake(
    "numerical_gradient",
    "the shifted entry is not put back, so later entries are taken at another point",
)
def difference_not_restored(f, x, h=1e-05):
    x = x.astype(float)
    g = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        before = f(x)
        x[i] += h
        g[i] = (f(x) - before) / h
    return g


@mistake("numerical_gradient", "two slips: a one-sided difference backward, divided by 2h")
def difference_backward_half(f, x, h=1e-05):
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = (x.copy(), x.copy())
        up[i] += h
        down[i] -= h
        gradient[i] = (f(x) - f(down)) / (2 * h)
    return gradient


@mistake(
    "impute_mean",
    "two slips: missing entries become 0, not the mean; and the missing entries count as zeros in the mean: the sum is divided by all rows",
)
def impute_zero_and_mean_with_zeros(x):
    means = np.nansum(x, axis=0) / len(x)
    return np.nan_to_num(x)


@mistake(
    "precision_recall",
    "two slips: precision is divided by all observations: the share of hits; and without positives 1 is returned, not 0",
)
def precision_of_all_and_one_when_empty(predicted, actual):
    hits = (predicted & actual).sum()
    precision = hits / len(predicted)
    recall = hits / actual.sum() if actual.any() else 1.0
    return (precision, recall)


@mistake(
    "lp_norm",
    "two slips: the absolute value is missing in the powers; and at p = inf the maximum is of x, not of its absolute values",
)
def norm_signs_kept_and_max_signed(x, p):
    if p == np.inf:
        return x.max()
    powers = x**p
    return powers.sum() ** (1 / p)
