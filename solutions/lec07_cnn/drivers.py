"""How lecture 7's nets and training loop are called, and what `conv2d_fast` is measured by.

All functions but `digits` and `recognised` are sent as source and run beside the student's code.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray


def conv2d_by_pixels(x: Any, w: Any, b: Any, stride: int = 1, padding: int = 0) -> Any:
    """Loop over the pixels of the output, as fast as such a loop gets: all else is one product."""
    import torch

    x = torch.nn.functional.pad(x, (padding, padding, padding, padding))
    n, f, kh, kw = len(x), len(w), w.shape[2], w.shape[3]
    oh, ow = (x.shape[2] - kh) // stride + 1, (x.shape[3] - kw) // stride + 1
    out, rows = x.new_zeros(n, f, oh, ow), w.reshape(f, -1).T
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * stride : i * stride + kh, j * stride : j * stride + kw]
            out[:, :, i, j] = window.reshape(n, -1) @ rows + b
    return out


def conv2d_by_windows(x: Any, w: Any, b: Any, stride: int = 1, padding: int = 0) -> Any:
    """One product over all windows, each of them copied: what a plain fast answer holds."""
    import torch

    x = torch.nn.functional.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, w.shape[2], stride).unfold(3, w.shape[3], stride)
    return torch.einsum("nchwkl,fckl->nfhw", windows, w) + b[:, None, None]


def run_named(student: Any, weights: Any, x: Any) -> Any:
    """Load weights by name into the student's net, and run it on x."""
    import torch

    net = student()
    assert isinstance(net, torch.nn.Module), "the class should derive from torch.nn.Module"
    if any(isinstance(p, torch.nn.parameter.UninitializedParameter) for p in net.parameters()):
        net(torch.zeros(1, 1, 28, 28))
    shapes = {name: tuple(p.shape) for name, p in net.named_parameters()}
    for name, value in weights.items():
        assert name in shapes, f"the net has no parameter {name}: name its layers conv1 and fc1"
        assert shapes[name] == value.shape, (
            f"{name} should have shape {tuple(value.shape)}, not {shapes[name]}"
        )
    more = sorted(set(shapes) - set(weights))
    assert not more, f"the net has parameters that the homework's has not: {', '.join(more)}"
    net = net.to(device=x.device, dtype=x.dtype)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(weights[name])
    out = net(x)
    assert out.requires_grad, "the forward pass cuts the graph: the weights would get no gradient"
    return out.detach()


def run_in_order(student: Any, weights: Any, x: Any) -> Any:
    """Load weights in the order of the forward pass into the student's net, and run it on x."""
    import torch

    net = student()
    assert isinstance(net, torch.nn.Module), "the class should derive from torch.nn.Module"
    if any(isinstance(p, torch.nn.parameter.UninitializedParameter) for p in net.parameters()):
        net(torch.zeros(1, 1, 28, 28))
    parameters = list(net.parameters())
    count = sum(p.numel() for p in parameters)
    assert count == 61706, f"LeNet has 61,706 parameters, this net has {count:,}"
    # A layer of the student's own may hold its bias before its weight.
    for k in range(0, len(parameters) - 1, 2):
        if parameters[k].ndim < parameters[k + 1].ndim:
            parameters[k], parameters[k + 1] = parameters[k + 1], parameters[k]
    shapes = [tuple(p.shape) for p in parameters]
    asked = [tuple(w.shape) for w in weights]
    assert shapes == asked, (
        f"in the order of the forward pass the parameters should have the shapes {asked}, "
        f"not {shapes}"
    )
    net = net.to(device=x.device, dtype=x.dtype)
    with torch.no_grad():
        for p, w in zip(parameters, weights, strict=True):
            p.copy_(w)
    out = net(x)
    assert out.requires_grad, "the forward pass cuts the graph: the weights would get no gradient"
    return out.detach()


def as_image(student: Any, image: Any) -> Any:
    """Hand the image over as the uint8 NumPy array that it is in a file."""
    import numpy as np
    import torch

    made = student(image.cpu().numpy().astype(np.uint8))
    # An array has no device: what is made of it belongs on none.
    return made.to(image.device) if torch.is_tensor(made) else made


def train_and_predict(
    student: Any,
    weights: Any,
    x: Any,
    y: Any,
    hidden: Any,
    epochs: int,
    batch_size: int,
    lr: float,
    seed: int,
    twice: bool = False,
) -> Any:
    """Train a net with the student's loop; return its losses and its probabilities on `hidden`.

    The net is a softmax regression that starts from `weights` (W, b), or the homework's with
    PyTorch's own start where there are none. `twice` does all again with the same seed and other
    states of the global random streams, and asks for the same losses.
    """
    import numpy as np
    import torch

    def run(stream: int) -> Any:
        torch.manual_seed(stream)
        np.random.seed(stream)
        layers = [
            torch.nn.Conv2d(1, 20, kernel_size=5, stride=2),
            torch.nn.ReLU(),
            torch.nn.MaxPool2d(2),
            torch.nn.Flatten(),
            torch.nn.Linear(720, 10),
            torch.nn.Softmax(dim=1),
        ]
        if weights:
            layers = [torch.nn.Flatten(), torch.nn.Linear(784, 10), torch.nn.Softmax(dim=1)]
        model = torch.nn.Sequential(*layers).to(device=x.device, dtype=x.dtype)
        with torch.no_grad():
            for p, w in zip(model.parameters(), weights, strict=False):
                p.copy_(w)
        losses = student(model, x, y, epochs, batch_size, lr, seed)
        assert isinstance(losses, (list, tuple)), f"a list of losses, not {type(losses).__name__}"
        n = epochs * len(x) // batch_size
        assert len(losses) == n, f"{n} mini-batches make as many losses, not {len(losses)}"
        return model.eval(), [float(loss) for loss in losses]

    model, losses = run(seed % 2**32)
    if twice:
        _, again = run((seed + 1) % 2**32)
        assert np.allclose(losses, again, rtol=1e-3), (
            "the same seed should give the same mini-batches, and so the same losses"
        )
    with torch.no_grad():
        # Whoever trains elsewhere may have moved the model there.
        probabilities = model(hidden.to(next(model.parameters()).device))
    return losses, probabilities.to(hidden.device)


@functools.cache
def digits() -> tuple[Array, Array]:
    """Images (1797, 1, 28, 28) in [0, 1] and labels of scikit-learn's 8 × 8 handwritten digits.

    Every pixel becomes 3 × 3, with a border of 2.
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    enlarged = np.kron(bunch.images / 16, np.ones((3, 3)))
    return np.pad(enlarged, ((0, 0), (2, 2), (2, 2)))[:, None], bunch.target


def recognised(labels: Array, share: float) -> Callable[[Any], str]:
    """Judge (losses, probabilities) by the share of digits whose most probable class is right."""

    def judge(result: Any) -> str:
        losses, probabilities = result
        if not np.isfinite(losses).all():
            return "a loss is not finite"
        right = np.mean(probabilities.argmax(axis=1) == labels)
        if right < share:
            return f"the trained net recognises {right:.0%} of the hidden digits, not {share:.0%}"
        return ""

    return judge
