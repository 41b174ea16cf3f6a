"""One submission, from its source to its outcomes.

A session goes through `rooms`, sets of exercises that share a worker: it forks one, loads the
submission into it and runs the exercises one after another.
If the worker hangs or dies, what it was at is noted, and another worker goes on with the rest:
one bad cell or one endless loop costs its own exercise and nothing else.

Once the source is sent, nothing that the worker says or does is a fault of ours: a frame that no
honest worker sends, or a death, is the submission's. Two are not. A worker that somebody killed:
what it was at is tried again, and if that goes on, the whole is our fault. And one that died before
any of the student's code began: it may not have been the student's doing, and is tried once more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.comparing.compare import Asked
from grader.comparing.outcomes import ExerciseRun
from grader.controller.arrivals import Arrivals
from grader.controller.conversation import Again, Allowance, Conversation, State
from grader.controller.execution import Execution, UnitFault
from grader.controller.gpu_race import raced_on_gpu
from grader.controller.limit import Limit
from grader.controller.link import Link
from grader.controller.prepared import PreparedExercise
from grader.controller.program import Program
from grader.controller.race import raced
from grader.controller.rooms import Room, again, rooms, told
from grader.controller.staying import Stayer, Staying
from grader.controller.weighing import weighed
from grader.controller.zygote import Worker, Zygote
from grader.errors import OUT_OF_MEMORY, GraderError
from grader.worker.devices import is_card

__all__ = ["Allowance", "Program", "execute"]

MAX_KILLS = 4
"""Workers of one submission that somebody may kill before it is given up as our fault."""


def execute(
    zygote: Zygote,
    program: Program,
    exercises: Sequence[PreparedExercise],
    allowance: Allowance,
    connect: Callable[[Worker, int], Link] = Link,
    asked: Mapping[str, Sequence[Asked]] | None = None,
    skip: Sequence[int] = (),
    surveyed: Mapping[str, tuple[str, ...]] | None = None,
    after_hung: float = 1.0,
    staying: Staying | None = None,
) -> Execution:
    """Run a program's exercises in confined workers, each behind a link that `connect` makes.

    Outcomes are judged when they arrive, by what is `asked` of each exercise's calls; without it
    they are measured: that is for model answers. `skip`: units of the program that are left out.
    `surveyed`: what the survey of this program has found already, by exercise. `after_hung`: the
    part of its time that a call may take of an exercise that builds on one whose time was up.
    `staying`: takes over the workers that are left when their exercises have run.

    Raises:
        GraderError: the machine failed (a dead zygote, a worker that could not be confined, or
            was starved or killed from outside again and again; memory of ours that is used up).
    """
    state = State([], Limit(allowance.total_seconds), skip=list(skip))
    state.surveyed |= surveyed or {}
    try:
        session = _Session(zygote, program, allowance, state, connect, asked, after_hung, staying)
        return session.executed(exercises)
    except MemoryError as error:
        raise GraderError(OUT_OF_MEMORY) from error


@dataclass(frozen=True)
class _Session:
    """What all workers of a submission share."""

    zygote: Zygote
    program: Program
    allowance: Allowance
    state: State
    connect: Callable[[Worker, int], Link]
    asked: Mapping[str, Sequence[Asked]] | None
    after_hung: float
    staying: Staying | None

    def executed(self, exercises: Sequence[PreparedExercise]) -> Execution:
        """Run all exercises, room by room."""
        state = self.state
        faults: dict[int, UnitFault] = {}
        loaded = True
        waiting = rooms(exercises)
        while waiting:
            room = waiting.pop(0)
            self._run(room)
            loaded &= state.loaded
            if room.shuts:
                waiting += again(room, state.runs, state.faults.values())
                faults |= told(state.faults)
            else:  # here whatever fell, fell by itself
                lost = {unit: one for unit, one in faults.items() if one.ended}
                faults = lost | state.faults
        return Execution(
            state.runs,
            tuple(faults[unit] for unit in sorted(faults)),
            {name: found for name, found in state.surveyed.items() if found},
            state.output,
            state.forks,
            loaded,
            state.cpu_seconds,
            state.skipped,
            state.total.used,
            state.surveyed,
        )

    def _run(self, room: Room) -> None:
        """Run a room's exercises, in as many workers as it takes."""
        state = self.state
        state.enter(room.exercises)
        going = True
        while going and (state.pending or not state.loaded):
            if state.total.used_up:
                state.give_up("timeout")
                break
            zygote = self.zygote.lacking(room.rules)
            going = self._one_worker(zygote, room.exercises)

    def _one_worker(self, zygote: Zygote, exercises: Sequence[PreparedExercise]) -> bool:
        """Go as far as one worker goes; False if another one would not get further."""
        state = self.state
        worker = zygote.fork()
        state.forks += 1
        link = self.connect(worker, self.allowance.output_bytes)
        conversation = Conversation(zygote, worker, link, self.allowance, state)
        stayer, stays = Stayer(zygote, worker, conversation), False
        try:
            names = conversation.load(self.program, exercises)
            if names is None:
                return True
            state.loaded, stayer.names = True, names
            while state.pending:
                exercise = state.pending[0]
                if exercise.name in names:
                    before = worker.meter.cpu() if self.asked is None else 0.0
                    run = self._run_one(conversation, exercise)
                    if self.asked is None:
                        run = replace(run, seconds=worker.meter.cpu() - before)
                    state.runs[exercise.name] = run
                    if run.ended or conversation.lost:
                        state.pending.pop(0)
                        return True
                state.pending.pop(0)
            stays = True
            return True
        except Again as lost:
            return _once_more(lost, state)
        finally:
            state.total.end(worker.meter)
            left = self.allowance.output_bytes - len(state.output)
            if left > 0:
                state.output += link.output()[:left]
            state.cpu_seconds += worker.meter.cpu()
            if stays and self.staying is not None:
                self.staying.keep(stayer)
            else:
                stayer.close()

    def _run_one(self, conversation: Conversation, exercise: PreparedExercise) -> ExerciseRun:
        by = None if self.asked is None else self.asked[exercise.name]
        arrivals = Arrivals(exercise, by, self.state.purse)
        builds_on_hung = any(
            used in self.state.runs and self.state.runs[used].ended == "timeout"
            for used in exercise.exercise.uses
        )
        share = self.after_hung if builds_on_hung else 1.0
        early = conversation.run(exercise, arrivals, share)
        if early or conversation.lost:
            return arrivals.run(early)
        race = raced_on_gpu if is_card(exercise.device) else raced
        run = race(self.zygote, conversation, exercise, arrivals, self.allowance)
        if run.ended or not arrivals.weighings() or exercise.stand_ins:
            return run
        return weighed(self.zygote, conversation, exercise, arrivals, self.allowance)


def _once_more(again: Again, state: State) -> bool:
    """Whether another worker may try what this one was at.

    Raises:
        GraderError: workers are killed from outside again and again.
    """
    if again.killed:
        state.kills += 1
        if state.kills > MAX_KILLS:
            raise GraderError(
                f"{state.kills} workers were killed from outside, one after another: "
                "is the machine short of memory, or does somebody end its processes?"
            )
        return True
    if not state.second_chance:
        state.give_up(again.ended)
    going, state.second_chance = state.second_chance, False
    return going
