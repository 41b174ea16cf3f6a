"""Workers are spared torch's compiler, and whoever asks for it still gets it."""

import subprocess
import sys

import pytest

SPARED = """
import sys, torch
from grader.worker import uncompiled
uncompiled.spare()
from grader.worker import fake
fake.warm_up()
def compiled():
    return "torch._dynamo" in sys.modules or "_dynamo" in vars(torch)
"""
PROGRAMS = {
    "simulated devices": """
assert fake.try_on_cuda(lambda x: x + torch.ones(3), [torch.ones(3)], {}) == {"fake": "mismatch"}
assert fake.try_on_cuda(lambda x: torch.zeros(3), [torch.ones(3)], {})["devices"] == ["cpu"]
assert not compiled()
""",
    "layers": """
layer = torch.nn.TransformerEncoderLayer(4, 2)
layer(torch.ones(2, 1, 4)).sum().backward()
torch.optim.SGD(layer.parameters(), lr=0.1).zero_grad()
assert not compiled()
""",
    "an optimizer": """
layer = torch.nn.Linear(3, 1)
optimizer = torch.optim.Adam(layer.parameters())
before = layer.weight.detach().clone()
layer(torch.ones(2, 3)).sum().backward()
optimizer.step()
assert not torch.equal(before, layer.weight)
""",
    "the compiler": """
assert torch.equal(torch.compile(torch.neg, backend="eager")(torch.ones(2)), -torch.ones(2))
assert fake.try_on_cuda(lambda x: x + torch.ones(3), [torch.ones(3)], {}) == {"fake": "mismatch"}
""",
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=list(PROGRAMS))
def test_in_a_spared_process(program: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SPARED + program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
