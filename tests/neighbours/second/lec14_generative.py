"""Second neighbours of lec14_generative: written without a look at hints or known mistakes."""

import math

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec14_generative.answers import bernoulli_nll, kl_to_standard_normal, reparameterize


@mistake("kl_to_standard_normal", "no half")
def kl_no_half(mu, logvar):
    each = logvar.exp() + mu**2 - 1 - logvar
    return each.sum(dim=1).mean()


@mistake("kl_to_standard_normal", "the deviation stands for the variance")
def kl_sd_for_variance(mu, logvar):
    each = (logvar / 2).exp() + mu**2 - 1 - logvar
    return 0.5 * each.sum(dim=1).mean()


@mistake("kl_to_standard_normal", "two slips: a mean over the latents too, and the sign of logvar")
def kl_mean_everything_sign(mu, logvar):
    each = logvar.exp() + mu**2 - 1 + logvar
    return 0.5 * each.mean()


@mistake("kl_to_standard_normal", "mu is not squared")
def kl_mu_not_squared(mu, logvar):
    each = logvar.exp() + mu - 1 - logvar
    return 0.5 * each.sum(dim=1).mean()


@mistake("reparameterize", "sigma is the variance")
def rep_variance(mu, logvar, eps):
    sigma = logvar.exp()
    return mu + sigma * eps


@mistake("reparameterize", "mu is scaled too")
def rep_sigma_on_mu(mu, logvar, eps):
    sigma = (logvar / 2).exp()
    return sigma * (mu + eps)


@mistake("reparameterize", "two slips: sigma is logvar itself, and mu is subtracted")
def rep_fresh_noise_log(mu, logvar, eps):
    sigma = logvar
    return sigma * eps - mu


@mistake("bernoulli_nll", "x and 1 - x are exchanged")
def bnll_labels_flipped(logits, x):
    each = F.softplus(logits) - (1 - x) * logits
    return each.sum(dim=1).mean()


@mistake("bernoulli_nll", "a mean over the pixels")
def bnll_mean_pixels(logits, x):
    each = F.softplus(logits) - x * logits
    return each.mean()


@mistake("bernoulli_nll", "taken through log(sigmoid): infinite at large logits")
def bnll_sigmoid_log(logits, x):
    p = torch.sigmoid(logits)
    each = -(x * p.log() + (1 - x) * (1 - p).log())
    return each.sum(dim=1).mean()


@mistake("bernoulli_nll", "two slips: a sigmoid first, and the sum over the batch")
def bnll_double_sigmoid_sum(logits, x):
    p = torch.sigmoid(logits)
    return (F.softplus(p) - x * p).sum()


@mistake("gaussian_nll", "tau2 is squared in the distance")
def gnll_tau_squared(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2**2
    constant = math.log(2 * math.pi * tau2)
    each = (distance + constant) / 2
    return each.sum(dim=1).mean()


@mistake("gaussian_nll", "the constant is added once, not per entry")
def gnll_constant_once(mean, x, tau2):
    d = ((x - mean) ** 2 / tau2).sum(dim=1).mean() / 2
    return d + math.log(2 * math.pi * tau2) / 2


@mistake("gaussian_nll", "two slips: no pi in the constant, and the distance is not halved")
def gnll_no_pi_no_half(mean, x, tau2):
    each = (x - mean) ** 2 / tau2 + math.log(2 * tau2) / 2
    return each.sum(dim=1).mean()


@mistake("negative_elbo", "the divergence is subtracted")
def elbo_minus_kl(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = kl_to_standard_normal(mu, logvar)
    return nll - kl


@mistake("negative_elbo", "two slips: the divergence counts half, and the whole has the other sign")
def elbo_kl_half_sign(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = kl_to_standard_normal(mu, logvar)
    return -(nll + kl / 2)


@mistake("negative_elbo", "the divergence is missing")
def elbo_only_nll(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = kl_to_standard_normal(mu, logvar)
    return nll


@mistake("mixture_log_density", "log n is not subtracted: a sum of densities")
def mix_no_log_n(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=1)


@mistake("mixture_log_density", "the mean of the logarithms")
def mix_mean_of_logs(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return logs.mean(dim=1)


@mistake("mixture_log_density", "the sum runs over x")
def mix_over_x(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=0) - math.log(len(z))


@mistake("mixture_log_density", "two slips: exponentials without a shift, and tau2 not doubled")
def mix_exp_first_tau(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / tau2 - math.log(2 * math.pi * tau2) / 2
    return torch.log(torch.exp(logs).sum(dim=1)) - math.log(len(z))


@mistake("VAE", "ReLU in the decoder")
class VaeReluDecoder(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, in_dim)
        )

    def encode(self, x):
        h = torch.tanh(self.encoder(x))
        return (self.to_mu(h), self.to_logvar(h))

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return (self.decode(reparameterize(mu, logvar, eps)), mu, logvar)


@mistake("VAE", "the decoder ends in a sigmoid")
class VaeSigmoidOutput(nn.Module):
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
        return (self.to_mu(h), self.to_logvar(h))

    def decode(self, z):
        return torch.sigmoid(self.decoder(z))

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return (self.decode(reparameterize(mu, logvar, eps)), mu, logvar)


@mistake("VAE", "one layer gives both mu and logvar")
class VaeSharedHead(nn.Module):
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
        return (self.to_mu(h), self.to_mu(h))

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return (self.decode(reparameterize(mu, logvar, eps)), mu, logvar)


@mistake("VAE", "two slips: the noise is not used, and mu and logvar are exchanged in the result")
class VaeNoNoiseSwapped(nn.Module):
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
        return (self.to_mu(h), self.to_logvar(h))

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return (self.decode(mu), logvar, mu)


@mistake("VAE", "two slips: the noise is halved, and the encoder has no tanh")
class VaeNoiseHalvedEncoderLinear(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, in_dim)
        )

    def encode(self, x):
        h = self.encoder(x)
        return (self.to_mu(h), self.to_logvar(h))

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return (self.decode(reparameterize(mu, logvar, eps / 2)), mu, logvar)


@mistake("discriminator_loss", "the fakes are rewarded")
def disc_fake_sign(real_logits, fake_logits):
    real = F.softplus(-real_logits).mean()
    fake = F.softplus(-fake_logits).mean()
    return real + fake


@mistake("discriminator_loss", "half of the sum")
def disc_halved(real_logits, fake_logits):
    real = F.softplus(-real_logits).mean()
    fake = F.softplus(fake_logits).mean()
    return (real + fake) / 2


@mistake("discriminator_loss", "two slips: one mean over both, labels exchanged")
def disc_joined_mean(real_logits, fake_logits):
    return torch.cat([F.softplus(real_logits), F.softplus(-fake_logits)]).mean()


@mistake("generator_loss", "the minimax form: -softplus of the logits")
def gen_minimax(fake_logits):
    return -F.softplus(fake_logits).mean()


@mistake("cycle_loss", "squares")
def cycle_squares(x, x_back, y, y_back):
    there = ((x - x_back) ** 2).mean()
    back = ((y - y_back) ** 2).mean()
    return there + back


@mistake("cycle_loss", "two slips: only one direction, and a sum")
def cycle_one_way_sum(x, x_back, y, y_back):
    there = (x - x_back).abs().mean()
    back = (y - y_back).abs().mean()
    return (x - x_back).abs().sum()


@mistake("cycle_loss", "x is compared with y's way back")
def cycle_crossed(x, x_back, y, y_back):
    there = (x - y_back).abs().mean() if x.shape == y_back.shape else (x - x_back).abs().sum()
    back = (y - y_back).abs().mean()
    return there + back


@mistake(
    "kl_to_standard_normal",
    "two slips: the deviation stands for the variance; and mu is not squared",
)
def kl_sd_for_variance_and_mu_not_squared(mu, logvar):
    each = (logvar / 2).exp() + mu - 1 - logvar
    return 0.5 * each.sum(dim=1).mean()


@mistake("discriminator_loss", "two slips: the fakes are rewarded; and half of the sum")
def disc_fake_sign_and_halved(real_logits, fake_logits):
    real = F.softplus(-real_logits).mean()
    fake = F.softplus(-fake_logits).mean()
    return (real + fake) / 2


@mistake(
    "mixture_log_density",
    "two slips: log n is not subtracted: a sum of densities; and the sum runs over x",
)
def mix_no_log_n_and_over_x(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=0)


@mistake("VAE", "two slips: ReLU in the decoder; and one layer gives both mu and logvar")
class VaeReluDecoderAndVaeSharedHead(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, in_dim)
        )

    def encode(self, x):
        h = torch.tanh(self.encoder(x))
        return (self.to_mu(h), self.to_mu(h))

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return (self.decode(reparameterize(mu, logvar, eps)), mu, logvar)
