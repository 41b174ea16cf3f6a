"""Model answers of lecture 14: variational auto-encoders and adversarial losses."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def kl_to_standard_normal(mu, logvar):
    # hint: Look at σ² + μ² − 1 − log σ², term by term: which signs, and what is `logvar`?
    each = logvar.exp() + mu**2 - 1 - logvar
    # hint: Look at what is done with the terms: what is summed, what averaged, by which factor?
    return 0.5 * each.sum(dim=1).mean()


def reparameterize(mu, logvar, eps):
    # hint: Look at σ: how does it come from log σ²?
    sigma = (logvar / 2).exp()
    # hint: Compare your line with z = μ + σ ⊙ ε: the sign, and what is multiplied by σ.
    return mu + sigma * eps


def bernoulli_nll(logits, x):
    # hint: Write −log p of one bit, for x = 1 and for x = 0, with the logit; compare with yours.
    each = F.softplus(logits) - x * logits
    # hint: Look at the axes: over what is summed, over what is averaged, and is the sign right?
    return each.sum(dim=1).mean()


def gaussian_nll(mean, x, tau2):
    # hint: Look at the squared distance: of what from what, and what is it divided by?
    distance = (x - mean) ** 2 / tau2
    # hint: Look at the constant of the normal density: what is below its logarithm?
    constant = math.log(2 * math.pi * tau2)
    # hint: Look at how distance and constant are put together: signs, and what is halved.
    each = (distance + constant) / 2
    # hint: Look at the axes: over what is summed, over what is averaged, and is the sign right?
    return each.sum(dim=1).mean()


def negative_elbo(x, logits, mu, logvar):
    # hint: Look at the part of the bits: is it asked of the right arguments, in their order?
    nll = bernoulli_nll(logits, x)
    # hint: Look at the divergence: is it asked of the right arguments, in their order?
    kl = kl_to_standard_normal(mu, logvar)
    # hint: Look at how the two parts become the loss: signs, and how often each counts.
    return nll + kl


def mixture_log_density(x, z, tau2):
    # hint: Look at log N(x; sin z, τ²) for each x and z: its centre, exponent, constant, and signs.
    distance = (x[:, None] - torch.sin(z)) ** 2
    # hint: Look at log N(x; sin z, τ²) for each x and z: its centre, exponent, constant, and signs.
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    # hint: Look at the log of the mean over the draws: along which axis, and what of the 1/S?
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


class VAE(nn.Module):
    # hint: Look at the layers: what does each take in and give, and is something between them?
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, in_dim)
        )

    # hint: Look at `encode`: the hidden layer, its activation, and the pair that is returned.
    def encode(self, x):
        h = torch.tanh(self.encoder(x))
        return self.to_mu(h), self.to_logvar(h)

    # hint: Look at `decode`: what does it return, and is anything done to that?
    def decode(self, z):
        return self.decoder(z)

    # hint: Look at `forward`: what z is made of, what is decoded, and what is returned.
    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, eps)), mu, logvar


def discriminator_loss(real_logits, fake_logits):
    # hint: Look at the real half, −log σ(u): the signs, and what is averaged.
    real = F.softplus(-real_logits).mean()
    # hint: Look at the fake half, −log(1 − σ(u)): the signs, and what is averaged.
    fake = F.softplus(fake_logits).mean()
    # hint: Look at how the two halves are put together: signs, and how often each counts.
    return real + fake


def generator_loss(fake_logits):
    # hint: Compare your line with −log σ(u): both signs, and what is averaged.
    return F.softplus(-fake_logits).mean()


def cycle_loss(x, x_back, y, y_back):
    # hint: Look at the way of x: which difference, what is done with its sign, what is averaged?
    there = (x - x_back).abs().mean()
    # hint: Look at the way of y: which difference, what is done with its sign, what is averaged?
    back = (y - y_back).abs().mean()
    # hint: Look at how the two directions are put together: signs, and how often each counts.
    return there + back
