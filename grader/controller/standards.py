"""What a run judges by: tolerances measured on the model answers, and what explains failures.

Made once per run, not per submission. The model answers run first; an answer that fails its own
check is a bug of the course and stops the run before a student loses a mark by it. What explains
a failure (known mistakes, mutants, pairs of them) is run when a failure first asks for it.
"""

from __future__ import annotations

from dataclasses import replace

from grader.comparing.judging import asked_of, measured_bounds
from grader.comparing.outcomes import ExerciseRun
from grader.comparing.sketch import sketch
from grader.controller.causes import Causes
from grader.controller.findings import Explanations, Standard
from grader.controller.prepared import PreparedExercise
from grader.controller.session import Allowance, Program, execute
from grader.controller.verdicts import judge_exercise
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson
from grader.errors import CourseError


def answers_program(lesson: Lesson) -> Program:
    """The model answers, as a program."""
    return Program(((1, lesson.answers_source),))


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
        self.lesson = lesson
        execution = execute(zygote, answers_program(lesson), list(prepared.values()), allowance)
        runs = {name: execution.runs.get(name, ExerciseRun()) for name in prepared}
        self._standards = {
            name: Standard(
                exercise,
                _asked(exercise, runs[name]),
                show_values=show_values,
                further=_further(lesson, name),
            )
            for name, exercise in prepared.items()
        }
        for name, standard in self._standards.items():
            result = judge_exercise(
                standard,
                execution.runs.get(name),
                execution.evasions.get(name, ()),
                execution.faults,
            )
            if result.verdict not in ("passed", "deferred"):
                raise CourseError(
                    f"{lesson.answers_path}: the model answer to {name} fails its own check: "
                    f"{result.verdict}: {result.message}"
                )
        self._causes = {
            name: Causes(lesson, standard, tuple(map(sketch, runs[name].outcomes)), allowance)
            for name, standard in self._standards.items()
        }

    def of(self, name: str, zygote: Zygote, *, explained: bool = True) -> Standard:
        """The standard of one exercise; what explains a failure runs when first asked for."""
        standard = self._standards[name]
        if not explained:
            return standard
        causes = self._causes[name]
        return replace(
            standard,
            explanations=Explanations(
                causes.answer,
                lambda: causes.mistakes(zygote),
                lambda shown: causes.mutants(shown, zygote),
                lambda shown: causes.further(shown, zygote),
                lambda shown: causes.scaled(shown, zygote),
                lambda shown: causes.halves(shown, zygote),
                lambda shown: causes.pairs(shown, zygote),
            ),
        )


def _further(lesson: Lesson, exercise: str) -> dict[str, str]:
    """The fuller hints that the authors of an exercise's mistakes wrote."""
    return {m.name: m.further for m in lesson.mistakes if m.exercise == exercise and m.further}


def _asked(exercise: PreparedExercise, answer: ExerciseRun) -> tuple:
    """What each call asks, with the tolerance measured on the answer where it got that far."""
    asked = []
    for number, call in enumerate(exercise.calls):
        bounds = None
        if number < len(answer.outcomes) and not call.fake:
            bounds = measured_bounds(call, answer.outcomes[number], exercise.framework)
        asked.append(asked_of(call, exercise.framework, exercise.device, bounds))
    return tuple(asked)
