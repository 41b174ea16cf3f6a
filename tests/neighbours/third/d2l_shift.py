"""Third neighbours of d2l_shift: written before they were measured once, at the end."""

import torch

from grader.vocabulary import mistake


@mistake("domain_dataset", "the target has 1/2")
def tri_dom_half_labels(source, target):
    x = torch.cat([source, target])
    y = torch.cat([source.new_zeros(len(source)), 0.5 * target.new_ones(len(target))])
    return (x, y)


@mistake("density_ratio", "divided by all rows, not by the target's")
def tri_ratio_total(logits, n_source, n_target):
    return torch.exp(logits) * n_source / (n_source + n_target)


@mistake("clip_weights", "clipped from below")
def tri_clip_from_below(weights, c):
    return weights.clamp(min=c)


@mistake("weighted_risk", "the weights are squared")
def tri_risk_weights_squared(losses, weights):
    return (losses * weights**2).mean()


@mistake("label_shift_weights", "negative values are turned positive")
def tri_lsw_abs(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.abs()
    p = p / p.sum()
    return p / source_prior


@mistake("confusion_matrix", "two slips: the shares are of the rows, and the diagonal is emptied")
def tri_conf_off_diagonal(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=1, keepdim=True)
    return counts * (1 - torch.eye(k)) / totals.clamp(min=1)


@mistake("online_step", "two slips: the residual is squared, and the step halved")
def tri_online_residual_squared_half(w, x, y, lr):
    residual = x @ w - y
    return w - lr / 2 * residual**2 * x
