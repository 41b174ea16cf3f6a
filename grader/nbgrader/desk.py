"""The class's results and notebooks, for the steps of nbgrader that enter them."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING

from grader.course.arrangements import Arranged, arranged
from grader.course.catalogue import Catalogue, load_catalogue, translated
from grader.course.lesson import load_lesson
from grader.course.roster import members
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.doctor import require_full
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.grading.machine import Isolation, choose_device, cores
from grader.nbgrader.editions import edition_of
from grader.nbgrader.places import places_of
from grader.results import Report, SubmissionResult
from grader.submissions import Found, discover

if TYPE_CHECKING:
    from nbformat import NotebookNode

FORM = 2
"""Of what `scores.py` writes into a notebook; another one makes everybody be entered again."""


class Desk:
    """One assignment of a course, opened for a run of nbgrader over its class.

    Results that `chainrule grade` recorded are taken as they are; if any is missing, the class is
    graded here first, in parallel, and recorded.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        isolation: Isolation = "full",
        report: Report | None = None,
    ) -> None:
        """Open the assignment; `report` are results that are known already."""
        self.course, self.assignment = course, assignment
        self.places = places_of(course)
        self._isolation = isolation
        self._given = report
        self._languages: dict[str, str] = {}
        self._catalogues: dict[str, Catalogue] = {}
        self._released: dict[str, NotebookNode] = {}
        self._frames: dict[str, str] = {}

    @cached_property
    def found(self) -> dict[str, Found]:
        """What was collected, by student."""
        submissions = discover(self.places.submitted, self.assignment)
        return {one.student: one for one in submissions}

    @cached_property
    def report(self) -> Report:
        """The class's results."""
        return self._given or self._graded()

    @cached_property
    def results(self) -> dict[str, SubmissionResult]:
        """The result of every student, in the language of the notebook that was handed in."""
        results = (
            translated(result, self.catalogue(self.language(result.student)))
            for result in self.report.submissions
        )
        return {result.student: result for result in results}

    @cached_property
    def held(self) -> Arranged:
        """What is arranged for single students."""
        return arranged(self.course, self.assignment)

    def titles(self, student: str) -> dict[str, str]:
        """The title of every exercise, as the student reads it."""
        say = self.catalogue(self.language(student)).name
        return {name: say(title) for name, title in self._titles.items()}

    @cached_property
    def _titles(self) -> dict[str, str]:
        lesson = load_lesson(self.course, self.assignment)
        return {name: e.title for name, e in lesson.exercises.items()}

    def language(self, student: str) -> str:
        """The language of the edition that a student handed in."""
        if student not in self._languages:
            found = self.found.get(student)
            own = edition_of(self.course, found) if found else self.course.language
            self._languages[student] = own
        return self._languages[student]

    def catalogue(self, language: str) -> Catalogue:
        """The texts of the assignment in a language."""
        if language not in self._catalogues:
            self._catalogues[language] = load_catalogue(self.course, self.assignment, language)
        return self._catalogues[language]

    def released(self, language: str) -> NotebookNode:
        """The released notebook in a language.

        Raises:
            GraderError: there is none.
        """
        import nbformat

        if language not in self._released:
            path = self.places.edition(self.course, self.assignment, language)
            if not path.is_file():
                raise GraderError(f"{path} is missing; run `chainrule release {self.assignment}`")
            self._released[language] = nbformat.read(path, as_version=4)
        return self._released[language]

    def result(self, student: str) -> SubmissionResult:
        """One student's result.

        Raises:
            GraderError: there is none, or the grader failed on it; never a zero instead.
        """
        result = self.results.get(student)
        if result is None:
            raise GraderError(f"{student}: no file of {self.assignment} was collected")
        if result.status == "grader_error":
            raise GraderError(f"{student}: {result.message}; grade again")
        return result

    def stamp(self, student: str) -> str:
        """A digest of everything that a student's entry in the gradebook depends on."""
        result = self.result(student).model_dump(exclude={"seconds", "file"}, mode="json")
        time = self.places.of("submitted", student, self.assignment) / "timestamp.txt"
        parts = [
            FORM,
            result,
            time.read_text() if time.is_file() else "",
            self._frame(self.language(student)),
            self.course.late.model_dump(mode="json"),
            self.held.due_of(student).isoformat(),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _frame(self, language: str) -> str:
        if language not in self._frames:
            path = self.places.edition(self.course, self.assignment, language)
            self._frames[language] = hashlib.sha256(path.read_bytes()).hexdigest()
        return self._frames[language]

    def _graded(self) -> Report:
        if self._isolation == "full":
            require_full()
        options = Options(cores(), choose_device("auto"), self._isolation)
        with keeping(self.course, members(self.course)) as kept:
            return grade_class(self.course, self.assignment, self.places.submitted, options, kept)
