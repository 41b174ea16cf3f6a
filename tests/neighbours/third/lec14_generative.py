"""Third neighbours of lec14_generative: written before they were measured once, at the end."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake


@mistake("kl_to_standard_normal", "the 1 is not subtracted")
def tri_kl_no_minus_one(mu, logvar):
    each = logvar.exp() + mu**2 - logvar
    return 0.5 * each.sum(dim=1).mean()


@mistake("reparameterize", "the noise is squared")
def tri_rep_eps_squared(mu, logvar, eps):
    sigma = (logvar / 2).exp()
    return mu + sigma * eps**2


@mistake("bernoulli_nll", "the pixels are rounded first")
def tri_bnll_binary_targets(logits, x):
    each = F.softplus(logits) - x.round() * logits
    return each.sum(dim=1).mean()


@mistake("gaussian_nll", "absolute distances, not squares")
def tri_gnll_distance_absolute(mean, x, tau2):
    distance = (x - mean).abs() / tau2
    constant = math.log(2 * math.pi * tau2)
    each = (distance + constant) / 2
    return each.sum(dim=1).mean()


@mistake("mixture_log_density", "the centres are cosines")
def tri_mix_cos(x, z, tau2):
    distance = (x[:, None] - torch.cos(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


@mistake(
    "cycle_loss", "two slips: the maximum for the mean in one direction, and the other counts twice"
)
def tri_cycle_max_double(x, x_back, y, y_back):
    there = (x - x_back).abs().max()
    back = 2 * (y - y_back).abs().mean()
    return there + back


@mistake("discriminator_loss", "two slips: probabilities for their logarithms, with the wrong sign")
def tri_disc_sigmoids(real_logits, fake_logits):
    real = torch.sigmoid(real_logits).mean()
    fake = torch.sigmoid(fake_logits).mean()
    return real + fake
