"""Variants of the model answers, many in one worker: they are programs of our own.

Each is bound under a name of its own in a namespace of its own, and called like a submission's
function. A variant that hangs or crashes costs a worker; the next one goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from grader.comparing.outcomes import ExerciseRun
from grader.controller.binding import bound, fitting
from grader.controller.conversation import Allowance
from grader.controller.findings import Evidence, Standard, evidence
from grader.controller.session import execute
from grader.controller.zygote import Zygote
from grader.course.slips.slips import Slip, Workshop

BATCH = 250
"""The most variants that one worker runs."""

FIRST = 3
"""As many are in the first batch, which shows what one costs."""

CALL_SECONDS = 0.2, 1.0
"""The least and the most that one call of a variant may take, which does about what the answer
does: ten times what all calls of the answer took."""


@dataclass(frozen=True)
class Bench:
    """Where an exercise's variants run.

    Args:
        standard: of the exercise.
        shop: the definitions that variants change.
        answers: the model answers' source.
        shared: what known mistakes share beside it.
        allowance: of a worker.
        seconds: of CPU that all calls of the model answer took.
    """

    standard: Standard
    shop: Workshop
    answers: str
    shared: str
    allowance: Allowance
    seconds: float

    @property
    def call_seconds(self) -> float:
        """CPU seconds that one call of a variant may take."""
        least, most = CALL_SECONDS
        return max(least, min(most, 10 * self.seconds))


@dataclass
class Budget:
    """CPU seconds that the workers of one exercise's variants may still use."""

    seconds: float
    spent: float = 0.0
    run: int = 0

    @property
    def room(self) -> int:
        """How many variants the next batch may hold, by what they cost so far."""
        if self.spent >= self.seconds:
            return 0
        if not self.run:
            return FIRST
        each = max(self.spent / self.run, 1e-4)
        return max(1, int(min(BATCH, (self.seconds - self.spent) / each)))


def tried(
    bench: Bench,
    slips: Iterable[Slip],
    zygote: Zygote,
    budget: Budget,
    only: int | None = None,
) -> Iterator[tuple[Slip, Evidence]]:
    """Run slips in batches until the budget is spent; what ended early is left out.

    Args:
        bench: where they run.
        slips: what is run, in this order.
        zygote: forks the workers.
        budget: what they may use.
        only: the number of the one call that is made; None for all.

    Raises:
        GraderError: the machine failed.
    """
    left = list(slips)
    while left and (room := budget.room):
        sources = list(fitting(map(bench.shop.source, left), room))
        batch, left = left[: len(sources)], left[len(sources) :]
        yield from _batch(bench, batch, sources, zygote, budget, only)


def _batch(
    bench: Bench,
    batch: list[Slip],
    sources: list[str],
    zygote: Zygote,
    budget: Budget,
    only: int | None,
) -> Iterator[tuple[Slip, Evidence]]:
    prepared = bench.standard.prepared
    names = [f"_variant_{number}" for number in range(len(batch))]
    calls = prepared.of_variants(names, bench.call_seconds, only)
    programs = list(zip(names, sources, strict=True))
    program = bound(bench.answers, bench.shared, bench.shop.exercise, programs)
    asked = dict.fromkeys(names, bench.standard.asked[only or 0 :])
    execution = execute(zygote, program, calls, bench.allowance, asked=asked)
    budget.spent += execution.cpu_seconds
    budget.run += len(batch)
    for slip, name in zip(batch, names, strict=True):
        run = execution.runs.get(name, ExerciseRun(ended="crash"))
        if not run.ended:
            shown = evidence(run, slip.name, slip.hints)
            at = only or 0
            yield slip, replace(shown, wrong={at + n: wrong for n, wrong in shown.wrong.items()})
