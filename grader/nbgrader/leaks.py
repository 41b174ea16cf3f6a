"""A last look at a release: whether anything of the instructor's side is in it.

Two independent looks. The first allows only what is known: each cell is the source's cell with
its solution regions taken out, no outputs, no metadata but nbgrader's. The second searches the
files' texts for the course's seed and for lines that occur on the instructor's side only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.course.lesson import load_lesson
from grader.course.secret import secret_seed
from grader.course.slips.hints import hints_of, without_hints
from grader.course.syllabus import Course
from grader.course.written import load_written
from grader.errors import CourseError
from grader.nbgrader.blanks import Blanks

LONG = 24  # characters of a line that is no coincidence
_TOP = frozenset({"chainrule", "kernelspec", "language_info"})
_CELL = frozenset({"nbgrader", "deletable", "editable"})
_KEYS = frozenset({"cell_type", "id", "metadata", "source", "outputs", "execution_count"})


def check_release(course: Course, name: str, source: Path, folder: Path) -> None:
    """Refuse a release that holds more than the student's side.

    Args:
        course: the course.
        name: the assignment.
        source: nbgrader's source notebook, with answers.
        folder: the release.

    Raises:
        CourseError: what was found, and where; all of it.
    """
    found = [*_files(name, folder)]
    notebook = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    blanks = Blanks.of(course.language)
    found += _not_of_source(json.loads(source.read_text(encoding="utf-8")), notebook, blanks)
    hidden = dict(secrets(course, name))
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        found += _in_bytes(path, hidden)
    if found:
        listed = "\n".join(f"  {line}" for line in dict.fromkeys(found))
        raise CourseError(f"{folder}: not released, because it holds what students must not see:\n"
                          f"{listed}")  # fmt: skip


def _files(name: str, folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.name != f"{name}.ipynb":
            yield f"{path.name}: a file that the build did not make"


def _not_of_source(
    source: dict[str, Any], released: dict[str, Any], blanks: Blanks
) -> Iterator[str]:
    for key in released["metadata"].keys() - _TOP:
        yield f"metadata.{key}: not made by the build"
    ours, theirs = source["cells"], released["cells"]
    if len(ours) != len(theirs):
        yield f"{len(theirs)} cells, of a source with {len(ours)}"
    for number, (ours_cell, cell) in enumerate(zip(ours, theirs, strict=False), 1):
        where = f"cell {number}"
        if _text(cell) != without_solutions(_text(ours_cell), ours_cell, blanks):
            yield f"{where}: its text is not the source's without the solution"
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"{where}: outputs"
        for key in [*(cell.keys() - _KEYS), *(cell["metadata"].keys() - _CELL)]:
            yield f"{where}: {key}, not made by the build"


def without_solutions(text: str, cell: dict[str, Any], blanks: Blanks | None = None) -> str:
    """What nbgrader leaves of a source cell: each solution region becomes the stub."""
    blanks = blanks or Blanks.of("en")
    blank = blanks.code if cell["cell_type"] == "code" else blanks.text
    lines: list[str] = []
    inside = replaced = False
    for line in text.split("\n"):
        if "BEGIN SOLUTION" in line:
            inside = replaced = True
            indent = line[: len(line) - len(line.lstrip())]
            lines += [indent + stub for stub in blank.split("\n")]
        elif "END SOLUTION" in line:
            inside = False
        elif not inside:
            lines.append(line)
    if cell["metadata"].get("nbgrader", {}).get("solution") and not replaced:
        return blank
    return "\n".join(lines)


def _text(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else str(source)


def secrets(course: Course, name: str) -> Iterator[tuple[str, str]]:
    """(text, what it is) of all that must not be found."""
    yield secret_seed(course.root), "the course's secret seed"
    lesson = load_lesson(course, name)
    public = (course.root / "assignments" / name / f"{name}.py").read_text(encoding="utf-8")
    for mistake in lesson.mistakes:
        yield mistake.name, "the name of a mistake"
        if mistake.hint not in public:  # a hint may repeat what the prompt says
            yield mistake.hint, "the hint of a mistake"
    for hint in sorted(hints_of(lesson.answers_source, str(lesson.answers_path)).texts):
        yield hint, "a hint in answers.py"
    shown = {line.strip() for line in public.split("\n")}
    for path in sorted((course.root / "solutions" / name).glob("*.py")):
        for line in without_hints(path.read_text(encoding="utf-8")).split("\n"):
            # Imports stand on both sides; what is public anyway is no secret.
            text = line.strip()
            if len(text) >= LONG and text not in shown and not _common(text, public):
                yield text, f"a line of {path.name}"
    for question, answer in load_written(course, name).items():
        for line in answer.markdown().split("\n"):
            text = line.strip()
            if len(text) >= LONG and not _common(text, public):
                yield text, f"the model answer or rubric of {question}"


def _common(text: str, public: str) -> bool:
    # A quoted text of the notebook's, a long exercise's name say, is as public as the text.
    return text.startswith(("import ", "from ", '"""')) or text.strip("#* \"',") in public


def _in_bytes(path: Path, secrets: dict[str, str]) -> Iterator[str]:
    payload = path.read_bytes()
    texts = [payload.decode("utf-8", errors="replace")]
    if path.suffix == ".ipynb":
        texts += _strings(json.loads(payload))
    for secret, what in secrets.items():
        if any(_holds(text, secret) for text in texts):
            yield (
                f"{path.name}: {what} ({secret[:40]!r})"
                if "seed" not in what
                else (f"{path.name}: {what}")
            )


def _holds(text: str, secret: str) -> bool:
    at = text.find(secret)
    while at >= 0:
        around = text[at - 1 : at] + text[at + len(secret) : at + len(secret) + 1]
        if not any(character.isalnum() or character == "_" for character in around):
            return True
        at = text.find(secret, at + 1)
    return False


def _strings(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(line, str) for line in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)
