"""Slips of device handling that are planted in model answers."""

import pytest

from grader.course.slips.mutants import device_mutants

MADE = {
    "return x * 2": {"return (x * 2).cpu()", "return (x * 2).double()"},
    "return x, len(x)": {"return (x.cpu(), len(x))", "return (x.double(), len(x))"},
    "y = x + 1\n    return None": {"y = (x + 1).cpu()"},
    "return [torch.arange(3, device=x.device)]": {
        "return [torch.arange(3)]",
        "return [torch.arange(3, device=x.device, dtype=torch.float64)]",
    },
    "return [x.new_zeros(3)]": {
        "return [torch.zeros(3, dtype=x.dtype)]",
        "return [x.new_zeros(3, dtype=torch.float64)]",
    },
    "return [torch.full_like(x, 2)]": {
        "return [torch.full(x.shape, 2, dtype=x.dtype)]",
        "return [torch.full_like(x, 2, dtype=torch.float64)]",
    },
    "return [x.to(y.device)]": {"return [x]"},
    "self.register_buffer('mask', x)": {"self.mask = x"},
    "return 1": set(),
    "n = len(x)\n    return None": set(),
}


@pytest.mark.parametrize("body", MADE)
def test_slips_of_a_body(body: str) -> None:
    source = f"def f(self, x, y):\n    {body}\n"
    assert {mutant.after for mutant in device_mutants(source, ["f"])} == MADE[body]


def test_every_slip_is_new_and_named() -> None:
    source = "def f(x):\n    y = torch.zeros_like(x)\n    return x + y\n"
    made = device_mutants(source, ["f"])
    assert len({mutant.source for mutant in made}) == len(made) == 5
    assert {mutant.operator for mutant in made} == {
        "to the CPU", "made on the CPU", "float64", "left on the CPU",
    }  # fmt: skip
