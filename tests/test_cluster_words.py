"""What travels: packing, likeness of machines, and results of which two machines have a part."""

import subprocess
import sys
from pathlib import Path

import pytest
from small_course import CHECKS, write_course  # type: ignore[import-not-found]

from grader.cluster.grading import jobs_of, merged, needing_gpu
from grader.cluster.job import (
    Job,
    missing,
    packed_submission,
    submission_of,
    submissions_in,
    unpack,
)
from grader.cluster.likeness import Versions, course_digest, differences
from grader.controller.zygote import grader_folder
from grader.course.lesson import digest_of
from grader.course.syllabus import load_course
from grader.grading.grading import Graded, Options, begin
from grader.grading.pool import Finished
from grader.results import ExerciseResult, SubmissionResult
from grader.submissions import Found, Unreadable

pytest.importorskip("distributed")
HERE = Versions(kit="1", source="ab", python="3.11.7", libraries={"torch": "2.1", "numpy": "2.0"})


def unreadable() -> bytes:
    raise Unreadable("too large")


def test_submissions_arrive_as_they_were_sent() -> None:
    sent = [
        Found("ann", "ann.py", b"\x00\xff" * 1000, "", ("a note",)),
        Found("ben", "ben.py", None, "refused"),
        Found("zoë", "zoë.py", lambda: b"read when needed", ""),
        Found("dan", "dan.py", unreadable, ""),
        Found("eve", "eve.py", b"", ""),
    ]
    batch = b"".join(packed_submission(n, one) for n, one in enumerate(sent))
    there = []
    for number, packed in submissions_in(batch):
        read = unpack(packed)
        assert read is not None and read[2] == len(packed)
        got, one = submission_of(read[0], read[1])
        assert got == number
        there.append(one)
    for one, other in zip(sent, there, strict=True):
        assert (one.student, one.file, one.notes) == (other.student, other.file, other.notes)
        assert (one.payload, one.problem) == (other.payload, other.problem)


def test_what_is_cut_off_is_noticed() -> None:
    packed = packed_submission(0, Found("ann", "ann.py", b"12345", ""))
    for size in range(len(packed)):
        assert unpack(packed[:size]) is None and 0 < missing(packed[:size]) <= len(packed) - size
    with pytest.raises(ValueError, match="cut off"):
        submissions_in(packed[:-1])


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({}, []),
        ({"kit": "2"}, ["its chainrule is 2, ours 1"]),
        ({"source": "cd"}, ["its chainrule 1 has other files than ours"]),
        ({"python": "3.11.9"}, []),
        ({"python": "3.12.0"}, ["its Python is 3.12.0, ours 3.11.7"]),
        ({"libraries": {"torch": "2.2", "numpy": "2.0"}}, ["its torch is 2.2, ours 2.1"]),
        ({"libraries": {"numpy": "2.0"}}, ["its torch is missing, ours 2.1"]),
    ],
)
def test_differences_are_named(other: dict, words: list[str]) -> None:
    assert differences(HERE.model_copy(update=other), HERE) == words


def test_what_marks_depend_on_changes_a_digest(tmp_path: Path) -> None:
    root = write_course(tmp_path)

    def digests() -> tuple[str, str]:
        course = load_course(root)
        return digest_of(course, "one"), course_digest(course, "one")

    first = digests()
    assert begin(load_course(root), "one", Options()).lesson.digest == first[0]
    (root / "assignments/one/one.py").open("a").write("\n# %%\nprint(1)\n")
    second = digests()
    assert (second[0], second[1] != first[1]) == (first[0], True)
    (root / "course.yml").open("a").write("feedback: {show_values: true}\n")
    third = digests()
    assert (third[0], third[1] != second[1]) == (first[0], True)
    (root / "solutions/one/checks.py").open("a").write("# changed\n")
    assert digests()[0] != first[0]


def test_a_batch_s_job_name_tells_nothing_of_the_seed() -> None:
    plain = {"assignment": "one", "device": "cpu", "isolation": "full", "only": ()}
    job = Job(seeds=("s3cret",), checks="c", course="d", versions=HERE, **plain)  # type: ignore[arg-type]
    other = job.model_copy(update={"seeds": ("another",)})
    assert "s3cret" not in job.name and job.name != other.name and len(job.name) == 32


def exercise(name: str, score: float, verdict: str = "passed") -> ExerciseResult:
    return ExerciseResult(name=name, verdict=verdict, score=score, max_score=3.0, groups=())  # type: ignore[arg-type]


def finished(*exercises: ExerciseResult, message: str = "", status: str = "graded"):  # type: ignore[no-untyped-def]
    result = SubmissionResult(
        student="ann", file="ann.py", sha256="ab", status=status, score=0.0, max_score=0.0,  # type: ignore[arg-type]
        seconds=0.25, message=message, exercises=exercises,
    )  # fmt: skip
    return Finished((0, Found("ann", "ann.py", b"", "")), Graded(result, ("a note",)), None, 1.0)


@pytest.fixture
def on_gpu(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A course whose second exercise needs a GPU; its grading on a machine that has one."""
    checks = CHECKS.replace(
        "yield case(3, 4, expect=7)",
        'yield case(3, 4, expect=7)\n    yield case(3, 5, expect=8, needs="cuda")',
    )
    course = load_course(write_course(tmp_path, checks=checks))
    return course, begin(course, "one", Options(device="cuda"))


def test_exercises_that_need_a_gpu_go_to_machines_with_one(on_gpu) -> None:  # type: ignore[no-untyped-def]
    course, grading = on_gpu
    assert needing_gpu(course, grading) == ("Counter",)
    anywhere, gpus = jobs_of(course, grading)
    assert (anywhere.device, anywhere.only) == ("cpu", ("double",))
    assert (gpus.device, gpus.only) == ("cuda", ("Counter",))
    cpu = begin(course, "one", Options())
    (whole,) = jobs_of(course, cpu)
    assert (whole.device, whole.only) == ("cpu", ())


def test_parts_of_a_result_become_one(on_gpu) -> None:  # type: ignore[no-untyped-def]
    _, grading = on_gpu
    first = finished(exercise("double", 2.0), message="skipped")
    second = finished(exercise("Counter", 1.5, "failed"), message="skipped")
    whole = merged(grading, first, second)
    assert whole.result is not None and whole.seconds == 2.0
    result = whole.result.result
    assert [one.name for one in result.exercises] == ["double", "Counter"]
    assert (result.score, result.max_score, result.seconds) == (3.5, 5.0, 0.5)
    assert (result.message, result.status, whole.result.notes) == ("skipped", "graded", ("a note",))
    broken: Finished = Finished(first.task, None, RuntimeError("died"), 1.0)
    assert merged(grading, first, broken).error is broken.error
    assert merged(grading, broken, second).result is None
    read = finished(status="unreadable", message="no notebook")
    assert merged(grading, read, read) is read


def test_without_dask_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    root = write_course(tmp_path)
    (root / "x.py").write_text("")
    code = "import sys; sys.modules['distributed'] = None; from grader.cli import app; app()"
    done = subprocess.run(
        [sys.executable, "-c", code, "grade", "one", "x.py", "--cluster", "127.0.0.1:1"],
        cwd=root, env={"PYTHONPATH": grader_folder(), "PATH": ""}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 2 and "pip install 'chainrule[cluster]'" in done.stderr
    assert "Traceback" not in done.stderr
