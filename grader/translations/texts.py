"""Every text of an assignment that a student reads, with its translation where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from grader.course.lesson import Lesson, load_lesson, solutions_folder
from grader.course.slips.hints import hints_of
from grader.course.syllabus import Course
from grader.course.text import read_course_text
from grader.course.words import read_words
from grader.notebook.code_texts import code_texts
from grader.notebook.language import language_of, translations, words_path
from grader.notebook.marks import mark_of
from grader.notebook.model import Notebook, Prompt
from grader.notebook.reading import read_notebook
from grader.notebook.templates import pieces

Kind: TypeAlias = Literal[
    "prompt", "docstring", "comment", "message", "picture", "string", "title", "hint", "complaint"
]
KINDS: tuple[Kind, ...] = (
    *("prompt", "docstring", "comment", "message", "picture", "string"),
    *("title", "hint", "complaint"),
)


_SIDES = frozenset({"answers", "checks", "mistakes", "equivalents", "proofs"})
_NAME = re.compile(r"\S+ \S+")
"""Beside the checks, two words are a name, as in a table of data, and no complaint."""


@dataclass(frozen=True)
class Text:
    """A text that students read.

    Attributes:
        kind: a prompt; what people read in a code cell; a title of the course or an exercise, a
            hint, or what a driver or judge complains of.
        where: file and line.
        english: the original.
        said: the translation, None where there is none.
        stale: whether it translates another state of the original.
    """

    kind: Kind
    where: str
    english: str
    said: str | None
    stale: bool = False


@dataclass(frozen=True)
class Texts:
    """The texts of an assignment, and what stands in its catalogues without being one."""

    texts: tuple[Text, ...]
    unused: tuple[tuple[Path, str], ...] = field(default=())


def gather(course: Course, name: str, language: str) -> Texts:
    """The texts of an assignment and their translations into a language.

    Raises:
        CourseError: a file of the assignment cannot be read.
    """
    path = course.root / "assignments" / name / f"{name}.py"
    notebook = read_notebook(path)
    beside, hints = words_path(path, language), hints_path(course, name, language)
    titles = course.root / f"words.{language}.yml"
    code, sides, courses = read_words(beside), read_words(hints), read_words(titles)
    lesson = load_lesson(course, name)
    texts = [
        *_prompts(notebook, language),
        *_of_code(notebook, code),
        *_of_solutions(course, lesson, sides),
        Text(
            "title", f"{course.file}", course.plan(name).title, courses.get(course.plan(name).title)
        ),
        Text("title", f"{course.file}", course.title, courses.get(course.title)),
    ]
    known = {text.english for text in texts} | _optional(notebook)
    unused = [
        (file, english)
        for file, words in ((beside, code), (hints, sides))
        for english in words
        if english not in known and not lesson.left_out  # which may be what says it
    ]
    return Texts(tuple(texts), tuple(unused))


def hints_path(course: Course, name: str, language: str) -> Path:
    """Where an assignment's titles, hints and complaints are in a language."""
    return solutions_folder(course, name) / f"words.{language}.yml"


def _prompts(notebook: Notebook, language: str) -> Iterator[Text]:
    for place, cell in enumerate(notebook.cells):
        if isinstance(cell, Prompt) and not cell.lang:
            found = [p for p in translations(notebook, place) if p.lang == language]
            where = f"{notebook.path}:{cell.line}"
            said = found[0].markdown if found else None
            stale = bool(found) and found[0].of != mark_of(cell.markdown)
            yield Text("prompt", where, cell.markdown, said, stale)


def _of_code(notebook: Notebook, words: Mapping[str, str]) -> Iterator[Text]:
    seen: set[str] = set()
    for cell in notebook.cells:
        if isinstance(cell, Prompt) or language_of(cell):
            continue
        for text in code_texts(cell.source):
            if text.needed and text.text not in seen:
                seen.add(text.text)
                line = cell.line + cell.source.count("\n", 0, text.start)
                where = f"{notebook.path}:{line}"
                yield Text(text.kind, where, text.text, words.get(text.text))


def _optional(notebook: Notebook) -> set[str]:
    """What a catalogue may have, though it need not."""
    cells = (cell for cell in notebook.cells if not isinstance(cell, Prompt))
    return {text.text for cell in cells for text in code_texts(cell.source)}


def _of_solutions(course: Course, lesson: Lesson, words: Mapping[str, str]) -> Iterator[Text]:
    folder = solutions_folder(course, lesson.name)
    checks, mistakes, answers = (folder / f"{n}.py" for n in ("checks", "mistakes", "answers"))
    found: list[tuple[Kind, Path, str]] = [
        ("title", checks, exercise.title) for exercise in lesson.exercises.values()
    ]
    found += [("hint", mistakes, m.hint) for m in lesson.mistakes]
    found += [("hint", mistakes, m.further) for m in lesson.mistakes if m.further]
    found += [("hint", answers, hint) for hint in sorted(hints_of(lesson.answers_source).texts)]
    found += [("complaint", checks, said) for said in complaints(read_course_text(checks))]
    for path in helpers(folder):
        said = complaints(read_course_text(path))
        found += [("complaint", path, one) for one in said if not _NAME.fullmatch(one)]
    for kind, path, english in _once(found):
        yield Text(kind, str(path), english, words.get(english))


def helpers(folder: Path) -> list[Path]:
    """The modules beside a lecture's checks that its drivers and judges stand in."""
    return [path for path in sorted(folder.glob("*.py")) if path.stem not in _SIDES]


def _once(found: Iterable[tuple[Kind, Path, str]]) -> Iterator[tuple[Kind, Path, str]]:
    seen: set[str] = set()
    for kind, path, english in found:
        if english and english not in seen:
            seen.add(english)
            yield kind, path, english


def complaints(checks: str) -> list[str]:
    """What the drivers and judges of a file of checks say, {} for what is formatted in."""
    return [
        "".join("{}" if formatted else piece for formatted, piece in pieces(text.text))
        if text.formatted
        else text.text
        for text in code_texts(checks)
        if text.needed and text.kind in ("message", "string", "picture")
    ]
