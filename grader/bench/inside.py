"""What the peers' grade cells and tests call: hidden cases, compared inside the student's kernel.

This is what nbgrader's users do, and what Chainrule is there to replace; it exists only so that
both graders can be timed on the same cases.
"""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

from grader.bench.warm import call_all
from grader.comparing.compare import leaves


def grade_cell(exercise: str, frame: bytes, expected: list[list[np.ndarray]]) -> str:
    """Source of a grade cell that makes an exercise's calls and asserts their values."""
    packed = packed_cases(frame, expected)
    return (
        "from grader.bench.inside import assert_all\n"
        f"assert_all({packed!r}, globals())  # {exercise}\n"
    )


def packed_cases(frame: bytes, expected: list[list[np.ndarray]]) -> str:
    """An exercise's calls and their expected values, as text."""
    file = io.BytesIO()
    arrays = {
        f"{case}_{leaf}": a for case, some in enumerate(expected) for leaf, a in enumerate(some)
    }
    arrays["frame"] = np.frombuffer(frame, dtype=np.uint8)
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return base64.b64encode(file.getvalue()).decode()


def assert_all(packed: str, namespace: dict[str, Any]) -> None:
    """Make the calls and assert that they return the expected values."""
    data = np.load(io.BytesIO(base64.b64decode(packed)), allow_pickle=False)
    for case, value in enumerate(call_all(data["frame"].tobytes(), namespace)):
        got = [np.asarray(leaf, dtype=float) for leaf in leaves(_plain(value))]
        want = [data[name] for name in data.files if name.startswith(f"{case}_")]
        assert len(got) == len(want), f"case {case}: {len(got)} values"
        for g, w in zip(got, want, strict=True):
            assert np.shape(g) == np.shape(w), f"case {case}: shape {np.shape(g)}"
            np.testing.assert_allclose(g, w, rtol=1e-4, atol=1e-5)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.detach().numpy() if hasattr(value, "detach") else value
