"""Third neighbours of lec10_rnn: written before they were measured once, at the end."""

import torch

from grader.vocabulary import mistake
from solutions.lec10_rnn.answers import rnn_step, rnn_step_backward, state_jacobian


@mistake("rnn_step", "ReLU for tanh")
def tri_step_relu(x, h, wxh, whh, b):
    return torch.relu(x @ wxh + h @ whh + b)


@mistake("rnn_step_backward", "dW_xh is not transposed: x and dz are exchanged")
def tri_sb_dx_of_whh(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return (dz @ wxh.T, dz @ whh.T, (dz.T @ x).T * 2, h_prev.T @ dz, dz.sum(dim=0))


@mistake("rnn_forward", "the state is halved on its way to the next step")
def tri_fw_half_memory(x, h0, wxh, whh, b):
    states, h = ([], h0)
    for xt in x:
        h = rnn_step(xt, h / 2, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_backward", "dh is read in the wrong order of time")
def tri_bw_time_reversed_dh(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[len(x) - 1 - t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], grads[1])
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake("state_jacobian", "1 + h² for 1 - h²")
def tri_jac_plus(h_next, whh):
    return (1 + h_next**2)[:, None] * whh.T


@mistake(
    "gradient_norms",
    "two slips: the product is multiplied from the wrong side, and the first state is counted too",
)
def tri_gn_order_of_product(h, whh):
    norms, product = ([], None)
    for ht in reversed(h):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else jacobian @ product
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


@mistake("clip_gradients", "two slips: the norms are added, and the limit is halved")
def tri_clip_sum_of_norms_half(grads, max_norm):
    norm = sum(g.norm() for g in grads)
    if norm > max_norm:
        return [g * (max_norm / norm / 2) for g in grads]
    return list(grads)
