"""Memory: how much of a GPU a submission holds at most, by the driver's account, beside a rival.

Nothing that the worker says counts: the driver tells what its process holds. Each of the two has a
worker of its own, one after the other, and makes a small call first, so that what the libraries
take for themselves is there before. What a worker's allocator has had it keeps, so that the end of
a call tells its peak even if no look in between has met it.
"""

from __future__ import annotations

from dataclasses import dataclass

from grader.comparing.outcomes import ExerciseRun, Outcome, Weight
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Allowance, Conversation
from grader.controller.entrants import entered, measured, ours, require_returned, rival
from grader.controller.nvml import Device, NoNvml, Nvml, Peak, account, numbered_as_machine
from grader.controller.prepared import PreparedExercise
from grader.controller.zygote import Zygote
from grader.errors import GraderError


def weighed(
    zygote: Zygote,
    conversation: Conversation,
    exercise: PreparedExercise,
    arrivals: Arrivals,
    allowance: Allowance,
) -> ExerciseRun:
    """What came of an exercise, with the memory of the calls whose cases ask for it.

    The submission's worker is ended: what it has left on the GPU would be weighed as well. Where
    NVML tells nothing of a process, those calls are deferred.

    Raises:
        Again: a worker was killed from outside.
        GraderError: the rival failed, or NVML, once it had answered; both are ours.
    """
    conversation.end()

    def weigh(number: int) -> None:
        weight = _weight(zygote, conversation, exercise, number, arrivals, allowance)
        arrivals.add_weight(number, weight)

    return measured(arrivals.weighings(), arrivals, weigh)


def _weight(
    zygote: Zygote,
    conversation: Conversation,
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
        try:
            scales = _Scales(nvml, _device(nvml, zygote), _small(exercise, number), number)
            program, skip = conversation.program, conversation.skip
            with entered(zygote, program, exercise, allowance, skip) as mine:
                outcome, peak = scales.weigh(mine, exercise)
            right = arrivals.is_right(number, exercise.calls[number], outcome)
            with rival(zygote, exercise, leaner, allowance) as other, ours(exercise):
                theirs, rival_peak = scales.weigh(other, exercise.unbound())
        except NoNvml as error:
            raise GraderError(f"the memory of {exercise.name} was not told: {error}") from error
    require_returned(exercise, [theirs])
    if right and (peak is None or rival_peak is None):
        return None
    return Weight(right, peak or 0, rival_peak or 0)


@dataclass(frozen=True)
class _Scales:
    """Weighs the call of a number, after that of a smaller one; `before`: the idle GPU."""

    nvml: Nvml
    before: Device
    small: int
    number: int

    def weigh(
        self, conversation: Conversation, exercise: PreparedExercise
    ) -> tuple[Outcome, int | None]:
        """The call's outcome, and the bytes held at its peak beyond those before; None: not told.

        Raises:
            Lost: the worker was lost.
        """
        conversation.lap(exercise.alone(self.small))
        now = self._now()
        read = account(self.before, now, conversation.pid if numbered_as_machine() else None)
        with Peak(lambda: read(self._now())) as peak:
            outcome, _ = conversation.lap(exercise.alone(self.number))
        held, most = read(now), peak.bytes
        return outcome, None if held is None or most is None else max(most - held, 0)

    def _now(self) -> Device:
        return self.nvml.device(self.before.uuid)


def _device(nvml: Nvml, zygote: Zygote) -> Device:
    """The device that workers are given, or the only one."""
    if zygote.gpu:
        return nvml.device(zygote.gpu)
    found = nvml.devices()
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
