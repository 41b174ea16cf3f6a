"""Long short-term memory (lecture 11, part 3; Hochreiter and Schmidhuber 1997).

(i, f, o, g) = (σ, σ, σ, tanh)([h, x] W + b), c' = f ⊙ c + i ⊙ g, h' = o ⊙ tanh(c').

x is (N, D), h and c (N, H), W (H + D, 4H) with the state's rows first and the gates' columns in
the order i, f, o, g, b (4H,).
"""

import numpy as np

from reference import activations, affine

Array = np.ndarray


def gates(x: Array, h: Array, W: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """(i, f, o, g), (N, H) each."""
    i, f, o, g = np.split(affine.forward(np.hstack([h, x]), W, b), 4, axis=1)
    return activations.sigmoid(i), activations.sigmoid(f), activations.sigmoid(o), np.tanh(g)


def step(x: Array, h: Array, c: Array, W: Array, b: Array) -> tuple[Array, Array]:
    """(h', c'), (N, H) each."""
    i, f, o, g = gates(x, h, W, b)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next


def step_backward(
    dh: Array, dc: Array, x: Array, h_prev: Array, c_prev: Array, W: Array, b: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """(dx, dh_prev, dc_prev, dW, db); dc is what arrives at c' from the next step alone.

    c' is used twice, by h' = o ⊙ tanh(c') and by the next step, so both gradients add up. On
    their way to c_prev they meet only ⊙ f: no matrix (lecture 11).
    """
    i, f, o, g = gates(x, h_prev, W, b)
    tanh_c = np.tanh(f * c_prev + i * g)
    dc = dc + dh * o * (1 - tanh_c**2)
    di, df, do, dg = dc * g, dc * c_prev, dh * tanh_c, dc * i
    sigmoids = [activations.sigmoid_backward(*pair) for pair in [(di, i), (df, f), (do, o)]]
    dz = np.hstack([*sigmoids, dg * (1 - g**2)])
    d_both, dW, db = affine.backward(dz, np.hstack([h_prev, x]), W)
    H = h_prev.shape[1]
    return d_both[:, H:], d_both[:, :H], dc * f, dW, db


def forward(x: Array, h0: Array, c0: Array, W: Array, b: Array) -> Array:
    """All states h₁ … h_T, (T, N, H), of a sequence x (T, N, D)."""
    h, c, states = h0, c0, []
    for xt in x:
        h, c = step(xt, h, c, W, b)
        states.append(h)
    return np.stack(states)
