"""`chainrule regrade`: what the present checks would change in a class's marks, and changing it.

A submission is graded again in its own round: by cases of the same kind as before, so that what
changes has its reason in the checks, and not in other numbers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from grader.course.arrangements import arranged
from grader.course.late import late_penalty
from grader.course.roster import members
from grader.course.rounds import round_of
from grader.course.syllabus import Course, Late
from grader.errors import UsageError
from grader.exporting.book import Book
from grader.exporting.gathering import reckon, stored
from grader.grading.aside import Aside
from grader.grading.grading import Options, grade_class
from grader.grading.history import note_superseded
from grader.grading.keeping import opened, unsaved_folder
from grader.grading.store import Record
from grader.nbgrader.places import places_of
from grader.nbgrader.totals import book_of, names_of
from grader.render.number import number
from grader.render.worth import MISSING, Entry, Worth
from grader.results import ExerciseResult, Report, SubmissionResult

Progress = Callable[[int, int, SubmissionResult | None], None]


@dataclass(frozen=True)
class Change:
    """One student whose mark changes: points before and after (None: no mark), and why."""

    student: str
    before: float | None
    after: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Regrade:
    """What a regrade would do; nothing of it is written yet."""

    changes: tuple[Change, ...]
    unchanged: int
    failed: tuple[str, ...]
    """Students on whom the grader failed: their marks stay."""
    report: Report
    records: tuple[Record, ...]
    replaced: tuple[SubmissionResult, ...]
    """The results whose place others would take."""


def regrade(
    course: Course,
    name: str,
    options: Options,
    progress: Progress = lambda done, of, last: None,
) -> Regrade:
    """Grade the class again by the present checks, and compare.

    Raises:
        UsageError: the class was not graded yet, or nothing is collected.
        CourseError, GraderError: as for grading.
    """
    course.plan(name)
    before = {one.student: one for one in stored(course, name)}
    if not before:
        raise UsageError(f"{name} is not graded yet; run `chainrule grade {name}` first")
    report, records = _graded_again(course, name, options, before, progress)
    failed = {one.student for one in report.submissions if one.status == "grader_error"}
    kept = tuple(one for one in records if one.result.student not in failed)
    now = before | {one.result.student: one.result for one in kept if one.delivered}
    changes = tuple(_changes(course, name, before, now))
    changed = {s for s, one in now.items() if s in before and _other(before[s], one)}
    return Regrade(
        changes,
        len(now) - len({one.student for one in changes} & set(now)),
        tuple(sorted(failed)),
        report.model_copy(update={"submissions": tuple(now.values())}),
        kept,
        tuple(before[student] for student in sorted(changed)),
    )


def write(course: Course, name: str, found: Regrade) -> None:
    """Write what a regrade found into the store, in one transaction; what was there is kept.

    Raises:
        GraderError: the database refused; then nothing is written.
    """
    why = {one.student: "; ".join(one.reasons) for one in found.changes}
    old = [(one, why.get(one.student) or "its mark stays") for one in found.replaced]
    with opened(course) as store:
        store.put_all(found.records, lambda connection: note_superseded(connection, name, old))


def as_json(name: str, found: Regrade) -> str:
    """The marks that change, for a program to read."""
    whole = {
        "schema": 1,
        "assignment": name,
        "changes": [asdict(one) for one in found.changes],
        "unchanged": found.unchanged,
        "failed": found.failed,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _graded_again(
    course: Course,
    name: str,
    options: Options,
    before: Mapping[str, SubmissionResult],
    progress: Progress,
) -> tuple[Report, list[Record]]:
    """The class's results, each of its own round, and the records of them."""
    newest = round_of(course, name)
    rounds = {student: one.round for student, one in before.items()}
    records: list[Record] = []
    found: dict[str, SubmissionResult] = {}
    report = None
    with opened(course) as store:
        for number_ in sorted({*rounds.values()}):
            aside = Aside(store, unsaved_folder(course), members(course))
            pinned = _pinned(course, name, number_)
            path = places_of(course).submitted
            report = grade_class(pinned, name, path, options, aside, progress)
            last = number_ == max(rounds.values())
            mine = {s for s in (one.student for one in report.submissions)
                    if rounds.get(s) == number_ or (last and s not in rounds)}  # fmt: skip
            found |= {one.student: one for one in report.submissions if one.student in mine}
            records += [one for one in aside.records if one.result.student in mine]
    assert report is not None
    whole = tuple(found[student] for student in sorted(found))
    return report.model_copy(update={"submissions": whole, "round": newest}), records


def _pinned(course: Course, name: str, number_: int) -> Course:
    plan = course.plan(name).model_copy(update={"round": number_})
    return course.model_copy(update={"assignments": {**course.assignments, name: plan}})


def _changes(
    course: Course,
    name: str,
    before: Mapping[str, SubmissionResult],
    now: Mapping[str, SubmissionResult],
) -> Iterator[Change]:
    book = book_of(course, name)
    after = book and replace(book, entries={
        student: _entered(entry, now.get(student), course.late)
        for student, entry in book.entries.items()
    })  # fmt: skip
    old, new = _worths(course, name, before, book), _worths(course, name, now, after)
    for student, one in new.items():
        was = old.get(student)
        if was is None or (was.total, was.standing) != (one.total, one.standing):
            yield Change(student, was.total if was else None, one.total, tuple(_reasons(was, one)))


def _worths(
    course: Course, name: str, results: Mapping[str, SubmissionResult], book: Book | None
) -> dict[str, Worth]:
    found = reckon(
        course, name, results.values(), {}, book, names_of(course), missing=MISSING,
        held=arranged(course, name),
    )  # fmt: skip
    return {one.student: one for one in found.worths}


def _entered(entry: Entry, result: SubmissionResult | None, late: Late) -> Entry:
    """What the gradebook will hold once a result is entered: a person's scores stay."""
    if result is None:
        return entry
    scored = {one.name: one for one in result.exercises}
    marks = {
        name: replace(mark, auto=_share(scored[name], mark.possible)) if name in scored else mark
        for name, mark in entry.marks.items()
    }
    given = [m.auto if m.manual is None else m.manual for m in marks.values()]
    score = sum(one or 0.0 for one in given) + sum(mark.extra for mark in marks.values())
    return replace(entry, marks=marks, penalty=late_penalty(late, score, entry.seconds_late))


def _share(one: ExerciseResult, possible: float) -> float | None:
    if one.verdict in ("deferred", "grader_error") or not one.max_score:
        return None
    return round(one.score / one.max_score * possible, 6)


def _reasons(was: Worth | None, now: Worth) -> Iterator[str]:
    """Why a mark changes, exercise by exercise."""
    if was is None or was.result is None:
        yield "was not graded before"
        return
    if now.result is None:
        return
    if was.by != now.by or was.result.sha256 != now.result.sha256:
        yield "another file was handed in since"
    if was.standing != now.standing:
        yield f"{was.standing} → {now.standing}: {now.reason or now.result.message}".rstrip(": ")
    old = {one.name: one for one in was.result.exercises}
    for one in now.result.exercises:
        before = old.get(one.name)
        if before is None or (before.verdict, before.score) != (one.verdict, one.score):
            yield _reason(before, one)
    if was.penalty != now.penalty:
        yield f"lateness: −{number(was.penalty)} → −{number(now.penalty)}"


def _reason(before: ExerciseResult | None, now: ExerciseResult) -> str:
    was = f"{before.verdict} {number(before.score)}" if before else "new"
    said = (now.hint or now.message).partition("\n")[0] if now.verdict != "passed" else ""
    became = f"{now.name}: {was} → {now.verdict} {number(now.score)}"
    return f"{became} ({said})" if said else became


def _other(was: SubmissionResult, now: SubmissionResult) -> bool:
    aside = {"seconds", "student", "file", "message"}
    return was.model_dump(exclude=aside) != now.model_dump(exclude=aside)
