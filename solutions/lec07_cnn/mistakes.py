"""Wrong answers of lecture 7 that we know, each with the hint it earns."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec07_cnn import answers


@mistake("conv2d_forward", "The layer does not flip its kernel: it is a cross-correlation.")
def conv2d_forward_flipped(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (x.shape[2] - kh) // stride + 1
    ow = (x.shape[3] - kw) // stride + 1
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            top = i * stride
            left = j * stride
            window = x[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w.flip(2, 3)) + b
    return out


@mistake("conv2d_forward", "The bias is missing: each filter adds its own number to every pixel.")
def conv2d_forward_no_bias(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x, w, torch.zeros_like(b), stride, padding)


@mistake("conv2d_forward", "Every input channel counts: this is the first one's share alone.")
def conv2d_forward_first_channel(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x[:, :1], w[:, :1], b, stride, padding)


@mistake("conv2d_forward", "Sum over the input channels; this is their mean.")
def conv2d_forward_channel_mean(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x, w / x.shape[1], b, stride, padding)


@mistake("conv2d_forward", "Every input channel has its own slice of the kernel, w[f, c].")
def conv2d_forward_first_slice(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x, w[:, :1].expand_as(w), b, stride, padding)


@mistake("conv2d_forward", "The stride counts along rows and along columns.")
def conv2d_forward_stride_on_rows(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x, w, b, 1, padding)[:, :, ::stride]


@mistake("conv2d_forward", "The padding surrounds the image: four sides, not two.")
def conv2d_forward_pads_rows(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(F.pad(x, (0, 0, padding, padding)), w, b, stride)


@mistake("conv2d_forward", "The padding surrounds the image: on both sides of each axis.")
def conv2d_forward_pads_one_side(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(F.pad(x, (0, padding, 0, padding)), w, b, stride)


@mistake("conv2d_forward", "The bias counts once for an output, not once for each input channel.")
def conv2d_forward_bias_per_channel(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x, w, x.shape[1] * b, stride, padding)


@mistake("conv2d_forward", "The padding is made of zeros, not of copies of the border.")
def conv2d_forward_replicates(x, w, b, stride=1, padding=0):
    x = F.pad(x, (padding, padding, padding, padding), mode="replicate")
    return answers.conv2d_forward(x, w, b, stride)


@mistake("conv2d_forward", "A window that reaches over the border is dropped: round down.")
def conv2d_forward_ceil(x, w, b, stride=1, padding=0):
    rest = [(n + 2 * padding - k) % stride for n, k in zip(x.shape[2:], w.shape[2:])]
    more = [padding + (stride - r) % stride for r in rest]
    return answers.conv2d_forward(F.pad(x, (padding, more[1], padding, more[0])), w, b, stride)


@mistake("conv2d_forward", "The window starts at i · stride, not at i.")
def conv2d_forward_windows_at_i(x, w, b, stride=1, padding=0):
    out = answers.conv2d_forward(x, w, b, stride, padding)
    return answers.conv2d_forward(x, w, b, 1, padding)[:, :, : out.shape[2], : out.shape[3]]


@mistake("conv2d_backward", "Every image adds to dw: sum over the batch, do not overwrite.")
def conv2d_backward_dw_of_last_image(dout, x, w, stride=1, padding=0):
    dx, _, db = answers.conv2d_backward(dout, x, w, stride, padding)
    _, dw, _ = answers.conv2d_backward(dout[-1:], x[-1:], w, stride, padding)
    return dx, dw, db


@mistake("conv2d_backward", "The loss has taken its mean already: dw and db are sums over images.")
def conv2d_backward_averaged(dout, x, w, stride=1, padding=0):
    dx, dw, db = answers.conv2d_backward(dout, x, w, stride, padding)
    return dx, dw / len(x), db / len(x)


@mistake("conv2d_backward", "db sums over images, rows and columns: one number for each filter.")
def conv2d_backward_db_of_pixels_averaged(dout, x, w, stride=1, padding=0):
    dx, dw, _ = answers.conv2d_backward(dout, x, w, stride, padding)
    return dx, dw, dout.mean(dim=(2, 3)).sum(dim=0)


@mistake("conv2d_backward", "db sums over images, rows and columns: one number for each filter.")
def conv2d_backward_db_of_every_pixel(dout, x, w, stride=1, padding=0):
    dx, dw, _ = answers.conv2d_backward(dout, x, w, stride, padding)
    return dx, dw, dout.sum(dim=0)


@mistake("conv2d_backward", "`[padding:-padding]` is empty without padding: give the end by size.")
def conv2d_backward_negative_slice(dout, x, w, stride=1, padding=0):
    _, dw, db = answers.conv2d_backward(dout, x, w, stride, padding)
    padded = F.pad(x, (padding, padding, padding, padding))
    dx, _, _ = answers.conv2d_backward(dout, padded, w, stride, 0)
    return dx[:, :, padding:-padding, padding:-padding], dw, db


@mistake("conv2d_backward", "dx has the shape of x: take the padding off again.")
def conv2d_backward_keeps_padding(dout, x, w, stride=1, padding=0):
    _, dw, db = answers.conv2d_backward(dout, x, w, stride, padding)
    padded = F.pad(x, (padding, padding, padding, padding))
    dx, _, _ = answers.conv2d_backward(dout, padded, w, stride, 0)
    return dx, dw, db


@mistake("conv2d_backward", "Windows overlap: a pixel's gradients add up, += instead of =.")
def conv2d_backward_overwrites(dout, x, w, stride=1, padding=0):
    _, dw, db = answers.conv2d_backward(dout, x, w, stride, padding)
    kh, kw = w.shape[2:]
    dx = torch.zeros_like(F.pad(x, (padding, padding, padding, padding)))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = torch.einsum("nf,fckl->nckl", dout[:, :, i, j], w)
            dx[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw] = d
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dw, db


@mistake(
    "conv2d_backward", "Look at the kernel's direction in dx: entry (k, l) goes back to (k, l)."
)
def conv2d_backward_dx_flipped(dout, x, w, stride=1, padding=0):
    _, dw, db = answers.conv2d_backward(dout, x, w, stride, padding)
    dx, _, _ = answers.conv2d_backward(dout, x, w.flip(2, 3), stride, padding)
    return dx, dw, db


@mistake("conv2d_backward", "The windows lie `stride` apart on the way back as well.")
def conv2d_backward_without_stride(dout, x, w, stride=1, padding=0):
    return answers.conv2d_backward(dout, x, w, 1, padding)


@mistake("conv2d_fast", "This loops over the pixels; loop over the kernel, or not at all.")
def conv2d_fast_pixel_loop(x, w, b, stride=1, padding=0):
    return answers.conv2d_forward(x, w, b, stride, padding)


@mistake("conv2d_fast", "The layer does not flip its kernel: it is a cross-correlation.")
def conv2d_fast_flipped(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w.flip(2, 3)) + b[:, None, None]


@mistake("conv2d_fast", "The bias is missing: each filter adds its own number to every pixel.")
def conv2d_fast_no_bias(x, w, b, stride=1, padding=0):
    return answers.conv2d_fast(x, w, torch.zeros_like(b), stride, padding)


@mistake("conv2d_fast", "`F.unfold` orders a column by channel, row, column: so should w be.")
def conv2d_fast_columns_of_another_order(x, w, b, stride=1, padding=0):
    f, c, kh, kw = w.shape
    other = w.permute(0, 2, 3, 1).reshape(f, c, kh, kw)
    return answers.conv2d_fast(x, other, b, stride, padding)


@mistake("conv2d_fast", "The rows of `F.unfold`'s pixels are ordered by row, not by column.")
def conv2d_fast_pixels_by_column(x, w, b, stride=1, padding=0):
    out = answers.conv2d_fast(x, w, b, stride, padding)
    return out.transpose(2, 3).reshape(out.shape)


@mistake(
    "conv2d_fast", "Kernel offset (i, j) meets the pixels at i + stride · row, not at i + row."
)
def conv2d_fast_offsets_without_stride(x, w, b, stride=1, padding=0):
    out = answers.conv2d_fast(x, w, b, stride, padding)
    return answers.conv2d_fast(x, w, b, 1, padding)[:, :, : out.shape[2], : out.shape[3]]


@mistake("max_pool2d_forward", "Start from −∞, or from an entry: all of them may be negative.")
def max_pool2d_forward_from_zero(x, size, stride):
    return answers.max_pool2d_forward(x, size, stride).clamp(min=0)


@mistake("max_pool2d_forward", "Windows lie `stride` apart, which need not be their size.")
def max_pool2d_forward_size_for_stride(x, size, stride):
    return answers.max_pool2d_forward(x, size, size)


@mistake("max_pool2d_forward", "Windows are `size` wide, which need not be the stride.")
def max_pool2d_forward_stride_for_size(x, size, stride):
    return answers.max_pool2d_forward(x, stride, stride)


@mistake("max_pool2d_forward", "The maximum of the window is asked for, not its mean.")
def max_pool2d_forward_mean(x, size, stride):
    return answers.avg_pool2d_forward(x, size, stride)


@mistake("max_pool2d_forward", "A window that reaches over the border is dropped.")
def max_pool2d_forward_incomplete_windows(x, size, stride):
    more = [-(n - size) % stride for n in x.shape[2:]]
    padded = F.pad(x, (0, more[1], 0, more[0]), value=float("-inf"))
    return answers.max_pool2d_forward(padded, size, stride)


@mistake("max_pool2d_forward", "Each channel is pooled by itself: no maximum over channels.")
def max_pool2d_forward_over_channels(x, size, stride):
    out = answers.max_pool2d_forward(x, size, stride)
    return out.amax(dim=1, keepdim=True).expand_as(out).clone()


@mistake("max_pool2d_backward", "Windows overlap: a pixel's gradients add up, += instead of =.")
def max_pool2d_backward_overwrites(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for n in range(dout.shape[0]):
        for c in range(dout.shape[1]):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    rows = slice(i * stride, i * stride + size)
                    columns = slice(j * stride, j * stride + size)
                    first = int(x[n, c, rows, columns].argmax())
                    row, column = i * stride + first // size, j * stride + first % size
                    dx[n, c, row, column] = dout[n, c, i, j]
    return dx


@mistake("max_pool2d_backward", "Windows overlap: what one has left in dx, the next must keep.")
def max_pool2d_backward_window_overwritten(dout, x, size, stride):
    n, c = x.shape[:2]
    images = torch.arange(n, device=x.device)[:, None]
    channels = torch.arange(c, device=x.device)
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            first = window.reshape(n, c, -1).argmax(dim=2)
            rows = i * stride + first // size
            columns = j * stride + first % size
            dx[:, :, i * stride : i * stride + size, j * stride : j * stride + size] = 0
            dx[images, channels, rows, columns] += dout[:, :, i, j]
    return dx


@mistake(
    "max_pool2d_backward",
    "Rows come first: entry i of a window is in row i // size, column i % size.",
)
def max_pool2d_backward_rows_for_columns(dout, x, size, stride):
    n, c = x.shape[:2]
    images = torch.arange(n, device=x.device)[:, None]
    channels = torch.arange(c, device=x.device)
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            first = window.reshape(n, c, -1).argmax(dim=2)
            rows = i * stride + first % size
            columns = j * stride + first // size
            dx[images, channels, rows, columns] += dout[:, :, i, j]
    return dx


@mistake("max_pool2d_backward", "What arrives at the output, dout, is handed on: it is not 1.")
def max_pool2d_backward_without_dout(dout, x, size, stride):
    n, c = x.shape[:2]
    images = torch.arange(n, device=x.device)[:, None]
    channels = torch.arange(c, device=x.device)
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            first = window.reshape(n, c, -1).argmax(dim=2)
            rows = i * stride + first // size
            columns = j * stride + first % size
            dx[images, channels, rows, columns] += torch.ones_like(dout[:, :, i, j])
    return dx


@mistake("max_pool2d_backward", "Where several entries are the largest, only the first gets it.")
def max_pool2d_backward_every_tie(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + size)
            columns = slice(j * stride, j * stride + size)
            window = x[:, :, rows, columns]
            mask = window == window.amax(dim=(2, 3), keepdim=True)
            dx[:, :, rows, columns] += mask * dout[:, :, i, j, None, None]
    return dx


@mistake("max_pool2d_backward", "Of several largest entries the first counts, row by row.")
def max_pool2d_backward_last_tie(dout, x, size, stride):
    n, c = x.shape[:2]
    images = torch.arange(n, device=x.device)[:, None]
    channels = torch.arange(c, device=x.device)
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            last = size * size - 1 - window.reshape(n, c, -1).flip(2).argmax(dim=2)
            rows, columns = i * stride + last // size, j * stride + last % size
            dx[images, channels, rows, columns] += dout[:, :, i, j]
    return dx


@mistake("max_pool2d_backward", "Windows lie `stride` apart on the way back as well.")
def max_pool2d_backward_size_for_stride(dout, x, size, stride):
    more = dout.shape[2] * size, dout.shape[3] * size
    wide = F.pad(x, (0, more[1], 0, more[0]), value=float("-inf"))
    dx = answers.max_pool2d_backward(dout, wide, size, size)
    return dx[:, :, : x.shape[2], : x.shape[3]]


@mistake("max_pool2d_backward", "The largest entry takes all of it; sharing is average pooling's.")
def max_pool2d_backward_shared(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            share = dout[:, :, i, j, None, None] / size**2
            dx[:, :, i * stride : i * stride + size, j * stride : j * stride + size] += share
    return dx


@mistake("max_pool2d_backward", "dout reaches the maximum as it is; the maximum is no factor.")
def max_pool2d_backward_times_maximum(dout, x, size, stride):
    maxima = answers.max_pool2d_forward(x, size, stride)
    return answers.max_pool2d_backward(dout * maxima, x, size, stride)


@mistake("avg_pool2d_forward", "Divide by the number of pixels in a window, size².")
def avg_pool2d_forward_sum(x, size, stride):
    return answers.avg_pool2d_forward(x, size, stride) * size**2


@mistake("avg_pool2d_forward", "A window has size² pixels: the stride does not matter to its mean.")
def avg_pool2d_forward_over_stride(x, size, stride):
    return answers.avg_pool2d_forward(x, size, stride) * size**2 / stride**2


@mistake("avg_pool2d_forward", "Windows lie `stride` apart, which need not be their size.")
def avg_pool2d_forward_size_for_stride(x, size, stride):
    windows = x.unfold(2, size, size).unfold(3, size, size)
    return windows.mean(dim=(4, 5))


@mistake("avg_pool2d_forward", "How many pixels has a window of `size` rows and columns?")
def avg_pool2d_forward_over_size(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.sum(dim=(4, 5)) / size


@mistake("avg_pool2d_forward", "The mean of the window is asked for, not its maximum.")
def avg_pool2d_forward_max(x, size, stride):
    return answers.max_pool2d_forward(x, size, stride)


@mistake("ConvNet", "There is a ReLU between the convolution and the pooling.")
class ConvNetNoReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(self.conv1(x))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=1)


@mistake("ConvNet", "These are logits; the homework's net returns probabilities.")
class ConvNetLogits(answers.ConvNet):
    def forward(self, x):
        x = torch.flatten(self.pool1(torch.relu(self.conv1(x))), start_dim=1)
        return self.fc1(x)


@mistake(
    "ConvNet", "These are logarithms; the homework's net returns the probabilities themselves."
)
class ConvNetLogProbabilities(answers.ConvNet):
    def forward(self, x):
        return torch.log(super().forward(x))


@mistake("ConvNet", "The softmax runs over the ten classes of an image, not over the images.")
class ConvNetSoftmaxOverImages(answers.ConvNet):
    def forward(self, x):
        x = torch.flatten(self.pool1(torch.relu(self.conv1(x))), start_dim=1)
        return torch.softmax(self.fc1(x), dim=0)


@mistake("ConvNet", "`pool1` takes the maximum of each window, not the mean.")
class ConvNetAvgPool(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(torch.relu(self.conv1(x)))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=1)


@mistake(
    "ConvNet", "Shapes alone do not make the net: the convolution's stride is 2, the pool's is 2."
)
class ConvNetStrideInPool(answers.ConvNet):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 20, kernel_size=5)
        self.pool1 = torch.nn.MaxPool2d(4)


@mistake("ConvNet", "Shapes alone do not make the net: there is no padding, and the pool is 2 × 2.")
class ConvNetPadded(answers.ConvNet):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 20, kernel_size=5, stride=2, padding=1)
        self.pool1 = torch.nn.MaxPool2d(3, stride=2)


@mistake("ConvNet", "The activation is a ReLU, not a sigmoid.")
class ConvNetSigmoid(answers.ConvNet):
    def forward(self, x):
        x = torch.flatten(self.pool1(torch.sigmoid(self.conv1(x))), start_dim=1)
        return torch.softmax(self.fc1(x), dim=1)


@mistake("LeNet", "LeNet's activations are sigmoids, not ReLUs.")
class LeNetReLU(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv1(x)))
        x = self.pool(torch.relu(self.conv2(x)))
        x = torch.flatten(x, start_dim=1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


@mistake("LeNet", "LeNet's activations are sigmoids, not tanh.")
class LeNetTanh(answers.LeNet):
    def forward(self, x):
        x = self.pool(torch.tanh(self.conv1(x)))
        x = self.pool(torch.tanh(self.conv2(x)))
        x = torch.tanh(self.fc1(torch.flatten(x, start_dim=1)))
        return self.fc3(torch.tanh(self.fc2(x)))


@mistake("LeNet", "LeNet pools by the mean, not by the maximum.")
class LeNetMaxPool(answers.LeNet):
    def __init__(self):
        super().__init__()
        self.pool = torch.nn.MaxPool2d(2)


@mistake("LeNet", "The net returns logits: no softmax at its end.")
class LeNetSoftmax(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.AvgPool2d(2)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(torch.sigmoid(self.conv1(x)))
        x = self.pool(torch.sigmoid(self.conv2(x)))
        x = torch.flatten(x, start_dim=1)
        x = torch.sigmoid(self.fc1(x))
        x = torch.sigmoid(self.fc2(x))
        return torch.softmax(self.fc3(x), dim=1)


@mistake("LeNet", "The last layer is linear: no sigmoid at its end.")
class LeNetSigmoidAtEnd(answers.LeNet):
    def forward(self, x):
        return torch.sigmoid(super().forward(x))


@mistake("LeNet", "First the sigmoid, then the pooling: a mean of sigmoids is another number.")
class LeNetPoolsFirst(answers.LeNet):
    def forward(self, x):
        x = torch.sigmoid(self.pool(self.conv1(x)))
        x = torch.sigmoid(self.pool(self.conv2(x)))
        x = torch.sigmoid(self.fc1(torch.flatten(x, start_dim=1)))
        return self.fc3(torch.sigmoid(self.fc2(x)))


@mistake("LeNet", "The fully connected layers need sigmoids between them.")
class LeNetLinearHead(answers.LeNet):
    def forward(self, x):
        x = self.pool(torch.sigmoid(self.conv1(x)))
        x = self.pool(torch.sigmoid(self.conv2(x)))
        return self.fc3(self.fc2(self.fc1(torch.flatten(x, start_dim=1))))


@mistake("LeNet", "Shapes alone do not make the net: pool after stride-1 convolutions.")
class LeNetStridesForPools(answers.LeNet):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(1, 6, kernel_size=5, padding=2, stride=2)
        self.conv2 = torch.nn.Conv2d(6, 16, kernel_size=5, stride=2)
        self.pool = torch.nn.Identity()


@mistake("nll_loss", "The loss is a mean over the observations, not a sum.")
def nll_loss_sum(log_probs, labels):
    return answers.nll_loss(log_probs, labels) * len(labels)


@mistake("nll_loss", "*Negative* log-likelihood: the loss falls as the likelihood rises.")
def nll_loss_sign(log_probs, labels):
    return -answers.nll_loss(log_probs, labels)


@mistake("nll_loss", "The mean runs over the n observations, not over all n · k entries.")
def nll_loss_over_classes(log_probs, labels):
    return answers.nll_loss(log_probs, labels) / log_probs.shape[1]


@mistake("nll_loss", "The arguments are logarithms already: pick, do not exponentiate.")
def nll_loss_of_probabilities(log_probs, labels):
    return answers.nll_loss(log_probs.exp(), labels)


@mistake("nll_loss", "Each row has its own label: `[:, labels]` takes all labels in every row.")
def nll_loss_all_labels(log_probs, labels):
    picked = log_probs[:, labels]
    return -picked.mean()


@mistake("nll_loss", "Only the label's own entry counts, one for each row.")
def nll_loss_all_entries(log_probs, labels):
    return -log_probs.sum(dim=1).mean()


@mistake("to_model_input", "Pixels of 0…255 become numbers in [0, 1]: divide by 255.")
def to_model_input_unscaled(image):
    return 255 * answers.to_model_input(image)


@mistake("to_model_input", "The grey value weighs red, green and blue by 0.2989, 0.5870, 0.1140.")
def to_model_input_channel_mean(image):
    pixels = torch.tensor(image, dtype=torch.float32)
    if pixels.ndim == 3:
        pixels = pixels.mean(dim=2)
    return (pixels / 255).reshape(1, 1, 28, 28)


@mistake("to_model_input", "The model's weights are float32: so should its input be.")
def to_model_input_float64(image):
    return answers.to_model_input(image).double()


@mistake("to_model_input", "The result has four axes: one image, one channel, 28 rows, 28 columns.")
def to_model_input_no_batch(image):
    return answers.to_model_input(image)[0]


@mistake("to_model_input", "Files hold red, green, blue in this order: are your weights reversed?")
def to_model_input_bgr(image):
    pixels = torch.tensor(image, dtype=torch.float32)
    if pixels.ndim == 3:
        pixels = pixels @ torch.tensor([0.1140, 0.5870, 0.2989])
    return (pixels / 255).reshape(1, 1, 28, 28)


@mistake("to_model_input", "The grey value keeps its fraction: do not cut it to an integer.")
def to_model_input_truncated(image):
    return torch.floor(255 * answers.to_model_input(image) + 1e-3) / 255


@mistake("to_model_input", "Rows stay rows: the image is transposed.")
def to_model_input_transposed(image):
    return answers.to_model_input(image).transpose(2, 3)


def train(model, x, y, epochs, batch_size, seed, optimizer, loss_of, zero_grad=True):
    torch.manual_seed(seed)
    losses = []
    for _ in range(epochs):
        for batch in torch.randperm(len(x), device=x.device).split(batch_size):
            loss = loss_of(model(x[batch]), y[batch])
            if zero_grad:
                optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_classifier", "Adam is asked for; plain SGD with this learning rate barely moves.")
def train_classifier_sgd(model, x, y, epochs, batch_size, lr, seed):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    loss_of = lambda p, labels: F.nll_loss(torch.log(p), labels)  # noqa: E731
    return train(model, x, y, epochs, batch_size, seed, optimizer, loss_of)


@mistake("train_classifier", "The model's outputs are probabilities: a second softmax is too many.")
def train_classifier_softmax_twice(model, x, y, epochs, batch_size, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    return train(model, x, y, epochs, batch_size, seed, optimizer, F.cross_entropy)


@mistake("train_classifier", "`nll_loss` takes logarithms of probabilities, not probabilities.")
def train_classifier_without_log(model, x, y, epochs, batch_size, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    return train(model, x, y, epochs, batch_size, seed, optimizer, F.nll_loss)


@mistake("train_classifier", "Gradients add up over the mini-batches: reset them before each one.")
def train_classifier_no_zero_grad(model, x, y, epochs, batch_size, lr, seed):
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    loss_of = lambda p, labels: F.nll_loss(torch.log(p), labels)  # noqa: E731
    return train(model, x, y, epochs, batch_size, seed, optimizer, loss_of, zero_grad=False)


@mistake("train_classifier", "Train the model that is passed in, not a copy of it.")
def train_classifier_trains_a_copy(model, x, y, epochs, batch_size, lr, seed):
    return answers.train_classifier(copy.deepcopy(model), x, y, epochs, batch_size, lr, seed)


@mistake("train_classifier", "Use the learning rate `lr` that is passed in.")
def train_classifier_own_lr(model, x, y, epochs, batch_size, lr, seed):
    return answers.train_classifier(model, x, y, epochs, batch_size, 1e-3, seed)


@mistake("train_classifier", "One loss for each mini-batch: each a mean over its observations.")
def train_classifier_sums(model, x, y, epochs, batch_size, lr, seed):
    losses = answers.train_classifier(model, x, y, epochs, batch_size, lr, seed)
    return [batch_size * loss for loss in losses]


@mistake(
    "train_classifier", "One optimizer serves all of the training: Adam remembers its averages."
)
def train_classifier_new_adam_each_epoch(model, x, y, epochs, batch_size, lr, seed):
    losses = []
    for epoch in range(epochs):
        losses += answers.train_classifier(model, x, y, 1, batch_size, lr, seed + epoch)
    return losses


@mistake("train_classifier", "`seed` is not used: two calls with one seed should shuffle alike.")
def train_classifier_unseeded(model, x, y, epochs, batch_size, lr, seed):
    return answers.train_classifier(model, x, y, epochs, batch_size, lr, torch.seed())


@mistake(
    "conv_net_loss_and_grads",
    "The loss is a mean over the images, and so is its gradient by the scores.",
)
def conv_net_gradient_not_averaged(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "Loss and gradients are means over the images; these are sums.",
)
def conv_net_summed(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = len(x) * answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "On the way back the ReLU lets through only what lay above 0; here everything passes.",
)
def conv_net_relu_open(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = da
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "At z = 0 the course takes the slope 0.",
)
def conv_net_relu_at_zero(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z >= 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "The ReLU's mask belongs to what went into it, not to the gradient that comes back.",
)
def conv_net_relu_by_gradient(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(da > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "A ReLU stands between the convolution and the pooling.",
)
def conv_net_no_relu(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = z
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = da
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "Flatten in the order of the axes (N, C, H, W): first all of channel 0, then channel 1.",
)
def conv_net_channels_last(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.permute(0, 2, 3, 1).reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    n, f, oh, ow = pooled.shape
    dpooled = (dscores @ params["w2"].T).reshape(n, oh, ow, f).permute(0, 3, 1, 2)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "Rows before columns: each map is flattened row by row.",
)
def conv_net_columns_first(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.transpose(2, 3).reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    n, f, oh, ow = pooled.shape
    dpooled = (dscores @ params["w2"].T).reshape(n, f, ow, oh).transpose(2, 3)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "The gradient by the scores is softmax minus the labels, one-hot: nothing is taken off here.",
)
def conv_net_label_not_taken_off(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "Look at the sign of the gradient by the scores: a step against it should lower the loss.",
)
def conv_net_sign(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = -dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "exp overflows where scores are large: work with the logarithm of the softmax.",
)
def conv_net_unshifted_softmax(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    e = torch.exp(scores)
    log_probs = torch.log(e / e.sum(dim=1, keepdim=True))
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "A probability that has become 0 has no logarithm: never form it.",
)
def conv_net_log_of_softmax(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = torch.log(torch.softmax(scores, dim=1))
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "Of equal maxima in a window only the first takes the gradient, as in `max_pool2d_backward`.",
)
def conv_net_every_tie(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    spread, large = [
        v.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) for v in (dpooled, pooled)
    ]
    da = torch.zeros_like(a)
    da[:, :, : spread.shape[2], : spread.shape[3]] = spread
    full = torch.full_like(a, float("inf"))
    full[:, :, : large.shape[2], : large.shape[3]] = large
    da = torch.where(a == full, da, torch.zeros_like(da))
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "Max-pooling hands a window's gradient to its maximum; here all four entries share it.",
)
def conv_net_spread_evenly(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    spread = dpooled.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3) / 4
    da = torch.zeros_like(a)
    da[:, :, : spread.shape[2], : spread.shape[3]] = spread
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, db1 = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {"w1": dw1, "b1": db1, "w2": rows.T @ dscores, "b2": dscores.sum(dim=0)}


@mistake(
    "conv_net_loss_and_grads",
    "b1 serves all images and all places: its gradient is a sum over them, not a mean.",
)
def conv_net_bias_per_image(params, x, labels):
    padding = params["w1"].shape[2] // 2
    z = answers.conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)
    pooled = answers.max_pool2d_forward(a, 2, 2)
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    loss = answers.nll_loss(log_probs, labels)
    dscores = log_probs.exp()
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    dscores = dscores / len(x)
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    da = answers.max_pool2d_backward(dpooled, a, 2, 2)
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    _, dw1, _ = answers.conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {
        "w1": dw1,
        "b1": dz.mean(dim=(0, 2, 3)),
        "w2": rows.T @ dscores,
        "b2": dscores.sum(dim=0),
    }
