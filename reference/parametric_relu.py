"""PReLU, a leaky ReLU whose slope α is learnt (lecture 9, section 4)."""

import numpy as np

Array = np.ndarray


def forward(z: Array, alpha: Array) -> Array:
    """Z where z > 0, α z elsewhere; this is max(αz, z) as long as α ≤ 1. α is 0-d."""
    return np.where(z > 0, z, alpha * z)


def backward(da: Array, z: Array, alpha: Array) -> tuple[Array, np.float64]:
    """(dz, dα): dz has z's shape, dα = Σ da z over z ≤ 0 is 0-d; z = 0 is on α's branch."""
    dz = np.where(z > 0, da, alpha * da)
    return dz, np.float64(np.where(z > 0, 0.0, da * z).sum())
