"""Model answers of lecture 12: LSTM, GRU, deeper recurrent networks, and names drawn from one."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.rnn import pad_sequence


def lstm_step(x, h, c, w, b):
    # hint: Look at the affine layer: what stands beside what, which product, and what is added?
    z = torch.cat([h, x], dim=1) @ w + b
    # hint: Look at how the result is cut into blocks: how many, and which of them is which gate?
    i, f, o, g = z.chunk(4, dim=1)
    # hint: Look at the new cell: what stays, what is written, and which function has each gate?
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return (
        # hint: Look at the new state: which gate, and which function of which cell?
        torch.sigmoid(o) * torch.tanh(c),
        c,  # hint: Look at the cell that is returned, the second value.
    )


def lstm_step_backward(dh, dc, x, h_prev, c_prev, w, b):
    # hint: Look at what goes through the affine layer: what stands beside what, in which order?
    both = torch.cat([h_prev, x], dim=1)
    # hint: Look at the forward pass, at the affine layer: its product, bias and cut.
    zi, zf, zo, zg = (both @ w + b).chunk(4, dim=1)
    # hint: Look at the forward pass: which function has each of i, f, o and g?
    i, f, o, g = torch.sigmoid(zi), torch.sigmoid(zf), torch.sigmoid(zo), torch.tanh(zg)
    # hint: Look at the forward pass, at the new cell and its tanh.
    tanh_c = torch.tanh(f * c_prev + i * g)

    # hint: Look at the gradient of the new cell: which two ways lead to it, with which slopes?
    dc = dc + dh * o * (1 - tanh_c**2)
    # hint: Look at the gradient of i: what is i multiplied by in the cell, and what is its slope?
    di = dc * g * i * (1 - i)
    # hint: Look at the gradient of f: what is f multiplied by in the cell, and what is its slope?
    df = dc * c_prev * f * (1 - f)
    # hint: Look at the gradient of o: where does o act, on what, and what is its slope?
    do = dh * tanh_c * o * (1 - o)
    # hint: Look at the gradient of g: what is g multiplied by in the cell, and what is its slope?
    dg = dc * i * (1 - g**2)
    # hint: Look at how the four gates' gradients are joined: in which order, along which axis?
    dz = torch.cat([di, df, do, dg], dim=1)
    # hint: Look at the way back through the affine layer to [h, x]: which product, which transpose?
    d_both = dz @ w.T
    # hint: Look at where the gradient of [h, x] is cut: how many columns belong to the state?
    size = h_prev.shape[1]
    return (
        d_both[:, size:],  # hint: Look at dx: which columns of the gradient of [h, x] are its own?
        # hint: Look at dh_prev: which columns of the gradient of [h, x] are its own?
        d_both[:, :size],
        dc * f,  # hint: Look at dc_prev: which gradient, times what, arrives at the old cell?
        both.T @ dz,  # hint: Look at dw: which product of which two has the shape of w?
        dz.sum(dim=0),  # hint: Look at db: each b serves all rows; how do their gradients meet?
    )


def lstm_forward(x, h0, c0, w, b):
    # hint: Look at what the first step starts from.
    states, h, c = [], h0, c0
    # hint: Look at the loop: what goes into each step, what is passed on, and what is kept?
    for xt in x:
        h, c = lstm_step(xt, h, c, w, b)
        states.append(h)
    # hint: Look at how the states are put together: which ones, along which axis?
    return torch.stack(states)


def gru_step(x, h, wr, ur, br, wz, uz, bz, wc, uc, bc):
    # hint: Look at the reset gate: its two products, its bias, and its function.
    r = torch.sigmoid(x @ wr + h @ ur + br)
    # hint: Look at the update gate: its two products, its bias, and its function.
    z = torch.sigmoid(x @ wz + h @ uz + bz)
    # hint: Look at the candidate: its products, where r acts in it, its bias and its function.
    candidate = torch.tanh(x @ wc + (r * h) @ uc + bc)
    # hint: Look at how the new state is mixed: which share has the old one, which the candidate?
    return z * h + (1 - z) * candidate


def rnn_states(x, h, wxh, whh, b):
    states = []
    # hint: Look at the loop over time: what is kept of each step, and what goes into the next?
    for xt in x:
        # hint: Look at one step of a layer: its products, its bias, its function, the state in it.
        h = torch.tanh(xt @ wxh + h @ whh + b)
        # hint: Look at the loop over time: what is kept of each step, and what goes into the next?
        states.append(h)
    # hint: Look at how the states of all steps are put together: along which axis?
    return torch.stack(states)


def stacked_rnn_forward(x, h0s, layers):
    # hint: Look at the loop over the layers: which input, state and parameters has each of them?
    for k, layer in enumerate(layers):
        x = rnn_states(x, h0s[k], *layer)
    return x  # hint: Look at what is returned: the states of which layer?


def bidirectional_rnn(x, forward_params, backward_params):
    # hint: Look at the states that both networks start from: how many, how large, of what value?
    h0 = x.new_zeros(x.shape[1], len(forward_params[2]))
    # hint: Look at the network that reads from the beginning: its inputs and its parameters.
    ahead = rnn_states(x, h0, *forward_params)
    # hint: Look at the network that reads from the end: what it reads, its parameters, its clock.
    back = rnn_states(x.flip(0), h0, *backward_params).flip(0)
    # hint: Look at how the two states of a step are put together: in which order, along which axis?
    return torch.cat([ahead, back], dim=2)


def char_targets(name, vocab, end):
    # hint: Look at the inputs: one index for each character, in the order of the name.
    inputs = [vocab.index(character) for character in name]
    # hint: Look at the targets: what follows each character, and what follows the last one?
    targets = [*inputs[1:], end]
    # hint: Look at what is returned: which list comes first?
    return inputs, targets


def char_lm_loss(logits, targets):
    targets = torch.as_tensor(targets, device=logits.device)
    # hint: Look at the softmax: over what does it run, and is its logarithm taken?
    log_p = torch.log_softmax(logits, dim=1)
    # hint: Look at how the target of each step is picked.
    picked = log_p.gather(1, targets[:, None])
    # hint: Look at the last step: how do the T numbers become one, and which sign has it?
    return -picked.mean()


def sample_name(step, start, end, max_len, temperature, generator):
    # hint: Look at the beginning: the name's first character, and the first state.
    name, state = [start], None
    # hint: Look at how long the loop goes on.
    while len(name) < max_len:
        # hint: Look at the call of `step`: which character goes in, and which state?
        logits, state = step(name[-1], state)
        # hint: Look at the probabilities: where does the temperature act, and how?
        p = torch.softmax(logits / temperature, dim=0)
        # hint: Look at the draw: from which probabilities, and by which generator?
        index = torch.multinomial(p, 1, generator=generator).item()
        # hint: Look at what happens when `end` is drawn.
        if index == end:
            break
        # hint: Look at what is added to the name in each round.
        name.append(index)
    return name


def bigram_log_probs(names, size, end):
    # hint: Look at what the counts begin with, and how many there are.
    counts = torch.ones(size, size)
    for name in names:
        # hint: Look at the pairs of a name: what follows each index, the last one too?
        for i, j in zip(name, [*name[1:], end]):
            counts[i, j] += (
                1  # hint: Look at one pair: which entry of the table grows, by how much?
            )
    # hint: Look at how counts become log P(j follows i): which sums are 1, and which logarithm?
    return torch.log(counts / counts.sum(dim=1, keepdim=True))


def masked_lm_loss(logits, targets, lengths):
    # hint: Look at which positions count: which axis is time, and where does a name end?
    real = torch.arange(len(targets), device=targets.device)[:, None] < lengths
    # hint: Look at the end: over which positions is summed, what divides, and which sign is it?
    return F.cross_entropy(logits[real], targets[real])


class CharLSTM(nn.Module):
    def __init__(self, size, hidden):
        super().__init__()
        self.size, self.hidden = size, hidden
        # hint: Look at the weights and biases of `lstm_step`: their shapes, their start.
        start = torch.randn(hidden + size, 4 * hidden) / math.sqrt(hidden + size)
        # hint: Look at the weights and biases of `lstm_step`: their shapes, their start.
        self.w, self.b = nn.Parameter(start), nn.Parameter(torch.zeros(4 * hidden))
        # hint: Look at the layer that makes logits of states: what goes in, and what comes out?
        self.out = nn.Linear(hidden, size)

    def forward(self, tokens):
        # hint: Look at the state and the cell that a call starts from: their shape and their value.
        nothing = self.b.new_zeros(tokens.shape[1], self.hidden)
        # hint: Look at what the network reads at each step: which vector stands for which token?
        x = F.one_hot(tokens, self.size).to(nothing)
        # hint: Look at the states of all steps, and how they become logits.
        return self.out(lstm_forward(x, nothing, nothing, self.w, self.b))


def train_char_lm(model, names, end, epochs, batch_size, lr, seed):
    # hint: Look at what `seed` does: the order of the names must come from it alone.
    generator = torch.Generator().manual_seed(seed)
    # hint: Look at the optimizer: which one, of which parameters, with which learning rate?
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        # hint: Look at an epoch: the order of the names, and how it is cut into mini-batches.
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            # hint: Look at which names form a mini-batch.
            chosen = [names[i] for i in batch.tolist()]
            # hint: Look at what the model reads of a name, and what it should predict at each step.
            inputs = pad_sequence([torch.tensor(name) for name in chosen])
            # hint: Look at what the model reads of a name, and what it should predict at each step.
            targets = pad_sequence([torch.tensor([*name[1:], end]) for name in chosen])
            # hint: Look at the lengths: how many predictions does a name make, its end included?
            lengths = torch.tensor([len(name) for name in chosen])
            # hint: Look at the loss of a mini-batch: of which logits, which targets, which lengths?
            loss = masked_lm_loss(model(inputs), targets, lengths)
            # hint: Look at the three calls for each mini-batch: is one missing, or out of order?
            optimizer.zero_grad()
            # hint: Look at the three calls for each mini-batch: is one missing, or out of order?
            loss.backward()
            # hint: Look at the three calls for each mini-batch: is one missing, or out of order?
            optimizer.step()
            # hint: Look at the list of losses: one number for each mini-batch, of which loss?
            losses.append(loss.item())
    return losses
