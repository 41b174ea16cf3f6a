"""Short cuts to what this assignment forbids: each must be refused."""

import torch
import torch.nn.functional as F
from torch.distributions import Bernoulli, Categorical

from grader.vocabulary import equivalent


@equivalent("loss_fn_reg")
def by_smooth_loss(bhat, x, y):
    return torch.ops.aten.mse_loss(x @ bhat, y)


@equivalent("sigmoid")
def by_glu(x):
    return F.glu(torch.stack([torch.ones_like(x), x]), 0)[0]


@equivalent("sigmoid")
def by_log_sigmoid(x):
    return F.logsigmoid(x).exp()


@equivalent("sigmoid")
def by_silu(x):
    return F.silu(x) / x


@equivalent("sigmoid")
def by_coin(x):
    return Bernoulli(logits=x).probs


@equivalent("softmax")
def by_distribution(u):
    return Categorical(logits=u).probs


@equivalent("softmax")
def by_kernel(u):
    return torch.ops.aten._softmax(u, 1, False)


@equivalent("softmax")
def by_attention(u):
    one = torch.ones(len(u), 1, 1, dtype=u.dtype)
    eye = torch.eye(u.shape[1], dtype=u.dtype).expand(len(u), -1, -1)
    return F.scaled_dot_product_attention(one, u[..., None], eye, scale=1.0)[:, 0]


@equivalent("log_softmax")
def by_logits(u):
    return Categorical(logits=u).logits


@equivalent("log_softmax")
def by_reference_formula(u):
    return torch._refs.log_softmax(u, 1)


@equivalent("cross_entropy")
def by_log_prob(logits, labels):
    return -Categorical(logits=logits).log_prob(labels).mean()


@equivalent("cross_entropy")
def by_nll(logits, labels):
    return torch.ops.aten.nll_loss_nd(torch.log_softmax(logits, 1), labels)


@equivalent("quadratic_grad")
def by_backward(x, a):
    leaf = torch.tensor(x.cpu().numpy(), device=x.device, requires_grad=True)
    (leaf @ a @ leaf).backward()
    return leaf.grad


@equivalent("jacobian_rows")
def by_functional(f, x):
    return torch.autograd.functional.jacobian(f, x)


@equivalent("jacobian_rows")
def by_jacrev(f, x):
    return torch.func.jacrev(f)(x)
