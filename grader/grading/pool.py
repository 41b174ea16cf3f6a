"""A class in parallel: one zygote, and one thread per slot, submissions in a queue.

Threads do what waits and compares; the work is done in the workers' processes. Whoever iterates
over the results is the only one that writes them down.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from grader.controller.zygote import Zygote
from grader.errors import GraderError
from grader.worker.confine import Policy

Task = TypeVar("Task")
Result = TypeVar("Result")

ATTEMPTS = 2


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
        self._policy = policy
        self._zygote: Zygote | None = None
        self._stopped = False
        self._lock = threading.Lock()  # of the zygote
        self._joining = threading.Lock()  # of its control socket, on which a user waits long

    def begin(self) -> Zygote:
        """Start it, which takes seconds; returns at once. Raises `GraderError` after `abort`."""
        with self._lock:
            if self._stopped:
                raise GraderError("stopped")
            if self._zygote is None:
                self._zygote = Zygote(self._policy)
            return self._zygote

    def join(self) -> tuple[Zygote, Zygote]:
        """A user's own connection, and the zygote that it leads to."""
        zygote = self.begin()
        with self._joining:
            return zygote.another(), zygote

    def leads_to(self, zygote: Zygote) -> bool:
        """Whether this zygote is still in use."""
        with self._lock:
            return zygote is self._zygote

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
    """A place to run in: a user of the machine's zygote."""

    def __init__(self, shared: Shared) -> None:
        """Keep where the zygote comes from; nothing is started yet."""
        self._shared = shared
        self._user: Zygote | None = None
        self._leads_to: Zygote | None = None

    def begin(self) -> None:
        """Start the zygote, which others use as well; returns at once."""
        self._shared.begin()

    def zygote(self) -> Zygote:
        """The slot's connection to the zygote. Raises `GraderError` after `abort`."""
        if self._leads_to is None or not self._shared.leads_to(self._leads_to):
            self._hang_up()
            self._user, self._leads_to = self._shared.join()
        assert self._user is not None
        return self._user

    def abort(self) -> None:
        """End what runs in all slots, from any thread: their threads get `GraderError`."""
        self._shared.abort()

    def discard(self) -> None:
        """End the zygote, for all slots; the next call of `zygote` makes another."""
        self._hang_up()
        self._shared.discard()

    def renew(self) -> None:
        """Discard the zygote that failed here, unless another slot has done so already."""
        if self._leads_to is None or self._shared.leads_to(self._leads_to):
            self.discard()

    def _hang_up(self) -> None:
        if self._user is not None:
            self._user.close()
        self._user = self._leads_to = None


class _Turns:
    """Who runs: any number of tasks side by side, or one that must be alone."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._waiting = 0  # to be alone; nobody else begins

    @contextmanager
    def beside_others(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: self._running >= 0 and not self._waiting)
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: self._running == 0)
            self._waiting -= 1
            self._running = -1
        try:
            yield
        finally:
            with self._changed:
                self._running = 0
                self._changed.notify_all()


def slots(policy: Policy, jobs: int) -> list[Slot]:
    """`jobs` slots beside one zygote."""
    shared = Shared(policy)
    return [Slot(shared) for _ in range(jobs)]


def run_all(
    tasks: Sequence[Task], places: Sequence[Slot], work: Callable[[Task, Zygote], Result]
) -> Iterator[Finished[Task, Result]]:
    """Do all tasks on all slots; yields in the order in which they finish.

    A `GraderError` is tried again with a fresh zygote, while nothing else runs here; what fails
    twice comes back as an error of that task alone. Ending the iteration early, by an interrupt
    too, ends what is in progress at once.
    """
    todo: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        todo.put(task)
    done: queue.SimpleQueue[Finished[Task, Result]] = queue.SimpleQueue()
    stop = threading.Event()
    turns = _Turns()

    def loop(slot: Slot) -> None:
        while not stop.is_set():
            try:
                task = todo.get_nowait()
            except queue.Empty:
                return
            done.put(_attempt(task, slot, work, turns))

    threads = [threading.Thread(target=loop, args=(slot,), daemon=True) for slot in places]
    for thread in threads:
        thread.start()
    try:
        for _ in tasks:
            yield done.get()
        stop.set()
    finally:
        if not stop.is_set():  # cut short
            stop.set()
            for slot in places:
                slot.abort()
        for thread in threads:
            thread.join()


def _attempt(
    task: Task, slot: Slot, work: Callable[[Task, Zygote], Result], turns: _Turns
) -> Finished[Task, Result]:
    start = time.monotonic()
    error: Exception | None = None
    for attempt in range(ATTEMPTS):
        try:
            with turns.alone() if attempt else turns.beside_others():
                if attempt:
                    slot.renew()
                result = work(task, slot.zygote())
            return Finished(task, result, None, time.monotonic() - start)
        except GraderError as failed:
            error = failed
        except Exception as failed:
            # Whatever else goes wrong here is our fault too: never a zero, and never the end of
            # the class.
            error = failed
            break
    return Finished(task, None, error, time.monotonic() - start)
