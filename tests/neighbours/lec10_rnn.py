"""Wrong answers of lecture 10, as students write them, to try the hints on."""

import torch

from grader.vocabulary import mistake
from solutions.lec10_rnn import answers
from solutions.lec10_rnn.answers import (
    rnn_step,
    rnn_step_backward,
    state_jacobian,
)


@mistake("rnn_step", "the bias is forgotten")
def step_without_bias(x, h, wxh, whh, b):
    return torch.tanh(torch.mm(x, wxh) + torch.mm(h, whh))


@mistake("rnn_step", "the tanh covers the input's part alone; the state's part is added outside")
def tanh_of_the_input_alone(x, h, wxh, whh, b):
    return torch.tanh(x @ wxh + b) + h @ whh


@mistake(
    "rnn_step", "whh is transposed: rows are observations, so it stands as it is, on the right"
)
def state_weights_transposed(x, h, wxh, whh, b):
    z = x.matmul(wxh) + h.matmul(whh.t()) + b
    return z.tanh()


@mistake("rnn_step", "the weights stand on the left, as on the slides: (D, H) @ (N, D) raises")
def columns_as_on_the_slides(x, h, wxh, whh, b):
    return torch.tanh(wxh @ x + whh @ h + b)


@mistake("rnn_step", "two slips: the activation is a sigmoid, and whh is transposed")
def sigmoid_and_transposed(x, h, wxh, whh, b):
    z = x @ wxh + h @ whh.T + b
    return 1 / (1 + torch.exp(-z))


@mistake("rnn_step", "two slips: the bias is forgotten, and the activation is relu instead of tanh")
def relu_step_without_bias(x, h, wxh, whh, b):
    both = torch.cat([x, h], dim=1)
    w = torch.cat([wxh, whh], dim=0)
    return torch.relu(both @ w)


@mistake("rnn_step_backward", "the slope is taken at the old state: 1 − h_prev² for 1 − h_next²")
def slope_of_the_old_state(dh, x, h_prev, h_next, wxh, whh):
    dz = (1 - h_prev * h_prev) * dh
    dx = dz @ wxh.T
    dh_prev = dz @ whh.T
    dwxh = x.T @ dz
    dwhh = h_prev.T @ dz
    db = dz.sum(0)
    return dx, dh_prev, dwxh, dwhh, db


@mistake("rnn_step_backward", "tanh is applied to h_next again: its slope is 1 − h_next² already")
def tanh_twice_in_the_slope(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - torch.tanh(h_next) ** 2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


@mistake("rnn_step_backward", "dh_prev multiplies by whh, not by its transpose")
def dh_prev_without_transpose(dh, x, h_prev, h_next, wxh, whh):
    dz = dh - dh * h_next.pow(2)
    dx = torch.matmul(dz, wxh.t())
    dh_prev = torch.matmul(dz, whh)
    return dx, dh_prev, torch.matmul(x.t(), dz), torch.matmul(h_prev.t(), dz), dz.sum(0)


@mistake(
    "rnn_step_backward",
    "two slips: dwhh is made from the new state, and db is a mean over the batch",
)
def new_state_in_dwhh_and_mean_db(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    return dz @ wxh.T, dz @ whh.T, x.T @ dz, h_next.T @ dz, dz.mean(dim=0)


@mistake(
    "rnn_step_backward", "two slips: the slope of tanh is left out, and db keeps the batch axis"
)
def linear_step_and_db_per_row(dh, x, h_prev, h_next, wxh, whh):
    dx = dh @ wxh.T
    dh_prev = dh @ whh.T
    return dx, dh_prev, x.T @ dh, h_prev.T @ dh, dh


@mistake("rnn_step_backward", "dwxh and dwhh are divided by the batch size: they are sums")
def averages_the_weights_over_the_batch(dh, x, h_prev, h_next, wxh, whh):
    n = x.shape[0]
    dz = dh * (1 - h_next**2)
    dwxh = torch.zeros_like(wxh)
    dwhh = torch.zeros_like(whh)
    for i in range(n):
        dwxh += torch.outer(x[i], dz[i]) / n
        dwhh += torch.outer(h_prev[i], dz[i]) / n
    return dz @ wxh.T, dz @ whh.T, dwxh, dwhh, dz.sum(0)


@mistake("rnn_step_backward", "wxh is not transposed in dx, so that (N, H) @ (D, H) raises")
def dx_without_transpose(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    dx = dz @ wxh
    dh_prev = dz @ whh.T
    return dx, dh_prev, x.T @ dz, h_prev.T @ dz, dz.sum(dim=0)


@mistake(
    "rnn_step_backward",
    "two slips: dwhh stands before dwxh, and db is a mean over the batch",
)
def weights_swapped_and_mean_bias(dh, x, h_prev, h_next, wxh, whh):
    dz = dh * (1 - h_next**2)
    dwhh = h_prev.T @ dz
    dwxh = x.T @ dz
    return dz @ wxh.T, dz @ whh.T, dwhh, dwxh, dz.mean(0)


@mistake("rnn_forward", "every step starts from h0: the new state is not carried on")
def every_step_from_h0(x, h0, wxh, whh, b):
    return torch.stack([rnn_step(xt, h0, wxh, whh, b) for xt in x])


@mistake("rnn_forward", "h0 stands first in the result, which has T + 1 states")
def keeps_h0_in_the_result(x, h0, wxh, whh, b):
    h = [h0]
    for t in range(x.shape[0]):
        h.append(rnn_step(x[t], h[-1], wxh, whh, b))
    return torch.stack(h, dim=0)


@mistake(
    "rnn_forward", "the result is float32 whatever comes in: its buffer is made without a dtype"
)
def states_in_a_float32_buffer(x, h0, wxh, whh, b):
    T, N, _ = x.shape
    H = whh.shape[0]
    out = torch.zeros(T, N, H)
    h = h0
    for t in range(T):
        h = rnn_step(x[t], h, wxh, whh, b)
        out[t] = h
    return out


@mistake("rnn_forward", "two slips: only the last state is kept, and the run starts from zeros")
def last_state_from_zeros(x, h0, wxh, whh, b):
    h = torch.zeros_like(h0)
    for step in x:
        h = rnn_step(step, h, wxh, whh, b)
    return h


@mistake("rnn_forward", "the states are stacked behind the batch: (N, T, H) instead of (T, N, H)")
def stacks_time_second(x, h0, wxh, whh, b):
    hs, h = [], h0
    for xt in torch.unbind(x, dim=0):
        h = rnn_step(xt, h, wxh, whh, b)
        hs.append(h)
    return torch.stack(hs, dim=1)


@mistake(
    "rnn_forward",
    "the time axis is taken for the second one, so that the sizes clash and it raises",
)
def runs_along_the_batch(x, h0, wxh, whh, b):
    states = []
    h = h0
    for t in range(x.shape[1]):
        h = rnn_step(x[:, t], h, wxh, whh, b)
        states.append(h)
    return torch.stack(states, dim=1)


@mistake("rnn_forward", "the states are computed but not returned: the result is None")
def forgets_to_return(x, h0, wxh, whh, b):
    states = []
    h = h0
    for xt in x:
        h = rnn_step(xt, h, wxh, whh, b)
        states.append(h)
    states = torch.stack(states)


@mistake(
    "rnn_forward", "the states are one step late: h0 is in the result, and the last one is not"
)
def states_one_step_late(x, h0, wxh, whh, b):
    states = []
    h = h0
    for xt in x:
        states.append(h)
        h = rnn_step(xt, h, wxh, whh, b)
    return torch.stack(states)


@mistake(
    "rnn_forward", "two slips: the sequence is read from the end, and the run starts from zeros"
)
def reads_backward_from_zeros(x, h0, wxh, whh, b):
    h = h0 * 0
    out = torch.empty(x.shape[0], *h0.shape, dtype=x.dtype, device=x.device)
    for t in range(len(x) - 1, -1, -1):
        h = rnn_step(x[t], h, wxh, whh, b)
        out[t] = h
    return out


@mistake("rnn_output", "a tanh is applied: the output is linear")
def squashes_the_output(h, why):
    return torch.tanh(h @ why)


@mistake("rnn_output", "only the last state sends an output")
def output_of_the_last_state(h, why):
    return h[-1].matmul(why)


@mistake("rnn_output", "two slips: a softmax is applied to the outputs, and it runs over the batch")
def softmax_over_the_batch(h, why):
    return torch.softmax(h @ why, dim=1)


@mistake("rnn_output", "torch.mm multiplies matrices only: with a time axis it raises")
def output_by_mm(h, why):
    return torch.mm(h, why)


@mistake("rnn_backward", "the gradient from the next step is not added: each step stands alone")
def backward_without_the_future(dh, x, h0, h, wxh, whh):
    dx = torch.zeros_like(x)
    dwxh = torch.zeros_like(wxh)
    dwhh = torch.zeros_like(whh)
    db = torch.zeros(whh.shape[0], dtype=x.dtype, device=x.device)
    for t in range(len(x) - 1, -1, -1):
        prev = h0 if t == 0 else h[t - 1]
        dx[t], dh0, a, c, d = rnn_step_backward(dh[t], x[t], prev, h[t], wxh, whh)
        dwxh += a
        dwhh += c
        db += d
    return dx, dh0, dwxh, dwhh, db


@mistake("rnn_backward", "at the first step h[t − 1] is h[−1], the last state, instead of h0")
def wraps_around_at_the_first_step(dh, x, h0, h, wxh, whh):
    T = x.shape[0]
    dx = torch.empty_like(x)
    dwxh, dwhh = torch.zeros_like(wxh), torch.zeros_like(whh)
    db = whh.new_zeros(whh.shape[0])
    carry = torch.zeros_like(h0)
    for t in reversed(range(T)):
        dz = (dh[t] + carry) * (1 - h[t] ** 2)
        dx[t] = dz @ wxh.T
        dwxh += x[t].T @ dz
        dwhh += h[t - 1].T @ dz
        db += dz.sum(0)
        carry = dz @ whh.T
    return dx, carry, dwxh, dwhh, db


@mistake(
    "rnn_backward", "the parameters' gradients are overwritten: those of the first step are left"
)
def keeps_one_step_of_the_parameters(dh, x, h0, h, wxh, whh):
    dxs = []
    dnext = 0
    for t in reversed(range(len(x))):
        prev = h[t - 1] if t else h0
        dxt, dnext, dwxh, dwhh, db = rnn_step_backward(dh[t] + dnext, x[t], prev, h[t], wxh, whh)
        dxs.insert(0, dxt)
    return torch.stack(dxs), dnext, dwxh, dwhh, db


@mistake("rnn_backward", "dh is changed: the next step's gradient is added to it in place")
def adds_to_dh_in_place(dh, x, h0, h, wxh, whh):
    T = x.shape[0]
    dx = torch.zeros_like(x)
    dwxh, dwhh, db = 0, 0, 0
    dh0 = None
    for t in range(T - 1, -1, -1):
        prev = h[t - 1] if t > 0 else h0
        dx[t], back, gx, gh, gb = rnn_step_backward(dh[t], x[t], prev, h[t], wxh, whh)
        if t > 0:
            dh[t - 1] += back
        else:
            dh0 = back
        dwxh, dwhh, db = dwxh + gx, dwhh + gh, db + gb
    return dx, dh0, dwxh, dwhh, db


@mistake(
    "rnn_backward",
    "two slips: dwhh is made from h[t] where h[t − 1] belongs, and dh0 is always zero",
)
def new_states_in_dwhh_and_no_dh0(dh, x, h0, h, wxh, whh):
    T = x.shape[0]
    dz = torch.zeros_like(h)
    carry = torch.zeros_like(h0)
    for t in reversed(range(T)):
        dz[t] = (dh[t] + carry) * (1 - h[t] ** 2)
        carry = dz[t] @ whh.T
    dx = dz @ wxh.T
    dwxh = torch.einsum("tnd,tnh->dh", x, dz)
    dwhh = torch.einsum("tnk,tnh->kh", h, dz)
    return dx, torch.zeros_like(h0), dwxh, dwhh, dz.sum(dim=(0, 1))


@mistake(
    "rnn_backward",
    "two slips: the loop runs forward in time, and the parameters' gradients are averaged over T",
)
def forward_loop_and_mean_over_time(dh, x, h0, h, wxh, whh):
    T = len(x)
    dx = torch.empty_like(x)
    dwxh, dwhh = torch.zeros_like(wxh), torch.zeros_like(whh)
    db = torch.zeros_like(whh[0])
    carry = torch.zeros_like(h0)
    for t in range(T):
        prev = h[t - 1] if t > 0 else h0
        dx[t], carry, a, c, d = rnn_step_backward(dh[t] + carry, x[t], prev, h[t], wxh, whh)
        dwxh, dwhh, db = dwxh + a / T, dwhh + c / T, db + d / T
    return dx, carry, dwxh, dwhh, db


@mistake(
    "rnn_backward", "what is carried back misses the slope: dh[t] + carry goes through whhᵀ alone"
)
def carries_without_the_slope(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh = torch.zeros_like(wxh), torch.zeros_like(whh)
    db = torch.zeros_like(whh[0])
    carry = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        total = dh[t] + carry
        prev = h[t - 1] if t > 0 else h0
        dx[t], _, a, c, d = rnn_step_backward(total, x[t], prev, h[t], wxh, whh)
        dwxh += a
        dwhh += c
        db += d
        carry = total @ whh.T
    return dx, carry, dwxh, dwhh, db


@mistake("rnn_backward", "x[t] is (N, D) and is not transposed in dwxh, so that the product raises")
def dwxh_without_transpose(dh, x, h0, h, wxh, whh):
    dx = torch.empty_like(x)
    dwxh, dwhh = torch.zeros_like(wxh), torch.zeros_like(whh)
    db = torch.zeros_like(whh[0])
    carry = torch.zeros_like(h0)
    for t in reversed(range(len(x))):
        prev = h[t - 1] if t > 0 else h0
        dz = (dh[t] + carry) * (1 - h[t] ** 2)
        dx[t] = dz @ wxh.T
        dwxh += x[t] @ dz
        dwhh += prev.T @ dz
        db += dz.sum(dim=0)
        carry = dz @ whh.T
    return dx, carry, dwxh, dwhh, db


@mistake("rnn_backward", "dx and dh0 are returned in each other's place")
def dh0_before_dx(dh, x, h0, h, wxh, whh):
    dx, dh0, dwxh, dwhh, db = answers.rnn_backward(dh, x, h0, h, wxh, whh)
    return dh0, dx, dwxh, dwhh, db


@mistake(
    "rnn_backward",
    "two slips: dx comes in reversed order of time, and the gradient carried back replaces dh[t]",
)
def reversed_dx_and_dh_replaced(dh, x, h0, h, wxh, whh):
    T = x.shape[0]
    grad = dh[-1]
    dxs = []
    dwxh, dwhh, db = torch.zeros_like(wxh), torch.zeros_like(whh), torch.zeros_like(whh[0])
    for t in range(T - 1, -1, -1):
        prev = h0 if t == 0 else h[t - 1]
        dxt, grad, a, c, d = rnn_step_backward(grad, x[t], prev, h[t], wxh, whh)
        dxs.append(dxt)
        dwxh += a
        dwhh += c
        db += d
    return torch.stack(dxs), grad, dwxh, dwhh, db


@mistake(
    "state_jacobian", "whh is not transposed: diag(1 − h²) whh is the slides' formula for columns"
)
def jacobian_of_the_slides(h_next, whh):
    return torch.diag(1 - h_next**2) @ whh


@mistake("state_jacobian", "the slopes scale the columns: each belongs to a row of the Jacobian")
def slopes_on_the_columns(h_next, whh):
    return whh.T * (1 - h_next**2)


@mistake("state_jacobian", "two slips: the slope is 1 − h, not 1 − h², and whh is not transposed")
def unsquared_and_not_transposed(h_next, whh):
    n = len(h_next)
    jac = torch.zeros_like(whh)
    for i in range(n):
        for j in range(n):
            jac[i, j] = (1 - h_next[i]) * whh[i, j]
    return jac


@mistake("state_jacobian", "the slope's tanh is taken of h_next, which is a tanh already")
def jacobian_with_tanh_twice(h_next, whh):
    slope = 1 - torch.tanh(h_next).square()
    return torch.einsum("i,ji->ij", slope, whh)


@mistake("state_jacobian", "two slips: tanh is taken twice in the slope, and whh is not transposed")
def tanh_twice_and_not_transposed(h_next, whh):
    slope = 1 - h_next.tanh() ** 2
    return slope.unsqueeze(1) * whh


@mistake("state_jacobian", "the slope is left out: only the transposed weights are returned")
def jacobian_of_a_linear_step(h_next, whh):
    return whh.transpose(0, 1)


@mistake("gradient_norms", "Frobenius norms are returned, not the largest singular values")
def frobenius_norms(h, whh):
    J = torch.eye(h.shape[1], dtype=h.dtype, device=h.device)
    out = []
    for t in range(len(h) - 1, 0, -1):
        J = J @ state_jacobian(h[t], whh)
        out.append(torch.norm(J).item())
    return out


@mistake(
    "gradient_norms", "the Jacobians multiply in the wrong order: the later one belongs on the left"
)
def product_in_the_wrong_order(h, whh):
    norms = []
    product = torch.eye(len(whh), dtype=whh.dtype, device=whh.device)
    for k in range(1, len(h)):
        product = state_jacobian(h[-k], whh) @ product
        norms.append(torch.linalg.norm(product, 2).item())
    return norms


@mistake("gradient_norms", "the norms of the single Jacobians are multiplied: that is only a bound")
def product_of_the_norms(h, whh):
    norms, total = [], 1.0
    for t in range(len(h) - 1, 0, -1):
        total *= torch.linalg.matrix_norm(state_jacobian(h[t], whh), ord=2).item()
        norms.append(total)
    return norms


@mistake("gradient_norms", "h₁'s own Jacobian is multiplied too: the list has T entries, not T − 1")
def one_norm_too_many(h, whh):
    norms, product = [], None
    for ht in h.flip(0):
        jac = state_jacobian(ht, whh)
        product = jac if product is None else product @ jac
        norms.append(torch.linalg.svdvals(product)[0])
    return norms


@mistake(
    "gradient_norms",
    "two slips: the products start at h₁ and go forward, and the norm is Frobenius's",
)
def from_the_first_state_and_frobenius(h, whh):
    result = []
    J = torch.eye(h.shape[1], dtype=h.dtype, device=h.device)
    for t in range(h.shape[0] - 1):
        J = state_jacobian(h[t], whh) @ J
        result.append(float((J**2).sum().sqrt()))
    return result


@mistake("gradient_norms", "for T = 1 it raises: an empty list cannot be stacked")
def cannot_stack_nothing(h, whh):
    products, J = [], torch.eye(h.shape[1], dtype=h.dtype, device=h.device)
    for t in reversed(range(1, len(h))):
        J = J @ state_jacobian(h[t], whh)
        products.append(J)
    return list(torch.linalg.matrix_norm(torch.stack(products), ord=2))


@mistake(
    "gradient_norms",
    "two slips: the largest eigenvalue is no spectral norm, and h₁ adds one entry too many",
)
def eigenvalues_and_one_too_many(h, whh):
    out = []
    product = torch.eye(whh.shape[0], dtype=whh.dtype, device=whh.device)
    for t in range(len(h) - 1, -1, -1):
        product = product @ state_jacobian(h[t], whh)
        out.append(torch.linalg.eigvals(product).abs().max().item())
    return out


@mistake("gradient_norms", "powers of whh are used: the slopes of tanh are left out")
def powers_of_the_weights(h, whh):
    T = len(h)
    return [
        torch.linalg.matrix_norm(torch.linalg.matrix_power(whh, k), ord=2).item()
        for k in range(1, T)
    ]


@mistake("clip_gradients", "each gradient is clipped by its own norm, not all by the global one")
def clips_each_alone(grads, max_norm):
    out = []
    for g in grads:
        norm = g.norm()
        out.append(g * (max_norm / norm) if norm > max_norm else g)
    return out


@mistake("clip_gradients", "the norms are added, not their squares: the global norm is too large")
def sum_of_the_norms(grads, max_norm):
    total = sum(torch.linalg.norm(g) for g in grads)
    if total <= max_norm:
        return grads
    return [g * max_norm / total for g in grads]


@mistake(
    "clip_gradients", "the gradients are always scaled, also when their norm is below the limit"
)
def always_scales(grads, max_norm):
    flat = torch.cat([g.reshape(-1) for g in grads])
    scale = max_norm / flat.norm()
    return [scale * g for g in grads]


@mistake(
    "clip_gradients", "two slips: 1e-6 is added to the norm, and the gradients are changed in place"
)
def pytorch_clipping_in_place(grads, max_norm):
    norm = torch.sqrt(sum(g.pow(2).sum() for g in grads))
    coef = max_norm / (norm + 1e-6)
    if coef < 1:
        for g in grads:
            g.mul_(coef)
    return grads


@mistake(
    "clip_gradients", "two slips: the root of the norm is missing, and each gradient is taken alone"
)
def squared_norm_each_alone(grads, max_norm):
    clipped = []
    for g in grads:
        size = (g * g).sum()
        factor = min(1.0, max_norm / float(size))
        clipped.append(g * factor)
    return clipped


@mistake("clip_gradients", "every entry is cut off at ±max_norm: the direction changes")
def clamps_the_entries(grads, max_norm):
    return [torch.clamp(g, -max_norm, max_norm) for g in grads]


@mistake("clip_gradients", "gradients of different shapes cannot be stacked: it raises")
def stacks_different_shapes(grads, max_norm):
    norm = torch.stack(grads).norm()
    if norm > max_norm:
        return [g * max_norm / norm for g in grads]
    return [g.clone() for g in grads]


@mistake("clip_gradients", "a list has no norm: AttributeError")
def norm_of_a_list(grads, max_norm):
    norm = grads.norm()
    if norm > max_norm:
        grads = [g * max_norm / norm for g in grads]
    return grads


@mistake(
    "clip_gradients",
    "two slips: the largest single norm is taken for the global one, and all are always scaled",
)
def always_scales_by_the_largest(grads, max_norm):
    largest = max(g.norm() for g in grads)
    return [g / largest * max_norm for g in grads]
