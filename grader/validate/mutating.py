"""Proofs by mutants of the model answers, on the CPU; elsewhere see `device_handling`."""

from __future__ import annotations

from collections.abc import Sequence

from grader.controller.explaining import lines_of
from grader.controller.session import Program
from grader.course.lesson import solutions_folder
from grader.course.slips.hints import hints_of
from grader.course.slips.mutants import Mutant, device_mutants, mutants, waiting_mutants
from grader.grading.pool import done_all
from grader.results import ExerciseResult
from grader.validate.bench import Bench, Tally
from grader.validate.equivalent import equivalents, stale
from grader.validate.trial import Trial, run_trials


def prove_mutants(bench: Bench, tally: Tally) -> None:
    """Every mechanical mutant is killed, or listed as equivalent; none earns another's hint."""
    source = bench.lesson.answers_source
    made = mutants(source, tuple(bench.prepared))
    excused = excused_of(bench)
    elsewhere = [
        *device_mutants(source, tuple(bench.prepared)),
        *waiting_mutants(source, raced_of(bench)),
    ]
    for key in stale(excused, [*made, *elsewhere]):
        if key.split(":")[0] not in bench.lesson.left_out:
            tally.complain("mutants", key, "equivalent.yml lists it, but there is no such mutant")
    wanted = [mutant for mutant in made if mutant.key not in excused]
    tally.mutants, tally.equivalent = len(made), len(made) - len(wanted)
    hints = hints_of(source, str(bench.lesson.answers_path))
    of_line = {mutant.key: hints.at(mutant.line, mutant.starts) for mutant in wanted}
    tally.lines = sum(map(bool, of_line.values()))
    trials = [trial_of(mutant, bench, explained=bool(of_line[mutant.key])) for mutant in wanted]
    _rehearse(trials, bench)
    for tried in run_trials(trials, bench.places, bench.allowance):
        key = tried.trial.subject
        if not is_killed(tried.results):
            tally.complain("mutants", key, "it survives: a case is missing")
            continue
        tally.killed += 1
        if of_line[key]:
            _prove_hint(key, of_line[key], set(of_line.values()), tried.results, tally)


def _rehearse(trials: Sequence[Trial], bench: Bench) -> None:
    """Each mutant that is explained is compared with itself: they run together, before that."""
    explained = [trial.exercises for trial in trials if trial.explained]
    tasks = list(dict.fromkeys(name for names in explained for name in names))
    standards = bench.standards
    for _ in done_all(tasks, bench.places, standards.rehearse, [standards.records]):
        pass


def excused_of(bench: Bench) -> dict[str, str]:
    """What `equivalent.yml` lists, with the reasons."""
    path = solutions_folder(bench.course, bench.lesson.name) / "equivalent.yml"
    return equivalents(path) if path.exists() else {}


def raced_of(bench: Bench) -> tuple[str, ...]:
    """The exercises of which speed is asked where the bench stands."""
    return tuple(
        name
        for name, exercise in bench.prepared.items()
        if any(call.case.faster is not None for call in exercise.calls)
    )


def trial_of(mutant: Mutant, bench: Bench, *, explained: bool = False, brief: bool = True) -> Trial:
    """A mutant as a program of ours; `explained` and `brief` are the trial's."""
    program = Program(((1, mutant.source),), trusted=True)
    judges = _judges(mutant.exercise, bench)
    return Trial(mutant.key, program, judges, bench.standards, explained, brief)


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


def is_killed(results: tuple[ExerciseResult, ...]) -> bool:
    """Whether a mutant was noticed."""
    return any(result.verdict not in ("passed", "deferred") for result in results)
