"""A class on a cluster, as `grade_class` takes it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import replace

from grader.cluster.address import Address
from grader.cluster.client import PATIENCE, ClusterRun
from grader.cluster.job import Job
from grader.cluster.likeness import course_digest, versions_here
from grader.cluster.scheduler import Gone, Link
from grader.course.syllabus import Course
from grader.errors import GraderError
from grader.grading.grading import Elsewhere, Graded, Grading, Options, Task, begin
from grader.grading.pool import Finished
from grader.results import SubmissionResult, total
from grader.worker.devices import Device, Wished, is_card

Tell = Callable[[str], None]


def on_cluster(
    address: Address, course: Course, tell: Tell, patience: float = PATIENCE
) -> Elsewhere:
    """Grade on the machines of a cluster; `tell` hears of machines that are refused or lost. No
    machine, or no scheduler, is waited for up to `patience` seconds.

    Exercises that need a GPU go to machines that have one, the others anywhere.
    """

    def run(grading: Grading, tasks: Sequence[Task]) -> Generator[Finished[Task, Graded]]:
        jobs = jobs_of(course, grading)
        first: dict[int, Finished[Task, Graded]] = {}
        for job in jobs[:-1]:
            for finished in ClusterRun(address, job, tell, patience).results(tasks):
                first[finished.task[0]] = finished
        with closing(ClusterRun(address, jobs[-1], tell, patience).results(tasks)) as going:
            for finished in going:
                before = first.pop(finished.task[0], None)
                yield finished if before is None else merged(grading, before, finished)

    return run


def device_on(address: Address, course: Course, name: str, asked: Wished) -> Device:
    """The device of a run: a GPU if one is asked for, or if exercises need one and one is there.

    Raises:
        CourseError: the course's files are wrong.
        GraderError: the cluster cannot be reached.
    """
    if asked != "auto":
        return asked
    with closing(Link(address)) as link:
        try:
            found = any(one.gpus for one in link.present())
        except Gone as gone:
            raise GraderError(str(gone)) from None
    return "cuda" if found and _deferred(begin(course, name, Options(device="cpu"))) else "cpu"


def needing_gpu(course: Course, grading: Grading) -> tuple[str, ...]:
    """The exercises of a run of which a case needs a GPU."""
    name = grading.lesson.name
    plain = replace(grading.options, device="cpu")
    return _deferred(begin(course, name, plain, grading.seeds))


def _deferred(on_cpu: Grading) -> tuple[str, ...]:
    return tuple(name for name, prepared in on_cpu.prepared.items() if prepared.deferred)


def jobs_of(course: Course, grading: Grading) -> list[Job]:
    """What machines are told of a run: of exercises that need a GPU apart from the others."""
    options, lesson = grading.options, grading.lesson
    whole = Job(
        assignment=lesson.name,
        seeds=grading.seeds,
        device=options.device,
        isolation=options.isolation,
        only=options.only,
        checks=lesson.digest,
        course=course_digest(course, lesson.name),
        versions=versions_here(),
    )
    if not is_card(options.device):
        return [whole]
    needing = needing_gpu(course, grading)
    others = tuple(name for name in grading.prepared if name not in needing)
    if not needing or not others:
        return [whole]
    return [
        whole.model_copy(update={"device": "cpu", "only": others}),
        whole.model_copy(update={"only": needing}),
    ]


def merged(
    grading: Grading, one: Finished[Task, Graded], other: Finished[Task, Graded]
) -> Finished[Task, Graded]:
    """A submission's result of which each has some exercises; an error of ours is all's."""
    if one.result is None or other.result is None:
        failed = one if one.result is None else other
        return replace(failed, seconds=one.seconds + other.seconds)
    first, second = one.result.result, other.result.result
    if first.status == "unreadable":
        return one
    exercises = {result.name: result for result in (*first.exercises, *second.exercises)}
    chosen = tuple(exercises[name] for name in grading.prepared)
    failed_ours = any(r.status == "grader_error" for r in (first, second))
    result: SubmissionResult = first.model_copy(
        update={
            "status": "grader_error" if failed_ours else "graded",
            "exercises": chosen,
            "score": total([exercise.score for exercise in chosen]),
            "max_score": grading.max_score,
            "seconds": round(first.seconds + second.seconds, 4),
            "message": "; ".join(dict.fromkeys(filter(None, (first.message, second.message)))),
        }
    )
    return replace(
        one, result=Graded(result, one.result.notes), seconds=one.seconds + other.seconds
    )
