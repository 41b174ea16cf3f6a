"""`chainrule validate`: prove one assignment.

- every answer earns full marks under every seed, and every blank stub nothing;
- every known mistake loses its exercise and earns its own hint and no other;
- every short cut of `equivalents.py` is refused, and each set of rules has one at least;
- one mistake costs its marks once: see `following`;
- every printed figure is reproduced, every gradient of the reference agrees with autograd;
- every written question has a model answer, and a rubric that adds up to its points;
- in each language that the course speaks, no text is missing, stale or unlike its original;
- every mechanical mutant of the answers is killed, but for those proved equivalent, and earns no
  hint that stands beside another line, unless what that line's mutant does is the same;
- on another device than the CPU, all that runs there, and of the mutants the slips of device
  handling: what is left or made on the CPU, float64, and, in a race, numbers asked back one by one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.controller.causes import mistake_program
from grader.controller.prepared import prepare
from grader.controller.session import Program
from grader.controller.standards import Standards
from grader.controller.zygote import Zygote
from grader.course.equivalents import load_equivalents
from grader.course.lesson import load_lesson, load_module, solutions_folder
from grader.course.syllabus import Course
from grader.errors import CourseError
from grader.grading.machine import allowance_of
from grader.grading.pool import Slot, done_all
from grader.notebook import read_assignment, stub_submission
from grader.results import total
from grader.validate.bench import Bench, Tally
from grader.validate.device_handling import prove_device_handling
from grader.validate.following import prove_follow_through
from grader.validate.mutating import prove_mutants
from grader.validate.proofs import check_figure, check_gradient, figures_of, gradients_of
from grader.validate.record import Validation
from grader.validate.texts import prove_editions, prove_written
from grader.validate.trial import Trial, run_trials
from grader.worker.devices import Device, is_away

_ON_DEVICES = ("answers", "stub", "mistakes", "equivalents", "follow-through", "mutants")
"""The proofs in which code runs on the device; what the others prove is the same everywhere."""


@dataclass(frozen=True)
class Effort:
    """How much is tried: seeds for the answers, whether mutants are made, and on which device."""

    seeds: int = 20
    mutants: bool = True
    device: Device = "cpu"


def validate(
    course: Course,
    name: str,
    effort: Effort,
    places: list[Slot],
    progress: Callable[[str], None] = lambda step: None,
) -> Validation:
    """Prove one assignment.

    Raises:
        CourseError: its files cannot be loaded, or a model answer fails its own check.
        GraderError: the machine failed.
    """
    start = time.monotonic()
    lesson = load_lesson(course, name)
    limits = course.limits_of(name)
    allowance = allowance_of(limits)
    prepared = prepare(lesson, "validate 0", effort.device, limits.seconds)
    standards = Standards(lesson, prepared, allowance, places[0].zygote())
    bench = Bench(course, lesson, prepared, standards, places, allowance)
    tally = Tally([])
    proofs: list[tuple[str, Callable[[Bench, Effort, Tally], None]]] = [
        ("answers", _prove_answers),
        ("stub", _prove_stub),
        ("mistakes", _prove_mistakes),
        ("equivalents", _prove_equivalents),
        ("figures and gradients", _prove_figures),
        ("follow-through", _prove_follow_through),
        ("mutants", _prove_mutants),
        ("written questions", lambda bench, effort, tally: prove_written(bench, tally)),
        ("editions", lambda bench, effort, tally: prove_editions(bench, tally)),
    ]
    for step, prove in proofs:
        if not is_away(effort.device) or step in _ON_DEVICES:
            progress(f"{name}: {step}")
            prove(bench, effort, tally)
    cases = [call.case for exercise in prepared.values() for call in exercise.calls]
    return Validation(
        assignment=name,
        exercises=len(prepared),
        groups=sum(len({c.case.group for c in e.calls}) for e in prepared.values()),
        cases=len(cases),
        seeds=effort.seeds,
        mistakes=len(lesson.mistakes),
        hinted=tally.hinted,
        refused=tally.refused,
        figures=tally.figures,
        gradients=tally.gradients,
        followed=tally.followed,
        mutants=tally.mutants,
        killed=tally.killed,
        equivalent=tally.equivalent,
        lines=tally.lines,
        told=tally.told,
        texts=tally.texts,
        translated=tally.translated,
        seconds=round(time.monotonic() - start, 2),
        complaints=tuple(tally.complaints),
    )


def _prove_answers(bench: Bench, effort: Effort, tally: Tally) -> None:
    """Full marks under every seed; making the standards already judges the answers once."""

    def work(seed: int, zygote: Zygote) -> str:
        prepared = prepare(bench.lesson, f"validate {seed}", effort.device, bench.allowance.seconds)
        try:
            Standards(bench.lesson, prepared, bench.allowance, zygote)
        except CourseError as error:
            return str(error)
        return ""

    for seed, wrong in sorted(done_all(range(effort.seeds), bench.places, work)):
        if wrong:
            tally.complain("answers", f"seed {seed}", wrong)


def _prove_stub(bench: Bench, effort: Effort, tally: Tally) -> None:
    cells = stub_submission(read_assignment(bench.course, bench.lesson.name))
    program = Program(tuple(enumerate(cells, 1)))
    trial = Trial("the blank stub", program, tuple(bench.prepared), bench.standards, False)
    for tried in run_trials([trial], bench.places[:1], bench.allowance):
        for result in tried.results:
            if result.score or result.verdict not in ("missing", "error"):
                reason = f"{result.verdict} with {result.score:g} points: {result.message}"
                tally.complain("stub", result.name, reason)


def _prove_mistakes(bench: Bench, effort: Effort, tally: Tally) -> None:
    known = {mistake.name: mistake for mistake in bench.lesson.mistakes}
    for exercise in bench.prepared:
        count = sum(mistake.exercise == exercise for mistake in known.values())
        if count < 3:
            tally.complain("mistakes", exercise, f"it has {count} known mistakes; three are asked")
    trials = [
        Trial(name, mistake_program(mistake), (mistake.exercise,), bench.standards)
        for name, mistake in known.items()
    ]
    for tried in run_trials(trials, bench.places, bench.allowance):
        (result,) = tried.results
        name = tried.trial.subject
        if result.verdict == "passed" and bench.prepared[result.name].deferred:
            continue  # what is wrong with it, this device does not show
        if result.verdict == "passed" or result.score >= result.max_score:
            tally.complain("mistakes", name, f"it passes {result.name}")
        elif result.mistake != name:
            got = result.mistake or result.hint or "nothing"
            reason = (
                f"it earns {got!r} instead of its own hint ({result.verdict}: {result.message})"
            )
            tally.complain("mistakes", name, reason)
        elif result.hint != known[name].hint:
            tally.complain("mistakes", name, "its hint is not the one it is given")
        else:
            tally.hinted += 1


def _prove_equivalents(bench: Bench, effort: Effort, tally: Tally) -> None:
    """What computes the same by a library is refused, without the survey's help."""
    ruled = {name for name, each in bench.prepared.items() if each.exercise.forbid}
    path = solutions_folder(bench.course, bench.lesson.name) / "equivalents.py"
    left_out = bench.lesson.left_out
    known = tuple(
        each
        for each in load_equivalents(path, bench.lesson.answers_source, ruled | left_out)
        if each.exercise not in left_out
    )
    tried_sets = {bench.prepared[each.exercise].exercise.forbid for each in known}
    for name in sorted(ruled):
        if bench.prepared[name].exercise.forbid not in tried_sets:
            tally.complain("equivalents", name, "equivalents.py tries nothing that it forbids")
    trials = [
        Trial(
            each.name,
            Program(tuple(enumerate(each.cells, 1)), trusted=True),
            (each.exercise,),
            bench.standards,
            False,
        )
        for each in known
    ]
    for tried in run_trials(trials, bench.places, bench.allowance):
        (result,) = tried.results
        tally.refused += result.verdict == "forbidden"
        if result.verdict != "forbidden":
            reason = f"it is {result.verdict}, not forbidden: {result.message}"
            tally.complain("equivalents", tried.trial.subject, reason)


def _prove_figures(bench: Bench, effort: Effort, tally: Tally) -> None:
    folder = solutions_folder(bench.course, bench.lesson.name)
    if not (folder / "proofs.py").exists():
        tally.complain("figures", bench.lesson.name, "proofs.py is missing")
        return
    module = load_module(bench.course.root, f"solutions.{bench.lesson.name}.proofs")
    for name, figure in figures_of(module).items():
        tally.figures += 1
        tally.complaints += check_figure(name, figure)
    for proof in gradients_of(module).values():
        tally.gradients += 1
        tally.complaints += check_gradient(proof, seed=1)


def _prove_follow_through(bench: Bench, effort: Effort, tally: Tally) -> None:
    proofs = prove_follow_through(bench.lesson, bench.standards, bench.places, bench.allowance)
    for wrong in proofs:
        tally.followed += 1
        if wrong:
            tally.complain("follow-through", bench.lesson.name, wrong)


def _prove_mutants(bench: Bench, effort: Effort, tally: Tally) -> None:
    if effort.mutants:
        (prove_device_handling if is_away(effort.device) else prove_mutants)(bench, tally)


def summary(validations: list[Validation]) -> Iterator[str]:
    """One line of totals."""
    exercises = sum(v.exercises for v in validations)
    hinted, mistakes = sum(v.hinted for v in validations), sum(v.mistakes for v in validations)
    killed = sum(v.killed for v in validations)
    made = sum(v.mutants for v in validations)
    equivalent = sum(v.equivalent for v in validations)
    yield (
        f"{len(validations)} assignments, {exercises} exercises, "
        f"{sum(v.cases for v in validations)} cases; "
        f"{hinted} of {mistakes} mistakes rightly hinted; "
        f"{sum(v.refused for v in validations)} short cuts refused; "
        f"{sum(v.followed for v in validations)} proofs of follow-through; "
        f"{killed} of {made} mutants killed, {equivalent} proved equivalent; "
        f"{sum(v.lines for v in validations)} mutants carry a hint of their own, "
        f"{sum(v.told for v in validations)} are told one; "
        f"{sum(v.translated for v in validations)} of {sum(v.texts for v in validations)} texts "
        "translated; "
        f"{sum(len(v.complaints) for v in validations)} complaints; "
        f"{total([v.seconds for v in validations]):g} s"
    )
