"""The gated recurrent unit (lecture 11, part 3; Cho et al. 2014)."""

import numpy as np

from reference import activations

Array = np.ndarray


def step(
    x: Array, h: Array, Wr: Array, Ur: Array, br: Array, Wz: Array, Uz: Array, bz: Array,
    Wc: Array, Uc: Array, bc: Array,
) -> Array:  # fmt: skip
    """Next state z ⊙ h + (1 − z) ⊙ h̃, (N, H); x is (N, D), W (D, H), U (H, H), b (H,).

    r = σ(x Wr + h Ur + br) resets the old state before the product with Uc:
    h̃ = tanh(x Wc + (r ⊙ h) Uc + bc); z = σ(x Wz + h Uz + bz) is the share that stays.
    """
    r = activations.sigmoid(x @ Wr + h @ Ur + br)
    z = activations.sigmoid(x @ Wz + h @ Uz + bz)
    candidate = np.tanh(x @ Wc + (r * h) @ Uc + bc)
    return z * h + (1 - z) * candidate
