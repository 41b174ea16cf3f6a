"""Which languages the machine speaks, and its texts in them.

A language is a folder beside this file: `messages.yml` holds what students are told of their work,
`pages.yml` the words of pages, tables and dates. English needs none.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from grader.errors import CourseError
from grader.languages.catalogue import Catalogue

ORIGINAL = "en"
"""The language in which all is written first."""

FILES = ("messages.yml", "pages.yml")


def primary(language: str) -> str:
    """The language of a tag such as zh-CN."""
    return language.split("-")[0].lower()


def spoken(language: str) -> str:
    """The language that pages are really written in, for `<html lang>`."""
    return language if machine(language).words else "en"


def languages_spoken() -> tuple[str, ...]:
    """English, and every language that has a folder here."""
    folders = files("grader.languages").iterdir()
    found = [one.name for one in folders if one.joinpath(FILES[0]).is_file()]
    return ("en", *sorted(found))


def is_spoken(language: str) -> bool:
    """Whether the machine speaks a language."""
    return primary(language) in languages_spoken()


def machine(language: str) -> Catalogue:
    """The machine's own texts in a language; an empty catalogue for English and what is not there.

    Raises:
        CourseError: a file of the language is no mapping of texts to texts.
    """
    return _loaded(primary(language))


@cache
def _loaded(language: str) -> Catalogue:
    folder = files("grader.languages").joinpath(language)
    words: dict[str, str] = {}
    for name in FILES:
        path = folder.joinpath(name)
        if path.is_file():
            words |= texts_of(yaml.safe_load(path.read_text(encoding="utf-8")), str(path))
    return Catalogue(words)


def texts_of(data: object, where: str) -> dict[str, str]:
    """What a file of texts holds.

    Raises:
        CourseError: it is no mapping of texts to texts.
    """
    if isinstance(data, dict) and all(
        isinstance(key, str) and isinstance(value, str) for key, value in data.items()
    ):
        return data
    raise CourseError(f"{where}: a catalogue maps English texts to texts of its language")
