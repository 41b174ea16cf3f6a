"""What a run runs on: the workers' policy, made from the course's limits and the options."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterable
from dataclasses import asdict
from typing import Literal

from grader.controller.session import Allowance
from grader.controller.zygote import default_readable
from grader.course.lesson import Lesson
from grader.course.syllabus import Course, Limits
from grader.errors import UsageError
from grader.grading.gpus import has_cuda
from grader.vocabulary import Forbid
from grader.worker import confine, nvidia
from grader.worker.devices import SIMULATION, Device, Wished, is_card

Isolation = Literal["full", "process"]
_MIB = 1024 * 1024
_LIBRARIES = 1536 * _MIB
"""Addresses that the libraries of a worker take."""
_SLOW = {"matplotlib": "matplotlib.pyplot", "sklearn": "sklearn.datasets"}
"""Libraries that take a second to import and up to a hundred MiB, and what most use of them."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def libraries_of(course: Course, name: str) -> tuple[str, ...]:
    """Slow imports that an assignment's notebook or solution names, or its exercises need.

    What a submission imports besides is imported in its worker, which takes a second or two.
    """
    simulation = (SIMULATION,) if course.plan(name).framework == "torch" else ()
    folders = [course.root / side / name for side in ("assignments", "solutions")]
    texts = [file.read_text("utf-8") for folder in folders for file in folder.glob("*.py")]
    named = (
        module
        for library, module in _SLOW.items()
        if any(re.search(rf"\b{library}\b", text) for text in texts)
    )
    return (*named, *simulation)


def policy_of(
    limits: Limits,
    isolation: Isolation,
    device: Device,
    libraries: tuple[str, ...] = (*_SLOW.values(), SIMULATION),
    rules: Iterable[Forbid | None] = (),
) -> confine.Policy:
    """Confine workers to the course's limits; `libraries`: see `libraries_of`, `rules`: what the
    exercises forbid.

    Raises:
        UsageError: no worker could have the memory that the course allows it.
    """
    _require_room(limits.memory_mb * _MIB)
    return confine.Policy(
        isolation=isolation,
        readable=readable_on(device),
        device=device,
        libraries=libraries,
        rules=tuple(asdict(rule) for rule in dict.fromkeys(rules) if rule),
        limits=confine.Limits(
            memory_bytes=limits.memory_mb * _MIB,
            cpu_seconds=int(limits.total_seconds) + 10,
            processes=limits.processes,
            file_bytes=limits.disk_mb * _MIB,
            disk_bytes=limits.disk_mb * _MIB,
        ),
    )


def policy_for(
    course: Course, lesson: Lesson, isolation: Isolation, device: Device
) -> confine.Policy:
    """How workers are confined that run an assignment's exercises; raises what `policy_of` does."""
    limits, libraries = course.limits_of(lesson.name), libraries_of(course, lesson.name)
    rules = [exercise.forbid for exercise in lesson.exercises.values()]
    return policy_of(limits, isolation, device, libraries, rules)


def readable_on(device: Device) -> tuple[str, ...]:
    """Paths that a worker must read; those of the driver's as well where it has a GPU."""
    driver = nvidia.readable(os.environ.get("LD_LIBRARY_PATH", "")) if is_card(device) else ()
    return tuple(sorted({*default_readable(), *driver}))


def _require_room(memory_bytes: int) -> None:
    """A limit that we were started with holds for workers, too, and would cost students marks."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY and limit < memory_bytes + _LIBRARIES:
        raise UsageError(
            f"the limit on memory (`ulimit -v`) is {limit // _MIB} MiB, but a submission may use "
            f"{memory_bytes // _MIB} (memory_mb of course.yml) beside {_LIBRARIES // _MIB} of "
            "libraries: lift it with `ulimit -v unlimited`, or lower memory_mb"
        )


def allowance_of(limits: Limits) -> Allowance:
    """Time and output of one submission."""
    return Allowance(limits.seconds, limits.total_seconds, limits.output_kb * 1024)


def choose_device(asked: Wished) -> Device:
    """Return the device to run on; "auto" takes a GPU where there is one.

    Raises:
        UsageError: "cuda" on a machine where torch finds no GPU.
    """
    if asked in ("cpu", "standin"):
        return asked
    found = has_cuda()
    if asked == "cuda" and not found:
        raise UsageError("--device cuda: torch finds no GPU on this machine; use --device cpu")
    return "cuda" if found else "cpu"
