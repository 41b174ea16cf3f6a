"""Titles, hints and messages in another language, looked up by their English text.

A catalogue is optional and lies beside what it translates: `solutions/NAME/words.zh.yml` for an
assignment's titles and hints, `grader/words.zh.yml` for the machine's own sentences. What a
catalogue does not have stays English. A sentence may have gaps, written {}: what fills them is
looked up, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.course.syllabus import Course
from grader.course.words import read_words
from grader.results import ExerciseResult, SubmissionResult


@dataclass(frozen=True)
class Catalogue:
    """English sentences and what they are in another language."""

    words: Mapping[str, str]

    def say(self, text: str) -> str:
        """The translation of `text`, or `text` itself; also of its part before a place in []."""
        if (whole := self._said(text)) is not None:
            return whole
        head, bracket, place = text.partition(" [")
        said = self._said(head)
        return text if said is None else said + bracket + place

    def _said(self, text: str) -> str | None:
        if text in self.words:
            return self.words[text]
        for pattern, said in self._gapped:
            if found := pattern.fullmatch(text):
                parts = said.split("{}")
                gaps = [self.say(gap) for gap in found.groups()]
                return "".join(p + g for p, g in zip(parts, [*gaps, ""], strict=True))
        return None

    @cached_property
    def _gapped(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple(
            (re.compile("(.+?)".join(map(re.escape, key.split("{}")))), said)
            for key, said in self.words.items()
            if "{}" in key and key.count("{}") == said.count("{}")
        )

    def translate(self, result: SubmissionResult) -> SubmissionResult:
        """The same result with its hints and messages translated."""
        exercises = tuple(self._exercise(exercise) for exercise in result.exercises)
        return result.model_copy(
            update={"message": self.say(result.message), "exercises": exercises}
        )

    def _lines(self, text: str) -> str:
        """A hint may have a line for each of several slips."""
        return "\n".join(map(self.say, text.split("\n")))

    def _exercise(self, exercise: ExerciseResult) -> ExerciseResult:
        return exercise.model_copy(
            update={
                "hint": self._lines(exercise.hint),
                "further": self._lines(exercise.further),
                "message": self.say(exercise.message),
            }
        )


def load_catalogue(course: Course, name: str) -> Catalogue:
    """The catalogue of an assignment in the course's language; empty for English.

    Raises:
        CourseError: a catalogue that is not a mapping of texts to texts.
    """
    if course.language.split("-")[0] == "en":
        return Catalogue({})
    own = Path(__file__).parents[1] / f"words.{course.language}.yml"
    beside = course.root / "solutions" / name / f"words.{course.language}.yml"
    return Catalogue(read_words(own) | read_words(beside))
