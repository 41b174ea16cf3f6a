"""What a run judges by: tolerances measured on the model answers, and what explains failures.

Made once per run, not per submission. The model answers run first; an answer that fails its own
check is a bug of the course and stops the run before a student loses a mark by it. What explains
a failure (known mistakes, mutants, pairs of them) is run when a failure first asks for it.
"""

from __future__ import annotations

from dataclasses import replace

from grader.comparing.compare import Asked
from grader.comparing.judging import asked_of
from grader.comparing.outcomes import ExerciseRun
from grader.controller.answered import Answered
from grader.controller.causes import Causes
from grader.controller.findings import Explanations, Standard
from grader.controller.prepared import PreparedExercise
from grader.controller.records import Few, Records
from grader.controller.retelling import Retelling
from grader.controller.session import Allowance, Program, execute
from grader.controller.verdicts import judge_exercise
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson
from grader.errors import CourseError


def answers_program(lesson: Lesson) -> Program:
    """The model answers, as a program."""
    return Program(((1, lesson.answers_source),))


class Standards:
    """The standards of every exercise; each process of a run has them."""

    def __init__(
        self,
        lesson: Lesson,
        prepared: dict[str, PreparedExercise],
        allowance: Allowance,
        zygote: Zygote,
        show_values: bool = False,
        records: Records | None = None,
    ) -> None:
        """Run the model answers and measure, unless it is on record what they do.

        Raises:
            CourseError: a model answer that fails its own check.
            GraderError: the machine failed.
        """
        self.prepared = prepared
        self.lesson = lesson
        self.records = records or Records()
        self._allowance, self._show_values = allowance, show_values
        parts = ("answers", lesson.name, *prepared)
        runs = self.records.once(parts, lambda: self._run_answers(zygote))
        self._standards = self._judged_by(runs)
        self.asked = {name: standard.asked for name, standard in self._standards.items()}
        """What is asked of each exercise's calls."""
        self._causes = {
            name: Causes(lesson, standard, runs[name], allowance, self.records)
            for name, standard in self._standards.items()
        }
        self.seconds = {name: run.seconds for name, run in runs.items()}
        """CPU seconds that each model answer's calls took."""
        self.answered = Answered()
        """What stand-ins have been told of them."""
        self._told = {n: Few(self.records, ("told", lesson.name, n)) for n in prepared}

    def _run_answers(self, zygote: Zygote) -> dict[str, ExerciseRun]:
        """What the model answers do, once they have passed their own checks."""
        lesson, prepared = self.lesson, self.prepared
        program = answers_program(lesson)
        execution = execute(zygote, program, list(prepared.values()), self._allowance)
        runs = {name: execution.runs.get(name, ExerciseRun()) for name in prepared}
        standards = self._judged_by(runs)
        asked = {name: standard.asked for name, standard in standards.items()}
        retelling = Retelling(zygote, program, execution, prepared, asked, self._allowance)
        for name, standard in standards.items():
            result = judge_exercise(
                standard,
                execution.runs.get(name),
                execution.evasions.get(name, ()),
                execution.faults,
                retelling.of,
            )
            if result.verdict not in ("passed", "deferred"):
                raise CourseError(
                    f"{lesson.answers_path}: the model answer to {name} fails its own check: "
                    f"{result.verdict}: {result.message}"
                )
        return {name: _without_races(run) for name, run in runs.items()}

    def _judged_by(self, runs: dict[str, ExerciseRun]) -> dict[str, Standard]:
        return {
            name: Standard(
                exercise,
                _padded(exercise, runs[name]),
                show_values=self._show_values,
                further=_further(self.lesson, name),
            )
            for name, exercise in self.prepared.items()
        }

    def rehearse(self, name: str, zygote: Zygote) -> None:
        """Put on record what an exercise's hinted mutants do, for a proof that tries each of them.

        Raises:
            CourseError: a hint that stands wrong.
            GraderError: the machine failed.
        """
        self._causes[name].rehearse(zygote)

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
                self._told[name].once,
            ),
        )


def _without_races(run: ExerciseRun) -> ExerciseRun:
    """What is measured on an answer; how its races went, it has shown."""
    return replace(run, outcomes=tuple(one.unmeasured() for one in run.outcomes))


def _further(lesson: Lesson, exercise: str) -> dict[str, str]:
    """The fuller hints that the authors of an exercise's mistakes wrote."""
    return {m.name: m.further for m in lesson.mistakes if m.exercise == exercise and m.further}


def _padded(exercise: PreparedExercise, answer: ExerciseRun) -> tuple[Asked, ...]:
    """What each call asks, with the tolerance measured on the answer where it got that far."""
    left = exercise.calls[len(answer.asked) :]
    rest = (asked_of(call, exercise.framework, exercise.device) for call in left)
    return (*answer.asked, *rest)
