"""Second neighbours of lec09_training: written without a look at hints or known mistakes."""

import math

import torch

from grader.vocabulary import mistake
from solutions.lec09_training.answers import batchnorm_train, kaiming_std, xavier_std


@mistake("center_observations", "the median is subtracted")
def centre_obs_median(x):
    return x - x.median(dim=1, keepdim=True).values


@mistake("center_observations", "also divided by the deviation")
def centre_obs_divided(x):
    return (x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, keepdim=True)


@mistake("center_channels", "each image has means of its own")
def centre_ch_per_image(x):
    return x - x.mean(dim=(2, 3), keepdim=True)


@mistake("xavier_std", "the variance has the product of the fans")
def xavier_product(fan_in, fan_out):
    return math.sqrt(2 / (fan_in * fan_out))


@mistake("xavier_std", "the bound of the uniform distribution: 6 for 2")
def xavier_bound(fan_in, fan_out):
    return math.sqrt(6 / (fan_in + fan_out))


@mistake("kaiming_std", "two slips: 1 for 2, and no root")
def kaiming_variance(fan_in):
    return 1 / fan_in


@mistake("init_weight", "fan_in and fan_out are exchanged")
def init_fans_swapped(shape, scheme, generator):
    fan_in, fan_out = shape
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    return std * torch.randn(shape, generator=generator)


@mistake("init_weight", "two slips: uniform values, and the variance scales")
def init_uniform_var(shape, scheme, generator):
    fan_out, fan_in = shape
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    return std**2 * torch.rand(shape, generator=generator)


@mistake("activation_stds", "the deviation of the pre-activations is recorded")
def act_preactivation(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        z = x @ w
        stds.append(z.std().item())
        x = act(z)
    return stds


@mistake("activation_stds", "tanh whatever is asked")
def act_always_tanh(x, weights, activation):
    act = torch.tanh
    stds = []
    for w in weights:
        x = act(x @ w)
        stds.append(x.std().item())
    return stds


@mistake("batchnorm_train", "eps outside the root")
def bn_eps_outside_root(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / (torch.sqrt(var) + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return (out, new_mean, new_var)


@mistake("batchnorm_train", "gamma multiplies beta too")
def bn_gamma_on_beta(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * ((x - mean) / torch.sqrt(var + eps) + beta)
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return (out, new_mean, new_var)


@mistake(
    "batchnorm_train",
    "two slips: the running variance takes deviations, and momentum is reversed in the mean",
)
def bn_running_new_from_std(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = momentum * running_mean + (1 - momentum) * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var.sqrt() * n / (n - 1)
    return (out, new_mean, new_var)


@mistake("batchnorm_eval", "divided by the variance")
def bne_squared_variance(x, gamma, beta, running_mean, running_var, eps=1e-05):
    return gamma * (x - running_mean) / (running_var + eps) + beta


@mistake("batchnorm_eval", "the mean of the batch is subtracted")
def bne_batch_mean(x, gamma, beta, running_mean, running_var, eps=1e-05):
    return gamma * (x - x.mean(dim=0)) / torch.sqrt(running_var + eps) + beta


@mistake("batchnorm_backward", "gamma is missing in dx")
def bnb_no_gamma(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return (dx, dgamma, dbeta)


@mistake("batchnorm_backward", "two slips: the means are sums, and dbeta is a mean")
def bnb_means_as_sums(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.mean(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.sum(dim=0)
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return (dx, dgamma, dbeta)


@mistake("batchnorm_backward", "the path through the mean is missing")
def bnb_only_variance_path(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - xhat * (dxhat * xhat).mean(dim=0)) / root
    return (dx, dgamma, dbeta)


@mistake("batchnorm2d_train", "reshaped back without the permutation")
def bn2d_wrong_reshape(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05):
    n, c, h, w = x.shape
    columns = x.permute(0, 2, 3, 1).reshape(-1, c)
    out, new_mean, new_var = batchnorm_train(
        columns, gamma, beta, running_mean, running_var, momentum, eps
    )
    return (out.reshape(n, c, h, w), new_mean, new_var)


@mistake("batchnorm2d_train", "the statistics are of each pixel: only the batch is averaged")
def bn2d_over_batch_only(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05):
    n, c, h, w = x.shape
    out = (
        gamma[:, None, None] * (x - x.mean(dim=0)) / torch.sqrt(x.var(dim=0, unbiased=False) + eps)
        + beta[:, None, None]
    )
    _, m, v = batchnorm_train(
        x.permute(0, 2, 3, 1).reshape(-1, c), gamma, beta, running_mean, running_var, momentum, eps
    )
    return out, m, v


@mistake("layernorm", "the variance is divided by n - 1")
def ln_unbiased(x, gamma, beta, eps=1e-05):
    mean = x.mean(dim=1, keepdim=True)
    var = x.var(dim=1, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


@mistake("layernorm", "gamma multiplies after beta is added, and eps is outside: two slips")
def ln_gamma_outside(x, gamma, beta, eps=1e-05):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    return gamma * ((x - mean) / (torch.sqrt(var) + eps) + beta)


@mistake("layernorm_backward", "dgamma sums the features")
def lnb_dgamma_over_features(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=1)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean - xhat * inner) / root
    return (dx, dgamma, dbeta)


@mistake("layernorm_backward", "gamma multiplies after the means are taken")
def lnb_gamma_late(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = gamma * (dxhat - through_mean - xhat * inner) / root
    return (dx, dgamma, dbeta)


@mistake("prelu", "x + alpha z below 0")
def prelu_added(z, alpha):
    return torch.where(z > 0, z, z + alpha * z)


@mistake("prelu_backward", "dalpha is multiplied by alpha")
def pback_alpha_of_alpha(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), alpha * da * z).sum()
    return (dz, dalpha)


@mistake("prelu_backward", "two slips: dalpha is a mean, and dz below 0 lacks alpha")
def pback_mean_and_sign(da, z, alpha):
    dz = torch.where(z > 0, da, da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z).mean()
    return (dz, dalpha)


@mistake("residual_block", "the inner ReLU is missing")
def res_no_inner_relu(x, w1, b1, w2, b2):
    a1 = x @ w1 + b1
    return torch.relu(x + a1 @ w2 + b2)


@mistake("residual_block", "x is added after the last ReLU")
def res_added_after(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return x + torch.relu(a1 @ w2 + b2)


@mistake("dropout", "scaled in evaluation, not in training")
def drop_not_scaled_at_test(x, p, training, generator):
    if not training or p == 0:
        return x * (1 - p)
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return kept * x


@mistake("dropout", "divided by p")
def drop_scaled_by_p(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return kept * x / p


@mistake("dropout_lecture", "scaled by 1/keep in training, and not in evaluation: two slips")
def droplec_divided(x, keep, training, generator):
    if not training:
        return x
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    return m * x / keep


@mistake("l2_penalty", "the norm is not squared")
def l2_norm(w):
    return (w**2).sum().sqrt() / 2


@mistake("weight_decay_step", "the decay lacks the learning rate")
def wd_no_lr(w, grad, lr, lam):
    return (1 - lam) * w - lr * grad


@mistake("weight_decay_step", "two slips: the decay is twice, and the gradient is decayed too")
def wd_doubled_grad_decay(w, grad, lr, lam):
    return (1 - 2 * lr * lam) * w - lr * (1 - lam) * grad


@mistake("early_stopping", "the epoch of stopping stands for the best one")
def early_last_epoch(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = (math.inf, 0, 0)
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch, waited = (loss, epoch, 0)
        else:
            waited += 1
        if waited == patience:
            return (epoch, epoch)
    return (best_epoch, len(val_losses) - 1)


@mistake("early_stopping", "it waits one epoch longer")
def early_one_too_late(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = (math.inf, 0, 0)
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch, waited = (loss, epoch, 0)
        else:
            waited += 1
        if waited > patience:
            return (best_epoch, epoch)
    return (best_epoch, len(val_losses) - 1)


@mistake("early_stopping", "two slips: min_delta is added, and the count is not reset")
def early_delta_added(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = (math.inf, 0, 0)
    for epoch, loss in enumerate(val_losses):
        if loss < best + min_delta:
            best, best_epoch = (loss, epoch)
        else:
            waited += 1
        if waited == patience:
            return (best_epoch, epoch)
    return (best_epoch, len(val_losses) - 1)


@mistake(
    "xavier_std",
    "two slips: the variance has the product of the fans; and the bound of the uniform distribution: 6 for 2",
)
def xavier_product_and_bound(fan_in, fan_out):
    return math.sqrt(6 / (fan_in * fan_out))


@mistake(
    "batchnorm_backward",
    "two slips: gamma is missing in dx; and the path through the mean is missing",
)
def bnb_no_gamma_and_only_variance_path(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout
    through_mean = dxhat.mean(dim=0)
    dx = (dxhat - xhat * (dxhat * xhat).mean(dim=0)) / root
    return (dx, dgamma, dbeta)


@mistake(
    "residual_block", "two slips: the inner ReLU is missing; and x is added after the last ReLU"
)
def res_no_inner_relu_and_added_after(x, w1, b1, w2, b2):
    a1 = x @ w1 + b1
    return x + torch.relu(a1 @ w2 + b2)


@mistake(
    "batchnorm_eval", "two slips: divided by the variance; and the mean of the batch is subtracted"
)
def bne_squared_variance_and_batch_mean(x, gamma, beta, running_mean, running_var, eps=1e-05):
    return gamma * (x - x.mean(dim=0)) / (running_var + eps) + beta
