"""Gradient clipping, lecture 11's remedy for gradients that explode (Pascanu et al. 2013)."""

from collections.abc import Sequence

import numpy as np

Array = np.ndarray


def global_norm(grads: Sequence[Array]) -> np.float64:
    """‖(g₁, g₂, …)‖₂ over all entries of all gradients together."""
    return np.sqrt(np.sum([np.sum(g**2) for g in grads]))


def clip(grads: Sequence[Array], max_norm: float) -> list[Array]:
    """Every g times max_norm/‖g‖ where the global norm exceeds max_norm, else as it is."""
    norm = global_norm(grads)
    return [g * (max_norm / norm) if norm > max_norm else g for g in grads]
