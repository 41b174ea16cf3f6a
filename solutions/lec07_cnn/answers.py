"""Model answers of lecture 7: convolutional networks."""

import torch
import torch.nn.functional as F
from torch import nn


def conv2d_forward(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    oh = (x.shape[2] - kh) // stride + 1
    ow = (x.shape[3] - kw) // stride + 1
    out = x.new_zeros(len(x), len(w), oh, ow)
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


def conv2d_backward(dout, x, w, stride=1, padding=0):
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
    return dx, dw, dout.sum(dim=(0, 2, 3))


def conv2d_fast(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w) + b[:, None, None]


def max_pool2d_forward(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.amax(dim=(4, 5))


def max_pool2d_backward(dout, x, size, stride):
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
            dx[images, channels, rows, columns] += dout[:, :, i, j]
    return dx


def avg_pool2d_forward(x, size, stride):
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.mean(dim=(4, 5))


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        self.pool1 = nn.MaxPool2d(2)
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        x = self.pool1(torch.relu(self.conv1(x)))
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=1)


class LeNet(nn.Module):
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
        return self.fc3(x)


def nll_loss(log_probs, labels):
    rows = torch.arange(len(labels), device=labels.device)
    return -log_probs[rows, labels].mean()


def to_model_input(image):
    pixels = torch.tensor(image, dtype=torch.float32)
    if pixels.ndim == 3:
        pixels = pixels @ torch.tensor([0.2989, 0.5870, 0.1140])
    return (pixels / 255).reshape(1, 1, 28, 28)


def train_classifier(model, x, y, epochs, batch_size, lr, seed):
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
