"""Model answers of lecture 7: convolutional networks."""

import torch
import torch.nn.functional as F
from torch import nn


def conv2d_forward(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    # hint: Look at the padding: how many zeros, and on which sides?
    x = F.pad(x, (padding, padding, padding, padding))
    # hint: Look at OH, the number of rows of the output: compare it with the prompt's formula.
    oh = (x.shape[2] - kh) // stride + 1
    # hint: Look at OW, the number of columns of the output: compare it with the prompt's formula.
    ow = (x.shape[3] - kw) // stride + 1
    # hint: Look at the array that is filled: its shape and its dtype.
    out = x.new_zeros(len(x), len(w), oh, ow)
    # hint: Look at the loops: is every place of the output visited, each once?
    for i in range(oh):
        for j in range(ow):
            top = i * stride  # hint: Look at the row in which the window begins.
            left = j * stride  # hint: Look at the column in which the window begins.
            # hint: Look at the window of output (i, j): where does it begin, where does it end?
            window = x[:, :, top : top + kh, left : left + kw]
            # hint: Look at the sum of products: over which indices does it run, and what is added?
            out[:, :, i, j] = torch.einsum("nckl,fckl->nf", window, w) + b
    return out


def conv2d_backward(dout, x, w, stride=1, padding=0):
    h, width = x.shape[2:]
    kh, kw = w.shape[2:]
    # hint: Look at the padding that the forward pass puts around x: how many zeros, on which sides?
    padded = F.pad(x, (padding, padding, padding, padding))
    dpadded = torch.zeros_like(padded)
    dw = torch.zeros_like(w)
    # hint: Look at the loops: does every entry of dout hand its gradient on, each once?
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            # hint: Look at the window of output (i, j): which rows does it see?
            rows = slice(i * stride, i * stride + kh)
            # hint: Look at the window of output (i, j): which columns does it see?
            columns = slice(j * stride, j * stride + kw)
            d = dout[:, :, i, j]
            # hint: Look at dw: which products add up in it, over which images and places?
            dw += torch.einsum("nf,nckl->fckl", d, padded[:, :, rows, columns])
            # hint: Look at dx: what does each window hand back to its pixels, and is it added?
            dpadded[:, :, rows, columns] += torch.einsum("nf,fckl->nckl", d, w)
    # hint: Look at how the padding comes off dx: where does the picture begin and end?
    dx = dpadded[:, :, padding : padding + h, padding : padding + width]
    # hint: Look at db: each bias serves all images, rows and columns; over which axes do they meet?
    db = dout.sum(dim=(0, 2, 3))
    return dx, dw, db


def conv2d_fast(x, w, b, stride=1, padding=0):
    kh, kw = w.shape[2:]
    # hint: Look at the padding: how many zeros, and on which sides?
    x = F.pad(x, (padding, padding, padding, padding))
    # hint: Look at which pixels meet which entry of the kernel: where do the windows lie?
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)
    # hint: Look at the sum of products, and at the bias: one number for each filter.
    return torch.einsum("nchwkl,fckl->nfhw", windows, w) + b[:, None, None]


def max_pool2d_forward(x, size, stride):
    # hint: Look at the windows: how large are they, and how far apart do they lie?
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.amax(dim=(4, 5))  # hint: Look at what is taken of each window, over which axes.


def max_pool2d_backward(dout, x, size, stride):
    n, c = x.shape[:2]
    images = torch.arange(n, device=x.device)[:, None]
    channels = torch.arange(c, device=x.device)
    dx = torch.zeros_like(x)
    # hint: Look at the loops: does every entry of dout hand its gradient on, each once?
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            # hint: Look at the window of output (i, j): where does it begin, where does it end?
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            # hint: Look at which entry of a window is chosen: the largest; of equal ones, which?
            first = window.reshape(n, c, -1).argmax(dim=2)
            # hint: Look at how the place in a window becomes a row of x.
            rows = i * stride + first // size
            # hint: Look at how the place in a window becomes a column of x.
            columns = j * stride + first % size
            # hint: Look at what reaches the chosen entry, and at one that several windows choose.
            dx[images, channels, rows, columns] += dout[:, :, i, j]
    return dx


def avg_pool2d_forward(x, size, stride):
    # hint: Look at the windows: how large are they, and how far apart do they lie?
    windows = x.unfold(2, size, stride).unfold(3, size, stride)
    return windows.mean(dim=(4, 5))  # hint: Look at what is taken of each window, over which axes.


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        # hint: Compare `conv1` with the prompt: channels, kernel, stride, padding, bias.
        self.conv1 = nn.Conv2d(1, 20, kernel_size=5, stride=2)
        # hint: Compare `pool1` with the prompt: its kind, its size, its stride.
        self.pool1 = nn.MaxPool2d(2)
        # hint: Compare `fc1` with the prompt: its inputs, its outputs, its bias.
        self.fc1 = nn.Linear(720, 10)

    def forward(self, x):
        # hint: Look at `forward` up to the pooling: which steps, in which order?
        x = self.pool1(torch.relu(self.conv1(x)))
        # hint: Look at `forward` between the pooling and the softmax.
        x = self.fc1(torch.flatten(x, start_dim=1))
        return torch.softmax(x, dim=1)  # hint: Look at the last step of `forward`, and at its axis.


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        # hint: Compare the first convolution with the prompt: channels, kernel, padding, stride.
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5, padding=2)
        # hint: Compare the second convolution with the prompt: channels, kernel, padding, stride.
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        # hint: Compare the pooling with the prompt: its kind, its size, its stride.
        self.pool = nn.AvgPool2d(2)
        # hint: Compare the three affine layers with the prompt: how many inputs and outputs?
        self.fc1 = nn.Linear(400, 120)
        # hint: Compare the three affine layers with the prompt: how many inputs and outputs?
        self.fc2 = nn.Linear(120, 84)
        # hint: Compare the three affine layers with the prompt: how many inputs and outputs?
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        # hint: Look at `forward`, at the first convolution and what follows it, in which order.
        x = self.pool(torch.sigmoid(self.conv1(x)))
        # hint: Look at `forward`, at the second convolution and what follows it, in which order.
        x = self.pool(torch.sigmoid(self.conv2(x)))
        x = torch.flatten(x, start_dim=1)
        # hint: Look at `forward`, at the affine layer with 120 outputs and what follows it.
        x = torch.sigmoid(self.fc1(x))
        # hint: Look at `forward`, at the affine layer with 84 outputs and what follows it.
        x = torch.sigmoid(self.fc2(x))
        return self.fc3(x)  # hint: Look at the end of `forward`: what does the net return?


def nll_loss(log_probs, labels):
    rows = torch.arange(len(labels), device=labels.device)
    # hint: Look at which entry counts in each row.
    picked = log_probs[rows, labels]
    return -picked.mean()  # hint: Look at what is made of the chosen entries: the sign, the mean.


def conv_net_loss_and_grads(params, x, labels):
    # hint: Look at the convolution: its padding, and which parameters it takes.
    padding = params["w1"].shape[2] // 2
    # hint: Look at the convolution: its padding, and which parameters it takes.
    z = conv2d_fast(x, params["w1"], params["b1"], padding=padding)
    a = torch.relu(z)  # hint: Look at what stands between the convolution and the pooling.
    # hint: Look at the pooling in the forward pass: its windows, and how far apart they lie.
    pooled = max_pool2d_forward(a, 2, 2)
    # hint: Look at how the pooled maps become rows: in which order do the numbers of an image lie?
    rows = pooled.reshape(len(x), -1)
    scores = rows @ params["w2"] + params["b2"]  # hint: Look at the affine layer, U = A W₂ + b₂.
    # hint: Look at the softmax: over what does it run, and what is done with its scores first?
    log_probs = scores - torch.logsumexp(scores, dim=1, keepdim=True)
    # hint: Look at the loss: which entries count, with which sign, and what divides them?
    loss = nll_loss(log_probs, labels)

    # hint: Look at the gradient by the scores: what is it before the right labels are taken off?
    dscores = log_probs.exp()
    # hint: Look at the gradient by the scores: what is taken off, and at which entries?
    dscores[torch.arange(len(x), device=x.device), labels] -= 1
    # hint: Look at the gradient by the scores: the loss is a mean. Over what?
    dscores = dscores / len(x)
    # hint: Look at the way back through the affine layer, and at the shape of what comes out.
    dpooled = (dscores @ params["w2"].T).reshape(pooled.shape)
    # hint: Look at the way back through the pooling: which maps were pooled, in which windows?
    da = max_pool2d_backward(dpooled, a, 2, 2)
    # hint: Look at the way back through the ReLU: at which z does a gradient go through?
    dz = torch.where(z > 0, da, torch.zeros_like(da))
    # hint: Look at the way back through the convolution: what went into it, with which padding?
    _, dw1, db1 = conv2d_backward(dz, x, params["w1"], padding=padding)
    return loss, {
        "w1": dw1,
        "b1": db1,
        "w2": rows.T @ dscores,  # hint: Look at dW₂: what went into that layer, what came back?
        "b2": dscores.sum(dim=0),  # hint: Look at db₂: over which axis do its gradients meet?
    }


def to_model_input(image):
    # hint: Look at the tensor that is made of the pixels, and at its dtype.
    pixels = torch.tensor(image, dtype=torch.float32)
    # hint: Look at how a coloured picture becomes grey: which pictures, which weights?
    if pixels.ndim == 3:
        pixels = pixels @ torch.tensor([0.2989, 0.5870, 0.1140])
    # hint: Look at the range of the result, and at its four axes.
    return (pixels / 255).reshape(1, 1, 28, 28)


def train_classifier(model, x, y, epochs, batch_size, lr, seed):
    torch.manual_seed(seed)  # hint: Look at what `seed` does: equal seeds should shuffle alike.
    # hint: Look at the optimizer: which one, over which parameters, with which rate?
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    losses = []
    # hint: Look at how often the data are gone through.
    for _ in range(epochs):
        # hint: Look at the order of the observations in each epoch.
        order = torch.randperm(len(x), device=x.device)
        # hint: Look at how the order is cut into mini-batches.
        for batch in order.split(batch_size):
            # hint: Look at the loss of a mini-batch: of which outputs, which labels, which log?
            loss = nll_loss(torch.log(model(x[batch])), y[batch])
            # hint: Look at the gradients: when are they cleared, computed and used?
            optimizer.zero_grad()
            # hint: Look at the gradients: when are they cleared, computed and used?
            loss.backward()
            # hint: Look at the gradients: when are they cleared, computed and used?
            optimizer.step()
            # hint: Look at which losses are kept, and as what.
            losses.append(loss.item())
    return losses
