"""Clusters: the same wrong result in several submissions, and no hint that explains it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.results import Cluster, SubmissionResult

_WRONG = ("failed", "error")


def alike(one: str, other: str) -> bool:
    """Whether two fingerprints are of the same result, up to rounding.

    The first part is of what cannot be rounded; the others come in pairs, of which one must agree.
    """
    mine, theirs = one.split("-"), other.split("-")
    if len(mine) != len(theirs) or mine[0] != theirs[0]:
        return False
    agree = [a == b for a, b in zip(mine, theirs, strict=True)]
    return all(any(pair) for pair in zip(agree[1::2], agree[2::2], strict=True))


def clusters_of(submissions: Sequence[SubmissionResult], exercise: str = "") -> tuple[Cluster, ...]:
    """Gather the wrong results that no hint explains, the most frequent first.

    Args:
        submissions: the results of a class.
        exercise: look at this one alone; "" at all.
    """
    found: list[Cluster] = []
    names = dict.fromkeys(e.name for s in submissions for e in s.exercises)
    for name in [exercise] if exercise else names:
        found += _of_exercise(name, submissions)
    return tuple(sorted(found, key=lambda cluster: -cluster.size))


def _of_exercise(name: str, submissions: Iterable[SubmissionResult]) -> list[Cluster]:
    groups: list[tuple[str, list[str]]] = []
    for submission in submissions:
        for exercise in submission.exercises:
            unexplained = exercise.verdict in _WRONG and not exercise.hint
            if exercise.name != name or not (unexplained and exercise.fingerprint):
                continue
            mark = exercise.fingerprint
            files = next((files for first, files in groups if alike(first, mark)), None)
            if files is None:
                groups.append((mark, [submission.file]))
            else:
                files.append(submission.file)
    return [Cluster(exercise=name, size=len(files), files=tuple(files)) for _, files in groups]
