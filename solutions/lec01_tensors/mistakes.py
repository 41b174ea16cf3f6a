"""Wrong answers of lecture 1 that we know, each with the hint it earns."""

import numpy as np

from grader.vocabulary import mistake
from solutions.lec01_tensors import answers
from solutions.lec01_tensors.answers import bayes_update


@mistake("broadcast_shape", "Shapes are aligned at their last axes, not at their first.")
def shape_aligned_left(a, b):
    length = max(len(a), len(b))
    a = tuple(a) + (1,) * (length - len(a))
    b = tuple(b) + (1,) * (length - len(b))
    return answers.broadcast_shape(a, b)


@mistake("broadcast_shape", "Sizes that differ, neither of them 1, are an error.")
def shape_without_error(a, b):
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    return tuple(n if m == 1 else m for m, n in zip(a, b))


@mistake("broadcast_shape", "0 is a size like any other: a 1 beside it becomes 0.")
def shape_larger_wins(a, b):
    answers.broadcast_shape(a, b)
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    return tuple(max(m, n) for m, n in zip(a, b))


@mistake("broadcast_shape", "The longer shape has axes that the shorter one lacks: keep them.")
def shape_of_the_common_axes(a, b):
    return answers.broadcast_shape(a, b)[max(len(a), len(b)) - min(len(a), len(b)) :]


@mistake("broadcast_shape", "Only a size of 1 is stretched, not every divisor.")
def shape_repeats_divisors(a, b):
    length = max(len(a), len(b))
    a = (1,) * (length - len(a)) + tuple(a)
    b = (1,) * (length - len(b)) + tuple(b)
    for m, n in zip(a, b):
        if 1 not in (m, n) and (min(m, n) == 0 < max(m, n) or (m and max(m, n) % min(m, n))):
            raise ValueError("no")
    return tuple(0 if 0 in (m, n) else max(m, n) for m, n in zip(a, b))


@mistake("one_hot", "The result is float64, so that a model can compute with it.")
def one_hot_of_integers(labels, num_classes):
    return answers.one_hot(labels, num_classes).astype(np.int64)


@mistake("one_hot", "The number of classes is given: some of them may not occur.")
def one_hot_by_the_largest_label(labels, num_classes):
    return answers.one_hot(labels, labels.max() + 1)


@mistake("one_hot", "A row for each label, a column for each class.")
def one_hot_transposed(labels, num_classes):
    return answers.one_hot(labels, num_classes).T


@mistake("one_hot", "Classes are counted from 0.")
def one_hot_counts_from_one(labels, num_classes):
    return answers.one_hot(labels - 1, num_classes)


@mistake("impute_mean", "Every column has a mean of its own.")
def impute_global_mean(x):
    means = np.nanmean(x)
    return np.where(np.isnan(x), means, x)


@mistake("impute_mean", "Holes do not count as zeros: divide by the number of entries present.")
def impute_counts_holes(x):
    means = np.nansum(x, axis=0) / len(x)
    return np.where(np.isnan(x), means, x)


@mistake("impute_mean", "The mean of the rest fills a hole, not 0.")
def impute_zero(x):
    return np.where(np.isnan(x), 0.0, x)


@mistake("impute_mean", "The mean, not the median.")
def impute_median(x):
    means = np.nanmedian(x, axis=0)
    return np.where(np.isnan(x), means, x)


@mistake("impute_mean", "The table itself is changed: fill the holes of a copy.")
def impute_in_place(x):
    rows, columns = np.nonzero(np.isnan(x))
    x[rows, columns] = np.nanmean(x, axis=0)[columns]
    return x


@mistake("impute_mean", "Rows with holes are kept: fill them.")
def impute_drops_rows(x):
    return x[~np.isnan(x).any(axis=1)]


@mistake(
    "impute_mean",
    "Holes are left. Nothing equals NaN, not even NaN: how are they found, and what fills them?",
)
def impute_finds_no_hole(x):
    means = np.nanmean(x, axis=0)
    return np.where(x == np.nan, means, x)


@mistake("standardize", "The denominator of the variance is n − 1.")
def standardize_by_n(x):
    centred = x - x.mean(axis=0)
    deviation = x.std(axis=0)
    return centred / deviation


@mistake("standardize", "Divide by the standard deviation, the root of the variance.")
def standardize_by_variance(x):
    centred = x - x.mean(axis=0)
    deviation = x.var(axis=0, ddof=1)
    return centred / deviation


@mistake("standardize", "Every column is standardized by itself.")
def standardize_all_at_once(x):
    centred = x - x.mean()
    deviation = x.std(ddof=1)
    return centred / deviation


@mistake("standardize", "Columns, not rows: which axis disappears in the mean?")
def standardize_rows(x):
    if x.shape[1] == 1:
        return x - x
    return answers.standardize(x.T).T


@mistake("standardize", "Subtract the mean first.")
def standardize_not_centred(x):
    centred = x
    deviation = x.std(axis=0, ddof=1)
    return centred / deviation


@mistake("standardize", "That scales to the range from 0 to 1, which is something else.")
def standardize_to_the_range(x):
    return (x - x.min(axis=0)) / (x.max(axis=0) - x.min(axis=0))


@mistake("row_share", "Rows are summed along axis 1.")
def share_of_the_column(a):
    sums = a.sum(axis=0)
    return a / sums


@mistake("row_share", "Each row has a sum of its own.")
def share_of_everything(a):
    sums = a.sum()
    return a / sums


@mistake("row_share", "Without keepdims the sums line up with the columns.")
def share_without_keepdims(a):
    sums = a.sum(axis=1)
    return a / (sums if len(sums) in (1, a.shape[1]) else sums[:, None])


@mistake("row_share", "A share is a quotient; there is no exponential in it.")
def share_softmax(a):
    e = np.exp(a)
    return e / e.sum(axis=1, keepdims=True)


@mistake("row_share", "Whole-number division loses the fractions.")
def share_floor_divided(a):
    sums = a.sum(axis=1, keepdims=True)
    return a // sums


@mistake("row_share", "An array of whole numbers cuts fractions off: what is the dtype of yours?")
def share_in_an_integer_array(a):
    shares = np.zeros_like(a)
    shares[:] = a / a.sum(axis=1, keepdims=True)
    return shares


@mistake("lp_norm", "Magnitudes enter: a negative entry must not lower the norm.")
def norm_without_magnitudes(x, p):
    if p == np.inf:
        return x.max()
    with np.errstate(all="ignore"):
        return (x**p).sum() ** (1 / p)


@mistake("lp_norm", "The p-th root is missing.")
def norm_without_root(x, p):
    if p == np.inf:
        return np.abs(x).max()
    powers = np.abs(x) ** p
    return powers.sum()


@mistake("lp_norm", "That is the 2-norm for every p.")
def norm_always_two(x, p):
    return np.sqrt((x**2).sum())


@mistake("lp_norm", "For p = ∞ the formula has a limit: which entry wins?")
def norm_no_limit(x, p):
    powers = np.abs(x) ** p
    return powers.sum() ** (1 / p)


@mistake("lp_norm", "A sum, not a mean: longer vectors are not divided by their length.")
def norm_of_the_mean(x, p):
    if p == np.inf:
        return np.abs(x).max()
    powers = np.abs(x) ** p
    return powers.mean() ** (1 / p)


@mistake("lp_norm", "The root belongs to the power: it is the p-th, not always the square root.")
def norm_always_square_root(x, p):
    if p == np.inf:
        return np.abs(x).max()
    powers = np.abs(x) ** p
    return powers.sum() ** (1 / 2)


@mistake("matmul", "Each entry is a sum of products: this keeps only the last of them.")
def matmul_overwrites(a, b):
    c = np.zeros((len(a), b.shape[1]))
    for i in range(len(a)):
        for j in range(b.shape[1]):
            for k in range(len(b)):
                c[i, j] = a[i, k] * b[k, j]
    return c


@mistake("matmul", "A row of a goes with a column of b.")
def matmul_rows_with_rows(a, b):
    if a.shape[1] != b.shape[1]:
        return answers.matmul(a, b).T
    return answers.matmul(a, b.T)


@mistake("matmul", "That is the elementwise product.")
def matmul_elementwise(a, b):
    return a * b if a.shape == b.shape else a[:, :1] * b[:1]


@mistake("matmul", "Fractions are cut off: the result needs room for them.")
def matmul_of_integers(a, b):
    return answers.matmul(a, b).astype(np.result_type(a.dtype, np.int64))


@mistake("matmul", "The sum runs over all k: the last term is missing.")
def matmul_stops_early(a, b):
    c = np.zeros((len(a), b.shape[1]))
    for k in range(len(b) - 1):
        c += a[:, k : k + 1] * b[k : k + 1]
    return c


@mistake("bayes_update", "That is P(sick and positive): divide by P(positive).")
def bayes_joint_only(prior, p_pos_sick, p_pos_well):
    sick = p_pos_sick * prior
    return sick


@mistake("bayes_update", "That is P(positive), the denominator.")
def bayes_denominator_only(prior, p_pos_sick, p_pos_well):
    return p_pos_sick * prior + p_pos_well * (1 - prior)


@mistake("bayes_update", "How common the disease is counts in both terms of the denominator.")
def bayes_ignores_the_well(prior, p_pos_sick, p_pos_well):
    sick = p_pos_sick * prior
    well = p_pos_well
    return sick / (sick + well)


@mistake("bayes_update", "The prior is left out: that treats sick and well as equally likely.")
def bayes_without_prior(prior, p_pos_sick, p_pos_well):
    sick = p_pos_sick
    well = p_pos_well
    return sick / (sick + well)


@mistake(
    "bayes_update", "p_pos_well is the chance of a positive result already, not of a negative."
)
def bayes_negative_for_positive(prior, p_pos_sick, p_pos_well):
    sick = p_pos_sick * prior
    well = (1 - p_pos_well) * (1 - prior)
    return sick / (sick + well)


@mistake(
    "bayes_update", "p_pos_sick is the chance of a positive result already, not of a negative."
)
def bayes_of_a_negative_test(prior, p_pos_sick, p_pos_well):
    sick = (1 - p_pos_sick) * prior
    well = p_pos_well * (1 - prior)
    return sick / (sick + well)


@mistake("bayes_sequence", "Every test counts, not only the last.")
def sequence_last_test(prior, tests):
    for p_pos_sick, p_pos_well in tests:
        posterior = bayes_update(prior, p_pos_sick, p_pos_well)
    return posterior


@mistake(
    "bayes_sequence", "Each result starts from what the one before has left: update the prior."
)
def sequence_averages(prior, tests):
    return sum(answers.bayes_update(prior, *test) for test in tests) / len(tests)


@mistake("bayes_sequence", "Multiply P(positive | well) of all tests as well.")
def sequence_one_well(prior, tests):
    sick = prior
    for p_pos_sick, _ in tests:
        sick *= p_pos_sick
    return sick / (sick + tests[0][1] * (1 - prior))


@mistake("bayes_sequence", "Probabilities given sick and given well are multiplied, not averaged.")
def sequence_mean_test(prior, tests):
    sick = sum(test[0] for test in tests) / len(tests)
    well = sum(test[1] for test in tests) / len(tests)
    return answers.bayes_update(prior, sick, well)


@mistake("bayes_sequence", "The pairs are (p_pos_sick, p_pos_well), in this order.")
def sequence_swapped(prior, tests):
    for p_pos_sick, p_pos_well in tests:
        prior = bayes_update(prior, p_pos_well, p_pos_sick)
    return prior


@mistake("bayes_sequence", "`tests` belongs to the caller: read it, and take nothing out of it.")
def sequence_empties_the_list(prior, tests):
    while tests:
        prior = answers.bayes_update(prior, *tests.pop(0))
    return prior


@mistake("bayes_sequence", "The first test counts as well.")
def sequence_skips_the_first(prior, tests):
    for p_pos_sick, p_pos_well in tests[1:]:
        prior = bayes_update(prior, p_pos_sick, p_pos_well)
    return prior


@mistake(
    "bayes_sequence",
    "There is one patient: P(sick) and P(well) enter once, not once for every test.",
)
def sequence_repeats_the_prior(prior, tests):
    sick, well = prior, 1.0
    for p_pos_sick, p_pos_well in tests:
        sick *= p_pos_sick
        well *= p_pos_well * (1 - prior)
    return sick / (sick + well)


@mistake("expectation", "Values count by their probability: that is a plain mean.")
def expectation_plain_mean(values, probs):
    return values.mean()


@mistake("expectation", "The probabilities sum to 1 already: no further division.")
def expectation_divided(values, probs):
    return (values * probs).mean()


@mistake("expectation", "That is the likeliest value.")
def expectation_likeliest(values, probs):
    return float(values[probs.argmax()])


@mistake("expectation", "That is E[X²]: the values are not squared here.")
def expectation_of_squares(values, probs):
    return (values**2 * probs).sum()


@mistake("variance", "That is E[X²]: the mean is not subtracted.")
def variance_second_moment(values, probs):
    return (values**2 * probs).sum()


@mistake("variance", "That is the standard deviation: leave out the root.")
def variance_root(values, probs):
    mean = (values * probs).sum()
    return np.sqrt(((values - mean) ** 2 * probs).sum())


@mistake("variance", "The squared deviations count by their probability.")
def variance_unweighted(values, probs):
    mean = (values * probs).sum()
    return ((values - mean) ** 2).mean()


@mistake("variance", "The deviations are from E[X], not from the plain mean of the values.")
def variance_around_plain_mean(values, probs):
    mean = values.mean()
    return ((values - mean) ** 2 * probs).sum()


@mistake("variance", "Probabilities are known here, so there is no n − 1.")
def variance_with_n_minus_one(values, probs):
    n = len(values)
    return answers.variance(values, probs) * (n / (n - 1) if n > 1 else 1)


@mistake("variance", "Square each deviation before they are added: together they cancel.")
def variance_squares_the_sum(values, probs):
    mean = (values * probs).sum()
    return ((values - mean) * probs).sum() ** 2


@mistake(
    "precision_recall", "Precision is the share of those predicted; recall that of the actual."
)
def recall_first(predicted, actual):
    hits = (predicted & actual).sum()
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / actual.sum() if actual.any() else 0.0
    return (recall, precision)


@mistake("precision_recall", "A hit is predicted and actual; where both are False there is none.")
def agreement_for_hits(predicted, actual):
    hits = (predicted == actual).sum()
    precision = hits / predicted.sum() if predicted.any() else 0.0
    recall = hits / actual.sum() if actual.any() else 0.0
    return (precision, recall)


@mistake("precision_recall", "Where the denominator is 0, return 0.0.")
def not_a_number_for_zero(predicted, actual):
    with np.errstate(all="ignore"):
        hits = np.float64((predicted & actual).sum())
        return hits / predicted.sum(), hits / actual.sum()


@mistake("precision_recall", "The denominators are the predicted and the actual, not all of them.")
def shares_of_everything(predicted, actual):
    hits = (predicted & actual).sum() / len(actual)
    return hits, hits


@mistake("precision_recall", "An empty prediction has precision 0.0 here, not 1.0.")
def one_for_zero(predicted, actual):
    hits = (predicted & actual).sum()
    precision = hits / predicted.sum() if predicted.any() else 1.0
    recall = hits / actual.sum() if actual.any() else 1.0
    return (precision, recall)


@mistake(
    "precision_recall",
    "Precision looks at the predicted rows alone; that counts rows where both are False.",
)
def accuracy_for_precision(predicted, actual):
    hits = (predicted & actual).sum()
    precision = (predicted == actual).mean()
    recall = hits / actual.sum() if actual.any() else 0.0
    return (precision, recall)


@mistake("numerical_gradient", "A central difference steps to both sides.")
def gradient_one_sided(f, x, h=1e-5):
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(x)) / h
    return gradient


@mistake("numerical_gradient", "From one side to the other it is 2h.")
def gradient_divided_by_h(f, x, h=1e-5):
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / h
    return gradient


@mistake("numerical_gradient", "Move one entry at a time.")
def gradient_all_at_once(f, x, h=1e-5):
    x = x.astype(float)
    return np.full(x.shape, (f(x + h) - f(x - h)) / (2 * h))


@mistake("numerical_gradient", "The step h is an argument: use it.")
def gradient_ignores_the_step(f, x, h=1e-5):
    return answers.numerical_gradient(f, x)


@mistake("numerical_gradient", "x is not as it was: x + h − h is not exactly x. Work on a copy.")
def gradient_leaves_x_shifted(f, x, h=1e-5):
    if x.dtype != float:
        return answers.numerical_gradient(f, x, h)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        x[i] += h
        up = f(x)
        x[i] -= 2 * h
        gradient[i] = (up - f(x)) / (2 * h)
        x[i] += h
    return gradient


@mistake("numerical_gradient", "In an array of integers a small step is cut off: convert x first.")
def gradient_of_integers(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += np.asarray(h).astype(x.dtype)
        down[i] -= np.asarray(h).astype(x.dtype)
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient


@mistake("numerical_gradient", "A step of 2⁻³² vanishes in float32: compute in float64.")
def gradient_in_float32(f, x, h=1e-5):
    x, h = x.astype(np.float32), np.float32(2.0**-32)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up = x.copy()
        up[i] += h
        gradient[i] = (f(up) - f(x)) / h
    return gradient


@mistake("numerical_gradient", "In a matrix each entry is moved by itself, not a whole row.")
def gradient_row_by_row(f, x, h=1e-5):
    x = x.astype(float)
    gradient = np.empty(x.shape)
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (f(up) - f(down)) / (2 * h)
    return gradient
