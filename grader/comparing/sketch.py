"""Sketches of outcomes: of large arrays only what tells them apart, so that many can be kept."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import numpy as np

from grader.comparing.outcomes import Outcome
from grader.worker.wire import Array

KEPT = 256
"""Entries that are kept of an array that has more than twice as many."""

_SUMS = 4
_USUAL = 100_000
"""Signs for more entries than that are not kept: few results are so large."""


def sketch(outcome: Outcome) -> Outcome:
    """An outcome whose large arrays keep their shape, but of their data a sample and some sums.

    Sketches of equal outcomes are equal, up to rounding; those of outcomes that differ in one
    entry differ in every sum.
    """
    return replace(outcome.unmeasured(), value=_sketched(outcome.value))


def _sketched(value: Any) -> Any:
    if isinstance(value, Array) and value.data is not None and value.data.size > 2 * KEPT:
        return replace(value, data=_shrunk(value.data))
    if isinstance(value, list | tuple):
        return type(value)(_sketched(item) for item in value)
    if isinstance(value, dict):
        return {key: _sketched(item) for key, item in value.items()}
    return value


def _shrunk(data: np.ndarray) -> np.ndarray:
    flat = data.reshape(-1).astype(complex if data.dtype.kind == "c" else float)
    finite = np.isfinite(flat)
    if finite.all():
        return np.concatenate([flat[_places(flat.size)], _sums(flat), np.zeros(_SUMS)])
    # Which entries are not finite, and how, counts like a number of its own.
    codes = np.where(np.isnan(flat), 1.0, np.where(flat.real > 0, 2.0, 3.0))
    sums = _sums(np.where(finite, flat, 0)), _sums(np.where(finite, 0, codes))
    return np.concatenate([flat[_places(flat.size)], *sums])


def _sums(flat: np.ndarray) -> np.ndarray:
    """Sums of all entries with random signs, as large as one entry."""
    signs = _signs(flat.size)
    return np.array([np.where(row, flat, -flat).sum() for row in signs]) / np.sqrt(flat.size)


def _signs(size: int) -> np.ndarray:
    return _kept_signs(size) if size <= _USUAL else _drawn_signs(size)


@functools.lru_cache(maxsize=8)
def _kept_signs(size: int) -> np.ndarray:
    return _drawn_signs(size)


def _drawn_signs(size: int) -> np.ndarray:
    return np.random.default_rng(size).integers(0, 2, (_SUMS, size), dtype=bool)


@functools.lru_cache(maxsize=64)
def _places(size: int) -> np.ndarray:
    return np.random.default_rng(size).choice(size, KEPT, replace=False)
