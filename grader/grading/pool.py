"""A class in parallel: one zygote, and one judge per slot, each a process; tasks in a queue.

This process hands out numbers of tasks, keeps what judges have on record, and yields results:
whoever iterates over them is the only one that writes them down.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import wait
from typing import Any, Generic, TypeVar, cast

from grader.controller.records import Records
from grader.controller.zygote import Zygote
from grader.errors import GraderError
from grader.grading.gpus import free_gpus, gpus_here
from grader.grading.judges import Asked, Done, Judge, Made, Work
from grader.grading.lending import Lending
from grader.worker.confine import Policy
from grader.worker.devices import is_card

Task = TypeVar("Task")
Result = TypeVar("Result")

ATTEMPTS = 2
AHEAD = 2
"""Tasks that a judge has while many are left, so that it need not wait for us."""


@dataclass(frozen=True)
class Finished(Generic[Task, Result]):
    """A task's result, or the grader's own error that kept it from one; `seconds` it took."""

    task: Task
    result: Result | None
    error: Exception | None
    seconds: float


class Shared:
    """The one zygote of a machine, made when first needed, and a new one after a failure."""

    def __init__(self, policy: Policy) -> None:
        """Keep the policy; nothing is started yet."""
        self.policy = policy
        self._zygote: Zygote | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def begin(self) -> Zygote:
        """Start it, which takes seconds; returns at once. Raises `GraderError` after `abort`."""
        with self._lock:
            if self._stopped:
                raise GraderError("stopped")
            if self._zygote is None:
                self._zygote = Zygote(self.policy)
            return self._zygote

    def abort(self) -> None:
        """End what runs here, from any thread: whoever waits for it gets `GraderError`."""
        with self._lock:
            self._stopped = True
            if self._zygote is not None:
                self._zygote.abort()

    def discard(self) -> None:
        """End the zygote, for all its users; the next `begin` makes another."""
        with self._lock:
            if self._zygote is not None:
                self._zygote.close()
                self._zygote = None


class Slot:
    """A place to run in beside the machine's zygote."""

    def __init__(self, shared: Shared, gpu: str = "") -> None:
        """Keep where the zygote comes from, and the GPU that workers here are given; nothing is
        started yet.
        """
        self._shared, self._gpu = shared, gpu
        self._user: Zygote | None = None

    @property
    def policy(self) -> Policy:
        """How workers are confined here."""
        return self._shared.policy

    def begin(self) -> None:
        """Start the zygote, which others use as well; returns at once."""
        self._shared.begin()

    def zygote(self) -> Zygote:
        """This process's own connection to it. Raises `GraderError` after `abort`."""
        if self._user is None:
            self._user = self.connect()
        return self._user

    def connect(self) -> Zygote:
        """A connection for somebody else."""
        made = self._shared.begin().another()
        made.gpu = self._gpu
        return made

    def counts(self) -> dict[str, Any]:
        """The zygote's own account; see `Zygote.counts`."""
        return self._shared.begin().counts()

    def abort(self) -> None:
        """End what runs in all slots, from any thread."""
        self._shared.abort()

    def discard(self) -> None:
        """End the zygote, for all slots; the next call of `zygote` makes another."""
        if self._user is not None:
            self._user.close()
            self._user = None
        self._shared.discard()


def slots(policy: Policy, jobs: int) -> list[Slot]:
    """`jobs` slots beside one zygote; on GPUs each has one of its own, and there are no more.

    Raises:
        UsageError: the GPUs are busy.
    """
    shared = Shared(policy)
    if not is_card(policy.device):
        return [Slot(shared) for _ in range(jobs)]
    # Where nobody tells how many GPUs there are, one worker has what there is.
    names = [gpu.uuid for gpu in free_gpus(gpus_here())] or [""]
    return [Slot(shared, name) for name in names[:jobs]]


def discard(places: Iterable[Slot]) -> None:
    """End what runs in slots; safe to call twice."""
    for place in places:
        place.discard()


def run_all(
    tasks: Sequence[Task],
    places: Sequence[Slot],
    work: Callable[[Task, Zygote], Result],
    records: Sequence[Records] = (),
) -> Iterator[Finished[Task, Result]]:
    """Do all tasks on all slots; yields in the order in which they finish.

    `work` runs in forks of this process: it shares what is there now, its results are pickled, and
    nothing that it changes is seen here. `records` are kept here for all.

    A `GraderError` is tried again with a fresh zygote, while nothing else runs here; what fails
    twice comes back as an error of that task alone. So does what a judge was at that died. Ending
    the iteration early, by an interrupt too, ends what is in progress at once.
    """
    run = Run(tasks, places, Work(tasks, work, tuple(records)))
    try:
        yield from run.results()
    finally:
        run.end()


def done_all(
    tasks: Sequence[Task],
    places: Sequence[Slot],
    work: Callable[[Task, Zygote], Result],
    records: Sequence[Records] = (),
) -> Iterator[tuple[Task, Result]]:
    """The same where an error of ours is the end of all: tasks and results as they finish.

    Raises:
        Exception: the first error of ours, once it is final.
    """
    for finished in run_all(tasks, places, work, records):
        if finished.error is not None:
            raise finished.error
        yield finished.task, cast(Result, finished.result)


class Run(Generic[Task, Result]):
    """What is handed out, in progress, failed once and finished; see `run_all`."""

    def __init__(
        self, tasks: Sequence[Task], places: Sequence[Slot], work: Work[Task, Result]
    ) -> None:
        self._tasks, self._work = tasks, work
        self._places = places[: len(tasks)]
        self._todo = deque(range(len(tasks)))
        self._again: deque[int] = deque()
        self._failed: dict[int, Done] = {}  # once
        self._finished: deque[Done] = deque()
        self._judges: list[Judge] = []
        self._seats: dict[Judge, Slot] = {}
        self._lending = [Lending(records.shelf) for records in work.records]
        self._renew = False

    def results(self) -> Iterator[Finished[Task, Result]]:
        """Do all of it; yields what is finished."""
        left = len(self._tasks)
        while left:
            self._hand_out()
            if not self._finished:
                self._listen()
                self._hand_out()
            while self._finished:
                done = self._finished.popleft()
                left -= 1
                yield told(self._tasks[done.number], done)

    def end(self) -> None:
        """End the judges, and what is still in progress."""
        busy = any(judge.given for judge in self._judges)
        for judge in self._judges:
            judge.end()
        if busy:  # cut short
            for place in self._places:
                place.abort()

    def _hand_out(self) -> None:
        """Give judges what they may begin with; what is tried again is tried alone."""
        given = [number for judge in self._judges for number in judge.given]
        if any(number in self._failed for number in given):
            return
        if self._again:
            if not given:
                self._try_again(self._again.popleft())
            return
        while len(self._judges) < min(len(self._places), len(given) + len(self._todo)):
            if not self._add_judge(self._todo):
                break
        for depth in range(1, self._ahead() + 1):
            for judge in self._judges:
                if self._todo and len(judge.given) < depth:
                    self._give(judge, self._todo.popleft())

    def _ahead(self) -> int:
        """How many tasks a judge may have now."""
        return AHEAD if len(self._todo) > 2 * len(self._judges) else 1

    def _give(self, judge: Judge, number: int) -> None:
        judge.give(number)

    def _try_again(self, number: int) -> None:
        if self._renew:
            for judge in self._judges:
                judge.end()
            self._judges.clear()
            self._places[0].discard()
            self._renew = False
        if self._judges or self._add_judge(deque([number])):
            self._give(self._judges[0], number)

    def _add_judge(self, waiting: deque[int]) -> bool:
        """Fork one more; if there is no zygote for it, that is what the next task fails by."""
        taken = [self._seats[judge] for judge in self._judges]
        place = next(place for place in self._places if place not in taken)
        try:
            connection = place.connect()
        except GraderError as error:
            if not self._judges:
                self._settle(Done(waiting.popleft(), None, error, 0.0))
            return False
        self._judges.append(judge := Judge(self._work, connection))
        self._seats[judge] = place
        return True

    def _listen(self) -> None:
        """Wait until a judge says something, and hear all that do."""
        by_pipe: dict[object, Judge] = {j.pipe: j for j in self._judges if j.given}
        if not by_pipe:  # nobody could be given anything: what failed by that is tried again
            return
        for pipe in wait([judge.pipe for judge in by_pipe.values()]):
            self._hear(by_pipe[pipe])

    def _hear(self, judge: Judge) -> None:
        said = judge.hear()
        match said:
            case Asked():
                self._lending[said.records].ask(judge.pid, said.key, judge.answer)
            case Made():
                self._lending[said.records].put(said.key, said.record, said.lasting)
            case Done():
                judge.given.remove(said.number)
                self._settle(said)
            case None:
                self._lose(judge)

    def _lose(self, judge: Judge) -> None:
        """A judge died, perhaps by what it was at; what it had not begun is anybody's."""
        self._judges.remove(judge)
        judge.end()
        for lending in self._lending:
            lending.gone(judge.pid)
        at, *ahead = judge.given
        self._todo.extendleft(reversed(ahead))
        self._settle(Done(at, None, GraderError("a process of the grader was killed"), 0.0))

    def _settle(self, done: Done) -> None:
        first = self._failed.pop(done.number, None)
        if isinstance(done.error, GraderError) and first is None:
            self._failed[done.number] = done
            self._again.append(done.number)
            self._renew = True
            return
        seconds = done.seconds + (first.seconds if first else 0.0)
        self._finished.append(replace(done, seconds=seconds))


def told(task: Task, done: Done) -> Finished[Task, Result]:
    """What came of a task, as whoever asked for it is told."""
    return Finished(task, done.result, done.error, done.seconds)
