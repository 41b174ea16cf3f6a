"""Wrong answers of lecture 12, as students write them, to try the hints on."""

import math

import numpy as np
import torch
import torch.nn.functional as F

from grader.vocabulary import mistake
from solutions.lec12_lstm import answers
from solutions.lec12_lstm.answers import lstm_step, rnn_states


@mistake("lstm_step", "the blocks are read in PyTorch's order i, f, g, o: o and g change places")
def gates_in_pytorch_order(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, g, o = z.chunk(4, dim=1)
    c_next = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h_next = torch.sigmoid(o) * torch.tanh(c_next)
    return h_next, c_next


@mistake("lstm_step", "the input stands before the state: [x, h] instead of [h, x]")
def input_before_state(x, h, c, w, b):
    H = h.shape[1]
    z = torch.cat((x, h), dim=1) @ w + b
    i = torch.sigmoid(z[:, :H])
    f = torch.sigmoid(z[:, H : 2 * H])
    o = torch.sigmoid(z[:, 2 * H : 3 * H])
    g = torch.tanh(z[:, 3 * H :])
    c = f * c + i * g
    return o * torch.tanh(c), c


@mistake("lstm_step", "the new cell is not squashed: h = o · c for o · tanh(c)")
def cell_without_tanh(x, h, c, w, b):
    i, f, o, g = torch.split(torch.hstack([h, x]) @ w + b, h.shape[1], dim=1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c, c


@mistake("lstm_step", "the cell and the state are returned in each other's place")
def cell_before_state(x, h, c, w, b):
    i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=1)
    c_new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    h_new = torch.sigmoid(o) * torch.tanh(c_new)
    return c_new, h_new


@mistake("lstm_step", "the state is made from the old cell, not the new one")
def state_of_the_old_cell(x, h, c, w, b):
    i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=1)
    new_h = torch.sigmoid(o) * torch.tanh(c)
    new_c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return new_h, new_c


@mistake("lstm_step", "two slips: g goes through a sigmoid, and the bias is forgotten")
def sigmoid_everywhere_no_bias(x, h, c, w, b):
    gates = torch.sigmoid(torch.cat([h, x], dim=1) @ w)
    i, f, o, g = gates.chunk(4, dim=1)
    c = f * c + i * g
    return o * torch.tanh(c), c


@mistake("lstm_step", "two slips: i and f change places, and the cell is not squashed in h")
def input_gate_forgets_and_no_tanh(x, h, c, w, b):
    i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=1)
    i, f, o = map(torch.sigmoid, (i, f, o))
    c = i * c + f * torch.tanh(g)
    return o * c, c


@mistake(
    "lstm_step", "the blocks are cut along axis 0, the batch, so that the sizes clash and it raises"
)
def cuts_the_batch(x, h, c, w, b):
    i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=0)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "math.tanh takes one number, not a tensor: it raises")
def tanh_of_the_math_module(x, h, c, w, b):
    i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * math.tanh(c), c


@mistake(
    "lstm_step", "two slips: the gates come as i, f, g, o, and the input stands before the state"
)
def all_conventions_of_pytorch(x, h, c, w, b):
    i, f, g, o = (torch.cat([x, h], dim=-1) @ w + b).chunk(4, dim=-1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step_backward", "the cell's gradient lacks what comes through h: o (1 − tanh²) dh")
def cell_gradient_without_dh(dh, dc, x, h_prev, c_prev, w, b):
    H = h_prev.shape[1]
    hx = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (hx @ w + b).chunk(4, dim=1)
    i, f, o, g = zi.sigmoid(), zf.sigmoid(), zo.sigmoid(), zg.tanh()
    c = f * c_prev + i * g
    do = dh * torch.tanh(c)
    dz = torch.cat(
        [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), do * o * (1 - o), dc * i * (1 - g * g)],
        dim=1,
    )
    dhx = dz @ w.T
    return dhx[:, H:], dhx[:, :H], dc * f, hx.T @ dz, dz.sum(0)


@mistake("lstm_step_backward", "the gradient dc from the next step is ignored")
def ignores_dc(dh, dc, x, h_prev, c_prev, w, b):
    H = h_prev.shape[1]
    hx = torch.cat([h_prev, x], 1)
    z = hx @ w + b
    i, f, o = torch.sigmoid(z[:, : 3 * H]).chunk(3, 1)
    g = torch.tanh(z[:, 3 * H :])
    tc = torch.tanh(f * c_prev + i * g)
    dcell = dh * o * (1 - tc**2)
    dz = torch.empty_like(z)
    dz[:, :H] = dcell * g * i * (1 - i)
    dz[:, H : 2 * H] = dcell * c_prev * f * (1 - f)
    dz[:, 2 * H : 3 * H] = dh * tc * o * (1 - o)
    dz[:, 3 * H :] = dcell * i * (1 - g**2)
    dhx = dz @ w.T
    return dhx[:, H:], dhx[:, :H], dcell * f, hx.T @ dz, dz.sum(dim=0)


@mistake("lstm_step_backward", "dc_prev hands on dc as it came in, without the part through h")
def hands_on_the_old_dc(dh, dc, x, h_prev, c_prev, w, b):
    dx, dh_prev, _, dw, db = answers.lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b)
    H = h_prev.shape[1]
    f = torch.sigmoid((torch.cat([h_prev, x], dim=1) @ w + b)[:, H : 2 * H])
    return dx, dh_prev, dc * f, dw, db


@mistake("lstm_step_backward", "dx and dh_prev are cut from [h, x] in the wrong order")
def first_columns_for_x(dh, dc, x, h_prev, c_prev, w, b):
    D = x.shape[1]
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di, df, do, dg = dc * g, dc * c_prev, dh * tanh_c, dc * i
    dz = torch.cat([di * i * (1 - i), df * f * (1 - f), do * o * (1 - o), dg * (1 - g**2)], 1)
    dboth = dz @ w.T
    return dboth[:, :D], dboth[:, D:], dc * f, both.T @ dz, dz.sum(0)


@mistake(
    "lstm_step_backward",
    "two slips: g gets the slope g (1 − g) of a sigmoid, and db is a mean over the batch",
)
def sigmoid_slope_of_g_and_mean_db(dh, dc, x, h_prev, c_prev, w, b):
    H = h_prev.shape[1]
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    parts = [(dc * g, i), (dc * c_prev, f), (dh * tanh_c, o), (dc * i, g)]
    dz = torch.cat([d * s * (1 - s) for d, s in parts], dim=1)
    dboth = dz @ w.T
    return dboth[:, H:], dboth[:, :H], dc * f, both.T @ dz, dz.mean(dim=0)


@mistake(
    "lstm_step_backward",
    "two slips: the slopes of the gates are left out, and dc_prev misses the factor f",
)
def gates_without_slopes(dh, dc, x, h_prev, c_prev, w, b):
    H = h_prev.shape[1]
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    dz = torch.cat([dc * g, dc * c_prev, dh * tanh_c, dc * i], dim=1)
    dboth = dz @ w.T
    return dboth[:, H:], dboth[:, :H], dc, both.T @ dz, dz.sum(dim=0)


@mistake("lstm_step_backward", "w is not transposed on the way back, so that the product raises")
def back_through_w_itself(dh, dc, x, h_prev, c_prev, w, b):
    H = h_prev.shape[1]
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tc = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tc * tc)
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * tc * o * (1 - o)
    dg = dc * i * (1 - g * g)
    dz = torch.cat([di, df, do, dg], dim=1)
    dboth = dz @ w
    return dboth[:, H:], dboth[:, :H], dc * f, both.T @ dz, dz.sum(dim=0)


@mistake("lstm_forward", "the cell is not carried on: every step starts from c0")
def every_cell_from_c0(x, h0, c0, w, b):
    h, out = h0, []
    for xt in x:
        h, _ = lstm_step(xt, h, c0, w, b)
        out.append(h)
    return torch.stack(out)


@mistake("lstm_forward", "the cells are collected, not the states")
def collects_the_cells(x, h0, c0, w, b):
    T = x.shape[0]
    h, c = h0, c0
    out = h0.new_empty((T, *h0.shape))
    for t in range(T):
        h, c = lstm_step(x[t], h, c, w, b)
        out[t] = c
    return out


@mistake("lstm_forward", "the last cells are returned too: a pair instead of the states alone")
def returns_states_and_cells(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states), (h, c)


@mistake("lstm_forward", "two slips: h0 and c0 change places, and only the last state is returned")
def swapped_start_last_state(x, h0, c0, w, b):
    h, c = c0, h0
    for t in range(len(x)):
        h, c = lstm_step(x[t], h, c, w, b)
    return h


@mistake(
    "lstm_forward", "two slips: the run starts from zeros, and the states are stacked as (N, T, H)"
)
def zero_start_batch_first(x, h0, c0, w, b):
    h = torch.zeros_like(h0)
    c = torch.zeros_like(c0)
    hs = []
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        hs.append(h)
    return torch.stack(hs, 1)


@mistake(
    "lstm_forward", "the pair that lstm_step returns is taken for the state: the next step raises"
)
def takes_the_pair_for_the_state(x, h0, c0, w, b):
    h, states = h0, []
    for xt in x:
        h = lstm_step(xt, h, c0, w, b)
        states.append(h)
    return torch.stack(states)


@mistake(
    "lstm_forward", "two slips: the cells start from zeros, and the cells are collected for states"
)
def cells_from_zeros_collected(x, h0, c0, w, b):
    h, c = h0, torch.zeros_like(h0)
    cells = []
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        cells.append(c)
    return torch.stack(cells)


@mistake("gru_step", "the update gate is turned round: z weighs the candidate, 1 − z the old state")
def update_gate_turned_round(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    cand = torch.tanh(x @ wc + (r * h) @ uc + bc)
    return (1 - z) * h + z * cand


@mistake("gru_step", "the reset comes after the product with uc, as in PyTorch, not before it")
def resets_after_the_product(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    h_tilde = torch.tanh(x @ wc + r * (h @ uc) + bc)
    return z * h + (1 - z) * h_tilde


@mistake("gru_step", "the candidate sees the whole old state: the reset gate is not used")
def never_resets(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    def gate(w, u, b):
        return torch.sigmoid(x @ w + h @ u + b)

    z = gate(wz, uz, bz)
    candidate = torch.tanh(x @ wc + h @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake(
    "gru_step", "two slips: reset and update gate change places, and the candidate lacks its bias"
)
def gates_swapped_no_candidate_bias(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    z = torch.sigmoid(x @ wr + h @ ur + br)
    r = torch.sigmoid(x @ wz + h @ uz + bz)
    c = torch.tanh(x @ wc + (r * h) @ uc)
    return z * h + (1 - z) * c


@mistake("gru_step", "two slips: the gates use tanh, and the candidate uses a sigmoid")
def activations_exchanged(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.tanh(x @ wr + h @ ur + br)
    z = torch.tanh(x @ wz + h @ uz + bz)
    candidate = torch.sigmoid(x @ wc + (r * h) @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "1 − z is forgotten: the whole candidate is added to z h")
def adds_the_whole_candidate(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = (x.mm(wr) + h.mm(ur) + br).sigmoid()
    z = (x.mm(wz) + h.mm(uz) + bz).sigmoid()
    candidate = (x.mm(wc) + (r * h).mm(uc) + bc).tanh()
    return z * h + candidate


@mistake(
    "stacked_rnn_forward", "all layers start from the lowest layer's h0: sizes differ and it raises"
)
def one_start_for_all_layers(x, h0s, layers):
    out = x
    for wxh, whh, b in layers:
        out = rnn_states(out, h0s[0], wxh, whh, b)
    return out


@mistake("stacked_rnn_forward", "the upper layers start from zeros instead of their own h0")
def upper_layers_start_from_zeros(x, h0s, layers):
    for k, (wxh, whh, b) in enumerate(layers):
        h = h0s[k] if k == 0 else torch.zeros_like(h0s[k])
        states = []
        for xt in x:
            h = torch.tanh(xt @ wxh + h @ whh + b)
            states.append(h)
        x = torch.stack(states)
    return x


@mistake(
    "stacked_rnn_forward", "two slips: only the last state is returned, and the biases are left out"
)
def top_state_without_biases(x, h0s, layers):
    h = list(h0s)
    for xt in x:
        below = xt
        for k, (wxh, whh, _) in enumerate(layers):
            h[k] = torch.tanh(below @ wxh + h[k] @ whh)
            below = h[k]
    return h[-1]


@mistake(
    "stacked_rnn_forward", "each layer reads the states of the step before, not of the same step"
)
def layers_one_step_behind(x, h0s, layers):
    states = list(h0s)
    top = []
    for xt in x:
        inputs = [xt, *states[:-1]]
        states = [
            torch.tanh(i @ wxh + h @ whh + b) for i, h, (wxh, whh, b) in zip(inputs, states, layers)
        ]
        top.append(states[-1])
    return torch.stack(top)


@mistake(
    "stacked_rnn_forward", "the states of every layer are returned, not those of the top alone"
)
def returns_all_layers(x, h0s, layers):
    outs = []
    for h0, layer in zip(h0s, layers):
        x = rnn_states(x, h0, *layer)
        outs.append(x)
    return outs


@mistake(
    "stacked_rnn_forward", "h0s itself is changed: the running states are written into the list"
)
def writes_into_the_starts(x, h0s, layers):
    out = []
    for xt in x:
        for k, (wxh, whh, b) in enumerate(layers):
            h0s[k] = torch.tanh(xt @ wxh + h0s[k] @ whh + b)
            xt = h0s[k]
        out.append(xt)
    return torch.stack(out)


@mistake(
    "stacked_rnn_forward", "two slips: all layers start from zeros, and all layers are returned"
)
def zero_starts_and_all_layers(x, h0s, layers):
    outs = []
    for wxh, whh, b in layers:
        h = x.new_zeros(x.shape[1], whh.shape[0])
        x = rnn_states(x, h, wxh, whh, b)
        outs.append(x)
    return outs


@mistake(
    "bidirectional_rnn", "the backward states are not turned back: they stand at the wrong times"
)
def backward_states_not_turned_back(x, forward_params, backward_params):
    H = forward_params[1].shape[0]
    h0 = torch.zeros(x.shape[1], H, dtype=x.dtype, device=x.device)
    fwd = rnn_states(x, h0, *forward_params)
    bwd = rnn_states(torch.flip(x, [0]), h0, *backward_params)
    return torch.cat([fwd, bwd], dim=-1)


@mistake("bidirectional_rnn", "the second network reads from the beginning as well")
def both_read_forward(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    a = rnn_states(x, h0, *forward_params)
    b = rnn_states(x, h0, *backward_params)
    return torch.cat([a, b], dim=2)


@mistake("bidirectional_rnn", "the backward states stand before the forward ones")
def backward_half_first(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return torch.cat([back, ahead], dim=2)


@mistake(
    "bidirectional_rnn",
    "two slips: both directions use the forward parameters, and the states are added, not joined",
)
def adds_two_runs_of_one_network(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *forward_params).flip(0)
    return ahead + back


@mistake(
    "bidirectional_rnn",
    "two slips: the batch is reversed instead of time, and the halves are joined along time",
)
def reverses_the_batch_joins_in_time(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(1), h0, *backward_params).flip(1)
    return torch.cat([ahead, back], dim=0)


@mistake("bidirectional_rnn", "a tensor takes no negative step: x[::-1] is NumPy's and raises")
def reverses_in_the_numpy_way(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x[::-1], h0, *backward_params)[::-1]
    return torch.cat([ahead, back], dim=2)


@mistake(
    "bidirectional_rnn",
    "two slips: the backward states are not turned back, and they stand before the forward ones",
)
def not_turned_back_and_first(x, forward_params, backward_params):
    def run(seq, wxh, whh, b):
        h = torch.zeros(seq.shape[1], whh.shape[0], dtype=seq.dtype, device=seq.device)
        out = []
        for t in range(seq.shape[0]):
            h = torch.tanh(seq[t] @ wxh + h @ whh + b)
            out.append(h)
        return torch.stack(out)

    return torch.cat([run(x.flip(0), *backward_params), run(x, *forward_params)], dim=2)


@mistake("bidirectional_rnn", "the zero state is float32 whatever x is, so float64 inputs raise")
def zeros_of_the_default_dtype(x, forward_params, backward_params):
    h0 = torch.zeros(x.shape[1], forward_params[1].shape[0])
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return torch.cat([ahead, back], dim=2)


@mistake(
    "char_targets", "the end is not predicted: inputs and targets are one shorter than the name"
)
def leaves_out_the_end(name, vocab, end):
    idx = [vocab.index(ch) for ch in name]
    return idx[:-1], idx[1:]


@mistake("char_targets", "the end is among the inputs too, which are one longer than the name")
def end_is_read_too(name, vocab, end):
    idx = [vocab.index(ch) for ch in name] + [end]
    return idx, idx[1:]


@mistake("char_targets", "targets and inputs are returned in each other's place")
def targets_before_inputs(name, vocab, end):
    inputs = list(map(vocab.index, name))
    targets = inputs[1:]
    targets.append(end)
    return targets, inputs


@mistake(
    "char_targets",
    "two slips: the targets are not shifted, and end makes them one longer than the inputs",
)
def predicts_what_it_reads(name, vocab, end):
    inputs = []
    for char in name:
        inputs.append(vocab.index(char))
    targets = [*inputs, end]
    return inputs, targets


@mistake(
    "char_targets", "append changes the one list in place and returns None: the targets are None"
)
def append_returns_none(name, vocab, end):
    inputs = [vocab.index(c) for c in name]
    targets = inputs[1:].append(end)
    return inputs, targets


@mistake("char_lm_loss", "targets may be a list, and F.cross_entropy takes tensors only: it raises")
def list_into_cross_entropy(logits, targets):
    return F.cross_entropy(logits, targets)


@mistake("char_lm_loss", "the losses are added over time, not averaged")
def adds_over_time(logits, targets):
    logp = torch.log_softmax(logits, dim=1)
    loss = 0
    for t in range(len(targets)):
        loss = loss - logp[t, int(targets[t])]
    return loss


@mistake("char_lm_loss", "a softmax is taken before cross_entropy, which takes one itself")
def softmax_before_cross_entropy(logits, targets):
    probs = torch.softmax(logits, dim=-1)
    return F.cross_entropy(probs, torch.as_tensor(targets, device=logits.device))


@mistake("char_lm_loss", "two slips: the softmax runs over time, and the minus sign is missing")
def softmax_over_time_without_minus(logits, targets):
    logp = F.log_softmax(logits, dim=0)
    targets = torch.as_tensor(targets, device=logits.device)
    return logp[torch.arange(len(targets), device=logits.device), targets].mean()


@mistake("char_lm_loss", "the sum is divided by all entries of the logits, T·V, not by T")
def divides_by_all_entries(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    onehot = F.one_hot(targets, logits.shape[1])
    return -(onehot * torch.log_softmax(logits, dim=1)).mean()


@mistake("char_lm_loss", "two slips: the logarithm has base 2, and the losses are added up")
def bits_and_a_sum(logits, targets):
    p = torch.softmax(logits, dim=1)
    return -sum(torch.log2(p[t, k]) for t, k in enumerate(targets))


@mistake("sample_name", "the most probable character is taken, not drawn")
def always_the_most_probable(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        index = int(torch.argmax(logits / temperature))
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "the logits are multiplied by the temperature")
def multiplies_by_the_temperature(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    for _ in range(max_len - 1):
        logits, state = step(name[-1], state)
        p = torch.softmax(logits * temperature, dim=-1)
        nxt = torch.multinomial(p, 1, generator=generator).item()
        if nxt == end:
            return name
        name.append(nxt)
    return name


@mistake("sample_name", "max_len characters are drawn after start: the name may be one too long")
def one_character_too_many(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    for _ in range(max_len):
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "end is appended before the loop stops: it belongs to no name")
def end_is_in_the_name(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while name[-1] != end and len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        name.append(int(torch.multinomial(p, 1, generator=generator)))
    return name


@mistake("sample_name", "two slips: the state is not passed on, and the draws ignore the generator")
def no_state_and_global_draws(step, start, end, max_len, temperature, generator):
    name = [start]
    while len(name) < max_len:
        logits, _ = step(name[-1], None)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake(
    "sample_name", "two slips: start is left out of the result, and the temperature is ignored"
)
def no_start_and_no_temperature(step, start, end, max_len, temperature, generator):
    name, state, index = [], None, start
    while len(name) < max_len - 1:
        logits, state = step(index, state)
        index = torch.multinomial(logits.softmax(0), 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "the step always reads start again, not the character just drawn")
def reads_start_again(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(start, state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "a torch.Generator has no method choice: NumPy's way to draw raises")
def numpy_choice(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = np.exp(logits.numpy() / temperature)
        index = int(generator.choice(len(p), p=p / p.sum()))
        if index == end:
            break
        name.append(index)
    return name


@mistake(
    "sample_name",
    "the temperature divides the probabilities, which multinomial scales back: no effect",
)
def temperature_of_the_probabilities(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits, dim=0) / temperature
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake(
    "sample_name", "two slips: max_len characters are drawn after start, and end is kept at the end"
)
def too_long_with_its_end(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    for _ in range(max_len):
        logits, state = step(name[-1], state)
        p = F.softmax(logits / temperature, dim=-1)
        name.append(torch.multinomial(p, num_samples=1, generator=generator).item())
        if name[-1] == end:
            break
    return name
