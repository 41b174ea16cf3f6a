"""PyTorch's normal numbers on the CPU, drawn again with NumPy (lecture 3 prints some).

Both libraries own a Mersenne Twister with the same seeding, and turn uniform numbers u₁, u₂ into
normal ones as Box and Muller do: √(−2 log u₁) cos 2πu₂ and √(−2 log u₁) sin 2πu₂. Fewer than 16
numbers are made from 53 random bits each, one pair after another; 16 or more from 24 bits each, in
blocks of 16, the last of which is drawn anew where 16 does not divide their count
(ATen/native/cpu/DistributionTemplates.h).
"""

import numpy as np

Array = np.ndarray


def randn(seed: int, *shape: int) -> Array:
    """What `torch.manual_seed(seed); torch.randn(*shape)` draws, rounded to float32 at the end."""
    twister = np.random.RandomState(seed)
    size = int(np.prod(shape))
    z = _few(twister, size) if size < 16 else _many(twister, size)
    return z.reshape(shape).astype(np.float32).astype(np.float64)


def _bits(twister: np.random.RandomState, n: int) -> Array:
    return twister.randint(0, 2**32, size=n, dtype=np.uint64)


def _box_muller(u1: Array, u2: Array) -> tuple[Array, Array]:
    radius, angle = np.sqrt(-2 * np.log(u1)), 2 * np.pi * u2
    return radius * np.cos(angle), radius * np.sin(angle)


def _few(twister: np.random.RandomState, size: int) -> Array:
    pairs = (size + 1) // 2
    high, low = _bits(twister, 4 * pairs).reshape(-1, 2).T
    uniform = ((high << np.uint64(32) | low) % np.uint64(2**53)) / 2**53
    u2, u1 = uniform.reshape(-1, 2).T
    return np.stack(_box_muller(1 - u1, u2), axis=1).ravel()[:size]


def _many(twister: np.random.RandomState, size: int) -> Array:
    uniform = (_bits(twister, size) % np.uint64(2**24)) / 2**24
    z = np.empty(size)
    for start in range(0, size - 15, 16):
        z[start : start + 16] = _block(uniform[start : start + 16])
    if size % 16:
        z[-16:] = _block((_bits(twister, 16) % np.uint64(2**24)) / 2**24)
    return z


def _block(uniform: Array) -> Array:
    return np.concatenate(_box_muller(1 - uniform[:8], uniform[8:]))
