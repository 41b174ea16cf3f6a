"""Answers that are alike: what two students wrote into the cells of the exercises, compared.

The comparison is copydetect's (winnowing, as MOSS does it): names, white space and comments do not
count. Lines that the release has are left out first, and so is what much of the class has alike.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from grader.course.arrangements import arranged
from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.nbgrader.desk import Desk
from grader.nbgrader.progress import Show, unseen
from grader.term.answers import written_by_class

CAUTION = (
    "This page shows that texts are alike, and proves no more. A short exercise has one natural "
    "answer; all heard the same lecture; who worked together may have been allowed to. It does not "
    "see what was rewritten by hand, and cannot tell who had it first. Read both, and talk with "
    "both, before you conclude anything."
)
_K, _WINDOW = 20, 5  # characters of code without names and spaces; any match of 24 is found
_LEAST = 40  # such characters alike, from which a pair tells anything
_MANY = 9  # students, from which what a third has alike says nothing
Lines = tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Part:
    """One exercise of a pair: lines of both, each with whether the other has it, too."""

    exercise: str
    percent: int
    left: Lines
    right: Lines


@dataclass(frozen=True)
class Pair:
    """Two students, how much of their own code is alike, and where; the most alike first."""

    one: str
    other: str
    percent: int
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Similar:
    """What was found; `short` are exercises of which no answer was long enough."""

    assignment: str
    compared: int
    pairs: tuple[Pair, ...]
    short: tuple[str, ...]
    common: bool
    """Whether what much of the class has alike was left out."""


def similar(course: Course, name: str, at_least: int, show: Show = unseen) -> Similar:
    """Compare a class that was collected.

    Args:
        course: the course.
        name: the assignment.
        at_least: percent of what both wrote that is alike, from which a pair is shown.
        show: told how many pairs are compared, and of how many.

    Raises:
        UsageError: copydetect is not installed, or nothing was collected.
        GraderError: it was not released.
    """
    kit, plan = _copydetect(), course.plan(name)
    answers, held = written_by_class(course, name), arranged(course, name)
    released = _released_lines(course, name)
    own = {
        student: {exercise: _own(texts.get(exercise, ""), released) for exercise in plan.points}
        for student, texts in answers.items()
    }
    prints = {student: _fingerprints(kit, texts) for student, texts in own.items()}
    common = _common(prints)
    for one in prints.values():
        for fingerprint in one.values():
            _without(kit, fingerprint, common)
    pairs = [
        pair
        for one, other in _shown(sorted(prints), show)
        if other not in held.members(one)
        and (pair := _pair(kit, one, other, prints)).percent >= at_least
    ]
    pairs.sort(key=lambda pair: (-pair.percent, pair.one, pair.other))
    long = {exercise for one in prints.values() for exercise in one}
    short = tuple(exercise for exercise in plan.points if exercise not in long)
    return Similar(name, len(prints), tuple(pairs), short, bool(common))


def _shown(students: list[str], show: Show) -> Iterator[tuple[str, str]]:
    """Every pair; told once for each student how far that is."""
    count = len(students)
    whole = count * (count - 1) // 2
    first = ""
    for done, (one, other) in enumerate(combinations(students, 2)):
        if one != first:
            show(done, whole)
            first = one
        yield one, other
    show(whole, whole)


def _copydetect() -> Any:
    try:
        import copydetect
    except ImportError:
        raise UsageError(
            "`chainrule similar` compares by copydetect, which is not installed; "
            "install it with: pip install 'chainrule[similar]'"
        ) from None
    return copydetect


def _released_lines(course: Course, name: str) -> set[str]:
    """Every line of the release, in any of the course's languages."""
    desk = Desk(course, name)
    return {
        line.strip()
        for language in course.editions
        for cell in desk.released(language).cells
        for line in cell.source.split("\n")
    }


def _own(text: str, released: set[str]) -> str:
    """An answer without the lines that the release has."""
    kept = [line for line in text.split("\n") if line.strip() and line.strip() not in released]
    return "\n".join(kept)


def _fingerprints(kit: Any, texts: Mapping[str, str]) -> dict[str, Any]:
    """The fingerprint of each exercise that is long enough to have one."""
    found = {}
    for exercise, text in texts.items():
        filtered, _ = kit.utils.filter_code(text, f"{exercise}.py", "python")
        if len(filtered) >= _K + _WINDOW:
            found[exercise] = kit.CodeFingerprint(
                f"{exercise}.py", _K, _WINDOW, language="python", fp=io.StringIO(text)
            )
    return found


def _common(prints: Mapping[str, Mapping[str, Any]]) -> frozenset[int]:
    """The hashes that more than a third of the class has, where the class is large enough."""
    if len(prints) < _MANY:
        return frozenset()
    counts: Counter[int] = Counter()
    for one in prints.values():
        counts.update({value for fingerprint in one.values() for value in fingerprint.hashes})
    return frozenset(value for value, count in counts.items() if 3 * count > len(prints))


def _without(kit: Any, fingerprint: Any, common: Iterable[int]) -> None:
    fingerprint.hashes = fingerprint.hashes - set(common)
    fingerprint.hash_idx = {
        value: places
        for value, places in fingerprint.hash_idx.items()
        if value in fingerprint.hashes
    }
    fingerprint.token_coverage = kit.utils.get_token_coverage(
        fingerprint.hash_idx, _K, len(fingerprint.filtered_code)
    )


def _pair(kit: Any, one: str, other: str, prints: Mapping[str, Mapping[str, Any]]) -> Pair:
    parts, alike = [], 0.0
    whole = sum(float(f.token_coverage) for s in (one, other) for f in prints[s].values())
    for exercise, left in prints[one].items():
        right = prints[other].get(exercise)
        if right is None or not left.hashes & right.hashes:
            continue
        _, shares, slices = kit.compare_files(left, right)
        same = shares[0] * left.token_coverage + shares[1] * right.token_coverage
        alike += float(same)
        percent = _percent(same, left.token_coverage + right.token_coverage)
        parts.append(Part(exercise, percent, _lines(left.raw_code, slices[0]),
                          _lines(right.raw_code, slices[1])))  # fmt: skip
    parts.sort(key=lambda part: (-part.percent, part.exercise))
    percent = _percent(alike, whole) if alike >= 2 * _LEAST else 0
    return Pair(one, other, percent, tuple(parts))


def _percent(part: float, whole: float) -> int:
    return min(100, round(100 * float(part) / float(whole))) if whole else 0


def _lines(text: str, slices: Any) -> Lines:
    """The lines of a text, each with whether a slice of characters touches it."""
    spans = [(int(start), int(end)) for start, end in zip(*slices, strict=True)]
    found, at = [], 0
    for line in text.split("\n"):
        end = at + len(line)
        found.append((line, any(start < end and stop > at for start, stop in spans)))
        at = end + 1
    return tuple(found)
