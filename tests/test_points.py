"""Points: groups share an exercise's points without a remainder, and nothing without "values"."""

from hypothesis import given
from hypothesis import strategies as st

from grader.controller.points import score_groups, shares
from grader.results import total
from grader.vocabulary import GROUPS, VALUES

POINTS = st.integers(1, 10_000).map(lambda cents: cents / 100)
OTHERS = st.lists(st.sampled_from([g for g in GROUPS if g != VALUES]), unique=True)


@given(POINTS, OTHERS)
def test_shares_add_up(points: float, others: list[str]) -> None:
    worth = shares(points, [VALUES, *others])
    assert total(list(worth.values())) == points
    assert all(value >= 0 for value in worth.values())
    assert abs(worth[VALUES] - points / 2) <= 0.01 * len(others) + 0.01 or not others


@given(POINTS, OTHERS, st.data())
def test_scores(points: float, others: list[str], data: st.DataObject) -> None:
    passed = {group: data.draw(st.booleans()) for group in [VALUES, *others]}
    groups = score_groups(points, passed)
    score = total([group.score for group in groups])
    assert total([group.max_score for group in groups]) == points
    assert 0 <= score <= points
    assert (score == points) >= all(passed.values())
    if not passed[VALUES]:
        assert score == 0


def test_an_example() -> None:
    assert shares(3, [VALUES]) == {VALUES: 3}
    assert shares(1, [VALUES, "shapes", "speed", "stability"]) == {
        VALUES: 0.49, "shapes": 0.17, "speed": 0.17, "stability": 0.17
    }  # fmt: skip
