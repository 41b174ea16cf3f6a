"""How far long work is, and how long it will take: on a terminal's standard error, else nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.cli.common import complaints

_SHARES = {
    "answers": 12,
    "stub": 1,
    "mistakes": 9,
    "equivalents": 3,
    "figures and gradients": 2,
    "follow-through": 6,
    "mutants": 65,
    "written questions": 1,
    "editions": 1,
}
"""Per cent of an assignment's proofs that each step takes, measured over the course."""


def bar() -> Progress:
    """A bar with the time that is gone and the time that is left; it leaves no trace."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        console=complaints(),
        transient=True,
    )


@contextmanager
def counted(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar, moved by a function that is told how many are through, and of how many."""
    with bar() as shown:
        task = shown.add_task(what, total=None)

        def show(done: int, of: int) -> None:
            shown.update(task, completed=done, total=of)

        yield show


class Steps:
    """Steps of which each takes a share, and within which some tell how far they are."""

    def __init__(self, show: Callable[[int, int], None], shares: Mapping[str, int]) -> None:
        """`shares`: per cent of the whole, by step, in their order."""
        self._show, self._shares = show, shares
        self._before = self._share = 0

    def at(self, step: str) -> None:
        """A step begins; those before it are through."""
        names = list(self._shares)
        self._before = sum(self._shares[one] for one in names[: names.index(step)])
        self._share = self._shares[step]
        self._show(self._before, 100)

    def within(self, done: int, of: int) -> None:
        """How far the present step is."""
        self._show(self._before + self._share * done // max(of, 1), 100)


class ProofSteps:
    """The proofs of some assignments, one after another."""

    def __init__(self, assignments: int) -> None:
        """`assignments`: how many will be proved."""
        self._bar = bar()
        self._task = self._bar.add_task("", total=100 * assignments)
        self._before = 0
        """Per cent of the assignments that are through, each counting as a hundred."""

    def __enter__(self) -> ProofSteps:
        """Show the bar."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.stop()

    @property
    def done(self) -> float:
        """Per cent of all."""
        return float(self._bar.tasks[0].percentage)

    def begin(self, assignment: str) -> None:
        """An assignment's proofs begin."""
        task = self._bar.tasks[0]
        self._before = 100 * -(-int(task.completed) // 100)
        self._bar.update(self._task, completed=self._before, description=assignment)

    def at(self, step: str) -> None:
        """A step begins, written `ASSIGNMENT: STEP`."""
        names = list(_SHARES)
        name = step.partition(": ")[2]
        done = sum(_SHARES[one] for one in names[: names.index(name)]) if name in names else 0
        self._bar.update(self._task, completed=self._before + done, description=step)
