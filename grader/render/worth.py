"""What a submission is worth: the one reckoning that everything printed takes its figures from.

The points that make 100 % are those of the exercises that are no bonus and of the written
questions. A part nobody has judged yet has no score at all, which is not a zero: the total then
says how it stands so far, and why it is not final.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from grader.results import ExerciseResult, Status, SubmissionResult, total

_OPEN = ("deferred", "grader_error")
_NEAR = 1e-4
MISSING = "handed nothing in"
EXCUSED = "excused: no mark is asked for"

Standing = Status | Literal["missing", "excused"]


@dataclass(frozen=True)
class Offer:
    """What course.yml offers: points by exercise and by written question, in its order."""

    points: Mapping[str, float]
    bonus: frozenset[str] = frozenset()
    written: Mapping[str, float] = field(default_factory=dict)

    def only(self, names: tuple[str, ...]) -> Offer:
        """The same for these exercises alone."""
        points = {name: self.points[name] for name in self.points if name in names}
        return Offer(points, self.bonus & set(points))


@dataclass(frozen=True)
class Mark:
    """One cell of a gradebook, in its own points; None where nobody gave a score.

    `waiting`: the gradebook asks for a person to look.
    """

    possible: float
    auto: float | None = None
    manual: float | None = None
    extra: float = 0.0
    waiting: bool = False


@dataclass(frozen=True)
class Entry:
    """What a gradebook holds of one submission: marks by exercise or question, points off."""

    marks: Mapping[str, Mark]
    penalty: float = 0.0
    timestamp: str = ""
    seconds_late: float = 0.0
    """After the student's own due date."""


@dataclass(frozen=True)
class Part:
    """One exercise or written question; `score` is None where it is not graded yet."""

    name: str
    possible: float
    score: float | None
    bonus: bool = False
    by_hand: bool = False
    """Whether a person gave the score."""


@dataclass(frozen=True)
class Worth:
    """One student's submission, or that there is none, in points."""

    student: str
    standing: Standing
    exercises: tuple[Part, ...]
    written: tuple[Part, ...]
    penalty: float = 0.0
    """Points taken off for coming late."""
    doubts: tuple[str, ...] = ()
    """Why the figures may be out of date."""
    result: SubmissionResult | None = None
    timestamp: str = ""
    message: str = ""
    due: datetime | None = None
    """When this student's work was due, extensions counted; None where nobody said."""
    by: str = ""
    """Who of the student's group handed it in; "" for a student alone."""

    @property
    def raw(self) -> float | None:
        """The points before a late penalty; None where there is nothing to reckon with."""
        if self.standing in ("missing", "grader_error", "excused"):
            return None
        return _sum(self.exercises + self.written)

    @property
    def total(self) -> float | None:
        """The points, late penalty taken off; a bonus can lift them above `possible`."""
        return None if self.raw is None else max(0.0, total([self.raw, -self.penalty]))

    @property
    def possible(self) -> float:
        """The points that make 100 %."""
        return total([self.exercises_possible, *(part.possible for part in self.written)])

    @property
    def percent(self) -> float | None:
        """`total` of `possible` in percent, at most 100; None where there is no total."""
        if self.total is None or not self.possible:
            return None
        return round(min(100.0, 100 * self.total / self.possible), 2)

    @property
    def percent_so_far(self) -> float | None:
        """`total` in percent of what is graded already; None where nothing is."""
        graded = [p for p in self.exercises + self.written if p.score is not None and not p.bonus]
        possible = total([part.possible for part in graded])
        if self.total is None or not possible:
            return None
        return round(min(100.0, 100 * self.total / possible), 2)

    @property
    def exercises_score(self) -> float:
        """Points of the exercises that are no bonus, as far as they are graded."""
        return _sum(part for part in self.exercises if not part.bonus)

    @property
    def exercises_possible(self) -> float:
        """The points of the exercises that are no bonus."""
        return total([part.possible for part in self.exercises if not part.bonus])

    @property
    def bonus(self) -> float:
        """Points earned beyond 100 %."""
        return _sum(part for part in self.exercises if part.bonus)

    @property
    def written_score(self) -> float | None:
        """Points of the written questions graded so far; None where none is."""
        graded = [part for part in self.written if part.score is not None]
        return _sum(graded) if graded else None

    @property
    def waiting(self) -> tuple[str, ...]:
        """The exercises and questions that are not graded yet."""
        return tuple(p.name for p in self.exercises + self.written if p.score is None)

    @property
    def why_open(self) -> str:
        """Why the total is not final; "" where it is.

        What we failed to grade, or what waits for another device or for a person, must never
        reach a gradebook as a zero.
        """
        if self.standing == "excused":
            return ""
        if self.standing == "grader_error":
            return self.message or "the grader failed"
        if self.standing == "missing":
            return self.message or MISSING
        waiting = f"not graded yet: {', '.join(self.waiting)}" if self.waiting else ""
        return "; ".join(filter(None, [waiting, *self.doubts]))

    @property
    def reason(self) -> str:
        """What there is to say of anybody whose total is no plain figure; "" for all others."""
        if self.standing == "excused":
            return EXCUSED
        return self.why_open or (self.message if self.standing == "unreadable" else "")

    def without_written(self) -> Worth:
        """The same for the exercises alone."""
        return replace(self, written=())

    def part(self, name: str) -> Part | None:
        """The exercise or question of that name."""
        return next((p for p in self.exercises + self.written if p.name == name), None)


def worth(
    student: str,
    offer: Offer,
    result: SubmissionResult | None = None,
    entry: Entry | None = None,
    message: str = "",
    booked: bool = False,
) -> Worth:
    """Reckon what a submission is worth.

    Args:
        student: whose it is.
        offer: what course.yml offers.
        result: what the grader says; None where it has nothing of this student.
        entry: what a gradebook holds of it: manual scores, written questions, lateness; None
            where it holds nothing.
        message: what to say of a student of whom there is nothing at all.
        booked: whether the class is in a gradebook, so that this student should be in it too.
    """
    standing = _standing(result, entry)
    return Worth(
        student,
        standing,
        tuple(_exercise(name, offer, standing, result, entry) for name in offer.points),
        tuple(_question(name, of, standing, entry) for name, of in offer.written.items()),
        entry.penalty if entry else 0.0,
        tuple(_doubts(offer, standing, result, entry, booked)),
        result,
        entry.timestamp if entry else "",
        result.message if result else message,
    )


def _standing(result: SubmissionResult | None, entry: Entry | None) -> Standing:
    if result is not None:
        return result.status
    return "graded" if entry else "missing"


def _exercise(
    name: str,
    offer: Offer,
    standing: Standing,
    result: SubmissionResult | None,
    entry: Entry | None,
) -> Part:
    """An exercise: a person's score goes before the grader's, that before the gradebook's copy."""
    of, mark = offer.points[name], entry.marks.get(name) if entry else None
    found = _result_of(name, result)
    by_hand = mark is not None and mark.manual is not None
    score: float | None = None
    if mark is not None and mark.manual is not None:
        score = _share(mark.manual, mark.possible) * of
    elif found is not None:
        score = _score(found, of)
    elif standing == "unreadable":
        score = 0.0
    elif result is None and mark is not None and mark.auto is not None:
        score = _share(mark.auto, mark.possible) * of
    if score is not None and mark is not None:
        score += _share(mark.extra, mark.possible) * of
    return Part(name, of, _rounded(score), name in offer.bonus, by_hand)


def _question(name: str, of: float, standing: Standing, entry: Entry | None) -> Part:
    mark = entry.marks.get(name) if entry else None
    score: float | None = None
    if mark is not None:
        given = mark.auto if mark.manual is None else mark.manual
        score = None if given is None else _share(given + mark.extra, mark.possible) * of
    elif standing == "unreadable":
        score = 0.0
    by_hand = mark is not None and mark.manual is not None
    return Part(name, of, _rounded(score), by_hand=by_hand)


def _doubts(
    offer: Offer,
    standing: Standing,
    result: SubmissionResult | None,
    entry: Entry | None,
    booked: bool,
) -> list[str]:
    """What is out of step: the course, the results and the gradebook are written one by one."""
    doubts = []
    if result is not None:
        unknown = [e.name for e in result.exercises if e.name not in offer.points]
        if unknown:
            doubts.append(f"course.yml has no points for {', '.join(unknown)}: grade again")
    if entry is None:
        if booked and result is not None and result.status == "graded":
            doubts.append("not in the gradebook yet: run `chainrule grade` for it")
        return doubts
    again = [n for n, m in entry.marks.items() if m.manual is not None and m.waiting]
    if again:
        doubts.append(
            f"graded by hand before it was graded again, look once more: {', '.join(again)}"
        )
    if result is not None and standing == "graded" and _stale(offer, result, entry):
        doubts.append("graded again since the gradebook was filled: run `chainrule grade` for it")
    return doubts


def _stale(offer: Offer, result: SubmissionResult, entry: Entry) -> bool:
    """Whether the gradebook holds another score of an exercise than the result."""
    for found in result.exercises:
        mark = entry.marks.get(found.name)
        if mark is None or found.name not in offer.points:
            continue
        held = None if mark.auto is None else _share(mark.auto, mark.possible)
        score = _score(found, 1.0)
        if (held is None) != (score is None):
            return True
        if held is not None and score is not None and abs(held - score) > _NEAR:
            return True
    return False


def _result_of(name: str, result: SubmissionResult | None) -> ExerciseResult | None:
    return next((e for e in result.exercises if e.name == name), None) if result else None


def _score(found: ExerciseResult, of: float) -> float | None:
    """The points of a result; points of course.yml may have changed since: the share counts."""
    if found.verdict in _OPEN:
        return None
    return _share(found.score, found.max_score) * of


def _share(score: float, of: float) -> float:
    return score / of if of > 0 else 0.0


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, 6)


def _sum(parts: Iterable[Part]) -> float:
    return total([part.score or 0.0 for part in parts])
