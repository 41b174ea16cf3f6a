"""A Dask worker as a machine of ours: what it has, what it refuses, and its controllers."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

from distributed import WorkerPlugin

from grader.cluster.calls import PLUGIN
from grader.cluster.crew import Crew
from grader.cluster.job import Answer, Card, Job, submissions_in
from grader.cluster.likeness import course_digest, differences
from grader.course.lesson import digest_of
from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.worker.devices import is_card

_MOST_CREWS = 2
_MOST_STARTS = 3
_FETCH_SECONDS = 30.0
_LOOK_SECONDS = 0.05
_REFUSALS = 5


class Member(WorkerPlugin):
    """Holds the machine's controllers, one for each job; the last few stay ready for more."""

    name = PLUGIN

    def __init__(self, root: Path, card: Card) -> None:
        """Keep this machine's copy of the course and its card; nothing is started yet."""
        self._root, self._card = root, card

    def setup(self, worker: Any) -> None:
        """Begin, in the Dask worker's process."""
        self._worker = worker
        self._jobs: dict[str, Job] = {}
        self._crews: dict[str, Crew] = {}
        self._starts: dict[str, int] = {}
        self._lock = threading.Lock()
        self._refused: deque[str] = deque(maxlen=_REFUSALS)
        self._done, self._leaving = 0, False
        worker.handlers["chainrule_leave"] = self._leave

    def teardown(self, worker: Any) -> None:
        """End all controllers, and what they are at."""
        with self._lock:
            crews = list(self._crews.values())
        for crew in crews:
            crew.close()

    def card(self) -> Card:
        """What the machine has and has done."""
        own = {"done": self._done, "refused": tuple(self._refused), "leaving": self._leaving}
        return self._card.model_copy(update=own)

    def begin(self, job: Job) -> str:
        """Take a job and start its controller; returns why not, "" if it is taken."""
        reasons = self._reasons(job)
        if reasons:
            told = "; ".join(reasons)
            if (line := f"{job.assignment}: {told}") not in self._refused:
                self._refused.append(line)
            return told
        self._jobs[job.name] = job
        self._starts[job.name] = 0
        self._crew(job)
        return ""

    def grade(self, name: str, run: str, batch: bytes) -> Answer:
        """Grade a batch, in one of the Dask worker's threads."""
        submissions = submissions_in(batch)
        job, numbers = self._jobs.get(name), tuple(number for number, _ in submissions)
        if self._leaving:
            return Answer(left=numbers, leaving=True)
        if job is None:
            return Answer(left=numbers, unknown=True)
        crew = self._crew(job)
        if crew is None:
            return Answer(left=numbers, refused="its controller ends before it is ready")
        answer = crew.grade(run, submissions)
        self._done += len(answer.settled)
        if answer.refused and (line := f"{job.assignment}: {answer.refused}") not in self._refused:
            self._refused.append(line)
        return answer

    def withdraw(self, name: str, run: str) -> None:
        """Whoever asked for the run has gone."""
        crew = self._crews.get(name)
        if crew is not None:
            threading.Thread(target=crew.withdraw, args=(run,), daemon=True).start()

    def _reasons(self, job: Job) -> list[str]:
        reasons = differences(self._card.versions, job.versions)
        if self._leaving:
            reasons.append("it is leaving")
        if is_card(job.device) and not self._card.gpus:
            reasons.append("it has no GPU")
        if job.isolation == "full" and self._card.lacks:
            lacks = ", ".join(self._card.lacks)
            reasons.append(f"it cannot isolate fully ({lacks}); --isolation process accepts less")
        try:
            course = load_course(self._root)
            if digest_of(course, job.assignment) != job.checks:
                reasons.append(f"its checks of {job.assignment} are others than ours")
            elif course_digest(course, job.assignment) != job.course:
                reasons.append(f"its course.yml or its {job.assignment}.py is another than ours")
        except CourseError as error:
            reasons.append(str(error))
        return reasons

    def _crew(self, job: Job) -> Crew | None:
        """The job's controller; a new one after a death, None if none lives to be ready."""
        with self._lock:
            crew = self._crews.pop(job.name, None)
            if crew is not None and crew.dead:
                if crew.ready:
                    self._starts[job.name] = 0
                crew = None
            if crew is None:
                starts = self._starts[job.name] = self._starts.get(job.name, 0) + 1
                if starts > _MOST_STARTS:
                    return None
                crew = Crew(self._root, job, self._slots(job))
            idle = [name for name, other in self._crews.items() if not other.busy]
            for name in idle[: max(0, len(self._crews) + 1 - _MOST_CREWS)]:
                closing = self._crews.pop(name)
                threading.Thread(target=closing.close, daemon=True).start()
            self._crews[job.name] = crew
            return crew

    def _slots(self, job: Job) -> int:
        """One GPU grades one submission at a time."""
        return self._card.gpus if is_card(job.device) else self._card.slots

    async def _leave(self) -> str:
        """Finish what is in progress, and stay until what came of it has been fetched."""
        self._leaving = True
        crews = list(self._crews.values())
        for crew in crews:
            crew.drain()
        while any(crew.busy for crew in crews):
            await asyncio.sleep(_LOOK_SECONDS)
        end = time.monotonic() + _FETCH_SECONDS
        while self._occupied() and time.monotonic() < end:
            await asyncio.sleep(_LOOK_SECONDS)
        return "OK"

    def _occupied(self) -> bool:
        state = self._worker.state
        return bool(state.executing_count or self._worker.data)
