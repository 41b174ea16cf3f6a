"""Proofs by slips of device handling: mutants of the model answers that the CPU does not feel.

There such a mutant is right, up to what float32 and simulated tensors show. On a device it must be
noticed, if the check asks for devices.

To ask numbers back one by one is right everywhere, and slow. Where a check has a race, it must be
lost by that, on the device; where a device keeps no time, on the CPU, on which nothing is waited
for, but each number costs a call of Python's as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.standards import Standards
from grader.course.slips.mutants import Mutant, device_mutants, waiting_mutants
from grader.grading.pool import discard, slots
from grader.results import ExerciseResult
from grader.validate.bench import Bench, Tally
from grader.validate.mutating import excused_of, is_killed, raced_of, trial_of
from grader.validate.trial import run_trials
from grader.vocabulary import DEVICE, SPEED
from grader.worker.devices import keeps_time

Results = tuple[ExerciseResult, ...]


def prove_device_handling(bench: Bench, tally: Tally) -> None:
    """Every slip of device handling is noticed on the device, or listed as equivalent."""
    with _on_the_cpu(bench) as there:
        _prove_strays(bench, there, tally)
        _prove_waiting(bench, there, tally)


def _prove_strays(bench: Bench, on_cpu: Bench, tally: Tally) -> None:
    asked = tuple(name for name, each in bench.prepared.items() if _asks_for_devices(each))
    made = device_mutants(bench.lesson.answers_source, asked)
    there = _tried(made, on_cpu)
    right = [one for one in made if all(_right_but_for(r, DEVICE) for r in there[one.key])]
    wanted = _wanted(right, bench, tally)
    for key, results in _tried(wanted, bench).items():
        tally.killed += is_killed(results)
        if not is_killed(results):
            reason = "on the device it survives: a case is missing"
            tally.complain("device handling", key, reason)


def _prove_waiting(bench: Bench, on_cpu: Bench, tally: Tally) -> None:
    made = waiting_mutants(bench.lesson.answers_source, raced_of(on_cpu))
    there = _tried(made, on_cpu, brief=False)
    right = [one for one in made if all(map(_is_slow_at_most, there[one.key]))]
    wanted = _wanted(right, bench, tally)
    raced_here = keeps_time(bench.places[0].policy.device)
    here = _tried(wanted, bench, brief=False) if raced_here else there
    for mutant in wanted:
        slow = any(map(_is_slow, here[mutant.key]))
        tally.killed += slow
        if not slow:
            reason = "it wins its race, though it asks its numbers back one by one"
            tally.complain("device handling", mutant.key, reason)


def _wanted(made: list[Mutant], bench: Bench, tally: Tally) -> list[Mutant]:
    """Those that must be noticed; all are counted."""
    excused = excused_of(bench)
    wanted = [mutant for mutant in made if mutant.key not in excused]
    tally.mutants += len(made)
    tally.equivalent += len(made) - len(wanted)
    return wanted


def _tried(made: Sequence[Mutant], bench: Bench, *, brief: bool = True) -> dict[str, Results]:
    """What becomes of mutants, by their keys."""
    trials = [trial_of(mutant, bench, brief=brief) for mutant in made]
    tried = run_trials(trials, bench.places, bench.allowance)
    return {one.trial.subject: one.results for one in tried}


@contextmanager
def _on_the_cpu(bench: Bench) -> Iterator[Bench]:
    """The same bench on the CPU. What is wrong there, or never runs, is no slip of these."""
    prepared = prepare(bench.lesson, "validate 0", "cpu", bench.allowance.seconds)
    # Beside a zygote that knows of the device, autograd would start a thread for it.
    places = slots(replace(bench.places[0].policy, device="cpu"), len(bench.places))
    try:
        standards = Standards(bench.lesson, prepared, bench.allowance, places[0].zygote())
        yield replace(bench, prepared=prepared, standards=standards, places=places)
    finally:
        discard(places)


def _asks_for_devices(exercise: PreparedExercise) -> bool:
    """Whether the check has a case of dtype and device, with tensors that are on one."""
    return any(call.case.group == DEVICE and call.has_tensors for call in exercise.calls)


def _right_but_for(result: ExerciseResult, *groups: str) -> bool:
    return result.verdict in ("passed", "failed") and all(
        group.passed or group.name in groups for group in result.groups
    )


def _is_slow_at_most(result: ExerciseResult) -> bool:
    return result.verdict == "timeout" or _right_but_for(result, DEVICE, SPEED)


def _is_slow(result: ExerciseResult) -> bool:
    lost = any(group.name == SPEED and not group.passed for group in result.groups)
    return result.verdict == "timeout" or lost
