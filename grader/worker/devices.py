"""The devices that torch exercises run on: the CPU, a GPU, and what stands in for one."""

from __future__ import annotations

from typing import Literal, TypeAlias

Device: TypeAlias = Literal["cpu", "cuda", "standin"]
"""Where tensors are, as torch calls it; "standin": see `grader.worker.standin_device`."""
Wished: TypeAlias = Literal["auto", "cpu", "cuda", "standin"]
"""What can be asked for; "auto": a GPU if there is one."""

SIMULATION = "torch._subclasses.fake_tensor"
"""What simulates a GPU's tensors; its first use takes longer than importing the rest of torch."""


def is_away(device: str) -> bool:
    """Whether its tensors meet none on the CPU, so that what is left there shows."""
    return device != "cpu"


def keeps_time(device: str) -> bool:
    """Whether how long a call takes there says anything of it."""
    return device != "standin"


def is_card(device: str) -> bool:
    """Whether it is a card with a driver: device nodes, threads and memory of its own."""
    return device == "cuda"
