"""A run that looks up what our own programs do, and writes nothing: its results are held aside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.grading.keeping import Enters, Keeping, everybody
from grader.grading.store import Record, Store
from grader.results import SubmissionResult


class Aside(Keeping):
    """Grades everybody again, and keeps what comes of it in memory."""

    def __init__(self, store: Store, folder: Path, enters: Enters = everybody) -> None:
        """Use a store, to read from; see `Keeping`."""
        super().__init__(store, folder, enters)
        self.records: list[Record] = []
        """What would be written, each in place of what is there."""

    def known(self, key: str) -> SubmissionResult | None:
        """Nothing: everybody is graded again."""
        return None

    def keep(
        self, assignment: str, key: str, result: SubmissionResult, notes: tuple[str, ...] = ()
    ) -> None:
        """Hold a result aside."""
        self.keep_all(assignment, [(key, result, notes)])

    def keep_all(
        self,
        assignment: str,
        results: Iterable[tuple[str, SubmissionResult, tuple[str, ...]]],
    ) -> None:
        """Hold several results aside."""
        records = [self._record(assignment, *one) for one in results]
        self.records += [one.model_copy(update={"replaces": True}) for one in records]

    def record(self, key: str, label: str, basis: str, body: bytes) -> None:
        """Nothing is written, what our own programs do neither."""
