"""Printed figures reproduced, and the reference's gradients compared with float64 autograd."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from grader.proofs import Figure, Gradient, GradientProof
from grader.validate.record import Complaint

RTOL, ATOL = 1e-9, 1e-10


def figures_of(module: ModuleType) -> dict[str, Figure]:
    """The figures of a `proofs.py`, by the name of their function."""
    return {name: v for name, v in vars(module).items() if isinstance(v, Figure)}


def gradients_of(module: ModuleType) -> dict[str, GradientProof]:
    """The gradient proofs of a `proofs.py`, by name."""
    return {name: v for name, v in vars(module).items() if isinstance(v, GradientProof)}


def check_figure(name: str, figure: Figure) -> Iterator[Complaint]:
    """Compare a printed figure with whoever computes it again."""
    who_did = set()
    for who, value in figure.compute():
        who_did.add(who.split(",")[0])
        got = as_numbers(value)
        if got.shape != figure.printed.shape:
            reason = f"{who}: shape {got.shape} where {figure.printed.shape} is printed"
            yield Complaint(proof="figure", subject=name, reason=reason)
        elif (off := float(np.max(np.abs(got - figure.printed), initial=0))) > figure.within or (
            not np.isfinite(got).all()
        ):
            reason = f"{who}: off by {off:.3g}, {figure.within:g} allowed ({figure.source})"
            yield Complaint(proof="figure", subject=name, reason=reason)
    for needed in {"reference", "answers"} - who_did:
        reason = f"nobody computes it by the {needed} ({figure.source})"
        yield Complaint(proof="figure", subject=name, reason=reason)


def as_numbers(value: Any) -> np.ndarray:
    """A figure's value as a float64 array: tensors, lists of 0-d tensors and numbers."""
    if isinstance(value, list | tuple):
        return np.stack([as_numbers(item) for item in value])
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.asarray(value, dtype=float)


def check_gradient(proof: GradientProof, seed: int) -> Iterator[Complaint]:
    """Compare claimed gradients with autograd's."""
    drawn = 0
    for gradient in proof.draw(np.random.default_rng(seed)):
        drawn += 1
        for position, (got, want) in enumerate(
            zip(gradient.claimed, by_autograd(gradient), strict=True)
        ):
            if np.shape(got) != want.shape:
                reason = f"input {position}: shape {np.shape(got)}, autograd's is {want.shape}"
                yield Complaint(proof="gradient", subject=proof.name, reason=reason)
            elif not np.allclose(got, want, rtol=RTOL, atol=ATOL):
                off = float(np.max(np.abs(got - want)))
                reason = f"input {position}: off by {off:.3g} from autograd"
                yield Complaint(proof="gradient", subject=proof.name, reason=reason)
    if not drawn:
        yield Complaint(proof="gradient", subject=proof.name, reason="it draws nothing")


def by_autograd(gradient: Gradient) -> list[np.ndarray]:
    """Vector-Jacobian products of the forward pass, float64."""
    import torch

    leaves = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in gradient.at]
    outputs = gradient.forward(*leaves)
    cotangents = gradient.cotangent
    if not isinstance(outputs, tuple | list):
        outputs, cotangents = [outputs], [cotangents]
    sent = [torch.as_tensor(np.asarray(c), dtype=torch.float64) for c in cotangents]
    grads = torch.autograd.grad(list(outputs), leaves, sent, allow_unused=True)
    return [
        np.zeros(np.shape(a)) if g is None else g.numpy()
        for a, g in zip(gradient.at, grads, strict=True)
    ]
