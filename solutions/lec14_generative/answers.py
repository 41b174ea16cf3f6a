"""Model answers of lecture 14: variational auto-encoders and adversarial losses."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def kl_to_standard_normal(mu, logvar):
    return 0.5 * (logvar.exp() + mu**2 - 1 - logvar).sum(dim=1).mean()


def reparameterize(mu, logvar, eps):
    return mu + (logvar / 2).exp() * eps


def bernoulli_nll(logits, x):
    return (F.softplus(logits) - x * logits).sum(dim=1).mean()


def gaussian_nll(mean, x, tau2):
    each = ((x - mean) ** 2 / tau2 + math.log(2 * math.pi * tau2)) / 2
    return each.sum(dim=1).mean()


def negative_elbo(x, logits, mu, logvar):
    return bernoulli_nll(logits, x) + kl_to_standard_normal(mu, logvar)


def mixture_log_density(x, z, tau2):
    logs = -((x[:, None] - torch.sin(z)) ** 2) / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


class VAE(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, in_dim)
        )

    def encode(self, x):
        h = torch.tanh(self.encoder(x))
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, eps)), mu, logvar


def discriminator_loss(real_logits, fake_logits):
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def generator_loss(fake_logits):
    return F.softplus(-fake_logits).mean()


def cycle_loss(x, x_back, y, y_back):
    return (x - x_back).abs().mean() + (y - y_back).abs().mean()
