"""Whoever grades with a cluster: sends batches, hears answers, and sees machines come and go.

One thread does all of it, as results are yielded; Dask's own threads only put what happened into a
queue. A batch goes to one machine by name, so that it is known whose death takes what with it.
"""

from __future__ import annotations

import queue
import time
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import Any

from grader.cluster import calls
from grader.cluster.address import Address
from grader.cluster.job import Answer, Job, packed_submission
from grader.cluster.ledger import MOST_DEATHS, Ledger, Machine
from grader.cluster.scheduler import Gone, Link, Present
from grader.errors import GraderError, UsageError
from grader.grading.grading import Graded, Task
from grader.grading.pool import Finished
from grader.worker.devices import is_card

PATIENCE = 600.0
"""Seconds that no machine, or no scheduler, is waited for."""
_LOOK_SECONDS = 1.0
_MOST_BYTES = 8 * 1024 * 1024
"""In a batch, but for a single submission that is larger."""


class ClusterRun:
    """One run over a class on a cluster. Use from one thread."""

    def __init__(
        self,
        address: Address,
        job: Job,
        tell: Callable[[str], None],
        patience: float = PATIENCE,
    ) -> None:
        """Prepare; nothing is sent yet.

        Args:
            address: the scheduler's.
            job: what is graded.
            tell: tells who looks on of machines that are refused or lost.
            patience: for how many seconds no machine, or no scheduler, is waited for.
        """
        self._link = Link(address)
        self._job, self._tell, self._patience = job, tell, patience
        self._run = uuid.uuid4().hex
        self._events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._machines: dict[str, Machine] = {}
        self._known: set[str] = set()
        self._refused: dict[str, str] = {}
        self._futures: dict[str, Any] = {}

    def results(self, tasks: Sequence[Task]) -> Generator[Finished[Task, Graded]]:
        """Have all of them graded; yields in the order in which they finish.

        Raises:
            UsageError: no machine that is there may grade this.
            GraderError: no machine, or no scheduler, for longer than the patience.
        """
        self._tasks = tasks
        self._ledger = Ledger(range(len(tasks)))
        self._finished: list[Finished[Task, Graded]] = []
        self._left = len(tasks)
        self._alone_since = time.monotonic()
        looked = -_LOOK_SECONDS
        try:
            while self._left:
                try:
                    if time.monotonic() >= looked + _LOOK_SECONDS:
                        self._look()
                        looked = time.monotonic()
                    self._send()
                    self._hear()
                except Gone as gone:
                    self._begin_again(gone)
                    looked = -_LOOK_SECONDS
                finished, self._finished = self._finished, []
                self._left -= len(finished)
                yield from finished
        finally:
            self._end()

    def _look(self) -> None:
        """See who is there; new ones are asked to take the job, lost ones' work is done again."""
        present = {one.key: one for one in self._link.present()}
        for key in [key for key in self._machines if key not in present]:
            self._lose(key)
        self._known &= present.keys()
        self._refused = {key: why for key, why in self._refused.items() if key in present}
        self._ask({key: one for key, one in present.items() if key not in self._known})
        if self._machines:
            self._alone_since = time.monotonic()
            return
        waited = time.monotonic() - self._alone_since
        told = "; ".join(f"{present[key].name}: {why}" for key, why in self._refused.items())
        if told and len(self._refused) == len(present) and self._left == len(self._tasks):
            raise UsageError(f"no machine of the cluster may grade this: {told}")
        if waited > self._patience:
            told = told or "none has joined; start `chainrule worker` on them"
            raise GraderError(f"no machine has graded for {self._patience:.0f} s: {told}")

    def _ask(self, new: dict[str, Present]) -> None:
        """Ask machines to take the job."""
        if not new:
            return
        said = self._link.call(
            [one.address for one in new.values()],
            calls.begin,
            self._job.model_dump_json().encode(),
        )
        for key, one in new.items():
            if one.address not in said:  # it has ended meanwhile, or is asked again
                continue
            self._known.add(key)
            slots = one.gpus if is_card(self._job.device) else one.slots
            if why := said[one.address]:
                self._refuse(key, one.name, why)
            else:
                self._machines[key] = Machine(one.address, one.name, max(1, slots))

    def _refuse(self, key: str, name: str, why: str) -> None:
        self._refused[key] = why
        self._tell(f"{name} is left out: {why}")

    def _lose(self, key: str) -> None:
        machine = self._machines.pop(key)
        numbers = [number for batch in machine.batches.values() for number in batch]
        for batch in machine.batches:
            self._forget(batch)
        if numbers:
            self._tell(f"{machine.name} is gone; what it had is graded again: {len(numbers)}")
        self._died(numbers, f"{machine.name} died")

    def _died(self, numbers: Sequence[int], how: str) -> None:
        for number in self._ledger.died(numbers):
            told = f"its machine died {MOST_DEATHS} times while it was graded, last: {how}"
            self._finished.append(Finished(self._tasks[number], None, GraderError(told), 0.0))

    def _send(self) -> None:
        """Give every machine what it should have."""
        slots = sum(machine.slots for machine in self._machines.values())
        going = True
        while going:
            going = False
            for key, machine in self._machines.items():
                numbers = self._ledger.next_for(machine, slots)
                if numbers:
                    self._send_batch(key, machine, numbers)
                    going = True

    def _send_batch(self, key: str, machine: Machine, numbers: tuple[int, ...]) -> None:
        parts: list[bytes] = []
        size = 0
        for number in numbers:
            part = packed_submission(number, self._tasks[number][1])
            if parts and size + len(part) > _MOST_BYTES:
                break
            parts.append(part)
            size += len(part)
        self._ledger.give_back(numbers[len(parts) :])
        name = f"chainrule-{self._run}-{uuid.uuid4().hex}"
        machine.batches[name] = numbers[: len(parts)]
        resource = calls.GPU if is_card(self._job.device) else calls.SLOT
        try:
            future = self._link.submit(
                machine.address, name, resource, calls.grade, self._job.name, self._run,
                b"".join(parts),
            )  # fmt: skip
        except BaseException:
            machine.batches.pop(name)
            self._ledger.give_back(numbers[: len(parts)])
            raise
        self._futures[name] = future
        future.add_done_callback(lambda done: self._events.put((key, name, done)))

    def _hear(self) -> None:
        """Wait for an answer, a moment at most, and take in all that have come."""
        with suppress(queue.Empty):
            event = self._events.get(timeout=_LOOK_SECONDS)
            while True:
                self._take(*event)
                event = self._events.get_nowait()

    def _take(self, key: str, name: str, future: Any) -> None:
        machine = self._machines.get(key)
        if machine is None or name not in machine.batches:
            return  # of a machine that was given up
        result = self._link.result(future)
        if result is None:
            self._take_failure(key, name, future)
            return
        answer = Answer.model_validate_json(result)
        numbers = machine.batches.pop(name)
        self._forget(name)
        machine.alone = False
        for settled in answer.settled:
            error = GraderError(settled.error) if settled.result is None else None
            task = self._tasks[settled.number]
            self._finished.append(Finished(task, settled.graded(), error, settled.seconds))
        self._ledger.give_back(answer.left)
        self._died(answer.died, f"the controller of {machine.name} died")
        missing = set(numbers) - {one.number for one in answer.settled}
        assert missing == {*answer.left, *answer.died}
        if answer.refused:
            self._dismiss(key, answer.refused)
        elif answer.leaving:
            machine.leaving = True
        elif answer.unknown:
            self._known.discard(key)
            self._dismiss(key)

    def _take_failure(self, key: str, name: str, future: Any) -> None:
        """A batch without an answer: its machine died, or Dask could not run it there."""
        why = self._link.why(future)
        self._look()  # which raises if it was the scheduler, and settles it if the machine is gone
        machine = self._machines.get(key)
        if machine is None or name not in machine.batches:
            return
        self._ledger.give_back(machine.batches.pop(name))
        self._forget(name)
        machine.alone = False
        if why:
            self._dismiss(key, f"Dask could not run a batch there: {why}")

    def _dismiss(self, key: str, why: str = "") -> None:
        """Send a machine nothing more, and give what it has to others."""
        machine = self._machines.pop(key)
        for name, numbers in machine.batches.items():
            self._forget(name)
            self._ledger.give_back(numbers)
        if why:
            self._refuse(key, machine.name, why)

    def _forget(self, name: str) -> None:
        future = self._futures.pop(name, None)
        if future is not None:
            if future.done():
                future.release()
            else:
                future.cancel(reason="no longer wanted")

    def _begin_again(self, gone: Gone) -> None:
        """The scheduler is gone, and all that was sent: wait for it, and send that again."""
        self._tell(f"{gone}; waiting for it")
        for machine in self._machines.values():
            for numbers in machine.batches.values():
                self._ledger.give_back(numbers)
        self._machines.clear()
        self._known.clear()
        self._futures.clear()
        self._run = uuid.uuid4().hex
        self._link.again(self._patience)
        self._alone_since = time.monotonic()

    def _end(self) -> None:
        """Nothing goes on for this run, however it ended."""
        with suppress(Exception):
            for name in list(self._futures):
                self._forget(name)
            if self._left and self._link.connected:
                machines = [machine.address for machine in self._machines.values()]
                self._link.call(machines, calls.withdraw, self._job.name, self._run)
        self._link.close()
