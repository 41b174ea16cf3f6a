"""Wrong answers of lecture 14 that we know, each with the hint it earns.

Most are the model answer with one line changed, so that two of them can be found in one answer.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec14_generative import answers
from solutions.lec14_generative.answers import bernoulli_nll, kl_to_standard_normal


@mistake("kl_to_standard_normal", "A divergence is never negative: check the sign.")
def kl_sign(mu, logvar):
    return -answers.kl_to_standard_normal(mu, logvar)


@mistake("kl_to_standard_normal", "The whole sum carries a factor ½.")
def kl_without_half(mu, logvar):
    each = logvar.exp() + mu**2 - 1 - logvar
    return each.sum(dim=1).mean()


@mistake("kl_to_standard_normal", "Sum over the latent dimensions; only the batch is averaged.")
def kl_mean_over_latent(mu, logvar):
    each = logvar.exp() + mu**2 - 1 - logvar
    return 0.5 * each.mean()


@mistake("kl_to_standard_normal", "Average over the batch: this is a sum over everything.")
def kl_sum_over_batch(mu, logvar):
    each = logvar.exp() + mu**2 - 1 - logvar
    return 0.5 * each.sum()


@mistake("kl_to_standard_normal", "logvar is log σ²: its exponential is σ², not σ.")
def kl_logvar_as_log_sigma(mu, logvar):
    each = (2 * logvar).exp() + mu**2 - 1 - 2 * logvar
    return 0.5 * each.sum(dim=1).mean()


@mistake("kl_to_standard_normal", "One term of the sum is log σ², not its square.")
def kl_log_squared(mu, logvar):
    each = logvar.exp() + mu**2 - 1 - logvar**2
    return 0.5 * each.sum(dim=1).mean()


@mistake("kl_to_standard_normal", "The −1 in each dimension is missing.")
def kl_without_one(mu, logvar):
    each = logvar.exp() + mu**2 - logvar
    return 0.5 * each.sum(dim=1).mean()


@mistake("reparameterize", "σ is the root of the variance: exp(logvar / 2).")
def reparameterize_with_variance(mu, logvar, eps):
    sigma = logvar.exp()
    return mu + sigma * eps


@mistake("reparameterize", "logvar is a logarithm: exponentiate before you multiply.")
def reparameterize_without_exp(mu, logvar, eps):
    sigma = logvar
    return mu + sigma * eps


@mistake("reparameterize", "Only the noise is scaled by σ; μ is not.")
def reparameterize_scales_mean(mu, logvar, eps):
    sigma = (logvar / 2).exp()
    return (mu + eps) * sigma


@mistake("reparameterize", "σ belongs to the noise, and μ is added: here they have changed places.")
def reparameterize_changed_places(mu, logvar, eps):
    sigma = (logvar / 2).exp()
    return eps + sigma * mu


@mistake("reparameterize", "Use the eps that is given; do not draw another.")
def reparameterize_draws(mu, logvar, eps):
    return mu + (logvar / 2).exp() * torch.randn_like(mu)


@mistake("reparameterize", "The noise is added; z is random, not the mean.")
def reparameterize_mean(mu, logvar, eps):
    return mu.clone()


@mistake("bernoulli_nll", "Sum over the dimensions of an observation; only the batch is averaged.")
def bernoulli_mean_over_all(logits, x):
    each = F.softplus(logits) - x * logits
    return each.mean()


@mistake("bernoulli_nll", "Average over the batch: this is a sum over everything.")
def bernoulli_sum_over_all(logits, x):
    each = F.softplus(logits) - x * logits
    return each.sum()


@mistake("bernoulli_nll", "Logits and bits have changed places: which of the two goes into a σ?")
def bernoulli_arguments_swapped(logits, x):
    each = F.softplus(x) - x * logits
    return each.sum(dim=1).mean()


@mistake("bernoulli_nll", "A bit of 0 has a probability, too: its part of the loss is missing.")
def bernoulli_ones_alone(logits, x):
    each = x * F.softplus(-logits)
    return each.sum(dim=1).mean()


@mistake("bernoulli_nll", "BCE of the sigmoid is cut off at 100 per bit: work with the logits.")
def bernoulli_clamped(logits, x):
    each = F.binary_cross_entropy(torch.sigmoid(logits), x, reduction="none")
    return each.sum(dim=1).mean()


@mistake("bernoulli_nll", "log(sigmoid) is −∞ for large logits: simplify before you compute.")
def bernoulli_log_of_sigmoid(logits, x):
    p = torch.sigmoid(logits)
    return -(x * p.log() + (1 - x) * (1 - p).log()).sum(dim=1).mean()


@mistake("bernoulli_nll", "log(1 + exp u) overflows for large u: use softplus.")
def bernoulli_naive_softplus(logits, x):
    return ((1 + logits.exp()).log() - x * logits).sum(dim=1).mean()


@mistake("bernoulli_nll", "A large logit makes x = 1 likely: the two outcomes are swapped.")
def bernoulli_swapped(logits, x):
    return answers.bernoulli_nll(-logits, x)


@mistake("bernoulli_nll", "A *negative* log-likelihood is positive here: check the sign.")
def bernoulli_sign(logits, x):
    return -answers.bernoulli_nll(logits, x)


@mistake("gaussian_nll", "Keep the constant ½ log 2πτ² of every dimension.")
def gaussian_without_constant(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2
    each = distance / 2
    return each.sum(dim=1).mean()


@mistake("gaussian_nll", "The constant has a 2π next to τ².")
def gaussian_without_two_pi(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2
    constant = math.log(tau2)
    each = (distance + constant) / 2
    return each.sum(dim=1).mean()


@mistake("gaussian_nll", "tau2 is the variance already: do not square it.")
def gaussian_tau_as_std(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2**2
    constant = math.log(2 * math.pi * tau2**2)
    each = (distance + constant) / 2
    return each.sum(dim=1).mean()


@mistake("gaussian_nll", "The squared distance is divided by 2τ²: a ½ is missing.")
def gaussian_without_half(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2
    constant = math.log(2 * math.pi * tau2)
    each = distance + constant / 2
    return each.sum(dim=1).mean()


@mistake("gaussian_nll", "Sum over the dimensions of an observation; only the batch is averaged.")
def gaussian_mean_over_all(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2
    constant = math.log(2 * math.pi * tau2)
    each = (distance + constant) / 2
    return each.mean()


@mistake("gaussian_nll", "Every entry has the constant of its own density, not one for each row.")
def gaussian_constant_of_rows(mean, x, tau2):
    distance = (x - mean) ** 2 / tau2
    constant = math.log(2 * math.pi * tau2)
    each = distance.sum(dim=1) + constant
    return each.mean() / 2


@mistake("gaussian_nll", "The density rounds to 0 far from the mean: never leave the logarithm.")
def gaussian_log_of_density(mean, x, tau2):
    density = torch.exp(-((x - mean) ** 2) / (2 * tau2)) / math.sqrt(2 * math.pi * tau2)
    return -density.log().sum(dim=1).mean()


@mistake("negative_elbo", "The KL divergence is added to the loss, not subtracted.")
def elbo_minus_kl(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = kl_to_standard_normal(mu, logvar)
    return nll - kl


@mistake("negative_elbo", "x comes first here and second in bernoulli_nll.")
def elbo_arguments_swapped(x, logits, mu, logvar):
    nll = bernoulli_nll(x, logits)
    kl = kl_to_standard_normal(mu, logvar)
    return nll + kl


@mistake("negative_elbo", "The KL divergence is missing.")
def elbo_without_kl(x, logits, mu, logvar):
    return answers.bernoulli_nll(logits, x)


@mistake("negative_elbo", "The bound itself is asked with its sign turned: this is the ELBO.")
def elbo_not_negative(x, logits, mu, logvar):
    return -answers.negative_elbo(x, logits, mu, logvar)


@mistake("negative_elbo", "Both parts are sums over dimensions; here the pixels are averaged.")
def elbo_mean_over_pixels(x, logits, mu, logvar):
    nll = F.binary_cross_entropy_with_logits(logits, x)
    kl = kl_to_standard_normal(mu, logvar)
    return nll + kl


@mistake("negative_elbo", "Both parts are sums over dimensions; here the latent ones are averaged.")
def elbo_mean_over_latent(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = kl_to_standard_normal(mu, logvar) / mu.shape[1]
    return nll + kl


@mistake("negative_elbo", "The divergence carries a factor ½; here it counts twice.")
def elbo_kl_without_half(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = (logvar.exp() + mu**2 - 1 - logvar).sum(dim=1).mean()
    return nll + kl


@mistake("negative_elbo", "Average over the batch: this is a sum over all rows.")
def elbo_sum_over_batch(x, logits, mu, logvar):
    nll = bernoulli_nll(logits, x)
    kl = kl_to_standard_normal(mu, logvar)
    return (nll + kl) * len(x)


@mistake("mixture_log_density", "log of the mean, not the mean of the logs (Jensen!).")
def mixture_mean_of_logs(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return logs.mean(dim=1)


@mistake("mixture_log_density", "Far from all components exp gives 0: use logsumexp.")
def mixture_unstable(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return logs.exp().mean(dim=1).log()


@mistake("mixture_log_density", "A mean over the S components, not their sum.")
def mixture_summed(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=1)


@mistake("mixture_log_density", "The mean runs over the draws z, and leaves a number for each x.")
def mixture_over_the_points(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=0) - math.log(len(x))


@mistake("mixture_log_density", "tau2 is the variance already: do not square it.")
def mixture_tau_as_std(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2**2) - math.log(2 * math.pi * tau2**2) / 2
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


@mistake("mixture_log_density", "Component z is centred at sin z, not at z.")
def mixture_without_sine(x, z, tau2):
    distance = (x[:, None] - z) ** 2
    logs = -distance / (2 * tau2) - math.log(2 * math.pi * tau2) / 2
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


@mistake("mixture_log_density", "The normal density has a constant, 1/√(2πτ²).")
def mixture_without_constant(x, z, tau2):
    distance = (x[:, None] - torch.sin(z)) ** 2
    logs = -distance / (2 * tau2)
    return torch.logsumexp(logs, dim=1) - math.log(len(z))


@mistake("VAE", "Logits may be any number: what keeps all of these between 0 and 1?")
class VAEProbabilities(answers.VAE):
    def decode(self, z):
        return torch.sigmoid(self.decoder(z))


@mistake("VAE", "forward returns decode(μ + exp(logvar / 2) ε): compare factor by factor.")
class VAEVarianceForSigma(answers.VAE):
    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(mu + logvar.exp() * eps), mu, logvar


@mistake("VAE", "The noise is an argument, eps: forward draws nothing itself.")
class VAEDrawsNoise(answers.VAE):
    def forward(self, x, eps):
        return super().forward(x, torch.randn_like(eps))


@mistake("VAE", "z is a draw around mu; eps is not used here.")
class VAEDecodesMean(answers.VAE):
    def forward(self, x, eps):
        return super().forward(x, 0 * eps)


@mistake("VAE", "forward hands on mu and logvar as encode gives them: unchanged, in that order.")
class VAEOrder(answers.VAE):
    def forward(self, x, eps):
        logits, mu, logvar = super().forward(x, eps)
        return logits, logvar, mu


@mistake("VAE", "Two linear maps in a row are one: put an activation into the encoder.")
class VAELinearEncoder(answers.VAE):
    def encode(self, x):
        h = self.encoder(x)
        return self.to_mu(h), self.to_logvar(h)


@mistake("VAE", "Two linear maps in a row are one: put an activation into the decoder.")
class VAELinearDecoder(answers.VAE):
    def __init__(self, in_dim, hidden, latent):
        super().__init__(in_dim, hidden, latent)
        self.decoder = nn.Sequential(nn.Linear(latent, hidden), nn.Linear(hidden, in_dim))


@mistake("VAE", "The encoder learns from the reconstruction, too: do not detach mu.")
class VAEDetached(answers.VAE):
    def forward(self, x, eps):
        mu, logvar = self.encode(x)
        return self.decode(answers.reparameterize(mu.detach(), logvar, eps)), mu, logvar


@mistake("VAE", "forward returns three tensors, the logits, mu and logvar: no less and no more.")
class VAEReturnsLogitsOnly(answers.VAE):
    def forward(self, x, eps):
        return super().forward(x, eps)[0]


@mistake("discriminator_loss", "Real data carry the label 1 and fakes 0: they are swapped.")
def discriminator_labels_swapped(real_logits, fake_logits):
    real = F.softplus(real_logits).mean()
    fake = F.softplus(-fake_logits).mean()
    return real + fake


@mistake("discriminator_loss", "Fakes carry the label 0; here they are called real as well.")
def discriminator_fakes_as_real(real_logits, fake_logits):
    real = F.softplus(-real_logits).mean()
    fake = F.softplus(-fake_logits).mean()
    return real + fake


@mistake(
    "discriminator_loss", "What comes in are logits, of any size: a probability is their sigmoid."
)
def discriminator_logits_as_probabilities(real_logits, fake_logits):
    real = -real_logits.clamp(1e-7, 1 - 1e-7).log().mean()
    fake = -(1 - fake_logits.clamp(1e-7, 1 - 1e-7)).log().mean()
    return real + fake


@mistake("discriminator_loss", "The two halves are added, not averaged.")
def discriminator_halved(real_logits, fake_logits):
    real = F.softplus(-real_logits).mean()
    fake = F.softplus(fake_logits).mean()
    return (real + fake) / 2


@mistake("discriminator_loss", "Each half is a mean of its own; this is one mean over both.")
def discriminator_one_mean(real_logits, fake_logits):
    return F.softplus(torch.cat([-real_logits, fake_logits])).mean()


@mistake("discriminator_loss", "Each half is a mean of its own; this is one mean over both.")
def discriminator_twice_one_mean(real_logits, fake_logits):
    return 2 * F.softplus(torch.cat([-real_logits, fake_logits])).mean()


@mistake("discriminator_loss", "The fakes are judged as well: their half of the loss is missing.")
def discriminator_real_only(real_logits, fake_logits):
    real = F.softplus(-real_logits).mean()
    return real


@mistake(
    "discriminator_loss",
    "At large logits a sigmoid rounds to 0 or 1, and an exp overflows: use softplus or logsigmoid.",
)
def discriminator_log_of_sigmoid(real_logits, fake_logits):
    real = torch.sigmoid(real_logits).log().mean()
    return -real - (1 - torch.sigmoid(fake_logits)).log().mean()


@mistake("discriminator_loss", "BCE of the sigmoid is cut off at 100: work with the logits.")
def discriminator_clamped(real_logits, fake_logits):
    real, fake = torch.sigmoid(real_logits), torch.sigmoid(fake_logits)
    ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
    return F.binary_cross_entropy(real, ones) + F.binary_cross_entropy(fake, zeros)


@mistake("discriminator_loss", "Each half is a mean, not a sum.")
def discriminator_summed(real_logits, fake_logits):
    real = F.softplus(-real_logits).sum()
    fake = F.softplus(fake_logits).sum()
    return real + fake


@mistake(
    "generator_loss", "That is the minimax loss, flat where the fakes are poor: −log σ is asked."
)
def generator_minimax(fake_logits):
    return -F.softplus(fake_logits).mean()


@mistake("generator_loss", "The generator wants its fakes to be called real: label 1.")
def generator_label_zero(fake_logits):
    return F.softplus(fake_logits).mean()


@mistake("generator_loss", "A loss goes down as the fakes get better: check the sign.")
def generator_sign(fake_logits):
    return F.logsigmoid(fake_logits).mean()


@mistake(
    "generator_loss",
    "At large logits a sigmoid rounds to 0 or 1, and an exp overflows: use softplus or logsigmoid.",
)
def generator_log_of_sigmoid(fake_logits):
    return -torch.sigmoid(fake_logits).log().mean()


@mistake("generator_loss", "BCE of the sigmoid is cut off at 100: work with the logits.")
def generator_clamped(fake_logits):
    p = torch.sigmoid(fake_logits)
    return F.binary_cross_entropy(p, torch.ones_like(p))


@mistake("generator_loss", "The loss is a mean, not a sum.")
def generator_summed(fake_logits):
    return F.softplus(-fake_logits).sum()


@mistake("cycle_loss", "L1 takes absolute values, not squares.")
def cycle_squared(x, x_back, y, y_back):
    there = ((x - x_back) ** 2).mean()
    back = ((y - y_back) ** 2).mean()
    return there + back


@mistake("cycle_loss", "The two directions are added, not averaged.")
def cycle_averaged(x, x_back, y, y_back):
    there = (x - x_back).abs().mean()
    back = (y - y_back).abs().mean()
    return (there + back) / 2


@mistake("cycle_loss", "Each direction is a mean over all entries, not a sum.")
def cycle_summed(x, x_back, y, y_back):
    there = (x - x_back).abs().sum()
    back = (y - y_back).abs().sum()
    return there + back


@mistake("cycle_loss", "Here the mean runs over all entries, not only over the batch.")
def cycle_summed_for_each(x, x_back, y, y_back):
    there = (x - x_back).abs().flatten(1).sum(dim=1).mean()
    back = (y - y_back).abs().flatten(1).sum(dim=1).mean()
    return there + back


@mistake("cycle_loss", "Differences of either sign count: take absolute values before the mean.")
def cycle_signed(x, x_back, y, y_back):
    return (x_back - x).mean().abs() + (y_back - y).mean().abs()


@mistake("cycle_loss", "Both directions count: y must come back as well.")
def cycle_one_way(x, x_back, y, y_back):
    there = (x - x_back).abs().mean()
    return there
