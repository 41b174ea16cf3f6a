"""Slips that may explain a failure: all are tried on one call, few run to the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from grader.comparing.judging import same, same_leaves
from grader.comparing.outcomes import Outcome
from grader.controller.beside import factor, reasons
from grader.controller.findings import Evidence
from grader.controller.variants import Bench, Budget, tried
from grader.controller.zygote import Zygote
from grader.course.slips.slips import Slip


class Suspects:
    """Slips of one exercise; used by one thread at a time.

    Every method raises GraderError if the machine fails.
    """

    def __init__(
        self,
        bench: Bench,
        slips: Iterable[Slip],
        answer: Outcome | None,
        seconds: float,
        most: int,
        probe: int = 0,
    ) -> None:
        """Keep what is needed; nothing is run yet.

        Args:
            bench: where they run.
            slips: the likeliest first; when the time is up, the rest is left out.
            answer: the model answer's outcome of that call.
            seconds: of CPU, for that call of all of them, and for each look at the others.
            most: how many run to the end for one submission.
            probe: the number of the call.
        """
        self._bench, self._slips, self._answer = bench, slips, answer
        self._seconds, self._most, self._probe = seconds, most, probe
        self._begun: list[tuple[Slip, Evidence]] | None = None
        self._whole: dict[Slip, Evidence | None] = {}

    def like(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """Those that do with that call what a submission does, with all that they do."""
        return self._run(lambda one: self._begins_alike(shown, one), zygote)

    def partly(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """Those that share some wrong value of that call's result with a submission."""
        return self._run(lambda one: self._shares(shown, one), zygote)

    def scaled(self, shown: Evidence, zygote: Zygote) -> list[Evidence]:
        """Those that a factor makes of that call's result, with all that they do."""
        return self._run(lambda one: bool(one.hints) and self._scales(shown, one), zygote)

    def telling(self, zygote: Zygote) -> list[Slip]:
        """The slips that make that call's result wrong, and neither break nor blow it up."""
        begun = self._tried(zygote)
        return [
            slip for slip, one in begun if (wrong := one.wrong.get(self._probe)) and not wrong.weak
        ]

    def _tried(self, zygote: Zygote) -> list[tuple[Slip, Evidence]]:
        if self._begun is None:
            budget = Budget(self._seconds)
            self._begun = list(tried(self._bench, self._slips, zygote, budget, self._probe))
        return self._begun

    def _run(self, able: Callable[[Evidence], bool], zygote: Zygote) -> list[Evidence]:
        found = [slip for slip, begun in self._tried(zygote) if able(begun)][: self._most]
        fresh = [slip for slip in found if slip not in self._whole]
        self._whole |= dict.fromkeys(fresh)
        self._whole |= dict(tried(self._bench, fresh, zygote, Budget(self._seconds)))
        whole = (self._whole[slip] for slip in found)
        return [shown for shown in whole if shown is not None and shown.wrong]

    def _begins_alike(self, one: Evidence, other: Evidence) -> bool:
        mine, theirs = one.wrong.get(self._probe), other.wrong.get(self._probe)
        if mine is None or theirs is None:
            return mine is theirs
        alike = same(mine.outcome, theirs.outcome, self._bench.standard.asked[self._probe])
        return mine.trouble == theirs.trouble and alike

    def _scales(self, one: Evidence, other: Evidence) -> bool:
        mine, theirs = one.wrong.get(self._probe), other.wrong.get(self._probe)
        if mine is None or self._answer is None:
            return False
        if mine.trouble != "difference" or (theirs and theirs.trouble != "difference"):
            return False
        c = factor(mine.outcome.value, (theirs.outcome if theirs else self._answer).value)
        prepared = self._bench.standard.prepared
        return c is not None and any(reasons(c, prepared.calls[self._probe], prepared.parameters))

    def _shares(self, one: Evidence, other: Evidence) -> bool:
        mine, theirs = one.wrong.get(self._probe), other.wrong.get(self._probe)
        if mine is None or theirs is None or self._answer is None:
            return False
        asked, value = self._bench.standard.asked[self._probe], theirs.outcome.value
        alike = same_leaves(mine.outcome.value, value, asked)
        right = same_leaves(self._answer.value, value, asked)
        if alike is None or right is None or len(right) < 2:
            return False
        return any(a and not r for a, r in zip(alike, right, strict=True))
