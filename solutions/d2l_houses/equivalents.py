"""Short cuts to what this assignment forbids: each must be refused."""

import numpy as np

from grader.vocabulary import equivalent
from solutions.d2l_houses.answers import numeric_features


def numbers(train, test):
    """Both tables' columns of numbers, standardised."""
    return numeric_features(train, test, [n for n in train if train[n].dtype.kind == "f"])


@equivalent("predict_prices")
def by_ridge_of_a_library(train, prices, test):
    from sklearn.linear_model import Ridge

    a, a_new = numbers(train, test)
    return np.exp(Ridge(1.0).fit(a, np.log(prices)).predict(a_new))


@equivalent("predict_prices")
def by_tensors(train, prices, test):
    import torch

    a, a_new = (torch.from_numpy(part) for part in numbers(train, test))
    w = torch.linalg.lstsq(a, torch.from_numpy(np.log(prices))[:, None]).solution
    return (a_new @ w)[:, 0].exp().numpy()
