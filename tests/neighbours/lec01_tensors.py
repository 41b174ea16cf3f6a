"""Neighbours of lecture 1: wrong answers, written without a look at the hints."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec01_tensors.answers import bayes_update, expectation


@mistake("broadcast_shape", "shapes are aligned at their first axes, not at their last")
def broadcast_from_the_left(a, b):
    n = max(len(a), len(b))
    a = tuple(a) + (1,) * (n - len(a))
    b = tuple(b) + (1,) * (n - len(b))
    out = []
    for p, q in zip(a, b):
        if p != q and p != 1 and q != 1:
            raise ValueError("cannot broadcast")
        out.append(q if p == 1 else p)
    return tuple(out)


@mistake("broadcast_shape", "the extra leading axes of the longer shape are dropped")
def broadcast_zip_stops_early(a, b):
    result = []
    for m, n in zip(reversed(a), reversed(b)):
        if m == 1:
            result.append(n)
        elif n == 1 or m == n:
            result.append(m)
        else:
            raise ValueError(f"sizes {m} and {n} do not match")
    return tuple(reversed(result))


@mistake("broadcast_shape", "shapes that do not broadcast return None instead of a ValueError")
def broadcast_prints_instead_of_raising(a, b):
    a, b = list(a), list(b)
    while len(a) < len(b):
        a.insert(0, 1)
    while len(b) < len(a):
        b.insert(0, 1)
    shape = []
    for i in range(len(a)):
        if a[i] == b[i] or b[i] == 1:
            shape.append(a[i])
        elif a[i] == 1:
            shape.append(b[i])
        else:
            print("error: these shapes cannot be broadcast")
            return None
    return tuple(shape)


@mistake(
    "broadcast_shape",
    "two slips: the result is in reversed order, and the larger size is taken without asking "
    "whether the other one is 1",
)
def broadcast_reversed_and_unchecked(a, b):
    a, b = a[::-1], b[::-1]
    shape = ()
    for i in range(max(len(a), len(b))):
        m = a[i] if i < len(a) else 1
        n = b[i] if i < len(b) else 1
        shape += (max(m, n),)
    return shape


@mistake("one_hot", "the entries are integers, not float64")
def one_hot_of_ints(labels, num_classes):
    return (np.asarray(labels)[:, None] == np.arange(num_classes)).astype(int)


@mistake("one_hot", "the number of columns comes from the largest label, not from num_classes")
def one_hot_width_from_data(labels, num_classes):
    k = max(labels) + 1
    out = np.zeros((len(labels), k))
    for i, label in enumerate(labels):
        out[i, label] = 1.0
    return out


@mistake(
    "one_hot",
    "two slips: the result is (k, n) instead of (n, k), and its entries are bool",
)
def one_hot_transposed_bools(labels, num_classes):
    classes = np.arange(num_classes).reshape(-1, 1)
    return classes == labels.reshape(1, -1)


@mistake("impute_mean", "the mean of the whole table fills the holes, not the column's")
def impute_one_mean_for_all(x):
    filled = x.copy()
    filled[np.isnan(x)] = np.nanmean(x)
    return filled


@mistake("impute_mean", "the column's sum is divided by all rows, the missing ones included")
def impute_counts_the_holes(x):
    out = np.array(x, dtype=float)
    n, d = out.shape
    for j in range(d):
        missing = np.isnan(out[:, j])
        out[missing, j] = np.nansum(out[:, j]) / n
    return out


@mistake("impute_mean", "nothing is filled: comparing with == never finds a NaN")
def impute_compares_with_nan(x):
    out = x.copy()
    means = np.nanmean(x, axis=0)
    for j in range(x.shape[1]):
        out[:, j][out[:, j] == np.nan] = means[j]
    return out


@mistake(
    "impute_mean",
    "two slips: the median is used for the mean, and the caller's table is changed in place",
)
def impute_median_in_place(x):
    med = np.nanmedian(x, axis=0)
    rows, cols = np.where(np.isnan(x))
    x[rows, cols] = med[cols]
    return x


@mistake("standardize", "the columns are divided by the variance instead of its root")
def standardize_by_variance(x):
    centred = x - np.mean(x, axis=0)
    s2 = (centred**2).sum(axis=0) / (len(x) - 1)
    return centred / s2


@mistake("standardize", "rows are standardized, and their means do not broadcast against columns")
def standardize_rows_without_keepdims(x):
    mu = x.mean(axis=1)
    sd = x.std(axis=1, ddof=1)
    return (x - mu) / sd


@mistake(
    "standardize",
    "two slips: n instead of n - 1 in the denominator, and the mean is not subtracted",
)
def standardize_scale_only_biased(x):
    return x / np.std(x, axis=0)


@mistake("row_share", "the entries are divided by the sums of the columns")
def share_of_the_column(a):
    return a / np.sum(a, axis=0)


@mistake("row_share", "the result is rounded down to integers where the input has integers")
def share_in_an_array_like_a(a):
    out = np.zeros_like(a)
    for i in range(a.shape[0]):
        out[i] = a[i] / a[i].sum()
    return out


@mistake("row_share", "the caller's array is divided in place, which integers do not even allow")
def share_divides_in_place(a):
    a /= a.sum(axis=1, keepdims=True)
    return a


@mistake("lp_norm", "the absolute values are forgotten under the sum")
def norm_without_abs(x, p):
    if np.isinf(p):
        return np.max(np.abs(x))
    return np.sum(x**p) ** (1 / p)


@mistake("lp_norm", "the infinity norm is the largest entry, not the largest magnitude")
def norm_inf_of_signed_entries(x, p):
    if p == np.inf:
        return max(x)
    total = 0.0
    for value in x:
        total += abs(value) ** p
    return total ** (1.0 / p)


@mistake(
    "lp_norm",
    "two slips: the root is always a square root, and p = inf has no case of its own",
)
def norm_always_square_root(x, p):
    return np.sqrt((np.abs(x) ** p).sum())


@mistake("matmul", "each entry is overwritten in the inner loop, so only the last product stays")
def matmul_forgets_to_add(a, b):
    n, k = a.shape
    m = b.shape[1]
    c = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            for t in range(k):
                c[i, j] = a[i, t] * b[t, j]
    return c


@mistake("matmul", "a row of a is multiplied with a row of b, whose lengths differ")
def matmul_rows_with_rows(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in range(a.shape[0]):
        for j in range(b.shape[1]):
            c[i, j] = np.sum(a[i, :] * b[j, :])
    return c


@mistake(
    "matmul",
    "two slips: the result is transposed, and fractions are cut off in an integer array",
)
def matmul_transposed_ints(a, b):
    c = np.zeros((b.shape[1], a.shape[0]), dtype=int)
    for j in range(b.shape[1]):
        for i in range(a.shape[0]):
            c[j, i] = (a[i] * b[:, j]).sum()
    return c


@mistake("bayes_update", "the well are not weighted by 1 - prior in the denominator")
def bayes_well_unweighted(prior, p_pos_sick, p_pos_well):
    joint = prior * p_pos_sick
    evidence = joint + p_pos_well
    return joint / evidence


@mistake("bayes_update", "the probability of being well given a positive test is returned")
def bayes_complement(prior, p_pos_sick, p_pos_well):
    p_positive = p_pos_sick * prior + p_pos_well * (1 - prior)
    return p_pos_well * (1 - prior) / p_positive


@mistake("bayes_sequence", "every test starts again from the first prior, so only the last counts")
def sequence_never_updates_prior(prior, tests):
    posterior = prior
    for sick, well in tests:
        posterior = bayes_update(prior, sick, well)
    return posterior


@mistake("bayes_sequence", "1 - prior enters the denominator once for each test")
def sequence_prior_of_well_each_time(prior, tests):
    numerator, other = prior, 1.0
    for sick, well in tests:
        numerator *= sick
        other *= well * (1 - prior)
    return numerator / (numerator + other)


@mistake(
    "bayes_sequence",
    "two slips: the first test is left out, and the pairs are read as (well, sick)",
)
def sequence_skips_first_and_swaps(prior, tests):
    p = prior
    for i in range(1, len(tests)):
        p_well, p_sick = tests[i]
        p = bayes_update(p, p_sick, p_well)
    return p


@mistake("expectation", "the products are averaged instead of summed")
def expectation_mean_of_products(values, probs):
    return np.mean(values * probs)


@mistake("variance", "the squared mean is not subtracted from the second moment")
def variance_second_moment(values, probs):
    return float(np.sum(values**2 * probs))


@mistake(
    "variance",
    "two slips: the plain average of the values is the centre, and a square root is taken",
)
def variance_unweighted_centre_and_root(values, probs):
    centre = values.mean()
    return np.sqrt((probs * (values - centre) ** 2).sum())


@mistake("variance", "the square is taken of the sum of the deviations, which is 0")
def variance_squares_the_sum(values, probs):
    mean = expectation(values, probs)
    return sum(p * (v - mean) for v, p in zip(values, probs)) ** 2


@mistake("precision_recall", "precision and recall are returned in each other's place")
def recall_before_precision(predicted, actual):
    tp = np.sum(predicted & actual)
    fp = np.sum(predicted & ~actual)
    fn = np.sum(~predicted & actual)
    precision = tp / (tp + fp) if tp + fp > 0 else 0.0
    recall = tp / (tp + fn) if tp + fn > 0 else 0.0
    return recall, precision


@mistake("precision_recall", "a Python integer is divided by 0 where nothing was predicted")
def precision_divides_by_zero(predicted, actual):
    hits = sum(1 for p, a in zip(predicted, actual) if p and a)
    return hits / sum(map(int, predicted)), hits / sum(map(int, actual))


@mistake(
    "precision_recall",
    "two slips: the first value is the accuracy instead of the precision, and an empty "
    "denominator gives 1.0",
)
def accuracy_for_precision(predicted, actual):
    accuracy = np.mean(predicted == actual)
    recall = (predicted * actual).sum() / actual.sum() if actual.sum() else 1.0
    return accuracy, recall


@mistake("numerical_gradient", "the one-sided difference quotient is used, with too large an error")
def gradient_one_sided(f, x, h=1e-5):
    x = np.array(x, dtype=float)
    base = f(x)
    grad = np.zeros(x.shape)
    for index in np.ndindex(*x.shape):
        moved = x.copy()
        moved[index] += h
        grad[index] = (f(moved) - base) / h
    return grad


@mistake(
    "numerical_gradient",
    "in an array of integers the step is cut off to nothing, so the slope is 0",
)
def gradient_integers_in_place(f, x, h=1e-5):
    grad = np.zeros(x.shape, dtype=float)
    for i in np.ndindex(x.shape):
        plus = x.copy()
        minus = x.copy()
        plus[i] += h
        minus[i] -= h
        grad[i] = (f(plus) - f(minus)) / (2 * h)
    return grad


@mistake(
    "numerical_gradient",
    "two slips: the difference is divided by h instead of 2h, and x is not put back afterwards",
)
def gradient_twice_and_x_moved(f, x, h=1e-5):
    x = x if x.dtype == float else x.astype(float)
    grad = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        down = f(x)
        grad[i] = (up - down) / h
    return grad


@mistake("numerical_gradient", "only the first axis is walked along, so a matrix gets row sums")
def gradient_first_axis_only(f, x, h=1e-5):
    x = x.astype(np.float64)
    g = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = h
        g[i] = (f(x + step) - f(x - step)) / (2 * h)
    return g


@mistake(
    "standardize",
    "two slips: one mean and one deviation for the whole table, and n in the denominator",
)
def standardize_whole_table(x):
    return (x - np.mean(x)) / np.std(x)


@mistake("row_share", "two slips: the columns are summed, and the quotient is rounded down")
def share_of_column_floored(a):
    return a // a.sum(axis=0, keepdims=True)


@mistake(
    "bayes_update",
    "two slips: the prior is left out of the denominator's first term, and 1 − p_pos_sick is used",
)
def bayes_of_negative_test(prior, p_pos_sick, p_pos_well):
    p_neg_sick = 1 - p_pos_sick
    return p_neg_sick * prior / (p_neg_sick + p_pos_well * (1 - prior))


@mistake("expectation", "two slips: the squares are weighted, and the sum is divided by k")
def expectation_of_squares_averaged(values, probs):
    total = 0
    for v, p in zip(values, probs):
        total += v * v * p
    return total / len(values)


@mistake(
    "bayes_sequence",
    "two slips: the posteriors of the tests are averaged, and the caller's list is emptied",
)
def sequence_averages_and_pops(prior, tests):
    total, count = 0.0, len(tests)
    while tests:
        sick, well = tests.pop()
        total += bayes_update(prior, sick, well)
    return total / count
