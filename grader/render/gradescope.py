"""Gradescope's `results.json`: one submission's score, and a test for each exercise."""

from __future__ import annotations

import json
from typing import Any

from grader.render.grades import Grades, why_open
from grader.render.plain import number, plain
from grader.results import ExerciseResult, SubmissionResult


def results_json(grades: Grades, submission: SubmissionResult) -> str:
    """The text of `results.json`; all output is plain text, which Gradescope shows escaped.

    `score` is given as such and may exceed the maximum by a bonus. It is left out, and so are
    the tests, where the grader failed: Gradescope then asks to run it again, and nobody gets 0.
    """
    results: dict[str, Any] = {
        "output": _about(grades, submission),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(submission.seconds, 3),
        "extra_data": {
            "chainrule": {
                "assignment": grades.assignment,
                "isolation": grades.isolation,
                "device": grades.device,
                "status": submission.status,
                "sha256": submission.sha256,
            }
        },
    }
    if submission.status != "grader_error":
        results["score"] = submission.score
        results["tests"] = [_test(grades, e) for e in submission.exercises]
    return json.dumps(results, indent=1) + "\n"


def _about(grades: Grades, submission: SubmissionResult) -> str:
    lines = [f"{grades.title}: {number(submission.score)} of {number(submission.max_score)} points"]
    if submission.status == "unreadable":
        lines = ["This file could not be graded. Mend it and hand it in again."]
    elif submission.status == "grader_error":
        lines = ["The grader failed, not your submission. Nothing is lost; it will run again."]
    if submission.message:
        lines.append(plain(submission.message))
    if submission.status == "graded" and (waiting := why_open(submission)):
        lines.append(plain(waiting))
    extra = [e.name for e in submission.exercises if e.name in grades.bonus]
    if extra:
        lines.append(f"Bonus, beyond 100 %: {', '.join(extra)}")
    if grades.written:
        lines.append("Written questions are graded by hand; their points are not in here.")
    if grades.isolation:
        lines.append(f"Graded with isolation: {grades.isolation}, device: {grades.device}.")
    return "\n".join(lines)


def _test(grades: Grades, result: ExerciseResult) -> dict[str, Any]:
    title = grades.titles.get(result.name, "")
    said = [title, result.verdict, f"Hint: {result.hint}" if result.hint else "", result.message]
    groups = [
        f"- {group.name}: {number(group.score)} of {number(group.max_score)}"
        for group in result.groups
    ]
    test: dict[str, Any] = {
        "name": plain(result.name),
        "score": result.score,
        "max_score": result.max_score,
        "output": plain("\n".join([*filter(None, said), *groups])),
        "output_format": "text",
        "visibility": "visible",
    }
    if result.verdict not in ("deferred", "grader_error"):
        test["status"] = "passed" if result.verdict == "passed" else "failed"
    return test
