"""What a run judges by: tolerances measured on the model answers, and the known mistakes.

Made once per run, not per submission. The model answers run first; an answer that fails its own
check is a bug of the course and stops the run before a student loses a mark by it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from grader.comparing.judging import asked_of, measured_bounds
from grader.comparing.outcomes import ExerciseRun
from grader.controller.findings import KnownMistake, Standard
from grader.controller.prepared import PreparedExercise
from grader.controller.session import Allowance, Program, execute
from grader.controller.verdicts import judge_exercise
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson, Mistake
from grader.errors import CourseError


def answers_program(lesson: Lesson) -> Program:
    """The model answers, as a program."""
    return Program(((1, lesson.answers_source),))


def mistake_program(mistake: Mistake) -> Program:
    """A known mistake, as a program."""
    return Program(tuple(enumerate(mistake.cells, 1)), trusted=True)


class Standards:
    """The standards of every exercise; shared by the threads of a run."""

    def __init__(
        self,
        lesson: Lesson,
        prepared: dict[str, PreparedExercise],
        allowance: Allowance,
        zygote: Zygote,
        show_values: bool = False,
    ) -> None:
        """Run the model answers and measure.

        Raises:
            CourseError: a model answer that fails its own check.
            GraderError: the machine failed.
        """
        self.prepared = prepared
        self.lesson, self._allowance, self._show = lesson, allowance, show_values
        self._known: dict[str, list[KnownMistake]] = {}
        self._locks = {name: threading.Lock() for name in prepared}
        execution = execute(zygote, answers_program(lesson), list(prepared.values()), allowance)
        self._asked = {
            name: _asked(exercise, execution.runs.get(name, ExerciseRun()))
            for name, exercise in prepared.items()
        }
        for name in prepared:
            result = judge_exercise(
                self.of(name, zygote, with_mistakes=False),
                execution.runs.get(name),
                execution.evasions.get(name, ()),
                execution.faults,
            )
            if result.verdict not in ("passed", "deferred"):
                raise CourseError(
                    f"{lesson.answers_path}: the model answer to {name} fails its own check: "
                    f"{result.verdict}: {result.message}"
                )

    def of(self, name: str, zygote: Zygote, *, with_mistakes: bool = True) -> Standard:
        """The standard of one exercise; its mistakes are run when first asked for."""
        return Standard(
            self.prepared[name],
            self._asked[name],
            (lambda: self.mistakes(name, zygote)) if with_mistakes else list,
            self._show,
        )

    def mistakes(self, name: str, zygote: Zygote) -> list[KnownMistake]:
        """The known mistakes of an exercise with what they do, each run once."""
        with self._locks[name]:
            if name not in self._known:
                self._known[name] = list(self._run_mistakes(name, zygote))
            return self._known[name]

    def _run_mistakes(self, name: str, zygote: Zygote) -> Iterable[KnownMistake]:
        for mistake in self.lesson.mistakes:
            if mistake.exercise == name:
                execution = execute(
                    zygote, mistake_program(mistake), [self.prepared[name]], self._allowance
                )
                run = execution.runs.get(name, ExerciseRun())
                yield KnownMistake(mistake.name, mistake.hint, run)


def _asked(exercise: PreparedExercise, answer: ExerciseRun) -> tuple:
    """What each call asks, with the tolerance measured on the answer where it got that far."""
    asked = []
    for number, call in enumerate(exercise.calls):
        bounds = None
        if number < len(answer.outcomes) and not call.fake:
            bounds = measured_bounds(call, answer.outcomes[number], exercise.framework)
        asked.append(asked_of(call, exercise.framework, exercise.device, bounds))
    return tuple(asked)
