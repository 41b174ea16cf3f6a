"""Slips of device handling that are planted in model answers."""

from typing import Any

import pytest
import torch

from grader.course.slips.mutants import device_mutants, waiting_mutants

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


BACK = ".new_tensor([each.item() for each in _all.reshape(-1)]).reshape(_all.shape)"
WAITING = {
    "return x * 2": {f"return (_all := (x * 2)){BACK}"},
    "y = x + 1\n    return None": {f"y = (_all := (x + 1)){BACK}"},
    "return x, len(x)": {f"return ((_all := x){BACK}, len(x))"},
    "n = len(x)\n    return [x]": set(),
}


@pytest.mark.parametrize("body", WAITING)
def test_numbers_asked_back_one_by_one(body: str) -> None:
    source = f"def f(self, x, y):\n    {body}\n"
    assert {mutant.after for mutant in waiting_mutants(source, ["f"])} == WAITING[body]


@pytest.mark.parametrize("x", [torch.arange(6).reshape(2, 3), torch.rand(()), torch.ones(0, 2) > 0])
def test_what_was_asked_back_is_the_same_tensor(x: torch.Tensor) -> None:
    (mutant,) = waiting_mutants("def f(x):\n    return x\n", ["f"])
    names: dict[str, Any] = {}
    exec(mutant.code, names)
    found = names["f"](x)
    assert torch.equal(found, x) and found.dtype is x.dtype and found is not x
