"""JUnit XML: a suite for each submission, a case for each exercise, as CI systems read it."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as Xml

from grader.inert import one_line, plain
from grader.render.grades import Grades
from grader.render.number import number
from grader.render.worth import Part, Worth
from grader.results import ExerciseResult

# What the student got wrong is a failure; an error is the grader's own.
_KINDS = {"passed": "", "deferred": "skipped", "grader_error": "error"}
_STANDINGS = {"grader_error": "error", "missing": "skipped", "excused": "skipped"}


def junit(grades: Grades) -> str:
    """The results as JUnit XML; each suite's properties say what the submission is worth."""
    root = Xml.Element("testsuites", name=one_line(grades.assignment))
    counts: Counter[str] = Counter()
    for one in grades.worths:
        counts += _suite(root, grades, one)
    _count(root, counts, sum(one.result.seconds for one in grades.worths if one.result))
    Xml.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + Xml.tostring(root, "unicode") + "\n"


def _suite(root: Xml.Element, grades: Grades, one: Worth) -> Counter[str]:
    suite = Xml.SubElement(root, "testsuite", name=one_line(one.student))
    _properties(suite, one)
    place = one_line(f"{grades.assignment}.{one.student}")
    counts: Counter[str] = Counter()
    if one.standing == "graded" and one.result:
        for result in one.result.exercises:
            kind = _KINDS.get(result.verdict, "failure")
            case = Xml.SubElement(suite, "testcase", classname=place, name=one_line(result.name))
            _outcome(case, kind, result.verdict, _said(result, one.part(result.name)))
            counts += Counter({"tests": 1, kind: 1})
    elif one.standing != "graded":
        kind = _STANDINGS.get(one.standing, "failure")
        case = Xml.SubElement(suite, "testcase", classname=place, name="submission")
        _outcome(case, kind, one.standing, one.reason)
        counts += Counter({"tests": 1, kind: 1})
    for part in one.written if one.standing == "graded" else ():
        if part.score is None:
            case = Xml.SubElement(suite, "testcase", classname=place, name=one_line(part.name))
            _outcome(case, "skipped", "written", "not graded yet")
            counts += Counter({"tests": 1, "skipped": 1})
    _count(suite, counts, one.result.seconds if one.result else 0.0)
    return counts


def _properties(suite: Xml.Element, one: Worth) -> None:
    properties = Xml.SubElement(suite, "properties")
    values = {
        "status": one.standing,
        "total": number(one.total),
        "possible": number(one.possible),
        "final": "no" if one.why_open else "yes",
        "reason": one_line(one.reason),
    }
    for name, value in values.items():
        Xml.SubElement(properties, "property", name=name, value=value)


def _outcome(case: Xml.Element, kind: str, word: str, said: str) -> None:
    if kind:
        first = one_line(said.split("\n")[0]) or word
        element = Xml.SubElement(case, kind, type=word, message=first)
        element.text = plain(said)


def _said(result: ExerciseResult, part: Part | None) -> str:
    lines = [result.hint, result.message]
    if part is not None and part.score is not None:
        lines.append(f"{number(part.score)} of {number(part.possible)} points")
    return "\n".join(filter(None, lines))


def _count(element: Xml.Element, counts: Counter[str], seconds: float) -> None:
    element.set("tests", str(counts["tests"]))
    element.set("failures", str(counts["failure"]))
    element.set("errors", str(counts["error"]))
    element.set("skipped", str(counts["skipped"]))
    element.set("time", f"{seconds:.3f}")
