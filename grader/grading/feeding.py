"""The pool while its tasks still come, one after another, from somebody else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import Any, Protocol, TypeVar

from grader.controller.records import Records
from grader.controller.zygote import Zygote
from grader.grading.judges import Judge, Work
from grader.grading.pool import Finished, Run, Slot, told

Task = TypeVar("Task")
Result = TypeVar("Result")
Fed = TypeVar("Fed", covariant=True)


class Feed(Protocol[Fed]):
    """Tasks that come while others are done."""

    def fileno(self) -> int:
        """What can be read from when there may be some."""

    def take(self) -> Sequence[Fed] | None:
        """Those that have come since it was last asked; None once no more will come."""


def run_fed(
    feed: Feed[Task],
    places: Sequence[Slot],
    work: Callable[[Task, Zygote], Result],
    records: Sequence[Records] = (),
) -> Iterator[Finished[Task, Result]]:
    """The same for tasks that come one after another, until no more will come.

    Tasks are pickled on their way to the forks that do them.
    """
    run = FedRun(feed, places, Work((), work, tuple(records)))
    try:
        yield from run.results()
    finally:
        run.end()


class FedRun(Run[Task, Result]):
    """The same while tasks still come; those that are done are forgotten."""

    def __init__(self, feed: Feed[Task], places: Sequence[Slot], work: Work[Task, Result]) -> None:
        """Do what `feed` brings, in all `places`."""
        super().__init__((), (), work)
        self._feed: Feed[Task] | None = feed
        self._places = places
        self._coming: dict[int, Task] = {}
        self._count = 0

    def results(self) -> Iterator[Finished[Task, Result]]:
        """Do what comes, until no more will; yields what is finished."""
        while self._coming or self._feed:
            self._hand_out()
            if not self._finished:
                self._listen()
                self._hand_out()
            while self._finished:
                done = self._finished.popleft()
                yield told(self._coming.pop(done.number), done)

    def _ahead(self) -> int:
        # A task that is larger than a pipe would have us wait for a judge at work; and if what that
        # one says is as large, it would wait for us.
        return 1

    def _give(self, judge: Judge, number: int) -> None:
        judge.bring(number, self._coming[number])

    def _listen(self) -> None:
        by_pipe: dict[object, Judge] = {j.pipe: j for j in self._judges if j.given}
        if not by_pipe and (self._again or self._todo):  # nobody could be given anything
            return
        heard: list[Any] = [*by_pipe, *([self._feed] if self._feed else [])]
        for one in wait(heard):
            if one in by_pipe:
                self._hear(by_pipe[one])
            elif self._feed:
                self._take_in(self._feed)

    def _take_in(self, feed: Feed[Task]) -> None:
        tasks = feed.take()
        if tasks is None:
            self._feed = None
        for task in tasks or ():
            self._coming[self._count] = task
            self._todo.append(self._count)
            self._count += 1
