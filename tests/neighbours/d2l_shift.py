"""Wrong answers on distribution shift, as students write them, to try the hints on."""

import numpy as np
import torch
import torch.nn.functional as F

from grader.vocabulary import mistake
from solutions.d2l_shift import answers


@mistake("domain_dataset", "the labels change places: 1 for the source, 0 for the target")
def one_for_the_source(source, target):
    x = torch.cat([source, target], dim=0)
    y = torch.cat([torch.ones(len(source)), torch.zeros(len(target))]).to(x)
    return x, y


@mistake("domain_dataset", "the labels are int64, not in the dtype of x")
def integer_labels(source, target):
    x = torch.vstack((source, target))
    y = torch.tensor([0] * source.shape[0] + [1] * target.shape[0], device=x.device)
    return x, y


@mistake("domain_dataset", "the labels are a column: (n, 1) instead of (n,)")
def labels_as_a_column(source, target):
    y = torch.cat([torch.zeros_like(source[:, :1]), torch.ones_like(target[:, :1])])
    return torch.cat((source, target)), y


@mistake("domain_dataset", "the labels are float32 whatever x is: torch.zeros is given no dtype")
def labels_of_the_default_dtype(source, target):
    n, m = source.size(0), target.size(0)
    y = torch.zeros(n + m, device=source.device)
    y[n:] = 1
    return torch.cat([source, target]), y


@mistake("domain_dataset", "the target's rows come first, under labels that have the source first")
def target_rows_first(source, target):
    x = torch.cat([target, source])
    y = torch.cat([source.new_zeros(len(source)), source.new_ones(len(target))])
    return x, y


@mistake("domain_dataset", "two slips: the labels are −1 and 1, and they are a column")
def minus_one_and_one_in_a_column(source, target):
    y = torch.cat([-torch.ones(len(source), 1), torch.ones(len(target), 1)]).to(source)
    return torch.cat([source, target]), y


@mistake(
    "domain_dataset", "the samples are joined side by side: with unequal numbers of rows it raises"
)
def joins_side_by_side(source, target):
    x = torch.cat([source, target], dim=1)
    y = torch.cat([source.new_zeros(len(source)), target.new_ones(len(target))])
    return x, y


@mistake("domain_dataset", "two slips: the source is labelled 1, and the labels are int64")
def source_is_one_in_ints(source, target):
    rows = torch.cat([source, target])
    y = torch.ones(len(rows), dtype=torch.int64, device=rows.device)
    y[len(source) :] = 0
    return rows, y


@mistake("density_ratio", "the balance of the samples is left out: the notes' eʰ alone")
def ratio_without_balance(logits, n_source, n_target):
    return logits.exp()


@mistake("density_ratio", "the balance is turned round: it multiplies by n_target / n_source")
def balance_turned_round(logits, n_source, n_target):
    return torch.exp(logits) * (n_target / n_source)


@mistake("density_ratio", "the probability of the target stands for its odds")
def probability_for_odds(logits, n_source, n_target):
    return torch.sigmoid(logits) * n_source / n_target


@mistake("density_ratio", "source over target: the ratio is inverted")
def source_over_target(logits, n_source, n_target):
    return torch.exp(-logits) * n_target / n_source


@mistake(
    "density_ratio", "two slips: the ratio of the sizes is cut to a whole number, and upside down"
)
def whole_number_ratio(logits, n_source, n_target):
    balance = n_target // n_source
    return torch.exp(logits) * balance


@mistake(
    "density_ratio", "two slips: the weights are scaled to a mean of 1, and the balance is left out"
)
def weights_scaled_to_mean_one(logits, n_source, n_target):
    w = torch.exp(logits)
    return w / w.mean()


@mistake("density_ratio", "two slips: the logit's sign is turned, and the sizes are left out")
def odds_of_the_source(logits, n_source, n_target):
    p = torch.sigmoid(logits)
    return (1 - p) / p


@mistake("density_ratio", "sizes are ints and have no log: torch.log of them raises")
def logarithm_of_the_sizes(logits, n_source, n_target):
    return torch.exp(logits + torch.log(n_source) - torch.log(n_target))


@mistake("clip_weights", "the bound is a floor: weights below c are lifted to it")
def lifts_to_c(weights, c):
    return torch.clamp(weights, min=c)


@mistake("clip_weights", "weights itself is changed in place")
def clips_in_place(weights, c):
    weights[weights > c] = c
    return weights


@mistake("clip_weights", "weights above c become 0, not c")
def drops_large_weights(weights, c):
    return weights * (weights <= c).to(weights.dtype)


@mistake("clip_weights", "the weights are all scaled so that the largest is c")
def scales_to_the_largest(weights, c):
    return weights * (c / weights.max())


@mistake("clip_weights", "torch.minimum takes two tensors: a float raises TypeError")
def minimum_with_a_float(weights, c):
    return torch.minimum(weights, c)


@mistake(
    "clip_weights",
    "two slips: the weights are cut at both ends, at 1/c too, and then scaled to mean 1",
)
def cut_at_both_ends_and_scaled(weights, c):
    w = torch.clamp(weights, 1 / c, c)
    return w / w.mean()


@mistake("clip_weights", "two slips: the bound is a floor, and weights is changed in place")
def lifts_in_place(weights, c):
    return weights.clamp_(min=c)


@mistake("weighted_risk", "it divides by the sum of the weights, not by n")
def divides_by_the_weights(losses, weights):
    return (weights * losses).sum() / weights.sum()


@mistake("weighted_risk", "the sum is not divided by n")
def risk_is_a_sum(losses, weights):
    return torch.dot(losses, weights)


@mistake("weighted_risk", "the weighted losses are returned one by one")
def weighted_losses_one_by_one(losses, weights):
    return losses * weights / len(losses)


@mistake("weighted_risk", "two slips: the losses are divided by their weights, and summed")
def divides_each_loss(losses, weights):
    return torch.sum(losses / weights)


@mistake(
    "weighted_risk",
    "two slips: the means are multiplied one by one, and a Python float is returned",
)
def product_of_the_means(losses, weights):
    return losses.mean().item() * weights.mean().item()


@mistake(
    "weighted_risk", "as (n, 1) and (n,) the two make an (n, n) table, whose mean is another number"
)
def table_of_all_pairs(losses, weights):
    return (losses.reshape(-1, 1) * weights).mean()


@mistake("weighted_risk", "two slips: the weights are squared, and the sum is not divided by n")
def squared_weights_summed(losses, weights):
    total = losses.new_zeros(())
    for loss, weight in zip(losses, weights):
        total = total + weight**2 * loss
    return total


@mistake("confusion_matrix", "rows are labels and columns predictions: the matrix is transposed")
def labels_in_rows(predicted, labels, k):
    counts = torch.zeros(k, k)
    for i, j in zip(predicted, labels):
        counts[j, i] += 1
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)


@mistake("confusion_matrix", "the columns are not divided: counts, not shares")
def counts_not_shares(predicted, labels, k):
    c = torch.zeros(k, k)
    c.index_put_((predicted, labels), torch.ones(len(labels)), accumulate=True)
    return c


@mistake("confusion_matrix", "a label that does not occur divides 0 by 0: its column is nan")
def absent_label_is_nan(predicted, labels, k):
    onehot_p = F.one_hot(predicted, k).float()
    onehot_y = F.one_hot(labels, k).float()
    counts = onehot_p.T @ onehot_y
    return counts / counts.sum(dim=0)


@mistake(
    "confusion_matrix", "every row is divided by its sum: shares among the labels of a prediction"
)
def rows_sum_to_one(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    return counts / counts.sum(dim=1, keepdim=True).clamp(min=1)


@mistake("confusion_matrix", "all is divided by n: shares of all examples, not of each label")
def shares_of_all_examples(predicted, labels, k):
    c = torch.zeros((k, k), dtype=torch.float32)
    for j in range(k):
        for i in range(k):
            c[i, j] = ((predicted == i) & (labels == j)).float().mean()
    return c


@mistake("confusion_matrix", "fancy indexing with += counts equal pairs once")
def equal_pairs_count_once(predicted, labels, k):
    c = torch.zeros(k, k)
    c[predicted, labels] += 1
    n = torch.bincount(labels, minlength=k).clamp(min=1)
    return c / n


@mistake("confusion_matrix", "two slips: rows are labels, and the result is float64")
def transposed_doubles(predicted, labels, k):
    counts = torch.zeros(k, k, dtype=torch.float64)
    for i, j in zip(predicted.tolist(), labels.tolist()):
        counts[j][i] += 1
    totals = counts.sum(dim=1, keepdim=True)
    return torch.where(totals > 0, counts / totals, 0.0)


@mistake("confusion_matrix", "two slips: rows are divided, not columns, and an absent one is nan")
def rows_divided_with_nan(predicted, labels, k):
    c = torch.zeros(k, k)
    for p, y in zip(predicted, labels):
        c[p, y] += 1
    return c / c.sum(1, keepdim=True)


@mistake(
    "confusion_matrix", "without minlength the counts are too few for a (k, k) matrix: it raises"
)
def bincount_too_short(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels).reshape(k, k).float()
    return counts / counts.sum(dim=0).clamp(min=1)


@mistake("confusion_matrix", "two slips: rows are labels, and counts are returned, not shares")
def transposed_counts(predicted, labels, k):
    return torch.bincount(labels * k + predicted, minlength=k * k).reshape(k, k).float()


@mistake("label_shift_weights", "p is returned: it is not divided by the source's shares")
def target_shares_themselves(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = torch.clamp(p, min=0)
    return p / p.sum()


@mistake("label_shift_weights", "p is not scaled to sum 1 after the negatives are set to 0")
def not_scaled_after_clipping(confusion, source_prior, target_predicted):
    p = torch.linalg.inv(confusion) @ target_predicted
    return torch.relu(p) / source_prior


@mistake("label_shift_weights", "negative shares are kept")
def keeps_negative_shares(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    return p / p.sum() / source_prior


@mistake("label_shift_weights", "C is transposed before it is solved")
def solves_the_transpose(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion.T, target_predicted).clamp(min=0)
    p = p / p.sum()
    return p / source_prior


@mistake("label_shift_weights", "C multiplies μ: it is applied, not solved")
def multiplies_by_c(confusion, source_prior, target_predicted):
    p = (confusion @ target_predicted).clamp_min(0)
    return p / p.sum() / source_prior


@mistake("label_shift_weights", "the absolute value is taken of negative shares, not 0")
def absolute_shares(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted).abs()
    return p / p.sum() / source_prior


@mistake(
    "label_shift_weights", "two slips: the ratio is inverted, q/p, and negatives are not clipped"
)
def inverted_with_negatives(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p / p.sum()
    return source_prior / p


@mistake(
    "label_shift_weights",
    "two slips: the weights are scaled to sum 1 in place of p, and C is transposed",
)
def scales_the_weights_of_the_transpose(confusion, source_prior, target_predicted):
    p = torch.linalg.inv(confusion.T) @ target_predicted
    w = p.clamp(min=0) / source_prior
    return w / w.sum()


@mistake(
    "label_shift_weights",
    "np.linalg.solve returns a NumPy array, which has no clamp: AttributeError",
)
def numpy_solution(confusion, source_prior, target_predicted):
    p = np.linalg.solve(confusion.numpy(), target_predicted.numpy())
    p = p.clamp(min=0)
    return p / p.sum() / source_prior


@mistake("label_shift_weights", "two slips: p is not scaled again, and it is not divided by q")
def clipped_solution_alone(confusion, source_prior, target_predicted):
    p, *_ = torch.linalg.lstsq(confusion, target_predicted.unsqueeze(1))
    return p.squeeze(1).clamp(min=0)


@mistake("label_shift_weights", "μ stands for p: C is not used at all")
def predictions_taken_for_labels(confusion, source_prior, target_predicted):
    return target_predicted / source_prior


@mistake("online_step", "the step goes uphill: the gradient is added")
def climbs(w, x, y, lr):
    error = torch.dot(x, w) - y
    return w + lr * error * x


@mistake("online_step", "the gradient lacks the factor x")
def gradient_without_x(w, x, y, lr):
    return w - lr * (x @ w - y)


@mistake("online_step", "the gradient has a factor 2, which the ½ of the loss takes away")
def twice_the_gradient(w, x, y, lr):
    residual = y - (w * x).sum()
    return w + 2 * lr * residual * x


@mistake("online_step", "w itself is changed: -= works in place")
def changes_w(w, x, y, lr):
    w -= lr * (x @ w - y) * x
    return w


@mistake("online_step", "two slips: the gradient is added, and x is left out of it")
def adds_the_residual(w, x, y, lr):
    return w + lr * (torch.sum(w * x) - y)


@mistake("online_step", "two slips: the factor is 2, and w is changed in place")
def twice_in_place(w, x, y, lr):
    w.sub_(2 * lr * (w @ x - y) * x)
    return w


@mistake("online_step", "the product w·x is not summed: each entry has a residual of its own")
def residual_of_each_entry(w, x, y, lr):
    return w - lr * (w * x - y) * x


@mistake("online_step", "w requires no gradient, so that backward raises")
def backward_without_a_graph(w, x, y, lr):
    loss = 0.5 * (x @ w - y) ** 2
    loss.backward()
    return w - lr * w.grad


@mistake("online_step", "the gradient is divided by |x|²: another step size than lr")
def normalised_step(w, x, y, lr):
    new = answers.online_step(w, x, y, lr)
    return w + (new - w) / (x @ x)


@mistake(
    "online_step", "two slips: the residual is not multiplied by x, and the step is divided by d"
)
def mean_step_without_x(w, x, y, lr):
    residual = (x @ w - y).item()
    return w - lr * residual / len(w)
