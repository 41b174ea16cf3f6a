"""Short cuts to what this assignment forbids: each must be refused."""

import numpy as np
import torch

from grader.vocabulary import equivalent


@equivalent("matmul")
def by_vecdot(a, b):
    return np.vecdot(a[:, None, :], b.T[None])


@equivalent("matmul")
def by_gufunc(a, b):
    return np.matvec(a, b.T).T


@equivalent("matmul")
def by_tensors(a, b):
    return torch.mm(torch.as_tensor(a), torch.as_tensor(b)).numpy()


@equivalent("matmul")
def by_correlation(a, b):
    return np.array([[np.correlate(row, column)[0] for column in b.T] for row in a])


@equivalent("matmul")
def by_matrices(a, b):
    return np.asarray(np.matrix(a) * np.matrix(b))
