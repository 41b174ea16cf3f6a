"""The recurrent network hₜ = tanh(xₜ Wxh + hₜ₋₁ Whh + b), there and back (lectures 10 and 11).

Rows are observations: xₜ is (N, D), hₜ (N, H), Wxh (D, H), Whh (H, H), b (H,). Sequences put time
first: x is (T, N, D), h (T, N, H) with h[0] = h₁; the initial state h0 (N, H) stands apart.
"""

from collections.abc import Sequence

import numpy as np

from reference import affine

Array = np.ndarray
Parameters = tuple[Array, Array, Array]


def step(x: Array, h: Array, Wxh: Array, Whh: Array, b: Array) -> Array:
    """Tanh(x Wxh + h Whh + b), (N, H)."""
    return np.tanh(x @ Wxh + h @ Whh + b)


def step_backward(
    dh: Array, x: Array, h_prev: Array, h_next: Array, Wxh: Array, Whh: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """(dx, dh_prev, dWxh, dWhh, db) of one step, from the gradient dh that arrives at h_next.

    With z = x Wxh + h_prev Whh + b: dz = dh ⊙ (1 − h_next²), and then lecture 5's rule 2 twice.
    """
    dz = dh * (1 - h_next**2)
    dx, dWxh, db = affine.backward(dz, x, Wxh)
    dh_prev, dWhh, _ = affine.backward(dz, h_prev, Whh)
    return dx, dh_prev, dWxh, dWhh, db


def forward(x: Array, h0: Array, Wxh: Array, Whh: Array, b: Array) -> Array:
    """All states h₁ … h_T, (T, N, H)."""
    h = [h0]
    for xt in x:
        h.append(step(xt, h[-1], Wxh, Whh, b))
    return np.stack(h[1:])


def backward(
    dh: Array, x: Array, h0: Array, h: Array, Wxh: Array, Whh: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """(dx, dh0, dWxh, dWhh, db), back through time; dh[t] is what hₜ's own output sends.

    hₜ is used twice, by its output and by the next step: what arrives is the sum of both. The
    parameters are used at every step: ∂L/∂W = Σₜ ∂L/∂W of step t (lecture 11).
    """
    dx, from_next = np.zeros_like(x), np.zeros_like(h0)
    dWxh, dWhh, db = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros(len(Whh))
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t else h0
        dx[t], from_next, *own = step_backward(dh[t] + from_next, x[t], h_prev, h[t], Wxh, Whh)
        dWxh, dWhh, db = dWxh + own[0], dWhh + own[1], db + own[2]
    return dx, from_next, dWxh, dWhh, db


def output(h: Array, Why: Array) -> Array:
    """Yₜ = hₜ Why, (T, N, K) for Why (H, K)."""
    return h @ Why


def state_jacobian(h_next: Array, Whh: Array) -> Array:
    """∂hₜ/∂hₜ₋₁ = diag(1 − hₜ²) Whhᵀ, (H, H), for one sequence: h_next is (H,).

    The transpose is there because entry [i, j] is ∂hₜ[i]/∂hₜ₋₁[j] and states are rows.
    """
    return np.diag(1 - h_next**2) @ Whh.T


def long_jacobian(h: Array, Whh: Array, k: int) -> Array:
    """∂h_T/∂h_{T−k} = J_T J_{T−1} … J_{T−k+1}, the newest factor first; h is (T, H)."""
    product = np.eye(h.shape[1])
    for ht in h[len(h) - k :]:
        product = state_jacobian(ht, Whh) @ product
    return product


def gradient_norms(h: Array, Whh: Array) -> list[float]:
    """Largest singular value of ∂h_T/∂h_{T−k} for k = 1 … T − 1; h is (T, H)."""
    products = (long_jacobian(h, Whh, k) for k in range(1, len(h)))
    return [float(np.linalg.svd(product, compute_uv=False)[0]) for product in products]


def stacked(x: Array, h0s: Sequence[Array], layers: Sequence[Parameters]) -> Array:
    """The top layer's states; each layer's input sequence is the states of the one below."""
    for h0, parameters in zip(h0s, layers, strict=True):
        x = forward(x, h0, *parameters)
    return x


def bidirectional(x: Array, ahead: Parameters, back: Parameters) -> Array:
    """[h→, h←] at every time, (T, N, 2H): h← read the sequence from its end; both start at 0."""
    N, H = x.shape[1], len(ahead[2])
    h_ahead = forward(x, np.zeros((N, H)), *ahead)
    h_back = forward(x[::-1], np.zeros((N, H)), *back)[::-1]
    return np.concatenate([h_ahead, h_back], axis=2)
