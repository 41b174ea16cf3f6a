"""What `run_autograder` runs on Gradescope: one submission, by our grader, into `results.json`.

    ROOT/source         the unpacked autograder.zip
    ROOT/submission     what the student handed in
    ROOT/results        results.json is written here

Exit code 0: graded, or the student is told what to mend. 1 or 2: the grader's fault or the
machine's; no results.json is written then, so that Gradescope reports a failure and no mark.
"""

from __future__ import annotations

import sys
from pathlib import Path

from grader.course.syllabus import Course, load_course
from grader.errors import CourseError, GraderError, UsageError
from grader.exporting.gathering import exercise_titles, from_report
from grader.grading.doctor import IsolationUnavailable, require_full
from grader.grading.grading import Options, grade_class
from grader.grading.machine import Isolation
from grader.notebook.build import write_whole
from grader.otter.bundle import CONFIG, Grading, read_grading
from grader.render.gradescope import results_json
from grader.results import Report, SubmissionResult
from grader.submissions import Unreadable, discover, read

OURS, USAGE = 1, 2
_SUFFIXES = (".ipynb", ".py")
_STUDENT = "submission"


def autograde(root: Path) -> Path:
    """Grade the submission below `root`; returns the path of `results.json`.

    Raises:
        GraderError: the grader failed.
        UsageError: the zip is damaged, or the isolation that it asks for cannot be had.
    """
    results = root / "results" / "results.json"
    results.unlink(missing_ok=True)
    source = root / "source"
    try:
        grading = read_grading(source)
    except (OSError, ValueError) as error:
        raise CourseError(f"{source / CONFIG} cannot be read: {error}") from None
    course = load_course(source / "course")
    isolation, note = choose_isolation(grading)
    report = _report(course, grading.assignment, root / "submission", isolation)
    (submission,) = report.submissions
    failed = [e for e in submission.exercises if e.verdict == "grader_error"]
    if submission.status == "grader_error" or failed:
        raise GraderError(submission.message or f"{failed[0].name}: {failed[0].message}")
    name = grading.assignment
    languages = languages_of(course, submitted(root / "submission", name))
    told = submission.model_copy(
        update={"message": "; ".join(filter(None, [submission.message, note]))}
    )
    report = report.model_copy(update={"submissions": (told,)})
    grades = from_report(course, report, exercise_titles(course, name), languages=languages)
    return write_whole(results, results_json(*grades.told(grades.worths[0])))


def choose_isolation(grading: Grading) -> tuple[Isolation, str]:
    """The isolation to grade with, and what to say of it.

    Raises:
        IsolationUnavailable: "full" cannot be had, and nothing less is accepted.
    """
    if grading.isolation == "process":
        return "process", ""
    try:
        require_full()
    except IsolationUnavailable as error:
        if grading.accept == "process":
            return "process", "Full isolation is not to be had here; process isolation was used."
        raise IsolationUnavailable(
            f'{error}\nOr put "accept": "process" into {CONFIG} of the autograder.zip.'
        ) from None
    return "full", ""


def _report(course: Course, name: str, folder: Path, isolation: Isolation) -> Report:
    path = submitted(folder, name)
    if path is not None:
        options = Options(jobs=1, device="cpu", isolation=isolation)
        return grade_class(course, name, path, options, keeping=None)
    found = _candidates(folder)
    wanted = f"Hand in your notebook, {name}.ipynb"
    listed = ", ".join(path.name for path in found[:5])
    reason = f"several files could be meant ({listed})" if found else "it holds no notebook"
    unread = SubmissionResult(
        student=_STUDENT,
        file="",
        sha256="",
        status="unreadable",
        score=0.0,
        max_score=float(sum(course.plan(name).points.values())),
        seconds=0.0,
        message=f"{wanted}: {reason}.",
    )
    return Report(
        assignment=name, isolation=isolation, device="cpu", checks="", submissions=(unread,)
    )


def submitted(folder: Path, name: str) -> Path | None:
    """The one file that can be meant; None if there is none, or several."""
    found = _candidates(folder)
    exact = [path for path in found if path.stem == name]
    notebooks = [path for path in found if path.suffix.lower() == ".ipynb"]
    return next((one[0] for one in (exact, notebooks, found) if len(one) == 1), None)


def languages_of(course: Course, path: Path | None) -> dict[str, str]:
    """The language of a submission by its digest, if it says one that the course offers."""
    try:
        found = [read(one) for one in discover(path, path.stem)] if path else []
    except (Unreadable, UsageError):
        return {}
    return {one.sha256: course.edition(one.language) for one in found}


def _candidates(folder: Path) -> list[Path]:
    """Notebooks and scripts below a folder; no links, nothing hidden."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
        regular = path.is_file() and not path.is_symlink()
        if path.suffix.lower() in _SUFFIXES and regular and not hidden:
            found.append(path)
    return found


def main(arguments: list[str]) -> int:
    """Run with ROOT as the only argument; returns the exit code."""
    root = Path(arguments[0] if arguments else "/autograder")
    try:
        path = autograde(root)
    except UsageError as error:
        print(f"chainrule: {error}")
        return USAGE
    except GraderError as error:
        print(f"chainrule, our fault: {error}")
        return OURS
    print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
