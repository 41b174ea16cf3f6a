"""Model answers of lecture 9: what makes a deep net train."""

import math

import torch


def center_observations(x):
    return x - x.mean(dim=1, keepdim=True)


def center_channels(x):
    return x - x.mean(dim=(0, 2, 3), keepdim=True)


def xavier_std(fan_in, fan_out):
    return math.sqrt(2 / (fan_in + fan_out))


def kaiming_std(fan_in):
    return math.sqrt(2 / fan_in)


def init_weight(shape, scheme, generator):
    fan_out, fan_in = shape
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    return std * torch.randn(shape, generator=generator)


def activation_stds(x, weights, activation):
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    for w in weights:
        x = act(x @ w)
        stds.append(x.std().item())
    return stds


def batchnorm_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    n = len(x)
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    new_mean = (1 - momentum) * running_mean + momentum * mean
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


def batchnorm_eval(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta


def batchnorm_backward(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=0)
    var = ((x - mean) ** 2).mean(dim=0)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(dim=0) - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


def batchnorm2d_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    n, c, h, w = x.shape
    columns = x.permute(0, 2, 3, 1).reshape(-1, c)
    out, new_mean, new_var = batchnorm_train(
        columns, gamma, beta, running_mean, running_var, momentum, eps
    )
    return out.reshape(n, h, w, c).permute(0, 3, 1, 2), new_mean, new_var


def layernorm(x, gamma, beta, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


def layernorm_backward(dout, x, gamma, eps=1e-5):
    mean = x.mean(dim=1, keepdim=True)
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    root = torch.sqrt(var + eps)
    xhat = (x - mean) / root
    dgamma = (dout * xhat).sum(dim=0)
    dbeta = dout.sum(dim=0)
    dxhat = dout * gamma
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    dx = (dxhat - dxhat.mean(dim=1, keepdim=True) - xhat * inner) / root
    return dx, dgamma, dbeta


def prelu(z, alpha):
    return torch.where(z > 0, z, alpha * z)


def prelu_backward(da, z, alpha):
    dz = torch.where(z > 0, da, alpha * da)
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z).sum()
    return dz, dalpha


def residual_block(x, w1, b1, w2, b2):
    a1 = torch.relu(x @ w1 + b1)
    return torch.relu(x + a1 @ w2 + b2)


def dropout(x, p, training, generator):
    if not training or p == 0:
        return x.clone()
    if p == 1:
        return torch.zeros_like(x)
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    return kept * x / (1 - p)


def dropout_lecture(x, keep, training, generator):
    if not training:
        return keep * x
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    return m * x


def l2_penalty(w):
    return (w**2).sum() / 2


def weight_decay_step(w, grad, lr, lam):
    return (1 - lr * lam) * w - lr * grad


def early_stopping(val_losses, patience, min_delta=0.0):
    best, best_epoch, waited = math.inf, 0, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch, waited = loss, epoch, 0
        else:
            waited += 1
        if waited == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1
