"""Tests marked `gpu` need a GPU: without one they skip, and say so."""

import pytest

from grader.grading.gpus import has_cuda


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") and not has_cuda():
        pytest.skip("torch finds no GPU on this machine")
