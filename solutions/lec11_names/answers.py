"""Model answers of lecture 11: classifying names with a recurrent network."""

import collections

import torch
from torch import nn


def build_vocab(names, size):
    # hint: Look at what is counted: which pieces of the names, and how often each of them.
    counts = collections.Counter("".join(names))
    # hint: Look at what is returned: how many, in which order, and what of each.
    return [char for char, _ in counts.most_common(size)]


def filter_names(names, vocab):
    # hint: Look at the test of a name: which of its characters must be known? And what is kept?
    known = set(vocab)
    # hint: Look at the test of a name: which of its characters must be known? And what is kept?
    return [i for i, name in enumerate(names) if set(name) <= known]


def encode(name, vocab):
    # hint: Look at the tensor before any character is written: its three sizes, and what fills it.
    x = torch.zeros(len(name), 1, len(vocab))
    # hint: Look at the loop over the characters: which of them belongs to which step?
    for t, char in enumerate(name):
        # hint: Look at what happens with a character that vocab does not hold.
        if char not in vocab:
            raise ValueError(f"the character {char} is not in the vocabulary")
        # hint: Look at the entry that a character sets: which step, which column, which number?
        x[t, 0, vocab.index(char)] = 1
    return x


class NameRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        # hint: Look at `__init__`: what does a module call first, and what does it keep?
        super().__init__()
        # hint: Look at `__init__`: what does a module call first, and what does it keep?
        self.hidden_size = hidden_size
        # hint: Look at i2h in `__init__`: how many numbers go in, and how many come out?
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        # hint: Look at h2o in `__init__`: how many numbers go in, and how many come out?
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        # hint: Look at what enters i2h: what stands beside what, and in which order?
        both = torch.cat([input, hidden], dim=1)
        # hint: Look at the new state: which layer makes it, and which function comes after it?
        hidden = torch.tanh(self.i2h(both))
        return (
            # hint: Look at the probability: which state, which layer, and which function after it?
            torch.sigmoid(self.h2o(hidden)),
            hidden,  # hint: Look at the state that a step returns.
        )

    # hint: Look at `init_hidden`: how many rows, how many columns, and what fills them?
    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


def bce(p, y):
    # hint: Look at log p: what is its logarithm taken of, and where does the clamp cut it off?
    log_p = torch.log(p).clamp(min=-100)
    # hint: Look at log(1 − p): what is its logarithm taken of, and where does the clamp cut it off?
    log_q = torch.log(1 - p).clamp(min=-100)
    # hint: Look at the two terms of an entry: which factor has each logarithm, and which sign?
    log_likelihood = y * log_p + (1 - y) * log_q
    # hint: Look at the last step: how do all entries become one number, and which sign has it?
    return -log_likelihood.mean()


def classify(model, name, vocab):
    # hint: Look at the state before the first character.
    hidden = model.init_hidden()
    # hint: Look at the loop over the characters: what goes into each step, and what is passed on?
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
    # hint: Look at what is returned: the probability after which character, and of which type?
    return p.item()


def train(model, names, labels, vocab, epochs, batch_size, lr, seed):
    # hint: Look at what `seed` does: the order of the names must come from it alone.
    generator = torch.Generator().manual_seed(seed)
    # hint: Look at the optimizer: which one, of which parameters, with which learning rate?
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    # hint: Look at what the network reads of each name.
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        # hint: Look at an epoch: the order of the names, and how it is cut into mini-batches.
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            # Names of one length go through the network together.
            groups = collections.defaultdict(list)
            # hint: Look at which names are read together, and how they are found again.
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = [], []
            # hint: Look at how names are read: from which state, to which character, which is kept?
            for group in groups.values():
                hidden = model.init_hidden(len(group))
                for x in torch.cat([inputs[i] for i in group], dim=1):
                    p, hidden = model(x, hidden)
                ps.append(p)
                # hint: Look at the labels of a mini-batch: each name has its own.
                ys += [labels[i] for i in group]
            # hint: Look at the loss of a mini-batch: of which names, against which labels?
            p = torch.cat(ps)
            # hint: Look at the loss of a mini-batch: of which names, against which labels?
            loss = bce(p, torch.tensor(ys, dtype=p.dtype).reshape(-1, 1))
            # hint: Look at the three calls for each mini-batch: is one missing, or out of order?
            optimizer.zero_grad()
            # hint: Look at the three calls for each mini-batch: is one missing, or out of order?
            loss.backward()
            # hint: Look at the three calls for each mini-batch: is one missing, or out of order?
            optimizer.step()
            # hint: Look at the list of losses: one number for each mini-batch, of which loss?
            losses.append(loss.item())
    return losses
