"""Model answers of lecture 12: LSTM, GRU, deeper recurrent networks, and names drawn from one."""

import torch


def lstm_step(x, h, c, w, b):
    i, f, o, g = (torch.cat([h, x], dim=1) @ w + b).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b):
    both = torch.cat([h_prev, x], dim=1)
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    tanh_c = torch.tanh(f * c_prev + i * g)

    dc = dc + dh * o * (1 - tanh_c**2)
    di = dc * g * i * (1 - i)
    df = dc * c_prev * f * (1 - f)
    do = dh * tanh_c * o * (1 - o)
    dg = dc * i * (1 - g**2)
    dz = torch.cat([di, df, do, dg], dim=1)
    d_both = dz @ w.T
    size = h_prev.shape[1]
    return d_both[:, size:], d_both[:, :size], dc * f, both.T @ dz, dz.sum(dim=0)


def lstm_forward(x, h0, c0, w, b):
    states, h, c = [], h0, c0
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    return torch.stack(states)


def gru_step(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    r = torch.sigmoid(x @ wr + h @ ur + br)
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    candidate = torch.tanh(x @ wc + (r * h) @ uc + bc)
    return z * h + (1 - z) * candidate


def rnn_states(x, h, wxh, whh, b):
    states = []
    for xt in x:
        h = torch.tanh(xt @ wxh + h @ whh + b)
        states.append(h)
    return torch.stack(states)


def stacked_rnn_forward(x, h0s, layers):
    for k, layer in enumerate(layers):
        x = rnn_states(x, h0s[k], *layer)
    return x


def bidirectional_rnn(x, forward_params, backward_params):
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    ahead = rnn_states(x, h0, *forward_params)
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    return torch.cat([ahead, back], dim=2)


def char_targets(name, vocab, end):
    inputs = [vocab.index(character) for character in name]
    return inputs, [*inputs[1:], end]


def char_lm_loss(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    return torch.nn.functional.cross_entropy(logits, targets)


def sample_name(step, start, end, max_len, temperature, generator):
    name, state = [start], None
    while len(name) < max_len:
        logits, state = step(name[-1], state)
        p = torch.softmax(logits / temperature, dim=0)
        index = torch.multinomial(p, 1, generator=generator).item()
        if index == end:
            break
        name.append(index)
    return name
