"""Regularisation: weight penalties, early stopping, dropout (lecture 9, section 6; D 3.7, 5.6)."""

import numpy as np

Array = np.ndarray


def l2_penalty(w: Array) -> np.float64:
    """½ Σ w²."""
    return np.float64(0.5 * (w**2).sum())


def weight_decay_step(w: Array, grad: Array, lr: float, lam: float) -> Array:
    """(1 − ηλ) w − ηg: a gradient step on the loss plus (λ/2) ‖w‖²."""
    return (1 - lr * lam) * w - lr * grad


def early_stopping(
    val_losses: list[float], patience: int, min_delta: float = 0.0
) -> tuple[int, int]:
    """(best epoch, last epoch run), counted from 0.

    An epoch is better if its loss < best − min_delta; `patience` epochs in a row that are not
    better end the training.
    """
    best, best_epoch = np.inf, 0
    for epoch, loss in enumerate(val_losses):
        if loss < best - min_delta:
            best, best_epoch = loss, epoch
        elif epoch - best_epoch == patience:
            return best_epoch, epoch
    return best_epoch, len(val_losses) - 1


def dropout_scale(p: float) -> float:
    """1 / (1 − p), by which kept values grow so that the mean stays: E[m x / (1 − p)] = x."""
    return 1 / (1 - p)


def dropout_lecture_eval(x: Array, keep: float) -> Array:
    """Keep · x = E[m ⊙ x] with m ~ Bernoulli(keep): the lecture scales in prediction."""
    return keep * x
