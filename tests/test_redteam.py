"""The red team: every attack beside honest neighbours, in one run; nobody gains, nobody loses."""

import os
import re
from pathlib import Path

import more_attacks  # type: ignore[import-not-found]
import pytest
from attacks import FORGERY, HONEST, SOCKET, Attack  # type: ignore[import-not-found]
from red_course import red_course, shared_report  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.grading.doctor import diagnose
from grader.grading.grading import Options, begin, grade_class
from grader.results import Report, SubmissionResult
from grader.vocabulary import NOTHING

NEIGHBOURS = ("aa_neighbour", "mm_neighbour", "zz_neighbour")
VOCABULARY = re.compile(r"[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]*")


def attacks(course: Path) -> dict[str, Attack]:
    known = more_attacks.secrets(str(course), os.getpid())
    return {**FORGERY, **SOCKET, **more_attacks.ALL, **known}


NAMES = sorted(attacks(Path("course")))


def run(folder: Path) -> Report:
    course = load_course(red_course(folder / "course"))
    handed_in = folder / "handed_in"
    handed_in.mkdir()
    for name, attack in attacks(course.root).items():
        (handed_in / f"{name}.py").write_text(f"{HONEST}\n{attack.source}", encoding="utf-8")
    for name in NEIGHBOURS:
        (handed_in / f"{name}.py").write_text(HONEST, encoding="utf-8")
    os.environ["PLANTED"] = "secret"
    return grade_class(course, "one", handed_in, Options(jobs=2), None)


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    missing = [probe.layer for probe in diagnose() if probe.needed and not probe.works]
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    return shared_report("redteam", tmp_path_factory, run)


def of(report: Report, name: str) -> SubmissionResult:
    return next(one for one in report.submissions if one.student == name)


@pytest.mark.parametrize("name", NAMES)
def test_an_attack_gets_what_it_deserves(report: Report, name: str) -> None:
    attack, result = attacks(Path("course"))[name], of(report, name)
    assert result.status == "graded", result.message
    for exercise in result.exercises:
        wanted = attack.verdicts.get(exercise.name, "passed")
        assert wanted == "any" or exercise.verdict in wanted.split("/"), exercise
        assert exercise.verdict != "grader_error"
        assert attack.messages.get(exercise.name, "") in exercise.message
        assert VOCABULARY.fullmatch(exercise.message)
        assert (exercise.verdict == "passed") == (exercise.score == exercise.max_score)


@pytest.mark.parametrize("name", NEIGHBOURS)
def test_a_neighbour_has_full_marks(report: Report, name: str) -> None:
    result = of(report, name)
    assert (result.score, result.max_score) == (5.0, 5.0), result


def test_nobody_is_lost(report: Report) -> None:
    assert [one.student for one in report.submissions] == sorted([*NAMES, *NEIGHBOURS])


def test_no_hidden_number_is_told(report: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    base = tmp_path_factory.getbasetemp()
    root = (base.parent if base.name.startswith("popen-") else base) / "redteam" / "course"
    prepared = begin(load_course(root), "one", Options()).prepared
    cases = [call.case for exercise in prepared.values() for call in exercise.calls]
    numbers = [
        value
        for case in cases
        for array in (*case.args, *([] if case.expect is NOTHING else [case.expect]))
        if hasattr(array, "flatten")
        for value in array.flatten().tolist()
    ]
    told = " ".join(f"{e.message} {e.hint}" for s in report.submissions for e in s.exercises)
    assert len(numbers) > 50
    for number in numbers:
        assert f"{abs(number):.5f}"[:6] not in told
