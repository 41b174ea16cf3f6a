"""Hidden cases of lecture 14: bounds and adversarial losses, finite at any logit."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.vocabulary import DEVICE, EDGES, SHAPES, STABILITY, STABLE, Case, case, exercise
from reference import gan, vae
from solutions.lec14_generative.drivers import clusters, raises_the_bound, run_vae

Cases = Iterator[Case]
Rng = np.random.Generator
Array = np.ndarray


def bits(rng: Rng, *shape: int) -> Array:
    """Zeros and ones as floats."""
    return rng.integers(2, size=shape).astype(np.float64)


def extreme(rng: Rng, *shape: int) -> Array:
    """Logits of either sign and of every size up to 1e4, the largest among them."""
    logits = rng.choice([-1.0, 1.0], size=shape) * 10 ** rng.uniform(-1, 4, size=shape)
    logits.flat[:2] = -1e4, 1e4
    return logits


@exercise()
def kl_to_standard_normal(rng: Rng) -> Cases:
    """KL divergence from a diagonal normal to the standard normal."""

    def probe(n: int, d: int, **rest: Any) -> Case:
        mu, logvar = rng.normal(size=(n, d)), rng.normal(size=(n, d))
        return case(mu, logvar, expect=vae.kl_to_standard_normal(mu, logvar), **rest)

    yield probe(5, 3)
    yield probe(2, 6)
    for n, d in [(1, 4), (5, 1), (4, 4)]:
        yield probe(n, d, group=SHAPES)
    yield case(np.zeros((3, 2)), np.zeros((3, 2)), expect=np.float64(0), group=EDGES)
    yield probe(6, 4, group=DEVICE, dtype="float32")


@exercise()
def reparameterize(rng: Rng) -> Cases:
    """A draw from N(μ, σ²), as a function of μ, log σ² and given noise."""

    def probe(n: int, d: int, **rest: Any) -> Case:
        mu, logvar, eps = (rng.normal(size=(n, d)) for _ in range(3))
        return case(mu, logvar, eps, expect=vae.reparameterize(mu, logvar, eps), **rest)

    yield probe(5, 3)
    for n, d in [(1, 4), (5, 1), (4, 4)]:
        yield probe(n, d, group=SHAPES)
    mu, logvar = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    yield case(mu, logvar, 0 * mu, expect=mu, group=EDGES)
    yield probe(6, 4, group=DEVICE, dtype="float32")


@exercise()
def bernoulli_nll(rng: Rng) -> Cases:
    """Negative log-likelihood of bits, given logits."""

    def probe(n: int, p: int, **rest: Any) -> Case:
        logits, x = 2 * rng.normal(size=(n, p)), bits(rng, n, p)
        return case(logits, x, expect=vae.bernoulli_nll(logits, x), **rest)

    yield probe(5, 3)
    yield probe(2, 7)
    for n, p in [(1, 4), (5, 1), (4, 4)]:
        yield probe(n, p, group=SHAPES)
    far: dict[str, Any] = {"group": STABILITY, "dtype": "float32", "tolerance": STABLE}
    logits, x = extreme(rng, 4, 5), bits(rng, 4, 5)
    yield case(logits, x, expect=vae.bernoulli_nll(logits, x), **far)
    logits = np.where(x == 1, 1, -1) * np.abs(logits)
    yield case(logits, x, expect=vae.bernoulli_nll(logits, x), **far)
    yield case(-logits, x, expect=vae.bernoulli_nll(-logits, x), **far)
    yield probe(6, 4, group=DEVICE, dtype="float32")


@exercise()
def gaussian_nll(rng: Rng) -> Cases:
    """Negative log-likelihood of real numbers, given their means."""

    def probe(n: int, p: int, tau2: float, scale: float = 1.0, **rest: Any) -> Case:
        mean, x = rng.normal(size=(n, p)), scale * rng.normal(size=(n, p))
        return case(mean, x, tau2, expect=vae.gaussian_nll(mean, x, tau2), **rest)

    yield probe(5, 3, 0.3)
    yield probe(2, 7, 2.5)
    for n, p in [(1, 4), (5, 1), (4, 4)]:
        yield probe(n, p, 0.7, group=SHAPES)
    yield probe(3, 5, 1.0, group=EDGES)
    # Densities below e⁻¹⁰⁰, which float32 rounds to 0 before their logarithm is taken.
    yield probe(3, 4, 0.01, 50.0, group=STABILITY, dtype="float32", tolerance=STABLE)
    yield probe(6, 4, 0.2, group=DEVICE, dtype="float32")


@exercise(uses=("kl_to_standard_normal", "bernoulli_nll"))
def negative_elbo(rng: Rng) -> Cases:
    """The negative evidence lower bound with a Bernoulli decoder."""

    def probe(n: int, p: int, d: int, **rest: Any) -> Case:
        x, logits = bits(rng, n, p), 2 * rng.normal(size=(n, p))
        mu, logvar = rng.normal(size=(n, d)), rng.normal(size=(n, d))
        expect = vae.negative_elbo(x, logits, mu, logvar)
        return case(x, logits, mu, logvar, expect=expect, **rest)

    yield probe(5, 4, 3)
    yield probe(3, 8, 2)
    for n, p, d in [(1, 4, 3), (5, 1, 3), (5, 4, 1), (4, 4, 4)]:
        yield probe(n, p, d, group=SHAPES)
    yield probe(6, 5, 2, group=DEVICE, dtype="float32")


@exercise()
def mixture_log_density(rng: Rng) -> Cases:
    """Log-density of the lecture's mixture, by Monte Carlo."""

    def probe(x: Array, s: int, tau2: float, **rest: Any) -> Case:
        z = rng.normal(size=s)
        return case(x, z, tau2, expect=vae.mixture_log_density(x, z, tau2), **rest)

    yield probe(rng.uniform(-1.5, 1.5, size=5), 7, 0.3)
    yield probe(rng.uniform(-1, 1, size=4), 30, 0.01)
    for n, s in [(1, 6), (5, 1), (4, 4)]:
        yield probe(rng.uniform(-1, 1, size=n), s, 0.2, group=SHAPES)
    yield probe(rng.uniform(-1, 1, size=3), 5, 1.0, group=EDGES)
    far = np.array([-60.0, 5.0, 0.0, 90.0]) + rng.uniform(size=4)
    yield probe(far, 6, 0.01, group=STABILITY, dtype="float32", tolerance=STABLE)
    yield probe(rng.uniform(-1, 1, size=6), 9, 0.1, group=DEVICE, dtype="float32")


@exercise(driver=run_vae)
def VAE(rng: Rng) -> Cases:
    """A variational auto-encoder: its parts fit together, and it learns."""

    def probe(n: int, p: int, hidden: int, latent: int, **rest: Any) -> Case:
        x, eps = bits(rng, n, p), rng.normal(size=(n, latent))
        expect = [np.zeros((n, p)), np.zeros((n, latent)), np.zeros((n, latent))]
        return case(x, eps, hidden, 0, expect=expect, judge=lambda value: "", **rest)

    def learns(n: int, p: int, hidden: int, latent: int, steps: int) -> Case:
        x, eps = clusters(rng, n, p), rng.normal(size=(n, latent))
        expect = [np.zeros((n, p)), np.zeros((n, latent)), np.zeros((n, latent))]
        judge = raises_the_bound(x, 0.7)
        return case(x, eps, hidden, steps, expect=expect, judge=judge, dtype="float32")

    yield learns(48, 24, 23, 3, 100)
    yield probe(6, 7, 16, 3)
    for n, p, hidden, latent in [(1, 5, 4, 3), (6, 1, 4, 3), (6, 5, 1, 3), (6, 5, 4, 1)]:
        yield probe(n, p, hidden, latent, group=SHAPES)
    yield probe(8, 9, 12, 2, group=DEVICE, dtype="float32")


@exercise()
def discriminator_loss(rng: Rng) -> Cases:
    """The discriminator's loss on real and on generated data."""

    def probe(real: Array, fake: Array, **rest: Any) -> Case:
        return case(real, fake, expect=gan.discriminator_loss(real, fake), **rest)

    def draw(*shape: int) -> Array:
        return 1 + 2 * rng.normal(size=shape)

    yield probe(draw(5), draw(8))
    yield probe(draw(7), draw(3))
    yield probe(draw(1), draw(1), group=SHAPES)
    yield probe(draw(6, 1), draw(6, 1), group=SHAPES)
    far: dict[str, Any] = {"group": STABILITY, "dtype": "float32", "tolerance": STABLE}
    yield probe(extreme(rng, 5), extreme(rng, 6), **far)
    yield probe(np.abs(extreme(rng, 5)), -np.abs(extreme(rng, 6)), **far)
    yield probe(-np.abs(extreme(rng, 5)), np.abs(extreme(rng, 6)), **far)
    yield probe(draw(6), draw(6), group=DEVICE, dtype="float32")


@exercise()
def generator_loss(rng: Rng) -> Cases:
    """The generator's non-saturating loss."""

    def probe(fake: Array, **rest: Any) -> Case:
        return case(fake, expect=gan.generator_loss(fake), **rest)

    yield probe(1 + 2 * rng.normal(size=5))
    yield probe(2 * rng.normal(size=9) - 1)
    yield probe(1 + rng.normal(size=1), group=SHAPES)
    yield probe(1 + rng.normal(size=(4, 1)), group=SHAPES)
    far: dict[str, Any] = {"group": STABILITY, "dtype": "float32", "tolerance": STABLE}
    yield probe(extreme(rng, 6), **far)
    yield probe(np.abs(extreme(rng, 6)), **far)
    yield probe(-np.abs(extreme(rng, 6)), **far)
    yield probe(rng.normal(size=7), group=DEVICE, dtype="float32")


@exercise()
def cycle_loss(rng: Rng) -> Cases:
    """The cycle-consistency loss of two translators."""

    def probe(x_shape: tuple[int, ...], y_shape: tuple[int, ...], **rest: Any) -> Case:
        x, y = rng.normal(size=x_shape), rng.normal(size=y_shape)
        x_back, y_back = x + rng.normal(size=x_shape), y + 2 * rng.normal(size=y_shape)
        return case(x, x_back, y, y_back, expect=gan.cycle_loss(x, x_back, y, y_back), **rest)

    yield probe((2, 3, 4, 5), (2, 3, 4, 5))
    yield probe((3, 1, 4, 2), (2, 1, 5, 3))
    for shape in [(1, 1, 1, 1), (6,), (5, 3)]:
        yield probe(shape, shape, group=SHAPES)
    x, y = rng.normal(size=(2, 1, 3, 4)), rng.normal(size=(2, 1, 3, 4))
    yield case(x, x, y, y, expect=np.float64(0), group=EDGES)
    yield probe((2, 1, 5, 4), (2, 1, 5, 4), group=DEVICE, dtype="float32")
