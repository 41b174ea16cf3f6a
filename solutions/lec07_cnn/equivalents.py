"""Short cuts to what this assignment forbids: each must be refused."""

import torch
import torch.nn.functional as F

from grader.vocabulary import equivalent


@equivalent("conv2d_forward")
def by_slow_kernel(x, w, b, stride=1, padding=0):
    out = torch.ops.aten._slow_conv2d_forward(
        x, w, list(w.shape[2:]), b, [stride] * 2, [padding] * 2
    )
    return out


@equivalent("conv2d_forward")
def by_volumes(x, w, b, stride=1, padding=0):
    steps, pads = (1, stride, stride), (0, padding, padding)
    return F.conv3d(x[:, :, None], w[:, :, None], b, steps, pads)[:, :, 0]


@equivalent("conv2d_backward")
def by_kernel(dout, x, w, *rest):
    ones, zeros = [1, 1], [0, 0]
    args = (dout, x, w, [len(w)], ones, zeros, ones, False, zeros, 1, [True] * 3)
    return torch.ops.aten.convolution_backward(*args)


@equivalent("max_pool2d_forward")
def by_volumes_of_one(x, *rest):
    return F.max_pool3d(x[:, :, None], (1, 2, 2))[:, :, 0]


@equivalent("max_pool2d_backward")
def by_pool_kernel(dout, x, *rest):
    return F.adaptive_max_pool2d(x, x.shape[2:])


@equivalent("avg_pool2d_forward")
def by_interpolation(x, *rest):
    return F.interpolate(x, scale_factor=0.5, mode="area")


@equivalent("conv_net_loss_and_grads")
def by_layers(params, x, labels):
    maps = F.conv2d(x, params["w1"], params["b1"], padding=params["w1"].shape[2] // 2)
    rows = F.max_pool2d(F.relu(maps), 2).flatten(1)
    return F.cross_entropy(rows @ params["w2"] + params["b2"], labels), params


@equivalent("conv_net_loss_and_grads")
def by_autograd(params, x, labels):
    leaves = {name: p.clone().requires_grad_() for name, p in params.items()}
    loss = F.nll_loss((x.mean(dim=(1, 2, 3))[:, None] * leaves["b2"]).log_softmax(dim=1), labels)
    loss.backward()
    return loss.detach(), {name: leaf.grad for name, leaf in leaves.items()}
