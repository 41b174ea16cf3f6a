"""Running the real `otter assign`, and holding what it made for students against our sources."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.course.syllabus import Course
from grader.errors import CourseError, GraderError
from grader.languages import machine
from grader.notebook import in_language, notebook_text, read_assignment
from grader.notebook.build import verify, write_whole
from grader.notebook.composing import YOUR_TEXT
from grader.notebook.model import Example, Notebook, Prompt, Stub
from grader.notebook.otter_cells import CHECK, CHECK_ALL, EXPORT, INIT
from grader.otter.bundle import Grading, write_bundle
from grader.otter.master import master

_SECONDS = 300
_TOP = frozenset({"chainrule", "kernelspec", "language_info", "otter"})
_CELL = frozenset({"tags", "editable", "deletable", "otter"})
_MARKS = re.compile(r"<!-- (?:BEGIN|END) QUESTION -->|^_Points:_ [0-9.]+$", re.MULTILINE)
_SUBMISSION = re.compile(r"## Submission\n|---\n\nTo double-check your work")


@dataclass(frozen=True)
class Assigned:
    """What was written: otter's notebook, the students' and the answers', and the autograder."""

    master: Path
    student: Path
    answers: Path
    autograder: Path


def assign(course: Course, name: str, out: Path, grading: Grading, language: str = "") -> Assigned:
    """Write `out`/master, student, answers and autograder.zip.

    Everything is made in a folder beside `out` and moved in only when it has been looked through.

    Args:
        course: the course.
        name: the assignment.
        out: a folder.
        grading: how the autograder is to confine student code.
        language: of the notebooks; the course's own by default.

    Raises:
        CourseError: the assignment is wrong, or otter cannot render it faithfully.
        GraderError: otter failed.
    """
    verify(course, name)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}.", dir=out.parent) as made:
        work = Path(made)
        files = _copy_files(course.root / "assignments" / name, work / "master")
        source = work / "master" / f"{name}.ipynb"
        own = course.in_language(language) if language else course
        write_whole(source, notebook_text(master(own, name, files)))
        _run_otter(source, work / "assigned")
        student = work / "assigned" / "student"
        check_student_side(own, name, student, files)
        write_bundle(course, name, work / "autograder.zip", grading)
        out.mkdir(exist_ok=True)
        _move(work / "master", out / "master")
        _move(student, out / "student")
        _move(work / "assigned" / "autograder", out / "answers")
        _move(work / "autograder.zip", out / "autograder.zip")
    notebook = f"{name}.ipynb"
    return Assigned(
        out / "master" / notebook,
        out / "student" / notebook,
        out / "answers" / notebook,
        out / "autograder.zip",
    )


def _copy_files(folder: Path, into: Path) -> tuple[str, ...]:
    """Copy what stands beside an assignment's notebook, its catalogues aside; return the paths."""
    found = [
        path.relative_to(folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != f"{folder.name}.py" and not _hidden(path, folder)
    ]
    for path in found:
        (into / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / path, into / path)
    return tuple(path.as_posix() for path in found)


def _hidden(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    catalogue = len(parts) == 1 and path.match("words.*.yml")
    return catalogue or any(part.startswith(".") or part == "__pycache__" for part in parts)


def _run_otter(source: Path, result: Path) -> None:
    command = [sys.executable, "-m", "otter", "assign", "--no-pdfs", "--no-run-tests"]
    try:
        done = subprocess.run(
            [*command, source.name, str(result)],
            cwd=source.parent,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise GraderError(f"otter assign did not end within {_SECONDS} s") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise GraderError(f"otter assign failed (exit code {done.returncode}):\n{said}")


def _move(source: Path, target: Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)


def check_student_side(course: Course, name: str, folder: Path, files: tuple[str, ...]) -> None:
    """Refuse a students' folder that is not exactly the student's side.

    Every code cell must be ours or otter's own, in order; all text must stand in the assignment.

    Raises:
        CourseError: what differs, all of it: otter took a line for a mark of its own.
    """
    notebook = in_language(read_assignment(course, name), course.language)
    made = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    blank = machine(course.language).say(YOUR_TEXT)
    found = [*_files(folder, {f"{name}.ipynb", *files}), *_cells(notebook, made, blank)]
    if found:
        listed = "\n".join(f"  {line}" for line in found)
        raise CourseError(
            f"{notebook.path}: otter does not render this assignment as it is written:\n{listed}\n"
            "Look for comments that otter reads, such as # SOLUTION, # IGNORE or # SEED"
        )


def _files(folder: Path, wanted: set[str]) -> Iterator[str]:
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    for path in sorted(there ^ wanted):
        yield f"{path}: {'not ours' if path in there else 'missing'}"


def _cells(notebook: Notebook, made: dict[str, Any], blank: str) -> Iterator[str]:
    wanted = list(_wanted_code(notebook))
    codes = [_text(cell) for cell in made["cells"] if cell["cell_type"] == "code"]
    if len(codes) != len(wanted):
        yield f"{len(codes)} code cells, not {len(wanted)}"
    for number, (code, ours) in enumerate(zip(codes, wanted, strict=False), 1):
        if code.strip() != ours.strip():
            yield f"code cell {number} begins {ours.strip()[:60]!r} here, {code[:60]!r} there"
    texts = {cell.markdown.strip() for cell in notebook.cells if isinstance(cell, Prompt)}
    texts |= {blank, ""}
    for key in made["metadata"].keys() - _TOP:
        yield f"metadata: {key}"
    for number, cell in enumerate(made["cells"], 1):
        if cell.get("outputs") or cell["metadata"].keys() - _CELL:
            yield f"cell {number}: outputs or metadata that nobody asked for"
        if cell["cell_type"] != "code":
            text = _MARKS.sub("", _text(cell)).strip()
            if text not in texts and not _SUBMISSION.match(text):
                yield f"cell {number}: {cell['cell_type']} {text[:60]!r}"


def _wanted_code(notebook: Notebook) -> Iterator[str]:
    with_tests = {cell.exercise for cell in notebook.cells if isinstance(cell, Example)}
    yield INIT.format(name=notebook.name)
    for cell in notebook.cells:
        if isinstance(cell, Stub):
            yield cell.source
            if cell.exercise in with_tests:
                yield CHECK.format(exercise=cell.exercise)
        elif not isinstance(cell, Prompt | Example):
            yield cell.source
    yield CHECK_ALL
    yield EXPORT


def _text(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else str(source)
