"""The GPUs that a run may use: each is given to one worker at a time, and slices count as GPUs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from grader.controller.nvml import NoNvml, Nvml
from grader.errors import UsageError
from grader.worker import nvidia

_LINE = re.compile(r"^(?P<slice>\s+MIG)?.*\(UUID: (?P<uuid>(?:GPU|MIG)-[\w/-]+)\)\s*$")
_NAME = re.compile(r"^(?:GPU \d+: |\s+)(?P<name>.*?)(?:\s+Device\s+\d+:)? \(UUID: ")
_BUSY = 0.5
"""A GPU of which others hold more than this part of the memory is left to them."""
_GIB = 1 << 30
_SMI_SECONDS = 30.0


@dataclass(frozen=True)
class Gpu:
    """A GPU or a slice of one; bytes in all and those in use, 0 where nobody tells."""

    uuid: str
    name: str
    total: int = 0
    used: int = 0
    holders: tuple[int, ...] = ()

    @property
    def busy(self) -> str:
        """What there is to say if others have most of it; "" if they have not."""
        if self.used <= _BUSY * self.total:
            return ""
        numbers = ", ".join(map(str, self.holders))
        by = f" (process {numbers})" if self.holders else ""
        taken = f"{self.used / _GIB:.1f} of its {self.total / _GIB:.1f} GiB are in use"
        return f"{self.name} ({self.uuid}) is busy: {taken}{by}"


def gpus_here(visible: str | None = None) -> tuple[Gpu, ...]:
    """What this machine has, by NVML or by `nvidia-smi`; nothing where neither answers.

    `visible`: which of them may be used, as CUDA_VISIBLE_DEVICES says it; by default, what it says.
    """
    try:
        with Nvml() as nvml:
            found = tuple(
                Gpu(one.uuid, one.name, one.total, one.used, tuple(one.holders))
                for one in nvml.devices()
            )
    except NoNvml:
        found = listed(_smi())
    return chosen(found, os.environ.get("CUDA_VISIBLE_DEVICES") if visible is None else visible)


def _smi() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            [program, "-L"], capture_output=True, text=True, timeout=_SMI_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def listed(text: str) -> tuple[Gpu, ...]:
    """What `nvidia-smi -L` lists; slices in the place of their card."""
    found: list[Gpu] = []
    card: Gpu | None = None
    for line in text.splitlines():
        match, name = _LINE.match(line), _NAME.match(line)
        if match is None or name is None:
            continue
        one = Gpu(match["uuid"], name["name"])
        if match["slice"] and card is not None and card in found:
            found.remove(card)
        if not match["slice"]:
            card = one
        found.append(one)
    return tuple(found)


def chosen(gpus: Sequence[Gpu], visible: str | None) -> tuple[Gpu, ...]:
    """Those that CUDA_VISIBLE_DEVICES names, by number or by the beginning of a UUID.

    As CUDA reads it: None names all, "" none, and what follows a name that nobody has is not read.
    """
    if visible is None:
        return tuple(gpus)
    found: list[Gpu] = []
    for name in (part.strip() for part in visible.split(",")):
        if name.isdigit() and int(name) < len(gpus):
            one = gpus[int(name)]
        else:
            alike = [gpu for gpu in gpus if name and gpu.uuid.startswith(name)]
            if len(alike) != 1:
                break
            one = alike[0]
        if one not in found:
            found.append(one)
    return tuple(found)


def free_gpus(gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Those that others have not taken most of.

    Raises:
        UsageError: there are some, and all are busy.
    """
    free = tuple(gpu for gpu in gpus if not gpu.busy)
    if gpus and not free:
        raise UsageError(
            "; ".join(gpu.busy for gpu in gpus) + ": wait until it is free, or use --device cpu"
        )
    return free


def has_cuda() -> bool:
    """Whether torch finds a GPU: asked in a process of its own, as its import takes a second."""
    if not nvidia.nodes():
        return False
    program = "import sys, torch; sys.exit(0 if torch.cuda.is_available() else 1)"
    return subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
