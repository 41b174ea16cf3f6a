"""Short cuts to what this assignment forbids: each must be refused."""

import torch
import torch.nn.functional as F

from grader.vocabulary import equivalent


@equivalent("batchnorm_train")
def by_native(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    mean, var = running_mean.clone(), running_var.clone()
    out = torch.native_batch_norm(x, gamma, beta, mean, var, True, momentum, eps)[0]
    return out, mean, var


@equivalent("batchnorm_eval")
def by_instances(x, gamma, beta, running_mean, running_var, eps=1e-5):
    return F.batch_norm(x, running_mean, running_var, gamma, beta, False, 0.1, eps)


@equivalent("layernorm")
def by_groups(x, gamma, beta, eps=1e-5):
    return F.group_norm(x, 1, None, None, eps) * gamma + beta


@equivalent("layernorm")
def by_native_kernel(x, gamma, beta, eps=1e-5):
    return torch.native_layer_norm(x, [x.shape[1]], gamma, beta, eps)[0]


@equivalent("batchnorm2d_train")
def by_layer(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    return F.instance_norm(x), running_mean, running_var


@equivalent("layernorm_backward")
def by_kernels_derivative(dout, x, gamma, eps=1e-5):
    _, mean, rstd = torch.native_layer_norm(x, [x.shape[1]], gamma, None, eps)
    return mean, rstd


@equivalent("batchnorm_backward")
def by_transform(dout, x, gamma, eps=1e-5):
    return torch.func.vjp(lambda x: x * gamma, x)[1](dout)
