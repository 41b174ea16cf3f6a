"""Memory: how much of a GPU a submission holds at most, by the driver's account, beside a rival.

Nothing that the worker says counts: the driver tells what its process holds. Each of the two has a
worker of its own, one after the other, and makes a small call first, so that what the libraries
take for themselves is there before. What a worker's allocator has had it keeps, so that the end of
a call tells its peak even if no look in between has met it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.comparing.outcomes import ExerciseRun, Outcome, Weight
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Again, Allowance, Conversation, Lost, State
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.nvml import Device, NoNvml, Nvml, Peak, account, numbered_as_machine
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.race import ended, rival_program
from grader.controller.zygote import Zygote
from grader.errors import GraderError


def weighed(
    zygote: Zygote,
    program: Program,
    skip: Sequence[int],
    exercise: PreparedExercise,
    arrivals: Arrivals,
    allowance: Allowance,
) -> ExerciseRun:
    """What came of an exercise, with the memory of the calls whose cases ask for it.

    Where NVML tells nothing of a process, those calls are deferred. `skip`: units of the program
    that are left out.

    Raises:
        Again: the worker was killed from outside.
        GraderError: the rival failed, or NVML, once it had answered; both are ours.
    """
    for number in arrivals.weighings():
        try:
            arrivals.add_weight(
                number, _weight(zygote, program, skip, exercise, number, arrivals, allowance)
            )
        except Lost as lost:
            if lost.killed:
                raise Again(lost) from None
            return arrivals.run(lost.ended, number)
    return arrivals.run()


def _weight(
    zygote: Zygote,
    program: Program,
    skip: Sequence[int],
    exercise: PreparedExercise,
    number: int,
    arrivals: Arrivals,
    allowance: Allowance,
) -> Weight | None:
    leaner = exercise.calls[number].case.leaner
    assert leaner is not None
    try:
        nvml = Nvml()
    except NoNvml:
        return None
    with nvml:
        scales = _Scales(zygote, nvml, allowance)
        try:
            outcome, peak = scales.weigh(program, exercise, number, skip)
            right = arrivals.is_right(number, exercise.calls[number], outcome)
            rival = rival_program(exercise, leaner.rival, leaner.rival_name)
            rival_peak = scales.weigh_rival(rival, exercise.unbound(), number)
        except NoNvml as error:
            raise GraderError(f"the memory of {exercise.name} was not told: {error}") from error
    if right and (peak is None or rival_peak is None):
        return None
    return Weight(right, peak or 0, rival_peak or 0)


@dataclass(frozen=True)
class _Scales:
    """Weighs calls, by different programs, on the GPU of a zygote's user."""

    zygote: Zygote
    nvml: Nvml
    allowance: Allowance

    def weigh(
        self, program: Program, exercise: PreparedExercise, number: int, skip: Sequence[int] = ()
    ) -> tuple[Outcome, int | None]:
        """A call's outcome, and the bytes held at its peak beyond those before; None: not told.

        Raises:
            Lost: the program's worker was lost.
        """
        before = self._device()
        worker = self.zygote.fork()
        try:
            state = State([], Limit(self.allowance.total_seconds), skip=list(skip), forks=1)
            link = Link(worker, self.allowance.output_bytes)
            conversation = Conversation(self.zygote, worker, link, self.allowance, state)
            if exercise.name not in (conversation.load(program, [exercise]) or ()):
                raise Lost("crash")
            conversation.lap(exercise.alone(_small(exercise, number)))
            now = self.nvml.device(before.uuid)
            pid = worker.meter.pid if numbered_as_machine() else None
            read = account(before, now, pid)
            with Peak(lambda: read(self.nvml.device(before.uuid))) as peak:
                outcome, _ = conversation.lap(exercise.alone(number))
        finally:
            ended(self.zygote, worker)
        held, most = read(now), peak.bytes
        return outcome, None if held is None or most is None else max(most - held, 0)

    def weigh_rival(self, rival: Program, exercise: PreparedExercise, number: int) -> int | None:
        """The same of a program of ours: whatever befalls it is no fault of the submission."""
        try:
            outcome, peak = self.weigh(rival, exercise, number)
        except (Lost, Again) as lost:
            raise GraderError(f"the rival of {exercise.name} was lost: {lost.ended}") from lost
        if outcome.raised is not None:
            raise GraderError(f"the rival of {exercise.name} raised {outcome.raised.type}")
        return peak

    def _device(self) -> Device:
        """The device that workers are given, or the only one."""
        if self.zygote.gpu:
            return self.nvml.device(self.zygote.gpu)
        found = self.nvml.devices()
        if len(found) != 1:
            raise NoNvml(f"{len(found)} devices, and nothing says which of them workers use")
        return found[0]


def _small(exercise: PreparedExercise, number: int) -> int:
    """The smallest call that nothing is measured on, of the same dtype if there is one."""
    dtype = exercise.calls[number].case.dtype
    plain = [
        (call.case.dtype != dtype, sum(map(len, call.inputs)), n)
        for n, call in enumerate(exercise.calls)
        if call.case.leaner is None and not call.fake and call.case.raises is None
    ]
    return min(plain)[2]
