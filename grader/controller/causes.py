"""What may have caused an exercise's failures: run once each, when first asked for, and kept."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import cached_property

from grader.comparing.judging import same
from grader.comparing.outcomes import ExerciseRun, Outcome
from grader.controller.findings import Evidence, Standard
from grader.controller.session import Allowance, Program, execute
from grader.controller.variants import Bench, Budget, observed, tried
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson, Mistake
from grader.slips.slips import Slip, Workshop, mutant_slips, pairs, workshop

MUTANT_SECONDS = 8.0
"""CPU seconds for the mutants of one exercise: those of a training are cut short."""

PAIR_SECONDS = 3.0
"""The same for pairs of slips, of which there are many."""

CANDIDATES = 12
"""So many pairs are run to the end that agree with a submission on the first call."""

ATTEMPTS = 2
"""A mistake that ended early may have been ended by a busy machine: it is run again."""


def mistake_program(mistake: Mistake) -> Program:
    """A known mistake, as a program."""
    return Program(tuple(enumerate(mistake.cells, 1)), trusted=True)


class Causes:
    """The mistakes, mutants and pairs of one exercise; shared by the threads of a run.

    Each method raises CourseError where a hint in answers.py stands wrong, and GraderError.
    """

    def __init__(
        self,
        lesson: Lesson,
        standard: Standard,
        answer: tuple[Outcome, ...],
        allowance: Allowance,
    ) -> None:
        """Keep what is needed; nothing is run yet. `answer`: sketches of the model answer's."""
        self.answer = answer
        self._lesson, self._standard, self._allowance = lesson, standard, allowance
        self._name = standard.prepared.name
        self._own = [m for m in lesson.mistakes if m.exercise == self._name]
        self._lock = threading.Lock()
        self._mistakes: dict[str, Evidence] = {}
        self._attempts = dict.fromkeys((mistake.name for mistake in self._own), 0)
        self._mutants: list[Evidence] | None = None
        self._pairs: list[tuple[Slip, Evidence]] | None = None
        self._whole: dict[Slip, Evidence | None] = {}

    def mistakes(self, zygote: Zygote) -> list[Evidence]:
        """The known mistakes, with what they do."""
        with self._lock:
            for mistake in self._own:
                if mistake.name not in self._mistakes:
                    self._run_mistake(mistake, zygote)
            return list(self._mistakes.values())

    def _run_mistake(self, mistake: Mistake, zygote: Zygote) -> None:
        prepared = self._standard.prepared
        execution = execute(zygote, mistake_program(mistake), [prepared], self._allowance)
        run = execution.runs.get(self._name, ExerciseRun())
        self._attempts[mistake.name] += 1
        if not run.ended or self._attempts[mistake.name] == ATTEMPTS:
            self._mistakes[mistake.name] = observed(
                self._standard, prepared.calls, run, mistake.name, (mistake.hint,)
            )

    def mutants(self, zygote: Zygote) -> list[Evidence]:
        """The mutants, if some line has a hint, with what they do."""
        with self._lock:
            if self._mutants is None:
                budget = Budget(MUTANT_SECONDS)
                self._mutants = [shown for _, shown in self._tried(self._slips, zygote, budget)]
            return self._mutants

    def pairs(self, like: Evidence, zygote: Zygote) -> list[Evidence]:
        """Two slips at once that fail the first call as `like` does, with what they do.

        As many pairs are tried on that call as there is time for; only what agrees with some
        submission runs further.
        """
        with self._lock:
            if self._pairs is None:
                budget, both = Budget(PAIR_SECONDS), pairs(self._known, self._slips)
                self._pairs = list(self._tried(both, zygote, budget, first=1))
            able = [slip for slip, shown in self._pairs if self._begins_alike(like, shown)]
            fresh = [slip for slip in able[:CANDIDATES] if slip not in self._whole]
            self._whole |= dict.fromkeys(fresh)
            self._whole |= dict(self._tried(fresh, zygote, Budget(PAIR_SECONDS)))
            return [shown for slip in able if (shown := self._whole.get(slip))]

    def _begins_alike(self, one: Evidence, other: Evidence) -> bool:
        mine, theirs = one.wrong.get(0), other.wrong.get(0)
        return (
            mine is not None
            and theirs is not None
            and mine.trouble == theirs.trouble
            and same(mine.outcome, theirs.outcome, self._standard.asked[0])
        )

    def _tried(
        self, slips: Iterable[Slip], zygote: Zygote, budget: Budget, first: int | None = None
    ) -> Iterator[tuple[Slip, Evidence]]:
        return tried(self._bench, slips, zygote, budget, first)

    @cached_property
    def _bench(self) -> Bench:
        shared = self._own[0].cells[2] if self._own else ""
        answers = self._lesson.answers_source
        return Bench(self._standard, self._shop, answers, shared, self._allowance)

    @cached_property
    def _shop(self) -> Workshop:
        lesson = self._lesson
        return workshop(lesson.answers_source, self._name, tuple(lesson.exercises))

    @cached_property
    def _slips(self) -> list[Slip]:
        lesson = self._lesson
        return mutant_slips(lesson.answers_source, self._shop, str(lesson.answers_path))

    @cached_property
    def _known(self) -> list[Slip]:
        return [self._shop.mistake(m.name, m.hint, m.cells[3]) for m in self._own]
