"""Neighbours of lecture 3: wrong answers, written without a look at the hints."""

import numpy as np
import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec03_softmax.answers import log_softmax, sigmoid, softmax


@mistake("loss_fn_reg", "the squared errors are summed and never divided by n")
def reg_sum(bhat, x, y):
    err = y - x @ bhat
    return (err * err).sum()


@mistake("loss_fn_reg", "two slips: the errors enter absolutely, not squared, and half is taken")
def reg_half_mae(bhat, x, y):
    pred = torch.matmul(x, bhat)
    return torch.abs(y - pred).mean() / 2


@mistake("loss_fn_reg", "the product has the factors in the wrong order: shapes do not fit")
def reg_bhat_times_x(bhat, x, y):
    return torch.mean((bhat @ x - y) ** 2)


@mistake("sigmoid", "e^x / (1 + e^x) is ∞/∞ for large x")
def sigmoid_of_the_first_form(x):
    e = torch.exp(x)
    return e / (1 + e)


@mistake("sigmoid", "the sign in the exponent is wrong: this is σ(−x)")
def sigmoid_mirrored(x):
    small = torch.exp(-torch.abs(x))
    return torch.where(x >= 0, small / (1 + small), 1 / (1 + small))


@mistake("sigmoid", "both branches are computed and multiplied by masks: ∞/∞ times 0 is nan")
def sigmoid_by_masks(x):
    positive = (x >= 0).to(x.dtype)
    a = 1 / (1 + torch.exp(-x))
    b = torch.exp(x) / (1 + torch.exp(x))
    return positive * a + (1 - positive) * b


@mistake("sigmoid", "a Python if on a whole tensor is ambiguous for more than one entry")
def sigmoid_with_an_if(x):
    if x >= 0:
        return 1 / (1 + torch.exp(-x))
    e = torch.exp(x)
    return e / (1 + e)


@mistake(
    "sigmoid",
    "two slips: the negative branch repeats 1/(1 + e) of the positive one, and the result is "
    "float32 for float64 inputs",
)
def sigmoid_one_branch_float(x):
    e = torch.exp(-x.abs())
    out = torch.where(x > 0, 1 / (1 + e), 1 / (1 + e))
    return out.float()


@mistake("loss_fn_logistic", "BCELoss clamps its logarithms at 100")
def logistic_with_bceloss(bhat, x, y):
    rho = torch.sigmoid(x @ bhat)
    return nn.BCELoss()(rho, y)


@mistake("loss_fn_logistic", "log(1 − ρ) of a rounded probability is −∞")
def logistic_log_of_rho(bhat, x, y):
    rho = sigmoid(x @ bhat)
    return -torch.mean(y * torch.log(rho) + (1 - y) * torch.log(1 - rho))


@mistake("loss_fn_logistic", "the labels are used the wrong way round: y weighs log(1 − ρ)")
def logistic_labels_inverted(bhat, x, y):
    u = x @ bhat
    return (nn.functional.softplus(u) - (1 - y) * u).mean()


@mistake(
    "loss_fn_logistic",
    "two slips: |u| for max(u, 0) in the stable softplus, and a sum for the mean",
)
def logistic_abs_and_sum(bhat, x, y):
    u = x @ bhat
    loss = u.abs() - y * u + torch.log1p(torch.exp(-u.abs()))
    return loss.sum()


@mistake("softmax", "the maximum of the whole matrix is subtracted, so a low row becomes 0/0")
def softmax_global_max(u):
    e = torch.exp(u - u.max())
    return e / e.sum(dim=1, keepdim=True)


@mistake("softmax", "the columns sum to 1, not the rows")
def softmax_over_columns(u):
    shifted = u - u.max(dim=0, keepdim=True).values
    e = shifted.exp()
    return e / e.sum(dim=0, keepdim=True)


@mistake("softmax", "the row sums do not keep their axis and broadcast along the wrong one")
def softmax_without_keepdim(u):
    m = u.max(dim=1, keepdim=True).values
    e = torch.exp(u - m)
    return e / e.sum(dim=1)


@mistake("softmax", "u.max(dim=1) is a pair of values and indices, not a tensor")
def softmax_max_is_a_pair(u):
    shifted = u - u.max(dim=1, keepdim=True)
    e = torch.exp(shifted)
    return e / e.sum(dim=1, keepdim=True)


@mistake("softmax", "two slips: the caller's logits are shifted in place, and by their mean")
def softmax_shifts_in_place(u):
    u -= u.mean(dim=1, keepdim=True)
    e = torch.exp(u)
    return e / torch.sum(e, 1, keepdim=True)


@mistake("log_softmax", "the logarithm of an underflowed probability is −∞")
def log_of_the_softmax(u):
    return torch.log(softmax(u))


@mistake("log_softmax", "the maximum is subtracted in the exponent, but not added back")
def log_softmax_forgets_the_max(u):
    m, _ = torch.max(u, dim=1, keepdim=True)
    return u - torch.log(torch.exp(u - m).sum(dim=1, keepdim=True))


@mistake("log_softmax", "two slips: the sum runs over columns, and the logarithm is to base 10")
def log_softmax_columns_base_ten(u):
    v = u - u.amax(dim=0, keepdim=True)
    return v - torch.log10(v.exp().sum(dim=0, keepdim=True))


@mistake(
    "loss_fn_softmax", "the mean runs over all n · k entries, so the loss is k times too small"
)
def softmax_loss_mean_of_entries(w, x, y):
    logp = log_softmax(x @ w.T)
    return -(y * logp).mean()


@mistake("loss_fn_softmax", "the weights are not transposed: X (n, p) does not fit W (k, p)")
def softmax_loss_without_transpose(w, x, y):
    logits = torch.mm(x, w)
    return -(y * log_softmax(logits)).sum(dim=1).mean()


@mistake("loss_fn_softmax", "an ε under the logarithm bounds the loss")
def softmax_loss_with_eps(w, x, y):
    probs = softmax(x @ w.t())
    return -torch.sum(y * torch.log(probs + 1e-10), dim=1).mean()


@mistake(
    "loss_fn_softmax",
    "two slips: the minus is missing, and the sum over observations is not divided by n",
)
def softmax_loss_log_likelihood(w, x, y):
    u = x @ w.T
    total = 0
    for i in range(len(x)):
        total = total + (y[i] * (u[i] - torch.logsumexp(u[i], dim=0))).sum()
    return total


@mistake("cross_entropy", "indexing with [:, labels] takes every label's column for every row")
def cross_entropy_all_columns(logits, labels):
    logp = log_softmax(logits)
    return -logp[:, labels].mean()


@mistake("cross_entropy", "softmax is applied before log-softmax, so twice in all")
def cross_entropy_softmax_twice(logits, labels):
    p = softmax(logits)
    logp = p - torch.logsumexp(p, dim=1, keepdim=True)
    rows = torch.arange(len(labels))
    return -logp[rows, labels].mean()


@mistake("cross_entropy", "the exponentials overflow: no maximum is subtracted")
def cross_entropy_unshifted(logits, labels):
    correct = logits.gather(1, labels.view(-1, 1)).squeeze(1)
    return (torch.log(torch.exp(logits).sum(dim=1)) - correct).mean()


@mistake("cross_entropy", "a loss for every observation is returned instead of their mean")
def cross_entropy_unreduced(logits, labels):
    picked = logits[torch.arange(logits.shape[0]), labels]
    return torch.logsumexp(logits, dim=1) - picked


@mistake(
    "cross_entropy",
    "two slips: the logarithm of the correct probability lacks its minus, and the mean divides "
    "by k, not by n",
)
def cross_entropy_positive_over_classes(logits, labels):
    n, k = logits.shape
    logp = log_softmax(logits)
    return logp[np.arange(n), labels].sum() / k


@mistake("cross_entropy_grad", "the gradient is not divided by n: the loss is a mean")
def ce_grad_of_the_sum(logits, labels):
    g = softmax(logits)
    g[torch.arange(len(labels)), labels] -= 1
    return g


@mistake("cross_entropy_grad", "one-hot minus softmax: the sign is wrong")
def ce_grad_sign(logits, labels):
    onehot = torch.zeros_like(logits)
    onehot[range(len(labels)), labels] = 1.0
    return (onehot - softmax(logits)) / logits.shape[0]


@mistake("cross_entropy_grad", "the softmax is not shifted, so large logits give nan")
def ce_grad_unshifted(logits, labels):
    n, k = logits.shape
    e = torch.exp(logits)
    p = e / e.sum(dim=1, keepdim=True)
    onehot = torch.eye(k, dtype=logits.dtype)[labels]
    return (p - onehot) / n


@mistake(
    "cross_entropy_grad",
    "two slips: 1 is subtracted from the whole column of each label, and the division is by k",
)
def ce_grad_columns_over_k(logits, labels):
    k = logits.shape[1]
    grad = softmax(logits)
    grad[:, labels] -= 1
    return grad / k


@mistake("soft_cross_entropy", "the argmax of the targets is taken: their mass is ignored")
def soft_ce_hard_targets(logits, targets):
    hard = targets.argmax(dim=1)
    return -log_softmax(logits).gather(1, hard.unsqueeze(1)).mean()


@mistake("soft_cross_entropy", "the entropy of the targets is subtracted: a divergence")
def soft_ce_is_kl(logits, targets):
    logp = log_softmax(logits)
    inner = torch.xlogy(targets, targets) - targets * logp
    return inner.sum(dim=1).mean()


@mistake(
    "soft_cross_entropy",
    "two slips: log of the softmax is unstable, and the mean is over all entries",
)
def soft_ce_unstable_mean(logits, targets):
    return -(targets * softmax(logits).log()).mean()


@mistake("accuracy", "the number of hits is returned, not their share")
def accuracy_counts(logits, labels):
    hits = logits.argmax(dim=1) == labels
    return float(hits.sum())


@mistake("accuracy", "the mean of a bool tensor raises: it must be made a float first")
def accuracy_mean_of_bools(logits, labels):
    predicted = torch.argmax(logits, dim=1)
    return (predicted == labels).mean().item()


@mistake("accuracy", "two slips: argmax runs over the flattened matrix, and per cent is returned")
def accuracy_flat_per_cent(logits, labels):
    hits = 0
    best = logits.argmax()
    for label in labels:
        if best == label:
            hits += 1
    return 100.0 * hits / len(labels)


@mistake("logdet_grad", "the inverse is not transposed")
def logdet_inverse(x):
    return torch.linalg.inv(x)


@mistake("logdet_grad", "the gradient of det X itself: not divided by the determinant")
def logdet_of_det(x):
    return torch.det(x) * torch.linalg.inv(x).T


@mistake("logdet_grad", "two slips: X is transposed but not inverted, and divided by det X")
def logdet_transposed_over_det(x):
    return x.transpose(0, 1) / torch.det(x)


@mistake("loss_fn_logistic", "two slips: the unstable softplus, and a loss for each observation")
def logistic_unstable_unreduced(bhat, x, y):
    u = torch.matmul(x, bhat)
    return torch.log(1 + torch.exp(u)) - y * u


@mistake("softmax", "two slips: the wrong axis, and no shift at all")
def softmax_columns_unshifted(u):
    return torch.exp(u) / torch.exp(u).sum(dim=0)


@mistake("log_softmax", "two slips: an ε under the logarithm, and the softmax over columns")
def log_softmax_columns_eps(u):
    e = torch.exp(u - u.max(dim=0, keepdim=True).values)
    return torch.log(e / e.sum(dim=0, keepdim=True) + 1e-12)


@mistake("loss_fn_softmax", "two slips: softmax over observations, and the mean over all entries")
def softmax_loss_axis_and_mean(w, x, y):
    logits = x @ w.T
    logp = logits - torch.logsumexp(logits, dim=0, keepdim=True)
    return -(y * logp).mean()


@mistake("cross_entropy_grad", "two slips: the sign is wrong, and the division by n is missing")
def ce_grad_sign_and_sum(logits, labels):
    return torch.nn.functional.one_hot(labels, logits.shape[1]) - softmax(logits)


@mistake("logdet_grad", "two slips: the sign is turned, and the inverse is not transposed")
def logdet_minus_inverse(x):
    return -torch.inverse(x)
