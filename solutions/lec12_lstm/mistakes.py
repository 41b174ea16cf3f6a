"""Wrong answers of lecture 12 that we know, each with the hint it earns.

Most are written as the model answer with one slip in it, so that two of them at once can be tried.
"""

import copy
import itertools
import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence

from grader.vocabulary import mistake
from solutions.lec12_lstm import answers
from solutions.lec12_lstm.answers import lstm_forward, lstm_step, masked_lm_loss, rnn_states


def _regated(w, b, order):
    parts_w, parts_b = w.chunk(4, dim=1), b.chunk(4)
    return torch.cat([parts_w[k] for k in order], dim=1), torch.cat([parts_b[k] for k in order])


def _input_first(w, size):
    """W for an answer that concatenates [x, h] where [h, x] is asked."""
    return torch.cat([w[-size:], w[:-size]])


@mistake("lstm_step", "The gates come in the order i, f, o, g; PyTorch's own is another.")
def lstm_order_of_pytorch(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, g, o = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "i writes, f keeps: the first two gates have changed places.")
def lstm_input_and_forget_swapped(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    f, i, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "The second gate forgets and the third opens the output, not vice versa.")
def lstm_forget_and_output_swapped(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, o, f, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "The state comes first in [h, x].")
def lstm_input_before_state(x, h, c, w, b):
    z = torch.cat([x, h], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "Three gates are sigmoids, but g, what may be written, is a tanh.")
def lstm_sigmoid_on_g(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.sigmoid(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "h is o ⊙ tanh(c): the cell passes through tanh on its way out.")
def lstm_no_tanh_on_cell(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * c, c


@mistake("lstm_step", "h shows the new cell, not the old one.")
def lstm_output_of_old_cell(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), new


@mistake("lstm_step", "The forget gate has a parameter of its own: it is f, not 1 − i.")
def lstm_coupled_gates(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, _, o, g = z.chunk(4, dim=1)
    c = (1 - torch.sigmoid(i)) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


@mistake("lstm_step", "What is written to the cell is i ⊙ g: the input gate is missing.")
def lstm_no_input_gate(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    _, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def _lstm_back(
    dh, dc, x, h_prev, c_prev, w, b, *, through_h=True, forget=True, tanh_slope=True, slopes=True
):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tanh_c = torch.tanh(f * c_prev + i * g)
    if through_h:
        dc = dc + dh * o * ((1 - tanh_c**2) if tanh_slope else 1)
    di, df, do = dc * g, dc * c_prev, dh * tanh_c
    if slopes:
        di, df, do = di * i * (1 - i), df * f * (1 - f), do * o * (1 - o)
    dz = torch.cat([di, df, do, dc * i * ((1 - g**2) if slopes else 1)], dim=1)
    d_both, size = dz @ w.T, h_prev.shape[1]
    dc_prev = dc * f if forget else dc
    return d_both[:, size:], d_both[:, :size], dc_prev, both.T @ dz, dz.sum(dim=0)


@mistake("lstm_step_backward", "The cell also feels dh, through h = o ⊙ tanh(c).")
def lstm_backward_dh_misses_cell(dh, dc, x, h_prev, c_prev, w, b):
    return _lstm_back(dh, dc, x, h_prev, c_prev, w, b, through_h=False)


@mistake("lstm_step_backward", "On the way from h to c stands a tanh: its slope is missing.")
def lstm_backward_no_tanh_slope(dh, dc, x, h_prev, c_prev, w, b):
    return _lstm_back(dh, dc, x, h_prev, c_prev, w, b, tanh_slope=False)


@mistake("lstm_step_backward", "dc, which the next step sends, has to be added.")
def lstm_backward_dc_ignored(dh, dc, x, h_prev, c_prev, w, b):
    return answers.lstm_step_backward(dh, 0 * dc, x, h_prev, c_prev, w, b)


@mistake("lstm_step_backward", "The old cell was multiplied by f: so is its gradient.")
def lstm_backward_cell_not_forgotten(dh, dc, x, h_prev, c_prev, w, b):
    return _lstm_back(dh, dc, x, h_prev, c_prev, w, b, forget=False)


@mistake("lstm_step_backward", "The gates' own slopes, of σ and of tanh, are missing.")
def lstm_backward_no_gate_slopes(dh, dc, x, h_prev, c_prev, w, b):
    return _lstm_back(dh, dc, x, h_prev, c_prev, w, b, slopes=False)


@mistake("lstm_step_backward", "The gates come in the order i, f, o, g; PyTorch's own is another.")
def lstm_backward_order_of_pytorch(dh, dc, x, h_prev, c_prev, w, b):
    order = [0, 1, 3, 2]
    *rest, dw, db = answers.lstm_step_backward(dh, dc, x, h_prev, c_prev, *_regated(w, b, order))
    return *rest, *_regated(dw, db, order)


@mistake("lstm_step_backward", "The state comes first in [h, x], in the products and in dw.")
def lstm_backward_input_before_state(dh, dc, x, h_prev, c_prev, w, b):
    dx, dh_prev, dc_prev, dw, db = answers.lstm_step_backward(
        dh, dc, x, h_prev, c_prev, _input_first(w, h_prev.shape[1]), b
    )
    return dx, dh_prev, dc_prev, _input_first(dw, x.shape[1]), db


@mistake("lstm_step_backward", "g is a tanh: its slope is 1 − g², not g (1 − g).")
def lstm_backward_sigmoid_slope_of_g(dh, dc, x, h_prev, c_prev, w, b):
    both, size = torch.cat([h_prev, x], dim=1), h_prev.shape[1]
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    gates = [dc * g * i * (1 - i), dc * c_prev * f * (1 - f), dh * tanh_c * o * (1 - o)]
    dz = torch.cat([*gates, dc * i * g * (1 - g)], dim=1)
    d_both = dz @ w.T
    return d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0)


@mistake("lstm_step_backward", "dw and db sum over the batch; they are no means.")
def lstm_backward_averaged(dh, dc, x, h_prev, c_prev, w, b):
    *rest, dw, db = answers.lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b)
    return *rest, dw / len(x), db / len(x)


@mistake(
    "lstm_step_backward", "The first H columns of the gradient of [h, x] belong to h, not to x."
)
def lstm_backward_cut_for_input_first(dh, dc, x, h_prev, c_prev, w, b):
    dx, dh_prev, *rest = answers.lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b)
    both, size = torch.cat([dh_prev, dx], dim=1), x.shape[1]
    return both[:, :size], both[:, size:], *rest


@mistake("lstm_forward", "The cell has to travel from step to step, as the state does.")
def lstm_forward_cell_not_carried(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, _ = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "The state has to travel from step to step, as the cell does.")
def lstm_forward_state_not_carried(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, c = lstm_step(xt, h0, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "The sequence starts from h0 and c0, which need not be zero.")
def lstm_forward_from_zero(x, h0, c0, w, b):
    states, h, c = [], 0 * h0, 0 * c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "The first step needs c0: here the cell starts from something else.")
def lstm_forward_cell_from_zero(x, h0, c0, w, b):
    states, h, c = [], h0, 0 * c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "The first step needs h0: here the state starts from something else.")
def lstm_forward_state_from_zero(x, h0, c0, w, b):
    states, h, c = [], 0 * h0, c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "h0 is the first state and c0 the first cell: they have changed places.")
def lstm_forward_starts_exchanged(x, h0, c0, w, b):
    states, h, c = [], c0, h0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "The states h are asked for, not the cells c.")
def lstm_forward_returns_cells(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(c)
    return torch.stack(states)


@mistake("lstm_forward", "All T states are asked for, not the last one alone.")
def lstm_forward_last_only(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return states[-1]


@mistake("lstm_forward", "Time is the first axis of the result, the batch the second.")
def lstm_forward_batch_first(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states, dim=1)


@mistake("gru_step", "z is the share of the old state that stays; 1 − z is that of the new one.")
def gru_update_inverted(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + (r * h) @ uc + bc)
    return (1 - z) * h + z * candidate


@mistake("gru_step", "The reset gate acts on the state before the product with uc, not after it.")
def gru_reset_after_product(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + r * (h @ uc) + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "That is PyTorch's unit: here r resets the state alone, before the product.")
def gru_of_pytorch(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + r * (h @ uc + bc))
    return z * h + (1 - z) * candidate


@mistake("gru_step", "Look at which gate does what: r resets the old state, z mixes old and new.")
def gru_gates_swapped(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    z = torch.sigmoid(x @ wr + h @ ur + br)
    r = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + (r * h) @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "The candidate is made from the state that r has reset.")
def gru_without_reset(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + h @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "The gates are sigmoids, but the candidate is a tanh.")
def gru_sigmoid_candidate(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.sigmoid(x @ wc + (r * h) @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "A gate is a share between 0 and 1: both of them are sigmoids.")
def gru_tanh_gates(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.tanh(x @ wr + h @ ur + br)
    z = torch.tanh(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + (r * h) @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "z mixes with the old state h itself; r acts in the candidate only.")
def gru_keeps_reset_state(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + (r * h) @ uc + bc)
    return z * (r * h) + (1 - z) * candidate


@mistake("stacked_rnn_forward", "Each layer starts from its own state in h0s, not from zero.")
def stacked_from_zero(x, h0s, layers):
    for k, layer in enumerate(layers):
        x = rnn_states(x, 0 * h0s[k], *layer)
    return x


@mistake("stacked_rnn_forward", "Each layer starts from its own state in h0s, the upper ones too.")
def stacked_upper_from_zero(x, h0s, layers):
    for k, layer in enumerate(layers):
        x = rnn_states(x, 0 * h0s[k] if k else h0s[k], *layer)
    return x


@mistake(
    "stacked_rnn_forward", "At a step, a layer reads the new state of the one below, not the old."
)
def stacked_reads_step_before(x, h0s, layers):
    for k, layer in enumerate(layers):
        below = torch.cat([h0s[k - 1][None], x[:-1]]) if k else x
        x = rnn_states(below, h0s[k], *layer)
    return x


@mistake("stacked_rnn_forward", "The top layer's states are asked for, not those of the first.")
def stacked_bottom_layer(x, h0s, layers):
    for k, layer in enumerate(layers[:1]):
        x = rnn_states(x, h0s[k], *layer)
    return x


@mistake("stacked_rnn_forward", "The top layer's states of all times are asked for, not the last.")
def stacked_last_state(x, h0s, layers):
    for k, layer in enumerate(layers):
        x = rnn_states(x, h0s[k], *layer)
    return x[-1]


@mistake("stacked_rnn_forward", "Only the top layer's states are asked for, not every layer's.")
def stacked_all_layers(x, h0s, layers):
    outputs = []
    for h0, layer in zip(h0s, layers):
        x = answers.rnn_states(x, h0, *layer)
        outputs.append(x)
    return torch.cat(outputs, dim=2)


@mistake("stacked_rnn_forward", "A layer reads what the one below says at that step, not its end.")
def stacked_reads_last_state_only(x, h0s, layers):
    for h0, layer in zip(h0s, layers):
        x = answers.rnn_states(x, h0, *layer)
        below, x = x, x[-1:].expand(len(x), -1, -1)
    return below


@mistake("stacked_rnn_forward", "Every layer has a state of its own, which it carries in time.")
def stacked_upper_layers_forget(x, h0s, layers):
    x = answers.rnn_states(x, h0s[0], *layers[0])
    for h0, (wxh, whh, b) in zip(h0s[1:], layers[1:]):
        x = torch.tanh(x @ wxh + h0 @ whh + b)
    return x


@mistake("bidirectional_rnn", "Turn the backward states round again: both follow the same clock.")
def bidirectional_not_turned_back(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params)
    return torch.cat([ahead, back], dim=2)


@mistake("bidirectional_rnn", "The backward network has to read the sequence from its end.")
def bidirectional_both_ahead(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x, h0, *backward_params)
    return torch.cat([ahead, back], dim=2)


@mistake("bidirectional_rnn", "The forward states come first, then the backward ones.")
def bidirectional_backward_first(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return torch.cat([back, ahead], dim=2)


@mistake("bidirectional_rnn", "Both states are kept side by side, not added.")
def bidirectional_added(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return ahead + back


@mistake("bidirectional_rnn", "The backward network has parameters of its own.")
def bidirectional_one_set_of_weights(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *forward_params).flip(0)
    return torch.cat([ahead, back], dim=2)


@mistake("bidirectional_rnn", "Both networks start from zero, the backward one too.")
def bidirectional_starts_from_other_end(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), ahead[-1], *backward_params).flip(0)
    return torch.cat([ahead, back], dim=2)


@mistake("char_targets", "A target is the *next* character.")
def targets_are_the_inputs(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = inputs
    return inputs, targets


@mistake("char_targets", "The last character has a target, too: `end`.")
def targets_without_end(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = inputs[1:]
    return inputs[:-1], targets


@mistake("char_targets", "`end` is predicted, never read: it is no part of the inputs.")
def targets_end_is_read(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = [*inputs[1:], end]
    return [*inputs, end], [*targets, end]


@mistake(
    "char_targets", "`end` is predicted, never read: the inputs are as many as the characters."
)
def targets_end_among_inputs(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = [*inputs[1:], end]
    return [*inputs, end], targets


@mistake("char_targets", "The index of the end is the argument `end`, wherever that may be.")
def targets_end_after_vocab(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = [*inputs[1:], len(vocab)]
    return inputs, targets


@mistake("char_targets", "A target is the next character, not the one before.")
def targets_look_back(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = [end, *inputs[:-1]]
    return inputs, targets


@mistake("char_lm_loss", "The loss is a mean over time, not a sum.")
def lm_loss_summed(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=1)
    picked = log_p.gather(1, targets[:, None])
    return -picked.sum()


@mistake("char_lm_loss", "The mean runs over the T steps; the vocabulary does not count.")
def lm_loss_over_all_entries(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=1)
    picked = log_p.gather(1, targets[:, None])
    return -picked.sum() / logits.numel()


@mistake("char_lm_loss", "Logits become probabilities once: a second softmax flattens them.")
def lm_loss_softmax_twice(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(torch.softmax(logits, dim=1), dim=1)
    picked = log_p.gather(1, targets[:, None])
    return -picked.mean()


@mistake("char_lm_loss", "Each step is normalised over the vocabulary, not over time.")
def lm_loss_softmax_over_time(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=0)
    picked = log_p.gather(1, targets[:, None])
    return -picked.mean()


@mistake("char_lm_loss", "Check the sign: likely characters should make the loss small.")
def lm_loss_sign(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=1)
    picked = log_p.gather(1, targets[:, None])
    return picked.mean()


@mistake("char_lm_loss", "Every step is judged, not only the last one.")
def lm_loss_of_last_step(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=1)
    picked = log_p.gather(1, targets[:, None])
    return -picked[-1, 0]


@mistake("char_lm_loss", "The logarithm is the natural one.")
def lm_loss_in_bits(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log2(torch.softmax(logits, dim=1))
    picked = log_p.gather(1, targets[:, None])
    return -picked.mean()


@mistake("sample_name", "The temperature is not used: the logits are divided by it.")
def sample_without_temperature(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake(
    "sample_name", "Low temperatures should make the likely likelier: divide the logits by it."
)
def sample_temperature_multiplied(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits * temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "The temperature acts on the logits, before the softmax and not after it.")
def sample_temperature_after_softmax(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(torch.softmax(logits, dim=0) / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake(
    "sample_name", "The next character is drawn; the likeliest one gives the same name always."
)
def sample_argmax(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.argmax(p).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "The state that step returns goes into the next call.")
def sample_state_dropped(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, _ = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "Each step reads the character that was drawn last, not `start` again.")
def sample_always_from_start(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(start, state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "`end` only says that the name is over; it is not part of it.")
def sample_keeps_end(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        name.append(index)
        if index == end:
            break
    return name


@mistake("sample_name", "The name is over when `end` is drawn.")
def sample_never_stops(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        name.append(index)
    return name


@mistake("sample_name", "The name begins with `start` itself.")
def sample_without_start(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name[1:]


@mistake("sample_name", "max_len counts all characters of the name, `start` among them.")
def sample_one_too_long(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len + 1:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "A name may have max_len characters: this one stops too early.")
def sample_one_too_short(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len - 1:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "Draw from `generator`, so that a seed repeats the name.")
def sample_from_global_stream(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("bigram_log_probs", "Each count is one too small: what was never seen may still happen.")
def bigram_without_smoothing(names, size, end):
    counts = torch.zeros(size, size)
    for name in names:
        for i, j in zip(name, [*name[1:], end]):
            counts[i, j] += 1
    return torch.log(counts / counts.sum(dim=1, keepdim=True))


@mistake("bigram_log_probs", "The last character is followed by something, too: by `end`.")
def bigram_without_end(names, size, end):
    counts = torch.ones(size, size)
    for name in names:
        for i, j in itertools.pairwise(name):
            counts[i, j] += 1
    return torch.log(counts / counts.sum(dim=1, keepdim=True))


@mistake("bigram_log_probs", "The row is what stands before, the column what follows.")
def bigram_transposed(names, size, end):
    counts = torch.ones(size, size)
    for name in names:
        for i, j in zip(name, [*name[1:], end]):
            counts[j, i] += 1
    return torch.log(counts / counts.sum(dim=1, keepdim=True))


@mistake("bigram_log_probs", "Each *row* is a distribution: its probabilities sum to 1.")
def bigram_normalised_by_columns(names, size, end):
    counts = torch.ones(size, size)
    for name in names:
        for i, j in zip(name, [*name[1:], end]):
            counts[i, j] += 1
    return torch.log(counts / counts.sum(dim=0, keepdim=True))


@mistake("bigram_log_probs", "P(j follows i) is conditional: divide by the row's sum, not by all.")
def bigram_joint(names, size, end):
    counts = torch.ones(size, size)
    for name in names:
        for i, j in zip(name, [*name[1:], end]):
            counts[i, j] += 1
    return torch.log(counts / counts.sum())


@mistake("bigram_log_probs", "The ones that are added count in the denominator as well.")
def bigram_ones_above_only(names, size, end):
    counts = torch.zeros(size, size)
    for name in names:
        for i, j in zip(name, [*name[1:], end]):
            counts[i, j] += 1
    return torch.log((counts + 1) / counts.sum(dim=1, keepdim=True).clamp(min=1))


@mistake("bigram_log_probs", "The start index is read, too: the first pair begins with it.")
def bigram_without_start(names, size, end):
    counts = torch.ones(size, size)
    for name in names:
        for i, j in zip(name[1:], [*name[2:], end]):
            counts[i, j] += 1
    return torch.log(counts / counts.sum(dim=1, keepdim=True))


@mistake("bigram_log_probs", "Logarithms of the probabilities are asked.")
def bigram_probabilities(names, size, end):
    counts = torch.ones(size, size)
    for name in names:
        for i, j in zip(name, [*name[1:], end]):
            counts[i, j] += 1
    return counts / counts.sum(dim=1, keepdim=True)


@mistake("masked_lm_loss", "Padding counts here: what stands at t ≥ lengths[n] is no prediction.")
def masked_loss_of_all(logits, targets, lengths):
    inside = targets.clamp(0, logits.shape[2] - 1)
    return F.cross_entropy(logits.flatten(0, 1), inside.flatten())


@mistake("masked_lm_loss", "Divide by the number of predictions, Σ lengths, not by T · N.")
def masked_loss_over_all_places(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths
    return F.cross_entropy(logits[real], targets[real], reduction="sum") / targets.numel()


@mistake("masked_lm_loss", "It is one mean over all predictions: long names count for more.")
def masked_loss_of_names(logits, targets, lengths):
    losses = [
        F.cross_entropy(logits[:length, n], targets[:length, n])
        for n, length in enumerate(lengths.tolist())
    ]
    return torch.stack(losses).mean()


@mistake("masked_lm_loss", "A mean is asked: divide by Σ lengths.")
def masked_loss_summed(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths
    return F.cross_entropy(logits[real], targets[real], reduction="sum")


@mistake("masked_lm_loss", "Divide by the number of predictions, not by the number of names.")
def masked_loss_per_name(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths
    return F.cross_entropy(logits[real], targets[real], reduction="sum") / len(lengths)


@mistake("masked_lm_loss", "The positions 0, …, lengths[n] − 1 count, and no further one.")
def masked_loss_one_too_many(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] <= lengths
    return F.cross_entropy(logits[real], targets[real])


@mistake("masked_lm_loss", "The last prediction, that of the end, counts as well.")
def masked_loss_one_too_few(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths - 1
    return F.cross_entropy(logits[real], targets[real], reduction="sum") / lengths.sum()


@mistake(
    "masked_lm_loss",
    "Padding may be NaN, and 0 · NaN is NaN: leave it out, instead of multiplying it by 0.",
)
def masked_loss_multiplied(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths
    inside = targets.clamp(0, logits.shape[2] - 1)
    losses = F.cross_entropy(logits.transpose(1, 2), inside, reduction="none")
    return (losses * real).sum() / lengths.sum()


@mistake(
    "masked_lm_loss",
    "Padded targets may be any integer: choose the real positions before you look anything up.",
)
def masked_loss_gathers_first(logits, targets, lengths):
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths
    picked = torch.log_softmax(logits, dim=2).gather(2, targets[..., None])[..., 0]
    return -picked[real].mean()


@mistake("CharLSTM", "The state and the cell of a step go into the next one.")
class CharLSTMForgets(answers.CharLSTM):
    def forward(self, tokens):
        nothing = self.b.new_zeros(tokens.shape[1], self.hidden)
        x = F.one_hot(tokens, self.size).to(nothing)
        return self.out(
            torch.stack([lstm_step(xt, nothing, nothing, self.w, self.b)[0] for xt in x])
        )


@mistake("CharLSTM", "The cell is carried on as well as the state.")
class CharLSTMDropsTheCell(answers.CharLSTM):
    def forward(self, tokens):
        h = nothing = self.b.new_zeros(tokens.shape[1], self.hidden)
        states = []
        for xt in F.one_hot(tokens, self.size).to(nothing):
            h, _ = lstm_step(xt, h, nothing, self.w, self.b)
            states.append(h)
        return self.out(torch.stack(states))


@mistake("CharLSTM", "A call starts from zero; what the last call left is another name's.")
class CharLSTMRemembersCalls(answers.CharLSTM):
    def forward(self, tokens):
        nothing = self.b.new_zeros(tokens.shape[1], self.hidden)
        h, c = getattr(self, "state", (nothing, nothing))
        if h.shape != nothing.shape:
            h = c = nothing
        states = []
        for xt in F.one_hot(tokens, self.size).to(nothing):
            h, c = lstm_step(xt, h, c, self.w, self.b)
            states.append(h)
        self.state = h.detach(), c.detach()
        return self.out(torch.stack(states))


@mistake("CharLSTM", "forward returns the logits alone, without a state.")
class CharLSTMReturnsState(answers.CharLSTM):
    def forward(self, tokens):
        logits = super().forward(tokens)
        return logits, None


@mistake("CharLSTM", "The logits come at every step, not only at the last one.")
class CharLSTMOnlyTheLast(answers.CharLSTM):
    def forward(self, tokens):
        return super().forward(tokens)[-1]


@mistake("CharLSTM", "The loss takes the softmax: return the logits as they are.")
class CharLSTMSoftmaxed(answers.CharLSTM):
    def forward(self, tokens):
        return torch.softmax(super().forward(tokens), dim=2)


@mistake("CharLSTM", "A step reads the token at t itself; this network is one step behind.")
class CharLSTMOneBehind(answers.CharLSTM):
    def forward(self, tokens):
        logits = super().forward(tokens)
        return torch.cat([torch.zeros_like(logits[:1]), logits[:-1]])


@mistake("CharLSTM", "This network has seen the next token, which it should predict.")
class CharLSTMSeesTheNext(answers.CharLSTM):
    def forward(self, tokens):
        return super().forward(torch.cat([tokens[1:], tokens[:1]]))


@mistake("CharLSTM", "Time is the first axis of the tokens, and the names are the second.")
class CharLSTMBatchFirst(answers.CharLSTM):
    def forward(self, tokens):
        return super().forward(tokens.T).transpose(0, 1)


@mistake("CharLSTM", "What is learnt has to be an nn.Parameter, or PyTorch does not find it.")
class CharLSTMPlainTensors(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.size, self.hidden = size, hidden
        self.w = torch.randn(hidden + size, 4 * hidden) / math.sqrt(hidden + size)
        self.b = torch.zeros(4 * hidden)
        self.out = nn.Linear(hidden, size)

    forward = answers.CharLSTM.forward


@mistake("CharLSTM", "From zero weights nothing learns: no gradient gets past the zeros.")
class CharLSTMZeroStart(answers.CharLSTM):
    def __init__(self, size, hidden):
        super().__init__(size, hidden)
        for p in self.parameters():
            nn.init.zeros_(p)


@mistake("CharLSTM", "Detached states end the gradient after one step: nothing is remembered.")
class CharLSTMDetaches(answers.CharLSTM):
    def forward(self, tokens):
        h = c = self.b.new_zeros(tokens.shape[1], self.hidden)
        states = []
        for xt in F.one_hot(tokens, self.size).to(h):
            h, c = lstm_step(xt, h.detach(), c.detach(), self.w, self.b)
            states.append(h)
        return self.out(torch.stack(states))


@mistake("CharLSTM", "The layer of logits has an output for every index: `size`, not `hidden`.")
class CharLSTMReturnsStates(answers.CharLSTM):
    def forward(self, tokens):
        nothing = self.b.new_zeros(tokens.shape[1], self.hidden)
        x = F.one_hot(tokens, self.size).to(nothing)
        return lstm_forward(x, nothing, nothing, self.w, self.b)


@mistake("train_char_lm", "Clear the gradients for each mini-batch: else they pile up.")
def train_char_lm_no_zero_grad(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake(
    "train_char_lm",
    "The padding of shorter names is no prediction: hand on the lengths of the names.",
)
def train_char_lm_counts_padding(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.full((len(chosen),), len(inputs))
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "The target at t is the *next* character; here it is the one just read.")
def train_char_lm_predicts_itself(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor(name) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "After its last character a name predicts `end`: that counts as well.")
def train_char_lm_end_not_learnt(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([max(len(name) - 1, 1) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "Shuffle the names in each epoch.")
def train_char_lm_without_shuffle(model, names, end, epochs, batch_size, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.arange(len(names)).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "Shuffle anew in each epoch: here each has the order of the first one.")
def train_char_lm_same_order(model, names, end, epochs, batch_size, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(
            len(names), generator=torch.Generator().manual_seed(seed)
        ).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake(
    "train_char_lm",
    "`seed` has to decide the order of the names; the global stream does here.",
)
def train_char_lm_ignores_seed(model, names, end, epochs, batch_size, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names)).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "`seed` is not used: another seed should bring another order.")
def train_char_lm_one_seed_for_all(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake(
    "train_char_lm",
    "Downhill: Adam steps against the gradient of the loss, not of its negative.",
)
def train_char_lm_uphill(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            (-loss).backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "Gradients alone change nothing: the optimizer has to take its step.")
def train_char_lm_no_step(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "The last mini-batch may be smaller, but it is trained on as well.")
def train_char_lm_drops_the_rest(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            if len(batch) < batch_size:
                continue
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "A recorded loss is a float: a tensor keeps its whole graph alive.")
def train_char_lm_tensor_losses(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss)
    return losses


@mistake("train_char_lm", "One loss for each mini-batch, not for each epoch.")
def train_char_lm_one_per_epoch(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("train_char_lm", "The model that is passed in should learn, not a copy of it.")
def train_char_lm_trains_a_copy(model, names, end, epochs, batch_size, lr, seed):
    model = copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_char_lm", "One step for each mini-batch: here one is taken at the end of an epoch.")
def train_char_lm_one_step_an_epoch(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            loss.backward()
            losses.append(loss.item())
        optimizer.step()
        optimizer.zero_grad()
    return losses


@mistake("train_char_lm", "The model reads tokens (T, N), time first.")
def train_char_lm_batch_first(model, names, end, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            chosen = [names[i] for i in batch.tolist()]
            inputs = pad_sequence([torch.tensor(name) for name in chosen], batch_first=True)
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            lengths = torch.tensor([len(name) for name in chosen])
            loss = masked_lm_loss(model(inputs), targets, lengths)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
