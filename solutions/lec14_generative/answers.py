"""Model answers of lecture 14: variational auto-encoders and adversarial losses."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def kl_to_standard_normal(mu, logvar):
    # hint: Look at the divergence of two normals, term by term: which signs, and what is `logvar`?
    each = logvar.exp() + mu**2 - 1 - logvar
    # hint: Look at what is done with the terms: what is summed, what averaged, by which factor?
    return 0.5 * each.sum(dim=1).mean()


def reparameterize(mu, logvar, eps):
    # hint: Look at σ: how does it come from log σ²?
    sigma = (logvar / 2).exp()
    # hint: Look at how mean and noise are put together: the sign, and what stretches the noise.
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
    # hint: Look at the cross-entropy of a fake that is called real: both signs, what is averaged.
    return F.softplus(-fake_logits).mean()


def cycle_loss(x, x_back, y, y_back):
    # hint: Look at the way of x: which difference, what is done with its sign, what is averaged?
    there = (x - x_back).abs().mean()
    # hint: Look at the way of y: which difference, what is done with its sign, what is averaged?
    back = (y - y_back).abs().mean()
    # hint: Look at how the two directions are put together: signs, and how often each counts.
    return there + back


def train_vae(model, x, epochs, batch_size, lr):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    latent = model.encode(x[:1])[0].shape[1]
    bounds = []
    for _ in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(x)).split(batch_size):
            batch = x[rows]
            loss = negative_elbo(batch, *model(batch, torch.randn(len(batch), latent)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        bounds.append(-total / len(x))
    return bounds


def train_gan(generator, discriminator, real_points, steps, batch_size, lr):
    move_g, move_d = (
        torch.optim.Adam(net.parameters(), lr=lr, betas=(0.5, 0.9))
        for net in (generator, discriminator)
    )
    losses = []
    for _ in range(steps):
        fakes = generator(torch.randn(batch_size, 4))
        loss_d = discriminator_loss(
            discriminator(real_points(batch_size)), discriminator(fakes.detach())
        )
        move_d.zero_grad()
        loss_d.backward()
        move_d.step()
        loss_g = generator_loss(discriminator(fakes))
        move_g.zero_grad()
        loss_g.backward()
        move_g.step()
        losses.append((loss_d.item(), loss_g.item()))
    return losses


def cycle_step(translators, critics, optimizers, x, y, weight):
    to_y, to_x = translators
    is_x, is_y = critics
    move_translators, move_critics = optimizers
    fake_y, fake_x = to_y(x), to_x(y)
    loss_d = discriminator_loss(is_x(x), is_x(fake_x.detach()))
    loss_d = loss_d + discriminator_loss(is_y(y), is_y(fake_y.detach()))
    move_critics.zero_grad()
    loss_d.backward()
    move_critics.step()
    loss_g = generator_loss(is_x(fake_x)) + generator_loss(is_y(fake_y))
    cycle = cycle_loss(x, to_x(fake_y), y, to_y(fake_x))
    move_translators.zero_grad()
    (loss_g + weight * cycle).backward()
    move_translators.step()
    return loss_d.item(), loss_g.item(), cycle.item()
