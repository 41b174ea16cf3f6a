"""What a person waits for after the grading: pages for a large class, and nbgrader's pass over one.

    python -m tests.measure_waiting pages --students 2000
    python -m tests.measure_waiting pass --students 300
    python -m tests.measure_waiting pages --assignment lec07_cnn --profile 25

prints seconds of wall and of CPU (children too), and a digest of all that was written: the same
class gives the same digest, before a change and after it. A few notebooks are graded; the class
repeats them under other names, each with its own hour of submission.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import os
import pstats
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from grader.course.secret import state_folder
from grader.course.syllabus import Course, load_course
from grader.demo.loop import Handed, demo_course, filled, submit_all
from grader.demo.sample import Student, make_class, student_names, write_class
from grader.exporting.files import export
from grader.grading.grading import Options, grade_class
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import enter_scores
from grader.nbgrader.exchange import SECRET
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import class_grades
from grader.results import Report

Measured = tuple[Callable[[], None], Callable[[], Iterable[bytes]]]
"""What is timed, and what it wrote."""

ROOT = Path(__file__).parents[1]
KINDS = 12
"""Notebooks that are really graded; every twelfth cannot be graded as it is."""


def main() -> None:
    """Measure what was asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["pages", "pass", "feedback"])
    parser.add_argument("--assignment", default="lec05_backprop")
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--keep", type=Path, help="write here all that the digest is of")
    parser.add_argument("--profile", type=int, default=0, help="print so many functions")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = demo_course(load_course(ROOT), Path(folder) / "course")
        keep_seed(course)
        work = {"pages": pages, "pass": nbgrader_pass, "feedback": feedback}[asked.what]
        act, made = work(course, asked.assignment, asked.students)
        wall, cpu = timed(act, asked.profile)
        each = 1000 * cpu / asked.students
        print(f"{asked.what} of {asked.students}: {wall:.1f} s, {cpu:.1f} s of CPU, "
              f"{each:.1f} ms each; {digest_of(made(), asked.keep)}")  # fmt: skip


def keep_seed(course: Course) -> None:
    """Draw the same hidden cases each time, so that digests can be compared."""
    path = state_folder(course.root) / "seed"
    path.touch(0o600)
    path.write_text("waiting\n")


def pages(course: Course, name: str, count: int) -> Measured:
    """`chainrule export html` of a class."""
    kinds = graded(course, name, make_class(course, name, KINDS))
    report = repeated(kinds, count)
    out = course.root / "pages"

    def act() -> None:
        export(class_grades(course, name, report=report, with_titles=True), "html", out)

    return act, lambda: (file.read_bytes() for file in sorted(out.rglob("*.html")))


def nbgrader_pass(course: Course, name: str, count: int) -> Measured:
    """The pass that `chainrule grade` ends with: a class into the gradebook."""
    release(course, name)
    students = [filled(course, name, one) for one in make_class(course, name, KINDS)]
    due = course.plan(name).due
    handed = tuple(
        Handed(
            Student(who, students[n % KINDS].file, students[n % KINDS].payload, ""),
            due + timedelta(hours=n % 48 - 40),
        )
        for n, who in enumerate(student_names(count))
    )
    submit_all(course, name, handed)
    collect(course, name)
    report = repeated(graded(course, name, students), count)

    def act() -> None:
        entered = enter_scores(course, name, report, "process")
        assert len(entered.entered) == count, entered.failed

    return act, lambda: gradebook_text(course, name)


def feedback(course: Course, name: str, count: int) -> Measured:
    """`chainrule feedback` of a class."""
    nbgrader_pass(course, name, count)[0]()

    def act() -> None:
        assert len(write_feedback(course, name).pages) >= count * (KINDS - 1) // KINDS

    pages = places_of(course).home / "feedback"
    return act, lambda: (file.read_bytes() for file in sorted(pages.rglob(f"{name}.html")))


def graded(course: Course, name: str, students: list[Student]) -> Report:
    """The results of a few notebooks, without the time they took."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_class(students, Path(folder) / "class")
        report = grade_class(course, name, path, Options(2, "cpu", "process"), None)
    timeless = tuple(s.model_copy(update={"seconds": 0.0}) for s in report.submissions)
    return report.model_copy(update={"submissions": timeless})


def repeated(report: Report, count: int) -> Report:
    """A class of `count` that holds these results again and again."""
    by_student = {one.student: one for one in report.submissions}
    kinds = [by_student[name] for name in student_names(KINDS)]
    submissions = tuple(
        kinds[n % KINDS].model_copy(update={"student": who, "file": f"{who}.ipynb"})
        for n, who in enumerate(student_names(count))
    )
    return report.model_copy(update={"submissions": submissions})


def gradebook_text(course: Course, name: str) -> Iterable[bytes]:
    """All that the pass writes: grades, comments, penalties, and the autograded notebooks."""
    with gradebook(course) as book:
        for submission in sorted(
            book.find_assignment(name).submissions, key=lambda one: str(one.student.id)
        ):
            yield repr((submission.student.id, str(submission.timestamp))).encode()
            for notebook in submission.notebooks:
                yield repr(notebook.late_submission_penalty).encode()
                for grade in sorted(notebook.grades, key=lambda one: str(one.name)):
                    marks = (grade.name, grade.auto_score, grade.manual_score, grade.extra_credit)
                    yield repr((*marks, grade.needs_manual_grade, grade.max_score)).encode()
                for comment in sorted(notebook.comments, key=lambda one: str(one.name)):
                    yield repr((comment.name, comment.auto_comment)).encode()
                for cell in sorted(notebook.assignment.assignment.notebooks[0].source_cells,
                                   key=lambda one: str(one.name)):  # fmt: skip
                    yield repr((cell.name, cell.checksum)).encode()
    autograded = places_of(course).home / "autograded"
    for file in sorted(autograded.rglob("*")):
        if file.is_file() and file.name != SECRET:  # drawn anew each time
            yield str(file.relative_to(autograded)).encode() + file.read_bytes()


def digest_of(parts: Iterable[bytes], keep: Path | None) -> str:
    """How many parts, and one digest of all."""
    count, digest = 0, hashlib.sha256()
    for part in parts:
        count += 1
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{count:05}").write_bytes(part)
        digest.update(hashlib.sha256(part).digest())
    return f"{count} parts, {digest.hexdigest()[:16]}"


def timed(act: Callable[[], None], shown: int) -> tuple[float, float]:
    """Seconds of wall and of CPU, children's too; prints the costliest functions if asked."""
    profile = cProfile.Profile() if shown else None
    start, before = time.monotonic(), cpu_seconds()
    if profile is None:
        act()
    else:
        profile.runcall(act)
    wall, cpu = time.monotonic() - start, cpu_seconds() - before
    if profile is not None:
        pstats.Stats(profile, stream=sys.stdout).sort_stats("cumulative").print_stats(shown)
    return wall, cpu


def cpu_seconds() -> float:
    """CPU of this process and of the children that ended."""
    own, children = os.times(), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.user + own.system + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
