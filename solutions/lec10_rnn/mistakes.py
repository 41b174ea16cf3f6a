"""Wrong answers of lecture 10 that we know, each with the hint it earns."""

import torch

from grader.vocabulary import mistake
from solutions.lec10_rnn import answers
from solutions.lec10_rnn.answers import rnn_step, rnn_step_backward, state_jacobian


@mistake("rnn_step", "The bias b is missing from the pre-activation.")
def step_without_bias(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + h @ whh)


@mistake("rnn_step", "The sum still has to pass through tanh.")
def step_without_tanh(x, h, wxh, whh, b):
    return x @ wxh + h @ whh + b


@mistake("rnn_step", "States are rows: h multiplies whh from the left, without a transpose.")
def step_whh_transposed(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + h @ whh.T + b)


@mistake("rnn_step", "The old state is missing: without it nothing is remembered.")
def step_forgets_state(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + b)


@mistake("rnn_step", "The activation of this network is tanh, not the sigmoid.")
def step_sigmoid(x, h, wxh, whh, b):
    return torch.sigmoid(x @ wxh + h @ whh + b)


@mistake("rnn_step", "The activation of this network is tanh, not ReLU.")
def step_relu(x, h, wxh, whh, b):
    return torch.relu(x @ wxh + h @ whh + b)


@mistake("rnn_step", "tanh is applied to the whole sum, the state's part included.")
def step_tanh_of_input_alone(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + b) + h @ whh


@mistake("rnn_step_backward", "dh has to pass through tanh before it reaches the products.")
def step_backward_no_slope(dh, x, h_prev, h_next, wxh, whh):
    return dh @ wxh.T, dh @ whh.T, x.T @ dh, h_prev.T @ dh, dh.sum(dim=0)


@mistake(
    "rnn_step_backward",
    "h_next is already tanh(z): write the slope with it, without a second tanh.",
)
def step_backward_tanh_twice(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - torch.tanh(h_next) ** 2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


@mistake(
    "rnn_step_backward", "h (1 − h) is the slope of the sigmoid: that of tanh is 1 where h is 0."
)
def step_backward_sigmoid_slope(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * h_next * (1 - h_next)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


@mistake("rnn_step_backward", "The slope of tanh is taken at the new state, not at the old one.")
def step_backward_slope_at_old_state(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_prev**2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


@mistake("rnn_step_backward", "whh was multiplied by the old state: which one belongs in dwhh?")
def step_backward_dwhh_from_new_state(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_next.T @ dz, dz.sum(dim=0)


@mistake("rnn_step_backward", "On its way back to h_prev the gradient meets the transpose of whh.")
def step_backward_whh_not_transposed(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return dz @ wxh.T, dz @ whh, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


@mistake("rnn_step_backward", "db has the shape of b: it sums over the batch.")
def step_backward_bias_not_summed(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz


@mistake("rnn_step_backward", "db is a sum over the batch, not its mean.")
def step_backward_bias_averaged(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.mean(dim=0)


@mistake("rnn_step_backward", "dwxh and dwhh are sums over the batch, not means.")
def step_backward_weights_averaged(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    n = len(x)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz / n, h_prev.T @ dz / n, dz.sum(dim=0)


@mistake("rnn_forward", "Each step should start from the state that the last step has made.")
def forward_state_not_carried(x, h0, wxh, whh, b):
    states, h = [], h0
    for xt in x:
        h = rnn_step(xt, h0, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_forward", "The first step starts from h0, which need not be zero.")
def forward_ignores_h0(x, h0, wxh, whh, b):
    states, h = [], torch.zeros_like(h0)
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_forward", "All T states are asked for, not the last one alone.")
def forward_last_state_only(x, h0, wxh, whh, b):
    states, h = [], h0
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return states[-1]


@mistake("rnn_forward", "The result begins with h₁: h0 is no part of it.")
def forward_includes_h0(x, h0, wxh, whh, b):
    states, h = [h0], h0
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states)


@mistake("rnn_forward", "The sequence is read from its beginning: look at the direction of time.")
def forward_time_reversed(x, h0, wxh, whh, b):
    states, h = [], h0
    for xt in x.flip(0):
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states).flip(0)


@mistake("rnn_forward", "Time is the first axis of the result, the batch the second.")
def forward_batch_first(x, h0, wxh, whh, b):
    states, h = [], h0
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    return torch.stack(states, dim=1)


@mistake("rnn_forward", "The states are one step late: make the new state first, then keep it.")
def forward_one_step_late(x, h0, wxh, whh, b):
    states, h = [], h0
    for xt in x:
        states.append(h)
        h = rnn_step(xt, h, wxh, whh, b)
    return torch.stack(states)


@mistake("rnn_backward", "A state also acts through the next step: that gradient must be added.")
def backward_one_step_only(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t]
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "All steps share the weights: their gradients add up, += instead of =.")
def backward_weights_overwritten(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh = grads[2]
        dwhh = grads[3]
        db = grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "dh brings a gradient to every step, not only to the last.")
def backward_last_upstream_only(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = dh[-1]
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "At step t the old state is h of step t − 1, and h0 at the first step.")
def backward_state_off_by_one(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t]
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "The state before the first step is h0, not zero.")
def backward_h0_taken_as_zero(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else torch.zeros_like(h0)
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "The gradient that comes from the next step has to be added to dh, once.")
def backward_carried_for_upstream(dh, x, h0, h, wxh, whh):
    last = torch.zeros_like(dh)
    last[-1] = dh[-1]
    dx, dh0, *_ = answers.rnn_backward(last, x, h0, h, wxh, whh)
    return dx, dh0, *answers.rnn_backward(dh, x, h0, h, wxh, whh)[2:]


@mistake("rnn_backward", "Go from the last step to the first: the gradient travels back in time.")
def backward_in_forward_order(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in range(len(x)):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "The mean, if there is one, belongs to the loss and is in dh already.")
def backward_averaged_over_time(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2] / len(x)
        dwhh += grads[3] / len(x)
        db += grads[4] / len(x)
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "dh0 is the gradient that is still carried after the first step.")
def backward_dh0_zero(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, torch.zeros_like(h0), dwxh, dwhh, db


@mistake("rnn_backward", "What is carried back to the step before passes through tanh as well.")
def backward_carried_without_slope(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], arriving @ whh.T
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx, carried, dwxh, dwhh, db


@mistake("rnn_backward", "dx is in the order of time, as x is: its first entry belongs to x₁.")
def backward_dx_reversed(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    carried = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        arriving = dh[t] + carried
        grads = rnn_step_backward(arriving, x[t], h_prev, h[t], wxh, whh)
        dx[t], carried = grads[0], grads[1]
        dwxh += grads[2]
        dwhh += grads[3]
        db += grads[4]
    return dx.flip(0), carried, dwxh, dwhh, db


@mistake("rnn_output", "The output layer is linear: no activation after why.")
def output_through_tanh(h, why):
    return torch.tanh(h @ why)


@mistake("rnn_output", "Every state has its output, not only the last one.")
def output_of_last_state(h, why):
    return h[-1] @ why


@mistake("rnn_output", "Logits are not asked to be probabilities: the output is h why.")
def output_through_softmax(h, why):
    return torch.softmax(h @ why, dim=-1)


@mistake("state_jacobian", "Entry [i, j] differentiates hₜ[i] by hₜ₋₁[j]: this is the transpose.")
def jacobian_transposed(h_next, whh):
    return whh * (1 - h_next**2)


@mistake("state_jacobian", "The slope of tanh is missing.")
def jacobian_without_slope(h_next, whh):
    return whh.T.clone()


@mistake("state_jacobian", "The slope belongs to the new state hₜ[i]: it scales rows, not columns.")
def jacobian_slope_on_columns(h_next, whh):
    return (1 - h_next**2) * whh.T


@mistake("state_jacobian", "States are rows, so hₜ₋₁[j] meets whh[j, i].")
def jacobian_whh_not_transposed(h_next, whh):
    return (1 - h_next**2)[:, None] * whh


@mistake(
    "state_jacobian", "h_next is already tanh(z): write the slope with it, without a second tanh."
)
def jacobian_tanh_twice(h_next, whh):
    return (1 - torch.tanh(h_next) ** 2)[:, None] * whh.T


@mistake(
    "gradient_norms", "The spectral norm is the largest singular value; this is the Frobenius norm."
)
def norms_frobenius(h, whh):
    norms, product = [], None
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product))
    return norms


@mistake("gradient_norms", "The spectral norm is a singular value, not an eigenvalue.")
def norms_spectral_radius(h, whh):
    norms, product = [], None
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.eigvals(product).abs().max())
    return norms


@mistake("gradient_norms", "The norm of a product is not the product of the norms.")
def norms_multiplied(h, whh):
    product, norms = 1.0, []
    for ht in reversed(h[1:]):
        product = product * torch.linalg.matrix_norm(answers.state_jacobian(ht, whh), ord=2)
        norms.append(product)
    return norms


@mistake("gradient_norms", "Begin with the last step: k = 1 is ∂h_T/∂h_{T−1}.")
def norms_from_first_state(h, whh):
    norms, product = [], None
    for ht in h[1:]:
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


@mistake("gradient_norms", "The list begins with the shortest way back, k = 1.")
def norms_longest_first(h, whh):
    norms, product = [], None
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms[::-1]


@mistake("gradient_norms", "∂h_T/∂h_{T−k} has k factors, and k ends at T − 1: h₁ makes none.")
def norms_one_too_many(h, whh):
    norms, product = [], None
    for ht in reversed(h):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


@mistake("gradient_norms", "Matrices do not commute: older Jacobians stand to the right.")
def norms_product_reversed(h, whh):
    norms, product = [], None
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(ht, whh)
        product = jacobian if product is None else jacobian @ product
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


@mistake("gradient_norms", "The slopes of tanh are missing: this is the power of whh alone.")
def norms_of_powers(h, whh):
    norms, product = [], None
    for ht in reversed(h[1:]):
        jacobian = state_jacobian(0 * ht, whh)
        product = jacobian if product is None else product @ jacobian
        norms.append(torch.linalg.matrix_norm(product, ord=2))
    return norms


@mistake("clip_gradients", "One norm is taken over all gradients together, so that they keep pace.")
def clip_each_by_itself(grads, max_norm):
    return [g * (max_norm / g.norm()) if g.norm() > max_norm else g.clone() for g in grads]


@mistake("clip_gradients", "Clipping shrinks the whole gradient; cutting entries turns it.")
def clip_entries(grads, max_norm):
    return [g.clamp(-max_norm, max_norm) for g in grads]


@mistake("clip_gradients", "The factor is max_norm/norm exactly: no small number is added.")
def clip_with_epsilon(grads, max_norm):
    norm = sum((g**2).sum() for g in grads).sqrt()
    return [g * (max_norm / (norm + 1e-6)).clamp(max=1.0) for g in grads]


@mistake("clip_gradients", "Gradients below the limit stay as they are; they are not stretched.")
def clip_always(grads, max_norm):
    norm = sum((g**2).sum() for g in grads).sqrt()
    return [g * max_norm / norm for g in grads]


@mistake("clip_gradients", "The global norm is the root of a sum of squares, not a sum of norms.")
def clip_by_sum_of_norms(grads, max_norm):
    norm = sum(g.norm() for g in grads)
    return [g * (max_norm / norm) if norm > max_norm else g.clone() for g in grads]


@mistake("clip_gradients", "The root is missing: compare the norm with the limit, not its square.")
def clip_by_squared_norm(grads, max_norm):
    norm = sum((g**2).sum() for g in grads)
    return [g * (max_norm / norm) if norm > max_norm else g.clone() for g in grads]


@mistake("clip_gradients", "The gradients are changed in place; build new tensors.")
def clip_in_place(grads, max_norm):
    norm = sum((g**2).sum() for g in grads).sqrt()
    if norm > max_norm:
        for g in grads:
            g *= max_norm / norm
    return grads
