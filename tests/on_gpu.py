"""Where a GPU decides: a test's parameter for each device that there may be."""

import pytest
import torch

HAS_GPU = torch.cuda.is_available()
needs_gpu = [
    pytest.mark.gpu,
    pytest.mark.skipif(not HAS_GPU, reason="torch finds no GPU on this machine"),
]
DEVICES = ["cpu", pytest.param("cuda", marks=needs_gpu)]
