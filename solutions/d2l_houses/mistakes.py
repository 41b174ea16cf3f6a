"""Wrong answers on house prices that we know, each with the hint it earns.

Most are written as the model answer with one slip in it, so that two of them at once can be tried.
"""

import numpy as np

from grader.vocabulary import mistake
from solutions.d2l_houses import answers
from solutions.d2l_houses.answers import (
    _ridge,
    fit_for,
    kfold_log_rmse,
    numeric_features,
    one_hot_features,
)


@mistake("numeric_features", "Look at the divisor of the variance: is it the number of the values?")
def numeric_one_less(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        mean = np.nanmean(x)
        known = x[~np.isnan(x)]
        std = np.std(known, ddof=1) if len(known) > 1 else 0.0
        scale = 1 / std if std > 0 else 0.0
        columns.append(np.nan_to_num((x - mean) * scale))
        new_columns.append(np.nan_to_num((x_new - mean) * scale))
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake(
    "numeric_features",
    "Whose mean and deviation standardise the test part? A single hidden house has no deviation.",
)
def numeric_own_statistics(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        mean, new_mean = np.nanmean(x), np.nanmean(x_new)
        std, new_std = np.nanstd(x), np.nanstd(x_new)
        scale = 1 / std if std > 0 else 0.0
        new_scale = 1 / new_std if new_std > 0 else 0.0
        columns.append(np.nan_to_num((x - mean) * scale))
        new_columns.append(np.nan_to_num((x_new - new_mean) * new_scale))
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake(
    "numeric_features",
    "Mean and deviation know of the test part: which houses may take part in them?",
)
def numeric_joint_statistics(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        both = np.concatenate([x, x_new])
        mean = np.nanmean(both)
        std = np.nanstd(both)
        scale = 1 / std if std > 0 else 0.0
        columns.append(np.nan_to_num((x - mean) * scale))
        new_columns.append(np.nan_to_num((x_new - mean) * scale))
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake("numeric_features", "Gaps take part in the mean as zeros: first standardise, then fill.")
def numeric_filled_first(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = np.nan_to_num(train[name]), np.nan_to_num(test[name])
        mean = x.mean()
        std = x.std()
        scale = 1 / std if std > 0 else 0.0
        columns.append((x - mean) * scale)
        new_columns.append((x_new - mean) * scale)
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake(
    "numeric_features",
    "The deviation counts the gaps among its values: how many values are known?",
    "Filled with the mean, a gap adds nothing to the sum of squares, but one to what divides it.",
)
def numeric_filled_with_mean_first(train, test, names):
    columns, new_columns = [], []
    for name in names:
        mean = np.nanmean(train[name])
        x = np.where(np.isnan(train[name]), mean, train[name])
        x_new = np.where(np.isnan(test[name]), mean, test[name])
        std = x.std()
        scale = 1 / std if std > 0 else 0.0
        columns.append((x - mean) * scale)
        new_columns.append((x_new - mean) * scale)
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake("numeric_features", "A gap still is one: what does a feature say that is not known?")
def numeric_gaps_stay(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        mean = np.nanmean(x)
        std = np.nanstd(x)
        scale = 1 / std if std > 0 else 0.0
        columns.append((x - mean) * scale)
        new_columns.append((x_new - mean) * scale)
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake("numeric_features", "Divide by the standard deviation, not by the variance.")
def numeric_by_variance(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        mean = np.nanmean(x)
        std = np.nanvar(x)
        scale = 1 / std if std > 0 else 0.0
        columns.append(np.nan_to_num((x - mean) * scale))
        new_columns.append(np.nan_to_num((x_new - mean) * scale))
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake(
    "numeric_features",
    "A column that is constant in the training part: look at what you do instead of dividing by 0.",
)
def numeric_constant_kept(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        mean = np.nanmean(x)
        std = np.nanstd(x)
        scale = 1 / std if std > 0 else 1.0
        columns.append(np.nan_to_num((x - mean) * scale))
        new_columns.append(np.nan_to_num((x_new - mean) * scale))
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake(
    "numeric_features", "A row for each house and a column for each name: yours lies on its side."
)
def numeric_on_its_side(train, test, names):
    columns, new_columns = [], []
    for name in names:
        x, x_new = train[name], test[name]
        mean = np.nanmean(x)
        std = np.nanstd(x)
        scale = 1 / std if std > 0 else 0.0
        columns.append(np.nan_to_num((x - mean) * scale))
        new_columns.append(np.nan_to_num((x_new - mean) * scale))
    return np.stack(columns, axis=0), np.stack(new_columns, axis=0)


@mistake("numeric_features", "Only the columns that `names` lists, and in its order.")
def numeric_in_the_order_of_the_table(train, test, names):
    names = [name for name in train if name in names]
    return answers.numeric_features(train, test, names)


@mistake("numeric_features", "The table that you were handed has its gaps no more: fill a copy.")
def numeric_fills_the_table(train, test, names):
    for name in names:
        x, x_new = train[name], test[name]
        mean = np.nanmean(x)
        std = np.nanstd(x)
        scale = 1 / std if std > 0 else 0.0
        train[name] = np.nan_to_num((x - mean) * scale)
        test[name] = np.nan_to_num((x_new - mean) * scale)
    return np.stack([train[n] for n in names], axis=1), np.stack([test[n] for n in names], axis=1)


@mistake(
    "one_hot_features", "Which part knows the categories? A word of the test part alone has none."
)
def one_hot_of_both(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted((set(train[name]) | set(test[name])) - {""})
        for category in [*known, ""]:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake(
    "one_hot_features", "The two parts need the same columns: those of the training part's words."
)
def one_hot_of_each(train, test, names):
    columns, new_columns = [], []
    for name in names:
        for category in [*sorted(set(train[name]) - {""}), ""]:
            columns.append(train[name] == category)
        for category in [*sorted(set(test[name]) - {""}), ""]:
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake(
    "one_hot_features", "A gap has a column of its own: what becomes of a house without a word?"
)
def one_hot_no_missing(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        for category in known:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake("one_hot_features", "The column for what is missing comes last of its name, not first.")
def one_hot_missing_first(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        for category in ["", *known]:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake(
    "one_hot_features",
    "Is the column for what is missing there where nothing is missing in the training part?",
)
def one_hot_missing_if_any(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        for category in [*known, ""] if "" in train[name] else known:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    if not columns:
        return np.zeros((len(train[names[0]]), 0)), np.zeros((len(test[names[0]]), 0))
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake("one_hot_features", "An unknown word is not a missing one: it is 0 in all columns.")
def one_hot_unknown_is_missing(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        for category in known:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
        columns.append(~np.isin(train[name], known))
        new_columns.append(~np.isin(test[name], known))
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake("one_hot_features", "Categories are sorted; these stand in the order in which they come.")
def one_hot_by_appearance(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = [category for category in dict.fromkeys(train[name].tolist()) if category]
        for category in [*known, ""]:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake("one_hot_features", "A capital comes before all small letters where Python sorts.")
def one_hot_sorted_without_case(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""}, key=str.lower)
        for category in [*known, ""]:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake(
    "one_hot_features",
    "A word that is longer than all known ones was cut off: in an array of which dtype?",
)
def one_hot_cut_off(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        new = test[name].astype(train[name].dtype)
        for category in [*known, ""]:
            columns.append(train[name] == category)
            new_columns.append(new == category)
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake("one_hot_features", "Is a word equal to a category, or does it only begin like one?")
def one_hot_begins_like(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        for category in known:
            columns.append(np.char.startswith(train[name], category))
            new_columns.append(np.char.startswith(test[name], category))
        columns.append(train[name] == "")
        new_columns.append(test[name] == "")
    return np.stack(columns, axis=1).astype(float), np.stack(new_columns, axis=1).astype(float)


@mistake("one_hot_features", "Truth values are not numbers yet: the features are floats.")
def one_hot_truth_values(train, test, names):
    columns, new_columns = [], []
    for name in names:
        known = sorted(set(train[name]) - {""})
        for category in [*known, ""]:
            columns.append(train[name] == category)
            new_columns.append(test[name] == category)
    return np.stack(columns, axis=1), np.stack(new_columns, axis=1)


@mistake("kfold_log_rmse", "A model that has seen the fold it is judged on: which rows are fitted?")
def kfold_leak(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(x, y)
        predicted = np.maximum(predict(x[fold]), 1)
        errors.append(np.sqrt(np.mean((np.log(predicted) - np.log(y[fold])) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "Fit on all but one fold, judge on that one: here it is the other way.")
def kfold_exchanged(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(x[fold], y[fold])
        rest = np.delete(np.arange(len(y)), fold)
        predicted = np.maximum(predict(x[rest]), 1)
        errors.append(np.sqrt(np.mean((np.log(predicted) - np.log(y[rest])) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "The mean is one of errors by fold, each with its root already taken.")
def kfold_pooled(fit, x, y, k):
    squares = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        squares.extend((np.log(predicted) - np.log(y[fold])) ** 2)
    return np.sqrt(np.mean(squares))


@mistake("kfold_log_rmse", "Every fold counts alike, whatever its size.")
def kfold_weighted(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        errors.append(len(fold) * np.sqrt(np.mean((np.log(predicted) - np.log(y[fold])) ** 2)))
    return np.sum(errors) / len(y)


@mistake("kfold_log_rmse", "Where n is no multiple of k: which folds are larger, and by how much?")
def kfold_rest_in_the_last(fit, x, y, k):
    errors = []
    size = len(y) // k
    for i in range(k):
        fold = np.arange(i * size, (i + 1) * size if i < k - 1 else len(y))
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        errors.append(np.sqrt(np.mean((np.log(predicted) - np.log(y[fold])) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "Folds are blocks of rows in their order; these are dealt out in turn.")
def kfold_dealt_out(fit, x, y, k):
    errors = []
    for i in range(k):
        fold = np.arange(i, len(y), k)
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        errors.append(np.sqrt(np.mean((np.log(predicted) - np.log(y[fold])) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "What becomes of a predicted price below 1, before its logarithm?")
def kfold_not_lifted(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = predict(x[fold])
        errors.append(np.sqrt(np.mean((np.log(predicted) - np.log(y[fold])) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "Only predictions are lifted to 1: the prices stay as they are.")
def kfold_prices_lifted(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        truth = np.maximum(y[fold], 1)
        errors.append(np.sqrt(np.mean((np.log(predicted) - np.log(truth)) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "Compare logarithms of prices, not prices.")
def kfold_of_prices(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        errors.append(np.sqrt(np.mean((predicted - y[fold]) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "`fit` learns from prices and predicts prices: who takes the logarithm?")
def kfold_fits_logarithms(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(np.log(y), fold))
        errors.append(np.sqrt(np.mean((predict(x[fold]) - np.log(y[fold])) ** 2)))
    return np.mean(errors)


@mistake("kfold_log_rmse", "The error of a fold is a root of a mean of squares: where is the root?")
def kfold_without_root(fit, x, y, k):
    errors = []
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        errors.append(np.mean((np.log(predicted) - np.log(y[fold])) ** 2))
    return np.mean(errors)


@mistake("kfold_log_rmse", "All k folds take their turn; this is the error of one of them.")
def kfold_one_fold(fit, x, y, k):
    for fold in np.array_split(np.arange(len(y)), k):
        predict = fit(np.delete(x, fold, axis=0), np.delete(y, fold))
        predicted = np.maximum(predict(x[fold]), 1)
        error = np.sqrt(np.mean((np.log(predicted) - np.log(y[fold])) ** 2))
    return error


@mistake("kfold_log_rmse", "The mean of the k errors is asked, not their sum.")
def kfold_sum(fit, x, y, k):
    return k * answers.kfold_log_rmse(fit, x, y, k)


@mistake("choose_lambda", "The error is a mean over n rows: where does n stand beside λ?")
def lambda_sum_for_mean(x, y, lambdas, k):
    def fit_of(lam):
        def fit(x, y):
            w, b = _ridge(x, np.log(y), lam / len(y))
            return lambda new: np.exp(new @ w + b)

        return fit

    return min(lambdas, key=lambda lam: kfold_log_rmse(fit_of(lam), x, y, k))


@mistake("choose_lambda", "λ counts twice or half: is there a ½ before the error or the penalty?")
def lambda_half_penalty(x, y, lambdas, k):
    def fit_of(lam):
        def fit(x, y):
            w, b = _ridge(x, np.log(y), lam / 2)
            return lambda new: np.exp(new @ w + b)

        return fit

    return min(lambdas, key=lambda lam: kfold_log_rmse(fit_of(lam), x, y, k))


@mistake("choose_lambda", "λ counts twice or half: is there a ½ before the error or the penalty?")
def lambda_half_error(x, y, lambdas, k):
    def fit_of(lam):
        def fit(x, y):
            w, b = _ridge(x, np.log(y), 2 * lam)
            return lambda new: np.exp(new @ w + b)

        return fit

    return min(lambdas, key=lambda lam: kfold_log_rmse(fit_of(lam), x, y, k))


@mistake("choose_lambda", "The bias is free: does your penalty draw it towards 0?")
def lambda_penalises_bias(x, y, lambdas, k):
    def fit_of(lam):
        def fit(x, y):
            z = np.column_stack([x, np.ones(len(x))])
            gram = z.T @ z / len(z) + lam * np.eye(z.shape[1])
            w = np.linalg.solve(gram, z.T @ np.log(y) / len(z))
            return lambda new: np.exp(np.column_stack([new, np.ones(len(new))]) @ w)

        return fit

    return min(lambdas, key=lambda lam: kfold_log_rmse(fit_of(lam), x, y, k))


@mistake("choose_lambda", "Features have means, too: what must the bias be if it is free?")
def lambda_bias_is_mean(x, y, lambdas, k):
    def fit_of(lam):
        def fit(x, y):
            w, _ = _ridge(x, np.log(y), lam)
            b = np.log(y).mean()
            return lambda new: np.exp(new @ w + b)

        return fit

    return min(lambdas, key=lambda lam: kfold_log_rmse(fit_of(lam), x, y, k))


@mistake("choose_lambda", "The model is fitted to logarithms of prices, not to prices.")
def lambda_on_prices(x, y, lambdas, k):
    def fit_of(lam):
        def fit(x, y):
            w, b = _ridge(x, y, lam)
            return lambda new: new @ w + b

        return fit

    return min(lambdas, key=lambda lam: kfold_log_rmse(fit_of(lam), x, y, k))


@mistake("choose_lambda", "Features are taken as they are: what do you do to them first?")
def lambda_standardises(x, y, lambdas, k):
    scale = np.where(x.std(axis=0) > 0, x.std(axis=0), 1)
    return answers.choose_lambda((x - x.mean(axis=0)) / scale, y, lambdas, k)


@mistake("choose_lambda", "On the rows that were fitted the least λ always wins: judge on others.")
def lambda_by_training_error(x, y, lambdas, k):
    def error(lam):
        return np.mean((np.log(fit_for(lam)(x, y)(x)) - np.log(y)) ** 2)

    return min(lambdas, key=error)


@mistake("choose_lambda", "The smallest error is asked: what of the list do you look for?")
def lambda_of_largest_error(x, y, lambdas, k):
    return max(lambdas, key=lambda lam: kfold_log_rmse(fit_for(lam), x, y, k))


@mistake("choose_lambda", "Of λ that are equally good, which one is returned?")
def lambda_last_of_equals(x, y, lambdas, k):
    best, least = None, np.inf
    for lam in lambdas:
        error = kfold_log_rmse(fit_for(lam), x, y, k)
        if error <= least:
            best, least = lam, error
    return best


@mistake("choose_lambda", "Of equals the first in the list is returned, not the smallest λ.")
def lambda_sorts(x, y, lambdas, k):
    return answers.choose_lambda(x, y, sorted(lambdas), k)


@mistake("choose_lambda", "λ itself is asked, not its place in the list.")
def lambda_place(x, y, lambdas, k):
    return lambdas.index(answers.choose_lambda(x, y, lambdas, k))


@mistake("choose_lambda", "The error of each λ is one over k folds: how many do you take?")
def lambda_ignores_k(x, y, lambdas, k):
    return answers.choose_lambda(x, y, lambdas, 2)


def predicted(train, prices, test, numbers, words, lam=0.001):
    """Ridge regression on the plain features of some columns."""
    a, a_new = numeric_features(train, test, numbers)
    c, c_new = one_hot_features(train, test, words)
    return fit_for(lam)(np.hstack([a, c]), prices)(np.hstack([a_new, c_new]))


@mistake("predict_prices", "Every house has the same price here: which columns are looked at?")
def prices_of_nobody(train, prices, test):
    return np.full(len(test["area"]), np.exp(np.log(prices).mean()))


@mistake(
    "predict_prices", "Villas rule a fit to prices, and huts go below 0: what should be fitted?"
)
def prices_not_logged(train, prices, test):
    a, a_new = numeric_features(train, test, ["area", "plot", "rooms", "year", "quality", "centre"])
    c, c_new = one_hot_features(train, test, ["district", "heating", "condition"])
    w, b = _ridge(np.hstack([a, c]), prices, 0.001)
    return np.hstack([a_new, c_new]) @ w + b


@mistake("predict_prices", "The model's result is a log price, and a price is asked.")
def prices_left_as_logarithms(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    words = [name for name in train if train[name].dtype.kind == "U"]
    return np.log(predicted(train, prices, test, numbers, words))


@mistake("predict_prices", "Words take no part in it: where a house stands is half its price.")
def prices_without_words(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    return fit_for(0.001)(numeric_features(train, test, numbers)[0], prices)(
        numeric_features(train, test, numbers)[1]
    )


@mistake(
    "predict_prices",
    "What does a huge number in the place of a gap do to mean, deviation and weight?",
)
def prices_gaps_as_huge_numbers(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    words = [name for name in train if train[name].dtype.kind == "U"]
    train, test = (
        {n: np.nan_to_num(t[n], nan=99999.0) if n in numbers else t[n] for n in t}
        for t in (train, test)
    )
    return np.minimum(predicted(train, prices, test, numbers, words), 1e9)


@mistake(
    "predict_prices",
    "Words are numbered here: is the third of them three times as much as the first?",
)
def prices_words_numbered(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    words = [name for name in train if train[name].dtype.kind == "U"]
    train, test = dict(train), dict(test)
    for name in words:
        known = sorted(set(train[name]))
        for table in (train, test):
            table[name] = (
                np.array([known.index(w) if w in known else -1 for w in table[name]]) + 0.0
            )
    a, a_new = numeric_features(train, test, numbers + words)
    return fit_for(0.001)(a, prices)(a_new)


@mistake(
    "predict_prices",
    "The hidden houses are standardised by themselves: what if all of them are good ones?",
)
def prices_by_their_own_statistics(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    words = [name for name in train if train[name].dtype.kind == "U"]

    def features(table):
        with np.errstate(all="ignore"):
            x = np.stack([np.log1p(table[name]) for name in numbers], axis=1)
            z = np.nan_to_num((x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0))
        return np.hstack([z, z**2, one_hot_features(train, table, words)[1]])

    return fit_for(0.001)(features(train), prices)(features(test))


@mistake("predict_prices", "Plot the errors against each column: which curve is no straight line?")
def prices_by_straight_lines(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    words = [name for name in train if train[name].dtype.kind == "U"]
    return predicted(train, prices, test, numbers, words)


@mistake("predict_prices", "(m,) prices are asked: an axis is too many.")
def prices_in_a_column(train, prices, test):
    numbers = [name for name in train if train[name].dtype.kind == "f"]
    words = [name for name in train if train[name].dtype.kind == "U"]
    return predicted(train, prices, test, numbers, words)[:, None]
