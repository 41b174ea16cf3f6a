"""From groups to points: "values" is worth half, the other groups share the rest."""

from __future__ import annotations

from collections.abc import Sequence

from grader.results import GroupResult, total
from grader.vocabulary import VALUES


def shares(points: float, groups: Sequence[str]) -> dict[str, float]:
    """Split an exercise's points among its groups, to the hundredth, without a remainder."""
    others = [group for group in groups if group != VALUES]
    if not others:
        return {VALUES: points}
    each = round(points / 2 / len(others), 2)
    return {
        group: each if group != VALUES else total([points, -each * len(others)]) for group in groups
    }


def score_groups(points: float, passed: dict[str, bool]) -> tuple[GroupResult, ...]:
    """Score the groups; without "values" none of them earns anything."""
    worth = shares(points, list(passed))
    return tuple(
        GroupResult(
            name=group,
            passed=ok,
            score=worth[group] if ok and passed.get(VALUES, False) else 0.0,
            max_score=worth[group],
        )
        for group, ok in passed.items()
    )
