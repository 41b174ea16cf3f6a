"""Second neighbours of lec12_lstm: written without a look at hints or known mistakes."""

import torch

from grader.vocabulary import mistake
from solutions.lec12_lstm.answers import lstm_step, rnn_states


@mistake("lstm_step", "the gates are read in the order i, f, g, o")
def ls_order_ifgo(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, g, o = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), c)


@mistake("lstm_step", "x stands before h")
def ls_x_before_h(x, h, c, w, b):
    z = torch.cat([x, h], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), c)


@mistake("lstm_step", "h is o times c, without tanh")
def ls_no_tanh_of_c(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * c, c)


@mistake("lstm_step", "the forget gate is inverted")
def ls_forget_complement(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = (1 - torch.sigmoid(f)) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), c)


@mistake("lstm_step", "two slips: sigmoid on g, and c is returned first")
def ls_sigmoid_g_returns_swapped(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.sigmoid(g)
    return (c, torch.sigmoid(o) * torch.tanh(c))


@mistake("lstm_step", "h uses the old cell")
def ls_output_of_old_cell(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * torch.tanh(c), new)


@mistake("lstm_step_backward", "tanh's slope is missing on the way from h to c")
def lsb_dc_no_slope(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * tanh_c * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0))


@mistake("lstm_step_backward", "the dc that arrives is dropped")
def lsb_dc_not_added(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * tanh_c * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0))


@mistake("lstm_step_backward", "df uses the new cell")
def lsb_df_new_cell(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * (f * c_prev + i * g) * f * (1 - f)
    do = dh * tanh_c * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0))


@mistake("lstm_step_backward", "dg has the slope of a sigmoid")
def lsb_dg_sigmoid(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * tanh_c * o * (1 - o)
    dg = dc * i * g * (1 - g)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0))


@mistake("lstm_step_backward", "do is multiplied by c, not by tanh c")
def lsb_do_no_tanh(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * (f * c_prev + i * g) * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0))


@mistake("lstm_step_backward", "two slips: dc_prev has the input gate, and db is a mean")
def lsb_dcprev_i_db_mean(dh, dc, x, h_prev, c_prev, w, b):
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
    return (d_both[:, size:], d_both[:, :size], dc * i, both.T @ dz, dz.mean(dim=0))


@mistake("lstm_forward", "the cell restarts from c0 at every step")
def lf_cell_reset(x, h0, c0, w, b):
    states, h, c = ([], h0, c0)
    for xt in x:
        h, _ = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


@mistake("lstm_forward", "only the last state is returned")
def lf_last_only(x, h0, c0, w, b):
    states, h, c = ([], h0, c0)
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return states[-1]


@mistake("lstm_forward", "two slips: the cells are collected, and from the end of x")
def lf_cells_reversed(x, h0, c0, w, b):
    states, h, c = ([], h0, c0)
    for xt in x.flip(0):
        h, c = lstm_step(xt, h, c, w, b)
        states.append(c)
    return torch.stack(states)


@mistake("gru_step", "z and 1 - z are exchanged")
def gru_z_reversed(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + r * h @ uc + bc)
    return (1 - z) * h + z * candidate


@mistake("gru_step", "r multiplies after the product with U")
def gru_reset_after(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + r * (h @ uc) + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "two slips: no reset gate, and the candidate has a sigmoid")
def gru_no_reset_sigmoid_cand(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.sigmoid(x @ wc + h @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("gru_step", "the reset gate is used for both")
def gru_r_for_z(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = r
    candidate = torch.tanh(x @ wc + r * h @ uc + bc)
    return z * h + (1 - z) * candidate


@mistake("stacked_rnn_forward", "all layers start from the first h0")
def stack_first_state(x, h0s, layers):
    for k, layer in enumerate(layers):
        x = rnn_states(x, h0s[0], *layer)
    return x


@mistake(
    "stacked_rnn_forward",
    "each layer reads the input when shapes allow it: only the last layer counts",
)
def stack_all_from_input(x, h0s, layers):
    out = x
    for k, layer in enumerate(layers):
        source = x if x.shape[-1] == layer[0].shape[0] else out
        out = rnn_states(source, h0s[k], *layer)
    return out


@mistake("stacked_rnn_forward", "the states of all layers are returned")
def stack_all_layers(x, h0s, layers):
    out = []
    for k, layer in enumerate(layers):
        x = rnn_states(x, h0s[k], *layer)
        out.append(x)
    return torch.cat(out, dim=-1)


@mistake("bidirectional_rnn", "the backward states are not turned round again")
def bi_not_flipped_back(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params)
    return torch.cat([ahead, back], dim=2)


@mistake("bidirectional_rnn", "the two are added, not joined")
def bi_sum(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return ahead + back


@mistake(
    "bidirectional_rnn",
    "two slips: the backward part stands first, and runs with the forward parameters",
)
def bi_order_and_params(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *forward_params).flip(0)
    return torch.cat([back, ahead], dim=2)


@mistake("char_targets", "the end is missing")
def ct_no_end(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = inputs[1:]
    return (inputs, targets)


@mistake("char_targets", "the targets are not shifted")
def ct_not_shifted(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    targets = [*inputs, end]
    return (inputs, targets)


@mistake("char_lm_loss", "the sum over the characters")
def clm_sum(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=1)
    picked = log_p.gather(1, targets[:, None])
    return -picked.sum()


@mistake("char_lm_loss", "two slips: softmax over the characters' axis, and no minus")
def clm_wrong_dim_sign(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    log_p = torch.log_softmax(logits, dim=0)
    picked = log_p.gather(1, targets[:, None])
    return picked.mean()


@mistake("sample_name", "multiplied by the temperature")
def sample_times_temperature(step, start, end, max_len, temperature, generator):
    name, state = ([start], None)
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits * temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name


@mistake("sample_name", "the end is appended")
def sample_end_kept(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        name.append(index)
        if index == end:
            break
    return name


@mistake("sample_name", "two slips: the likeliest is taken, and the start is left out")
def sample_argmax_without_start(step, start, end, max_len, temperature, generator):
    name, state = ([start], None)
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = p.argmax().item()
        if index == end:
            break
        name.append(index)
    return name[1:]


@mistake(
    "lstm_step_backward",
    "two slips: df uses the new cell; and do is multiplied by c, not by tanh c",
)
def lsb_df_new_cell_and_do_no_tanh(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = (torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg))
    tanh_c = torch.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * (f * c_prev + i * g) * f * (1 - f)
    do = dh * (f * c_prev + i * g) * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return (d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0))


@mistake(
    "lstm_forward",
    "two slips: the cell restarts from c0 at every step; and only the last state is returned",
)
def lf_cell_reset_and_last_only(x, h0, c0, w, b):
    states, h, c = ([], h0, c0)
    for xt in x:
        h, _ = lstm_step(xt, h, c, w, b)
        states.append(h)
    return states[-1]


@mistake("gru_step", "two slips: z and 1 - z are exchanged; and the reset gate is used for both")
def gru_z_reversed_and_r_for_z(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = r
    candidate = torch.tanh(x @ wc + r * h @ uc + bc)
    return (1 - z) * h + z * candidate


@mistake("lstm_step", "two slips: h is o times c, without tanh; and the forget gate is inverted")
def ls_no_tanh_of_c_and_forget_complement(x, h, c, w, b):
    z = torch.cat([h, x], dim=1) @ w + b
    i, f, o, g = z.chunk(4, dim=1)
    c = (1 - torch.sigmoid(f)) * c + torch.sigmoid(i) * torch.tanh(g)
    return (torch.sigmoid(o) * c, c)
