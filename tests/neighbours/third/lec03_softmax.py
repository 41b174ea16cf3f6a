"""Third neighbours of lec03_softmax: written before they were measured once, at the end."""

import torch

from grader.vocabulary import mistake
from solutions.lec03_softmax.answers import log_softmax, softmax


@mistake("loss_fn_reg", "the mean is squared, not the squares averaged")
def tri_reg_residual_mean_squared(bhat, x, y):
    residual = y - x @ bhat
    return residual.mean() ** 2


@mistake("sigmoid", "the sigmoid of 2x")
def tri_sigmoid_double(x):
    e = torch.exp(-2 * x.abs())
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


@mistake("softmax", "2 to the power, not e")
def tri_softmax_base_two(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    e = 2.0**shifted
    return e / e.sum(dim=1, keepdim=True)


@mistake("log_softmax", "the mean of the exponentials, not their sum")
def tri_log_softmax_mean_for_sum(u):
    shifted = u - u.max(dim=1, keepdim=True).values
    total = shifted.exp().mean(dim=1, keepdim=True)
    return shifted - total.log()


@mistake("cross_entropy_grad", "the probabilities are squared")
def tri_ceg_squared(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    difference = softmax(logits) ** 2 - onehot
    return difference / len(labels)


@mistake(
    "accuracy", "two slips: the maximum is over the rows, and the first rows alone are compared"
)
def tri_accuracy_columns_error(logits, labels):
    hits = logits.argmax(dim=0)[labels] == labels
    return hits.float().mean().item()


@mistake("soft_cross_entropy", "two slips: targets and logits are exchanged, and a sum is returned")
def tri_sce_swapped_sum(logits, targets):
    terms = (softmax(logits) * log_softmax(targets)).sum(dim=1)
    return -terms.sum()
