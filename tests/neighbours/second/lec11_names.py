"""Second neighbours of lec11_names: written without a look at hints or known mistakes."""

import collections

import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec11_names.answers import bce, encode


@mistake("build_vocab", "sorted by the alphabet, not by frequency")
def vocab_alphabetical(names, size):
    counts = collections.Counter("".join(names))
    return sorted(char for char, _ in counts.most_common(size))


@mistake("build_vocab", "the rarest characters")
def vocab_rarest(names, size):
    counts = collections.Counter("".join(names))
    return [char for char, _ in counts.most_common()[-size:]]


@mistake("build_vocab", "two slips: each name counts a character once, and the result is reversed")
def vocab_once_per_name(names, size):
    counts = collections.Counter(c for name in names for c in set(name))
    return [c for c, _ in counts.most_common(size)][::-1]


@mistake("filter_names", "one known character is enough")
def filter_any(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if set(name) & known]


@mistake("filter_names", "the names are returned, not their indices")
def filter_names_not_indices(names, vocab):
    known = set(vocab)
    return [name for i, name in enumerate(names) if set(name) <= known]


@mistake("filter_names", "two slips: indices from 1, and those that are to be dropped")
def filter_from_one_inverted(names, vocab):
    known = set(vocab)
    return [i + 1 for i, name in enumerate(names) if not set(name) <= known]


@mistake("encode", "the axis of the batch is missing")
def encode_no_batch_axis(name, vocab):
    x = torch.zeros(len(name), len(vocab))
    for t, char in enumerate(name):
        if char not in vocab:
            raise ValueError(f"the character {char} is not in the vocabulary")
        x[t, vocab.index(char)] = 1
    return x


@mistake("encode", "unknown characters are left as zeros, nothing is raised")
def encode_unknown_skipped(name, vocab):
    x = torch.zeros(len(name), 1, len(vocab))
    for t, char in enumerate(name):
        if char not in vocab:
            continue
        x[t, 0, vocab.index(char)] = 1
    return x


@mistake("encode", "two slips: the name is read from its end, and the batch axis is first")
def encode_batch_first_reversed(name, vocab):
    x = torch.zeros(1, len(name), len(vocab))
    for t, char in enumerate(name[::-1]):
        if char not in vocab:
            raise ValueError(f"the character {char} is not in the vocabulary")
        x[0, t, vocab.index(char)] = 1
    return x


@mistake("NameRNN", "the output is read from the old hidden state")
class NrnnOutputOfInput(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([input, hidden], dim=1)
        new = torch.tanh(self.i2h(both))
        return (torch.sigmoid(self.h2o(hidden)), new)

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "hidden stands before the input")
class NrnnCatOrder(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([hidden, input], dim=1)
        hidden = torch.tanh(self.i2h(both))
        return (torch.sigmoid(self.h2o(hidden)), hidden)

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "no tanh")
class NrnnNoTanh(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([input, hidden], dim=1)
        hidden = self.i2h(both)
        return (torch.sigmoid(self.h2o(hidden)), hidden)

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "two slips: no sigmoid, and the first state is random")
class NrnnLogitsRandomInit(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([input, hidden], dim=1)
        hidden = torch.tanh(self.i2h(both))
        return (self.h2o(hidden), hidden)

    def init_hidden(self, n=1):
        return torch.randn(n, self.hidden_size)


@mistake("NameRNN", "the first state lacks the batch axis")
class NrnnInitFlat(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([input, hidden], dim=1)
        hidden = torch.tanh(self.i2h(both))
        return (torch.sigmoid(self.h2o(hidden)), hidden)

    def init_hidden(self, n=1):
        return torch.zeros(self.hidden_size)


@mistake("bce", "p is clamped to 1e-7, so the loss stops at 16")
def bce_clamped_p(p, y):
    p = p.clamp(1e-7, 1 - 1e-7)
    log_p = torch.log(p)
    log_q = torch.log(1 - p).clamp(min=-100)
    log_likelihood = y * log_p + (1 - y) * log_q
    return -log_likelihood.mean()


@mistake("bce", "only the positives count")
def bce_one_side(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log(1 - p).clamp(min=-100)
    log_likelihood = y * log_p
    return -log_likelihood.mean()


@mistake("bce", "two slips: a sum, and y and 1 - y are exchanged")
def bce_sum_swapped(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log(1 - p).clamp(min=-100)
    log_likelihood = (1 - y) * log_p + y * log_q
    return -log_likelihood.sum()


@mistake("bce", "logarithms to base 2")
def bce_log_two(p, y):
    log_p = torch.log2(p).clamp(min=-100)
    log_q = torch.log2(1 - p).clamp(min=-100)
    log_likelihood = y * log_p + (1 - y) * log_q
    return -log_likelihood.mean()


@mistake("classify", "only the first character is read")
def classify_first_char(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab)[:1]:
            p, hidden = model(x, hidden)
    return p.item()


@mistake("classify", "the hidden state is not carried")
def classify_state_not_kept(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, _ = model(x, hidden)
    return p.item()


@mistake("classify", "0 or 1 is returned")
def classify_rounded(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
    return float(p.item() > 0.5)


@mistake(
    "classify", "two slips: the name is read from its end, and the mean of the outputs is returned"
)
def classify_reversed_mean(model, name, vocab):
    hidden = model.init_hidden()
    out = []
    with torch.no_grad():
        for x in encode(name[::-1], vocab):
            p, hidden = model(x, hidden)
            out.append(p)
    return torch.cat(out).mean().item()


@mistake("train", "plain SGD")
def trainn_sgd(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            groups = collections.defaultdict(list)
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = ([], [])
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


@mistake("train", "the gradients are not cleared")
def trainn_no_zero(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            groups = collections.defaultdict(list)
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = ([], [])
            for group in groups.values():
                hidden = model.init_hidden(len(group))
                for x in torch.cat([inputs[i] for i in group], dim=1):
                    p, hidden = model(x, hidden)
                ps.append(p)
                ys += [labels[i] for i in group]
            p = torch.cat(ps)
            loss = bce(p, torch.tensor(ys, dtype=p.dtype).reshape(-1, 1))
            pass
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train", "the losses keep their graphs: tensors are recorded")
def trainn_loss_tensor(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            groups = collections.defaultdict(list)
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = ([], [])
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
            losses.append(loss)
    return losses


@mistake("train", "two slips: not shuffled, and the last batch is dropped")
def trainn_ordered_sum(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        for batch in torch.arange(len(names) - len(names) % batch_size).split(batch_size):
            groups = collections.defaultdict(list)
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = ([], [])
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


@mistake(
    "NameRNN", "two slips: hidden stands before the input; and the first state lacks the batch axis"
)
class NrnnCatOrderAndNrnnInitFlat(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([hidden, input], dim=1)
        hidden = torch.tanh(self.i2h(both))
        return (torch.sigmoid(self.h2o(hidden)), hidden)

    def init_hidden(self, n=1):
        return torch.zeros(self.hidden_size)


@mistake("classify", "two slips: only the first character is read; and 0 or 1 is returned")
def classify_first_char_and_rounded(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab)[:1]:
            p, hidden = model(x, hidden)
    return float(p.item() > 0.5)


@mistake(
    "classify", "two slips: only the first character is read; and the hidden state is not carried"
)
def classify_first_char_and_state_not_kept(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab)[:1]:
            p, _ = model(x, hidden)
    return p.item()


@mistake(
    "train",
    "two slips: the gradients are not cleared; and the losses keep their graphs: tensors are recorded",
)
def trainn_no_zero_and_loss_tensor(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    inputs = [encode(name, vocab) for name in names]
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            groups = collections.defaultdict(list)
            for i in batch.tolist():
                groups[len(names[i])].append(i)
            ps, ys = ([], [])
            for group in groups.values():
                hidden = model.init_hidden(len(group))
                for x in torch.cat([inputs[i] for i in group], dim=1):
                    p, hidden = model(x, hidden)
                ps.append(p)
                ys += [labels[i] for i in group]
            p = torch.cat(ps)
            loss = bce(p, torch.tensor(ys, dtype=p.dtype).reshape(-1, 1))
            pass
            loss.backward()
            optimizer.step()
            losses.append(loss)
    return losses
