"""Neighbours of lecture 7: wrong answers, written without a look at the hints."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec07_cnn import answers
from solutions.lec07_cnn.answers import conv2d_forward, nll_loss


@mistake("conv2d_forward", "the stride is applied to the rows only")
def conv_stride_rows_only(x, w, b, stride=1, padding=0):
    n, _, h, width = x.shape
    f, _, kh, kw = w.shape
    xp = F.pad(x, [padding] * 4)
    oh = (h + 2 * padding - kh) // stride + 1
    ow = (width + 2 * padding - kw) // stride + 1
    out = torch.zeros((n, f, oh, ow), dtype=x.dtype)
    for i in range(oh):
        for j in range(ow):
            window = xp[:, :, i * stride : i * stride + kh, j : j + kw].reshape(n, -1)
            out[:, :, i, j] = window @ w.reshape(f, -1).T + b
    return out


@mistake("conv2d_forward", "the padding is added on one side of each axis only")
def conv_pads_one_side(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[-2:]
    xp = F.pad(x, (0, padding, 0, padding))
    oh, ow = (xp.shape[2] - kh) // stride + 1, (xp.shape[3] - kw) // stride + 1
    out = torch.empty(x.shape[0], w.shape[0], oh, ow, dtype=x.dtype)
    for i in range(oh):
        for j in range(ow):
            patch = xp[:, None, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = (patch * w[None]).sum(dim=(2, 3, 4)) + b
    return out


@mistake("conv2d_forward", "the bias is added once for each input channel")
def conv_bias_per_channel(x, w, b, stride=1, padding=0):
    n, c, _, _ = x.shape
    f, _, kh, kw = w.shape
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (x.shape[2] - kh) // stride + 1
    ow = (x.shape[3] - kw) // stride + 1
    out = x.new_zeros(n, f, oh, ow)
    for i in range(oh):
        for j in range(ow):
            for ch in range(c):
                r, s = i * stride, j * stride
                window = x[:, ch, r : r + kh, s : s + kw]
                out[:, :, i, j] += torch.einsum("nkl,fkl->nf", window, w[:, ch]) + b
    return out


@mistake("conv2d_forward", "the output is float32 whatever the input's dtype")
def conv_always_float32(x, w, b, stride=1, padding=0):
    xp = F.pad(x, (padding,) * 4)
    kh, kw = w.shape[2], w.shape[3]
    oh = (xp.shape[2] - kh) // stride + 1
    ow = (xp.shape[3] - kw) // stride + 1
    out = torch.zeros(len(x), len(w), oh, ow)
    for n in range(len(x)):
        for f in range(len(w)):
            for i in range(oh):
                for j in range(ow):
                    r, c = i * stride, j * stride
                    out[n, f, i, j] = (xp[n, :, r : r + kh, c : c + kw] * w[f]).sum() + b[f]
    return out


@mistake(
    "conv2d_forward",
    "two slips: the kernel is flipped, and the bias is left out",
)
def conv_flipped_without_bias(x, w, b, stride=1, padding=0):
    w = w.flip(2, 3)
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w)


@mistake(
    "conv2d_forward",
    "two slips: rows and columns of the output are swapped, and the stride is not divided by",
)
def conv_sizes_swapped(x, w, b, stride=1, padding=0):
    n, _, h, width = x.shape
    f, _, kh, kw = w.shape
    x = F.pad(x, (padding, padding, padding, padding))
    oh = width + 2 * padding - kw + 1
    ow = h + 2 * padding - kh + 1
    out = x.new_zeros(n, f, oh, ow)
    for i in range(0, x.shape[2] - kh + 1, stride):
        for j in range(0, x.shape[3] - kw + 1, stride):
            window = x[:, :, i : i + kh, j : j + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


@mistake("conv2d_backward", "the padding is cut off with [p:-p], which is empty at padding 0")
def conv_back_empty_at_zero(dout, x, w, stride=1, padding=0):
    xp = F.pad(x, (padding, padding, padding, padding))
    dxp, dw = torch.zeros_like(xp), torch.zeros_like(w)
    kh, kw = w.shape[2:]
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            r, c = i * stride, j * stride
            d = dout[:, :, i, j]
            dw += torch.einsum("nf,nckl->fckl", d, xp[:, :, r : r + kh, c : c + kw])
            dxp[:, :, r : r + kh, c : c + kw] += torch.einsum("nf,fckl->nckl", d, w)
    return dxp[:, :, padding:-padding, padding:-padding], dw, dout.sum((0, 2, 3))


@mistake("conv2d_backward", "dx is overwritten where windows overlap, not added to")
def conv_back_overwrites_dx(dout, x, w, stride=1, padding=0):
    h, width = x.shape[2:]
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding, padding, padding, padding))
    dxp = torch.zeros_like(xp)
    dw = torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, cols = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            dw += torch.einsum("nf,nckl->fckl", dout[:, :, i, j], xp[:, :, rows, cols])
            dxp[:, :, rows, cols] = torch.einsum("nf,fckl->nckl", dout[:, :, i, j], w)
    return dxp[:, :, padding : padding + h, padding : padding + width], dw, dout.sum((0, 2, 3))


@mistake("conv2d_backward", "dx still has the padding around it")
def conv_back_keeps_padding(dout, x, w, stride=1, padding=0):
    n, f, oh, ow = dout.shape
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding,) * 4)
    dx, dw, db = torch.zeros_like(xp), torch.zeros_like(w), torch.zeros_like(w[:, 0, 0, 0])
    for k in range(n):
        for g in range(f):
            for i in range(oh):
                for j in range(ow):
                    r, c = i * stride, j * stride
                    dx[k, :, r : r + kh, c : c + kw] += w[g] * dout[k, g, i, j]
                    dw[g] += xp[k, :, r : r + kh, c : c + kw] * dout[k, g, i, j]
            db[g] += dout[k, g].sum()
    return dx, dw, db


@mistake("conv2d_backward", "db is averaged over images and pixels, not summed")
def conv_back_db_mean(dout, x, w, stride=1, padding=0):
    dx, dw, _ = answers.conv2d_backward(dout, x, w, stride, padding)
    return dx, dw, dout.mean(dim=(0, 2, 3))


@mistake("conv2d_backward", "the stride is forgotten on the way back")
def conv_back_without_stride(dout, x, w, stride=1, padding=0):
    h, width = x.shape[2:]
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding, padding, padding, padding))
    dxp, dw = torch.zeros_like(xp), torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = dout[:, :, i, j]
            dw += torch.einsum("nf,nckl->fckl", d, xp[:, :, i : i + kh, j : j + kw])
            dxp[:, :, i : i + kh, j : j + kw] += torch.einsum("nf,fckl->nckl", d, w)
    dx = dxp[:, :, padding : padding + h, padding : padding + width]
    return dx, dw, dout.sum(dim=(0, 2, 3))


@mistake(
    "conv2d_backward",
    "two slips: dw keeps the last image's part alone, and db is summed over the images only",
)
def conv_back_last_image(dout, x, w, stride=1, padding=0):
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding, padding, padding, padding))
    dxp = torch.zeros_like(xp)
    for n in range(x.shape[0]):
        dw = torch.zeros_like(w)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                r, c = i * stride, j * stride
                d = dout[n, :, i, j]
                dw += d[:, None, None, None] * xp[n, :, r : r + kh, c : c + kw]
                dxp[n, :, r : r + kh, c : c + kw] += (d[:, None, None, None] * w).sum(0)
    h, width = x.shape[2:]
    dx = dxp[:, :, padding : padding + h, padding : padding + width]
    return dx, dw, dout.sum(dim=0)


@mistake(
    "conv2d_backward",
    "two slips: dx convolves with the flipped kernel, and dx and dw are returned in reverse order",
)
def conv_back_flipped_and_reordered(dout, x, w, stride=1, padding=0):
    h, width = x.shape[2:]
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding, padding, padding, padding))
    dxp, dw = torch.zeros_like(xp), torch.zeros_like(w)
    turned = torch.flip(w, dims=(2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows, cols = slice(i * stride, i * stride + kh), slice(j * stride, j * stride + kw)
            d = dout[:, :, i, j]
            dw += torch.einsum("nf,nckl->fckl", d, xp[:, :, rows, cols])
            dxp[:, :, rows, cols] += torch.einsum("nf,fckl->nckl", d, turned)
    dx = dxp[:, :, padding : padding + h, padding : padding + width]
    return dw, dx, dout.sum(dim=(0, 2, 3))


@mistake("conv2d_fast", "F.unfold is not given the stride, so the columns do not fit the view")
def fast_unfold_without_stride(x, w, b, stride=1, padding=0):
    n, _, h, width = x.shape
    f, _, kh, kw = w.shape
    cols = F.unfold(x, (kh, kw), padding=padding)
    oh = (h + 2 * padding - kh) // stride + 1
    ow = (width + 2 * padding - kw) // stride + 1
    return (w.reshape(f, -1) @ cols).view(n, f, oh, ow) + b.view(1, -1, 1, 1)


@mistake("conv2d_fast", "rows and columns of the output are exchanged in the view")
def fast_view_transposed(x, w, b, stride=1, padding=0):
    n, _, h, width = x.shape
    f, _, kh, kw = w.shape
    cols = F.unfold(x, (kh, kw), padding=padding, stride=stride)
    oh = (h + 2 * padding - kh) // stride + 1
    ow = (width + 2 * padding - kw) // stride + 1
    return (w.reshape(f, -1) @ cols + b[:, None]).reshape(n, f, ow, oh)


@mistake("conv2d_fast", "right but as slow as the loop over pixels that it calls")
def fast_is_the_loop(x, w, b, stride=1, padding=0):
    return conv2d_forward(x, w, b, stride, padding)


@mistake("conv2d_fast", "the bias is added along the last axis, which has another length")
def fast_bias_on_columns(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding,) * 4)
    windows = xp.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w) + b


@mistake(
    "conv2d_fast",
    "two slips: the last kernel column is left out of the loop, and padding is ignored",
)
def fast_offsets_incomplete(x, w, b, stride=1, padding=0):
    n, _, h, width = x.shape
    f, _, kh, kw = w.shape
    oh, ow = (h - kh) // stride + 1, (width - kw) // stride + 1
    out = b.view(1, f, 1, 1).expand(n, f, oh, ow).clone()
    for k in range(kh):
        for t in range(kw - 1):
            pixels = x[:, :, k : k + oh * stride : stride, t : t + ow * stride : stride]
            out += torch.einsum("nchw,fc->nfhw", pixels[:, :, :oh, :ow], w[:, :, k, t])
    return out


@mistake("max_pool2d_forward", "the windows do not overlap: the size is taken for the stride")
def pool_size_for_stride(x, size, stride):
    windows = x.unfold(2, size, size).unfold(3, size, size)
    return windows.amax(dim=(-2, -1))


@mistake("max_pool2d_forward", "the running maximum starts at 0, so negative windows give 0")
def pool_maximum_from_zero(x, size, stride):
    n, c, h, w = x.shape
    oh, ow = (h - size) // stride + 1, (w - size) // stride + 1
    out = torch.zeros(n, c, oh, ow, dtype=x.dtype)
    for k in range(size):
        for t in range(size):
            part = x[
                :, :, k : k + (oh - 1) * stride + 1 : stride, t : t + (ow - 1) * stride + 1 : stride
            ]
            out = torch.maximum(out, part)
    return out


@mistake("max_pool2d_forward", "max over one axis of the window returns a pair, which has no max")
def pool_max_of_a_pair(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.max(dim=5).max(dim=4)


@mistake(
    "max_pool2d_forward",
    "two slips: incomplete windows at the border are kept, and the channels are pooled together",
)
def pool_ceil_over_channels(x, size, stride):
    h, w = x.shape[2:]
    rows, cols = range(0, h, stride), range(0, w, stride)
    out = x.new_zeros(len(x), 1, len(rows), len(cols))
    for a, i in enumerate(rows):
        for b, j in enumerate(cols):
            out[:, 0, a, b] = x[:, :, i : i + size, j : j + size].amax(dim=(1, 2, 3))
    return out


@mistake(
    "max_pool2d_backward", "every entry that equals the maximum takes the gradient, on ties too"
)
def pool_back_to_all_ties(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            r, c = i * stride, j * stride
            window = x[:, :, r : r + size, c : c + size]
            mask = window == window.amax(dim=(2, 3), keepdim=True)
            dx[:, :, r : r + size, c : c + size] += mask * dout[:, :, i : i + 1, j : j + 1]
    return dx


@mistake("max_pool2d_backward", "an entry that wins in two windows keeps the last gradient alone")
def pool_back_assigns(dout, x, size, stride):
    n, c, oh, ow = dout.shape
    dx = torch.zeros_like(x)
    for a in range(n):
        for b in range(c):
            for i in range(oh):
                for j in range(ow):
                    window = x[a, b, i * stride : i * stride + size, j * stride : j * stride + size]
                    k = int(window.argmax())
                    dx[a, b, i * stride + k // size, j * stride + k % size] = dout[a, b, i, j]
    return dx


@mistake("max_pool2d_backward", "the last maximum in row-major order takes the gradient on ties")
def pool_back_last_tie(dout, x, size, stride):
    n, c = x.shape[:2]
    dx = torch.zeros_like(x)
    a, b = torch.arange(n)[:, None], torch.arange(c)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            flat = window.reshape(n, c, -1).flip(2)
            last = size * size - 1 - flat.argmax(dim=2)
            rows, cols = i * stride + last // size, j * stride + last % size
            dx[a, b, rows, cols] += dout[:, :, i, j]
    return dx


@mistake(
    "max_pool2d_backward",
    "two slips: the mask is not multiplied by the gradient, and overlapping windows overwrite",
)
def pool_back_mask_alone(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + size)
            cols = slice(j * stride, j * stride + size)
            window = x[:, :, rows, cols]
            best = torch.amax(window, dim=(2, 3), keepdim=True)
            dx[:, :, rows, cols] = (window == best).to(x.dtype)
    return dx


@mistake("avg_pool2d_forward", "the windows are summed and never divided by their size")
def avg_pool_sums(x, size, stride):
    return x.unfold(2, size, stride).unfold(3, size, stride).sum(dim=(4, 5))


@mistake("avg_pool2d_forward", "divided by size, not by size²")
def avg_pool_divides_by_size(x, size, stride):
    n, c, h, w = x.shape
    out = x.new_zeros(n, c, (h - size) // stride + 1, (w - size) // stride + 1)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            r, s = i * stride, j * stride
            out[:, :, i, j] = x[:, :, r : r + size, s : s + size].sum(dim=(2, 3)) / size
    return out


@mistake(
    "avg_pool2d_forward",
    "two slips: the maximum's windows are stepped by size, and the mean runs over the columns only",
)
def avg_pool_columns_only(x, size, stride):
    windows = x.unfold(2, size, size).unfold(3, size, size)
    return windows.mean(dim=5)[..., 0]


@mistake("ConvNet", "logits are returned: the softmax is missing")
class ConvNetLogits(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        h = self.pool1(F.relu(self.conv1(x)))
        return self.fc1(h.view(len(h), -1))


@mistake("ConvNet", "the softmax runs over the batch, not over the classes")
class ConvNetSoftmaxOverBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=(5, 5), stride=(2, 2))
        self.pool1 = nn.MaxPool2d(kernel_size=2, stride=2)
        self.fc1 = nn.Linear(20 * 6 * 6, 10)
        self.softmax = nn.Softmax(dim=0)

    def forward(self, x):
        x = self.pool1(torch.relu(self.conv1(x)))
        return self.softmax(self.fc1(x.flatten(1)))


@mistake("ConvNet", "the stride is left at 1, so the flattened features do not fit 720")
class ConvNetStrideOne(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = torch.flatten(self.pool1(torch.relu(self.conv1(x))), 1)
        return F.softmax(self.fc1(x), dim=1)


@mistake("ConvNet", "two slips: the ReLU is missing, and the pooling takes means")
class ConvNetWithoutRelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5, 2)
        self.pool1 = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(self.conv1(x)).reshape(x.shape[0], 720)
        return torch.softmax(self.fc1(x), dim=-1)


@mistake("LeNet", "max-pooling stands for average pooling")
class LeNetMaxPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.MaxPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.MaxPool2d(2),
        )  # fmt: skip
        self.classifier = nn.Sequential(
            nn.Flatten(), nn.Linear(400, 120), nn.Sigmoid(),
            nn.Linear(120, 84), nn.Sigmoid(), nn.Linear(84, 10),
        )  # fmt: skip

    def forward(self, x):
        return self.classifier(self.features(x))


@mistake("LeNet", "a sigmoid follows the last layer, so the results are no logits")
class LeNetSigmoidAtTheEnd(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2),
            nn.Conv2d(6, 16, 5), nn.Sigmoid(), nn.AvgPool2d(2), nn.Flatten(),
            nn.Linear(400, 120), nn.Sigmoid(), nn.Linear(120, 84), nn.Sigmoid(),
            nn.Linear(84, 10), nn.Sigmoid(),
        )  # fmt: skip


@mistake("LeNet", "the first convolution is not padded: 256 features reach a layer of 400")
class LeNetWithoutPadding(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.c2 = nn.Conv2d(6, 16, 5)
        self.f1, self.f2, self.f3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(torch.sigmoid(self.c1(x)), 2)
        x = F.avg_pool2d(torch.sigmoid(self.c2(x)), 2)
        x = torch.sigmoid(self.f1(x.flatten(1)))
        return self.f3(torch.sigmoid(self.f2(x)))


@mistake(
    "LeNet",
    "two slips: ReLU stands for the sigmoid, and a softmax follows the last layer",
)
class LeNetReluSoftmax(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.avg_pool2d(F.relu(self.conv1(x)), 2)
        x = F.avg_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        x = F.relu(self.fc2(x))
        return torch.softmax(self.fc3(x), dim=1)


@mistake("nll_loss", "the minus is missing")
def nll_positive(log_probs, labels):
    return log_probs[torch.arange(len(labels)), labels].mean()


@mistake("nll_loss", "the logarithm is taken once more of what is one already")
def nll_logs_again(log_probs, labels):
    picked = torch.log(log_probs).gather(1, labels.unsqueeze(1))
    return -picked.mean()


@mistake("nll_loss", "two slips: every label's column counts for every row, and a sum is taken")
def nll_all_columns_summed(log_probs, labels):
    return -log_probs[:, labels].sum()


@mistake("to_model_input", "the pixels are not divided by 255")
def input_not_scaled(image):
    if image.ndim == 3:
        image = image @ np.array([0.2989, 0.5870, 0.1140])
    return torch.tensor(image, dtype=torch.float32).reshape(1, 1, 28, 28)


@mistake("to_model_input", "the result is float64: NumPy's default stays")
def input_float64(image):
    pixels = image / 255
    if pixels.ndim == 3:
        pixels = 0.2989 * pixels[..., 0] + 0.5870 * pixels[..., 1] + 0.1140 * pixels[..., 2]
    return torch.from_numpy(pixels)[None, None]


@mistake("to_model_input", "a mean over an axis of uint8 tensors raises: they must be made floats")
def input_mean_of_bytes(image):
    t = torch.from_numpy(image)
    if t.dim() == 3:
        t = t.mean(dim=2)
    return (t.float() / 255).view(1, 1, 28, 28)


@mistake("to_model_input", "two slips: the batch axis is missing, and colours are averaged")
def input_without_batch(image):
    pixels = torch.tensor(image, dtype=torch.float32) / 255
    if pixels.ndim == 3:
        pixels = pixels.mean(dim=-1)
    return pixels.unsqueeze(0)


@mistake("train_classifier", "the gradients are never cleared between mini-batches")
def train_without_zero_grad(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(batch_size):
            loss = nll_loss(model(x[batch]).log(), y[batch])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_classifier", "one loss for each epoch is returned, not for each mini-batch")
def train_losses_per_epoch(model, x, y, epochs, batch_size, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    history = []
    for _ in range(epochs):
        order = torch.randperm(len(x), generator=generator)
        total = 0.0
        for start in range(0, len(x), batch_size):
            index = order[start : start + batch_size]
            optimizer.zero_grad()
            loss = nll_loss(torch.log(model(x[index])), y[index])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(index)
        history.append(total / len(x))
    return history


@mistake(
    "train_classifier",
    "two slips: the log of the probabilities is left out of the loss, and the rest of an epoch is "
    "dropped",
)
def train_on_probabilities(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    opt = torch.optim.Adam(model.parameters(), lr)
    losses = []
    for _ in range(epochs):
        perm = torch.randperm(x.shape[0])
        for i in range(x.shape[0] // batch_size):
            idx = perm[i * batch_size : (i + 1) * batch_size]
            loss = nll_loss(model(x[idx]), y[idx])
            opt.zero_grad()
            loss.backward()
            opt.step()
            losses.append(float(loss))
    return losses


@mistake("conv2d_fast", "two slips: the kernel is flipped, and the bias is subtracted")
def fast_flipped_minus_bias(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    xp = F.pad(x, (padding, padding, padding, padding))
    windows = xp.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w.flip((2, 3))) - b[:, None, None]


@mistake("max_pool2d_backward", "two slips: all ties take the gradient, and overlaps overwrite")
def pool_back_ties_overwritten(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            r, c = i * stride, j * stride
            window = x[:, :, r : r + size, c : c + size]
            mask = window == window.amax(dim=(2, 3), keepdim=True)
            dx[:, :, r : r + size, c : c + size] = mask * dout[:, :, i, j][:, :, None, None]
    return dx


@mistake("to_model_input", "two slips: not divided by 255, and blue and red are exchanged")
def input_unscaled_bgr(image):
    if image.ndim == 3:
        image = image[:, :, ::-1] @ np.array([0.2989, 0.5870, 0.1140])
    return torch.as_tensor(np.array(image), dtype=torch.float32)[None, None]


@mistake("avg_pool2d_forward", "two slips: divided by size instead of size², and stepped by size")
def avg_pool_size_twice(x, size, stride):
    return x.unfold(2, size, size).unfold(3, size, size).sum(dim=(4, 5)) / size
