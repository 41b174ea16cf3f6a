"""Catalogues and marks, written for translators: the missing laid out, the read confirmed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from grader.course.syllabus import Course
from grader.course.text import read_course_text
from grader.course.words import read_words
from grader.notebook.build import write_whole
from grader.notebook.language import translations, words_path
from grader.notebook.marks import mark_of
from grader.notebook.model import Prompt
from grader.notebook.reading import read_notebook
from grader.translations.texts import Text, gather, hints_path

WIDTH = 100
_MARK = re.compile(r'\s+of="[^"]*"')


def write_catalogues(course: Course, name: str, language: str) -> tuple[Path, Path]:
    """Lay out an assignment's two catalogues in the order of its texts, "" where one is missing.

    Entries that need not be there are kept; comments, but those of the head, are not.

    Raises:
        CourseError: a file of the assignment cannot be read.
    """
    found = gather(course, name, language)
    notebook = course.root / "assignments" / name / f"{name}.py"
    gone = set(found.unused)
    paths = words_path(notebook, language), hints_path(course, name, language)
    for path in paths:
        wanted = [text for text in found.texts if text.catalogue == path]
        kept = {k: v for k, v in read_words(path).items() if (path, k) not in gone}
        write_whole(path, _head(path, name, language) + catalogue_text(_entries(wanted, kept)))
    return paths


def _entries(wanted: Sequence[Text], kept: Mapping[str, str]) -> dict[str, str]:
    return {text.english: text.said or "" for text in wanted} | dict(kept)


def _head(path: Path, name: str, language: str) -> str:
    if path.exists():
        lines = read_course_text(path).split("\n")
        head = [line for line in lines[: _first(lines)] if line.startswith("#")]
        if head:
            return "\n".join(head) + "\n"
    return f"# Texts of {name} in {language}, by their English text.\n"


def _first(lines: Sequence[str]) -> int:
    return next((n for n, line in enumerate(lines) if line and line[0] != "#"), len(lines))


def catalogue_text(words: Mapping[str, str]) -> str:
    """A catalogue as YAML, one entry after another."""
    return "".join(_entry(english, said) for english, said in words.items())


def _entry(english: str, said: str) -> str:
    if "\n" not in english + said:
        key, value = (json.dumps(text, ensure_ascii=False) for text in (english, said))
        if len(key) + len(value) + 2 <= WIDTH:
            return f"{key}: {value}\n"
        return f"? {key}\n: {value}\n"
    return f"? {_block(english)}: {_block(said)}"


def _block(text: str) -> str:
    """A text of several lines as a block, if that can hold it."""
    lines = text.split("\n")
    plain = lines[0] and lines[-1] and all(line == line.rstrip() for line in lines)
    if not plain or any(letter in text for letter in "\r\x85\u2028\u2029"):
        return json.dumps(text, ensure_ascii=False) + "\n"
    indicator = "|2-" if text[0].isspace() else "|-"
    return indicator + "\n" + "".join(f"  {line}".rstrip() + "\n" for line in lines)


def confirm(course: Course, name: str, language: str) -> int:
    """Note in every translated prompt that it translates the original as it stands.

    Returns:
        how many marks were set anew.

    Raises:
        CourseError: the notebook cannot be read.
    """
    path = course.root / "assignments" / name / f"{name}.py"
    notebook = read_notebook(path)
    lines = read_course_text(path).split("\n")
    changed = 0
    for place, cell in enumerate(notebook.cells):
        for prompt in translations(notebook, place):
            assert isinstance(cell, Prompt)
            mark = mark_of(cell.markdown)
            if prompt.lang != language or prompt.of == mark:
                continue
            number = _marker(lines, prompt.line - 1)
            lines[number] = _MARK.sub("", lines[number]).rstrip() + f' of="{mark}"'
            changed += 1
    if changed:
        write_whole(path, "\n".join(lines))
    return changed


def _marker(lines: Sequence[str], number: int) -> int:
    """The line of a cell's marker, at or above that of its first text."""
    while not lines[number].startswith("# %%"):
        number -= 1
    return number
