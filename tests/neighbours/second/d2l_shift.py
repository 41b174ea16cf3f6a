"""Second neighbours of d2l_shift: written without a look at hints or known mistakes."""

import torch

from grader.vocabulary import mistake


@mistake("domain_dataset", "source has 1 and target 0")
def dom_labels_flipped(source, target):
    x = torch.cat([source, target])
    y = torch.cat([source.new_ones(len(source)), target.new_zeros(len(target))])
    return (x, y)


@mistake("domain_dataset", "the source has -1")
def dom_minus_one(source, target):
    x = torch.cat([source, target])
    y = torch.cat([-source.new_ones(len(source)), target.new_ones(len(target))])
    return (x, y)


@mistake("domain_dataset", "target stands before source in x only")
def dom_target_first(source, target):
    x = torch.cat([target, source])
    y = torch.cat([source.new_zeros(len(source)), target.new_ones(len(target))])
    return (x, y)


@mistake("domain_dataset", "two slips: the labels are a column, and whole numbers")
def dom_column_int(source, target):
    x = torch.cat([source, target])
    y = torch.cat([source.new_zeros(len(source)), target.new_ones(len(target))])
    return (x, y.long().reshape(-1, 1))


@mistake("density_ratio", "the sizes are the wrong way round")
def ratio_inverse_balance(logits, n_source, n_target):
    return torch.exp(logits) * n_target / n_source


@mistake("density_ratio", "the probability, not the odds")
def ratio_sigmoid(logits, n_source, n_target):
    return torch.sigmoid(logits) * n_source / n_target


@mistake("density_ratio", "the sizes are not used")
def ratio_no_sizes(logits, n_source, n_target):
    return torch.exp(logits)


@mistake("density_ratio", "two slips: the inverse odds, and no sizes")
def ratio_negative_logit_no_sizes(logits, n_source, n_target):
    return torch.exp(-logits)


@mistake("clip_weights", "also lifted to 1/c")
def clip_both(weights, c):
    return weights.clamp(1 / c, c)


@mistake("clip_weights", "scaled so that the mean is 1 afterwards")
def clip_renormalised(weights, c):
    w = weights.clamp(max=c)
    return w / w.mean()


@mistake("clip_weights", "what is above c becomes 0")
def clip_zeroed(weights, c):
    return torch.where(weights > c, torch.zeros_like(weights), weights)


@mistake("weighted_risk", "divided by the sum of the weights")
def risk_normalised(losses, weights):
    return (losses * weights).sum() / weights.sum()


@mistake("weighted_risk", "two slips: divided by the weights, and summed")
def risk_sum_of_ratio(losses, weights):
    return (losses / weights).sum()


@mistake("weighted_risk", "the product of the two means")
def risk_mean_of_means(losses, weights):
    return losses.mean() * weights.mean()


@mistake("confusion_matrix", "labels are the rows")
def conf_transposed(predicted, labels, k):
    counts = torch.bincount(labels * k + predicted, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts / totals.clamp(min=1)


@mistake("confusion_matrix", "the rows are normalised")
def conf_rows_normalised(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=1, keepdim=True)
    return counts / totals.clamp(min=1)


@mistake("confusion_matrix", "classes without a label are 0/0")
def conf_empty_nan(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts / totals


@mistake("confusion_matrix", "divided by all observations")
def conf_share_of_all(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts / len(labels)


@mistake("confusion_matrix", "two slips: the counts themselves, transposed")
def conf_counts_transposed(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts.T


@mistake("label_shift_weights", "negative values are not set to 0")
def lsw_not_clamped(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    pass
    p = p / p.sum()
    return p / source_prior


@mistake("label_shift_weights", "not normalised to 1")
def lsw_not_normalised(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.clamp(min=0)
    pass
    return p / source_prior


@mistake("label_shift_weights", "the confusion is multiplied, not solved")
def lsw_multiplied(confusion, source_prior, target_predicted):
    p = confusion @ target_predicted
    p = p.clamp(min=0)
    p = p / p.sum()
    return p / source_prior


@mistake("label_shift_weights", "two slips: the transposed matrix, and not divided by the prior")
def lsw_transposed_no_prior(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion.T, target_predicted)
    p = p.clamp(min=0)
    p = p / p.sum()
    return p


@mistake("label_shift_weights", "the ratios are normalised, not the probabilities")
def lsw_normalised_late(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted).clamp(min=0)
    r = p / source_prior
    return r / r.sum()


@mistake("online_step", "the 2 of the square's slope is kept")
def online_two(w, x, y, lr):
    residual = x @ w - y
    return w - 2 * lr * residual * x


@mistake("online_step", "uphill")
def online_uphill(w, x, y, lr):
    residual = x @ w - y
    return w + lr * residual * x


@mistake("online_step", "two slips: x is missing, and the sign of the residual")
def online_no_x(w, x, y, lr):
    residual = x @ w - y
    return w + lr * residual * torch.ones_like(x)


@mistake("online_step", "divided by the length of x, squared")
def online_normalised(w, x, y, lr):
    residual = x @ w - y
    return w - lr * residual * x / (x @ x)


@mistake(
    "label_shift_weights",
    "two slips: not normalised to 1; and the confusion is multiplied, not solved",
)
def lsw_not_normalised_and_multiplied(confusion, source_prior, target_predicted):
    p = confusion @ target_predicted
    p = p.clamp(min=0)
    pass
    return p / source_prior


@mistake(
    "domain_dataset", "two slips: the source has -1; and target stands before source in x only"
)
def dom_minus_one_and_target_first(source, target):
    x = torch.cat([target, source])
    y = torch.cat([-source.new_ones(len(source)), target.new_ones(len(target))])
    return (x, y)


@mistake("confusion_matrix", "two slips: labels are the rows; and classes without a label are 0/0")
def conf_transposed_and_empty_nan(predicted, labels, k):
    counts = torch.bincount(labels * k + predicted, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts / totals


@mistake(
    "domain_dataset",
    "two slips: source has 1 and target 0; and target stands before source in x only",
)
def dom_labels_flipped_and_target_first(source, target):
    x = torch.cat([target, source])
    y = torch.cat([source.new_ones(len(source)), target.new_zeros(len(target))])
    return (x, y)
