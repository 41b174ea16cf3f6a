"""Right answers to lecture 7's payoff in other styles than the model answer's."""

import torch
import torch.nn.functional as F

from grader.vocabulary import mistake
from solutions.lec07_cnn import answers


@mistake("conv_net_loss_and_grads", "pooled before the ReLU, one-hot labels, a shifted softmax")
def pooled_first(params, x, labels):
    w1, b1, w2, b2 = params["w1"], params["b1"], params["w2"], params["b2"]
    pad = (w1.size(-1) - 1) // 2
    z = answers.conv2d_forward(x, w1, b1, 1, pad)
    p = answers.max_pool2d_forward(z, 2, 2)
    a = p.clamp(min=0)
    flat = torch.flatten(a, 1)
    u = flat.mm(w2).add(b2)
    e = torch.exp(u - u.max(dim=1, keepdim=True).values)
    probs = e / e.sum(1, keepdim=True)
    hot = F.one_hot(labels, u.shape[1]).to(u.dtype)
    loss = (torch.logsumexp(u, dim=1) - (u * hot).sum(1)).mean()
    du = (probs - hot) / x.shape[0]
    dp = (du @ w2.t()).view_as(p) * (p > 0)
    dz = answers.max_pool2d_backward(dp, z, 2, 2)
    _, dw1, db1 = answers.conv2d_backward(dz, x, w1, 1, pad)
    return loss, {"b2": du.sum(0), "w2": flat.t() @ du, "b1": db1, "w1": dw1}


@mistake("conv_net_loss_and_grads", "windows laid out by unfold, no function of one's own")
def by_unfold(params, x, labels):
    n, _, h, w = x.shape
    f, _, k, _ = params["w1"].shape
    columns = F.unfold(x, k, padding=k // 2)
    z = torch.einsum("fk,nkp->nfp", params["w1"].reshape(f, -1), columns)
    z = (z + params["b1"][:, None]).reshape(n, f, h, w)
    a = torch.relu(z)
    h2, w2 = h // 2, w // 2
    cells = a[:, :, : 2 * h2, : 2 * w2].reshape(n, f, h2, 2, w2, 2).permute(0, 1, 2, 4, 3, 5)
    cells = cells.reshape(n, f, h2, w2, 4)
    place = cells.argmax(dim=-1, keepdim=True)
    rows = cells.gather(-1, place).reshape(n, -1)
    log_probs = F.log_softmax(rows @ params["w2"] + params["b2"], dim=1)
    loss = F.nll_loss(log_probs, labels)
    du = log_probs.exp().scatter_add(1, labels[:, None], -torch.ones_like(log_probs[:, :1])) / n
    back = (du @ params["w2"].T).reshape(n, f, h2, w2, 1)
    dcells = torch.zeros_like(cells).scatter(-1, place, back)
    da = torch.zeros_like(a)
    da[:, :, : 2 * h2, : 2 * w2] = (
        dcells.reshape(n, f, h2, w2, 2, 2).permute(0, 1, 2, 4, 3, 5).reshape(n, f, 2 * h2, 2 * w2)
    )
    dz = (da * (z > 0)).reshape(n, f, -1)
    grads = {"w1": torch.einsum("nfp,nkp->fk", dz, columns).reshape(params["w1"].shape)}
    grads |= {"b1": dz.sum(dim=(0, 2)), "w2": rows.T @ du, "b2": du.sum(dim=0)}
    return loss, grads
