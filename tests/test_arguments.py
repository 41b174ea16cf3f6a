"""What is told of a case's arguments: shapes and the prompt's integers, never arrays or floats."""

from typing import Any

import numpy as np
import pytest

from grader.comparing.compare import Asked, compare
from grader.comparing.outcomes import FLOOR, Call
from grader.comparing.tolerance import FLOORS
from grader.controller import frames
from grader.controller.arguments import about
from grader.controller.program import Program
from grader.vocabulary import EDGES, Seeded, Shaped, case
from grader.worker.values import Encoder
from grader.worker.wire import Array

X = np.arange(6.0).reshape(2, 3)
ASKED = Asked("numpy", "float64", "cpu", lambda leaf: FLOORS["float64"])


def test_integers_switches_and_names_are_shown_by_the_stubs_names() -> None:
    one = case(X, 2, 1, True, "relu", 0.25, expect=0, group=EDGES)
    names = ("x", "stride", "padding", "training", "name", "p")
    assert about(one, names) == (
        "edge cases, stride 2, padding 1, training True, name relu, inputs (2, 3), float"
    )
    assert about(case(X, 2, expect=0), ()) == "values, inputs (2, 3), int"
    assert (
        about(case(X, 2, expect=0, kwargs={"k": 3}), ("", "n")) == "values, n 2, k 3, inputs (2, 3)"
    )
    assert about(case(3, expect=0), ("n",)) == "values, n 3"


@pytest.mark.parametrize("value", [12345, -10_000, "import os", "a" * 30, 0.5, None, [1, 2]])
def test_what_could_spell_something_out_is_not_shown(value: Any) -> None:
    told = about(case(value, expect=0), ("n",))
    assert not told.startswith("values, n ")


def report(sent: Any, after: Any, *, kwargs: dict[str, Any] | None = None) -> int:
    """Which argument a worker's honest report shows to be changed."""
    one = case(*sent, expect=0, kwargs=kwargs)
    blobs = tuple(
        leaf.tobytes()
        for arg in [*sent, *(kwargs or {}).values()]
        for leaf in (arg if isinstance(arg, list) else [arg])
        if isinstance(leaf, np.ndarray)
    )
    encoder = Encoder()
    tree = encoder.encode([list(after), kwargs or {}], FLOOR)
    frame = {"id": 0, "value": 0, "inputs": tree, "seen": []}
    call = Call(one, False, 1.0, blobs, {})
    return frames.outcome(frame, b"".join(encoder.blobs), call, Program(()), "").mutated


def test_a_list_that_is_emptied_or_rewritten_is_changed_in_place() -> None:
    assert report((0.5, [(0.9, 0.2)]), (0.5, [(0.9, 0.2)])) == -1
    assert report((0.5, [(0.9, 0.2)]), (0.5, [])) == 1
    assert report((0.5, [(0.9, 0.2)]), (0.5, [(0.9, 0.3)])) == 1
    assert report(([X, X],), ([X, X],)) == -1
    assert report(([X, X],), ([X],)) == 0
    assert report((X, [1, 2]), (X + 1, [1, 2])) == 0
    assert report((X,), (X,), kwargs={"names": ["a"]}) == -1


def test_a_generator_may_be_drawn_from() -> None:
    assert report((X, Seeded(3)), (X, np.random.default_rng(3))) == -1


def test_of_a_shaped_value_only_the_form_is_asked() -> None:
    def array(data: np.ndarray) -> Array:
        return Array("array", data.dtype.name, "cpu", data.shape, data)

    want = (X, Shaped(X))
    assert compare(want, (array(X), array(X + 1)), ASKED) is None
    for wrong, kind in ((X[:1], "shape"), (X * np.nan, "finiteness")):
        difference = compare(want, (array(X), array(wrong)), ASKED)
        assert difference is not None and (difference.kind, difference.leaf) == (kind, 1)
    difference = compare(want, (array(X + 1), array(X)), ASKED)
    assert difference is not None and difference.kind == "value"
