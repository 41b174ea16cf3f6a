"""Wrong answers about distribution shift that we know, each with the hint it earns.

Most are written as the model answer with one slip in it, so that two of them at once can be tried.
"""

import torch

from grader.vocabulary import mistake
from solutions.d2l_shift import answers


@mistake("domain_dataset", "1 stands for the target, 0 for the source.")
def domains_exchanged(source, target):
    x, y = answers.domain_dataset(source, target)
    return x, 1 - y


@mistake("domain_dataset", "The source's rows come first.")
def domains_target_first(source, target):
    return torch.cat([target, source]), answers.domain_dataset(source, target)[1]


@mistake("domain_dataset", "y has one dimension: shape (n,), not (n, 1).")
def domains_as_column(source, target):
    x, y = answers.domain_dataset(source, target)
    return x, y[:, None]


@mistake("domain_dataset", "y has the dtype of x, so that a loss can use it.")
def domains_as_integers(source, target):
    x, y = answers.domain_dataset(source, target)
    return x, y.long()


@mistake("domain_dataset", "Each domain has its own number of rows.")
def domains_of_equal_size(source, target):
    n = len(source) + len(target)
    return torch.cat([source, target]), (torch.arange(n, device=source.device) >= n // 2).to(source)


@mistake("density_ratio", "The ratio is inverted: target over source.")
def ratio_inverted(logits, n_source, n_target):
    return 1 / (torch.exp(logits) * n_source / n_target)


@mistake("density_ratio", "The classifier has seen n_source against n_target rows: correct for it.")
def ratio_without_balance(logits, n_source, n_target):
    return torch.exp(logits)


@mistake("density_ratio", "The class balance is inverted: what if the target were a tiny sample?")
def ratio_balance_inverted(logits, n_source, n_target):
    return torch.exp(logits) * n_target / n_source


@mistake("density_ratio", "The sigmoid gives P(target | x); the ratio is that over P(source | x).")
def ratio_is_probability(logits, n_source, n_target):
    return torch.sigmoid(logits) * n_source / n_target


@mistake("density_ratio", "The sign of the logits: they are large where the target is likely.")
def ratio_of_minus_logits(logits, n_source, n_target):
    return torch.exp(-logits) * n_source / n_target


@mistake("density_ratio", "The ratio itself is asked, not its logarithm.")
def ratio_logarithm(logits, n_source, n_target):
    return logits + torch.log(torch.tensor(n_source / n_target)).to(logits)


@mistake("density_ratio", "The ratio is asked as it is: nothing scales it to a mean of 1.")
def ratio_scaled_to_mean_one(logits, n_source, n_target):
    ratio = torch.exp(logits) * n_source / n_target
    return ratio / ratio.mean()


@mistake(
    "density_ratio", "The sizes are ints: `//` between them cuts off what is behind the point."
)
def ratio_of_whole_numbers(logits, n_source, n_target):
    return torch.exp(logits) * (n_source // n_target)


@mistake("clip_weights", "c is the largest weight that remains, not the smallest.")
def weights_from_below(weights, c):
    return weights.clamp(min=c)


@mistake("clip_weights", "A large weight becomes c; it is not dropped.")
def weights_dropped(weights, c):
    return torch.where(weights > c, torch.zeros_like(weights), weights)


@mistake("clip_weights", "After the clipping nothing is scaled.")
def weights_rescaled(weights, c):
    clipped = weights.clamp(max=c)
    return clipped * weights.sum() / clipped.sum()


@mistake("clip_weights", "After the clipping nothing is scaled, not to a mean of 1 either.")
def weights_rescaled_to_mean_one(weights, c):
    clipped = weights.clamp(max=c)
    return clipped / clipped.mean()


@mistake(
    "clip_weights", "Weights below c stay as they are: the large ones are cut, not all scaled."
)
def weights_all_scaled(weights, c):
    return weights * (c / weights.max())


@mistake("clip_weights", "Small weights stay as they are: there is no bound from below.")
def weights_bounded_on_both_sides(weights, c):
    return weights.clamp(1 / c, max=c)


@mistake("clip_weights", "The weights are changed in place; build a new tensor.")
def weights_in_place(weights, c):
    return weights.clamp_(max=c)


@mistake("weighted_risk", "Divide by n, not by the sum of the weights.")
def risk_by_sum_of_weights(losses, weights):
    return (losses * weights).sum() / weights.sum()


@mistake("weighted_risk", "The weighted losses are averaged: divide their sum by n.")
def risk_not_averaged(losses, weights):
    return (losses * weights).sum()


@mistake("weighted_risk", "The weights have no effect here.")
def risk_unweighted(losses, weights):
    return losses.mean() * (weights.sum() > 0)


@mistake("weighted_risk", "A weight is a factor of its loss, to the first power.")
def risk_with_squared_weights(losses, weights):
    return (losses * weights**2).mean()


@mistake("weighted_risk", "A mean of products is not the product of two means.")
def risk_product_of_means(losses, weights):
    return losses.mean() * weights.mean()


@mistake("confusion_matrix", "Rows are for predictions, columns for labels.")
def confusion_transposed(predicted, labels, k):
    counts = torch.bincount(labels * k + predicted, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=1, keepdim=True)
    return counts / totals.clamp(min=1)


@mistake("confusion_matrix", "P(predicted | label): each column is divided by its own sum.")
def confusion_of_labels_given_predictions(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=1, keepdim=True)
    return counts / totals.clamp(min=1)


@mistake("confusion_matrix", "A conditional probability, not a count: divide by the label's count.")
def confusion_counts(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts + 0 * totals


@mistake("confusion_matrix", "Given the label: divide by how often that label occurs, not by n.")
def confusion_joint(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum()
    return counts / totals.clamp(min=1)


@mistake("confusion_matrix", "A label that does not occur leaves a column of zeros, not of nan.")
def confusion_nan(predicted, labels, k):
    counts = torch.bincount(predicted * k + labels, minlength=k * k).reshape(k, k).float()
    totals = counts.sum(dim=0)
    return counts / totals


@mistake("confusion_matrix", "Equal pairs add up: an assignment with index tensors counts one.")
def confusion_pairs_counted_once(predicted, labels, k):
    counts = torch.zeros(k, k, device=labels.device)
    counts[predicted, labels] += 1
    totals = counts.sum(dim=0)
    return counts / totals.clamp(min=1)


@mistake(
    "confusion_matrix", "Equal pairs add up: `counts[i, j] += 1` with tensors counts them once."
)
def confusion_pairs_counted_once_over_all(predicted, labels, k):
    counts = torch.zeros(k, k, device=labels.device)
    counts[predicted, labels] += 1
    totals = torch.bincount(labels, minlength=k)
    return counts / totals.clamp(min=1)


@mistake("label_shift_weights", "The ratio is inverted: the target's share over the source's.")
def label_weights_inverted(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.clamp(min=0)
    p = p / p.sum()
    return source_prior / p


@mistake("label_shift_weights", "C is multiplied where it has to be inverted: solve C p = μ.")
def label_weights_multiplied(confusion, source_prior, target_predicted):
    p = confusion @ target_predicted
    p = p.clamp(min=0)
    p = p / p.sum()
    return p / source_prior


@mistake(
    "label_shift_weights", "Predictions are not labels yet: their shares still hold C's errors."
)
def label_weights_of_predictions(confusion, source_prior, target_predicted):
    return target_predicted / source_prior


@mistake("label_shift_weights", "C is transposed: column j of C belongs to label j.")
def label_weights_transposed(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion.T, target_predicted)
    p = p.clamp(min=0)
    p = p / p.sum()
    return p / source_prior


@mistake("label_shift_weights", "A share cannot be negative: clip p at 0.")
def label_weights_negative(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p / p.sum()
    return p / source_prior


@mistake("label_shift_weights", "A negative share becomes 0: its size tells nothing.")
def label_weights_absolute(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.abs()
    p = p / p.sum()
    return p / source_prior


@mistake("label_shift_weights", "After the clipping, p has to sum to 1 again.")
def label_weights_not_normalised(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.clamp(min=0)
    return p / source_prior


@mistake("label_shift_weights", "p sums to 1, the ratios p/q need not: normalise before dividing.")
def label_weights_normalised_after(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.clamp(min=0)
    p = p / source_prior
    return p / p.sum()


@mistake("label_shift_weights", "The weights are p/q; here the division by the source is missing.")
def label_weights_prior_only(confusion, source_prior, target_predicted):
    p = torch.linalg.solve(confusion, target_predicted)
    p = p.clamp(min=0)
    p = p / p.sum()
    return p


@mistake("online_step", "The loss carries a ½, which cancels the 2 of the square.")
def online_doubled(w, x, y, lr):
    residual = x @ w - y
    return w - 2 * lr * residual * x


@mistake("online_step", "A step goes against the gradient: check the sign.")
def online_uphill(w, x, y, lr):
    residual = x @ w - y
    return w + lr * residual * x


@mistake("online_step", "By the chain rule the residual is multiplied by x.")
def online_without_input(w, x, y, lr):
    residual = x @ w - y
    return w - lr * residual


@mistake("online_step", "w is changed in place; return a new tensor.")
def online_in_place(w, x, y, lr):
    w -= lr * (x @ w - y) * x
    return w


@mistake("online_step", "The learning rate is missing.")
def online_without_rate(w, x, y, lr):
    residual = x @ w - y
    return w - residual * x


@mistake(
    "online_step", "One observation, one step of size lr: nothing is averaged over the entries."
)
def online_mean(w, x, y, lr):
    residual = (x @ w - y) / len(w)
    return w - lr * residual * x


@mistake(
    "online_step", "The step is lr times the gradient: its length is not divided by that of x."
)
def online_normalised(w, x, y, lr):
    residual = (x @ w - y) / (x @ x)
    return w - lr * residual * x
