"""Every text of an assignment that a student reads, with its translation where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from grader.course.lesson import Lesson, load_lesson, solutions_folder
from grader.course.slips.hints import hints_of
from grader.course.syllabus import Course
from grader.course.text import read_course_text
from grader.course.words import read_words
from grader.notebook.code_texts import CodeText, code_texts
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


Said: TypeAlias = tuple[Kind, str, str]
"""What is said: its kind, where, the original."""

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
        catalogue: where its translation belongs; None for a prompt, whose twin stands beside it.
    """

    kind: Kind
    where: str
    english: str
    said: str | None
    stale: bool = False
    catalogue: Path | None = None


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
    lesson = load_lesson(course, name)
    code = list(_of_code(notebook))
    found: dict[Path, list[Said]] = {
        beside: [(text.kind, where, text.text) for where, text in _needed(code)],
        hints: list(_once(_of_solutions(course, lesson))),
        titles: [("title", f"{course.file}", t) for t in (course.plan(name).title, course.title)],
    }
    words = {file: read_words(file) for file in found}
    texts = [
        *_prompts(notebook, language),
        *(
            Text(kind, where, english, words[file].get(english), catalogue=file)
            for file, each in found.items()
            for kind, where, english in each
        ),
    ]
    known = {text.english for text in texts} | {text.text for _, _, text in code}
    unused = [
        (file, english)
        for file in (beside, hints)
        for english in words[file]
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


def _of_code(notebook: Notebook) -> Iterator[tuple[str, bool, CodeText]]:
    """Every text of the code that a catalogue may have: where, whether in all languages, what."""
    for cell in notebook.cells:
        if isinstance(cell, Prompt):
            continue
        for text in code_texts(cell.source):
            line = cell.line + cell.source.count("\n", 0, text.start)
            yield f"{notebook.path}:{line}", not language_of(cell), text


def _needed(code: Iterable[tuple[str, bool, CodeText]]) -> Iterator[tuple[str, CodeText]]:
    """Those that it must have, each where it comes first."""
    seen: set[str] = set()
    for where, of_all, text in code:
        if of_all and text.needed and text.text not in seen:
            seen.add(text.text)
            yield where, text


def _of_solutions(course: Course, lesson: Lesson) -> Iterator[Said]:
    folder = solutions_folder(course, lesson.name)
    checks, mistakes, answers = (folder / f"{n}.py" for n in ("checks", "mistakes", "answers"))
    yield from (("title", str(checks), e.title) for e in lesson.exercises.values())
    yield from (("hint", str(mistakes), m.hint) for m in lesson.mistakes)
    yield from (("hint", str(mistakes), m.further) for m in lesson.mistakes)
    of_lines = sorted(hints_of(lesson.answers_source).texts)
    yield from (("hint", str(answers), hint) for hint in of_lines)
    yield from (("complaint", str(checks), one) for one in complaints(read_course_text(checks)))
    for path in helpers(folder):
        said = complaints(read_course_text(path))
        yield from (("complaint", str(path), one) for one in said if not _NAME.fullmatch(one))


def helpers(folder: Path) -> list[Path]:
    """The modules beside a lecture's checks that its drivers and judges stand in."""
    return [path for path in sorted(folder.glob("*.py")) if path.stem not in _SIDES]


def _once(found: Iterable[Said]) -> Iterator[Said]:
    seen: set[str] = set()
    for kind, where, english in found:
        if english and english not in seen:
            seen.add(english)
            yield kind, where, english


def complaints(checks: str) -> list[str]:
    """What the drivers and judges of a file of checks say, {} for what is formatted in."""
    return [
        "".join("{}" if formatted else piece for formatted, piece in pieces(text.text))
        if text.formatted
        else text.text
        for text in code_texts(checks)
        if text.needed and text.kind in ("message", "string", "picture")
    ]
