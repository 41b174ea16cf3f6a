"""Model answers of lecture 11: classifying names with a recurrent network."""

import collections

import torch
from torch import nn


def build_vocab(names, size):
    counts = collections.Counter("".join(names))
    return [char for char, _ in counts.most_common(size)]


def filter_names(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if set(name) <= known]


def encode(name, vocab):
    x = torch.zeros(len(name), 1, len(vocab))
    for t, char in enumerate(name):
        if char not in vocab:
            raise ValueError(f"the character {char} is not in the vocabulary")
        x[t, 0, vocab.index(char)] = 1
    return x


class NameRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


def bce(p, y):
    log_p, log_q = torch.log(p).clamp(min=-100), torch.log(1 - p).clamp(min=-100)
    return -(y * log_p + (1 - y) * log_q).mean()


def classify(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
    return p.item()


def train(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            # Names of one length go through the network together.
            groups = collections.defaultdict(list)
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = [], []
            for group in groups.values():
                hidden = model.init_hidden(len(group))
                for x in torch.cat([inputs[i] for i in group], dim=1):
                    p, hidden = model(x, hidden)
                ps.append(p)
                ys += [labels[i] for i in group]
            p = torch.cat(ps)
            loss = bce(p, torch.tensor(ys, dtype=p.dtype).reshape(-1, 1))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
