"""The corpus of neighbours: a fixed sample is told what a person judged to be true."""

from pathlib import Path

import pytest
from measure_neighbours import (  # type: ignore[import-not-found]
    FOLDER,
    Entry,
    corpus,
    graded,
    judged,
    read_ledger,
    sample,
    shares,
    write_ledger,
)

from grader.course.lesson import Mistake
from grader.course.syllabus import load_course
from grader.grading.machine import policy_of
from grader.grading.pool import slots
from grader.results import ExerciseResult, Verdict

OURS = Path(__file__).parents[1]
SAMPLE = 60
JUDGED = sorted(path.stem for path in FOLDER.glob("*.yml"))

SLIP = Mistake("wrong", "relu", "the slope at 0 is 1", ())


def result(verdict: Verdict, hint: str = "", message: str = "m") -> ExerciseResult:
    return ExerciseResult(
        name="relu", verdict=verdict, score=0, max_score=1, groups=(), hint=hint, message=message
    )


@pytest.mark.parametrize(
    ("verdict", "hint", "told"),
    [("passed", "", "passes"), ("failed", "", "untold"), ("error", "", "raised"),
     ("failed", "look there", "?"), ("timeout", "", "?")],
)  # fmt: skip
def test_only_what_is_said_needs_a_person(verdict: Verdict, hint: str, told: str) -> None:
    assert judged(SLIP, result(verdict, hint), None).told == told


def test_a_judgement_lasts_as_long_as_what_it_judges(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    entry = Entry("wrong", "relu", "the slope at 0 is 1", "failed", "look at 0", "m", True)
    write_ledger(path, [entry])
    before = read_ledger(path)
    assert before == {"wrong": entry}
    same = judged(SLIP, result("failed", "look at 0"), before["wrong"])
    assert same.told is True
    assert judged(SLIP, result("failed", "look at 1"), before["wrong"]).told == "?"
    assert judged(SLIP, result("failed", "look at 0", "other"), before["wrong"]).told == "?"


def test_a_ledger_knows_its_words(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    write_ledger(path, [Entry("wrong", "relu", "t", "failed", "h", "m", "perhaps")])
    with pytest.raises(ValueError, match="perhaps"):
        read_ledger(path)


def test_shares() -> None:
    told = (True, True, "raised", "untold", False, "passes")
    entries = [Entry(str(n), "relu", "t", "failed", "", "", t) for n, t in enumerate(told)]
    assert shares(entries).endswith("60.0 % told what to do")


@pytest.mark.parametrize("name", JUDGED)
def test_a_sample_is_told_as_it_was_judged(name: str) -> None:
    course = load_course(OURS)
    ledger = read_ledger(FOLDER / f"{name}.yml")
    chosen = sample(corpus(course, name), -(-SAMPLE // len(JUDGED)))
    places = slots(policy_of(course.limits_of(name), "full", "cpu"), 1)
    try:
        results = graded(course, name, chosen, places)
    finally:
        places[0].discard()
    entries = [judged(slip, results[slip.name], ledger.get(slip.name)) for slip in chosen]
    changed = [entry for entry in entries if entry.told in ("?", False)]
    assert not changed, "judge these: python -m tests.measure_neighbours, then its ledger"
