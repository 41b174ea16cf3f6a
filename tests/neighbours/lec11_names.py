"""Wrong answers of lecture 11, as students write them, to try the hints on."""

import collections
import math
import random

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec11_names.answers import bce, encode


@mistake(
    "build_vocab", "characters of equal count are sorted by code point, not by first appearance"
)
def ties_by_code_point(names, size):
    counts = collections.Counter("".join(names))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [char for char, _ in ranked[:size]]


@mistake(
    "build_vocab", "a character counts once for each name: a second one in a name is not counted"
)
def counts_names_not_occurrences(names, size):
    counts = {}
    for name in names:
        for char in dict.fromkeys(name):
            counts[char] = counts.get(char, 0) + 1
    return sorted(counts, key=lambda c: counts[c], reverse=True)[:size]


@mistake("build_vocab", "pairs of character and count are returned, not characters")
def returns_pairs(names, size):
    counter = collections.Counter()
    for name in names:
        counter.update(name)
    return counter.most_common(size)


@mistake("build_vocab", "the least frequent characters come first")
def rarest_first(names, size):
    text = "".join(names)
    chars = list(dict.fromkeys(text))
    chars.sort(key=text.count)
    return chars[:size]


@mistake(
    "build_vocab",
    "the characters come in order of first appearance: their counts decide nothing",
)
def first_characters_that_appear(names, size):
    vocab = []
    for name in names:
        for char in name:
            if char not in vocab:
                vocab.append(char)
    return vocab[0:size]


@mistake(
    "build_vocab",
    "two slips: ties go to the character that appears last, and one character too few is kept",
)
def late_ties_and_one_too_few(names, size):
    counts = collections.Counter(c for name in names for c in name)
    seen = list(counts)
    ranked = sorted(seen, key=lambda c: (counts[c], seen.index(c)))[::-1]
    return ranked[: size - 1]


@mistake(
    "build_vocab", "max of an empty dictionary raises when there are fewer characters than size"
)
def asks_for_more_than_there_is(names, size):
    counts = {}
    for char in "".join(names):
        counts[char] = counts.get(char, 0) + 1
    vocab = []
    for _ in range(size):
        best = max(counts, key=counts.get)
        vocab.append(best)
        del counts[best]
    return vocab


@mistake("build_vocab", "two slips: a character counts once for each name, and pairs are returned")
def pairs_counted_by_name(names, size):
    counter = collections.Counter()
    for name in names:
        counter.update(sorted(set(name), key=name.index))
    return list(counter.most_common(size))


@mistake("filter_names", "the names themselves are returned, not their indices")
def returns_the_names(names, vocab):
    return [name for name in names if all(char in vocab for char in name)]


@mistake("filter_names", "one known character is enough: any stands for all")
def any_known_character(names, vocab):
    return [i for i in range(len(names)) if any(c in vocab for c in names[i])]


@mistake("filter_names", "the sets are compared the wrong way round: vocabulary within the name")
def vocabulary_within_the_name(names, vocab):
    known = set(vocab)
    kept = []
    for i, name in enumerate(names):
        if known.issubset(name):
            kept.append(i)
    return kept


@mistake(
    "filter_names", "two slips: indices count from 1, and only the first character is looked at"
)
def first_character_counted_from_one(names, vocab):
    kept = []
    for i, name in enumerate(names, start=1):
        if name[0] in vocab:
            kept.append(i)
    return kept


@mistake("filter_names", "equal names are all given the index of the first one: index() finds that")
def index_of_the_first_equal_name(names, vocab):
    allowed = "".join(vocab)
    return [names.index(name) for name in names if not name.strip(allowed)]


@mistake("filter_names", "two slips: the names are returned, and one known character is enough")
def names_with_a_known_character(names, vocab):
    return list(filter(lambda name: set(name) & set(vocab), names))


@mistake("encode", "the batch axis is missing: (len, V) instead of (len, 1, V)")
def encodes_without_a_batch(name, vocab):
    x = torch.zeros(len(name), len(vocab))
    for t, char in enumerate(name):
        if char not in vocab:
            raise ValueError(f"unknown character {char}")
        x[t, vocab.index(char)] = 1.0
    return x


@mistake("encode", "F.one_hot makes int64: the cast to float32 is missing")
def one_hot_of_integers(name, vocab):
    for char in name:
        if char not in vocab:
            raise ValueError(f"{char!r} is not in the vocabulary")
    idx = torch.tensor([vocab.index(c) for c in name])
    return F.one_hot(idx, num_classes=len(vocab)).unsqueeze(1)


@mistake("encode", "an unknown character raises KeyError from a dictionary, not ValueError")
def key_error_of_a_dictionary(name, vocab):
    place = {char: i for i, char in enumerate(vocab)}
    x = torch.zeros(len(name), 1, len(vocab))
    for t, char in enumerate(name):
        x[t, 0, place[char]] = 1
    return x


@mistake("encode", "an unknown character is passed over in silence and leaves a row of zeros")
def unknown_is_a_row_of_zeros(name, vocab):
    rows = []
    for char in name:
        rows.append([[1.0 if char == v else 0.0 for v in vocab]])
    return torch.tensor(rows)


@mistake("encode", "the ValueError does not say which character is unknown")
def error_without_the_character(name, vocab):
    if not set(name).issubset(vocab):
        raise ValueError("the name has a character that is not in the vocabulary")
    eye = torch.eye(len(vocab))
    return torch.stack([eye[vocab.index(c)] for c in name])[:, None]


@mistake(
    "encode", "two slips: batch and time change places, (1, len, V), and the values are float64"
)
def batch_first_in_float64(name, vocab):
    x = torch.zeros((1, len(name), len(vocab)), dtype=torch.float64)
    for t, char in enumerate(name):
        if char not in vocab:
            raise ValueError(f"unknown: {char}")
        x[0][t][vocab.index(char)] = 1
    return x


@mistake(
    "encode",
    "two slips: str.find gives −1 for unknown characters, which marks the last place, "
    "and the characters are added up in one row",
)
def adds_up_and_marks_the_last(name, vocab):
    letters = "".join(vocab)
    x = torch.zeros(1, 1, len(vocab))
    for char in name:
        x[0, 0, letters.find(char)] += 1
    return x


@mistake("encode", "two slips: the result is int64, and the batch axis is missing")
def integers_without_a_batch(name, vocab):
    rows = torch.zeros(len(name), len(vocab), dtype=torch.long)
    for t, char in enumerate(name):
        try:
            rows[t, vocab.index(char)] = 1
        except ValueError:
            raise ValueError(f"no such character: {char}") from None
    return rows


@mistake("encode", "a list has no method find: AttributeError")
def find_in_a_list(name, vocab):
    x = torch.zeros(len(name), 1, len(vocab))
    for t, char in enumerate(name):
        v = vocab.find(char)
        if v < 0:
            raise ValueError(f"{char} is unknown")
        x[t, 0, v] = 1.0
    return x


@mistake("NameRNN", "the state stands before the input: [h, x] instead of [x, h]")
class StateBeforeInput(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(hidden_size + input_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        combined = torch.cat((hidden, input), 1)
        hidden = torch.tanh(self.i2h(combined))
        output = torch.sigmoid(self.h2o(hidden))
        return output, hidden

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "the tanh is left out: the state is the affine layer's bare output")
class StateWithoutTanh(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)
        self.sigmoid = nn.Sigmoid()

    def forward(self, input, hidden):
        hidden = self.i2h(torch.cat([input, hidden], dim=1))
        return self.sigmoid(self.h2o(hidden)), hidden

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "the output layer reads the old state, not the new one")
class OutputOfTheOldState(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        prob = torch.sigmoid(self.h2o(hidden))
        new_hidden = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
        return prob, new_hidden

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake(
    "NameRNN",
    "two slips: the sigmoid is missing, so logits come out, and the output is squeezed to (n,)",
)
class SqueezedLogits(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.n_hidden = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        hidden = self.i2h(torch.cat([input, hidden], dim=-1)).tanh()
        out = self.h2o(hidden).squeeze(1)
        return out, hidden

    def init_hidden(self, n=1):
        return torch.zeros(n, self.n_hidden)


@mistake(
    "NameRNN",
    "two slips: the activation of the state is a sigmoid, and init_hidden draws random numbers",
)
class SigmoidStateRandomStart(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        hidden = torch.sigmoid(self.i2h(torch.cat([input, hidden], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden

    def init_hidden(self, n=1):
        return torch.randn(n, self.hidden_size)


@mistake("NameRNN", "init_hidden ignores n and always makes one row")
class OneRowOfHidden(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden

    def init_hidden(self, n=1):
        return torch.zeros(1, self.hidden_size)


@mistake(
    "NameRNN", "super().__init__() is not called, so that assigning a layer raises AttributeError"
)
class ForgetsSuper(nn.Module):
    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "the new state and the probability are returned in each other's place")
class StateBeforeProbability(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        h = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
        return h, torch.sigmoid(self.h2o(h))

    def init_hidden(self, n=1):
        return torch.zeros(n, self.hidden_size)


@mistake("NameRNN", "two slips: the state stands before the input, and its tanh is left out")
class LinearStateBeforeInput(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, 1)

    def forward(self, input, hidden):
        hidden = self.i2h(torch.hstack([hidden, input]))
        return self.h2o(hidden).sigmoid(), hidden

    def init_hidden(self, n=1):
        return torch.zeros((n, self.hidden_size))


@mistake("bce", "the logarithms are not clamped: p = 0 or 1 makes nan or infinity")
def bare_logarithms(p, y):
    return torch.mean(-y * torch.log(p) - (1 - y) * torch.log(1 - p))


@mistake(
    "bce", "1e-8 stands inside the logarithms in place of the clamp: a certain error costs about 18"
)
def small_number_in_the_logs(p, y):
    eps = 1e-8
    return -(y * torch.log(p + eps) + (1 - y) * torch.log(1 - p + eps)).mean()


@mistake("bce", "the losses are added up, not averaged")
def sum_of_the_losses(p, y):
    return F.binary_cross_entropy(p, y, reduction="sum")


@mistake("bce", "two slips: the sign is missing, and the logarithms are cut at −10, not −100")
def negative_and_cut_at_ten(p, y):
    a = torch.clamp(torch.log(p), min=-10)
    b = torch.clamp(torch.log(1 - p), min=-10)
    return (y * a + (1 - y) * b).mean()


@mistake("bce", "two slips: the term of label 0 is left out, and the rest is not clamped")
def term_of_the_ones_only(p, y):
    return -(y * p.log()).mean()


@mistake("bce", "math.log takes one number: a tensor of several raises")
def math_log_of_a_tensor(p, y):
    return -(y * max(math.log(p), -100) + (1 - y) * max(math.log(1 - p), -100)).mean()


@mistake("bce", "p and y change places: the labels are in the logarithms")
def labels_in_the_logarithms(p, y):
    log_y, log_not_y = y.log().clamp(min=-100), (1 - y).log().clamp(min=-100)
    return -(p * log_y + (1 - p) * log_not_y).mean()


@mistake("bce", "two slips: the losses are added up, and the logarithms are not clamped")
def sum_of_bare_logarithms(p, y):
    total = 0
    for pi, yi in zip(p.flatten(), y.flatten()):
        total = total - yi * torch.log(pi) - (1 - yi) * torch.log(1 - pi)
    return total


@mistake("classify", "the state is not passed on: every character starts from zeros")
def forgets_what_it_has_read(model, name, vocab):
    with torch.no_grad():
        for x in encode(name, vocab):
            p, _ = model(x, model.init_hidden())
    return p.item()


@mistake("classify", "the probabilities after all characters are averaged; the last one counts")
def mean_over_the_characters(model, name, vocab):
    hidden = model.init_hidden()
    total = 0.0
    for char in name:
        p, hidden = model(encode(char, vocab)[0], hidden)
        total += p.item()
    return total / len(name)


@mistake("classify", "a tensor is returned, not a Python float")
def returns_a_tensor(model, name, vocab):
    hidden = model.init_hidden(1)
    x = encode(name, vocab)
    for t in range(x.size(0)):
        p, hidden = model(x[t], hidden)
    return p[0, 0].detach()


@mistake("classify", "two slips: the name is read from its end, and the guess 0 or 1 is returned")
def reads_backward_and_rounds(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name[::-1], vocab):
            prob, hidden = model(x, hidden)
    return float(prob.item() > 0.5)


@mistake("classify", "the last character is left out")
def stops_before_the_last_character(model, name, vocab):
    hidden = model.init_hidden()
    x = encode(name, vocab)
    p = torch.full((1, 1), 0.5)
    with torch.no_grad():
        for t in range(len(name) - 1):
            p, hidden = model(x[t], hidden)
    return p.item()


@mistake("classify", "encode gives (1, 1, V) for a character; with that batch axis the cat raises")
def feeds_three_axes(model, name, vocab):
    hidden = model.init_hidden()
    for char in name:
        p, hidden = model(encode(char, vocab), hidden)
    return p.item()


@mistake(
    "classify", "two slips: the state is not passed on, and the largest probability is returned"
)
def largest_without_memory(model, name, vocab):
    probs = []
    with torch.no_grad():
        for x in encode(name, vocab):
            p, _ = model(x, model.init_hidden())
            probs.append(p.item())
    return max(probs)


@mistake("classify", "the state is not passed to the model at all: TypeError")
def calls_the_model_without_a_state(model, name, vocab):
    x = encode(name, vocab)
    with torch.no_grad():
        for t in range(len(name)):
            p = model(x[t])
    return p.item()


@mistake("classify", "two slips: the probability after the first character counts, as a tensor")
def first_probability_as_a_tensor(model, name, vocab):
    hidden = model.init_hidden()
    probs = []
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
            probs.append(p)
    return torch.cat(probs)[0]


@mistake("train", "the gradients are never set back to zero: they add up over the mini-batches")
def gradients_pile_up(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(names), generator=generator).tolist()
        for start in range(0, len(names), batch_size):
            loss = 0
            batch = order[start : start + batch_size]
            for i in batch:
                hidden = model.init_hidden()
                for x in encode(names[i], vocab):
                    p, hidden = model(x, hidden)
                loss = loss + bce(p, torch.full((1, 1), float(labels[i])))
            loss = loss / len(batch)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake(
    "train",
    "two slips: the rest that fills no mini-batch is left out, and losses are sums over the batch",
)
def drops_the_rest_and_sums(model, names, labels, vocab, epochs, batch_size, lr, seed):
    rng = random.Random(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    indices = list(range(len(names)))
    losses = []
    for _ in range(epochs):
        rng.shuffle(indices)
        for b in range(len(names) // batch_size):
            optimizer.zero_grad()
            loss = torch.zeros(())
            for i in indices[b * batch_size : (b + 1) * batch_size]:
                hidden = model.init_hidden()
                for x in encode(names[i], vocab):
                    p, hidden = model(x, hidden)
                loss = loss + bce(p, torch.tensor([[float(labels[i])]]))
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train", "backward stands inside the loop over names: at the second name it raises")
def backward_inside_the_loop(model, names, labels, vocab, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        perm = torch.randperm(len(names)).tolist()
        for start in range(0, len(names), batch_size):
            batch = perm[start : start + batch_size]
            loss = 0
            for i in batch:
                hidden = model.init_hidden()
                for x in encode(names[i], vocab):
                    p, hidden = model(x, hidden)
                loss = loss + bce(p, torch.tensor([[float(labels[i])]]))
                loss = loss / len(batch)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            losses.append(loss.item())
    return losses


@mistake(
    "train", "the loss is taken after every character and averaged, not after the last one alone"
)
def loss_after_every_character(model, names, labels, vocab, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            each = []
            for i in batch.tolist():
                hidden = model.init_hidden()
                y = torch.tensor([[float(labels[i])]])
                steps = []
                for x in encode(names[i], vocab):
                    p, hidden = model(x, hidden)
                    steps.append(bce(p, y))
                each.append(torch.stack(steps).mean())
            loss = torch.stack(each).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(float(loss))
    return losses
