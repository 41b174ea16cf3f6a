"""Python's own switches for profilers and tracers, out of reach while a call is watched.

A profiler that raises is taken off by Python itself, and it raises wherever a recursion ends: its
own frame is one too many. Python asks the audit hooks before it takes off a profiler, whoever wants
that, and a hook that refuses keeps it on. So an endless recursion stays watched and is nothing but
a RecursionError, and whoever calls the switches is refused and noted.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import threading
from collections.abc import Iterator
from typing import Any

_EVENTS = ("sys.setprofile", "sys.settrace")


class Switches:
    """Refuses the switches to the watched thread; there is one for a process."""

    def __init__(self) -> None:
        """Guard nothing yet; a hook can never be taken back."""
        self._watched: dict[str, tuple[int, set[str]]] = {}
        self._stumble: BaseException | None = None
        sys.addaudithook(self._on_event)

    def _on_event(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS or event not in self._watched:
            return
        thread, seen = self._watched[event]
        if threading.get_ident() != thread:
            return
        stumble, self._stumble = self._stumble, None
        if stumble is not None:
            raise stumble
        seen.add(event)
        raise RuntimeError(f"{event} is not available here")

    def stumbled(self, error: BaseException) -> None:
        """Note that one of our instruments raises: Python is about to take it off."""
        self._stumble = error

    @contextlib.contextmanager
    def kept(self, event: str, seen: set[str]) -> Iterator[None]:
        """Refuse a switch to this thread, and note in `seen` who asked for it."""
        self._watched[event] = threading.get_ident(), seen
        try:
            yield
        finally:
            del self._watched[event]


@functools.cache
def switches() -> Switches:
    """The process's guard of its switches, put up at the first call."""
    return Switches()
