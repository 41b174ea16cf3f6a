"""Outcomes of programs of ours, worked out once: by whoever asks first, for all who ask.

The model answers, known mistakes and mutants do the same in every run of the same checks, seed,
device and versions; so does each process of a run that asks for them. A *shelf* holds what they
did as bytes: in this process, behind a pipe to the one that hands out the work, or in the store.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar, cast

from grader.controller.recorded import Unreadable, from_bytes, to_bytes

MOST = 5000
"""Different records of one kind, which whatever a class hands in could make many."""

Value = TypeVar("Value")
Name = TypeVar("Name")


class Shelf(Protocol):
    """Where records lie."""

    def ask(self, key: str) -> bytes | None:
        """The record of a key; None tells the caller to make it, and to `put` it."""

    def put(self, key: str, record: bytes | None, lasting: bool) -> None:
        """Lay a record down, None if it could not be made; `lasting`: for later runs as well."""


class Memory:
    """A shelf of this process alone."""

    def __init__(self) -> None:
        """Start empty."""
        self._records: dict[str, bytes] = {}

    def ask(self, key: str) -> bytes | None:
        """The record of a key."""
        return self._records.get(key)

    def put(self, key: str, record: bytes | None, lasting: bool) -> None:
        """Keep a record."""
        if record is not None:
            self._records[key] = record

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._records)


class Records:
    """Asks a shelf, and remembers what it said. Used by one thread."""

    def __init__(self, shelf: Shelf | None = None) -> None:
        """Use a shelf; one of its own if None is given."""
        self.shelf: Shelf = shelf or Memory()
        self._known: dict[str, Any] = {}

    def once(
        self,
        parts: tuple[str, ...],
        make: Callable[[], Value],
        lasts: Callable[[Value], bool] = lambda value: value is not None,
    ) -> Value:
        """What `make` returns, or has returned to whoever asked first.

        Args:
            parts: all that it depends on, but for what the whole shelf depends on.
            make: makes it; what it raises is raised here, and the next one to ask makes it.
            lasts: whether it may be kept for later runs.
        """
        (value,) = self.each({"": parts}, lambda _: {"": make()}, lasts).values()
        return value

    def each(
        self,
        parts: Mapping[Name, tuple[str, ...]],
        make: Callable[[list[Name]], Mapping[Name, Value]],
        lasts: Callable[[Value], bool] = lambda value: value is not None,
    ) -> dict[Name, Value]:
        """The same for several at once: those that nobody has made are made together.

        `parts` is in an order that all who ask for some of them keep to; nobody waits in a ring.
        """
        keys = {name: _key(of) for name, of in parts.items()}
        fresh = [name for name, key in keys.items() if not self._recalled(key)]
        made: Mapping[Name, Value] = {}
        try:
            made = make(fresh) if fresh else {}
        finally:
            for name in fresh:
                self._lay_down(keys[name], made, name, lasts)
        return {name: cast(Value, self._known[key]) for name, key in keys.items()}

    def _recalled(self, key: str) -> bool:
        if key in self._known:
            return True
        record = self.shelf.ask(key)
        if record is None:
            return False
        try:
            self._known[key] = from_bytes(record)
        except Unreadable:  # by another version of ours: made again
            return False
        return True

    def _lay_down(
        self,
        key: str,
        made: Mapping[Name, Value],
        name: Name,
        lasts: Callable[[Value], bool],
    ) -> None:
        if name not in made:
            self.shelf.put(key, None, False)
            return
        value = self._known[key] = made[name]
        self.shelf.put(key, to_bytes(value), lasts(value))


class Few:
    """Asks for records of this run that are called by a digest: of so many it remembers them."""

    def __init__(self, records: Records, parts: tuple[str, ...], most: int = MOST) -> None:
        """`parts`: what they all begin with."""
        self._records, self._parts, self._most = records, parts, most
        self._known: set[str] = set()

    def once(self, digest: str, make: Callable[[], Value]) -> Value:
        """What `make` returns, or has returned in this run; anew where there is no more room."""
        if digest not in self._known and len(self._known) >= self._most:
            return make()
        self._known.add(digest)
        return self._records.once((*self._parts, digest), make, lambda _: False)


def _key(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
