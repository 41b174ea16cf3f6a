"""The same wrong answer written twice is one cluster; another one is another."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from relation_calls import wired  # type: ignore[import-not-found]

from grader.comparing.compare import Asked
from grader.comparing.fingerprint import fingerprint
from grader.comparing.outcomes import ExerciseRun, Failure, Outcome
from grader.comparing.tolerance import FLOORS
from grader.render.clusters import alike, clusters_of
from grader.results import ExerciseResult, SubmissionResult, Verdict

KEY = b"a secret of thirty-two bytes...."
DOUBLE = Asked("numpy", "float64", "cpu", lambda leaf: FLOORS["float64"])
SINGLE = Asked("torch", "float32", "cpu", lambda leaf: FLOORS["float32"])


def mark(*values: object, asked: Asked = DOUBLE, key: bytes = KEY) -> str:
    return fingerprint(key, run_of(values, asked))


def run_of(values: Sequence[object], asked: Asked, passed: int = -1) -> ExerciseRun:
    """A run in which all calls fail but one."""
    wrong = {n: Failure("difference", "wrong") for n in range(len(values)) if n != passed}
    outcomes = tuple(Outcome(wired(value)) for value in values)
    return ExerciseRun(outcomes, failures=wrong, asked=(asked,) * len(values))


@given(st.integers(0, 10_000), st.sampled_from([1, 7, 1000]), st.sampled_from([1e-6, 1.0, 1e9]))
@settings(max_examples=150, deadline=None)
def test_rounding_changes_no_fingerprint(seed: int, size: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    values = scale * rng.normal(size=size)
    for asked, far in ((DOUBLE, 1e-7), (SINGLE, 1e-5)):
        noise = far * np.abs(values).max() * rng.uniform(-1, 1, size)
        assert alike(mark(values, asked=asked), mark(values + noise, asked=asked))


@given(st.integers(0, 10_000), st.sampled_from([1, 7, 1000]), st.floats(0.001, 3))
@settings(max_examples=150, deadline=None)
def test_other_results_have_another_fingerprint(seed: int, size: int, far: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=size)
    assert not alike(mark(values), mark(values * (1 + far)))
    assert not alike(mark(values), mark(values + far * rng.normal(size=size) + far))


def test_what_cannot_be_rounded_tells_apart() -> None:
    a = np.arange(6.0)
    b = a.copy()
    b[2] = np.nan
    marks = [mark(a), mark(b), mark(a.reshape(2, 3)), mark(a, a), mark(None), mark("a")]
    assert all(alike(x, y) == (x is y) for x in marks for y in marks)
    assert fingerprint(KEY, ExerciseRun()) == ""


def test_what_passes_is_one_thing_however_it_differs() -> None:
    a, b = np.arange(6.0), np.ones(6)
    one, other = (fingerprint(KEY, run_of([x, a], DOUBLE, passed=0)) for x in (a, b))
    assert one == other != fingerprint(KEY, run_of([a, a], DOUBLE))


def test_a_fingerprint_is_keyed() -> None:
    a = np.arange(6.0)
    assert not set(mark(a).split("-")) & set(mark(a, key=KEY[::-1]).split("-"))


def submission(
    file: str, marked: str, hint: str = "", verdict: Verdict = "failed"
) -> SubmissionResult:
    exercise = ExerciseResult(
        name="relu", verdict=verdict, score=0, max_score=1, groups=(), hint=hint, fingerprint=marked
    )
    return SubmissionResult(
        student=file, file=file, sha256="", status="graded", score=0, max_score=1, seconds=0,
        exercises=(exercise,),
    )  # fmt: skip


def test_clusters_are_of_what_no_hint_explains() -> None:
    one, two = mark(np.arange(3.0)), mark(np.arange(4.0))
    found = clusters_of(
        [
            submission("a.py", two),
            submission("b.py", one),
            submission("c.py", one),
            submission("d.py", one, hint="known"),
            submission("e.py", one, verdict="missing"),
            submission("f.py", ""),
        ]
    )
    assert [(c.exercise, c.size, c.files) for c in found] == [
        ("relu", 2, ("b.py", "c.py")),
        ("relu", 1, ("a.py",)),
    ]


@pytest.mark.parametrize("other", ["", "a", "a-b-c", "a-b-d-c-d"])
def test_odd_fingerprints(other: str) -> None:
    assert not alike("a-b-c-d-e", other)
