"""Proofs by mutants of the model answers: on the CPU of every kind, elsewhere of device handling.

A slip of device handling is a mutant that the CPU does not feel: there it is right, up to what
float32 and simulated tensors show. On a device it must be noticed, if the check asks for devices.
"""

from __future__ import annotations

from dataclasses import replace

from grader.controller.explaining import lines_of
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.session import Program
from grader.controller.standards import Standards
from grader.course.lesson import solutions_folder
from grader.course.slips.hints import hints_of
from grader.course.slips.mutants import Mutant, device_mutants, mutants
from grader.grading.pool import slots
from grader.results import ExerciseResult
from grader.validate.bench import Bench, Tally
from grader.validate.equivalent import equivalents, stale
from grader.validate.trial import Trial, run_trials
from grader.vocabulary import DEVICE


def prove_mutants(bench: Bench, tally: Tally) -> None:
    """Every mechanical mutant is killed, or listed as equivalent; none earns another's hint."""
    source = bench.lesson.answers_source
    made = mutants(source, tuple(bench.prepared))
    excused = _excused(bench)
    for key in stale(excused, [*made, *device_mutants(source, tuple(bench.prepared))]):
        if key.split(":")[0] not in bench.lesson.left_out:
            tally.complain("mutants", key, "equivalent.yml lists it, but there is no such mutant")
    wanted = [mutant for mutant in made if mutant.key not in excused]
    tally.mutants, tally.equivalent = len(made), len(made) - len(wanted)
    hints = hints_of(source, str(bench.lesson.answers_path))
    of_line = {mutant.key: hints.at(mutant.line, mutant.starts) for mutant in wanted}
    tally.lines = sum(map(bool, of_line.values()))
    trials = [_trial(m, bench, bench.standards, explained=bool(of_line[m.key])) for m in wanted]
    for tried in run_trials(trials, bench.places, bench.allowance):
        key = tried.trial.subject
        if not _killed(tried.results):
            tally.complain("mutants", key, "it survives: a case is missing")
            continue
        tally.killed += 1
        if of_line[key]:
            _prove_hint(key, of_line[key], set(of_line.values()), tried.results, tally)


def prove_device_handling(bench: Bench, tally: Tally) -> None:
    """Every slip of device handling is noticed on the device, or listed as equivalent."""
    asked = tuple(name for name, each in bench.prepared.items() if _asks_for_devices(each))
    made = device_mutants(bench.lesson.answers_source, asked)
    excused = _excused(bench)
    felt_there = _felt_on_the_cpu(made, bench)
    right = [mutant for mutant in made if mutant.key not in felt_there]
    wanted = [mutant for mutant in right if mutant.key not in excused]
    tally.mutants, tally.equivalent = len(right), len(right) - len(wanted)
    trials = [_trial(mutant, bench, bench.standards, explained=False) for mutant in wanted]
    for tried in run_trials(trials, bench.places, bench.allowance):
        tally.killed += _killed(tried.results)
        if not _killed(tried.results):
            reason = "on the device it survives: a case is missing"
            tally.complain("device handling", tried.trial.subject, reason)


def _excused(bench: Bench) -> dict[str, str]:
    """What `equivalent.yml` lists, with the reasons."""
    path = solutions_folder(bench.course, bench.lesson.name) / "equivalent.yml"
    return equivalents(path) if path.exists() else {}


def _asks_for_devices(exercise: PreparedExercise) -> bool:
    """Whether the check has a case of dtype and device, with tensors that are on one."""
    return any(call.case.group == DEVICE and call.has_tensors for call in exercise.calls)


def _felt_on_the_cpu(made: list[Mutant], bench: Bench) -> set[str]:
    """The mutants that are wrong anyway, or never run: no slips of device handling."""
    on_cpu = prepare(bench.lesson, "validate 0", "cpu", bench.allowance.seconds)
    # Beside a zygote that knows of the device, autograd would start a thread for it.
    places = slots(replace(bench.places[0].policy, device="cpu"), len(bench.places))
    try:
        standards = Standards(bench.lesson, on_cpu, bench.allowance, places[0].zygote())
        trials = [_trial(mutant, bench, standards, explained=False) for mutant in made]
        return {
            tried.trial.subject
            for tried in run_trials(trials, places, bench.allowance)
            if not all(_right_but_for_devices(result) for result in tried.results)
        }
    finally:
        for place in places:
            place.discard()


def _right_but_for_devices(result: ExerciseResult) -> bool:
    return result.verdict in ("passed", "failed") and all(
        group.passed or group.name == DEVICE for group in result.groups
    )


def _trial(mutant: Mutant, bench: Bench, standards: Standards, *, explained: bool) -> Trial:
    program = Program(((1, mutant.source),), trusted=True)
    judges = _judges(mutant.exercise, bench)
    return Trial(mutant.key, program, judges, standards, explained, brief=True)


def _prove_hint(
    key: str, own: str, beside: set[str], results: tuple[ExerciseResult, ...], tally: Tally
) -> None:
    """A mutant earns its own line's hint or a true one: never that of another line alone."""
    said = [line for result in results for line in lines_of(result.hint)]
    if own not in said and (other := [line for line in said if line in beside]):
        tally.complain("hints", key, f"it earns {other[0]!r}, which stands beside another line")
    elif said:
        tally.told += 1


def _judges(exercise: str, bench: Bench) -> tuple[str, ...]:
    """An exercise judges its own mutants; a helper's are judged by all."""
    return (exercise,) if exercise in bench.prepared else tuple(bench.prepared)


def _killed(results: tuple[ExerciseResult, ...]) -> bool:
    return any(result.verdict not in ("passed", "deferred") for result in results)
