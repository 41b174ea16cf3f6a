"""Failing calls, made by hand, for the relations that are looked for in them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from grader.comparing.evidence import Seen, inputs_of, seen
from grader.comparing.judging import asked_of, judge
from grader.comparing.outcomes import Call, Outcome
from grader.comparing.telling import Beyond, tell
from grader.vocabulary import case
from grader.worker.wire import Array


def wired(value: Any) -> Any:
    """A value as it comes from the wire of a NumPy exercise."""
    if isinstance(value, np.ndarray | np.generic):
        data = np.asarray(value)
        return Array("array", data.dtype.name, "cpu", data.shape, data)
    if isinstance(value, list | tuple):
        return type(value)(wired(item) for item in value)
    return value


def look(
    want: Any,
    got: Any,
    args: Sequence[Any] = (),
    names: Sequence[str] = (),
    mutated: int = -1,
    **more: Any,
) -> Seen | None:
    """What can be looked at of a call that returned `got`; None if it passes."""
    call = Call(case(*args, expect=want, **more), False, 1.0, (), {})
    outcome, asked = Outcome(wired(got), mutated=mutated), asked_of(call, "numpy", "cpu")
    failure = judge(call, outcome, asked)
    return seen(call, outcome, asked, failure, names) if failure else None


def told(*calls: Seen | None, fine: Sequence[Sequence[Any]] = ()) -> tuple[str, ...]:
    """The sentences said of some calls; `fine`: the arguments of calls that passed."""
    passed = [inputs_of(Call(case(*args, expect=0), False, 1.0, (), {}), ()) for args in fine]
    return tell([one for one in calls if one is not None], Beyond(fine=passed))
