"""Model answers of lecture 10: a recurrent network, forward and back through time."""

import torch


def rnn_step(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + h @ whh + b)


def rnn_step_backward(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


def rnn_forward(x, h0, wxh, whh, b):
    states, h = [], h0
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


def rnn_backward(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)  # from the next step
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        grads = rnn_step_backward(dh[t] + carried, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


def rnn_output(h, why):
    return h @ why


def state_jacobian(h_next, whh):
    return (1 - h_next**2)[:, None] * whh.T


def gradient_norms(h, whh):
    norms, product = [], None
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


def clip_gradients(grads, max_norm):
    norm = sum((g**2).sum() for g in grads).sqrt()
    if norm > max_norm:
        return [g * (max_norm / norm) for g in grads]
    return list(grads)
