"""Third neighbours of lec11_names: written before they were measured once, at the end."""

import collections

import torch
from torch import nn

from grader.vocabulary import mistake
from solutions.lec11_names.answers import encode


@mistake("build_vocab", "one character too many")
def tri_vocab_one_more(names, size):
    counts = collections.Counter("".join(names))
    return [char for char, _ in counts.most_common(size + 1)]


@mistake("filter_names", "only the first character is looked at")
def tri_filter_first_char(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if name[:1] in known]


@mistake("encode", "all places up to the character's are 1")
def tri_encode_cumulative(name, vocab):
    x = torch.zeros(len(name), 1, len(vocab))
    for t, char in enumerate(name):
        if char not in vocab:
            raise ValueError(f"the character {char} is not in the vocabulary")
        x[t, 0, : vocab.index(char) + 1] = 1
    return x


@mistake("bce", "the logarithms are clamped at -10")
def tri_bce_clamped_ten(p, y):
    log_p = torch.log(p).clamp(min=-10)
    log_q = torch.log(1 - p).clamp(min=-10)
    log_likelihood = y * log_p + (1 - y) * log_q
    return -log_likelihood.mean()


@mistake("classify", "only the last character is read")
def tri_classify_last_char(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name[-1:], vocab):
            p, hidden = model(x, hidden)
    return p.item()


@mistake("NameRNN", "two slips: ReLU for tanh, and the output adds 1")
class NrnnReluSoftmax(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        both = torch.cat([input, hidden], dim=1)
        hidden = torch.relu(self.i2h(both))
        return (torch.sigmoid(self.h2o(hidden) + 1), hidden)

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("bce", "two slips: the sign is missing, and the second term counts half")
def tri_bce_positive_half(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log(1 - p).clamp(min=-100)
    log_likelihood = y * log_p + (1 - y) * log_q / 2
    return log_likelihood.mean()
