"""Model answers of lecture 9: what makes a deep net train."""

import itertools
import math

import torch
from torch import nn


def center_observations(x):
    # hint: Look at the mean: of which entries is it, and what is done with it?
    return x - x.mean(dim=1, keepdim=True)


def center_channels(x):
    # hint: Look at the mean: over which axes does it run, and what is done with it?
    return x - x.mean(dim=(0, 2, 3), keepdim=True)


def xavier_std(fan_in, fan_out):
    # hint: Compare your line with Xavier's formula: what stands under the root, above and below?
    return math.sqrt(2 / (fan_in + fan_out))


def kaiming_std(fan_in):
    # hint: Compare your line with Kaiming's formula: what stands under the root, above and below?
    return math.sqrt(2 / fan_in)


def init_weight(shape, scheme, generator):
    # hint: Look at σ: which number of the shape is fan_in, and which formula does the scheme ask
    # for?
    fan_out, fan_in = shape
    # hint: Look at σ: which number of the shape is fan_in, and which formula does the scheme ask
    # for?
    std = xavier_std(fan_in, fan_out) if scheme == "xavier" else kaiming_std(fan_in)
    # hint: Look at the draw: from which distribution and generator, in what shape, and times what?
    return std * torch.randn(shape, generator=generator)


def activation_stds(x, weights, activation):
    # hint: Look at how the activation is chosen: which word stands for which function?
    act = torch.tanh if activation == "tanh" else torch.relu
    stds = []
    # hint: Look at the loop over the layers: what goes into one, and what is recorded after it?
    for w in weights:
        # hint: Look at a layer: what goes into it, and what goes on to the next one?
        x = act(x @ w)
        # hint: Look at what is recorded of a layer: the spread of which numbers, with which
        # divisor?
        stds.append(x.std().item())
    return stds


def batchnorm_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    # hint: Look at μ: each column has its own. Over which entries does its mean run?
    mean = x.mean(dim=0)
    # hint: Look at σ²: the mean of what, over which entries, and with which divisor?
    var = ((x - mean) ** 2).mean(dim=0)
    # hint: Look at the output: x̂ above and below the bar, the root with its ε, then γ and β.
    out = gamma * (x - mean) / torch.sqrt(var + eps) + beta
    # hint: Look at the running mean: what are the weights of the old one and of the batch?
    new_mean = (1 - momentum) * running_mean + momentum * mean
    # hint: Look at the running variance: its two shares, and which variance of the batch enters it.
    n = len(x)
    # hint: Look at the running variance: its two shares, and which variance of the batch enters it.
    new_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    return out, new_mean, new_var


def batchnorm_eval(x, gamma, beta, running_mean, running_var, eps=1e-5):
    # hint: Write the formula with the running statistics, and compare your line with it, term by
    # term.
    return gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta


def batchnorm_backward(dout, x, gamma, eps=1e-5):
    # hint: Look at the statistics: μ and σ² of each column, as in the forward pass.
    mean = x.mean(dim=0)
    # hint: Look at the statistics: μ and σ² of each column, as in the forward pass.
    var = ((x - mean) ** 2).mean(dim=0)
    # hint: Look at x̂, as in the forward pass: what is subtracted, and what is below the bar?
    root = torch.sqrt(var + eps)
    # hint: Look at x̂, as in the forward pass: what is subtracted, and what is below the bar?
    xhat = (x - mean) / root
    # hint: Look at dγ: what was γ multiplied by, and over which entries do its gradients meet?
    dgamma = (dout * xhat).sum(dim=0)
    # hint: Look at dβ: over which entries do its gradients meet?
    dbeta = dout.sum(dim=0)
    # hint: Look at the way from dout to dx̂: which parameter stands between them?
    dxhat = dout * gamma
    # hint: Look at the part of dx that goes through μ: over which entries, sum or mean?
    through_mean = dxhat.mean(dim=0)
    # hint: Look at dx: three paths lead to x. Check each one's sign and factors, and what divides
    # all.
    dx = (dxhat - through_mean - xhat * (dxhat * xhat).mean(dim=0)) / root
    return dx, dgamma, dbeta


def batchnorm2d_train(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5):
    # hint: Look at the order of the axes: the pixels of one channel make one column.
    n, c, h, w = x.shape
    # hint: Look at the order of the axes: the pixels of one channel make one column.
    columns = x.permute(0, 2, 3, 1).reshape(-1, c)
    # hint: Look at what is handed to `batchnorm_train`, and in which order.
    out, new_mean, new_var = batchnorm_train(
        columns, gamma, beta, running_mean, running_var, momentum, eps
    )
    # hint: Look at the way back to (N, C, H, W): it undoes the way to the columns, step by step.
    return out.reshape(n, h, w, c).permute(0, 3, 1, 2), new_mean, new_var


def layernorm(x, gamma, beta, eps=1e-5):
    # hint: Look at μ: each row has its own. Over which entries does its mean run?
    mean = x.mean(dim=1, keepdim=True)
    # hint: Look at σ²: the mean of what, over which entries, and with which divisor?
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    # hint: Look at the output: x̂ above and below the bar, the root with its ε, then γ and β.
    return gamma * (x - mean) / torch.sqrt(var + eps) + beta


def layernorm_backward(dout, x, gamma, eps=1e-5):
    # hint: Look at the statistics: μ and σ² of each row, as in the forward pass.
    mean = x.mean(dim=1, keepdim=True)
    # hint: Look at the statistics: μ and σ² of each row, as in the forward pass.
    var = ((x - mean) ** 2).mean(dim=1, keepdim=True)
    # hint: Look at x̂, as in the forward pass: what is subtracted, and what is below the bar?
    root = torch.sqrt(var + eps)
    # hint: Look at x̂, as in the forward pass: what is subtracted, and what is below the bar?
    xhat = (x - mean) / root
    # hint: Look at dγ: what was γ multiplied by, and over which entries do its gradients meet?
    dgamma = (dout * xhat).sum(dim=0)
    # hint: Look at dβ: over which entries do its gradients meet?
    dbeta = dout.sum(dim=0)
    # hint: Look at the way from dout to dx̂: which parameter stands between them?
    dxhat = dout * gamma
    # hint: Look at the part of dx that goes through μ: over which entries, sum or mean?
    through_mean = dxhat.mean(dim=1, keepdim=True)
    # hint: Look at the part of dx that goes through σ²: the mean of what, over which entries?
    inner = (dxhat * xhat).mean(dim=1, keepdim=True)
    # hint: Look at dx: three paths lead to x. Check each one's sign and factors, and what divides
    # all.
    dx = (dxhat - through_mean - xhat * inner) / root
    return dx, dgamma, dbeta


def prelu(z, alpha):
    # hint: Compare your two branches with the formula: which z takes which, and what comes out?
    return torch.where(z > 0, z, alpha * z)


def prelu_backward(da, z, alpha):
    # hint: Look at dz: which slope has f where z > 0, where z = 0, and where z < 0?
    dz = torch.where(z > 0, da, alpha * da)
    # hint: Look at dα: which entries take part, with which factors, and how do they come together?
    dalpha = torch.where(z > 0, torch.zeros_like(z), da * z).sum()
    return dz, dalpha


def residual_block(x, w1, b1, w2, b2):
    # hint: Look at the first layer: compare it with the formula, from the inside out.
    a1 = torch.relu(x @ w1 + b1)
    # hint: Look at the second layer and the sum: what is added to what, and what comes last?
    return torch.relu(x + a1 @ w2 + b2)


def dropout(x, p, training, generator):
    # hint: Look at when nothing is dropped: in prediction, and at p = 0. What is returned then?
    if not training or p == 0:
        return x.clone()
    # hint: Look at p = 1: when is it treated by itself, and what is returned?
    if p == 1:
        return torch.zeros_like(x)
    # hint: Look at the coin: how likely is an entry to stay, and has each entry a coin of its own?
    kept = torch.rand(x.shape, generator=generator, device=x.device) >= p
    # hint: Look at what happens to the kept entries, and to the dropped ones.
    return kept * x / (1 - p)


def dropout_lecture(x, keep, training, generator):
    # hint: Look at prediction: when is it, and what happens to x then?
    if not training:
        return keep * x
    # hint: Look at m: how likely is a 1 in it, and has each entry a coin of its own?
    m = torch.rand(x.shape, generator=generator, device=x.device) < keep
    # hint: Look at training: compare the result with the lecture's form.
    return m * x


def l2_penalty(w):
    # hint: Look at the penalty: the sum of what, over which entries, and with which factor?
    return (w**2).sum() / 2


def weight_decay_step(w, grad, lr, lam):
    # hint: Compare your line with the formula: the sign and the factors of w and of the gradient.
    return (1 - lr * lam) * w - lr * grad


def early_stopping(val_losses, patience, min_delta=0.0):
    # hint: Look at the start: which loss is to be beaten at first, and how long was waited?
    best, best_epoch, waited = math.inf, 0, 0
    # hint: Look at the loop: it takes the epochs in turn. From which number are they counted?
    for epoch, loss in enumerate(val_losses):
        # hint: Look at when an epoch is better: what is compared with what, and how?
        if loss < best - min_delta:
            # hint: Look at what a better epoch changes: the best loss, its epoch, and the waiting.
            best, best_epoch, waited = loss, epoch, 0
        else:
            # hint: Look at how epochs that are not better are counted: what ends their row?
            waited += 1
        # hint: Look at when training stops: after how many epochs in a row?
        if waited == patience:
            # hint: Look at what is returned where training stops early: which two epochs?
            return best_epoch, epoch
    # hint: Look at what is returned where training runs to its end: which two epochs?
    return best_epoch, len(val_losses) - 1


class DeepMLP(nn.Module):
    def __init__(self, sizes, norm=None, residual=False, p=0.0, init="kaiming"):
        super().__init__()
        # hint: Look at which values of `norm` and `init` are refused.
        if norm not in (None, "batch", "layer") or init not in ("kaiming", "lecture", "small"):
            raise ValueError(f"no norm {norm!r} with init {init!r}")
        self.residual = residual
        self.hidden = nn.ModuleList()
        # hint: Look at the hidden layers: how many are there, and which sizes do they join?
        for m, h in itertools.pairwise(sizes[:-1]):
            # hint: Look at the hidden layers: how many are there, and which sizes do they join?
            layer = [nn.Linear(m, h)]
            # hint: Look at the normalisation: which kind, and behind which layers?
            if norm is not None:
                # hint: Look at the normalisation: which kind, and behind which layers?
                layer.append(nn.BatchNorm1d(h) if norm == "batch" else nn.LayerNorm(h))
            layer.append(nn.ReLU())
            # hint: Look at the dropout: where does it stand, and with which probability?
            if p > 0:
                # hint: Look at the dropout: where does it stand, and with which probability?
                layer.append(nn.Dropout(p))
            self.hidden.append(nn.Sequential(*layer))
        # hint: Look at the last layer: which sizes does it join?
        self.last = nn.Linear(sizes[-2], sizes[-1])
        for module in self.modules():
            if isinstance(module, nn.Linear):
                # hint: Look at the start: σ of each init, by which of a layer's two sizes?
                n = module.in_features
                # hint: Look at the start: σ of each init, by which of a layer's two sizes?
                std = {"kaiming": (2 / n) ** 0.5, "lecture": 1 / n**0.5, "small": 0.01}[init]
                # hint: Look at the start of the weights: which distribution, which mean?
                nn.init.normal_(module.weight, 0.0, std)
                # hint: Look at the start of the biases.
                nn.init.zeros_(module.bias)

    def forward(self, x):
        # hint: Look at `forward`: what goes into a layer, and what is added where, and when?
        for layer in self.hidden:
            # hint: Look at `forward`: what goes into a layer, and what is added where, and when?
            out = layer(x)
            # hint: Look at `forward`: what goes into a layer, and what is added where, and when?
            x = out + x if self.residual and out.shape == x.shape else out
        return self.last(x)  # hint: Look at the end of `forward`: what does the net return?


def fit(model, x, y, epochs, batch_size, lr, weight_decay, seed):
    # hint: Look at which tensors decay: how many axes have they?
    decayed = [p for p in model.parameters() if p.ndim >= 2]
    # hint: Look at which tensors do not decay, and whether they are trained all the same.
    free = [p for p in model.parameters() if p.ndim < 2]
    # hint: Look at the optimizer: over which parameters, with which rate and which decay?
    groups = [{"params": decayed, "weight_decay": weight_decay}, {"params": free}]
    # hint: Look at the optimizer: over which parameters, with which rate and which decay?
    optimizer = torch.optim.AdamW(groups, lr=lr, weight_decay=0.0)
    # hint: Look at what `seed` does: equal seeds should shuffle alike, others otherwise.
    generator = torch.Generator().manual_seed(seed)
    # hint: Look at the mode: in which does the net train, and in which is it given back?
    before = model.training
    # hint: Look at the mode: in which does the net train, and in which is it given back?
    model.train()
    losses = []
    # hint: Look at how often the data are gone through.
    for _ in range(epochs):
        # hint: Look at the order of the observations in each epoch.
        order = torch.randperm(len(x), generator=generator)
        # hint: Look at how the order is cut into mini-batches.
        for batch in order.split(batch_size):
            # hint: Look at the loss of a mini-batch: of which rows, and which labels?
            loss = nn.functional.cross_entropy(model(x[batch]), y[batch])
            # hint: Look at which losses are kept, and as what.
            losses.append(loss.item())
            # hint: Look at the gradients: when are they cleared, computed and used?
            optimizer.zero_grad()
            # hint: Look at the gradients: when are they cleared, computed and used?
            loss.backward()
            # hint: Look at the gradients: when are they cleared, computed and used?
            optimizer.step()
    # hint: Look at the mode: in which does the net train, and in which is it given back?
    model.train(before)
    return losses


def evaluate(model, x, y):
    # hint: Look at the mode: in which is the net judged, and in which is it given back?
    before = model.training
    # hint: Look at the mode: in which is the net judged, and in which is it given back?
    model.eval()
    with torch.no_grad():
        # hint: Look at which class the logits of a row speak for.
        predicted = model(x).argmax(dim=1)
    # hint: Look at the mode: in which is the net judged, and in which is it given back?
    model.train(before)
    # hint: Look at the share: of what, and as what kind of number?
    return (predicted == y).double().mean().item()
