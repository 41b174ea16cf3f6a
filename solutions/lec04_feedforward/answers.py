"""Model answers of lecture 4: neurons, activations and the network."""

import itertools

import torch


def perceptron(w, x, threshold=0.5):
    # hint: Look at the comparison: what with what, what if both are equal, and what it returns.
    return (x @ w > threshold).to(x.dtype)


def and_weights():
    # hint: Look at what is returned, and try the four corners by hand: which sums exceed 0.5?
    return torch.tensor([0.4, 0.4])


def or_weights():
    # hint: Look at what is returned, and try the four corners by hand: which sums exceed 0.5?
    return torch.tensor([1.0, 1.0])


# hint: Try the four corners by hand: h first, then y. Which y exceed 0.5, and which should?
def xor_params():
    # One unit counts the ones, the other starts to count at two and takes twice as much away.
    w1 = torch.tensor([[1.0, 1.0], [1.0, 1.0]])
    b1 = torch.tensor([0.0, -1.0])
    w2 = torch.tensor([[1.0], [-2.0]])
    b2 = torch.tensor([0.0])
    return w1, b1, w2, b2


def relu(x):
    # hint: Try −2, 0 and 3 by hand: which of them stay as they are, and what become the others?
    return x.clamp(min=0)


def leaky_relu(x, slope=0.01):
    # hint: Look at the branch for x > 0: what comes out there?
    above = x.clamp(min=0)
    # hint: Look at the branch for x ≤ 0: what comes out there, and which x get it?
    below = slope * x.clamp(max=0)
    # hint: Look at how the two branches come together, and at the sign of each.
    return above + below


def elu(x, alpha=1.0):
    # hint: Look at the branch for x > 0: what comes out there?
    above = x.clamp(min=0)
    # hint: Look at the branch for x ≤ 0: compare it with the formula, sign by sign.
    below = alpha * (torch.exp(x.clamp(max=0)) - 1)
    # hint: Look at how the two branches come together, and at the sign of each.
    return above + below


def softplus(x):
    # hint: Look at the logarithm that is left: what stands in it, with which exponent?
    bend = torch.log1p(torch.exp(-x.abs()))
    # hint: Look at what is added to the logarithm when eˣ is taken out of it, for x > 0 and x < 0.
    return x.clamp(min=0) + bend


def tanh(x):
    # hint: Look at the exponent: what is left of it when the larger exponential is divided out?
    e = torch.exp(-2 * x.abs())
    # hint: Compare with the formula: what is added, subtracted, divided, and the sign for x < 0.
    return x.sign() * (1 - e) / (1 + e)


def activation_grad(name, x):
    # hint: Look at the slope of the ReLU: for x < 0, x = 0 and x > 0.
    if name == "relu":
        return (x > 0).to(x.dtype)
    # hint: Look at the slope of the leaky ReLU: for x < 0, x = 0 and x > 0.
    if name == "leaky_relu":
        return torch.where(x > 0, torch.ones_like(x), torch.full_like(x, 0.01))
    # hint: Look at the slope of the sigmoid: write it with σ(x), and compare factor by factor.
    if name == "sigmoid":
        s = torch.sigmoid(x)
        return s * (1 - s)
    # hint: Look at the slope of tanh: write it with tanh(x), and compare sign by sign.
    if name == "tanh":
        return 1 - tanh(x) ** 2
    # hint: Look at the slope of the softplus: differentiate log(1 + eˣ) once.
    if name == "softplus":
        return torch.sigmoid(x)
    raise ValueError(f"unknown activation {name!r}")


def mlp_forward(x, weights, biases):
    # hint: Look at the list: what is its first entry?
    activations = [x]
    # hint: Look at the loop: does it go over all the layers, in their order?
    for layer in range(len(weights)):
        # hint: Look at one layer: what goes into it, and what is multiplied and added?
        z = activations[-1] @ weights[layer] + biases[layer]
        # hint: Look at what each layer adds to the list: which of them have a ReLU?
        activations.append(relu(z) if layer < len(weights) - 1 else z)
    return activations


def parameter_count(sizes):
    # hint: Look at where the count begins.
    total = 0
    # hint: Look at the sum: which pairs of neighbouring sizes, what of each, which sign?
    for i in range(1, len(sizes)):
        # hint: Look at the sum: which pairs of neighbouring sizes, what of each, which sign?
        total += sizes[i - 1] * sizes[i] + sizes[i]
    # hint: Look at the sum: which pairs of neighbouring sizes, what of each, which sign?
    return total


def train_mlp(x, y, hidden, epochs, lr, seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = [x.shape[1], *hidden, int(y.max()) + 1]
    weights, biases = [], []
    for m, p in itertools.pairwise(sizes):
        # hint: Look at the start: how large are the weights of a layer with many inputs?
        start = torch.randn(m, p, generator=generator) / m**0.5
        weights.append(start.to(x).requires_grad_())
        biases.append(torch.zeros(p).to(x).requires_grad_())
    losses = []
    for _ in range(epochs):
        # hint: Look at the loss: of which of the activations, and against what?
        loss = torch.nn.functional.cross_entropy(mlp_forward(x, weights, biases)[-1], y)
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            # hint: Look at the step: which parameters take it, and in which direction?
            for parameter in weights + biases:
                parameter -= lr * parameter.grad
                # hint: Look at the gradients after a step: what does the next pass add to?
                parameter.grad = None
    return weights, biases, losses
