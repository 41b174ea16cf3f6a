"""Time limits: CPU time decides, idling twice as long ends it, wall clock is a far outer bound."""

from __future__ import annotations

import math
import time

from grader.controller.meter import Meter, Spent
from grader.errors import GraderError

LOOK = 0.25
"""Seconds between two looks at the account; a call that is over sooner costs none."""
IDLE = 2.0
"""A worker may sleep or be blocked for this many times its limit."""
FAR = 30.0
"""What has neither worked nor idled for its limit within so many times of it was starved."""


class Overdue(Exception):
    """The worker has used up its time."""


class Starved(GraderError):
    """The machine gave the worker no time to speak of: nobody's fault but the machine's."""


class Limit:
    """So many seconds for what workers do from now on."""

    def __init__(self, seconds: float) -> None:
        """Begin with nothing spent."""
        self._seconds = seconds
        self._spent = Spent()
        self._quiet = 0.0
        self._next = time.monotonic() + LOOK

    def begin(self, meter: Meter) -> None:
        """Go on with another worker, all of whose time counts."""
        self._spent.begin(meter.first)

    def join(self, meter: Meter) -> None:
        """Go on with a worker of which only what it does from now on counts."""
        self._spent.begin(meter.read())

    def excuse(self, seconds: float) -> None:
        """Take back what passed while the worker waited for us."""
        self._spent.idle -= seconds

    def charge(self, seconds: float) -> None:
        """Count CPU time of ours that a worker's frames have cost."""
        self._spent.cpu += seconds

    def quiet(self, seconds: float) -> None:
        """Note that for so long there was nothing of the worker's to read, nor room to send it."""
        self._quiet += seconds

    def end(self, meter: Meter) -> None:
        """Count what a worker has done since the last look; what is dying is idle."""
        if meter.ending():
            self._quiet = math.inf
        self._count(meter)

    @property
    def used(self) -> float:
        """Seconds of it that are gone, as far as it has been counted."""
        spent = self._spent
        return max(spent.cpu, (spent.cpu + spent.idle) / IDLE)

    @property
    def used_up(self) -> bool:
        """Whether it is, as far as it has been counted."""
        return self.used >= self._seconds

    def look(self, meter: Meter) -> float:
        """Look at the account if it is time to; the moment of the next look.

        Raises:
            Overdue: the time is used up.
            Starved: it is not, but far too much has passed on the wall.
        """
        if time.monotonic() >= self._next:
            self._check(meter)
            self._next = time.monotonic() + LOOK
        return self._next

    def _count(self, meter: Meter) -> None:
        quiet, self._quiet = self._quiet, 0.0
        self._spent.add(meter.read(), quiet=quiet)

    def _check(self, meter: Meter) -> None:
        self._count(meter)
        spent = self._spent
        if self.used_up:
            raise Overdue
        if spent.wall >= FAR * self._seconds:
            raise Starved(
                f"the machine is too busy: a worker got {spent.cpu:.1f} s of CPU time in "
                f"{spent.wall:.0f} s; grade with fewer --jobs, or when less else is running"
            )


class Watch:
    """The limits that one exchange with a worker obeys."""

    def __init__(self, meter: Meter, *limits: Limit) -> None:
        """Watch the worker of `meter`."""
        self._meter, self._limits = meter, limits
        self._next = -math.inf

    def pause(self) -> float:
        """How long to wait at most before asking again. Raises Overdue, Starved."""
        now = time.monotonic()
        if now >= self._next:
            self._next = min([limit.look(self._meter) for limit in self._limits])
        return max(self._next - now, 0.001)

    def quiet(self, seconds: float) -> None:
        """Note for how long nothing came; what drips is as idle as what is silent."""
        for limit in self._limits:
            limit.quiet(seconds)

    def excuse(self, seconds: float) -> None:
        """Take back what passed while the worker waited for us."""
        for limit in self._limits:
            limit.excuse(seconds)
