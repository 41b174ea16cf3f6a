"""The devices that a test is run on: the stand-in, and a GPU, where it is marked to need one."""

import pytest

DEVICES = ["standin", pytest.param("cuda", marks=pytest.mark.gpu)]
