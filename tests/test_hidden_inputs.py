"""What a submission is told hangs on its hidden inputs by a few bits: not by what it composes."""

import re
from pathlib import Path

import pytest
from hidden_attacks import (  # type: ignore[import-not-found]
    ATTACKS,
    BOUNDED,
    HONEST,
    LATER,
    NUMBERS,
    hidden_course,
)
from red_course import shared_report  # type: ignore[import-not-found]

from grader.controller.messages import NETWORK, UNSTEADY
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.results import Report, SubmissionResult

ONE, OTHER = "a" * 64, "b" * 64
KINDS = "ZeroDivisionError OverflowError FloatingPointError ValueError IndexError KeyError"


def graded(folder: Path, seed: str) -> Report:
    """All attacks and an honest neighbour, graded with the hidden inputs of a seed."""
    root = hidden_course(folder / "course")
    (root / ".chainrule").mkdir(mode=0o700, exist_ok=True)
    (root / ".chainrule" / "seed").write_text(seed + "\n")
    (root / ".chainrule" / "seed").chmod(0o600)
    handed_in = root / "in"
    handed_in.mkdir(exist_ok=True)
    sources = {**ATTACKS, **BOUNDED, "honest": HONEST, "later": LATER}
    for name, source in sources.items():
        (handed_in / f"{name}.py").write_text(source)
    return grade_class(load_course(root), "one", handed_in, Options(2), None)


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report]:
    return (
        shared_report("hidden-one", tmp_path_factory, lambda folder: graded(folder, ONE)),
        shared_report("hidden-other", tmp_path_factory, lambda folder: graded(folder, OTHER)),
    )


def told(result: SubmissionResult) -> list[str]:
    """Everything that a student reads of a result."""
    return [result.message] + [
        text for e in result.exercises for text in (e.verdict, e.message, e.hint, e.further)
    ]


def of(report: Report, name: str) -> SubmissionResult:
    return next(one for one in report.submissions if one.student == name)


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_other_inputs_tell_nothing_else(reports: tuple[Report, Report], name: str) -> None:
    one, other = (of(report, name) for report in reports)
    assert one.status == "graded" and told(one) == told(other)
    assert one.score == 0, "an attack that passes shows nothing"


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_no_number_and_no_word_is_made_up(reports: tuple[Report, Report], name: str) -> None:
    for text in told(of(reports[0], name)):
        # A line, a word of the submission's own and a judge's figure are those of a spare case.
        left = re.sub(r"line \d+|'name\d+'|\d+\.\d{6} is not", "", text)
        numbers = {int(number) for number in re.findall(r"\d+", left)}
        # The sizes of the inputs, and what two of them make.
        assert max(numbers, default=0) <= 30, text
        assert not re.search(r"[a-zA-Z_]\d|0\.\d", left), text


@pytest.mark.parametrize("name", sorted(BOUNDED))
def test_what_happens_at_all_is_a_bit_or_three(reports: tuple[Report, Report], name: str) -> None:
    unsteady = {UNSTEADY.format(kind) for kind in [*KINDS.split(), "an exception"]}
    steady = "OSError|ZeroDivisionError|UnicodeDecodeError|" + re.escape(NETWORK)
    for report in reports:
        message = of(report, name).exercises[0].message
        said = message.partition(" [")[0]
        assert said in unsteady or re.match(steady, said), message


def test_an_input_that_is_never_drawn_is_not_the_spare_one(reports: tuple[Report, Report]) -> None:
    first = LATER[: LATER.index("if d == 0")].count("\n") + 1
    for report in reports:
        message = of(report, "later").exercises[0].message
        line = re.search(r"line (\d+) of the file", message)
        assert line, message
        assert int(line[1]) != first + int(NUMBERS[0] * 1000)


def test_an_honest_neighbour_has_full_marks(reports: tuple[Report, Report]) -> None:
    for report in reports:
        one = of(report, "honest")
        assert one.score == one.max_score == 4
