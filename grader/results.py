"""The result record, schema 1: one plain record that every renderer is a pure function of."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Verdict = Literal[
    "passed", "failed", "error", "timeout", "memory", "missing", "forbidden", "deferred",
    "grader_error",
]  # fmt: skip
Status = Literal["graded", "unreadable", "grader_error"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class GroupResult(_Record):
    """Cases that earn points together."""

    name: str
    passed: bool
    score: float
    max_score: float


class ExerciseResult(_Record):
    """One exercise of one submission; texts are "" where there is nothing to say.

    `follow_through` names the exercises that failed and had right ones in their places when this
    verdict was found: with "passed" the exercise is right, given those.
    """

    name: str
    verdict: Verdict
    score: float
    max_score: float
    groups: tuple[GroupResult, ...]
    mistake: str = ""
    hint: str = ""
    message: str = ""
    follow_through: tuple[str, ...] = ()
    further: str = ""
    """A fuller hint, for whoever has thought about the first one."""
    fingerprint: str = ""
    """What tells a wrong result that nobody has named from others, and nothing else about it."""


class SubmissionResult(_Record):
    """One submission. `seconds` is what grading it took; `sha256` is of the file's bytes.

    `round`: which round's hidden cases it met; see `grader.course.rounds`.
    """

    student: str
    file: str
    sha256: str
    status: Status
    score: float
    max_score: float
    seconds: float
    message: str = ""
    round: int = 1
    exercises: tuple[ExerciseResult, ...] = ()


class Cluster(_Record):
    """Submissions with the same wrong result that no hint explains; `files` are theirs."""

    exercise: str
    size: int
    files: tuple[str, ...]


class Report(_Record):
    """One run over a class; its JSON is what `chainrule grade --json` writes."""

    schema_: Literal[1] = 1
    assignment: str
    isolation: Literal["full", "process"]
    device: Literal["cpu", "cuda", "standin"]
    checks: str
    round: int = 1
    """The current one; submissions that were graded in an earlier round say so themselves."""
    submissions: tuple[SubmissionResult, ...]
    clusters: tuple[Cluster, ...] = ()
    """Wrong results that no hint explains, the most frequent first."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: "schema" if name == "schema_" else name,
        populate_by_name=True,
    )

    def to_json(self) -> str:
        """Return the report as JSON text, keys as the schema names them."""
        return self.model_dump_json(by_alias=True, indent=1) + "\n"


def with_notes(result: SubmissionResult, notes: tuple[str, ...]) -> SubmissionResult:
    """The result whose message says first how the file was read."""
    return result.model_copy(update={"message": "; ".join(filter(None, [*notes, result.message]))})


def total(scores: list[float]) -> float:
    """Add up scores to the hundredth, so that sums do not show binary fractions."""
    return round(sum(scores), 2)
