"""The proofs of what people read: model answers of written questions, and every language."""

from __future__ import annotations

from grader.course.written import load_written
from grader.errors import CourseError
from grader.translations.proving import languages_of, prove_edition
from grader.validate.bench import Bench, Tally


def prove_written(bench: Bench, tally: Tally) -> None:
    """Every written question has a model answer and a rubric that adds up to its points."""
    name = bench.lesson.name
    try:
        answered = load_written(bench.course, name)
    except CourseError as error:
        tally.complain("written", name, str(error))
        return
    for question in bench.lesson.plan.written:
        if question not in answered:
            tally.complain("written", question, "no model answer and rubric: write written.yml")


def prove_editions(bench: Bench, tally: Tally) -> None:
    """In each language that the course speaks, nothing is missing, stale or unlike its original."""
    for language in languages_of(bench.course):
        edition = prove_edition(bench.course, bench.lesson.name, language)
        tally.texts += sum(edition.texts.values())
        tally.translated += sum(edition.translated.values())
        for where, reason in edition.complaints:
            tally.complain(language, where, reason)
