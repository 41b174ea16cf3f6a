"""Forward-mode differentiation of scalar expressions by dual numbers.

A second opinion on reverse mode (lecture 5, `Value`): u + u̇ε with ε² = 0 carries the gradient
u̇ with respect to all inputs along with the value u, and shares nothing with a backward pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Dual:
    """u + u̇ε: a value and its gradient (d,) with respect to the inputs."""

    u: float
    du: Array


def add(a: Dual, b: Dual) -> Dual:
    """(u + v)' = u' + v'."""
    return Dual(a.u + b.u, a.du + b.du)


def mul(a: Dual, b: Dual) -> Dual:
    """(u v)' = u' v + u v'."""
    return Dual(a.u * b.u, a.du * b.u + a.u * b.du)


def power(a: Dual, n: float) -> Dual:
    """(uⁿ)' = n uⁿ⁻¹ u' for a constant n."""
    return Dual(a.u**n, n * a.u ** (n - 1) * a.du)


def exp(a: Dual) -> Dual:
    """(eᵘ)' = eᵘ u'."""
    return Dual(float(np.exp(a.u)), np.exp(a.u) * a.du)


def log(a: Dual) -> Dual:
    """(log u)' = u' / u."""
    return Dual(float(np.log(a.u)), a.du / a.u)


def tanh(a: Dual) -> Dual:
    """(tanh u)' = (1 − tanh² u) u'."""
    t = float(np.tanh(a.u))
    return Dual(t, (1 - t**2) * a.du)


def relu(a: Dual) -> Dual:
    """max(0, u)' = [u > 0] u'; the course defines relu'(0) = 0."""
    return Dual(max(a.u, 0.0), float(a.u > 0) * a.du)


def evaluate(expression: Any, x: Array) -> Dual:
    """Value and gradient at x (d,) of an expression in prefix form.

    An expression is an int i (the input xᵢ), a float (a constant) or a list
    [operation, operand, …] with operations + - * / ** neg exp log tanh relu, and shared, which
    stands for u³ + u.
    """
    if isinstance(expression, int):
        return Dual(float(x[expression]), np.eye(len(x))[expression])
    if isinstance(expression, float):
        return Dual(expression, np.zeros(len(x)))
    name, *operands = expression
    if name == "**":
        return power(evaluate(operands[0], x), operands[1])
    u = [evaluate(operand, x) for operand in operands]
    minus_one = Dual(-1.0, np.zeros(len(x)))
    match name:
        case "+":
            return add(u[0], u[1])
        case "-":
            return add(u[0], mul(minus_one, u[1]))
        case "*":
            return mul(u[0], u[1])
        case "/":
            return mul(u[0], power(u[1], -1.0))
        case "neg":
            return mul(minus_one, u[0])
        case "exp":
            return exp(u[0])
        case "log":
            return log(u[0])
        case "tanh":
            return tanh(u[0])
        case "relu":
            return relu(u[0])
        case "shared":
            return add(mul(u[0], mul(u[0], u[0])), u[0])
    raise ValueError(f"unknown operation {name!r}")
