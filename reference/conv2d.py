"""The convolutional layer (lectures 6 and 7; D 7.2–7.4): cross-correlation of images, NCHW.

x is (N, C, H, W), w (F, C, KH, KW), b (F,); x̃ is x with `padding` zeros on each side, and
OH = ⌊(H + 2·padding − KH) / stride⌋ + 1, OW likewise. dout means ∂L/∂z.
"""

import numpy as np

from reference.convolution import output_size

Array = np.ndarray


def pad(x: Array, padding: int) -> Array:
    """x̃, (N, C, H + 2·padding, W + 2·padding)."""
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def forward(x: Array, w: Array, b: Array, stride: int = 1, padding: int = 0) -> Array:
    """z[n,f,i,j] = b[f] + Σ_ckl x̃[n, c, i·stride + k, j·stride + l] w[f,c,k,l], (N, F, OH, OW)."""
    N, _, H, W = x.shape
    F, _, KH, KW = w.shape
    OH, OW = output_size(H, KH, padding, stride), output_size(W, KW, padding, stride)
    xt, z = pad(x, padding), np.zeros((N, F, OH, OW))
    for i, j in np.ndindex(OH, OW):
        window = xt[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW]
        z[:, :, i, j] = b + np.einsum("nckl,fckl->nf", window, w)
    return z


def backward(
    dout: Array, x: Array, w: Array, stride: int = 1, padding: int = 0
) -> tuple[Array, Array, Array]:
    """(dx, dw, db), shaped as x, w and b.

    db[f] = Σ_nij dout; dw[f,c,k,l] = Σ_nij dout[n,f,i,j] x̃[n, c, i·stride + k, j·stride + l];
    dx̃[n,c,p,q] sums dout[n,f,i,j] w[f,c,k,l] over all i·stride + k = p, j·stride + l = q, and dx is
    dx̃ without its border.
    """
    H, W = x.shape[2:]
    KH, KW = w.shape[2:]
    xt, dw = pad(x, padding), np.zeros(w.shape)
    dxt = np.zeros(xt.shape)
    for i, j in np.ndindex(*dout.shape[2:]):
        window = np.s_[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW]
        dw += np.einsum("nf,nckl->fckl", dout[:, :, i, j], xt[window])
        dxt[window] += np.einsum("nf,fckl->nckl", dout[:, :, i, j], w)
    return dxt[:, :, padding : padding + H, padding : padding + W], dw, dout.sum(axis=(0, 2, 3))
