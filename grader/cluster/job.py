"""What is graded, as it travels: the job, once to each machine, and batches of submissions.

All of it is JSON and bytes. What a student wrote is never unpickled, on either side.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from grader.cluster.likeness import Versions
from grader.grading.grading import Graded, Options
from grader.grading.machine import Isolation
from grader.results import SubmissionResult
from grader.submissions import Found
from grader.worker.devices import Device

_SIZES = struct.Struct("<II")


class _Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Job(_Word):
    """All that a machine needs beside its own copy of the course. It holds the secret seed."""

    assignment: str
    seeds: tuple[str, ...]
    """Of the rounds so far, the current one's last."""
    device: Device
    isolation: Isolation
    only: tuple[str, ...]
    checks: str
    """The sha256 of the checks."""
    course: str
    """That of the rest; see `course_digest`."""
    versions: Versions

    @property
    def name(self) -> str:
        """What it is called in every batch: tells nothing of the seed."""
        return hashlib.sha256(b"job\0" + self.model_dump_json().encode()).hexdigest()[:32]

    def options(self, jobs: int) -> Options:
        """How its submissions are graded."""
        return Options(jobs, self.device, self.isolation, self.only)


class Settled(_Word):
    """What came of a submission: a result, and how its file was read; or an error of ours."""

    number: int
    result: SubmissionResult | None = None
    notes: tuple[str, ...] = ()
    error: str = ""
    seconds: float = 0.0

    def graded(self) -> Graded | None:
        """The result as a run on one machine has it."""
        return None if self.result is None else Graded(self.result, self.notes)


class Answer(_Word):
    """What a machine says to a batch.

    `left`: not begun, so that another may; `died`: in the hands of a process of ours that died;
    `refused`: why this machine can grade none of the job; `unknown`: it has not heard of the job.
    """

    settled: tuple[Settled, ...] = ()
    left: tuple[int, ...] = ()
    died: tuple[int, ...] = ()
    refused: str = ""
    unknown: bool = False
    leaving: bool = False


class Card(_Word):
    """What a machine has, as it is shown. `lacks`: what full isolation needs and it has not."""

    machine: str
    slots: int
    gpus: int
    versions: Versions
    lacks: tuple[str, ...] = ()
    done: int = 0
    """Submissions, since it joined."""
    refused: tuple[str, ...] = ()
    """Jobs that it may not do, each with the reason."""
    leaving: bool = False


def pack(header: Any, body: bytes = b"") -> bytes:
    """A header in JSON and bytes, as one."""
    words = json.dumps(header, separators=(",", ":")).encode()
    return _SIZES.pack(len(words), len(body)) + words + body


def unpack(data: bytes | bytearray | memoryview) -> tuple[Any, bytes, int] | None:
    """The first header and bytes in `data`, and where they end; None if they are not whole."""
    view = memoryview(data)
    if len(view) < _SIZES.size:
        return None
    words, body = _SIZES.unpack_from(view)
    start = _SIZES.size + words
    if len(view) < start + body:
        return None
    header = json.loads(bytes(view[_SIZES.size : start]))
    return header, bytes(view[start : start + body]), start + body


def missing(data: bytes | bytearray) -> int:
    """How many bytes the first header and bytes still lack, as far as can be told."""
    if len(data) < _SIZES.size:
        return _SIZES.size - len(data)
    words, body = _SIZES.unpack_from(data)
    return int(_SIZES.size + words + body - len(data))


def packed_submission(number: int, one: Found) -> bytes:
    """A submission with its bytes, or with why they cannot be had."""
    held = one.held()
    header = {
        "number": number,
        "student": held.student,
        "file": held.file,
        "refused": held.refused,
        "notes": list(held.notes),
        "content": held.content is not None,
    }
    assert not callable(held.content)
    return pack(header, held.content or b"")


def submissions_in(batch: bytes) -> list[tuple[int, bytes]]:
    """The submissions of a batch: each one's number, and it as it was packed."""
    found, at, view = [], 0, memoryview(batch)
    while at < len(view):
        read = unpack(view[at:])
        if read is None:
            raise ValueError("a batch is cut off")
        header, _, size = read
        found.append((int(header["number"]), bytes(view[at : at + size])))
        at += size
    return found


def submission_of(header: dict[str, Any], body: bytes) -> tuple[int, Found]:
    """What `packed_submission` has packed."""
    content = body if header["content"] else None
    notes: Sequence[str] = header["notes"]
    one = Found(header["student"], header["file"], content, header["refused"], tuple(notes))
    return int(header["number"]), one
