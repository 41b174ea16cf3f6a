"""What an exercise calls while it runs, judged against what it may not call.

Theory of operation. What is forbidden is absent (`grader.worker.absent`): a call of it raises, and
is noted. The second layer looks on, as cheaply as it can: where rules name operators, a
`TorchDispatchMode` sees every one that is dispatched during the call, whatever led to it, and so
those that a library registers later, or of which the first layer does not know.

`evasions`, which reads the source before any of it has run, finds means of hiding from both.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from torch.utils._python_dispatch import TorchDispatchMode

from grader.worker.evasions import evasions, survey
from grader.worker.refusals import Refusals
from grader.worker.rules import Matcher, Rules, matcher

__all__ = ["Rules", "evasions", "survey", "watching"]


@contextlib.contextmanager
def watching(rules: Rules, refusals: Refusals) -> Iterator[list[str]]:
    """Watch what runs inside the block; the list holds what was asked for, sorted, at its end.

    It holds names from the rules, of which some may be those of other exercises in this worker, or
    "torch.library": the code ran where operators are not seen.
    """
    seen: set[str] = set()
    broken: list[str] = []
    try:
        with contextlib.ExitStack() as watched:
            asked = watched.enter_context(refusals.during())
            if rules.ops:
                watched.enter_context(_Operators(matcher(rules), seen))
            yield broken
    finally:
        broken[:] = sorted((seen | asked) - {""})


class _Operators(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes forbidden operators as they are dispatched."""

    def __init__(self, match: Matcher, seen: set[str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.match, self.seen = match, seen

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Nothing is compiled here, and the wrapper against compiling costs 3 µs an operator.
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        rule = self.match.operator(func)
        if rule:
            self.seen.add(rule)
        # What `func(…)` does, less one Python frame; higher-order operators have no `_op`.
        return getattr(func, "_op", func)(*args, **(kwargs or {}))
