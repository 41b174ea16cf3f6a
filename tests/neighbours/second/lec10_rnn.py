"""Second neighbours of lec10_rnn: written without a look at hints or known mistakes."""

import torch

from grader.vocabulary import mistake
from solutions.lec10_rnn.answers import rnn_step, rnn_step_backward, state_jacobian


@mistake("rnn_step", "the bias is added for both products")
def step_bias_twice(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + h @ whh + b + b)


@mistake("rnn_step", "sigmoid for tanh")
def step_sigmoid(x, h, wxh, whh, b):
    return torch.sigmoid(x @ wxh + h @ whh + b)


@mistake("rnn_step", "two slips: the bias stands outside tanh, and W_hh is transposed")
def step_bias_outside_transposed(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + h @ whh.T) + b


@mistake("rnn_step_backward", "the slope is taken at h_prev")
def sb_slope_of_previous(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_prev**2)
    return (dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0))


@mistake("rnn_step_backward", "1 - h without the square")
def sb_no_square(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next)
    return (dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0))


@mistake("rnn_step_backward", "dW_hh has the new state")
def sb_dwhh_of_next(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return (dz @ wxh.T, dz @ whh.T, x.T @ dz, h_next.T @ dz, dz.sum(dim=0))


@mistake("rnn_step_backward", "dh_prev multiplies by W_hh without transposing")
def sb_whh_not_transposed(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return (dz @ wxh.T, dz @ whh, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0))


@mistake("rnn_step_backward", "two slips: db is a mean, and dx and dh_prev are exchanged")
def sb_db_mean_order(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return (dz @ whh.T, dz @ wxh.T, x.T @ dz, h_prev.T @ dz, dz.mean(dim=0))


@mistake("rnn_forward", "h0 stands among the states")
def fw_with_h0(x, h0, wxh, whh, b):
    states, h = ([h0], h0)
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_forward", "it starts from zeros")
def fw_from_zeros(x, h0, wxh, whh, b):
    states, h = ([], torch.zeros_like(h0))
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_forward", "the state is not carried: each step starts from h0")
def fw_state_not_carried(x, h0, wxh, whh, b):
    states, h = ([], h0)
    for xt in x:
        h = rnn_step(xt, h0, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_forward", "two slips: the steps are read from the end, and it starts from zeros")
def fw_backwards_from_zeros(x, h0, wxh, whh, b):
    states, h = ([], h0)
    h = torch.zeros_like(h0)
    for xt in x.flip(0):
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_backward", "the gradient from the next step is not added")
def bw_nothing_carried(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t]
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], grads[1])
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake("rnn_backward", "dh of the inner steps is ignored: only the last one enters")
def bw_only_carried_first(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = (dh[t] if t == len(x) - 1 else 0) + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], grads[1])
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake("rnn_backward", "at t = 0 the state before is zeros, not h0")
def bw_h_prev_zero(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else torch.zeros_like(h0)
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], grads[1])
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake("rnn_backward", "two slips: db keeps one step only, and dW_xh is averaged over the steps")
def bw_db_last_dw_averaged(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], grads[1])
        dwxh += grads[2] / len(x)
        dwhh += grads[3]
        db = grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake("rnn_backward", "what is carried adds up over all later steps")
def bw_carried_summed(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], carried + grads[1])
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake("rnn_output", "a softmax is applied")
def out_softmax(h, why):
    return torch.softmax(h @ why, dim=-1)


@mistake("rnn_output", "only the last step")
def out_last_step(h, why):
    return h[-1] @ why


@mistake("state_jacobian", "transposed")
def jac_transposed(h_next, whh):
    return (1 - h_next**2)[None, :] * whh


@mistake("state_jacobian", "the slopes scale the columns")
def jac_on_columns(h_next, whh):
    return (1 - h_next**2)[None, :] * whh.T


@mistake("state_jacobian", "two slips: the slope is 1 - h, and W_hh is not transposed")
def jac_no_slope_no_t(h_next, whh):
    return (1 - h_next)[:, None] * whh


@mistake("gradient_norms", "the Frobenius norm")
def gn_frobenius(h, whh):
    norms, product = ([], None)
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord="fro"))
    return norms


@mistake("gradient_norms", "in the order of time")
def gn_reversed_list(h, whh):
    norms, product = ([], None)
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms[::-1]


@mistake(
    "gradient_norms", "two slips: the jacobians are not multiplied, and the Frobenius norm is taken"
)
def gn_single_jacobians(h, whh):
    norms, product = ([], None)
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian
        norms.append(torch.linalg.matrix_norm(product, ord="fro"))
    return norms


@mistake("clip_gradients", "each gradient is clipped by itself")
def clip_each(grads, max_norm):
    return [g * min(1.0, float(max_norm / g.norm())) for g in grads]


@mistake("clip_gradients", "scaled also where the norm is smaller")
def clip_always(grads, max_norm):
    norm = sum((g**2).sum() for g in grads).sqrt()
    if True:
        return [g * (max_norm / norm) for g in grads]
    return list(grads)


@mistake("clip_gradients", "two slips: the root is missing, and the values are clamped")
def clip_values_squared(grads, max_norm):
    norm = sum((g**2).sum() for g in grads)
    return [g.clamp(-max_norm, max_norm) for g in grads] if norm > max_norm else list(grads)


@mistake(
    "rnn_backward",
    "two slips: dh of the inner steps is ignored: only the last one enters; and at t = 0 the state before is zeros, not h0",
)
def bw_only_carried_first_and_h_prev_zero(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = (torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0]))
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else torch.zeros_like(h0)
        arriving = (dh[t] if t == len(x) - 1 else 0) + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = (grads[0], grads[1])
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return (dx, carried, dwxh, dwhh, db)


@mistake(
    "rnn_step_backward",
    "two slips: 1 - h without the square; and dh_prev multiplies by W_hh without transposing",
)
def sb_no_square_and_whh_not_transposed(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next)
    return (dz @ wxh.T, dz @ whh, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0))


@mistake("rnn_step", "two slips: the bias is added for both products; and sigmoid for tanh")
def step_bias_twice_and_sigmoid(x, h, wxh, whh, b):
    return torch.sigmoid(x @ wxh + h @ whh + b + b)


@mistake(
    "rnn_forward",
    "two slips: h0 stands among the states; and the state is not carried: each step starts from h0",
)
def fw_with_h0_and_state_not_carried(x, h0, wxh, whh, b):
    states, h = ([h0], h0)
    for xt in x:
        h = rnn_step(xt, h0, wxh, whh, b)
        states.append(h)
    return torch.stack(states)
