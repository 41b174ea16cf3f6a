"""Model answers of lecture 3: softmax regression, and losses that stay finite."""

import torch


def loss_fn_reg(bhat, x, y):
    # hint: Look at the residuals: compare them with yᵢ − xᵢᵀβ̂, sign by sign.
    residual = y - x @ bhat
    # hint: Look at what is done with the residuals, one by one, and how they become one number.
    return (residual**2).mean()


def sigmoid(x):
    # hint: Look at the exponential: of what, and can that be a large number?
    e = torch.exp(-x.abs())
    # hint: Look at the fraction, above and below, for positive x and for negative x.
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


def loss_fn_logistic(bhat, x, y):
    u = x @ bhat
    # hint: Put ρ = σ(u) into the log-density: what is left without y, and what with y?
    losses = torch.nn.functional.softplus(u) - y * u
    # hint: Look at how the losses of the observations become one number, and at its sign.
    return losses.mean()


def softmax(u):
    # hint: Look at the shift: which number is subtracted from the logits of a row?
    shifted = u - u.max(dim=1, keepdim=True).values
    e = torch.exp(shifted)
    # hint: Look at the quotient: what of the exponentials divides them, and over which axis?
    return e / e.sum(dim=1, keepdim=True)


def log_softmax(u):
    # hint: Look at the shift: which number is subtracted from the logits of a row?
    shifted = u - u.max(dim=1, keepdim=True).values
    # hint: Look at what stands in the logarithm: a sum of what, and over which axis?
    total = shifted.exp().sum(dim=1, keepdim=True)
    # hint: Look at the last step: what is subtracted from the shifted logits?
    return shifted - total.log()


def loss_fn_softmax(w, x, y):
    # hint: Look at the logits: which product of X and W has a row for each observation?
    logits = x @ w.T
    # hint: Look at the log-density of a row: what weighs the log-probabilities, over which axis?
    terms = (y * log_softmax(logits)).sum(dim=1)
    # hint: Look at how the terms of the observations become one number, and at its sign.
    return -terms.mean()


def cross_entropy(logits, labels):
    # hint: Look at what is picked of each row: from which array, and at which column?
    picked = log_softmax(logits).gather(1, labels[:, None])
    # hint: Look at how what is picked becomes one number, and at its sign.
    return -picked.mean()


def cross_entropy_grad(logits, labels):
    # hint: Look at the true distribution of each row: how many classes, and where is its 1?
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    # hint: Look at the difference in each row: which distribution minus which?
    difference = softmax(logits) - onehot
    # hint: Look at what divides the gradient, and at its sign: of what is the loss a mean?
    return difference / len(labels)


def soft_cross_entropy(logits, targets):
    # hint: Look at the sum of a row: what weighs the log-probabilities, and over which axis?
    terms = (targets * log_softmax(logits)).sum(dim=1)
    # hint: Look at how the terms of the observations become one number, and at its sign.
    return -terms.mean()


def accuracy(logits, labels):
    # hint: Look at the hits: which class does a row predict, and when is that right?
    hits = logits.argmax(dim=1) == labels
    # hint: Look at how the hits become a share, and at its type.
    return hits.float().mean().item()


def logdet_grad(x):
    # hint: Look at where each entry of your matrix stands, and at its sign: try a 2 × 2 by hand.
    return torch.linalg.inv(x.T)


def quadratic_grad(x, a):
    # hint: Try n = 2 with pencil and paper: in which terms of xᵀA x does x₁ stand?
    return (a + a.T) @ x


def accumulated_grad(f, x, times):
    # hint: Look at the copy: is it a leaf, cut off from where x came from, that asks for gradients?
    leaf = x.detach().requires_grad_()
    # hint: Look at the passes: how many are there, and of what does each begin?
    for _ in range(times):
        f(leaf).backward()
    return leaf.grad


def detached_product_grad(x):
    # hint: Look at the copy: is it a leaf, cut off from where x came from, that asks for gradients?
    leaf = x.detach().requires_grad_()
    # hint: Look at u: how is it made from x, and what does the graph know of that?
    u = (leaf**2).detach()
    # hint: Look at the scalar that is differentiated: a sum of which products?
    (u * leaf).sum().backward()
    return leaf.grad


def jacobian_rows(f, x):
    # hint: Look at the copy: is it a leaf, cut off from where x came from, that asks for gradients?
    leaf = x.detach().requires_grad_()
    y = f(leaf)
    # hint: Look at a row: of which output is it the gradient, and is anything left of another row?
    rows = [torch.autograd.grad(y_i, leaf, retain_graph=True)[0] for y_i in y]
    # hint: Look at how the rows become a matrix: which axis counts the outputs?
    return torch.stack(rows)


def control_flow_grad(a):
    # hint: Look at the copy: is it a leaf, cut off from where a came from, that asks for gradients?
    leaf = a.detach().requires_grad_()
    # hint: Look at how b begins.
    b = 2 * leaf
    # hint: Look at the loop: what does it compare, and what does each turn do?
    while b.abs() < 1000:
        b = 2 * b
    # hint: Look at the branch: on what sign, and by what is the other one multiplied?
    value = b if b > 0 else 100 * b
    value.backward()
    return value, leaf.grad
