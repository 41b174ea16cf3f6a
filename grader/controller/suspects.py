"""Slips that may explain a failure: all are tried on one call, few run to the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from grader.comparing.judging import same, same_leaves
from grader.comparing.outcomes import Outcome
from grader.controller.beside import factor, reasons
from grader.controller.findings import Evidence
from grader.controller.records import Records
from grader.controller.variants import Bench, Budget, tried
from grader.controller.zygote import Zygote
from grader.course.slips.slips import Slip


@dataclass(frozen=True)
class Place:
    """Where it is recorded what slips do.

    Args:
        records: the records.
        parts: what these slips are called there, as they do with all calls.
        probed: what they are called as they do with the one call.
    """

    records: Records
    parts: tuple[str, ...]
    probed: tuple[str, ...]


class Suspects:
    """Slips of one exercise; used by one thread at a time.

    Every method raises GraderError if the machine fails.
    """

    def __init__(
        self,
        bench: Bench,
        slips: Callable[[], Iterable[Slip]],
        answer: Outcome | None,
        seconds: float,
        most: int,
        place: Place,
        probe: int = 0,
    ) -> None:
        """Keep what is needed; nothing is run yet.

        Args:
            bench: where they run.
            slips: makes them, the likeliest first; when the time is up, the rest is left out.
            answer: the model answer's outcome of the call that they are tried on.
            seconds: of CPU, for that call of all of them, and for each look at the others.
            most: how many run to the end for one submission.
            place: where it is recorded what they do.
            probe: the number of that call.
        """
        self._bench, self._make_slips, self._answer = bench, slips, answer
        self._seconds, self._most = seconds, most
        self._place, self._probe = place, probe
        self._begun: list[tuple[int, Evidence]] | None = None

    @cached_property
    def _slips(self) -> list[Slip]:
        return list(self._make_slips())

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
            self._slips[n]
            for n, one in begun
            if (wrong := one.wrong.get(self._probe)) and not wrong.weak
        ]

    def rehearse(self, zygote: Zygote) -> None:
        """Run those that have hints whole, many in one worker, for whoever asks for one of them.

        Each is run that is begun, however long it takes; none is begun after so many seconds.
        """
        left = [number for number, slip in enumerate(self._slips) if slip.hints]
        spent = Budget(self._seconds)
        while left and (room := spent.room):
            batch, left = left[:room], left[room:]
            granted = Budget(math.inf)
            self._whole(batch, zygote, granted)
            spent.spent += granted.spent
            spent.run += len(batch)

    def _tried(self, zygote: Zygote) -> list[tuple[int, Evidence]]:
        """What each does with that call, by its number; none of those that ended early."""
        if self._begun is None:
            records, parts = self._place.records, self._place.probed
            self._begun = records.once(parts, lambda: self._try_all(zygote))
        return self._begun

    def _try_all(self, zygote: Zygote) -> list[tuple[int, Evidence]]:
        numbers = {slip: number for number, slip in enumerate(self._slips)}
        done = tried(self._bench, self._slips, zygote, Budget(self._seconds), self._probe)
        return [(numbers[slip], one) for slip, one in done]

    def _run(self, able: Callable[[Evidence], bool], zygote: Zygote) -> list[Evidence]:
        found = [number for number, begun in self._tried(zygote) if able(begun)][: self._most]
        whole = self._whole(found, zygote, Budget(self._seconds))
        return [shown for number in found if (shown := whole[number]) and shown.wrong]

    def _whole(
        self, numbers: list[int], zygote: Zygote, budget: Budget
    ) -> dict[int, Evidence | None]:
        """What each does with all calls; None of what ended early, or came too late."""

        def made(fresh: list[int]) -> dict[int, Evidence | None]:
            slips = {self._slips[number]: number for number in fresh}
            done = tried(self._bench, slips, zygote, budget)
            return dict.fromkeys(fresh) | {slips[slip]: one for slip, one in done}

        parts = {number: (*self._place.parts, str(number)) for number in numbers}
        return self._place.records.each(parts, made)

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
