"""Third neighbours of lec12_lstm: written before they were measured once, at the end."""

import torch

from grader.vocabulary import mistake
from solutions.lec12_lstm.answers import lstm_step, rnn_states


@mistake("lstm_step", "the input gate multiplies the old cell too")
def tri_ls_input_on_both(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(i) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), c)


@mistake("lstm_step_backward", "dc is handed back without the forget gate")
def tri_lsb_dc_prev_no_gate(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * tanh_c * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc, both.T @ dz, dz.sum(dim=0))


@mistake("lstm_forward", "the cell starts at zeros")
def tri_lf_start_zero_cell(x, h0, c0, w, b):
    states, h, c = ([], h0, torch.zeros_like(c0))
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("gru_step", "the candidate's bias is missing")
def tri_gru_no_candidate_bias(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + r * h @ uc)
    return z * h + (1 - z) * candidate


@mistake("bidirectional_rnn", "both start at ones")
def tri_bi_h0_ones(x, forward_params, backward_params):
    h0 = x.new_ones(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return torch.cat([ahead, back], dim=2)


@mistake("char_lm_loss", "two slips: bits, and the sum")
def tri_clm_base_two_sum(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=1)
    picked = log_p.gather(1, targets[:, None])
    return -picked.sum() / torch.log(torch.tensor(2.0, dtype=logits.dtype))


@mistake("gru_step", "two slips: the reset gate is inverted, and the candidate's sign is wrong")
def tri_gru_u_not_reset_minus(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + (1 - r) * h @ uc + bc)
    return z * h + -(1 - z) * candidate
