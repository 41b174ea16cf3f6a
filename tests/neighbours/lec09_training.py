"""Wrong answers of lecture 9, as students write them, to try the hints on."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from grader.vocabulary import mistake
from solutions.lec09_training import answers
from solutions.lec09_training.answers import kaiming_std, xavier_std


@mistake("center_observations", "the columns are centred, not the rows: the mean runs over axis 0")
def centres_every_column(x):
    mu = torch.mean(x, 0)
    return x - mu


@mistake(
    "center_observations",
    "the row means lose their axis, so (n, d) − (n,) does not broadcast unless n is d",
)
def row_means_lose_their_axis(x):
    means = x.mean(dim=1)
    return x - means


@mistake("center_observations", "x itself is changed: its rows are centred in place")
def centres_rows_in_place(x):
    for i in range(x.shape[0]):
        x[i] -= x[i].mean()
    return x


@mistake(
    "center_observations",
    "the result is always float32, because the buffer is made without a dtype",
)
def fills_a_float32_buffer(x):
    n, d = x.shape
    out = torch.zeros(n, d)
    for i in range(n):
        out[i] = x[i] - x[i].sum() / d
    return out


@mistake("center_channels", "every image loses its own channel means: the batch axis is left out")
def centres_each_image_alone(x):
    return x - x.mean(dim=[2, 3], keepdim=True)


@mistake("center_channels", "one mean of all entries is subtracted, not one for each channel")
def one_mean_for_all_channels(x):
    return x - x.mean()


@mistake(
    "center_channels",
    "reshape(C, −1) cuts the batch into C chunks that are not its channels: a permute is missing",
)
def regroups_without_a_permute(x):
    n, c, h, w = x.shape
    flat = x.reshape(c, -1)
    flat = flat - flat.mean(dim=1, keepdim=True)
    return flat.reshape(n, c, h, w)


@mistake(
    "center_channels",
    "the mean of the channels' images is taken over the batch alone: each pixel loses its own mean",
)
def centres_each_pixel(x):
    out = x.clone()
    for c in range(x.shape[1]):
        out[:, c] = x[:, c] - x[:, c].mean(axis=0)
    return out


@mistake("center_channels", "two slips: each image is centred by itself, and x is changed in place")
def centres_each_image_in_place(x):
    for image in x:
        for channel in image:
            channel -= channel.mean()
    return x


@mistake("xavier_std", "the variance is returned: the square root is missing")
def xavier_without_a_root(fan_in, fan_out):
    return 2.0 / (fan_in + fan_out)


@mistake(
    "xavier_std", "√(6 / (in + out)) is the bound of the uniform draw, not a standard deviation"
)
def xavier_bound_of_the_uniform(fan_in, fan_out):
    return math.sqrt(6.0 / (fan_in + fan_out))


@mistake("xavier_std", "two slips: 1 stands for 2, and the square root is missing")
def xavier_one_over_the_sum(fan_in, fan_out):
    return 1 / (fan_in + fan_out)


@mistake("xavier_std", "torch.sqrt wants a tensor: with a Python number it raises TypeError")
def torch_root_of_a_number(fan_in, fan_out):
    return torch.sqrt(2 / (fan_in + fan_out))


@mistake("kaiming_std", "the root covers the 2 alone: √2 / in instead of √(2 / in)")
def kaiming_root_of_two_only(fan_in):
    return math.sqrt(2) / fan_in


@mistake("kaiming_std", "the 2 stands in the denominator: √(1 / (2·in)) for √(2 / in)")
def kaiming_two_in_the_denominator(fan_in):
    return (2 * fan_in) ** -0.5


@mistake("kaiming_std", "two slips: 1 stands for 2, and the square root is missing")
def kaiming_one_over_fan_in(fan_in):
    return 1.0 / fan_in


@mistake("init_weight", "the shape is unpacked as (fan_in, fan_out), so Kaiming uses the outputs")
def unpacks_the_shape_backwards(shape, scheme, generator):
    fan_in, fan_out = shape
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    return torch.randn(shape, generator=generator) * std


@mistake("init_weight", "the draws are uniform between 0 and σ, not normal with mean 0")
def uniform_weights(shape, scheme, generator):
    fan_out, fan_in = shape
    std = {"xavier": xavier_std(fan_in, fan_out), "kaiming": kaiming_std(fan_in)}[scheme]
    return std * torch.rand(fan_out, fan_in, generator=generator)


@mistake(
    "init_weight",
    "two slips: the draws come from the global stream, and they are scaled by the variance",
)
def global_draws_times_the_variance(shape, scheme, generator):
    fan_out, fan_in = shape
    var = 2 / (fan_in + fan_out) if scheme == "xavier" else 2 / fan_in
    return torch.randn(shape) * var


@mistake(
    "init_weight", "a torch.Generator has no method normal: this is NumPy's way to draw, and raises"
)
def draws_in_the_numpy_way(shape, scheme, generator):
    fan_out, fan_in = shape
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    values = generator.normal(0.0, std, size=shape)
    return torch.tensor(values, dtype=torch.float32)


@mistake("init_weight", "the generator is seeded again at each call: all layers get equal draws")
def seeds_the_generator_again(shape, scheme, generator):
    generator.manual_seed(0)
    fan_out, fan_in = shape
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    return torch.normal(0.0, std, shape, generator=generator)


@mistake(
    "init_weight",
    "two slips: the draws are uniform between −σ and σ, and the tensor is float64",
)
def uniform_doubles(shape, scheme, generator):
    fan_out, fan_in = shape
    n = fan_in if scheme == "kaiming" else fan_in + fan_out
    bound = math.sqrt(2 / n)
    w = torch.empty(shape, dtype=torch.float64)
    w.uniform_(-bound, bound, generator=generator)
    return w


@mistake("activation_stds", "the standard deviation divides by n, not by n − 1")
def biased_spread(x, weights, activation):
    a = x
    result = []
    for w in weights:
        z = a @ w
        a = z.tanh() if activation == "tanh" else z.clamp(min=0)
        result.append(a.std(unbiased=False))
    return result


@mistake("activation_stds", "the spread is taken of z = a w, before the activation")
def spread_before_the_activation(x, weights, activation):
    out = []
    for w in weights:
        x = x @ w
        out.append(torch.std(x).item())
        x = torch.tanh(x) if activation == "tanh" else torch.relu(x)
    return out


@mistake(
    "activation_stds", "each unit's spread over the rows is averaged; all entries count at once"
)
def mean_of_the_units_spreads(x, weights, activation):
    act = {"tanh": torch.tanh, "relu": torch.relu}[activation]
    stds = []
    for w in weights:
        x = act(torch.matmul(x, w))
        stds.append(x.std(dim=0).mean().item())
    return stds


@mistake(
    "activation_stds",
    "the weights are transposed, as for nn.Linear: the product raises unless they are square",
)
def weights_as_in_nn_linear(x, weights, activation):
    stds = []
    for w in weights:
        x = F.linear(x, w)
        x = torch.tanh(x) if activation == "tanh" else F.relu(x)
        stds.append(float(x.std()))
    return stds


@mistake(
    "activation_stds",
    "two slips: NumPy's std divides by n, and the spreads are those of each layer's input",
)
def numpy_spreads_one_layer_early(x, weights, activation):
    stds = []
    a = x
    for w in weights:
        stds.append(float(np.std(a.detach().cpu().numpy())))
        a = torch.tanh(a @ w) if activation == "tanh" else torch.relu(a @ w)
    return stds


@mistake(
    "activation_stds",
    "two slips: the activation is always tanh, and the standard deviation divides by n",
)
def always_tanh_and_biased(x, weights, activation):
    def spread(a):
        return ((a - a.mean()) ** 2).mean() ** 0.5

    stds = []
    for w in weights:
        x = torch.tanh(x @ w)
        stds.append(spread(x))
    return stds


@mistake("batchnorm_train", "the unbiased variance normalises too: x̂ needs the one divided by n")
def unbiased_variance_everywhere(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    mu, var = x.mean(0), x.var(0)
    xhat = (x - mu) / torch.sqrt(var + eps)
    new_mean = (1 - momentum) * running_mean + momentum * mu
    new_var = (1 - momentum) * running_var + momentum * var
    return gamma * xhat + beta, new_mean, new_var


@mistake(
    "batchnorm_train",
    "two slips: momentum weighs the old statistics, and the running variance gets the biased one",
)
def old_statistics_weighed_and_biased(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mu = x.mean(dim=0)
    var = x.var(dim=0, unbiased=False)
    out = gamma * (x - mu) / (var + eps).sqrt() + beta
    running_mean = momentum * running_mean + (1 - momentum) * mu
    running_var = momentum * running_var + (1 - momentum) * var
    return out, running_mean, running_var


@mistake("batchnorm_train", "the batch's own mean and variance are returned, not the running ones")
def returns_the_batch_statistics(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    n = x.shape[0]
    mean = x.sum(0) / n
    centred = x - mean
    var = centred.pow(2).sum(0) / n
    out = centred * torch.rsqrt(var + eps) * gamma + beta
    return out, mean, var * n / (n - 1)


@mistake("batchnorm_train", "the running statistics that came in are updated in place")
def updates_running_statistics_in_place(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean = x.mean(dim=0)
    var = x.var(dim=0, correction=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    running_mean.mul_(1 - momentum).add_(momentum * mean)
    running_var.mul_(1 - momentum).add_(momentum * x.var(dim=0))
    return out, running_mean, running_var


@mistake(
    "batchnorm_train",
    "two slips: ε is added to the standard deviation, outside the root, and beta is forgotten",
)
def eps_outside_and_no_shift(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    mean = x.mean(dim=0)
    std = x.std(dim=0, unbiased=False)
    out = gamma * ((x - mean) / (std + eps))
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * x.var(dim=0)
    return out, new_mean, new_var


@mistake(
    "batchnorm_train", "the running mean moves by momentum · mean, but the old one is not shrunk"
)
def old_mean_is_not_shrunk(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    out, _, new_var = answers.batchnorm_train(
        x, gamma, beta, running_mean, running_var, momentum, eps
    )
    new_mean = running_mean + momentum * x.mean(dim=0)
    return out, new_mean, new_var


@mistake(
    "batchnorm_train", "ddof is NumPy's word: Tensor.var does not know it and raises TypeError"
)
def numpy_word_for_the_correction(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    mean, var = x.mean(axis=0), x.var(axis=0, ddof=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * x.var(axis=0, ddof=1)
    return out, new_mean, new_var


@mistake("batchnorm_eval", "the batch's own mean and variance are used, not the running ones")
def batch_statistics_in_prediction(x, gamma, beta, running_mean, running_var, eps=1e-5):
    mean = x.mean(dim=0, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=0, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


@mistake("batchnorm_eval", "it divides by the variance: the root is missing")
def divides_by_the_running_variance(x, gamma, beta, running_mean, running_var, eps=1e-5):
    xhat = (x - running_mean) / (running_var + eps)
    return xhat * gamma + beta


@mistake(
    "batchnorm_eval",
    "two slips: ε stands outside the root, and gamma multiplies beta as well",
)
def scales_the_shift_too(x, gamma, beta, running_mean, running_var, eps=1e-5):
    z = (x - running_mean) / (running_var.sqrt() + eps)
    return gamma * (z + beta)


@mistake("batchnorm_eval", "two slips: the root is missing, and beta is forgotten")
def prediction_without_root_or_shift(x, gamma, beta, running_mean, running_var, eps=1e-5):
    out = torch.zeros_like(x)
    for j in range(x.shape[1]):
        out[:, j] = gamma[j] * (x[:, j] - running_mean[j]) / (running_var[j] + eps)
    return out


@mistake("batchnorm_backward", "the path through the variance is left out of dx")
def backward_without_the_variance(dout, x, gamma, eps=1e-5):
    mu = x.mean(0)
    std = torch.sqrt(x.var(0, unbiased=False) + eps)
    xhat = (x - mu) / std
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(0)) / std
    return dx, torch.sum(dout * xhat, dim=0), torch.sum(dout, dim=0)


@mistake("batchnorm_backward", "dgamma collects dout · x, but gamma multiplies x̂")
def dgamma_with_the_raw_input(dout, x, gamma, eps=1e-5):
    dx, _, dbeta = answers.batchnorm_backward(dout, x, gamma, eps)
    dgamma = (dout * x).sum(dim=0)
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    "the variance's gradient has the exponent −½ where the derivative of (σ² + ε)^(−½) has −3/2",
)
def wrong_exponent_in_dvar(dout, x, gamma, eps=1e-5):
    n = x.shape[0]
    mu = x.mean(dim=0)
    xmu = x - mu
    var = (xmu**2).mean(dim=0)
    ivar = 1.0 / torch.sqrt(var + eps)
    dbeta = dout.sum(0)
    dgamma = (dout * xmu * ivar).sum(0)
    dxhat = dout * gamma
    dvar = (dxhat * xmu).sum(0) * -0.5 * ivar
    dmu = -(dxhat * ivar).sum(0) + dvar * (-2 * xmu).mean(0)
    dx = dxhat * ivar + dvar * 2 * xmu / n + dmu / n
    return dx, dgamma, dbeta


@mistake(
    "batchnorm_backward",
    "two slips: gamma is missing from dx, and dgamma and dbeta are means over the batch, not sums",
)
def no_gamma_and_means_for_sums(dout, x, gamma, eps=1e-5):
    mu = x.mean(dim=0)
    root = ((x - mu).square().mean(dim=0) + eps).sqrt()
    xhat = (x - mu) / root
    dgamma = (dout * xhat).mean(dim=0)
    dbeta = dout.mean(dim=0)
    dx = (dout - dbeta - xhat * dgamma) / root
    return dx, dgamma, dbeta


@mistake("batchnorm_backward", "dgamma and dbeta are returned in each other's place")
def gamma_and_beta_change_places(dout, x, gamma, eps=1e-5):
    n = len(x)
    mean, var = x.mean(0), x.var(0, correction=0)
    inv = torch.rsqrt(var + eps)
    xhat = (x - mean) * inv
    db = dout.sum(0)
    dg = (dout * xhat).sum(0)
    dx = gamma * inv / n * (n * dout - db - xhat * dg)
    return dx, db, dg


@mistake(
    "batchnorm_backward",
    "two slips: x̂ is built with the unbiased variance, and dbeta keeps the shape (1, d)",
)
def unbiased_backward_with_kept_dims(dout, x, gamma, eps=1e-5):
    n = x.shape[0]
    mean, var = x.mean(dim=0), x.var(dim=0)
    std = torch.sqrt(var + eps)
    xhat = (x - mean) / std
    dbeta = dout.sum(dim=0, keepdim=True)
    dgamma = (dout * xhat).sum(dim=0)
    dx = gamma / (n * std) * (n * dout - dbeta - xhat * dgamma)
    return dx, dgamma, dbeta


@mistake("batchnorm2d_train", "n / (n − 1) counts the images alone, not their pixels too")
def counts_images_not_pixels(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    n = x.shape[0]
    mean = x.mean(dim=(0, 2, 3), keepdim=True)
    var = ((x - mean) ** 2).mean(dim=(0, 2, 3), keepdim=True)
    out = gamma.view(1, -1, 1, 1) * (x - mean) / torch.sqrt(var + eps) + beta.view(1, -1, 1, 1)
    new_mean = (1 - momentum) * running_mean + momentum * mean.flatten()
    new_var = (1 - momentum) * running_var + momentum * var.flatten() * n / max(n - 1, 1)
    return out, new_mean, new_var


@mistake(
    "batchnorm2d_train",
    "gamma (C,) meets the last axis instead of the channels, so that it raises unless W is C",
)
def gamma_on_the_last_axis(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    mean = x.mean(dim=(0, 2, 3))
    var = x.var(dim=(0, 2, 3), unbiased=False)
    xhat = (x - mean[None, :, None, None]) / (var[None, :, None, None] + eps).sqrt()
    out = gamma * xhat + beta
    m = x.numel() / x.shape[1]
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var * m / (m - 1)
    return out, new_mean, new_var


@mistake(
    "batchnorm2d_train",
    "the result stays (N, H, W, C) in memory order: it is reshaped to NCHW without permuting back",
)
def reshapes_back_without_permuting(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5
):
    c = x.shape[1]
    rows = x.permute(0, 2, 3, 1).reshape(-1, c)
    out, new_mean, new_var = answers.batchnorm_train(
        rows, gamma, beta, running_mean, running_var, momentum, eps
    )
    return out.reshape(x.shape), new_mean, new_var


@mistake(
    "batchnorm2d_train",
    "two slips: the running variance gets the biased variance, and momentum weighs the old values",
)
def images_biased_and_reversed(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    c = x.size(1)
    out = torch.empty_like(x)
    means, variances = torch.empty_like(running_mean), torch.empty_like(running_var)
    for k in range(c):
        channel = x[:, k]
        means[k] = channel.mean()
        variances[k] = channel.var(unbiased=False)
        out[:, k] = gamma[k] * (channel - means[k]) / torch.sqrt(variances[k] + eps) + beta[k]
    new_mean = momentum * running_mean + (1 - momentum) * means
    new_var = momentum * running_var + (1 - momentum) * variances
    return out, new_mean, new_var


@mistake(
    "layernorm",
    "two slips: the standard deviation is the unbiased one, and ε stands outside the root",
)
def annotated_transformer_norm(x, gamma, beta, eps=1e-5):
    mean = x.mean(-1, keepdim=True)
    std = x.std(-1, keepdim=True)
    return gamma * (x - mean) / (std + eps) + beta


@mistake("layernorm", "the statistics are those of each column over the batch, as in batch norm")
def layernorm_down_the_columns(x, gamma, beta, eps=1e-5):
    mu = x.mean(0, keepdim=True)
    sigma2 = x.var(0, unbiased=False, keepdim=True)
    return (x - mu) * (sigma2 + eps) ** -0.5 * gamma + beta


@mistake(
    "layernorm", "gamma and beta are stood up as columns, one for each row: it raises unless n is d"
)
def gamma_for_each_row(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    xhat = (x - mean) / torch.sqrt(var + eps)
    return gamma[:, None] * xhat + beta[:, None]


@mistake("layernorm", "the rows are not centred before they are divided: it scales x, not x − μ")
def scales_without_centring(x, gamma, beta, eps=1e-5):
    var = x.var(dim=1, unbiased=False, keepdim=True)
    return gamma * x / torch.sqrt(var + eps) + beta


@mistake(
    "layernorm",
    "two slips: the statistics run down the columns, and the variance divides by n − 1",
)
def columns_and_unbiased(x, gamma, beta, eps=1e-5):
    mean, var = x.mean(dim=0), x.var(dim=0)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


@mistake("layernorm_backward", "the means inside dx run over the batch: copied from batch norm")
def layer_backward_averages_the_batch(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    root = torch.sqrt(((x - mean) ** 2).mean(dim=1, keepdim=True) + eps)
    xhat = (x - mean) / root
    g = dout * gamma
    dx = (g - g.mean(dim=0) - xhat * (g * xhat).mean(dim=0)) / root
    return dx, (dout * xhat).sum(dim=0), dout.sum(dim=0)


@mistake(
    "layernorm_backward",
    "two slips: dx lacks the factor gamma, and dbeta is summed along the rows instead of down them",
)
def layer_backward_no_gamma_wrong_dbeta(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    root = torch.sqrt(x.var(dim=1, correction=0, keepdim=True) + eps)
    xhat = (x - mean) / root
    inner = (dout * xhat).mean(dim=1, keepdim=True)
    dx = (dout - dout.mean(dim=1, keepdim=True) - xhat * inner) / root
    return dx, (dout * xhat).sum(dim=0), dout.sum(dim=1)


@mistake("layernorm_backward", "the final division by √(σ² + ε) is missing from dx")
def layer_backward_without_the_root(dout, x, gamma, eps=1e-5):
    d = x.shape[1]
    mu = x.mean(1, keepdim=True)
    xhat = (x - mu) / torch.sqrt(((x - mu) ** 2).mean(1, keepdim=True) + eps)
    dxhat = dout * gamma
    s1 = dxhat.sum(1, keepdim=True)
    s2 = (dxhat * xhat).sum(1, keepdim=True)
    dx = dxhat - s1 / d - xhat * s2 / d
    return dx, (dout * xhat).sum(0), dout.sum(0)


@mistake("layernorm_backward", "xhat is used but never made, so that it raises NameError")
def layer_backward_uses_an_unknown_name(dout, x, gamma, eps=1e-5):
    mu = x.mean(dim=1, keepdim=True)
    root = torch.sqrt(((x - mu) ** 2).mean(dim=1, keepdim=True) + eps)
    x_hat = (x - mu) / root
    dgamma = (dout * x_hat).sum(dim=0)
    dxhat = dout * gamma
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)  # noqa: F821
    dx = (dxhat - dxhat.mean(dim=1, keepdim=True) - x_hat * inner) / root
    return dx, dgamma, dout.sum(dim=0)


@mistake("prelu", "the negative part is added with the wrong sign: relu(−z) is positive")
def adds_the_negative_part(z, alpha):
    return torch.relu(z) + alpha * torch.relu(-z)


@mistake("prelu", "the branches are exchanged: α multiplies the positive entries")
def slope_on_the_positive_side(z, alpha):
    a = z.clone()
    a[z > 0] *= alpha
    return a


@mistake(
    "prelu", "an if asks a whole tensor whether it is positive: that raises for several entries"
)
def prelu_by_a_plain_if(z, alpha):
    if z > 0:
        return z
    return alpha * z


@mistake("prelu_backward", "dalpha is left entry by entry: it is not summed to a 0-d tensor")
def dalpha_is_not_summed(da, z, alpha):
    negative = (z <= 0).to(z.dtype)
    dz = da * (1 - negative) + da * alpha * negative
    dalpha = da * z * negative
    return dz, dalpha


@mistake("prelu_backward", "two slips: dalpha forgets da, and takes the mean where it should sum")
def dalpha_mean_without_upstream(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), z).mean()
    return dz, dalpha


@mistake("prelu_backward", "at z = 0 dz takes the slope 1, not alpha's branch")
def slope_one_at_zero(da, z, alpha):
    dz = da.clone()
    mask = z < 0
    dz[mask] = alpha * da[mask]
    dalpha = (da[mask] * z[mask]).sum()
    return dz, dalpha


@mistake(
    "prelu_backward",
    "two slips: dz is 0 instead of α da where z ≤ 0, and dalpha sums the positive entries",
)
def relu_gradient_and_the_wrong_half(da, z, alpha):
    dz = da * (z > 0)
    dalpha = (da * z)[z > 0].sum()
    return dz, dalpha


@mistake("residual_block", "x joins after the last ReLU, not before it")
def joins_after_the_last_relu(x, w1, b1, w2, b2):
    h = F.relu(x @ w1 + b1)
    return x + F.relu(h @ w2 + b2)


@mistake("residual_block", "two slips: the last ReLU is missing, and so is the second bias")
def no_last_relu_no_second_bias(x, w1, b1, w2, b2):
    hidden = (x @ w1 + b1).clamp(min=0)
    return x + hidden @ w2


@mistake(
    "residual_block",
    "the hidden layer (n, d) is added to the input (n, p) before w2: the sizes differ, it raises",
)
def adds_x_to_the_hidden_layer(x, w1, b1, w2, b2):
    h = torch.relu(x @ w1 + b1)
    h = h + x
    return torch.relu(h @ w2 + b2)


@mistake(
    "residual_block",
    "two slips: the hidden ReLU is missing, and x joins after the last ReLU",
)
def linear_inside_joined_outside(x, w1, b1, w2, b2):
    h = x @ w1 + b1
    out = torch.relu(h @ w2 + b2)
    return out + x


@mistake("dropout", "p is taken for the probability to keep; the scale is still 1 / (1 − p)")
def keeps_with_probability_p(x, p, training, generator):
    if not training:
        return x
    if p == 1.0:
        return torch.zeros_like(x)
    mask = torch.rand(x.shape, generator=generator, device=x.device) < p
    return torch.where(mask, x / (1 - p), torch.zeros_like(x))


@mistake("dropout", "p = 1 divides zero by zero, so that all entries are nan instead of 0")
def p_of_one_is_nan(x, p, training, generator):
    if not training:
        return x
    mask = (torch.rand(x.shape, generator=generator, device=x.device) >= p).to(x.dtype)
    return x * mask / (1 - p)


@mistake(
    "dropout",
    "two slips: nothing is scaled in training, and x is multiplied by 1 − p in prediction",
)
def scales_in_prediction(x, p, training, generator):
    if training:
        drop = torch.rand(x.shape, generator=generator, device=x.device) < p
        return x.masked_fill(drop, 0)
    return x * (1 - p)


@mistake("dropout", "one mask is drawn for the last axis and shared by all rows")
def one_mask_for_all_rows(x, p, training, generator):
    if not training or p == 0:
        return x
    if p == 1:
        return x * 0
    mask = torch.rand(x.shape[-1], generator=generator, device=x.device) >= p
    return x * mask / (1 - p)


@mistake("dropout", "the mask compares normal draws with p, so the share dropped is not p")
def mask_of_normal_draws(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    mask = torch.randn(x.shape, generator=generator, device=x.device) > p
    return x * mask.to(x.dtype) / (1 - p)


@mistake("dropout", "two slips: p is taken for the probability to keep, and nothing is scaled")
def keeps_with_p_and_never_scales(x, p, training, generator):
    if not training:
        return x
    mask = torch.empty_like(x).bernoulli_(p, generator=generator)
    return mask * x


@mistake(
    "dropout_lecture", "torch.bernoulli wants a tensor of probabilities; a float raises TypeError"
)
def bernoulli_of_a_float(x, keep, training, generator):
    if training:
        m = torch.bernoulli(keep, generator=generator)
        return m * x
    return keep * x


@mistake(
    "dropout_lecture",
    "two slips: entries are dropped with probability keep, and prediction returns x unscaled",
)
def drops_with_keep_and_never_scales(x, keep, training, generator):
    if not training:
        return x
    m = (torch.rand(x.shape, generator=generator, device=x.device) > keep).to(x.dtype)
    return m * x


@mistake("dropout_lecture", "kept entries are divided by keep in training, which is PyTorch's form")
def also_scales_in_training(x, keep, training, generator):
    if training:
        p = torch.full_like(x, keep)
        return torch.bernoulli(p, generator=generator) * x / keep
    return keep * x


@mistake("l2_penalty", "half the norm: the norm is not squared")
def half_the_norm(w):
    return 0.5 * torch.linalg.norm(w)


@mistake("l2_penalty", "two slips: the mean stands for the sum, and the half is missing")
def mean_of_squares(w):
    return torch.mean(w * w)


@mistake("l2_penalty", "the squares are summed over the first axis only, so the result is not 0-d")
def sums_one_axis_only(w):
    return (w**2).sum(0) / 2


@mistake("weight_decay_step", "the penalty's gradient is 2λw here: the ½ is forgotten")
def decays_twice_as_fast(w, grad, lr, lam):
    total = grad + 2 * lam * w
    return w - lr * total


@mistake("weight_decay_step", "two slips: λ is not multiplied by η, and the gradient is added")
def decay_without_lr_uphill(w, grad, lr, lam):
    return (1 - lam) * w + lr * grad


@mistake("weight_decay_step", "w itself is changed: the step is made in place")
def decays_in_place(w, grad, lr, lam):
    w *= 1 - lr * lam
    w -= lr * grad
    return w


@mistake("weight_decay_step", "the gradient step is shrunk too: (1 − ηλ) multiplies w − ηg")
def decay_after_the_step(w, grad, lr, lam):
    w = w - lr * grad
    return w * (1 - lr * lam)


@mistake("weight_decay_step", "two slips: the decay is 2λ, and w is changed in place")
def double_decay_in_place(w, grad, lr, lam):
    w -= lr * (grad + 2 * lam * w)
    return w


@mistake("early_stopping", "the count of bad epochs is never set back when a better one comes")
def patience_never_recovers(val_losses, patience, min_delta=0.0):
    best = float("inf")
    best_epoch = 0
    bad = 0
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best = loss
            best_epoch = epoch
        else:
            bad += 1
            if bad >= patience:
                return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("early_stopping", "two slips: it stops one epoch late, and min_delta is ignored")
def one_late_without_min_delta(val_losses, patience, min_delta=0.0):
    best_epoch = 0
    for epoch in range(len(val_losses)):
        if val_losses[epoch] < val_losses[best_epoch]:
            best_epoch = epoch
        elif epoch - best_epoch > patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake("early_stopping", "each loss is compared with the epoch before, not with the best so far")
def compares_with_the_epoch_before(val_losses, patience, min_delta=0.0):
    best_epoch, waited = 0, 0
    for epoch in range(1, len(val_losses)):
        if val_losses[epoch] < val_losses[epoch - 1] - min_delta:
            best_epoch, waited = epoch, 0
        else:
            waited += 1
            if waited == patience:
                return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


@mistake(
    "early_stopping", "without an early stop it returns the number of epochs, not the last index"
)
def counts_epochs_at_the_end(val_losses, patience, min_delta=0.0):
    best, where, waited = math.inf, 0, 0
    stop = len(val_losses)
    for i, v in enumerate(val_losses):
        if v < best - min_delta:
            best, where, waited = v, i, 0
            continue
        waited += 1
        if waited >= patience:
            stop = i
            break
    return where, stop


@mistake(
    "early_stopping",
    "two slips: an equal loss counts as better, and the bad epochs need not be in a row",
)
def equal_is_better_and_never_reset(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = val_losses[0], 0, 0
    for epoch, loss in enumerate(val_losses[1:], start=1):
        if loss <= best - min_delta:
            best, best_epoch = loss, epoch
        else:
            waited += 1
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1
