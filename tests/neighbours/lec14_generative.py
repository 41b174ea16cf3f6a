"""Wrong answers of lecture 14, as students write them, to try the hints on."""

import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec14_generative.answers import (
    bernoulli_nll,
    kl_to_standard_normal,
    reparameterize,
)


@mistake(
    "mixture_log_density", "the densities are averaged before the logarithm: far away it is −inf"
)
def log_of_the_mean_density(x, z, tau2):
    d = x[:, None] - torch.sin(z)[None, :]
    p = torch.exp(-(d**2) / (2 * tau2)) / math.sqrt(2 * math.pi * tau2)
    return torch.log(p.mean(dim=1))


@mistake("mixture_log_density", "the mean of the logarithms stands for the logarithm of the mean")
def mean_of_the_log_densities(x, z, tau2):
    normal = torch.distributions.Normal(torch.sin(z), math.sqrt(tau2))
    return normal.log_prob(x[:, None]).mean(dim=1)


@mistake("mixture_log_density", "log S is not subtracted: the densities are added, not averaged")
def adds_the_densities(x, z, tau2):
    logs = -((x.unsqueeze(1) - z.sin()) ** 2) / (2 * tau2) - 0.5 * math.log(2 * math.pi * tau2)
    return torch.logsumexp(logs, dim=1)


@mistake("mixture_log_density", "tau2 is squared once more: it is the variance already")
def squares_the_variance(x, z, tau2):
    normal = torch.distributions.Normal(torch.sin(z)[None, :], tau2)
    logs = normal.log_prob(x[:, None])
    return torch.logsumexp(logs, dim=1) - math.log(z.shape[0])


@mistake(
    "mixture_log_density", "two slips: the sine is forgotten, and so is the constant of the normal"
)
def means_are_z_without_constant(x, z, tau2):
    logs = -0.5 * (x[:, None] - z[None, :]) ** 2 / tau2
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


@mistake(
    "mixture_log_density",
    "two slips: the sum runs over the points, not over the draws, and the ½ "
    "of the exponent is missing",
)
def sums_over_the_points(x, z, tau2):
    logs = -((x[:, None] - torch.sin(z)) ** 2) / tau2 - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=0) - math.log(len(x))


@mistake("mixture_log_density", "x and sin z have no axis of their own: (n,) − (S,) raises")
def points_and_draws_on_one_axis(x, z, tau2):
    logs = -((x - torch.sin(z)) ** 2) / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=-1) - math.log(len(z))


@mistake("mixture_log_density", "two slips: log S is not subtracted, and tau2 is taken for τ")
def added_densities_of_the_wrong_width(x, z, tau2):
    logs = []
    for zs in z:
        normal = torch.distributions.Normal(torch.sin(zs), tau2)
        logs.append(normal.log_prob(x))
    return torch.logsumexp(torch.stack(logs), dim=0)


@mistake("kl_to_standard_normal", "the sign is turned: the negative of the divergence")
def divergence_with_its_sign_turned(mu, logvar):
    return 0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp(), dim=1).mean()


@mistake("kl_to_standard_normal", "it is summed over the batch too, not averaged")
def divergence_summed_over_the_batch(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


@mistake("kl_to_standard_normal", "it is averaged over the latent dimensions too, not summed")
def divergence_averaged_over_everything(mu, logvar):
    return (0.5 * (torch.exp(logvar) + mu * mu - 1.0 - logvar)).mean()


@mistake(
    "kl_to_standard_normal", "logvar is taken for log σ: exp(2·logvar) and 2·logvar stand in it"
)
def logvar_taken_for_log_sigma(mu, logvar):
    var = torch.exp(2 * logvar)
    each = 0.5 * (var + mu**2 - 1 - 2 * logvar)
    return each.sum(1).mean(0)


@mistake("kl_to_standard_normal", "two slips: the ½ is missing, and the −1 is forgotten")
def divergence_without_half_or_one(mu, logvar):
    return (logvar.exp() + mu.square() - logvar).sum(dim=-1).mean()


@mistake("kl_to_standard_normal", "two slips: the mean is not squared, and the batch is summed")
def mean_not_squared_batch_summed(mu, logvar):
    total = 0
    for m, lv in zip(mu, logvar):
        total = total + 0.5 * (lv.exp() + m - 1 - lv).sum()
    return total


@mistake(
    "kl_to_standard_normal", "one divergence for each row is returned: the batch's mean is missing"
)
def divergence_of_each_row(mu, logvar):
    return 0.5 * (logvar.exp() + mu**2 - 1 - logvar).sum(dim=1)


@mistake("reparameterize", "σ² multiplies the noise: the ½ in exp(logvar / 2) is missing")
def scales_by_the_variance(mu, logvar, eps):
    return mu + torch.exp(logvar) * eps


@mistake("reparameterize", "logvar itself multiplies the noise")
def scales_by_logvar(mu, logvar, eps):
    return torch.addcmul(mu, logvar, eps)


@mistake("reparameterize", "new noise is drawn: eps is not used")
def draws_its_own_noise(mu, logvar, eps):
    std = torch.exp(0.5 * logvar)
    return mu + std * torch.randn_like(std)


@mistake("reparameterize", "two slips: the mean and the noise change places, and σ² stands for σ")
def noise_for_the_mean(mu, logvar, eps):
    return eps + logvar.exp() * mu


@mistake("reparameterize", "the root of a logarithm is taken: nan wherever logvar is negative")
def root_of_logvar(mu, logvar, eps):
    return mu + torch.sqrt(logvar) * eps


@mistake(
    "reparameterize", "two slips: the mean is scaled along with the noise, and σ² stands for σ"
)
def scales_the_mean_too(mu, logvar, eps):
    return (mu + eps) * torch.exp(logvar)


@mistake(
    "bernoulli_nll", "the sigmoid rounds to 0 or 1 for large logits, whose logarithm is −inf or nan"
)
def logarithm_of_the_sigmoid(logits, x):
    p = torch.sigmoid(logits)
    return -(x * torch.log(p) + (1 - x) * torch.log(1 - p)).sum(dim=1).mean()


@mistake("bernoulli_nll", "BCELoss's default averages over the bits too: they should be summed")
def averages_over_the_bits(logits, x):
    return F.binary_cross_entropy_with_logits(logits, x)


@mistake("bernoulli_nll", "everything is summed: the mean over the rows is missing")
def sums_over_the_rows_too(logits, x):
    return nn.BCEWithLogitsLoss(reduction="sum")(logits, x)


@mistake("bernoulli_nll", "two slips: logits and x change places, and the bits are averaged")
def arguments_swapped_and_averaged(logits, x):
    return F.binary_cross_entropy_with_logits(x, logits)


@mistake(
    "bernoulli_nll", "two slips: 1e-8 stands in the logarithms, and the minus sign is forgotten"
)
def small_number_without_minus(logits, x):
    p = torch.sigmoid(logits)
    log_p = torch.log(p + 1e-8)
    log_q = torch.log(1 - p + 1e-8)
    return torch.sum(x * log_p + (1 - x) * log_q, dim=1).mean()


@mistake("bernoulli_nll", "only the ones count: the term (1 − x) log(1 − p) is left out")
def ones_alone_count(logits, x):
    return -(x * F.logsigmoid(logits)).sum(dim=1).mean()


@mistake("bernoulli_nll", "binary_cross_entropy wants probabilities and refuses logits: it raises")
def logits_for_probabilities(logits, x):
    return F.binary_cross_entropy(logits, x, reduction="sum") / len(x)


@mistake("gaussian_nll", "the constant ½ log(2πτ²) is left out")
def gaussian_without_its_constant(mean, x, tau2):
    return ((x - mean) ** 2 / (2 * tau2)).sum(dim=1).mean()


@mistake("gaussian_nll", "F.gaussian_nll_loss leaves log 2π out by default")
def constant_without_two_pi(mean, x, tau2):
    var = torch.full_like(mean, tau2)
    return F.gaussian_nll_loss(mean, x, var, reduction="none").sum(dim=1).mean()


@mistake("gaussian_nll", "tau2 is taken for a standard deviation and squared")
def gaussian_with_tau2_squared(mean, x, tau2):
    normal = torch.distributions.Normal(mean, tau2)
    return -normal.log_prob(x).sum(dim=-1).mean()


@mistake("gaussian_nll", "the constant is added once for each row, not once for each entry")
def constant_once_for_each_row(mean, x, tau2):
    squares = ((x - mean) ** 2).sum(dim=1)
    return (squares / (2 * tau2) + 0.5 * math.log(2 * math.pi * tau2)).mean()


@mistake(
    "gaussian_nll",
    "two slips: the squares are not halved, and the entries are averaged, not summed",
)
def unhalved_and_averaged(mean, x, tau2):
    return ((x - mean) ** 2 / tau2 + 0.5 * math.log(2 * math.pi * tau2)).mean()


@mistake("gaussian_nll", "two slips: the constant has the wrong sign, and the batch is summed")
def constant_subtracted_batch_summed(mean, x, tau2):
    n, p = x.shape
    return torch.sum((x - mean) ** 2) / (2 * tau2) - 0.5 * n * p * math.log(2 * math.pi * tau2)


@mistake("gaussian_nll", "torch.log of a Python float raises: tau2 is no tensor")
def torch_log_of_a_float(mean, x, tau2):
    const = 0.5 * torch.log(2 * math.pi * tau2)
    return ((x - mean) ** 2 / (2 * tau2) + const).sum(dim=1).mean()


@mistake("gaussian_nll", "the density is computed first and rounds to 0 far from the mean: inf")
def logarithm_of_the_density(mean, x, tau2):
    density = torch.exp(-((x - mean) ** 2) / (2 * tau2)) / math.sqrt(2 * math.pi * tau2)
    return -density.log().sum(dim=1).mean()


@mistake("gaussian_nll", "two slips: tau2 is squared again, and the constant is left out")
def squared_tau2_without_constant(mean, x, tau2):
    each = ((x - mean) / tau2) ** 2 / 2
    return each.sum(-1).mean()


@mistake("negative_elbo", "the divergence is subtracted: it costs, like the reconstruction")
def subtracts_the_divergence(x, logits, mu, logvar):
    return bernoulli_nll(logits, x) - kl_to_standard_normal(mu, logvar)


@mistake(
    "negative_elbo", "x and logits are passed on in the order they came: bernoulli_nll has x second"
)
def passes_x_first(x, logits, mu, logvar):
    return bernoulli_nll(x, logits) + kl_to_standard_normal(mu, logvar)


@mistake("negative_elbo", "the bound itself is returned: its sign is not turned")
def returns_the_bound(x, logits, mu, logvar):
    log_likelihood = -bernoulli_nll(logits, x)
    return log_likelihood - kl_to_standard_normal(mu, logvar)


@mistake(
    "negative_elbo",
    "two slips: the reconstruction is averaged over the pixels, and the divergence has no ½",
)
def averaged_pixels_and_a_double_kl(x, logits, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="mean")
    kl = (logvar.exp() + mu**2 - 1 - logvar).sum(dim=1).mean()
    return bce + kl


@mistake("negative_elbo", "two slips: both parts are sums over the batch, and mu is not squared")
def batch_sum_with_bare_mu(x, logits, mu, logvar):
    bce = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
    kld = -0.5 * torch.sum(1 + logvar - mu - logvar.exp())
    return bce + kld


@mistake("negative_elbo", "the divergence is left out: only the reconstruction is returned")
def reconstruction_alone(x, logits, mu, logvar):
    return bernoulli_nll(logits, x)


@mistake("VAE", "forward decodes mu: the noise is not used")
class DecodesTheMean(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.fc1 = nn.Linear(in_dim, hidden)
        self.fc_mu = nn.Linear(hidden, latent)
        self.fc_logvar = nn.Linear(hidden, latent)
        self.fc2 = nn.Linear(latent, hidden)
        self.fc3 = nn.Linear(hidden, in_dim)

    def encode(self, x):
        h = F.relu(self.fc1(x))
        return self.fc_mu(h), self.fc_logvar(h)

    def decode(self, z):
        return self.fc3(F.relu(self.fc2(z)))

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(mu), mu, logvar


@mistake("VAE", "the decoder ends with a sigmoid: probabilities, not logits")
class DecodesProbabilities(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.enc = nn.Sequential(nn.Linear(in_dim, hidden), nn.ReLU())
        self.mu = nn.Linear(hidden, latent)
        self.logvar = nn.Linear(hidden, latent)
        self.dec = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, in_dim), nn.Sigmoid()
        )

    def encode(self, x):
        h = self.enc(x)
        return self.mu(h), self.logvar(h)

    def decode(self, z):
        return self.dec(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        z = mu + torch.exp(0.5 * logvar) * eps
        return self.decode(z), mu, logvar


@mistake("VAE", "two slips: σ² multiplies the noise, and logvar is returned before mu")
class VarianceAndWrongOrder(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.body = nn.Linear(in_dim, hidden)
        self.heads = nn.Linear(hidden, 2 * latent)
        self.up = nn.Linear(latent, hidden)
        self.out = nn.Linear(hidden, in_dim)

    def encode(self, x):
        mu, logvar = self.heads(torch.tanh(self.body(x))).chunk(2, dim=1)
        return mu, logvar

    def decode(self, z):
        return self.out(torch.tanh(self.up(z)))

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        logits = self.decode(mu + logvar.exp() * eps)
        return logits, logvar, mu


@mistake("VAE", "new noise is drawn in forward: two calls with equal eps differ")
class DrawsItsOwnNoise(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(in_dim, hidden), nn.Tanh())
        self.to_mu, self.to_logvar = nn.Linear(hidden, latent), nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.Tanh(), nn.Linear(hidden, in_dim)
        )

    def encode(self, x):
        h = self.encoder(x)
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar, torch.randn_like(mu))
        return self.decode(z), mu, logvar


@mistake("VAE", "the layers are in a plain list: they are no parameters of the module")
class LayersInAPlainList(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.enc = [nn.Linear(in_dim, hidden), nn.Linear(hidden, latent), nn.Linear(hidden, latent)]
        self.dec = [nn.Linear(latent, hidden), nn.Linear(hidden, in_dim)]

    def encode(self, x):
        h = torch.relu(self.enc[0](x))
        return self.enc[1](h), self.enc[2](h)

    def decode(self, z):
        return self.dec[1](torch.relu(self.dec[0](z)))

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, eps)), mu, logvar


@mistake("VAE", "the decoder begins with hidden units, not with the latent ones: it raises")
class DecoderOfTheWrongSize(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.to_mu = nn.Linear(hidden, latent)
        self.to_logvar = nn.Linear(hidden, latent)
        self.decoder = nn.Linear(hidden, in_dim)

    def encode(self, x):
        h = torch.relu(self.encoder(x))
        return self.to_mu(h), self.to_logvar(h)

    def decode(self, z):
        return self.decoder(torch.relu(z))

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(reparameterize(mu, logvar, eps)), mu, logvar


@mistake(
    "VAE",
    "two slips: mu and logvar come from one and the same layer, and forward returns z as well",
)
class OneHeadForBoth(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.encoder = nn.Linear(in_dim, hidden)
        self.head = nn.Linear(hidden, latent)
        self.decoder = nn.Sequential(
            nn.Linear(latent, hidden), nn.ReLU(), nn.Linear(hidden, in_dim)
        )

    def encode(self, x):
        h = torch.relu(self.encoder(x))
        return self.head(h), self.head(h)

    def decode(self, z):
        return self.decoder(z)

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        z = reparameterize(mu, logvar, eps)
        return self.decode(z), mu, logvar, z


@mistake("VAE", "two slips: the decoder ends with a sigmoid, and the noise is multiplied by logvar")
class ProbabilitiesAndLogvarNoise(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super().__init__()
        self.e1 = nn.Linear(in_dim, hidden)
        self.e_mu = nn.Linear(hidden, latent)
        self.e_lv = nn.Linear(hidden, latent)
        self.d1 = nn.Linear(latent, hidden)
        self.d2 = nn.Linear(hidden, in_dim)

    def encode(self, x):
        h = torch.sigmoid(self.e1(x))
        return self.e_mu(h), self.e_lv(h)

    def decode(self, z):
        return torch.sigmoid(self.d2(torch.sigmoid(self.d1(z))))

    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(mu + logvar * eps), mu, logvar


@mistake("discriminator_loss", "the two halves are averaged, not added")
def mean_of_the_halves(real_logits, fake_logits):
    real = F.binary_cross_entropy_with_logits(real_logits, torch.ones_like(real_logits))
    fake = F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return (real + fake) / 2


@mistake("discriminator_loss", "the labels change places: 0 for real, 1 for fake")
def labels_of_the_halves_swapped(real_logits, fake_logits):
    loss = nn.BCEWithLogitsLoss()
    return loss(real_logits, torch.zeros_like(real_logits)) + loss(
        fake_logits, torch.ones_like(fake_logits)
    )


@mistake("discriminator_loss", "log(1 − sigmoid) is −inf where the sigmoid rounds to 1")
def log_of_one_minus_sigmoid(real_logits, fake_logits):
    real = F.logsigmoid(real_logits).mean()
    fake = torch.log(1 - torch.sigmoid(fake_logits)).mean()
    return -(real + fake)


@mistake(
    "discriminator_loss", "all logits are joined and averaged at once: the halves differ in size"
)
def one_mean_over_both_halves(real_logits, fake_logits):
    losses = torch.cat([F.softplus(-real_logits).flatten(), F.softplus(fake_logits).flatten()])
    return 2 * losses.mean()


@mistake("discriminator_loss", "two slips: the fakes' sign is wrong, and the losses are summed")
def fakes_as_real_and_summed(real_logits, fake_logits):
    return F.softplus(-real_logits).sum() + F.softplus(-fake_logits).sum()


@mistake(
    "discriminator_loss",
    "two slips: the loss's sign is turned, and logits are taken for probabilities by a clamp",
)
def clamped_logits_and_turned_sign(real_logits, fake_logits):
    p = real_logits.clamp(1e-7, 1 - 1e-7)
    q = fake_logits.clamp(1e-7, 1 - 1e-7)
    return torch.log(p).mean() + torch.log(1 - q).mean()


@mistake(
    "discriminator_loss", "the target is the number 1, where the loss wants a tensor: it raises"
)
def number_for_a_target(real_logits, fake_logits):
    real = F.binary_cross_entropy_with_logits(real_logits, 1.0)
    fake = F.binary_cross_entropy_with_logits(fake_logits, 0.0)
    return real + fake


@mistake("generator_loss", "the minimax loss: mean log(1 − σ(u)), which is flat for poor fakes")
def saturating_loss(fake_logits):
    return F.logsigmoid(-fake_logits).mean()


@mistake("generator_loss", "the fakes are labelled 0, as for the discriminator")
def labels_zero_for_fakes(fake_logits):
    return F.binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))


@mistake("generator_loss", "the logarithm of a sigmoid that rounds to 0 is −inf")
def log_sigmoid_in_two_steps(fake_logits):
    return -torch.mean(torch.log(torch.sigmoid(fake_logits)))


@mistake("generator_loss", "two slips: the minus sign is missing, and the logits are summed")
def sum_without_minus(fake_logits):
    return F.logsigmoid(fake_logits).sum()


@mistake(
    "generator_loss", "two slips: 1e-6 stands inside the logarithm, and the losses are not averaged"
)
def generator_losses_with_a_small_number(fake_logits):
    p = 1 / (1 + torch.exp(-fake_logits))
    return -torch.log(p + 1e-6)


@mistake("generator_loss", "the labels are a NumPy array, where the loss wants a tensor: it raises")
def numpy_ones_for_labels(fake_logits):
    ones = np.ones(fake_logits.shape)
    return F.binary_cross_entropy_with_logits(fake_logits, ones)


@mistake("cycle_loss", "squares stand for absolute values")
def mean_squares_of_the_cycles(x, x_back, y, y_back):
    return F.mse_loss(x_back, x) + F.mse_loss(y_back, y)


@mistake("cycle_loss", "the absolute values are summed, not averaged")
def sums_of_the_cycles(x, x_back, y, y_back):
    return F.l1_loss(x_back, x, reduction="sum") + F.l1_loss(y_back, y, reduction="sum")


@mistake("cycle_loss", "the absolute value is forgotten: differences of both signs cancel")
def differences_cancel(x, x_back, y, y_back):
    return (x - x_back).mean() + (y - y_back).mean()


@mistake("cycle_loss", "the absolute value stands outside the mean")
def absolute_value_of_the_mean(x, x_back, y, y_back):
    return torch.abs(torch.mean(x - x_back)) + torch.abs(torch.mean(y - y_back))


@mistake("cycle_loss", "two slips: the directions are averaged, not added, and squares are taken")
def half_the_squares(x, x_back, y, y_back):
    return (((x - x_back) ** 2).mean() + ((y - y_back) ** 2).mean()) / 2


@mistake("cycle_loss", "x is compared with y_back and y with x_back: of different shapes it raises")
def crosses_the_directions(x, x_back, y, y_back):
    return (x - y_back).abs().mean() + (y - x_back).abs().mean()


@mistake(
    "cycle_loss",
    "two slips: the way of y is left out, and the rest is summed over all but the batch",
)
def one_way_summed(x, x_back, y, y_back):
    return (x - x_back).abs().flatten(1).sum(dim=1).mean()
