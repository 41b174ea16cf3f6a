"""Grade a class: discover, look up what is known, run the rest in parallel, write it down."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.controller.execution import Execution
from grader.controller.follow_through import Retrial, follow_through, judged
from grader.controller.link import Link
from grader.controller.messages import not_installed, skipped
from grader.controller.phrases import words_of
from grader.controller.prepared import PreparedExercise, prepare
from grader.controller.program import CellPlace
from grader.controller.records import Records
from grader.controller.retelling import Retelling
from grader.controller.session import Allowance, Program, execute
from grader.controller.standards import Standards
from grader.controller.staying import Staying
from grader.controller.zygote import Worker, Zygote
from grader.course.fields import did_you_mean
from grader.course.lesson import Lesson, load_lesson
from grader.course.rounds import round_of, round_seed
from grader.course.secret import secret_seed
from grader.course.syllabus import Course
from grader.errors import OUT_OF_MEMORY, GraderError, UsageError
from grader.grading.basis import StoredRecords, basis_of
from grader.grading.belonging import Siblings, siblings
from grader.grading.keeping import Keeping
from grader.grading.machine import (
    Isolation,
    allowance_of,
    policy_for,
)
from grader.grading.pool import Finished, Slot, discard, run_all, slots
from grader.grading.sharing import Sharing
from grader.grading.slips_of_the_keys import typing_slips
from grader.grading.store import result_key
from grader.notebook import demo_sources, read_assignment
from grader.notebook.model import Prompt
from grader.notebook.otter_cells import otter_cells
from grader.render.clusters import clusters_of
from grader.results import Report, Status, SubmissionResult, total, with_notes
from grader.submissions import Found, Submission, Unreadable, discover, read
from grader.worker.devices import Device

Task = tuple[int, Found]
Entry = tuple[str, SubmissionResult, tuple[str, ...]]
"""A result's key, the result, and how this very file was read."""

AFTER_HUNG = 0.2
"""The part of its time that an exercise has which builds on one that did not end in its own."""

_TOGETHER = 200
"""Results that are known already are entered so many at a time."""


@dataclass(frozen=True)
class Options:
    """How to grade: processes at a time, device, isolation, exercises (empty: all)."""

    jobs: int = 1
    device: Device = "cpu"
    isolation: Isolation = "full"
    only: tuple[str, ...] = ()


@dataclass(frozen=True)
class Graded:
    """A result, which depends on a submission's bytes alone, and how this very file was read."""

    result: SubmissionResult
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> SubmissionResult:
        """The result with all that its student is told."""
        return with_notes(self.result, self.notes)


@dataclass(frozen=True)
class Grading:
    """Everything a run needs to grade a submission; made once."""

    lesson: Lesson
    prepared: dict[str, PreparedExercise]
    ours: frozenset[str]
    """Our own demonstrations and examples: left out where a submission has them unchanged."""
    options: Options
    round: int
    seeds: tuple[str, ...]
    """Of the rounds so far, this one's last."""
    siblings: Siblings
    words: frozenset[str] = frozenset()
    """Words of the released notebook, which any message may repeat."""

    @property
    def max_score(self) -> float:
        """Points of the exercises of this run."""
        return total([exercise.points for exercise in self.prepared.values()])

    def key(self, sha256: str, number: int) -> str:
        """What a submission's result of a round is stored under."""
        options, seed = self.options, self.seeds[number - 1]
        return result_key(sha256, self.lesson.digest, seed, options.device, options.isolation)


@dataclass(frozen=True)
class Workplace:
    """Where submissions are graded on this machine, and what each is put through there."""

    places: list[Slot]
    work: Callable[[Task, Zygote], Graded]
    records: Records


Elsewhere = Callable[[Grading, Sequence[Task]], Generator[Finished[Task, Graded]]]
"""Grades submissions on other machines."""


def begin(
    course: Course, name: str, options: Options, seeds: tuple[str, ...] | None = None
) -> Grading:
    """Load an assignment and draw its hidden cases.

    `seeds`: of the rounds so far; None takes the course's own.

    Raises:
        CourseError: the course's files are wrong.
        UsageError: `only` names what is no exercise.
    """
    lesson = load_lesson(course, name)
    notebook = read_assignment(course, name)
    for exercise in options.only:
        if exercise not in lesson.exercises:
            known = ", ".join(lesson.exercises)
            near = did_you_mean(exercise, lesson.exercises)
            raise UsageError(f"--only: {name} has no exercise {exercise!r}; it has: {known}{near}")
    seeds = seeds or _own_seeds(course, name)
    limits = course.limits_of(name)
    prepared = prepare(lesson, seeds[-1], options.device, limits.seconds)
    chosen = {n: e for n, e in prepared.items() if not options.only or n in options.only}
    given = [*demo_sources(notebook, course.editions), *otter_cells(name, notebook.exercises)]
    ours = frozenset(source.strip() for source in given)
    words = words_of(
        cell.markdown if isinstance(cell, Prompt) else cell.source for cell in notebook.cells
    )
    beside = siblings(course, name)
    return Grading(lesson, chosen, ours, options, len(seeds), seeds, beside, words)


def _own_seeds(course: Course, name: str) -> tuple[str, ...]:
    secret, number = secret_seed(course.root), round_of(course, name)
    return tuple(round_seed(secret, name, one) for one in range(1, number + 1))


def grade_class(
    course: Course,
    name: str,
    path: Path,
    options: Options,
    keeping: Keeping | None,
    progress: Callable[[int, int, SubmissionResult | None], None] = lambda done, of, last: None,
    account: Callable[[dict[str, Any]], None] | None = None,
    elsewhere: Elsewhere | None = None,
) -> Report:
    """Grade every submission below `path`.

    Args:
        course: the course.
        name: the assignment.
        path: a file, a folder, nbgrader's tree or an LMS archive.
        options: how to grade.
        keeping: where results are kept and looked up; None keeps none. With `only`, results are
            partial and are not kept.
        progress: called with (done, of, last result) after each submission.
        account: called at the end with what the zygote has used, if there was one.
        elsewhere: grades what is not known yet on other machines; None: it is graded here.

    Raises:
        UsageError, CourseError: nothing was graded.
    """
    grading = begin(course, name, options)
    found = discover(path, name)
    if options.only:
        keeping = None
    shared = Sharing()
    results: dict[int, SubmissionResult] = {}
    todo: list[Task] = []
    known: list[Entry] = []
    for number, one in enumerate(found):
        graded = _known(grading, one, keeping, somebody_waits=bool(todo))
        if graded is None:
            todo.append((number, one))
            continue
        results[number] = shared.of(graded.told)
        known.append((_key(grading, graded), graded.result, graded.notes))
        if keeping is not None and len(known) == _TOGETHER:
            keeping.keep_all(name, known)
            known.clear()
    if keeping is not None and known:
        keeping.keep_all(name, known)
    progress(len(results), len(found), None)
    if todo:
        if elsewhere:
            going = elsewhere(grading, todo)
        else:
            going = _run(course, grading, todo, options, keeping, account)
        # Closed as soon as it is left, also by an interrupt: what runs ends there and then.
        with closing(going):
            for finished in going:
                number, one = finished.task
                graded = _settled(grading, one, finished)
                results[number] = shared.of(graded.told)
                if keeping is not None:
                    keeping.keep(name, _key(grading, graded), graded.result, graded.notes)
                progress(len(results), len(found), results[number])
    submissions = tuple(results[number] for number in range(len(found)))
    return Report(
        assignment=name,
        isolation=options.isolation,
        device=options.device,
        checks=grading.lesson.digest,
        round=grading.round,
        submissions=submissions,
        clusters=clusters_of(submissions),
    )


def _known(
    grading: Grading, one: Found, keeping: Keeping | None, *, somebody_waits: bool
) -> Graded | None:
    """The result of a submission that needs no worker: graded before, or unreadable.

    Once `somebody_waits` for a worker, judges read what was not graded before.
    """
    try:
        sha256 = hashlib.sha256(one.opened()).hexdigest()
    except Unreadable as error:
        return Graded(_ungraded(grading, one, "unreadable", str(error)))
    stored = None if keeping is None else _graded_before(grading, sha256, keeping)
    if stored is None and somebody_waits:
        return None
    submission = _read(grading, one)
    if isinstance(submission, Graded):
        return submission
    if stored is None:
        return None
    own = {"student": one.student, "file": one.file}
    return Graded(stored.model_copy(update=own), submission.notes)


def _read(grading: Grading, one: Found) -> Submission | Graded:
    """A submission, or the result of one that cannot be graded."""
    try:
        submission = read(one)
    except Unreadable as error:
        return Graded(_ungraded(grading, one, "unreadable", str(error)))
    if problem := grading.siblings.problem(submission):
        return Graded(_ungraded(grading, one, "unreadable", problem))
    return submission


def _graded_before(grading: Grading, sha256: str, keeping: Keeping) -> SubmissionResult | None:
    """The stored result of a submission, of this round or the last one before that has one."""
    rounds = range(grading.round, 0, -1)
    found = (keeping.known(grading.key(sha256, number)) for number in rounds)
    return next((result for result in found if result is not None), None)


def _key(grading: Grading, graded: Graded) -> str:
    """A result's key; of one that no later run may take for a grade, a key of its own."""
    result = graded.result
    key = grading.key(result.sha256, result.round)
    if result.status == "graded":
        return key
    return hashlib.sha256("\0".join((key, result.status, result.message)).encode()).hexdigest()


def _run(
    course: Course,
    grading: Grading,
    tasks: Sequence[Task],
    options: Options,
    keeping: Keeping | None,
    account: Callable[[dict[str, Any]], None] | None,
) -> Generator[Finished[Task, Graded]]:
    jobs = max(1, min(options.jobs, len(tasks)))
    with workplace(course, grading, jobs, shelf_of(grading, keeping)) as here:
        yield from run_all(tasks, here.places, here.work, [here.records])
        if account:
            account(here.places[0].counts())


@contextmanager
def workplace(
    course: Course, grading: Grading, jobs: int, shelf: StoredRecords
) -> Iterator[Workplace]:
    """A place to grade in on this machine, with `jobs` slots.

    Raises:
        CourseError: a model answer fails its own check.
        GraderError: the machine failed.
        UsageError: its GPUs are busy.
    """
    options, allowance = grading.options, allowance_of(course.limits_of(grading.lesson.name))
    # Exercises in NumPy leave GPUs to others, and know of no device: autograd would start a thread.
    device = options.device if grading.lesson.plan.framework == "torch" else "cpu"
    places = slots(policy_for(course, grading.lesson, options.isolation, device), jobs)
    try:
        places[0].begin()
        records = Records(shelf)
        standards = Standards(
            grading.lesson,
            grading.prepared,
            allowance,
            places[0].zygote(),
            course.feedback.show_values,
            records,
        )

        def work(task: Task, zygote: Zygote) -> Graded:
            try:
                submission = _read(grading, task[1])
                if isinstance(submission, Graded):
                    return submission
                result = grade_one(grading, standards, submission, zygote, allowance)
                return Graded(result, submission.notes)
            except MemoryError as error:
                raise GraderError(OUT_OF_MEMORY) from error

        yield Workplace(places, work, records)
    finally:
        discard(places)


def shelf_of(grading: Grading, keeping: Keeping | None) -> StoredRecords:
    """Where it is on record what our own programs do."""
    options, lesson = grading.options, grading.lesson
    label = f"{lesson.name}/{options.device}/{options.isolation}"
    basis = basis_of(lesson.digest, grading.seeds[-1], options.device, options.isolation)
    return StoredRecords(keeping, label, basis)


def program_of(grading: Grading, submission: Submission) -> Program:
    """What is run of a submission: its cells but for our own, unchanged demonstrations."""
    own = [cell for cell in submission.cells if cell.source.strip() not in grading.ours]
    return Program(
        tuple((cell.index, cell.source) for cell in own),
        submission.statementwise,
        places=tuple(CellPlace(cell.line, cell.nth) for cell in own),
        known=grading.words,
    )


def grade_one(
    grading: Grading,
    standards: Standards,
    submission: Submission,
    zygote: Zygote,
    allowance: Allowance,
) -> SubmissionResult:
    """Grade one submission; the message says how its cells ran, not how its file was read.

    Raises:
        GraderError: ours; the submission is not to blame.
    """
    start = time.monotonic()
    program = program_of(grading, submission)
    with closing(Staying()) as staying:
        retrial = run_one(grading, standards, program, zygote, allowance, staying)
        result = judge_one(grading, submission, retrial, allowance)
    return result.model_copy(update={"seconds": round(time.monotonic() - start, 4)})


def run_one(
    grading: Grading,
    standards: Standards,
    program: Program,
    zygote: Zygote,
    allowance: Allowance,
    staying: Staying,
    connect: Callable[[Worker, int], Link] = Link,
) -> Retrial:
    """Run one submission on the hidden cases, in workers that stay: what came of it, and what it
    takes to try some of it again. Raises GraderError, ours.
    """
    exercises = list(grading.prepared.values())
    # Given right ones under it, it is tried again, and has all of its time then.
    after_hung = AFTER_HUNG if grading.lesson.follow_through == "full" else 1.0
    asked = standards.asked
    execution = execute(
        zygote,
        program,
        exercises,
        allowance,
        connect,
        asked,
        after_hung=after_hung,
        staying=staying,
    )
    return Retrial(standards, zygote, program, execution, staying)


def judge_one(
    grading: Grading, submission: Submission, retrial: Retrial, allowance: Allowance
) -> SubmissionResult:
    """Judge what came of a submission, with further runs of it where that explains a failure.

    Raises:
        GraderError: ours; the submission is not to blame.
    """
    standards, zygote = retrial.standards, retrial.zygote
    program, execution = retrial.program, retrial.execution
    bare = [
        judged(standards.of(name, zygote, explained=False), execution, name)
        for name in grading.prepared
    ]
    # Explaining costs most. What stands on something else that failed is explained as it is
    # given a right one; only what was not tried so is explained as it was handed in.
    given, spent = follow_through(retrial, bare, allowance)
    retrial.staying.close()  # to explain the rest may take long, and needs none of them
    retelling = Retelling(
        zygote, program, execution, grading.prepared, standards.asked, allowance, spent=spent
    )
    settled = {one.name: one for one in bare if one.verdict == "passed"} | given
    results = tuple(
        settled.get(name) or judged(standards.of(name, zygote), execution, name, retelling.of)
        for name in grading.prepared
    )
    ours = any(result.verdict == "grader_error" for result in results)
    return SubmissionResult(
        student=submission.student,
        file=submission.file,
        sha256=submission.sha256,
        status="grader_error" if ours else "graded",
        score=total([result.score for result in results]),
        max_score=grading.max_score,
        seconds=0.0,
        message="; ".join(notes_on(program, execution)),
        round=grading.round,
        exercises=results,
    )


def notes_on(program: Program, execution: Execution) -> list[str]:
    """What the student should know of how the cells ran, whatever their marks are."""
    said = (skipped(execution.skipped), not_installed(execution.faults))
    return [note for note in (*said, *typing_slips(program, execution)) if note]


def _settled(grading: Grading, one: Found, finished: Finished[Task, Graded]) -> Graded:
    """The result of a finished task; an error of ours becomes `grader_error`, never a zero mark."""
    if finished.result is not None:
        return finished.result
    reason = f"the grader failed, not the submission: {finished.error}"
    return Graded(_ungraded(grading, one, "grader_error", reason, finished.seconds))


def _ungraded(
    grading: Grading, one: Found, status: Status, message: str, seconds: float = 0.0
) -> SubmissionResult:
    return SubmissionResult(
        student=one.student,
        file=one.file,
        sha256=_sha256(one),
        status=status,
        score=0.0,
        max_score=grading.max_score,
        seconds=round(seconds, 4),
        message=message,
        round=grading.round,
    )


def _sha256(one: Found) -> str:
    return hashlib.sha256(one.payload or b"").hexdigest()
