"""Wrong answers of lecture 11 that we know, each with the hint it earns.

Many are written as the model answer with one slip in it, so that two of them at once can be tried.
"""

import collections
import copy

import torch

from grader.vocabulary import mistake
from solutions.lec11_names import answers
from solutions.lec11_names.answers import NameRNN, encode


@mistake("build_vocab", "The most frequent character comes first.")
def vocab_rarest_first(names, size):
    return answers.build_vocab(names, 10**6)[::-1][:size]


@mistake("build_vocab", "The order is by frequency, not by the alphabet.")
def vocab_alphabetical(names, size):
    return sorted(answers.build_vocab(names, size))


@mistake("build_vocab", "These are the rarest characters: the most frequent are asked.")
def vocab_end_of_the_list(names, size):
    return answers.build_vocab(names, 10**6)[-size:]


@mistake("build_vocab", "The most frequent character comes first, not the rarest.")
def vocab_sorted_upwards(names, size):
    counts = collections.Counter("".join(names))
    return sorted(counts, key=counts.get)[:size]


@mistake("build_vocab", "Equally frequent characters keep the order in which they first appear.")
def vocab_ties_by_code_point(names, size):
    counts = collections.Counter("".join(names))
    return sorted(counts, key=lambda char: (-counts[char], char))[:size]


@mistake("build_vocab", "Count every occurrence, also a second one in the same name.")
def vocab_counts_names(names, size):
    counts = collections.Counter()
    for name in names:
        counts.update(dict.fromkeys(name, 1))
    return [char for char, _ in counts.most_common(size)]


@mistake("build_vocab", "At most `size` characters are asked.")
def vocab_without_limit(names, size):
    return answers.build_vocab(names, 10**6)


@mistake("build_vocab", "The characters alone are asked, without their counts.")
def vocab_with_counts(names, size):
    return collections.Counter("".join(names)).most_common(size)


@mistake("build_vocab", "The first characters to appear need not be the most frequent ones.")
def vocab_by_appearance(names, size):
    return list(dict.fromkeys("".join(names)))[:size]


@mistake("build_vocab", "Count characters, not whole names.")
def vocab_of_names(names, size):
    return [name for name, _ in collections.Counter(names).most_common(size)]


@mistake("filter_names", "All characters of a name have to be known, not just one.")
def filter_any(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if set(name) & known]


@mistake(
    "filter_names", "The name has to lie within vocab: vocab may hold more than the name does."
)
def filter_vocab_within_name(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if known <= set(name)]


@mistake("filter_names", "Indices count from 0.")
def filter_counts_from_one(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names, 1) if set(name) <= known]


@mistake("filter_names", "`names.index` finds the first of equal names: each has its own index.")
def filter_index_of_first(names, vocab):
    known = set(vocab)
    return [names.index(name) for i, name in enumerate(names) if set(name) <= known]


@mistake("filter_names", "The indices of the names are asked, not the names.")
def filter_gives_names(names, vocab):
    known = set(vocab)
    return [name for i, name in enumerate(names) if set(name) <= known]


@mistake("filter_names", "A list of indices is asked, not a yes or no for each name.")
def filter_gives_mask(names, vocab):
    return [set(name) <= set(vocab) for name in names]


@mistake("filter_names", "The surname alone is not enough: look at every character.")
def filter_first_only(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if name[0] in known]


@mistake("filter_names", "These are the names to leave out.")
def filter_complement(names, vocab):
    known = set(vocab)
    return [i for i, name in enumerate(names) if not set(name) <= known]


@mistake(
    "filter_names", "Order and number of the characters do not matter: a name is no part of vocab."
)
def filter_by_distinct(names, vocab):
    return [i for i in answers.filter_names(names, vocab) if len(set(names[i])) == len(names[i])]


@mistake("encode", "The middle axis is the batch, of size 1: the shape is (len, 1, V).")
def encode_two_axes(name, vocab):
    return answers.encode(name, vocab)[:, 0]


@mistake("encode", "One-hot vectors enter a linear layer: float32, please.")
def encode_integers(name, vocab):
    return answers.encode(name, vocab).long()


@mistake("encode", "An unknown character is an error, not a vector of zeros.")
def encode_skips_unknown(name, vocab):
    x = torch.zeros(len(name), 1, len(vocab))
    for t, char in enumerate(name):
        if char in vocab:
            x[t, 0, vocab.index(char)] = 1
    return x


@mistake("encode", "Say in the error's message which character is unknown.")
def encode_unnamed_error(name, vocab):
    if not set(name) <= set(vocab):
        raise ValueError("unknown character")
    return answers.encode(name, vocab)


@mistake("encode", "The place of the 1 is the character's index in `vocab`, in its own order.")
def encode_sorted_vocab(name, vocab):
    return answers.encode(name, sorted(vocab))


@mistake("encode", "Time runs forward: the first character comes first.")
def encode_backwards(name, vocab):
    return answers.encode(name, vocab).flip(0)


@mistake("encode", "One vector for each character, not one for the whole name.")
def encode_bag(name, vocab):
    return answers.encode(name, vocab).sum(dim=0, keepdim=True)


@mistake("NameRNN", "i2h sees [input, hidden], in this order.")
class NameRNNHiddenFirst(NameRNN):
    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat([hidden, input], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden


@mistake("NameRNN", "The output is read from the new state, not from the old one.")
class NameRNNOutputFromOldState(NameRNN):
    def forward(self, input, hidden):
        _, new = super().forward(input, hidden)
        return torch.sigmoid(self.h2o(hidden)), new


@mistake("NameRNN", "The new state is the tanh of i2h.")
class NameRNNWithoutTanh(NameRNN):
    def forward(self, input, hidden):
        hidden = self.i2h(torch.cat([input, hidden], dim=1))
        return torch.sigmoid(self.h2o(hidden)), hidden


@mistake("NameRNN", "The state's activation is tanh, not ReLU.")
class NameRNNWithReLU(NameRNN):
    def forward(self, input, hidden):
        hidden = torch.relu(self.i2h(torch.cat([input, hidden], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden


@mistake("NameRNN", "The state's activation is tanh; the sigmoid belongs to the probability.")
class NameRNNWithSigmoid(NameRNN):
    def forward(self, input, hidden):
        hidden = torch.sigmoid(self.i2h(torch.cat([input, hidden], dim=1)))
        return torch.sigmoid(self.h2o(hidden)), hidden


@mistake("NameRNN", "A probability is asked: the sigmoid after h2o is missing.")
class NameRNNLogits(NameRNN):
    def forward(self, input, hidden):
        hidden = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
        return self.h2o(hidden), hidden


@mistake("NameRNN", "First the probability, then the state.")
class NameRNNResultsExchanged(NameRNN):
    def forward(self, input, hidden):
        prob, hidden = super().forward(input, hidden)
        return hidden, prob


@mistake("NameRNN", "The probabilities have shape (n, 1), as h2o gives them.")
class NameRNNFlatProbability(NameRNN):
    def forward(self, input, hidden):
        prob, hidden = super().forward(input, hidden)
        return prob[:, 0], hidden


@mistake("NameRNN", "The initial state is zero.")
class NameRNNRandomStart(NameRNN):
    def init_hidden(self, n=1):
        return torch.randn(n, self.hidden_size)


@mistake("NameRNN", "init_hidden(n) makes a state for each of n names.")
class NameRNNOneStart(NameRNN):
    def init_hidden(self, n=1):
        return torch.zeros(1, self.hidden_size)


@mistake("bce", "The loss is a mean over all entries.")
def bce_sum(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log(1 - p).clamp(min=-100)
    log_likelihood = y * log_p + (1 - y) * log_q
    return -log_likelihood.sum()


@mistake("bce", "The sign: a loss is the negative log-likelihood.")
def bce_positive(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_q = torch.log(1 - p).clamp(min=-100)
    log_likelihood = y * log_p + (1 - y) * log_q
    return log_likelihood.mean()


@mistake("bce", "The case y = 0 has a term of its own, (1 − y) log(1 − p).")
def bce_one_term(p, y):
    log_p = torch.log(p).clamp(min=-100)
    log_likelihood = y * log_p
    return -log_likelihood.mean()


@mistake("bce", "0 · log 0 is nan: clamp each logarithm at −100.")
def bce_unclamped(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()


@mistake("bce", "Clamp the logarithms at −100, not the probabilities: a certain error costs 100.")
def bce_clamps_probability(p, y):
    return answers.bce(p.clamp(1e-7, 1 - 1e-7), y)


@mistake("bce", "A small number inside the logarithm biases every loss: clamp at −100 instead.")
def bce_epsilon(p, y):
    return -(y * torch.log(p + 1e-5) + (1 - y) * torch.log(1 - p + 1e-5)).mean()


@mistake("bce", "An ε in the logarithm is no clamp at −100: a certain error costs too little.")
def bce_small_epsilon(p, y):
    return -(y * torch.log(p + 1e-8) + (1 - y) * torch.log(1 - p + 1e-8)).mean()


@mistake("bce", "An ε in the logarithm is no clamp at −100: a sure error costs too little.")
def bce_tiny_epsilon(p, y):
    return -(y * torch.log(p + 1e-12) + (1 - y) * torch.log(1 - p + 1e-12)).mean()


@mistake("bce", "p and y have changed places: the logarithms are taken of the probabilities.")
def bce_arguments_exchanged(p, y):
    return answers.bce(y, p)


@mistake("bce", "y says which logarithm counts: y = 1 takes log p.")
def bce_labels_exchanged(p, y):
    return answers.bce(p, 1 - y)


@mistake("bce", "p holds probabilities already: no sigmoid here.")
def bce_sigmoid_again(p, y):
    return answers.bce(torch.sigmoid(p), y)


@mistake("classify", "Read the whole name: the probability after the last character counts.")
def classify_first_character(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name[:1], vocab):
            p, hidden = model(x, hidden)
    return p.item()


@mistake("classify", "Read the whole name: its last character is left out.")
def classify_all_but_last(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab)[:-1]:
            p, hidden = model(x, hidden)
    return p.item()


@mistake("classify", "The probability after the last character counts, not the largest of all.")
def classify_largest(model, name, vocab):
    hidden = model.init_hidden()
    largest = 0.0
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
            largest = max(largest, p.item())
    return largest


@mistake("classify", "Pass the state on from character to character.")
def classify_forgets(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, _ = model(x, hidden)
    return p.item()


@mistake("classify", "Only the last probability counts, not the mean of all.")
def classify_mean(model, name, vocab):
    states = [name[: t + 1] for t in range(len(name))]
    return sum(answers.classify(model, part, vocab) for part in states) / len(states)


@mistake("classify", "Characters are read from first to last.")
def classify_backwards(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name[::-1], vocab):
            p, hidden = model(x, hidden)
    return p.item()


@mistake("classify", "The probability of label 1 is asked, not the label.")
def classify_rounds(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
    return float(p.item() > 0.5)


@mistake("classify", "A Python float is asked: `.item()` takes it out of a tensor.")
def classify_gives_tensor(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
    return p.squeeze()


@mistake("classify", "The model's probability is that of label 1: return it as it is.")
def classify_complement(model, name, vocab):
    hidden = model.init_hidden()
    with torch.no_grad():
        for x in encode(name, vocab):
            p, hidden = model(x, hidden)
    return 1 - p.item()


def loop(
    model, names, labels, vocab, epochs, batch_size, lr, seed, optimizer=torch.optim.Adam,
    every=False, average=False, carried=False, divide=True, zero=True, target=lambda y: y,
    inside=False, read=lambda name: name, drop_last=False, seeded=True,
):  # fmt: skip
    """The lecture's loop, one name at a time, with a switch for each thing that goes wrong."""
    generator = torch.Generator()
    if seeded:
        generator.manual_seed(seed)
    else:
        generator.manual_seed(int(torch.randint(2**31, (1,))))
    optimizer = optimizer(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(names), generator=generator).split(batch_size):
            if drop_last and len(batch) < batch_size:
                continue
            total, hidden = 0.0, model.init_hidden()
            for i in batch.tolist():
                hidden = hidden.detach() if carried else model.init_hidden()
                own = 0.0
                for x in read(answers.encode(names[i], vocab)):
                    p, hidden = model(x, hidden)
                    loss = answers.bce(p, torch.full_like(p, target(labels[i])))
                    own = own + loss if every else loss
                total = total + (own / len(names[i]) if average else own)
                if inside:
                    optimizer.zero_grad()
                    (own / len(batch)).backward()
                    optimizer.step()
            loss = total / len(batch) if divide else total
            if not inside:
                if zero:
                    optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            losses.append(loss.item())
    return losses


@mistake(
    "train", "One step for each mini-batch: backward and step belong after the loop over names."
)
def train_step_for_each_name(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, inside=True)


@mistake("train", "The loss of a mini-batch is the mean of its names' losses.")
def train_sum(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, divide=False)


@mistake("train", "Reset the gradients before each backward pass.")
def train_gradients_add_up(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, zero=False)


@mistake("train", "The optimizer is Adam.")
def train_sgd(model, names, labels, vocab, epochs, batch_size, lr, seed):
    sgd = torch.optim.SGD
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, optimizer=sgd)


@mistake("train", "A name has one loss, that after its last character.")
def train_loss_at_every_character(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, every=True)


@mistake("train", "A name's loss is that after its last character, not the mean over all of them.")
def train_mean_over_characters(model, names, labels, vocab, epochs, batch_size, lr, seed):
    settings = {"every": True, "average": True}
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, **settings)


@mistake("train", "Each name begins with the zero state, not with that of the name before.")
def train_state_carried_over(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, carried=True)


@mistake("train", "The labels are exchanged: 1 is what the probability stands for.")
def train_labels_exchanged(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, target=lambda y: 1 - y)


@mistake("train", "Characters are read from first to last.")
def train_backwards(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, read=lambda x: x.flip(0))


@mistake("train", "The last mini-batch of an epoch counts, too, though it may be smaller.")
def train_rest_dropped(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, drop_last=True)


@mistake("train", "`seed` makes the shuffling repeatable: seed a generator with it.")
def train_seed_ignored(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, seeded=False)


@mistake("train", "Train the model that is passed in, not a copy of it.")
def train_copy(model, names, labels, vocab, epochs, batch_size, lr, seed):
    return answers.train(copy.deepcopy(model), names, labels, vocab, epochs, batch_size, lr, seed)


@mistake("train", "A shorter name ends earlier: steps over its padding still change the state.")
def train_padding_read(model, names, labels, vocab, epochs, batch_size, lr, seed):
    longest = max(map(len, names))

    def pad(x):
        return torch.cat([x, x.new_zeros(longest - len(x), *x.shape[1:])])

    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, read=pad)


@mistake("train", "Zeros in front of a shorter name are not nothing: i2h's bias moves the state.")
def train_padding_in_front(model, names, labels, vocab, epochs, batch_size, lr, seed):
    longest = max(map(len, names))

    def pad(x):
        return torch.cat([x.new_zeros(longest - len(x), *x.shape[1:]), x])

    return loop(model, names, labels, vocab, epochs, batch_size, lr, seed, read=pad)
