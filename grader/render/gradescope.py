"""Gradescope's `results.json`: one submission's score, and a test for each exercise."""

from __future__ import annotations

import json
from typing import Any

from grader.inert import plain
from grader.languages import machine
from grader.render.grades import Grades
from grader.render.number import number
from grader.render.worth import Part, Worth
from grader.results import ExerciseResult


def results_json(grades: Grades, one: Worth) -> str:
    """The text of `results.json`; all output is plain text, which Gradescope shows escaped.

    `score` is the total so far and may exceed the maximum by a bonus. It is left out, and so are
    the tests, where there is none: Gradescope then gives no mark, and nobody gets 0.
    """
    result = one.result
    results: dict[str, Any] = {
        "output": _about(grades, one),
        "output_format": "text",
        # Of every test as well, whatever Gradescope takes for granted.
        "test_name_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "execution_time": round(result.seconds, 3) if result else 0.0,
        "extra_data": {
            "chainrule": {
                "assignment": grades.assignment,
                "isolation": grades.isolation,
                "device": grades.device,
                "status": one.standing,
                "sha256": result.sha256 if result else "",
                "total": one.total,
                "possible": one.possible,
                "final": not one.why_open,
            }
        },
    }
    if one.total is not None:
        results["score"] = one.total
        found = {e.name: e for e in result.exercises} if result else {}
        tests = [_test(grades, p, found[p.name]) for p in one.exercises if p.name in found]
        results["tests"] = tests + [_question(grades, part) for part in one.written]
    return json.dumps(results, indent=1) + "\n"


def _about(grades: Grades, one: Worth) -> str:
    lines = []
    if one.standing == "unreadable":
        lines.append("This file could not be graded. Mend it and hand it in again.")
    elif one.standing == "grader_error":
        lines.append("The grader failed, not your submission. Nothing is lost; it will run again.")
    if one.total is not None:
        so_far = " so far" if one.why_open else ""
        points = f"{number(one.total)} of {number(one.possible)} points{so_far}"
        lines.append(f"{grades.title}: {points}")
    said = one.result.message if one.result else ""
    lines += [plain(text) for text in dict.fromkeys([said, one.why_open]) if text]
    if one.bonus:
        lines.append(f"Of these, beyond 100 %: {number(one.bonus)}")
    if one.penalty and one.total is not None:
        lines.append(f"Taken off for coming late: {number(one.penalty)}")
    if grades.left_to_say and one.total is not None:
        lines.append(grades.left_to_say)
    if grades.isolation:
        lines.append(f"Graded with isolation: {grades.isolation}, device: {grades.device}.")
    return "\n".join(map(machine(grades.language).say, lines))


def _test(grades: Grades, part: Part, result: ExerciseResult) -> dict[str, Any]:
    say = machine(grades.language).say
    title = grades.titles.get(result.name, "")
    bonus = "Bonus, beyond 100 %" if part.bonus else ""
    by_hand = "Graded by a person" if part.by_hand else ""
    hint = f"Hint: {result.hint}" if result.hint else ""
    further = result.further if grades.hints == "both" else ""
    groups = [
        say(f"- {group.name}: {number(group.score)} of {number(group.max_score)}")
        for group in result.groups
    ]
    said = [title, say(result.verdict), say(bonus), say(by_hand), say(hint), further]
    test: dict[str, Any] = {
        "name": plain(result.name),
        "max_score": part.possible,
        "output": plain("\n".join([*filter(None, [*said, result.message]), *groups])),
        "output_format": "text",
        "visibility": "visible",
    }
    if part.score is not None:
        test["score"] = part.score
        test["status"] = "passed" if part.score >= part.possible else "failed"
    return test


def _question(grades: Grades, part: Part) -> dict[str, Any]:
    graded = "Written: not graded yet" if part.score is None else "Written: graded by hand"
    test: dict[str, Any] = {
        "name": plain(part.name),
        "max_score": part.possible,
        "output": machine(grades.language).say(graded),
        "output_format": "text",
        "visibility": "visible",
    }
    return test if part.score is None else test | {"score": part.score}
