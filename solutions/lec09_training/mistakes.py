"""Wrong answers of lecture 9 that we know, each with the hint it earns."""

import copy
import itertools
import math

import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec09_training import answers
from solutions.lec09_training.answers import batchnorm_train


@mistake("center_observations", "An observation is a row: its mean runs along the row, dim 1.")
def center_observations_by_column(x):
    return x - x.mean(dim=0)


@mistake("center_observations", "Each row has a mean of its own; this is one mean for all entries.")
def center_observations_one_mean(x):
    return x - x.mean()


@mistake("center_observations", "Only the mean is asked for: do not divide by the spread.")
def center_observations_standardised(x):
    x = x - x.mean(dim=1, keepdim=True)
    return x / (x.std(dim=1, keepdim=True, unbiased=False) + 1e-8)


@mistake("center_channels", "A channel has one mean for the whole batch, not one for each image.")
def center_channels_per_image(x):
    return x - x.mean(dim=(2, 3), keepdim=True)


@mistake("center_channels", "The mean runs within a channel: over images, rows and columns.")
def center_channels_across_channels(x):
    return x - x.mean(dim=1, keepdim=True)


@mistake("center_channels", "Each channel has a mean of its own; this is one mean for all entries.")
def center_channels_one_mean(x):
    return x - x.mean()


@mistake("center_channels", "`reshape` does not move axes: the rows it makes here are no channels.")
def center_channels_reshaped(x):
    flat = x.reshape(x.shape[1], -1)
    return (flat - flat.mean(dim=1, keepdim=True)).reshape(x.shape)


@mistake("center_channels", "This is a mean image; the mean runs over the pixels as well.")
def center_channels_mean_image(x):
    return x - x.mean(dim=0)


@mistake("xavier_std", "Xavier weighs both directions: n_in and n_out belong under the root.")
def xavier_std_fan_in_only(fan_in, fan_out):
    return 1 / math.sqrt(fan_in)


@mistake("xavier_std", "This is the variance; the standard deviation is its root.")
def xavier_std_variance(fan_in, fan_out):
    return 2 / (fan_in + fan_out)


@mistake("xavier_std", "√(6/(n_in + n_out)) bounds the uniform version; here the draw is normal.")
def xavier_std_uniform_bound(fan_in, fan_out):
    return math.sqrt(6 / (fan_in + fan_out))


@mistake("xavier_std", "The mean of n_in and n_out has a ½, which becomes a 2 under the root.")
def xavier_std_no_two(fan_in, fan_out):
    return math.sqrt(1 / (fan_in + fan_out))


@mistake("kaiming_std", "The 2 belongs under the root: the variance is 2/n_in.")
def kaiming_std_two_outside(fan_in):
    return 2 / math.sqrt(fan_in)


@mistake(
    "kaiming_std", "ReLU drops half of the second moment: where is the 2 that makes up for it?"
)
def kaiming_std_no_two(fan_in):
    return math.sqrt(1 / fan_in)


@mistake("kaiming_std", "The root covers the whole fraction 2/n_in, not the 2 alone.")
def kaiming_std_root_of_two(fan_in):
    return math.sqrt(2) / fan_in


@mistake("kaiming_std", "Look at where the 2 stands: above the bar, or below it?")
def kaiming_std_two_below(fan_in):
    return math.sqrt(1 / (2 * fan_in))


@mistake("kaiming_std", "This is the variance; the standard deviation is its root.")
def kaiming_std_variance(fan_in):
    return 2 / fan_in


@mistake("init_weight", "The shape is (fan_out, fan_in): which of the two does Kaiming look at?")
def init_weight_fans_swapped(shape, scheme, generator):
    fan_in, fan_out = shape
    std = math.sqrt(2 / (fan_in + fan_out)) if scheme == "xavier" else math.sqrt(2 / fan_in)
    return std * torch.randn(shape, generator=generator)


@mistake("init_weight", "`randn` is multiplied by the standard deviation, not by the variance.")
def init_weight_times_variance(shape, scheme, generator):
    fan_out, fan_in = shape
    variance = 2 / (fan_in + fan_out) if scheme == "xavier" else 2 / fan_in
    return variance * torch.randn(shape, generator=generator)


@mistake(
    "init_weight", "`rand` draws between 0 and 1: the exercise asks for normal draws of mean 0."
)
def init_weight_uniform_from_zero(shape, scheme, generator):
    fan_out, fan_in = shape
    std = math.sqrt(2 / (fan_in + fan_out)) if scheme == "xavier" else math.sqrt(2 / fan_in)
    return std * torch.rand(shape, generator=generator)


@mistake("init_weight", "These draws are uniform; the exercise asks for a normal distribution.")
def init_weight_uniform(shape, scheme, generator):
    fan_out, fan_in = shape
    std = math.sqrt(2 / (fan_in + fan_out)) if scheme == "xavier" else math.sqrt(2 / fan_in)
    return std * math.sqrt(3) * (2 * torch.rand(shape, generator=generator) - 1)


@mistake("init_weight", "2/√n_in and 1/√n_in are the slips of the lecture's notebook: see above.")
def init_weight_as_in_the_notebook(shape, scheme, generator):
    root = math.sqrt(shape[1])
    return (1 / root if scheme == "xavier" else 2 / root) * torch.randn(shape, generator=generator)


@mistake("init_weight", "Every row is the same draw: units that start alike stay alike.")
def init_weight_rows_alike(shape, scheme, generator):
    fan_out, fan_in = shape
    std = math.sqrt(2 / (fan_in + fan_out)) if scheme == "xavier" else math.sqrt(2 / fan_in)
    return std * torch.randn(fan_in, generator=generator).repeat(fan_out, 1)


@mistake("init_weight", "Re-seeding inside the function repeats one draw for ever.")
def init_weight_reseeded(shape, scheme, generator):
    return answers.init_weight(shape, scheme, generator.manual_seed(generator.initial_seed()))


@mistake("init_weight", "The shape is (fan_out, fan_in), as in `nn.Linear`, not the other way.")
def init_weight_transposed(shape, scheme, generator):
    return answers.init_weight(shape, scheme, generator).T.contiguous()


@mistake("activation_stds", "Measure after the activation, not before it.")
def activation_stds_before_activation(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        z = x @ w
        stds.append(z.std().item())
        x = act(z)
    return stds


@mistake("activation_stds", "Divide by n − 1 in the variance, as `std` does unless told otherwise.")
def activation_stds_biased(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        x = act(x @ w)
        stds.append(x.std(unbiased=False).item())
    return stds


@mistake("activation_stds", "This is the variance; take its root.")
def activation_stds_variances(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        x = act(x @ w)
        stds.append(x.var().item())
    return stds


@mistake("activation_stds", "The next layer receives the activations, not the layer's linear part.")
def activation_stds_linear_chain(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        x = x @ w
        stds.append(act(x).std().item())
    return stds


@mistake("activation_stds", 'The argument `activation` is not looked at: "relu" asks for a ReLU.')
def activation_stds_always_tanh(x, weights, activation):
    act = torch.tanh
    stds = []
    for w in weights:
        x = act(x @ w)
        stds.append(x.std().item())
    return stds


@mistake("activation_stds", "These are the spreads of what goes into each layer: measure after it.")
def activation_stds_one_layer_early(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        before, x = x, act(x @ w)
        stds.append(before.std().item())
    return stds


@mistake(
    "activation_stds", "One spread of all entries together is asked for, not one of each unit."
)
def activation_stds_mean_of_units(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        x = act(x @ w)
        stds.append(x.std(dim=0).mean().item())
    return stds


@mistake("activation_stds", "The input is no layer: the list starts after the first one.")
def activation_stds_with_input(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = [x.std().item()]
    for w in weights:
        x = act(x @ w)
        stds.append(x.std().item())
    return stds


@mistake("batchnorm_train", "The variance that normalises is the biased one: divide by n.")
def batchnorm_train_unbiased_forward(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(x.var(dim=0) + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


@mistake("batchnorm_train", "The unbiased variance, with n − 1, enters the running variance.")
def batchnorm_train_biased_running(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var
    return out, new_mean, new_var


@mistake("batchnorm_train", "`momentum` is the weight of the new batch, not of the old average.")
def batchnorm_train_momentum_reversed(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = momentum * running_mean + (1 - momentum) * mean
    n = len(x)
    new_var = momentum * running_var + (1 - momentum) * var * n / (n - 1)
    return out, new_mean, new_var


@mistake("batchnorm_train", "ε stands inside the root, next to the variance.")
def batchnorm_train_eps_outside(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / (torch.sqrt(var) + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


@mistake("batchnorm_train", "In training the batch's own mean and variance normalise.")
def batchnorm_train_running_statistics(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


@mistake("batchnorm_train", "Divide by the standard deviation: the root of the variance.")
def batchnorm_train_no_root(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / (var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


@mistake("batchnorm_train", "The running mean and variance come back as they went in.")
def batchnorm_train_never_updated(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = running_mean.clone()
    new_var = running_var.clone()
    return out, new_mean, new_var


@mistake("batchnorm_train", "These are the batch's own statistics: the old running ones count too.")
def batchnorm_train_batch_for_running(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = mean
    n = len(x)
    new_var = var * n / (n - 1)
    return out, new_mean, new_var


@mistake("batchnorm_train", "The old running statistics are weighted too, by 1 − momentum.")
def batchnorm_train_old_not_shrunk(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = running_mean + momentum * mean
    n = len(x)
    new_var = running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


@mistake(
    "batchnorm_train", "The running averages are returned, and the arguments stay as they are."
)
def batchnorm_train_in_place(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    out, new_mean, new_var = answers.batchnorm_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    running_mean.copy_(new_mean)
    running_var.copy_(new_var)
    return out, running_mean, running_var


@mistake("batchnorm_eval", "In prediction the running statistics normalise, not the batch's own.")
def batchnorm_eval_batch_statistics(x, gamma, beta, running_mean, running_var, eps=1e-5):
    mean, var = x.mean(dim=0), x.var(dim=0, unbiased=False)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


@mistake("batchnorm_eval", "ε stands inside the root, next to the variance.")
def batchnorm_eval_eps_outside(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return gamma * (x - running_mean) / (torch.sqrt(running_var) + eps) + beta


@mistake("batchnorm_eval", "Divide by the standard deviation: the root of the variance.")
def batchnorm_eval_no_root(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return gamma * (x - running_mean) / (running_var + eps) + beta


@mistake("batchnorm_eval", "γ multiplies x̂ alone; β is added after it.")
def batchnorm_eval_shift_scaled(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return gamma * ((x - running_mean) / torch.sqrt(running_var + eps) + beta)


@mistake("batchnorm_eval", "γ and β are learnt parameters, and they act in prediction too.")
def batchnorm_eval_no_scale(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return (x - running_mean) / torch.sqrt(running_var + eps)


@mistake("batchnorm_backward", "μ and σ² depend on x as well: gradients flow through them.")
def batchnorm_backward_statistics_fixed(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    dx = dxhat / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "The path through the variance is missing from dx.")
def batchnorm_backward_variance_fixed(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean) / root
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward", "Look at dσ²: which power of σ² + ε has the derivative of (σ² + ε)^(−½)?"
)
def batchnorm_backward_exponent(dout, x, gamma, eps=1e-5):
    centred = x - x.mean(dim=0)
    inverse = 1 / torch.sqrt((centred**2).mean(dim=0) + eps)
    dxhat = dout * gamma
    dvar = (dxhat * centred).sum(dim=0) * -0.5 * inverse
    dmean = -(dxhat * inverse).sum(dim=0)
    dx = dxhat * inverse + dvar * 2 * centred / len(x) + dmean / len(x)
    return dx, (dout * centred * inverse).sum(dim=0), dout.sum(dim=0)


@mistake("batchnorm_backward", "The path through the mean is missing from dx.")
def batchnorm_backward_mean_fixed(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    dx = (dxhat - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "γ multiplies x̂, not x: that is what dγ sums.")
def batchnorm_backward_dgamma_from_x(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * x).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "dγ and dβ are sums over the observations, not means.")
def batchnorm_backward_means(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).mean(dim=0)
    dbeta = dout.mean(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "The variance that normalises is the biased one: divide by n.")
def batchnorm_backward_unbiased(dout, x, gamma, eps=1e-5):
    root = torch.sqrt(x.var(dim=0) + eps)
    xhat = (x - x.mean(dim=0)) / root
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(dim=0) - xhat * (dxhat * xhat).sum(dim=0) / (len(x) - 1)) / root
    return dx, (dout * xhat).sum(dim=0), dout.sum(dim=0)


@mistake("batchnorm_backward", "The variance in x̂ is the biased one: divide by n.")
def batchnorm_backward_unbiased_statistics(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = x.var(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "The order of the results is dx, dγ, dβ.")
def batchnorm_backward_order(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dbeta, dgamma


@mistake("batchnorm_backward", "dβ has the shape of β, (d,): no axis of length 1 is kept.")
def batchnorm_backward_kept_axis(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0, keepdim=True)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "dx̂ = dout ⊙ γ: the factor γ is missing from dx.")
def batchnorm_backward_no_gamma(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


@mistake("batchnorm2d_train", "A channel's statistics run over the whole batch, not each image.")
def batchnorm2d_train_per_image(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    _, new_mean, new_var = answers.batchnorm2d_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    mean = x.mean(dim=(2, 3), keepdim=True)
    var = x.var(dim=(2, 3), keepdim=True, unbiased=False)
    xhat = (x - mean) / torch.sqrt(var + eps)
    return gamma[:, None, None] * xhat + beta[:, None, None], new_mean, new_var


@mistake("batchnorm2d_train", "A channel has N·H·W observations: use that count in n/(n − 1).")
def batchnorm2d_train_counts_images(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    out, new_mean, _ = answers.batchnorm2d_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    n, var = len(x), x.var(dim=(0, 2, 3), unbiased=False)
    return out, new_mean, (1 - momentum) * running_var + momentum * var * n / max(n - 1, 1)


@mistake("batchnorm2d_train", "One mean per channel, not one per pixel: reduce H and W as well.")
def batchnorm2d_train_per_pixel(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    _, new_mean, new_var = answers.batchnorm2d_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    xhat = (x - x.mean(dim=0)) / torch.sqrt(x.var(dim=0, unbiased=False) + eps)
    return gamma[:, None, None] * xhat + beta[:, None, None], new_mean, new_var


@mistake("batchnorm2d_train", "`momentum` is the weight of the new batch, not of the old average.")
def batchnorm2d_train_momentum_reversed(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    n, c, h, w = x.shape
    columns = x.permute(0, 2, 3, 1).reshape(-1, c)
    out, new_mean, new_var = batchnorm_train(
        columns, gamma, beta, running_mean, running_var, 1 - momentum, eps
    )
    return out.reshape(n, h, w, c).permute(0, 3, 1, 2), new_mean, new_var


@mistake("batchnorm2d_train", "The running mean and variance come back as they went in.")
def batchnorm2d_train_never_updated(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    n, c, h, w = x.shape
    columns = x.permute(0, 2, 3, 1).reshape(-1, c)
    out, _, _ = batchnorm_train(columns, gamma, beta, running_mean, running_var, momentum, eps)
    return out.reshape(n, h, w, c).permute(0, 3, 1, 2), running_mean.clone(), running_var.clone()


@mistake(
    "batchnorm2d_train", "These are the batch's own statistics: the old running ones count too."
)
def batchnorm2d_train_batch_for_running(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    n, c, h, w = x.shape
    columns = x.permute(0, 2, 3, 1).reshape(-1, c)
    out, new_mean, new_var = batchnorm_train(
        columns, gamma, beta, running_mean, running_var, 1.0, eps
    )
    return out.reshape(n, h, w, c).permute(0, 3, 1, 2), new_mean, new_var


@mistake("batchnorm2d_train", "The unbiased variance enters the running variance.")
def batchnorm2d_train_biased_running(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    out, new_mean, _ = answers.batchnorm2d_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    var = x.var(dim=(0, 2, 3), unbiased=False)
    return out, new_mean, (1 - momentum) * running_var + momentum * var


@mistake("batchnorm2d_train", "The variance that normalises is the biased one.")
def batchnorm2d_train_unbiased_forward(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    _, new_mean, new_var = answers.batchnorm2d_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    mean = x.mean(dim=(0, 2, 3), keepdim=True)
    xhat = (x - mean) / torch.sqrt(x.var(dim=(0, 2, 3), keepdim=True) + eps)
    return gamma[:, None, None] * xhat + beta[:, None, None], new_mean, new_var


@mistake("batchnorm2d_train", "`reshape` does not move axes: bring the channels last first.")
def batchnorm2d_train_reshaped(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    out, new_mean, new_var = answers.batchnorm_train(
        x.reshape(-1, x.shape[1]), gamma, beta, running_mean, running_var, momentum, eps
    )
    return out.reshape(x.shape), new_mean, new_var


@mistake("layernorm", "Layer normalisation takes each row's mean and variance, not each column's.")
def layernorm_over_batch(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=0, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=0, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


@mistake("layernorm", "The variance is the biased one: divide by d.")
def layernorm_unbiased(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = x.var(dim=1, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


@mistake("layernorm", "ε stands inside the root, next to the variance.")
def layernorm_eps_outside(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    return gamma * (x - mean) / (torch.sqrt(var) + eps) + beta


@mistake("layernorm", "x̂ is centred: the row's mean is taken off before it is divided.")
def layernorm_not_centred(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    return gamma * x / torch.sqrt(var + eps) + beta


@mistake("layernorm", "Divide by the standard deviation: the root of the variance.")
def layernorm_no_root(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    return gamma * (x - mean) / (var + eps) + beta


@mistake("layernorm", "γ and β are missing: out = γ x̂ + β.")
def layernorm_no_scale(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    return (x - mean) / torch.sqrt(var + eps)


@mistake("layernorm_backward", "μ and σ² depend on x as well: gradients flow through them.")
def layernorm_backward_statistics_fixed(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    dx = dxhat / root
    return dx, dgamma, dbeta


@mistake("layernorm_backward", "The path through the variance is missing from dx.")
def layernorm_backward_variance_fixed(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean) / root
    return dx, dgamma, dbeta


@mistake("layernorm_backward", "Each row has its own μ and σ²: the means in dx run along the row.")
def layernorm_backward_over_batch(dout, x, gamma, eps=1e-5):
    return answers.batchnorm_backward(dout, x, gamma, eps)


@mistake("layernorm_backward", "The means inside dx run along each row, as μ and σ² do.")
def layernorm_backward_means_over_batch(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    inner = (dxhat * xhat).mean(dim=0)
    dx = (dxhat - through_mean - xhat * inner) / root
    return dx, dgamma, dbeta


@mistake("layernorm_backward", "dx̂ = dout ⊙ γ: the factor γ is missing from dx.")
def layernorm_backward_no_gamma(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean - xhat * inner) / root
    return dx, dgamma, dbeta


@mistake("layernorm_backward", "dγ and dβ are sums over the rows, one entry for each column.")
def layernorm_backward_summed_along_rows(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=1)
    dbeta = dout.sum(dim=1)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean - xhat * inner) / root
    return dx, dgamma, dbeta


@mistake("layernorm_backward", "dβ is a sum over the rows, one entry for each column.")
def layernorm_backward_dbeta_along_rows(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=1)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean - xhat * inner) / root
    return dx, dgamma, dbeta


@mistake(
    "layernorm_backward", "γ differs from column to column: it belongs inside the row's means."
)
def layernorm_backward_gamma_outside(dout, x, gamma, eps=1e-5):
    dx, _, _ = answers.layernorm_backward(dout, x, torch.ones_like(gamma), eps)
    _, dgamma, dbeta = answers.layernorm_backward(dout, x, gamma, eps)
    return gamma * dx, dgamma, dbeta


@mistake(
    "layernorm_backward", "γ and β serve every row: sum their gradients over the observations."
)
def layernorm_backward_not_summed(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = dout * xhat
    dbeta = dout
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean - xhat * inner) / root
    return dx, dgamma, dbeta


@mistake("prelu", "The slope α is an argument: 0.01 is leaky ReLU's fixed one.")
def prelu_fixed_slope(z, alpha):
    return torch.where(z > 0, z, 0.01 * z)


@mistake("prelu", "α is the slope for negative z; positive z pass unchanged.")
def prelu_branches_swapped(z, alpha):
    return torch.where(z > 0, alpha * z, z)


@mistake("prelu", "max(αz, z) takes the wrong branch where α is above 1.")
def prelu_as_maximum(z, alpha):
    return torch.maximum(alpha * z, z)


@mistake("prelu", "Below zero the result is αz, not α.")
def prelu_constant_branch(z, alpha):
    return torch.where(z > 0, z, alpha * torch.ones_like(z))


@mistake("prelu", "The part below zero has the wrong sign: what is αz for a negative z?")
def prelu_wrong_sign_below(z, alpha):
    return torch.where(z > 0, z, -alpha * z)


@mistake("prelu", "This is ELU's curve; PReLU is linear on both sides.")
def prelu_as_elu(z, alpha):
    return torch.where(z > 0, z, alpha * (torch.exp(z) - 1))


@mistake("prelu_backward", "There is one α for all entries: sum its gradient, down to 0-d.")
def prelu_backward_not_summed(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z)
    return dz, dalpha


@mistake("prelu_backward", "α plays no part where z > 0: those entries add nothing to dα.")
def prelu_backward_all_entries(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = (da * z).sum()
    return dz, dalpha


@mistake("prelu_backward", "The upstream gradient da is missing from dα.")
def prelu_backward_dalpha_local(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), z).sum()
    return dz, dalpha


@mistake("prelu_backward", "dα is a sum over the entries, not a mean.")
def prelu_backward_mean(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z).mean()
    return dz, dalpha


@mistake("prelu_backward", "dα collects where α was at work: from z ≤ 0, not from z > 0.")
def prelu_backward_positive_entries(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, da * z, torch.zeros_like(z)).sum()
    return dz, dalpha


@mistake("prelu_backward", "Where z ≤ 0 the slope is α: some gradient passes.")
def prelu_backward_as_relu(da, z, alpha):
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z).sum()
    return dz, dalpha


@mistake("prelu_backward", "At z = 0 the course takes α's branch.")
def prelu_backward_one_at_zero(da, z, alpha):
    dz = torch.where(z >= 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z).sum()
    return dz, dalpha


@mistake("residual_block", "The input x itself is added: that is the residual connection.")
def residual_block_no_skip(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return torch.relu(a1 @ w2 + b2)


@mistake("residual_block", "x is added before the last ReLU, not after it.")
def residual_block_skip_after_relu(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return x + torch.relu(a1 @ w2 + b2)


@mistake("residual_block", "The sum passes through a last ReLU.")
def residual_block_no_last_relu(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return x + a1 @ w2 + b2


@mistake("residual_block", "The first layer has a ReLU; without it the block's two layers are one.")
def residual_block_no_first_relu(x, w1, b1, w2, b2):
    a1 = x @ w1 + b1
    return torch.relu(x + a1 @ w2 + b2)


@mistake("residual_block", "The second layer is linear up to the addition: no ReLU before + x.")
def residual_block_relu_before_sum(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return torch.relu(x + torch.relu(a1 @ w2 + b2))


@mistake("dropout", "p = 1 divides by zero: where all is dropped, nothing is left to scale.")
def dropout_divides_by_zero(x, p, training, generator):
    if not training:
        return x
    keep = torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype) >= p
    return x * keep / (1 - p)


@mistake("dropout", "What is kept grows by 1/(1 − p), so that the mean stays as it was.")
def dropout_not_scaled(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return kept * x


@mistake("dropout", "p is the probability to drop, not to keep.")
def dropout_p_kept(x, p, training, generator):
    return answers.dropout(x, 1 - p, training, generator)


@mistake("dropout", "p is the probability to drop: here an entry stays with probability p.")
def dropout_stays_with_p(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) < p
    return kept * x / (1 - p)


@mistake("dropout", "Outside training nothing is dropped and nothing is scaled.")
def dropout_always_active(x, p, training, generator):
    return answers.dropout(x, p, True, generator)


@mistake("dropout", "This scaling in prediction belongs to the lecture's form of dropout.")
def dropout_scaled_in_prediction(x, p, training, generator):
    if not training or p == 0:
        return x * (1 - p)
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return kept * x / (1 - p)


@mistake(
    "dropout", "Compare a uniform draw with p: a normal one exceeds it with another probability."
)
def dropout_normal_mask(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.randn(x.shape, generator=generator, device=x.device) > p
    return kept * x / (1 - p)


@mistake("dropout", "Each entry has its own coin: this mask is one for all rows.")
def dropout_one_mask_for_all_rows(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape[1:], generator=generator, device=x.device) >= p
    return kept * x / (1 - p)


@mistake("dropout", "A fixed number is dropped here; each entry should be dropped on its own.")
def dropout_fixed_number(x, p, training, generator):
    order = torch.randperm(x.numel(), generator=generator, device=x.device)
    if not training or p in (0, 1):
        return answers.dropout(x, p, training, generator)
    mask = (order >= round(p * x.numel())).reshape(x.shape)
    return mask * x / (1 - p)


@mistake("dropout", "Kept values are divided by the probability to keep, 1 − p.")
def dropout_divided_by_p(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return kept * x / p


@mistake("dropout_lecture", "The lecture's form does not scale in training.")
def dropout_lecture_scaled_in_training(x, keep, training, generator):
    if not training:
        return x
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    return m * x / keep


@mistake("dropout_lecture", "In prediction x is multiplied by the probability to keep.")
def dropout_lecture_unscaled_prediction(x, keep, training, generator):
    if not training:
        return x
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    return m * x


@mistake("dropout_lecture", "Here the number given is the probability to keep, not to drop.")
def dropout_lecture_keep_dropped(x, keep, training, generator):
    return answers.dropout_lecture(x, 1 - keep, training, generator)


@mistake("dropout_lecture", "`keep` is the probability to stay: here an entry is dropped with it.")
def dropout_lecture_drops_with_keep(x, keep, training, generator):
    if not training:
        return keep * x
    m = torch.rand(x.shape, generator=generator, device=x.device) > keep
    return m * x


@mistake("dropout_lecture", "In training nothing is scaled: dividing by keep is PyTorch's form.")
def dropout_lecture_also_scaled(x, keep, training, generator):
    if not training:
        return keep * x
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    return m * x / keep


@mistake(
    "dropout_lecture", "Prediction multiplies by `keep`; dividing enlarges what was too large."
)
def dropout_lecture_divides(x, keep, training, generator):
    if not training:
        return x / keep
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    return m * x


@mistake("dropout_lecture", "In prediction no coin is thrown: nothing is dropped.")
def dropout_lecture_always_active(x, keep, training, generator):
    return answers.dropout_lecture(x, keep, True, generator)


@mistake("dropout_lecture", "Each entry has its own coin: this mask is one for all rows.")
def dropout_lecture_one_mask(x, keep, training, generator):
    if not training:
        return keep * x
    m = torch.rand(x.shape[1:], generator=generator, device=x.device) < keep
    return m * x


@mistake("l2_penalty", "The penalty carries a factor ½.")
def l2_penalty_no_half(w):
    return (w**2).sum()


@mistake("l2_penalty", "The squared norm is asked for: take no root.")
def l2_penalty_norm(w):
    return torch.sqrt((w**2).sum()) / 2


@mistake("l2_penalty", "The penalty is a sum over the weights, not a mean.")
def l2_penalty_mean(w):
    return (w**2).mean() / 2


@mistake("l2_penalty", "All entries are summed, down to 0-d, not along one axis alone.")
def l2_penalty_one_axis(w):
    return (w**2).sum(0) / 2


@mistake("l2_penalty", "This sums absolute values: that is the ℓ₁ penalty.")
def l2_penalty_absolute(w):
    return w.abs().sum() / 2


@mistake("weight_decay_step", "The decay is a part of the gradient: it is multiplied by η too.")
def weight_decay_step_no_lr(w, grad, lr, lam):
    return (1 - lam) * w - lr * grad


@mistake("weight_decay_step", "½λ‖w‖² has the gradient λw: there is no 2.")
def weight_decay_step_doubled(w, grad, lr, lam):
    return (1 - 2 * lr * lam) * w - lr * grad


@mistake("weight_decay_step", "The penalty pulls w towards zero: check the sign of ηλ.")
def weight_decay_step_sign(w, grad, lr, lam):
    return (1 + lr * lam) * w - lr * grad


@mistake(
    "weight_decay_step", "The weights shrink before the step, so the gradient does not shrink."
)
def weight_decay_step_shrinks_gradient(w, grad, lr, lam):
    return (1 - lr * lam) * (w - lr * grad)


@mistake("weight_decay_step", "λ does nothing here: where do the weights decay?")
def weight_decay_step_no_decay(w, grad, lr, lam):
    return w - lr * grad


@mistake("early_stopping", "Epochs are counted from 0.")
def early_stopping_from_one(val_losses, patience, min_delta=0.0):
    best_epoch, stop_epoch = answers.early_stopping(val_losses, patience, min_delta)
    return best_epoch + 1, stop_epoch + 1


@mistake("early_stopping", "An equal loss is not better: compare with <.")
def early_stopping_equal_is_better(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss <= best - min_delta:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("early_stopping", "A better epoch starts the count again: patience means in a row.")
def early_stopping_count_not_reset(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        else:
            waited += 1
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("early_stopping", "An improvement counts only if it is larger than `min_delta`.")
def early_stopping_no_min_delta(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("early_stopping", "Only an epoch that is better by min_delta becomes the best one.")
def early_stopping_best_creeps(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        waited = 0 if loss < best - min_delta else waited + 1
        if loss < best:
            best, best_epoch = loss, epoch
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("early_stopping", "Compare with the best loss so far, not with the epoch before.")
def early_stopping_against_previous(val_losses, patience, min_delta=0.0):
    previous, best, best_epoch, waited = math.inf, math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        waited = 0 if loss < previous - min_delta else waited + 1
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        previous = loss
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake(
    "early_stopping", "The best loss so far is compared with, not the loss of the epoch before."
)
def early_stopping_best_is_previous(val_losses, patience, min_delta=0.0):
    previous, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < previous - min_delta:
            best_epoch, waited = epoch, 0
        else:
            waited += 1
        previous = loss
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake(
    "early_stopping", "Training stops as soon as `patience` epochs were not better, not one later."
)
def early_stopping_one_late(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
        if waited > patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("DeepMLP", "The normalisation stands between a layer's Linear and its ReLU.")
class DeepMLPNormAfterRelu(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            layer.append(nn.ReLU())
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "Dropout stands behind the ReLU, not before the Linear.")
class DeepMLPDropoutFirst(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.insert(0, nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "Dropout stands behind the ReLU: what it drops must not enter the statistics.")
class DeepMLPDropoutBeforeNorm(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if p > 0:
                layer.append(nn.Dropout(p))
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake(
    "DeepMLP",
    "Dropout comes before the shortcut is added: what the layer's input says is never dropped.",
)
class DeepMLPDropoutOfSum(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.drop = nn.Dropout(p)
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = self.drop(out + x) if self.residual and out.shape == x.shape else self.drop(out)
        return self.last(x)


@mistake("DeepMLP", "`p` is the probability to drop: `nn.Dropout` takes it as it is.")
class DeepMLPKeepsP(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(1 - p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "Where p > 0 each hidden layer ends with a dropout; nothing is dropped here.")
class DeepMLPNoDropout(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake(
    "DeepMLP",
    "The shortcut is added last of all, behind the ReLU (not as in `residual_block`).",
)
class DeepMLPShortcutInsideRelu(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.act = nn.ReLU()
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = self.act(out + x) if self.residual and out.shape == x.shape else self.act(out)
        return self.last(x)


@mistake("DeepMLP", "Each hidden layer adds its own input; here every one adds the net's first.")
class DeepMLPShortcutFromTheStart(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        first = x
        for layer in self.hidden:
            out = layer(x)
            x = out + first if self.residual and out.shape == first.shape else out
        return self.last(x)


@mistake("DeepMLP", "The shortcut is there only if `residual` asks for it.")
class DeepMLPShortcutAlways(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if out.shape == x.shape else out
        return self.last(x)


@mistake(
    "DeepMLP",
    "Where `residual` is true and the widths agree, a layer's input is added to its result.",
)
class DeepMLPNoShortcut(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out
        return self.last(x)


@mistake("DeepMLP", "The first hidden layer has its normalisation, too.")
class DeepMLPFirstLayerBare(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None and self.hidden:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "The first hidden layer has its shortcut, too, if the widths agree.")
class DeepMLPFirstLayerNoShortcut(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for number, layer in enumerate(self.hidden):
            out = layer(x)
            joins = self.residual and number > 0 and out.shape == x.shape
            x = out + x if joins else out
        return self.last(x)


@mistake("DeepMLP", "Which word stands for which normalisation? The two are exchanged.")
class DeepMLPSwappedNorms(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.LayerNorm(h) if norm == "batch" else nn.BatchNorm1d(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "The last Linear stands alone: logits pass through no ReLU.")
class DeepMLPReluLast(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return torch.relu(self.last(x))


@mistake("DeepMLP", "The net returns logits: the loss takes the softmax.")
class DeepMLPSoftmaxLast(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return torch.softmax(self.last(x), dim=1)


@mistake("DeepMLP", "The last Linear stands alone: nothing is added to the logits.")
class DeepMLPResidualOfLast(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        out = self.last(x)
        return out + x if self.residual and out.shape == x.shape else out


@mistake("DeepMLP", "The last Linear starts like the others: weights by `init`, biases 0.")
class DeepMLPLastLayerAsItComes(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear) and module is not self.last:
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "Every bias starts at 0; nn.Linear starts it elsewhere.")
class DeepMLPBiasAsItComes(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "σ belongs to the number of a layer's inputs, `in`, not of its outputs.")
class DeepMLPFanOut(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.out_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "Kaiming's σ is √(2/in); the lecture's notebook draws it √2 times too wide.")
class DeepMLPKaimingTwiceAsWide(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": 2 / n**0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "`normal_` takes a standard deviation: this hands it the variance.")
class DeepMLPVarianceForSigma(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": 2 / n, "lecture": 1 / n, "small": 0.0001}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "The weights are drawn from a normal distribution, not from a uniform one.")
class DeepMLPUniform(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.uniform_(module.weight, -std * 3**0.5, std * 3**0.5)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "A `norm` that is none of the three is an error, not no normalisation.")
class DeepMLPAnyNorm(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm in ("batch", "layer"):
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "An `init` that is none of the three is an error: ValueError.")
class DeepMLPAnyInit(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}.get(
                    init, 0.01
                )
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "A plain list hides its modules: nn.ModuleList registers them.")
class DeepMLPUnregistered(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = []
        for m, h in itertools.pairwise(sizes[:-1]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-2], sizes[-1])
        linears = [layer[0] for layer in self.hidden] + [self.last]
        for module in linears:
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("DeepMLP", "Between the first size and the last there is a hidden layer for each size.")
class DeepMLPOneLayerShort(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        for m, h in itertools.pairwise(sizes[:-2]):
            layer = [nn.Linear(m, h)]
            if norm is not None:
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            if p > 0:
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        self.last = nn.Linear(sizes[-3] if len(sizes) > 2 else sizes[0], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                n = module.in_features
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                nn.init.normal_(module.weight, 0.0, std)
                nn.init.zeros_(module.bias)

    def forward(self, x):
        for layer in self.hidden:
            out = layer(x)
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)


@mistake("fit", "Gradients add up in `grad`: clear them between two steps.")
def fit_no_zero_grad(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Gradients are cleared once an epoch here: they belong to one mini-batch.")
def fit_clears_once_per_epoch(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        optimizer.zero_grad()
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake(
    "fit",
    "The net trains in training mode, so that dropout and batch statistics are at work.",
)
def fit_in_evaluation_mode(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.eval()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "A net may come in evaluation mode: switch to training before the loop.")
def fit_as_it_comes(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Give the net back in the mode in which it came.")
def fit_mode_not_restored(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return losses


@mistake("fit", "Give the net back in the mode in which it came, not always in evaluation mode.")
def fit_leaves_it_judging(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    return losses


@mistake("fit", "Only tensors of two or more axes decay: biases and the norms' γ and β do not.")
def fit_decays_all(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed + free, "weight_decay": weight_decay}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "`weight_decay` is not used: tensors of two or more axes should shrink.")
def fit_decays_none(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed + free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The decay has met the vectors, and should meet the tensors of two or more axes.")
def fit_decays_the_wrong_ones(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim < 2]
    free = [p for p in model.parameters() if p.ndim >= 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Tensors of three or four axes decay, too: kernels, say.")
def fit_decays_matrices_alone(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim == 2]
    free = [p for p in model.parameters() if p.ndim != 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Tensors that do not decay are trained all the same.")
def fit_free_ones_not_trained(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "All parameters of the net are trained, not only the last ones.")
def fit_last_layer_alone(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in list(model.parameters())[-2:] if p.ndim >= 2]
    free = [p for p in list(model.parameters())[-2:] if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The recorded loss is the cross-entropy alone: the decay is not counted.")
def fit_penalty_in_the_loss(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            penalty = sum((p**2).sum() for p in decayed)
            losses.append((loss + weight_decay / 2 * penalty).item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The observations are shuffled before they are cut into mini-batches.")
def fit_not_shuffled(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.arange(len(x))
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Shuffle anew in each epoch; here all epochs have one order.")
def fit_shuffled_once(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    order = torch.randperm(len(x), generator=generator)
    for _ in range(epochs):
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The rest of an epoch forms a smaller mini-batch: it is not left out.")
def fit_drops_the_rest(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            if len(batch) < min(batch_size, len(x)):
                continue
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "An epoch meets each observation once: draw an order, not single numbers.")
def fit_drawn_with_replacement(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randint(len(x), (len(x),), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake(
    "fit",
    "Draw the order from the seed, so that it does not depend on what was drawn before.",
)
def fit_unseeded(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "`seed` is not used: another seed should shuffle otherwise.")
def fit_same_seed_always(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(0)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "A recorded loss is a float: a tensor keeps its whole graph alive.")
def fit_tensor_losses(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "One loss for each mini-batch, not for each epoch.")
def fit_one_loss_an_epoch(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    model.train(before)
    return losses


@mistake("fit", "A loss is recorded before the step that it leads to.")
def fit_loss_after_the_step(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                after = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(after.item())
    model.train(before)
    return losses


@mistake("fit", "The loss of a mini-batch is a mean over its rows, not a sum.")
def fit_summed_loss(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch], reduction="sum")
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake(
    "fit",
    "`cross_entropy` takes logits, which is what the model returns: no softmax before it.",
)
def fit_softmax_twice(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(torch.softmax(model(x[batch]), dim=1), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The net that is passed in is trained itself, not a copy.")
def fit_trains_a_copy(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    model = copy.deepcopy(model)
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Plain gradient descent is too slow at this rate: take Adam, or one of its kind.")
def fit_plain_descent(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.SGD(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "Go through the data `epochs` times.")
def fit_one_epoch(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(1):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The learning rate is the argument `lr`, not one of your own.")
def fit_own_rate(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=1e-5, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake("fit", "The learning rate is the argument `lr`, not the optimizer's default.")
def fit_default_rate(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    free = [p for p in model.parameters() if p.ndim < 2]
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    optimizer = torch.optim.AdamW(groups, lr=1e-3, weight_decay=0.0)
    generator = torch.Generator().manual_seed(seed)
    before = model.training
    model.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        for batch in order.split(batch_size):
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.train(before)
    return losses


@mistake(
    "evaluate",
    "The net is judged in evaluation mode: dropout and batch statistics belong to training.",
)
def evaluate_in_training_mode(model, x, y):
    before = model.training
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    model.train(before)
    return (predicted == y).double().mean().item()


@mistake("evaluate", "Give the net back in the mode in which it came.")
def evaluate_mode_not_restored(model, x, y):
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    return (predicted == y).double().mean().item()


@mistake("evaluate", "Give the net back in the mode in which it came, which need not be training.")
def evaluate_always_trains_on(model, x, y):
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    model.train()
    return (predicted == y).double().mean().item()


@mistake("evaluate", "No gradient is wanted here: switch them off while the net is judged.")
def evaluate_with_graph(model, x, y):
    before = model.training
    model.eval()
    predicted = model(x).argmax(dim=1)
    model.train(before)
    return (predicted == y).double().mean().item()


@mistake("evaluate", "The accuracy is a share between 0 and 1.")
def evaluate_percent(model, x, y):
    before = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    model.train(before)
    return 100 * (predicted == y).double().mean().item()


@mistake("evaluate", "The accuracy is a share of the rows, not their number.")
def evaluate_count(model, x, y):
    before = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    model.train(before)
    return (predicted == y).double().sum().item()


@mistake("evaluate", "This is the share of wrong rows: the accuracy is that of the right ones.")
def evaluate_errors(model, x, y):
    before = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(x).argmax(dim=1)
    model.train(before)
    return (predicted != y).double().mean().item()


@mistake(
    "evaluate",
    "A mean of mini-batches' accuracies counts the rows of a smaller last one too much.",
)
def evaluate_mean_of_batches(model, x, y):
    before = model.training
    model.eval()
    shares = []
    with torch.no_grad():
        for rows, labels in zip(x.split(64), y.split(64)):
            shares.append((model(rows).argmax(dim=1) == labels).double().mean().item())
    model.train(before)
    return sum(shares) / len(shares)


@mistake("evaluate", "All rows count, not only the first of them.")
def evaluate_first_batch(model, x, y):
    before = model.training
    model.eval()
    with torch.no_grad():
        predicted = model(x[:64]).argmax(dim=1)
    model.train(before)
    return (predicted == y[:64]).double().mean().item()


@mistake("evaluate", "Gradients are switched off for good: switch them on again, or use `with`.")
def evaluate_switches_off_for_good(model, x, y):
    before = model.training
    model.eval()
    torch.set_grad_enabled(False)
    predicted = model(x).argmax(dim=1)
    model.train(before)
    return (predicted == y).double().mean().item()
