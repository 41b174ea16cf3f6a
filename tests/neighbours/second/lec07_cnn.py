"""Second neighbours of lec07_cnn: written without a look at hints or known mistakes."""

import torch
import torch.nn.functional as F
from torch import nn

from grader.vocabulary import mistake
from solutions.lec07_cnn.answers import nll_loss


@mistake("conv2d_forward", "the width of the result is worked out from the height")
def conv_width_from_height(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (x.shape[2] - kh) // stride + 1
    ow = oh
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            top = i * stride
            left = j * stride
            window = x[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


@mistake("conv2d_forward", "the result's size is rounded up: the last windows are cut off")
def conv_rounds_up(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    oh = -((x.shape[2] - kh) // -stride) + 1
    ow = (x.shape[3] - kw) // stride + 1
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            top = i * stride
            left = j * stride
            window = x[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


@mistake("conv2d_forward", "the bias is added at every entry of the window")
def conv_bias_times_window(x, w, b, stride=1, padding=0):
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
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b * kh * kw
    return out


@mistake("conv2d_forward", "two slips: only the first channel is used, and the bias is missing")
def conv_filters_first_channel(x, w, b, stride=1, padding=0):
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
            out[:, :, i, j] = torch.einsum("nkl,fkl->nf", window[:, 0], w[:, 0])
    return out


@mistake("conv2d_forward", "the stride is not used for the columns: neighbouring windows")
def conv_stride_columns_as_is(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (x.shape[2] - kh) // stride + 1
    ow = (x.shape[3] - kw) // stride + 1
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            top = i * stride
            left = j
            window = x[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


@mistake("conv2d_backward", "dx is cropped from the left top: the padding is not skipped")
def cback_no_crop(dout, x, w, stride=1, padding=0):
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
            dw += torch.einsum("nf,nckl->fckl", d, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += torch.einsum("nf,fckl->nckl", d, w)
    dx = dpadded[:, :, :h, :width]
    db = dout.sum(dim=(0, 2, 3))
    return (dx, dw, db)


@mistake("conv2d_backward", "dw keeps the last window only")
def cback_dw_of_unpadded_last(dout, x, w, stride=1, padding=0):
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
            dw = torch.einsum("nf,nckl->fckl", d, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += torch.einsum("nf,fckl->nckl", d, w)
    dx = dpadded[:, :, padding : padding + h, padding : padding + width]
    db = dout.sum(dim=(0, 2, 3))
    return (dx, dw, db)


@mistake(
    "conv2d_backward",
    "db sums the images only where it should sum the pixels too: divided by the number of images",
)
def cback_db_per_image(dout, x, w, stride=1, padding=0):
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
            dw += torch.einsum("nf,nckl->fckl", d, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] += torch.einsum("nf,fckl->nckl", d, w)
    dx = dpadded[:, :, padding : padding + h, padding : padding + width]
    db = dout.sum(dim=(0, 2, 3)) / len(dout)
    return (dx, dw, db)


@mistake(
    "conv2d_backward", "two slips: overlapping windows overwrite dx, and db is a mean over pixels"
)
def cback_dx_overwritten_db_mean(dout, x, w, stride=1, padding=0):
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
            dw += torch.einsum("nf,nckl->fckl", d, padded[:, :, rows, columns])
            dpadded[:, :, rows, columns] = torch.einsum("nf,fckl->nckl", d, w)
    dx = dpadded[:, :, padding : padding + h, padding : padding + width]
    db = dout.mean(dim=(2, 3)).sum(dim=0)
    return (dx, dw, db)


@mistake("conv2d_fast", "the kernel's rows and columns are exchanged")
def fast_kernel_transposed(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwlk,fckl->nfhw", windows, w) + b[:, None, None]


@mistake("conv2d_fast", "two slips: padded at the left and top only, by twice as much, and no bias")
def fast_no_bias_no_padding_right(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (2 * padding, 0, 2 * padding, 0))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w)


@mistake("max_pool2d_forward", "the mean, not the maximum")
def mpool_mean(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.mean(dim=(4, 5))


@mistake("max_pool2d_forward", "windows that do not fill the image are filled up with zeros")
def mpool_padded_zero(x, size, stride):
    x = F.pad(x, (0, (-x.shape[3]) % stride, 0, (-x.shape[2]) % stride))
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.amax(dim=(4, 5))


@mistake("max_pool2d_forward", "two slips: the minimum is taken, and neighbours step by one")
def mpool_min_stride(x, size, stride):
    return x.unfold(2, size, 1).unfold(3, size, 1).amin(dim=(4, 5))


@mistake("max_pool2d_backward", "overlapping windows overwrite")
def mpback_assigned(dout, x, size, stride):
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
            dx[images, channels, rows, columns] = dout[:, :, i, j]
    return dx


@mistake("max_pool2d_backward", "the place within the window has its row and column exchanged")
def mpback_transposed_place(dout, x, size, stride):
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


@mistake(
    "max_pool2d_backward", "two slips: the gradient is spread over the window, and overwritten"
)
def mpback_shared_size(dout, x, size, stride):
    dx = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i * stride : i * stride + size, j * stride : j * stride + size] = (
                dout[:, :, i : i + 1, j : j + 1] / size**2
            )
    return dx


@mistake("avg_pool2d_forward", "the sum, not the mean")
def apool_sum(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.sum(dim=(4, 5))


@mistake("avg_pool2d_forward", "divided by size, not by its square")
def apool_divided_by_size(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.sum(dim=(4, 5)) / size


@mistake("ConvNet", "no ReLU before the pooling")
class ConvnetNoRelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(self.conv1(x))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=1)


@mistake("ConvNet", "the softmax is over the batch")
class ConvnetSoftmaxBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(torch.relu(self.conv1(x)))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=0)


@mistake("ConvNet", "two slips: sigmoid for ReLU, and log-probabilities are returned")
class ConvnetLogitsSigmoid(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(torch.sigmoid(self.conv1(x)))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.log_softmax(x, dim=1)


@mistake("LeNet", "maximum pooling")
class LenetMaxpool(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(torch.sigmoid(self.conv1(x)))
        x = self.pool(torch.sigmoid(self.conv2(x)))
        x = torch.flatten(x, start_dim=1)
        x = torch.sigmoid(self.fc1(x))
        x = torch.sigmoid(self.fc2(x))
        return self.fc3(x)


@mistake("LeNet", "ReLU in the fully connected layers")
class LenetReluHidden(nn.Module):
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
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


@mistake("LeNet", "two slips: the last layer has a sigmoid, and fc2 has none")
class LenetLastSigmoidNoMid(nn.Module):
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
        x = self.fc2(x)
        return torch.sigmoid(self.fc3(x))


@mistake("nll_loss", "the logarithm is taken again, of probabilities that are logs")
def nll_logged_again(log_probs, labels):
    rows = torch.arange(len(labels), device=labels.device)
    picked = torch.log(log_probs[rows, labels].exp() + 0.01)
    return -picked.mean()


@mistake("nll_loss", "divided by the number of classes too")
def nll_all_columns(log_probs, labels):
    rows = torch.arange(len(labels), device=labels.device)
    picked = log_probs[rows, labels]
    return -picked.mean() / log_probs.shape[1]


@mistake("to_model_input", "two slips: not divided by 255, and there is no channel axis")
def input_not_scaled_shape(image):
    pixels = torch.tensor(image, dtype=torch.float32)
    if pixels.ndim == 3:
        pixels = pixels @ torch.tensor([0.2989, 0.587, 0.114])
    return pixels.reshape(1, 28, 28)


@mistake("to_model_input", "the red channel is used for the grey")
def input_first_channel(image):
    pixels = torch.tensor(image, dtype=torch.float32)
    if pixels.ndim == 3:
        pixels = pixels[:, :, 0]
    return (pixels / 255).reshape(1, 1, 28, 28)


@mistake("train_classifier", "the probabilities go into the loss without a logarithm")
def train_no_log(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), device=x.device)
        for batch in order.split(batch_size):
            loss = nll_loss(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_classifier", "the rows are not shuffled")
def train_not_shuffled(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = torch.arange(len(x), device=x.device)
        for batch in order.split(batch_size):
            loss = nll_loss(torch.log(model(x[batch])), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses


@mistake("train_classifier", "one loss per epoch is recorded")
def train_epoch_losses(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), device=x.device)
        for batch in order.split(batch_size):
            loss = nll_loss(torch.log(model(x[batch])), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


@mistake("ConvNet", "two slips: no ReLU before the pooling; and the softmax is over the batch")
class ConvnetNoReluAndConvnetSoftmaxBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(self.conv1(x))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=0)


@mistake(
    "train_classifier",
    "two slips: the probabilities go into the loss without a logarithm; and one loss per epoch is recorded",
)
def train_no_log_and_epoch_losses(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(x), device=x.device)
        for batch in order.split(batch_size):
            loss = nll_loss(model(x[batch]), y[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    "conv2d_forward",
    "two slips: the width of the result is worked out from the height; and the bias is added at every entry of the window",
)
def conv_width_from_height_and_bias_times_window(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (x.shape[2] - kh) // stride + 1
    ow = oh
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            top = i * stride
            left = j * stride
            window = x[:, :, top : top + kh, left : left + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b * kh * kw
    return out


@mistake("LeNet", "two slips: maximum pooling; and ReLU in the fully connected layers")
class LenetMaxpoolAndLenetReluHidden(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.pool = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(torch.sigmoid(self.conv1(x)))
        x = self.pool(torch.sigmoid(self.conv2(x)))
        x = torch.flatten(x, start_dim=1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)
