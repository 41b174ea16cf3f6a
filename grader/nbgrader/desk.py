"""The class's results and notebooks, for the steps of nbgrader that enter them."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import TYPE_CHECKING

from grader.course.arrangements import Arranged, arranged
from grader.course.catalogue import Catalogue, load_catalogue
from grader.course.lesson import load_lesson
from grader.course.roster import members
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.doctor import require_full
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.grading.machine import Isolation, choose_device, cores
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
        """The result of every student, in the language of the course's feedback."""
        results = (self._catalogue.translate(result) for result in self.report.submissions)
        return {result.student: result for result in results}

    @cached_property
    def held(self) -> Arranged:
        """What is arranged for single students."""
        return arranged(self.course, self.assignment)

    @cached_property
    def titles(self) -> dict[str, str]:
        """The title of every exercise, as the student reads it."""
        lesson = load_lesson(self.course, self.assignment)
        return {name: self._catalogue.say(e.title) for name, e in lesson.exercises.items()}

    @cached_property
    def _catalogue(self) -> Catalogue:
        return load_catalogue(self.course, self.assignment)

    @cached_property
    def released(self) -> NotebookNode:
        """The released notebook.

        Raises:
            GraderError: there is none.
        """
        import nbformat

        path = self.places.released(self.assignment)
        if not path.is_file():
            raise GraderError(f"{path} is missing; run `chainrule release {self.assignment}`")
        node: NotebookNode = nbformat.read(path, as_version=4)
        return node

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
            self._frame,
            self.course.late.model_dump(mode="json"),
            self.held.due_of(student).isoformat(),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _frame(self) -> str:
        return hashlib.sha256(self.places.released(self.assignment).read_bytes()).hexdigest()

    def _graded(self) -> Report:
        if self._isolation == "full":
            require_full()
        options = Options(cores(), choose_device("auto"), self._isolation)
        with keeping(self.course, members(self.course)) as kept:
            return grade_class(self.course, self.assignment, self.places.submitted, options, kept)
