"""The proof of an edition: nothing missing, nothing stale, nothing that says otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from grader.course.syllabus import Course
from grader.course.terms import Term, language_of_terms, load_terms
from grader.languages.spoken import ORIGINAL, primary
from grader.translations.holding import misnaming, unlike
from grader.translations.texts import KINDS, Texts, gather


@dataclass(frozen=True)
class Edition:
    """An assignment in a language: how many of its texts there are, and what is wrong.

    Attributes:
        texts, translated: counts by kind, in the order of `KINDS`.
        complaints: (where or what, reason).
    """

    language: str
    texts: dict[str, int]
    translated: dict[str, int]
    complaints: tuple[tuple[str, str], ...]


def languages_of(course: Course) -> tuple[str, ...]:
    """The languages into which something of the course is translated, beside the original's."""
    found = set(map(primary, course.editions))
    for side in ("assignments", "solutions"):
        for path in course.root.glob(f"{side}/*/words.*.yml"):
            found.add(path.suffixes[-2].removeprefix("."))
    return tuple(sorted(found - {ORIGINAL}))


def prove_edition(course: Course, name: str, language: str) -> Edition:
    """Hold an assignment's translation against its original.

    Raises:
        CourseError: a file of the assignment, or the glossary, cannot be read.
    """
    found = gather(course, name, language)
    terms = glossary(course, language)
    counted = Counter(text.kind for text in found.texts)
    said = Counter(text.kind for text in found.texts if text.said)
    return Edition(
        language,
        {kind: counted[kind] for kind in KINDS},
        {kind: said[kind] for kind in KINDS},
        tuple(_complaints(found, terms)),
    )


def glossary(course: Course, language: str) -> tuple[Term, ...]:
    """The course's glossary of a language, one of `docs/terms*.md`; () without one."""
    paths = sorted((course.root / "docs").glob("terms*.md"))
    return tuple(t for p in paths if language_of_terms(p) == language for t in load_terms(p))


def _complaints(found: Texts, terms: tuple[Term, ...]) -> Iterator[tuple[str, str]]:
    for text in found.texts:
        where = f"{text.where}: {_cut(text.english)}"
        if not text.said:
            yield where, f"this {text.kind} is not translated"
            continue
        if text.stale:
            yield where, "the original is another than was translated; read both, and confirm"
        for reason in (*unlike(text), *misnaming(text, terms)):
            yield where, reason
    for path, english in found.unused:
        yield f"{path}: {_cut(english)}", "nothing says this; take it out of the catalogue"


def _cut(text: str, most: int = 60) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= most else line[: most - 1] + "…")
