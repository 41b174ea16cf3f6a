"""JUnit XML: a suite for each submission, a case for each exercise, as CI systems read it."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as Xml

from grader.render.grades import Grades
from grader.render.plain import number, one_line, plain
from grader.results import ExerciseResult, SubmissionResult

# What the student got wrong is a failure; an error is the grader's own.
_KINDS = {"passed": "", "deferred": "skipped", "grader_error": "error"}


def junit(grades: Grades) -> str:
    """The results as JUnit XML."""
    root = Xml.Element("testsuites", name=one_line(grades.assignment))
    counts: Counter[str] = Counter()
    for submission in grades.submissions:
        counts += _suite(root, grades, submission)
    _count(root, counts, sum(s.seconds for s in grades.submissions))
    Xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, "unicode") + "\n"


def _suite(root: Xml.Element, grades: Grades, submission: SubmissionResult) -> Counter[str]:
    suite = Xml.SubElement(root, "testsuite", name=one_line(submission.student))
    place = one_line(f"{grades.assignment}.{submission.student}")
    counts: Counter[str] = Counter()
    if submission.status == "graded":
        for result in submission.exercises:
            kind = _KINDS.get(result.verdict, "failure")
            case = Xml.SubElement(suite, "testcase", classname=place, name=one_line(result.name))
            _outcome(case, kind, result.verdict, _said(result))
            counts += Counter({"tests": 1, kind: 1})
    else:
        kind = "error" if submission.status == "grader_error" else "failure"
        case = Xml.SubElement(suite, "testcase", classname=place, name="submission")
        _outcome(case, kind, submission.status, submission.message)
        counts += Counter({"tests": 1, kind: 1})
    _count(suite, counts, submission.seconds)
    return counts


def _outcome(case: Xml.Element, kind: str, word: str, said: str) -> None:
    if kind:
        first = one_line(said.split("\n")[0]) or word
        element = Xml.SubElement(case, kind, type=word, message=first)
        element.text = plain(said)


def _said(result: ExerciseResult) -> str:
    points = f"{number(result.score)} of {number(result.max_score)} points"
    return "\n".join(filter(None, [result.hint, result.message, points]))


def _count(element: Xml.Element, counts: Counter[str], seconds: float) -> None:
    element.set("tests", str(counts["tests"]))
    element.set("failures", str(counts["failure"]))
    element.set("errors", str(counts["error"]))
    element.set("skipped", str(counts["skipped"]))
    element.set("time", f"{seconds:.3f}")
