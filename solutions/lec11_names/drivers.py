"""How lecture 11's network, classifier and training loop are called; sent as source."""

from typing import Any


def run_network(student: Any, sizes: Any, weights: Any, x: Any, h: Any, n: Any) -> Any:
    """Load weights by name into the student's network; return one step and its initial states."""
    import torch

    net: Any = student(*sizes)
    assert isinstance(net, torch.nn.Module), "the class should derive from torch.nn.Module"
    shapes = {name: tuple(p.shape) for name, p in net.named_parameters()}
    asked = {name: tuple(value.shape) for name, value in weights.items()}
    assert shapes == asked, (
        f"two layers i2h and h2o should give the parameters {asked}; these are {shapes}"
    )
    net = net.to(device=x.device, dtype=x.dtype)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(weights[name])
    out = net(x, h)
    assert isinstance(out, tuple | list) and len(out) == 2, "return (probability, hidden)"
    prob, hidden = out
    assert prob.requires_grad, "the forward pass cuts the graph: the weights would get no gradient"
    starts = [net.init_hidden(), net.init_hidden(n)]
    return prob.detach(), hidden.detach(), [start.to(x) for start in starts]


def use_model(
    student: Any,
    task: Any,
    vocab: Any,
    hidden_size: Any,
    weights: Any,
    names: Any,
    like: Any,
    labels: Any = (),
    schedule: Any = (),
    hidden_names: Any = (),
) -> Any:
    """Hand `classify` or `train` a network of the course's own, as the exercise describes it.

    All runs on the CPU, where `encode` puts names. "train" returns the losses and the probability
    of each hidden name; "train twice" repeats it with other states of the global random streams
    and asks for the same losses.
    """
    import numpy as np
    import torch
    from torch import nn

    class NameRNN(nn.Module):
        """The network of the exercise."""

        def __init__(self, input_size: int, hidden_size: int) -> None:
            super().__init__()
            self.input_size, self.hidden_size = input_size, hidden_size
            self.i2h = nn.Linear(input_size + hidden_size, hidden_size)
            self.h2o = nn.Linear(hidden_size, 1)

        def forward(self, input: Any, hidden: Any) -> Any:
            hidden = torch.tanh(self.i2h(torch.cat([input, hidden], dim=1)))
            return torch.sigmoid(self.h2o(hidden)), hidden

        def init_hidden(self, n: int = 1) -> Any:
            return torch.zeros(n, self.hidden_size)

    def model_of(seed: int) -> Any:
        torch.manual_seed(seed)
        np.random.seed(seed)
        model = NameRNN(len(vocab), hidden_size)
        with torch.no_grad():
            for name, p in model.named_parameters():
                if name in weights:
                    p.copy_(weights[name])
        return model

    if task == "classify":
        return [student(model_of(1), name, vocab) for name in names]

    epochs, batch_size, lr, seed = schedule

    def run(stream: int) -> Any:
        torch.manual_seed(2)
        model = model_of(3)
        torch.manual_seed(stream)
        np.random.seed(stream)
        losses = student(model, names, labels, vocab, epochs, batch_size, lr, seed)
        assert isinstance(losses, list | tuple), f"a list of losses, not {type(losses).__name__}"
        n = epochs * -(-len(names) // batch_size)
        assert len(losses) == n, f"{n} mini-batches make as many losses, not {len(losses)}"
        return model.eval(), [float(loss) for loss in losses]

    model, losses = run(seed % 2**32)
    if task == "train twice":
        _, again = run((seed + 1) % 2**32)
        assert np.allclose(losses, again, rtol=1e-3), (
            "the same seed should give the same mini-batches, and so the same losses"
        )
    probabilities = []
    with torch.no_grad():
        for name in hidden_names:
            hidden = model.init_hidden()
            for character in name:
                x = torch.zeros(1, len(vocab))
                x[0, vocab.index(character)] = 1
                p, hidden = model(x, hidden)
            probabilities.append(p[0, 0])
    return losses, torch.stack(probabilities).to(like)
