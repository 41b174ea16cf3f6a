"""Who gets what, and what becomes of it when a machine dies; knows nothing of the network.

A batch whose machine died is run again singly elsewhere, once nothing fresh is left, so that the
class goes on meanwhile. A submission whose machine died a second time runs with nothing beside it
on its machine; the third death is its own, and no neighbour's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MOST_DEATHS = 3
MOST_TOGETHER = 32


@dataclass
class Machine:
    """A machine that may grade: where it is, how many at a time, and what it has in hand."""

    address: str
    name: str
    slots: int
    batches: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """Numbers of submissions, by batch."""
    alone: bool = False
    """Whether it has one that nothing may run beside."""
    leaving: bool = False
    """Whether it finishes what it has, and takes nothing more."""

    @property
    def in_hand(self) -> int:
        """Submissions that were sent and not answered."""
        return sum(map(len, self.batches.values()))


class Ledger:
    """The numbers of a class's submissions: fresh, tried before, and done."""

    def __init__(self, numbers: Iterable[int]) -> None:
        """All are fresh."""
        self._fresh = deque(numbers)
        self._singly: deque[int] = deque()
        self._alone: deque[int] = deque()
        self._deaths: dict[int, int] = {}

    def next_for(self, machine: Machine, slots: int) -> tuple[int, ...]:
        """What a machine should have now, taken out; empty if it has enough, or nothing is left.

        `slots`: of all machines together. Batches shrink towards the end, so that all finish
        together.
        """
        if machine.alone or machine.leaving:
            return ()
        if self._fresh:
            size = min(MOST_TOGETHER, max(1, len(self._fresh) // (2 * max(1, slots))))
            # As long as much is left, no slot waits for an answer's way here and back.
            enough = machine.slots * (2 if len(self._fresh) > 4 * slots else 1)
            if machine.in_hand >= enough + size:
                return ()
            return tuple(self._fresh.popleft() for _ in range(min(size, len(self._fresh))))
        if self._singly:
            return (self._singly.popleft(),) if machine.in_hand < machine.slots else ()
        if self._alone and not machine.batches:
            machine.alone = True
            return (self._alone.popleft(),)
        return ()

    def give_back(self, numbers: Sequence[int]) -> None:
        """These were not begun: they are as they were."""
        for number in reversed(numbers):
            self._queue(number).appendleft(number)

    def died(self, numbers: Iterable[int]) -> list[int]:
        """The machine died that had these; returns those that are given up."""
        given_up = []
        for number in numbers:
            self._deaths[number] = self._deaths.get(number, 0) + 1
            if self._deaths[number] >= MOST_DEATHS:
                given_up.append(number)
            else:
                self._queue(number).append(number)
        return given_up

    def _queue(self, number: int) -> deque[int]:
        return (self._fresh, self._singly, self._alone)[self._deaths.get(number, 0)]
