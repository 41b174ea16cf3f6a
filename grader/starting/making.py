"""Making the folder of a new course: all of it, or nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader import __version__
from grader.course.fields import did_you_mean
from grader.course.syllabus import FILE_NAME, Course, load_course
from grader.course.words import read_words
from grader.errors import UsageError
from grader.languages.spoken import ORIGINAL
from grader.starting.plan import Wanted, chosen, course_text
from grader.starting.starter import FILES, FOLDERS, WHOLE, example, starter
from grader.translations.proving import languages_of

TEMPLATES = Path(__file__).parent / "templates"
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc")
_PLACES = {
    "gitignore.txt": ".gitignore",
    "roster.csv": "roster.csv",
    "validate.yml": ".github/workflows/validate.yml",
}
"""Where the templates go that are the same in every language."""


def new_course(folder: Path, wanted: Wanted) -> Course:
    """Make a course in a folder that does not exist, or is empty.

    Raises:
        UsageError: the folder is not empty or cannot be made, or something asked for is not there.
        CourseError: title, name or time zone cannot stand in a course.yml.
    """
    folder = Path(os.path.abspath(folder))
    _require_empty(folder)
    ours = load_course(starter())
    names = chosen(ours, wanted.lectures)
    _require_language(ours, wanted.language)
    building = folder.parent / f".{folder.name}.new"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir()
        _write(building, ours, names, wanted)
        load_course(building)
        if folder.is_dir():
            folder.rmdir()
        building.rename(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror or error}") from None
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return load_course(folder)


def example_course(folder: Path) -> Course:
    """Copy the course of one lecture that `docs/own-lecture.md` writes, to be changed.

    Raises:
        UsageError: the folder is not empty or cannot be made.
    """
    folder = Path(os.path.abspath(folder))
    _require_empty(folder)
    try:
        shutil.copytree(example(), folder, ignore=IGNORED, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror or error}") from None
    return load_course(folder)


def course_name(folder: Path) -> str:
    """A course's short name, made from that of its folder."""
    words = re.findall(r"[A-Za-z0-9_]+", Path(os.path.abspath(folder)).name)
    return "-".join(words) or "course"


def _require_empty(folder: Path) -> None:
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UsageError(f"{folder} is not empty; name a folder that does not exist yet")
    except OSError as error:
        raise UsageError(f"{folder} cannot be read: {error.strerror}") from None


def _require_language(ours: Course, language: str) -> None:
    known = {ORIGINAL, *languages_of(ours)}
    if language not in known:
        listed = ", ".join(sorted(known))
        near = did_you_mean(language, known)
        raise UsageError(f"--language: nothing is in {language} (there are: {listed}){near}")


def _write(folder: Path, ours: Course, names: tuple[str, ...], wanted: Wanted) -> None:
    (folder / FILE_NAME).write_text(course_text(ours, wanted), encoding="utf-8")
    for side in FOLDERS:
        for name in names:
            shutil.copytree(ours.root / side / name, folder / side / name, ignore=IGNORED)
    for whole in WHOLE:
        shutil.copytree(ours.root / whole, folder / whole, ignore=IGNORED)
    for name in FILES:
        shutil.copyfile(ours.root / name, folder / name)
    for words in ours.root.glob("words.*.yml"):
        (folder / words.name).write_text(_with_title(words, wanted.title), encoding="utf-8")
    readme = TEMPLATES / f"README.{wanted.language}.md"
    places = _PLACES | {(readme if readme.is_file() else TEMPLATES / "README.en.md").name:
                        "README.md"}  # fmt: skip
    for template, place in places.items():
        text = (TEMPLATES / template).read_text(encoding="utf-8")
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_filled(text, replace(wanted, lectures=names)), encoding="utf-8")
    (folder / "exchange").mkdir()


def _with_title(words: Path, title: str) -> str:
    """A catalogue of titles that has this one, too: it stays as it is in every language."""
    text = words.read_text(encoding="utf-8")
    if title in read_words(words):
        return text
    return f"{text.rstrip()}\n{json.dumps(title, ensure_ascii=False)}: " + (
        f"{json.dumps(title, ensure_ascii=False)}\n"
    )


def _filled(text: str, wanted: Wanted) -> str:
    values = {
        "TITLE": wanted.title,
        "COURSE": wanted.course,
        "FIRST": to_look_at(wanted.lectures),
        "VERSION": __version__,
    }
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def to_look_at(names: Sequence[str]) -> str:
    """The assignment to look at first."""
    return "lec05_backprop" if "lec05_backprop" in names else names[0]
