"""What every export is a pure function of: a class's worths, and what course.yml says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from grader.render.clusters import clusters_of
from grader.render.worth import Offer, Worth


@dataclass(frozen=True)
class Grades:
    """One assignment of a class, a `Worth` each.

    `titles` are what a student reads for an exercise, if known; `names` the students' names.
    `isolation` and `device` are "" where the results do not say.
    """

    assignment: str
    title: str
    worths: tuple[Worth, ...]
    offer: Offer
    titles: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    editions: Mapping[str, Grades] = field(default_factory=dict)
    """In each other language the grades of those who handed in a notebook in it."""
    isolation: str = ""
    device: str = ""
    late: bool = False
    """Whether course.yml takes points off for coming late."""
    hints: str = "folded"
    """What is shown of a fuller hint: "first" nothing, "folded" or "both"."""
    due: datetime | None = None
    """When it is due for whom nothing else is arranged; None where nobody said."""
    zone: str = "UTC"
    """The time zone that dates are told in."""
    median: float | None = None
    """The class's in percent, for students to see; None where they may not, or too few have one."""
    booked: bool = False
    """Whether a gradebook's manual scores, written questions and late penalties are in here."""

    def told(self, one: Worth) -> tuple[Grades, Worth]:
        """A student's worth, and the grades that it is among, in the language of the notebook."""
        for edition in self.editions.values():
            for other in edition.worths:
                if other.student == one.student and other.result is not None:
                    return edition, other
        return self, one

    @property
    def handed_in(self) -> tuple[Worth, ...]:
        """Those who handed something in."""
        return tuple(one for one in self.worths if one.standing not in ("missing", "excused"))

    @property
    def rounds(self) -> str:
        """In which rounds submissions were graded; "" if that is one."""
        found = [one.result for one in self.handed_in if one.result]
        counts = Counter(result.round for result in found if result.status == "graded")
        if len(counts) < 2:
            return ""
        listed = ", ".join(f"{counts[n]} in round {n}" for n in sorted(counts))
        return f"Graded in different rounds, whose hidden cases differ: {listed}."

    @property
    def left_to_say(self) -> str:
        """What the totals hold nothing of; "" where they hold all."""
        if self.booked or not (self.offer.written or self.late):
            return ""
        if not self.late:
            return "Written questions are not in here."
        if not self.offer.written:
            return "Late penalties are not in here."
        return "Written questions and late penalties are not in here."


def exercise_names(grades: Grades) -> list[str]:
    """The exercises that occur, in the order of the course; unknown ones last."""
    results = [one.result for one in grades.worths if one.result]
    seen = {e.name: None for result in results for e in result.exercises}
    points = grades.offer.points
    entered = any(one.result is None and one.standing == "graded" for one in grades.worths)
    return [n for n in points if n in seen or entered] + [n for n in seen if n not in points]


def counted(grades: Grades) -> tuple[Worth, ...]:
    """Those whose work tells something of the class: the work of a group once, of its first."""
    return tuple(one for one in grades.handed_in if one.by in ("", one.student))


@dataclass(frozen=True)
class Summary:
    """How a class did in one exercise; counts are of those with a result, most frequent first."""

    name: str
    count: int
    passed: int
    followed: int
    """Of these, how many given a right one of what they build on."""
    mean: float
    points: float
    verdicts: tuple[tuple[str, int], ...]
    mistakes: tuple[tuple[str, int], ...]
    unexplained: tuple[int, ...]
    """How many returned the same wrong result without a hint, for each such result."""


def summaries(grades: Grades) -> list[Summary]:
    """A summary of each exercise that has results, in the order of the course."""
    found = [_summary(grades, name) for name in exercise_names(grades)]
    return [summary for summary in found if summary.count]


def _summary(grades: Grades, name: str) -> Summary:
    held = [one for one in counted(grades) if one.result and one.standing != "unreadable"]
    results = [e for one in held if one.result for e in one.result.exercises if e.name == name]
    parts = [part for one in held if (part := one.part(name)) and part.score is not None]
    scores = [part.score or 0.0 for part in parts]
    verdicts = Counter[str](result.verdict for result in results)
    mistakes = Counter(result.mistake for result in results if result.mistake)
    return Summary(
        name,
        len(results),
        verdicts["passed"],
        sum(result.verdict == "passed" and bool(result.follow_through) for result in results),
        round(sum(scores) / len(scores), 2) if scores else 0.0,
        grades.offer.points.get(name, 0.0),
        tuple(verdicts.most_common()),
        tuple(mistakes.most_common(3)),
        tuple(cluster.size for cluster in clusters_of([w.result for w in held if w.result], name)),
    )
