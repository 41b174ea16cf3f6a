"""Second neighbours of lec03_softmax: written without a look at hints or known mistakes."""

import torch

from grader.vocabulary import mistake
from solutions.lec03_softmax.answers import log_softmax, softmax


@mistake("loss_fn_reg", "absolute residuals, not squares")
def reg_mean_absolute(bhat, x, y):
    residual = y - x @ bhat
    return residual.abs().mean()


@mistake("loss_fn_reg", "y is made a column against a row of predictions: n by n residuals")
def reg_column_broadcast(bhat, x, y):
    residual = y.reshape(-1, 1) - x @ bhat
    return (residual**2).mean()


@mistake("sigmoid", "tanh(x/2) without the shift: values between -1 and 1")
def sigmoid_tanh_form(x):
    return torch.tanh(x / 2)


@mistake("sigmoid", "e^x/(1 + e^x): overflows at large x")
def sigmoid_naive_exp(x):
    return torch.exp(x) / (1 + torch.exp(x))


@mistake("sigmoid", "the argument is clipped at 5")
def sigmoid_clipped_five(x):
    return 1 / (1 + torch.exp(-x.clamp(-5, 5)))


@mistake(
    "loss_fn_logistic", "two slips: a sigmoid is applied before softplus, and a sum is returned"
)
def logi_probability_first(bhat, x, y):
    u = torch.sigmoid(x @ bhat)
    losses = torch.nn.functional.softplus(u) - y * u
    return losses.sum()


@mistake("loss_fn_logistic", "the sign of the label's term is wrong")
def logi_label_sign(bhat, x, y):
    u = x @ bhat
    losses = torch.nn.functional.softplus(u) + y * u
    return losses.mean()


@mistake("loss_fn_logistic", "log of the sigmoid, taken apart: infinite at large u")
def logi_log_sigmoid(bhat, x, y):
    p = torch.sigmoid(x @ bhat)
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


@mistake("softmax", "normalised over the rows: dim 0")
def softmax_over_rows(u):
    shifted = u - u.max(dim=0, keepdim=True).values
    e = torch.exp(shifted)
    return e / e.sum(dim=0, keepdim=True)


@mistake("softmax", "the mean is subtracted, not the maximum: it overflows")
def softmax_minus_mean(u):
    shifted = u - u.mean(dim=1, keepdim=True)
    e = torch.exp(shifted)
    return e / e.sum(dim=1, keepdim=True)


@mistake("softmax", "two slips: the shift is missing, and the sum is of the whole matrix")
def softmax_whole_sum(u):
    e = torch.exp(u)
    return e / e.sum()


@mistake("softmax", "an epsilon of 1e-3 in the denominator")
def softmax_tiny_eps(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    e = torch.exp(shifted)
    return e / (e.sum(dim=1, keepdim=True) + 1e-3)


@mistake("log_softmax", "the sum is of the unshifted exponentials")
def log_softmax_shift_twice(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    total = u.exp().sum(dim=1, keepdim=True)
    return shifted - total.log()


@mistake("log_softmax", "the logarithm of the sum is missing")
def log_softmax_total_not_log(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    total = shifted.exp().sum(dim=1, keepdim=True)
    return shifted - total


@mistake("loss_fn_softmax", "divided by n times classes: the mean of all entries")
def lsm_divided_by_all(w, x, y):
    logits = x @ w.T
    terms = y * log_softmax(logits)
    return -terms.mean()


@mistake(
    "loss_fn_softmax", "two slips: probabilities for their logarithms, and the minus is missing"
)
def lsm_probability_no_minus(w, x, y):
    logits = x @ w.T
    terms = (y * softmax(logits)).sum(dim=1)
    return terms.mean()


@mistake("cross_entropy", "log_softmax of a softmax")
def ce_softmax_twice(logits, labels):
    picked = log_softmax(softmax(logits)).gather(1, labels[:, None])
    return -picked.mean()


@mistake("cross_entropy", "the first column is picked for every row")
def ce_first_class(logits, labels):
    return -log_softmax(logits)[:, 0].mean()


@mistake("cross_entropy", "two slips: the logits themselves are picked, and summed")
def ce_raw_logits_sum(logits, labels):
    return -logits.gather(1, labels[:, None]).sum()


@mistake("cross_entropy_grad", "two slips: the sign is wrong, and it is not divided by n")
def ceg_not_averaged_flipped(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    return onehot - softmax(logits)


@mistake("cross_entropy_grad", "divided by the number of classes")
def ceg_divided_by_classes(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) - onehot
    return difference / logits.shape[1]


@mistake("cross_entropy_grad", "only the true class has a gradient")
def ceg_only_true_class(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) - onehot
    return difference * onehot / len(labels)


@mistake("soft_cross_entropy", "the targets are made hard: only the largest counts")
def sce_hardened(logits, targets):
    return -log_softmax(logits).gather(1, targets.argmax(dim=1)[:, None]).mean()


@mistake("soft_cross_entropy", "the entropy of the targets is subtracted: a divergence")
def sce_kl(logits, targets):
    terms = (targets * log_softmax(logits) - torch.xlogy(targets, targets)).sum(dim=1)
    return -terms.mean()


@mistake("accuracy", "the number of hits, not their share")
def accuracy_count(logits, labels):
    hits = logits.argmax(dim=1) == labels
    return hits.float().sum().item()


@mistake("accuracy", "two slips: the smallest logit wins, and the error is returned")
def accuracy_rows_argmax(logits, labels):
    return (logits.argmin(dim=1) != labels).float().mean().item()


@mistake("logdet_grad", "the inverse is not transposed")
def logdet_not_transposed(x):
    return torch.linalg.inv(x)


@mistake("logdet_grad", "multiplied by the determinant: the gradient of det")
def logdet_of_det(x):
    return torch.linalg.inv(x.T) * torch.linalg.det(x)


@mistake(
    "softmax",
    "two slips: the mean is subtracted, not the maximum: it overflows; and an epsilon of 1e-3 in the denominator",
)
def softmax_minus_mean_and_tiny_eps(u):
    shifted = u - u.mean(dim=1, keepdim=True)
    e = torch.exp(shifted)
    return e / (e.sum(dim=1, keepdim=True) + 1e-3)


@mistake(
    "loss_fn_reg",
    "two slips: absolute residuals, not squares; and y is made a column against a row of predictions: n by n residuals",
)
def reg_mean_absolute_and_column_broadcast(bhat, x, y):
    residual = y.reshape(-1, 1) - x @ bhat
    return residual.abs().mean()


@mistake(
    "log_softmax",
    "two slips: the sum is of the unshifted exponentials; and the logarithm of the sum is missing",
)
def log_softmax_shift_twice_and_softmax_total_not_log(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    total = u.exp().sum(dim=1, keepdim=True)
    return shifted - total
