"""Third neighbours of lec09_training: written before they were measured once, at the end."""

import math

import torch

from grader.vocabulary import mistake


@mistake("center_channels", "the means are those of the first image")
def tri_centre_ch_first_image(x):
    return x - x[:1].mean(dim=(0, 2, 3), keepdim=True)


@mistake("batchnorm_train", "the mean absolute deviation stands for the deviation")
def tri_bn_mean_absolute(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-05):
    mean = x.mean(dim=0)
    var = (x - mean).abs().mean(dim=0) ** 2
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    n = len(x)
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return (out, new_mean, new_var)


@mistake("layernorm_backward", "dx is divided by the root once more")
def tri_lnb_root_twice(dout, x, gamma, eps=1e-05):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    through_mean = dxhat.mean(dim=1, keepdim=True)
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - through_mean - xhat * inner) / root**2
    return (dx, dgamma, dbeta)


@mistake("prelu", "alpha multiplies the positive side as well")
def tri_prelu_alpha_positive(z, alpha):
    return alpha * z


@mistake("residual_block", "the input is added twice")
def tri_res_input_scaled(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return torch.relu(2 * x + a1 @ w2 + b2)


@mistake("dropout", "two slips: p is the probability to keep, and nothing is scaled")
def tri_drop_kept_is_p(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) < p
    return kept * x


@mistake("weight_decay_step", "two slips: the decay has the wrong sign, and lam is squared")
def tri_wd_plus_squared(w, grad, lr, lam):
    return (1 + lr * lam**2) * w - lr * grad


@mistake("early_stopping", "an equal loss counts as better")
def tri_early_ties_improve(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = (math.inf, 0, 0)
    for epoch, loss in enumerate(val_losses):
        if loss <= best - min_delta:
            best, best_epoch, waited = (loss, epoch, 0)
        else:
            waited += 1
        if waited == patience:
            return (best_epoch, epoch)
    return (best_epoch, len(val_losses) - 1)
