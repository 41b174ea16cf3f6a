"""Model answers of lecture 10: a recurrent network, forward and back through time."""

import torch


def rnn_step(x, h, wxh, whh, b):
    # hint: Look at the sum inside: three terms, their factors, and what is applied to all of it.
    return torch.tanh(x @ wxh + h @ whh + b)


def rnn_step_backward(dh, x, h_prev, h_next, wxh, whh):
    # hint: Look at the way back through tanh: its slope, and at which state it is taken.
    dz = dh * (1 - h_next**2)
    return (
        dz @ wxh.T,  # hint: Look at dx: which weights did x meet, and which product has its shape?
        dz @ whh.T,  # hint: Look at dh_prev: which weights did it meet, and on which side?
        x.T @ dz,  # hint: Look at dwxh: what was wxh multiplied by on the way forward?
        h_prev.T @ dz,  # hint: Look at dwhh: what was whh multiplied by on the way forward?
        dz.sum(
            dim=0
        ),  # hint: Look at db: each b serves the whole batch. How do its gradients meet?
    )


def rnn_forward(x, h0, wxh, whh, b):
    # hint: Look at the state before the first step.
    states, h = [], h0
    # hint: Look at the loop over time: in which order are the inputs read?
    for xt in x:
        # hint: Look at one step of the loop: which input and which state go into it?
        h = rnn_step(xt, h, wxh, whh, b)
        # hint: Look at which states are collected, and when.
        states.append(h)
    # hint: Look at how the states are put together: which states, along which axis?
    return torch.stack(states)


def rnn_backward(dh, x, h0, h, wxh, whh):
    # hint: Look at where the gradients begin: their shapes, and their numbers before the first
    # step.
    dx = torch.empty_like(x)
    # hint: Look at where the gradients begin: their shapes, and their numbers before the first
    # step.
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    # hint: Look at the last step: what arrives there from the step after it?
    carried = torch.zeros_like(h0)
    # hint: Look at the loop over time: where does it begin, and in which direction does it go?
    for t in reversed(range(len(x))):
        # hint: Look at the old state of each step: which one is it, and which at the first step?
        h_prev = h[t - 1] if t > 0 else h0
        # hint: Look at the gradient that arrives at h of step t: from its output, and from where
        # else?
        arriving = dh[t] + carried
        # hint: Look at what one step back is given: the input and the states of which steps?
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        # hint: Look at where a step's gradients go: which to its input, which to the step before?
        dx[t], carried = grads[0], grads[1]
        # hint: Look at dwxh: all steps share the weights. How do the steps' gradients come
        # together?
        dwxh += grads[2]
        # hint: Look at dwhh: all steps share the weights. How do the steps' gradients come
        # together?
        dwhh += grads[3]
        # hint: Look at db: all steps share the biases. How do the steps' gradients come together?
        db += grads[4]
    # hint: Look at what is returned: which gradients, with which sign, in which order?
    return dx, carried, dwxh, dwhh, db


def rnn_output(h, why):
    # hint: Look at the output: compare your line with the formula y = h why.
    return h @ why


def state_jacobian(h_next, whh):
    # hint: Take entry [i, j]: which slope does it have, at i or at j, and which entry of whh?
    return (1 - h_next**2)[:, None] * whh.T


def gradient_norms(h, whh):
    norms, product = [], None
    # hint: Look at which states have a Jacobian in the product, and in which order they come.
    for ht in reversed(h[1:]):
        # hint: Look at the Jacobian of one step: at which state is it taken?
        jacobian = state_jacobian(ht, whh)
        # hint: Look at the product: what is it after one step, and on which side does the next
        # one go?
        product = jacobian if product is None else product @ jacobian
        # hint: Look at the norm: which one is asked for, and of which matrix?
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


def clip_gradients(grads, max_norm):
    # hint: Look at the norm: which entries go into it, and what is done with them?
    norm = sum((g**2).sum() for g in grads).sqrt()
    # hint: Look at when gradients are clipped, and when not.
    if norm > max_norm:
        # hint: Look at the factor of the clipped gradients: what is above, and what below the bar?
        return [g * (max_norm / norm) for g in grads]
    # hint: Look at what is returned where the limit is kept.
    return list(grads)
