"""`chainrule validate`: prove one assignment.

- every answer earns full marks under every seed, and every blank stub nothing;
- every known mistake loses its exercise and earns its own hint and no other;
- every short cut of `equivalents.py` is refused, and each set of rules has one at least;
- one mistake costs its marks once: see `following`;
- every printed figure is reproduced, every gradient of the reference agrees with autograd;
- every written question has a model answer, and a rubric that adds up to its points;
- every mechanical mutant of the answers is killed, but for those proved equivalent, and earns no
  hint that stands beside another line, unless what that line's mutant does is the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from grader.controller.causes import mistake_program
from grader.controller.explaining import lines_of
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.session import Allowance, Program
from grader.controller.standards import Standards
from grader.course.equivalents import load_equivalents
from grader.course.lesson import Lesson, load_lesson, load_module, solutions_folder
from grader.course.slips.hints import hints_of
from grader.course.slips.mutants import mutants
from grader.course.syllabus import Course
from grader.course.written import load_written
from grader.errors import CourseError
from grader.grading.machine import allowance_of
from grader.grading.pool import Slot
from grader.notebook import read_assignment, stub_submission
from grader.results import ExerciseResult, total
from grader.translations.proving import languages_of, prove_edition
from grader.validate.equivalent import equivalents, stale
from grader.validate.following import prove_follow_through
from grader.validate.proofs import check_figure, check_gradient, figures_of, gradients_of
from grader.validate.record import Complaint, Validation
from grader.validate.trial import Trial, run_trials

MUTANT_SECONDS = 5.0


@dataclass(frozen=True)
class Effort:
    """How much is tried: seeds for the answers, and whether mutants are made."""

    seeds: int = 20
    mutants: bool = True


@dataclass
class _Tally:
    """What one assignment's proofs have come to so far."""

    complaints: list[Complaint]
    hinted: int = 0
    refused: int = 0
    figures: int = 0
    gradients: int = 0
    followed: int = 0
    mutants: int = 0
    killed: int = 0
    equivalent: int = 0
    lines: int = 0
    told: int = 0
    texts: int = 0
    translated: int = 0

    def complain(self, proof: str, subject: str, reason: str) -> None:
        self.complaints.append(Complaint(proof=proof, subject=subject, reason=reason))


@dataclass(frozen=True)
class _Bench:
    """What the proofs of one assignment share."""

    course: Course
    lesson: Lesson
    prepared: dict[str, PreparedExercise]
    standards: Standards
    places: list[Slot]
    allowance: Allowance


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
    prepared = prepare(lesson, "validate 0", "cpu", limits.seconds)
    standards = Standards(lesson, prepared, allowance, places[0].zygote())
    bench = _Bench(course, lesson, prepared, standards, places, allowance)
    tally = _Tally([])
    proofs: list[tuple[str, Callable[[_Bench, Effort, _Tally], None]]] = [
        ("answers", _prove_answers),
        ("stub", _prove_stub),
        ("mistakes", _prove_mistakes),
        ("equivalents", _prove_equivalents),
        ("figures and gradients", _prove_figures),
        ("follow-through", _prove_follow_through),
        ("mutants", _prove_mutants),
        ("written questions", _prove_written),
        ("editions", _prove_editions),
    ]
    for step, prove in proofs:
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


def _prove_answers(bench: _Bench, effort: Effort, tally: _Tally) -> None:
    """Full marks under every seed; making the standards already judges the answers once."""
    for seed in range(effort.seeds):
        prepared = prepare(bench.lesson, f"validate {seed}", "cpu", bench.allowance.seconds)
        try:
            Standards(bench.lesson, prepared, bench.allowance, bench.places[0].zygote())
        except CourseError as error:
            tally.complain("answers", f"seed {seed}", str(error))


def _prove_stub(bench: _Bench, effort: Effort, tally: _Tally) -> None:
    cells = stub_submission(read_assignment(bench.course, bench.lesson.name))
    program = Program(tuple(enumerate(cells, 1)))
    trial = Trial("the blank stub", program, tuple(bench.prepared), bench.standards, False)
    for tried in run_trials([trial], bench.places[:1], bench.allowance):
        for result in tried.results:
            if result.score or result.verdict not in ("missing", "error"):
                reason = f"{result.verdict} with {result.score:g} points: {result.message}"
                tally.complain("stub", result.name, reason)


def _prove_mistakes(bench: _Bench, effort: Effort, tally: _Tally) -> None:
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


def _prove_equivalents(bench: _Bench, effort: Effort, tally: _Tally) -> None:
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


def _prove_figures(bench: _Bench, effort: Effort, tally: _Tally) -> None:
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


def _prove_follow_through(bench: _Bench, effort: Effort, tally: _Tally) -> None:
    proofs = prove_follow_through(bench.lesson, bench.standards, bench.places, bench.allowance)
    for wrong in proofs:
        tally.followed += 1
        if wrong:
            tally.complain("follow-through", bench.lesson.name, wrong)


def _prove_mutants(bench: _Bench, effort: Effort, tally: _Tally) -> None:
    if not effort.mutants:
        return
    path = solutions_folder(bench.course, bench.lesson.name) / "equivalent.yml"
    excused = equivalents(path) if path.exists() else {}
    made = mutants(bench.lesson.answers_source, tuple(bench.prepared))
    for key in stale(excused, made):
        if key.split(":")[0] not in bench.lesson.left_out:
            tally.complain("mutants", key, "equivalent.yml lists it, but there is no such mutant")
    wanted = [mutant for mutant in made if mutant.key not in excused]
    tally.mutants, tally.equivalent = len(made), len(made) - len(wanted)
    quick = replace(bench.allowance, seconds=min(bench.allowance.seconds, MUTANT_SECONDS))
    hints = hints_of(bench.lesson.answers_source, str(bench.lesson.answers_path))
    of_line = {mutant.key: hints.at(mutant.line, mutant.starts) for mutant in wanted}
    tally.lines = sum(map(bool, of_line.values()))
    trials = [
        Trial(
            mutant.key,
            Program(((1, mutant.source),), trusted=True),
            _judges(mutant.exercise, bench),
            bench.standards,
            bool(of_line[mutant.key]),
        )
        for mutant in wanted
    ]
    for tried in run_trials(trials, bench.places, quick):
        key = tried.trial.subject
        if not _killed(tried.results):
            tally.complain("mutants", key, "it survives: a case is missing")
            continue
        tally.killed += 1
        if of_line[key]:
            _prove_hint(key, of_line[key], set(of_line.values()), tried.results, tally)


def _prove_hint(
    key: str, own: str, beside: set[str], results: tuple[ExerciseResult, ...], tally: _Tally
) -> None:
    """A mutant earns its own line's hint or a true one: never that of another line alone."""
    said = [line for result in results for line in lines_of(result.hint)]
    if own not in said and (other := [line for line in said if line in beside]):
        tally.complain("hints", key, f"it earns {other[0]!r}, which stands beside another line")
    elif said:
        tally.told += 1


def _prove_written(bench: _Bench, effort: Effort, tally: _Tally) -> None:
    """Every written question has a model answer and a rubric that adds up to its points."""
    name = bench.lesson.name
    try:
        answered = load_written(bench.course, name)
    except CourseError as error:
        tally.complain("written", name, str(error))
        return
    for question in bench.lesson.plan.written:
        if question not in answered:
            tally.complain("written", question, "no model answer and rubric: write written.yml")


def _prove_editions(bench: _Bench, effort: Effort, tally: _Tally) -> None:
    """In each language that the course speaks, nothing is missing, stale or unlike its original."""
    for language in languages_of(bench.course):
        edition = prove_edition(bench.course, bench.lesson.name, language)
        tally.texts += sum(edition.texts.values())
        tally.translated += sum(edition.translated.values())
        for where, reason in edition.complaints:
            tally.complain(language, where, reason)


def _judges(exercise: str, bench: _Bench) -> tuple[str, ...]:
    """An exercise judges its own mutants; a helper's are judged by all."""
    return (exercise,) if exercise in bench.prepared else tuple(bench.prepared)


def _killed(results: tuple[ExerciseResult, ...]) -> bool:
    return any(result.verdict not in ("passed", "deferred") for result in results)


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
