"""Short cuts to what this assignment forbids: each must be refused."""

import torch

from grader.vocabulary import equivalent


@equivalent("sigmoid_backward")
def by_kernel(da, a):
    return torch.ops.aten.sigmoid_backward(da, a)


@equivalent("relu_backward")
def by_threshold(da, z):
    return torch.ops.aten.threshold_backward(da, z, 0)


@equivalent("mse_backward")
def by_engine(yhat, y):
    leaf = torch.tensor(yhat.cpu().numpy(), device=yhat.device, requires_grad=True)
    torch.autograd.Variable._execution_engine.run_backward(
        (((leaf - y) ** 2).mean(),), (None,), False, False, (), True, True
    )
    return leaf.grad


@equivalent("affine_backward")
def by_vjp(dz, a, w):
    b = torch.zeros(w.shape[1], dtype=w.dtype)
    return torch.func.vjp(lambda a, w, b: a @ w + b, a, w, b)[1](dz)


@equivalent("graph_grads")
def by_operator(x, y, w):
    at = x.device
    leaves = [torch.tensor(t.cpu().numpy(), device=at, requires_grad=True) for t in (x, y, w)]
    z = (leaves[0] + leaves[1]) * leaves[2]
    torch.ops.aten._backward(z.sum(), leaves)
    return tuple(leaf.grad for leaf in leaves)
