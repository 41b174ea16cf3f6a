"""Right answers to lecture 9's payoffs in other styles than the model answers'."""

import torch
from torch import nn

from grader.vocabulary import mistake


@mistake("DeepMLP", "three lists of modules, and PyTorch's own initialisers")
class ByLists(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        norms = {None: nn.Identity, "batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
        gains = {"kaiming": 2**0.5, "lecture": 1.0, "small": None}
        if norm not in norms:
            raise ValueError("norm")
        if init not in gains:
            raise ValueError("init")
        self.shortcut, self.p = residual, p
        self.linears = nn.ModuleList(
            nn.Linear(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)
        )
        self.norms = nn.ModuleList(norms[norm](width) for width in sizes[1:-1])
        for linear in self.linears:
            if init == "small":
                linear.weight.data.normal_(0, 0.01)
            else:
                linear.weight.data = (
                    gains[init] * torch.randn_like(linear.weight) / (linear.in_features**0.5)
                )
            linear.bias.data.fill_(0)

    def forward(self, x):
        for linear, norm in zip(self.linears, self.norms):
            before = x
            x = nn.functional.dropout(norm(linear(x)).relu(), self.p, self.training)
            if self.shortcut and linear.in_features == linear.out_features:
                x = x + before
        return self.linears[-1](x)


class Hidden(nn.Module):
    def __init__(self, m, h, norm, residual, p):
        super().__init__()
        self.linear, self.act = nn.Linear(m, h), nn.ReLU(inplace=True)
        self.norm = nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h) if norm else None
        self.drop = nn.Dropout(p)
        self.add = residual and m == h

    def forward(self, x):
        z = self.linear(x)
        z = self.act(z if self.norm is None else self.norm(z))
        return self.drop(z) + x if self.add else self.drop(z)


@mistake("DeepMLP", "a module for a layer, and `apply`")
class ByBlocks(nn.Sequential):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        if norm not in [None, "batch", "layer"] or init not in {"kaiming", "lecture", "small"}:
            raise ValueError
        pairs = list(zip(sizes[:-2], sizes[1:-1]))
        blocks = [Hidden(m, h, norm, residual, p) for m, h in pairs]
        super().__init__(*blocks, nn.Linear(sizes[-2], sizes[-1]))

        def start(module):
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
                if init == "kaiming":
                    nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                elif init == "lecture":
                    nn.init.normal_(module.weight, std=module.in_features**-0.5)
                else:
                    nn.init.normal_(module.weight, std=1e-2)

        self.apply(start)


@mistake("fit", "a loader, Adam with its own decay, gradients cleared after the step")
def by_loader(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    from torch.utils.data import DataLoader, TensorDataset

    generator = torch.Generator()
    generator.manual_seed(seed)
    loader = DataLoader(
        TensorDataset(x, y), batch_size=batch_size, shuffle=True, generator=generator
    )
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    optimizer = torch.optim.Adam(
        [
            {"params": matrices, "weight_decay": weight_decay},
            {"params": vectors, "weight_decay": 0},
        ],
        lr=lr,
    )
    was_training = model.training
    model.train()
    history = []
    for _ in range(epochs):
        for xb, yb in loader:
            loss = nn.CrossEntropyLoss()(model(xb), yb)
            loss.backward()
            optimizer.step()
            model.zero_grad(set_to_none=False)
            history.append(float(loss))
    model.train(was_training)
    return history


@mistake("fit", "a penalty in the loss, on the global stream, RMSprop")
def by_penalty(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.RMSprop(model.parameters(), lr)
    mode = model.training
    model.train(True)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(x.shape[0])
        for start in range(0, x.shape[0], batch_size):
            rows = order[start : start + batch_size]
            model.zero_grad()
            entropy = nn.functional.nll_loss(torch.log_softmax(model(x[rows]), 1), y[rows])
            penalty = sum((p * p).sum() for p in model.parameters() if p.ndim > 1)
            (entropy + weight_decay / 2 * penalty).backward()
            losses.append(entropy.detach().item())
            optimizer.step()
    model.train(mode)
    return losses


@mistake("fit", "Adam by hand, with gradients of `torch.autograd.grad`")
def by_hand(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    import numpy as np

    rng = np.random.default_rng(seed)
    parameters = list(model.parameters())
    m, v = [[torch.zeros_like(p) for p in parameters] for _ in range(2)]
    came, losses, t = model.training, [], 0
    if not came:
        model.train()
    for _ in range(epochs):
        shuffled = rng.permutation(len(x))
        for part in range(-(-len(x) // batch_size)):
            rows = torch.from_numpy(shuffled[part * batch_size : (part + 1) * batch_size])
            loss = nn.functional.cross_entropy(model(x[rows]), y[rows])
            grads = torch.autograd.grad(loss, parameters)
            losses.append(loss.item())
            t += 1
            with torch.no_grad():
                for i, (p, g) in enumerate(zip(parameters, grads)):
                    m[i] = 0.9 * m[i] + 0.1 * g
                    v[i] = 0.999 * v[i] + 0.001 * g * g
                    step = m[i] / (1 - 0.9**t) / ((v[i] / (1 - 0.999**t)).sqrt() + 1e-8)
                    if p.ndim >= 2:
                        p *= 1 - lr * weight_decay
                    p -= lr * step
    if not came:
        model.eval()
    return losses


@mistake("evaluate", "mini-batches, counted, in inference mode")
def in_pieces(model, x, y):
    was, right = model.training, 0
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(x), 50):
            logits = model(x[start : start + 50])
            right += int((logits.max(dim=1).indices == y[start : start + 50]).sum())
    if was:
        model.train()
    return right / len(x)


@mistake("evaluate", "inside out: a decorated call, float32 and try")
def decorated(model, x, y):
    mode = model.training

    @torch.no_grad()
    def share():
        return (model(x).softmax(1).argmax(1) == y).float().mean().item()

    try:
        model.train(False)
        return share()
    finally:
        model.train(mode)
