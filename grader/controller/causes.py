"""What may have caused an exercise's failures: run once, when first asked for, and recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import islice

from grader.comparing.outcomes import ExerciseRun
from grader.controller.binding import bound
from grader.controller.findings import Evidence, Standard, evidence
from grader.controller.records import Records
from grader.controller.session import Allowance, Program, execute
from grader.controller.suspects import Place, Suspects
from grader.controller.variants import BATCH, FIRST, Bench
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson, Mistake
from grader.course.slips.constants import other_sizes
from grader.course.slips.slips import (
    Slip,
    Workshop,
    further_slips,
    mutant_slips,
    pairs,
    workshop,
)

MUTANT_SECONDS, PAIR_SECONDS = 8.0, 8.0
"""CPU seconds for one call of all mutants and pairs: those of a training are cut short."""

TRIED = 1500
"""The most pairs that are tried: a number, so that every run tells the same."""

MUTANTS, PAIRS = 200, 12
"""So many are run to the end that agree with a submission on its first failing call."""

TOGETHER_SECONDS = 20.0
"""CPU seconds of the known mistakes that one worker runs, by what the ones before them took."""

ATTEMPTS = 2
"""A mistake that ended early may have been ended by a busy machine: it is run again."""


def mistake_program(mistake: Mistake) -> Program:
    """A known mistake, as a program."""
    return Program(tuple(enumerate(mistake.cells, 1)), trusted=True)


class Causes:
    """The mistakes, mutants and pairs of one exercise.

    Each method raises CourseError where a hint in answers.py stands wrong, and GraderError.
    """

    def __init__(
        self,
        lesson: Lesson,
        standard: Standard,
        answer: ExerciseRun,
        allowance: Allowance,
        records: Records,
    ) -> None:
        """Keep what is needed; nothing is run yet. `answer`: what the model answer did."""
        self.answer, self._seconds = answer.outcomes, answer.seconds
        self._lesson, self._standard, self._allowance = lesson, standard, allowance
        self._name = standard.prepared.name
        self._own = [m for m in lesson.mistakes if m.exercise == self._name]
        self._records = records
        self._suspected: dict[tuple[str, int], Suspects] = {}

    def mistakes(self, zygote: Zygote) -> list[Evidence]:
        """The known mistakes, with what they do."""
        return self._records.once(
            ("mistakes", self._lesson.name, self._name),
            lambda: self._run_mistakes(zygote),
            lambda known: all(one.calls == self._calls for one in known),
        )

    @property
    def _calls(self) -> int:
        return len(self._standard.prepared.calls)

    def _run_mistakes(self, zygote: Zygote) -> list[Evidence]:
        """As many in one worker as their cost allows; what ends early there is run alone."""
        runs: list[ExerciseRun] = []
        room = FIRST
        while batch := self._own[len(runs) : len(runs) + room]:
            done, seconds = self._run_together(batch, zygote)
            runs += [
                run if run is not None and not run.ended else self._run_alone(mistake, zygote)
                for mistake, run in zip(batch, done, strict=True)
            ]
            room = max(1, min(BATCH, int(TOGETHER_SECONDS * len(batch) / max(seconds, 1e-4))))
        return [
            evidence(run, mistake.name, (mistake.hint,))
            for mistake, run in zip(self._own, runs, strict=True)
        ]

    def _run_together(
        self, batch: Sequence[Mistake], zygote: Zygote
    ) -> tuple[list[ExerciseRun | None], float]:
        """What came of each, None where it was not defined; and the CPU seconds of it all."""
        names = [f"_mistake_{number}" for number in range(len(batch))]
        programs = [(name, "\n".join(m.cells[3:])) for name, m in zip(names, batch, strict=True)]
        program = bound(self._lesson.answers_source, batch[0].cells[2], self._name, programs)
        calls = [self._standard.prepared.called(name) for name in names]
        asked = dict.fromkeys(names, self._standard.asked)
        execution = execute(zygote, program, calls, self._allowance, asked=asked)
        return [execution.runs.get(name) for name in names], execution.cpu_seconds

    def _run_alone(self, mistake: Mistake, zygote: Zygote) -> ExerciseRun:
        program, asked = mistake_program(mistake), {self._name: self._standard.asked}
        for _ in range(ATTEMPTS):
            prepared = [self._standard.prepared]
            execution = execute(zygote, program, prepared, self._allowance, asked=asked)
            run = execution.runs.get(self._name, ExerciseRun())
            if not run.ended:
                break
        return run

    def mutants(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """The mutants, and known mistakes of other sizes, that may explain a submission alone."""
        return self._mutants(self._probe(shown)).like(shown, zygote)

    def rehearse(self, zygote: Zygote) -> None:
        """Run the hinted mutants to the end, for a proof that asks for each of them."""
        self._mutants(0).rehearse(zygote)

    def further(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """The misreadings and insertions that may explain a submission alone."""
        return self._further(self._probe(shown)).like(shown, zygote)

    def scaled(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """Mutants, misreadings and insertions of which a factor may make a submission."""
        probe = self._probe(shown)
        tried = (self._mutants(probe), self._further(probe))
        return [one for suspects in tried for one in suspects.scaled(shown, zygote)]

    def halves(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """The hinted mutants that may explain some of several values."""
        found = self._mutants(self._probe(shown)).partly(shown, zygote)
        return [one for one in found if one.hints]

    def pairs(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """Two slips at once that may explain a submission; none where no real call fails."""
        probe = self._probe(shown)
        if probe not in shown.wrong:
            return []
        both = self._both(probe, zygote)
        return self._suspects("pairs", probe, both, PAIR_SECONDS, PAIRS).like(shown, zygote)

    def _both(self, probe: int, zygote: Zygote) -> Callable[[], Iterable[Slip]]:
        def made() -> Iterable[Slip]:
            mutants = self._mutants(probe).telling(zygote)
            return islice(pairs(self._known, mutants), TRIED)

        return made

    def _probe(self, shown: Evidence) -> int:
        """The first call that fails on a real device; the first of all where none does."""
        calls = self._standard.prepared.calls
        return min((number for number in shown.wrong if not calls[number].fake), default=0)

    def _mutants(self, probe: int) -> Suspects:
        return self._suspects("mutants", probe, lambda: self._slips, MUTANT_SECONDS, MUTANTS)

    def _further(self, probe: int) -> Suspects:
        make = lambda: self._further_slips  # noqa: E731
        return self._suspects("further", probe, make, MUTANT_SECONDS, MUTANTS)

    def _suspects(
        self,
        kind: str,
        probe: int,
        slips: Callable[[], Iterable[Slip]],
        seconds: float,
        most: int,
    ) -> Suspects:
        if (kind, probe) not in self._suspected:
            answer = self.answer[probe] if probe < len(self.answer) else None
            parts = (kind, self._lesson.name, self._name)
            probed = (*parts, "probe", str(probe))
            # Which pairs there are hangs on the call that they are found by; nothing else does.
            place = Place(self._records, probed if kind == "pairs" else parts, probed)
            self._suspected[kind, probe] = Suspects(
                self._bench, slips, answer, seconds, most, place, probe
            )
        return self._suspected[kind, probe]

    @cached_property
    def _bench(self) -> Bench:
        shared = self._own[0].cells[2] if self._own else ""
        answers = self._lesson.answers_source
        return Bench(self._standard, self._shop, answers, shared, self._allowance, self._seconds)

    @cached_property
    def _shop(self) -> Workshop:
        lesson = self._lesson
        return workshop(lesson.answers_source, self._name, tuple(lesson.exercises))

    @cached_property
    def _slips(self) -> list[Slip]:
        lesson, shop = self._lesson, self._shop
        made = mutant_slips(lesson.answers_source, shop, str(lesson.answers_path))
        resized = [(m, source) for m in self._own for source in other_sizes(m.cells[3])]
        return made + [shop.mistake(m.name, m.hint, source) for m, source in resized]

    @cached_property
    def _further_slips(self) -> list[Slip]:
        lesson, names = self._lesson, self._standard.prepared.parameters
        known = {self._shop.source(slip) for slip in self._slips}
        made = further_slips(lesson.answers_source, self._shop, names, str(lesson.answers_path))
        fresh = {self._shop.source(slip): slip for slip in made}
        return [slip for source, slip in fresh.items() if source not in known]

    @cached_property
    def _known(self) -> list[Slip]:
        return [self._shop.mistake(m.name, m.hint, m.cells[3]) for m in self._own]
