"""Third neighbours of lec07_cnn: written before they were measured once, at the end."""

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake


@mistake("conv2d_forward", "padded by one more on each side at the right and the bottom")
def tri_conv_padding_one_more(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding + 1, padding, padding + 1))
    oh = (x.shape[2] - kh) // stride + 1
    ow = (x.shape[3] - kw) // stride + 1
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            top = i * stride
            left = j * stride
            window = x[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


@mistake("conv2d_backward", "dw is averaged over the images")
def tri_cback_dw_averaged(dout, x, w, stride=1, padding=0):
    h, width = x.shape[2:]
    kh, kw = w.shape[2:]
    padded = F.pad(x, (padding, padding, padding, padding))
    dpadded = torch.zeros_like(padded)
    dw = torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + kh)
            columns = slice(j * stride, j * stride + kw)
            d = dout[:, :, i, j]
            dw += 1 / len(x) * torch.einsum("nf,nckl->fckl", d, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += torch.einsum("nf,fckl->nckl", d, w)
    dx = dpadded[:, :, padding : padding + h, padding : padding + width]
    db = dout.sum(dim=(0, 2, 3))
    return (dx, dw, db)


@mistake("max_pool2d_forward", "the largest in size, without sign")
def tri_mpool_absolute(x, size, stride):
    windows = x.abs().unfold(2, size, stride).unfold(3, size, stride)
    return windows.amax(dim=(4, 5))


@mistake("avg_pool2d_forward", "windows step by their size")
def tri_apool_stride_size(x, size, stride):
    windows = x.unfold(2, size, size).unfold(3, size, size)
    return windows.mean(dim=(4, 5))


@mistake("nll_loss", "the exponentials are picked")
def tri_nll_probabilities(log_probs, labels):
    rows = torch.arange(len(labels), device=labels.device)
    picked = log_probs[rows, labels].exp()
    return -picked.mean()


@mistake("max_pool2d_backward", "two slips: the last of equal maxima is taken, and dout is doubled")
def tri_mpback_twice_ties(dout, x, size, stride):
    n, c = x.shape[:2]
    images = torch.arange(n, device=x.device)[:, None]
    channels = torch.arange(c, device=x.device)
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            first = size * size - 1 - window.reshape(n, c, -1).flip(-1).argmax(dim=2)
            rows = i * stride + first // size
            columns = j * stride + first % size
            dx[images, channels, rows, columns] += 2 * dout[:, :, i, j]
    return dx


@mistake("to_model_input", "two slips: red and blue are exchanged, and divided by 256")
def tri_input_weights_scale(image):
    pixels = torch.tensor(image, dtype=torch.float32)
    if pixels.ndim == 3:
        pixels = pixels @ torch.tensor([0.114, 0.587, 0.2989])
    return (pixels / 256).reshape(1, 1, 28, 28)
