"""Right answers to the payoffs that are written in another style than ours earn full marks."""

from pathlib import Path

import pytest

from grader.course.syllabus import load_course
from grader.grading.machine import policy_of
from grader.grading.pool import slots
from tests.measure_neighbours import corpus, graded

STYLES = Path(__file__).parent / "other_styles"


@pytest.mark.parametrize("name", sorted(path.stem for path in STYLES.glob("*.py")))
def test_another_style_earns_full_marks(name: str) -> None:
    course = load_course(STYLES.parents[1])
    places = slots(policy_of(course.limits_of(name), "full", "cpu"), 1)
    try:
        results = graded(course, name, corpus(course, name, STYLES), places)
    finally:
        for place in places:
            place.discard()
    assert results
    for style, result in results.items():
        assert result.verdict == "passed", f"{style}: {result.message}"
        assert result.score == result.max_score, style
