"""Model answers of lecture 3: softmax regression, and losses that stay finite."""

import torch


def loss_fn_reg(bhat, x, y):
    return ((y - x @ bhat) ** 2).mean()


def sigmoid(x):
    e = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + e), e / (1 + e))


def loss_fn_logistic(bhat, x, y):
    u = x @ bhat
    return (torch.nn.functional.softplus(u) - y * u).mean()


def softmax(u):
    e = torch.exp(u - u.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)


def log_softmax(u):
    v = u - u.max(dim=1, keepdim=True).values
    return v - v.exp().sum(dim=1, keepdim=True).log()


def loss_fn_softmax(w, x, y):
    return -(y * log_softmax(x @ w.T)).sum(dim=1).mean()


def cross_entropy(logits, labels):
    return -log_softmax(logits).gather(1, labels[:, None]).mean()


def cross_entropy_grad(logits, labels):
    onehot = torch.nn.functional.one_hot(labels, logits.shape[1])
    return (softmax(logits) - onehot) / len(labels)


def soft_cross_entropy(logits, targets):
    return -(targets * log_softmax(logits)).sum(dim=1).mean()


def accuracy(logits, labels):
    return (logits.argmax(dim=1) == labels).float().mean().item()


def logdet_grad(x):
    return torch.linalg.inv(x).T
