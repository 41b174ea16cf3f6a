"""Model answers of Dive into Deep Learning's section on distribution shift."""

import torch


def domain_dataset(source, target):
    x = torch.cat([source, target])  # hint: Look at the rows of x: which come first, are all there?
    # hint: Look at y: which number has which domain, how often, and in the order of x's rows?
    y = torch.cat([source.new_zeros(len(source)), target.new_ones(len(target))])
    return x, y


def density_ratio(logits, n_source, n_target):
    # hint: Solve eʰ = (n_target p)/(n_source q) for p/q again, step by step.
    return torch.exp(logits) * n_source / n_target


def clip_weights(weights, c):
    # hint: Look at which weights change, and what becomes of them.
    return weights.clamp(max=c)


def weighted_risk(losses, weights):
    # hint: Compare your line with (1/n) Σ βᵢ lᵢ: the product, the sum, and what it is divided by.
    return (losses * weights).mean()


def confusion_matrix(predicted, labels, k):
    # hint: Look at how pairs are counted: which of the two gives the row, and does each pair count?
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    # hint: Look at what each count is divided by: a sum over which axis?
    totals = counts.sum(dim=0)
    # hint: Look at the division: what by what, and what if a label does not occur?
    return counts / totals.clamp(min=1)


def label_shift_weights(confusion, source_prior, target_predicted):
    # hint: Look at the system that is solved for p: which matrix, and which right-hand side?
    p = torch.linalg.solve(confusion, target_predicted)
    # hint: Look at negative entries of p: what becomes of them?
    p = p.clamp(min=0)
    # hint: Look at how p comes to sum to 1: what is it divided by, and when?
    p = p / p.sum()
    # hint: Look at the last step, from p to the weights: which share over which?
    return p / source_prior


def online_step(w, x, y, lr):
    # hint: Look at the residual: the prediction, the label, and the sign between them.
    residual = x @ w - y
    # hint: Look at the step: its sign, the learning rate, the residual, and which input?
    return w - lr * residual * x
