"""Titles, hints and messages in a language of the course, looked up by their English text.

A catalogue is optional and lies beside what it translates: `solutions/NAME/words.zh.yml` for an
assignment's titles and hints, `words.zh.yml` beside `course.yml` for the titles there,
`grader/languages/zh/` for the machine's own sentences. What a catalogue does not have stays
English. How entries are written says `grader.languages.catalogue`.
"""

from __future__ import annotations

from grader.course.syllabus import Course
from grader.course.words import read_words
from grader.languages.catalogue import Catalogue
from grader.languages.spoken import machine, primary
from grader.results import ExerciseResult, SubmissionResult

__all__ = ["Catalogue", "load_catalogue", "translated"]


def load_catalogue(course: Course, name: str, language: str = "") -> Catalogue:
    """The catalogue of an assignment in a language, the course's own by default.

    It is empty for English.

    Raises:
        CourseError: a catalogue that is not a mapping of texts to texts.
    """
    language = primary(language or course.language)
    if language == "en":
        return Catalogue({})
    file = f"words.{language}.yml"
    titles, beside = course.root / file, course.root / "solutions" / name / file
    return machine(language) | Catalogue(read_words(titles) | read_words(beside))


def translated(result: SubmissionResult, catalogue: Catalogue) -> SubmissionResult:
    """The same result with its hints and messages translated."""
    exercises = tuple(_exercise(exercise, catalogue) for exercise in result.exercises)
    return result.model_copy(
        update={"message": catalogue.say(result.message), "exercises": exercises}
    )


def _exercise(exercise: ExerciseResult, catalogue: Catalogue) -> ExerciseResult:
    texts = {key: catalogue.say(getattr(exercise, key)) for key in ("hint", "further", "message")}
    return exercise.model_copy(update=texts)
