"""Writing grades to files, each to a temporary one that is then renamed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.errors import UsageError
from grader.notebook.build import write_whole
from grader.render.grades import Grades
from grader.render.gradescope import results_json
from grader.render.html import Beside, class_page, student_page, term_page
from grader.render.junit import junit
from grader.render.number import number
from grader.render.sheets import MOODLE_ID, Column, canvas, column, moodle, reasons, table
from grader.render.worth import Worth
from grader.submissions.names import folded, stand_in, student_problem

Format = Literal["csv", "canvas", "moodle", "gradescope", "junit", "html"]
SUFFIXES: dict[str, str] = {"csv": ".csv", "canvas": ".csv", "moodle": ".csv", "junit": ".xml"}


@dataclass(frozen=True)
class Written:
    """What an export wrote: the file to open first, all files, and what to know of them."""

    first: Path
    files: tuple[Path, ...]
    said: tuple[str, ...] = ()
    """What the files hold nothing of, and of students whose grade is no plain one, why."""


def default_out(root: Path, name: str, kind: Format) -> Path:
    """Where an export goes if nobody says: below build/exports of the course."""
    return root / "build" / "exports" / f"{name}-{kind}{SUFFIXES.get(kind, '')}"


def export(
    grades: Grades,
    kind: Format,
    out: Path,
    heading: str = "",
    id_column: str = "",
    beside: Callable[[Worth], Beside] = lambda one: Beside(),
) -> Written:
    """Write grades.

    Args:
        grades: the results.
        kind: the format.
        out: the file; for html and gradescope a folder (or, for a single submission, a file that
            ends in .html or .json).
        heading: the name of the column in Canvas or Moodle, the assignment's title if empty.
        id_column: the column that holds the student ids there, if it is not the usual one.
        beside: what stands on a student's page besides results.

    Raises:
        UsageError: the results cannot be written in this format, or not there.
    """
    try:
        if kind == "html":
            return _pages(grades, out, beside)
        if kind == "gradescope":
            return _gradescope(grades, out)
        if kind in ("canvas", "moodle"):
            return _import(grades, kind, out, column(grades, heading), id_column)
        path = write_whole(out, table(grades) if kind == "csv" else junit(grades))
    except OSError as error:
        raise UsageError(f"--out: {out} cannot be written: {error.strerror}") from error
    return Written(path, (path,), _said(grades))


def export_term(title: str, sheets: Sequence[Grades], out: Path) -> Written:
    """Write the page of a term.

    Args:
        title: of the course.
        sheets: the grades of its assignments, in the order of the course; at least one.
        out: the file.

    Raises:
        UsageError: it cannot be written there.
    """
    try:
        path = write_whole(out, term_page(title, sheets))
    except OSError as error:
        raise UsageError(f"--out: {out} cannot be written: {error.strerror}") from error
    return Written(path, (path,))


def _said(grades: Grades) -> tuple[str, ...]:
    """What the totals lack, and everybody who has no plain one."""
    lacks = [grades.left_to_say] if grades.left_to_say else []
    shown = grades.worths if grades.booked else [one.without_written() for one in grades.worths]
    return (*lacks, *(f"{one.student}: {one.reason}" for one in shown if one.reason))


def _import(grades: Grades, kind: str, out: Path, made: Column, id_column: str) -> Written:
    """A file to import grades from, and beside it why a student has no plain grade there."""
    if kind == "canvas":
        text = canvas([made], id_column or "SIS Login ID", grades.names)
    else:
        text = moodle([made], id_column or MOODLE_ID)
    path = write_whole(out, text)
    why = write_whole(out.with_name(f"{out.stem}-reasons.csv"), reasons(made))
    return Written(path, (path, why), import_notes(grades, made))


def import_notes(grades: Grades, made: Column) -> tuple[str, ...]:
    """What the person who imports the grades must know."""
    notes = []
    if grades.left_to_say:
        notes.append(
            f"{grades.left_to_say} These are the points of the exercises alone, out of "
            f"{number(made.possible)}; `chainrule grade {grades.assignment}` without a path enters "
            "the class into nbgrader's gradebook, and its totals come from there."
        )
    for student, reason in made.reasons.items():
        where = "no row" if student not in made.scores else number(made.scores[student]) or "blank"
        where = "no grade" if student in made.excused else where
        notes.append(f"{student} ({where}): {reason}")
    if any(score is None for score in made.scores.values()):
        notes.append('A blank cell means "no grade": it clears one that is there already.')
    if any(student not in made.scores for student in made.reasons):
        notes.append("Who has no row keeps what is there.")
    return tuple(notes)


def _pages(grades: Grades, out: Path, beside: Callable[[Worth], Beside]) -> Written:
    if out.suffix == ".html":
        one = _only(grades, out)
        path = write_whole(out, student_page(*grades.told(one), beside(one)))
        return Written(path, (path,), _said(grades))
    names = file_names(grades)
    files = [
        write_whole(out / "students" / f"{name}.html", student_page(*grades.told(one), beside(one)))
        for name, one in zip(names, grades.worths, strict=True)
    ]
    links = {place: f"students/{name}.html" for place, name in enumerate(names)}
    first = write_whole(out / "index.html", class_page(grades, links))
    return Written(first, (first, *files), _said(grades))


def _gradescope(grades: Grades, out: Path) -> Written:
    if out.suffix == ".json":
        path = write_whole(out, results_json(*grades.told(_only(grades, out))))
        return Written(path, (path,), _said(grades))
    files = tuple(
        write_whole(out / name / "results.json", results_json(*grades.told(one)))
        for name, one in zip(file_names(grades), grades.worths, strict=True)
    )
    return Written(files[0] if files else out, files, _said(grades))


def _only(grades: Grades, out: Path) -> Worth:
    found = grades.handed_in
    if len(found) != 1:
        raise UsageError(
            f"--out: {out} holds one submission, and there are {len(found)}; name a folder"
        )
    return found[0]


def file_names(grades: Grades) -> list[str]:
    """A harmless file name for each student: the student's id where it is one, no two alike."""
    names: list[str] = []
    taken: set[str] = set()
    for one in grades.worths:
        student = one.student
        plain = name = stand_in(student) if student_problem(student) else student
        number = 1
        while folded(name) in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(folded(name))
        names.append(name)
    return names
