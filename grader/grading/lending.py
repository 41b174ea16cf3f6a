"""Records lent to judges: what nobody has is made by the first who asks, for all who ask."""

from __future__ import annotations

from collections.abc import Callable

from grader.controller.records import Shelf

Answer = Callable[[bytes | None], None]


class Lending:
    """A shelf that several ask at a time; used by the one thread that hears them."""

    def __init__(self, shelf: Shelf) -> None:
        """Lend from a shelf."""
        self._shelf = shelf
        self._makers: dict[str, int] = {}
        self._waiting: dict[str, list[tuple[int, Answer]]] = {}

    def ask(self, asker: int, key: str, answer: Answer) -> None:
        """Answer with the record, or with None to whoever is to make it; others wait for that."""
        if key in self._makers:
            self._waiting.setdefault(key, []).append((asker, answer))
            return
        record = self._shelf.ask(key)
        if record is None:
            self._makers[key] = asker
        answer(record)

    def put(self, key: str, record: bytes | None, lasting: bool) -> None:
        """Take a record that was made, or None where it could not be, and tell who waits."""
        self._makers.pop(key, None)
        self._shelf.put(key, record, lasting)
        waiting = self._waiting.pop(key, [])
        for asker, answer in waiting:
            self.ask(asker, key, answer)

    def gone(self, asker: int) -> None:
        """An asker died: what it was making is left to the next one."""
        for key, waiting in self._waiting.items():
            self._waiting[key] = [one for one in waiting if one[0] != asker]
        for key in [key for key, maker in self._makers.items() if maker == asker]:
            self.put(key, None, False)
