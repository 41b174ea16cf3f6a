"""A test's parameter for each device that there may be; without a GPU its test skips."""

import pytest

DEVICES = ["cpu", pytest.param("cuda", marks=pytest.mark.gpu)]
