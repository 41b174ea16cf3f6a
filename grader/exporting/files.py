"""Writing grades to files, each to a temporary one that is then renamed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.errors import UsageError
from grader.notebook.build import write_whole
from grader.render.grades import Grades, why_open
from grader.render.gradescope import results_json
from grader.render.html import class_page, student_page
from grader.render.junit import junit
from grader.render.sheets import MOODLE_ID, canvas, column, moodle, table
from grader.results import SubmissionResult
from grader.submissions.names import folded, stand_in, student_problem

Format = Literal["csv", "canvas", "moodle", "gradescope", "junit", "html"]
SUFFIXES: dict[str, str] = {"csv": ".csv", "canvas": ".csv", "moodle": ".csv", "junit": ".xml"}


@dataclass(frozen=True)
class Written:
    """What an export wrote: the file to open first, all files, and who was left out and why."""

    first: Path
    files: tuple[Path, ...]
    left_out: dict[str, str]


def default_out(root: Path, name: str, kind: Format) -> Path:
    """Where an export goes if nobody says: below build/exports of the course."""
    return root / "build" / "exports" / f"{name}-{kind}{SUFFIXES.get(kind, '')}"


def export(
    grades: Grades, kind: Format, out: Path, heading: str = "", id_column: str = ""
) -> Written:
    """Write grades.

    Args:
        grades: the results.
        kind: the format.
        out: the file; for html and gradescope a folder (or, for a single submission, a file that
            ends in .html or .json).
        heading: the name of the column in Canvas or Moodle, the assignment's title if empty.
        id_column: the column that holds the student ids there, if it is not the usual one.

    Raises:
        UsageError: the results cannot be written in this format, or not there.
    """
    try:
        if kind == "html":
            return _pages(grades, out)
        if kind == "gradescope":
            return _gradescope(grades, out)
        left_out: dict[str, str] = {}
        if kind == "csv":
            text = table(grades)
        elif kind == "junit":
            text = junit(grades)
        else:
            columns = [column(grades, heading)]
            left_out = {s.student: why for s in grades.submissions if (why := why_open(s))}
            if kind == "canvas":
                text = canvas(columns, id_column or "SIS Login ID")
            else:
                text = moodle(columns, id_column or MOODLE_ID)
        path = write_whole(out, text)
    except OSError as error:
        raise UsageError(f"--out: {out} cannot be written: {error.strerror}") from error
    return Written(path, (path,), left_out)


def _pages(grades: Grades, out: Path) -> Written:
    if out.suffix == ".html":
        path = write_whole(out, student_page(grades, _only(grades, out)))
        return Written(path, (path,), {})
    names = file_names(grades)
    files = [
        write_whole(out / "students" / f"{name}.html", student_page(grades, submission))
        for name, submission in zip(names, grades.submissions, strict=True)
    ]
    links = {place: f"students/{name}.html" for place, name in enumerate(names)}
    first = write_whole(out / "index.html", class_page(grades, links))
    return Written(first, (first, *files), {})


def _gradescope(grades: Grades, out: Path) -> Written:
    if out.suffix == ".json":
        path = write_whole(out, results_json(grades, _only(grades, out)))
        return Written(path, (path,), {})
    files = tuple(
        write_whole(out / name / "results.json", results_json(grades, submission))
        for name, submission in zip(file_names(grades), grades.submissions, strict=True)
    )
    return Written(files[0] if files else out, files, {})


def _only(grades: Grades, out: Path) -> SubmissionResult:
    if len(grades.submissions) != 1:
        raise UsageError(
            f"--out: {out} holds one submission, and there are {len(grades.submissions)}; "
            "name a folder"
        )
    return grades.submissions[0]


def file_names(grades: Grades) -> list[str]:
    """A harmless file name for each submission: the student's id where it is one, no two alike."""
    names: list[str] = []
    taken: set[str] = set()
    for submission in grades.submissions:
        student = submission.student
        plain = name = stand_in(student) if student_problem(student) else student
        number = 1
        while folded(name) in taken:
            number += 1
            name = f"{plain}-{number}"
        taken.add(folded(name))
        names.append(name)
    return names
