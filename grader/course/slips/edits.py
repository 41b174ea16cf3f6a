"""Edits: how a wrong answer differs from the right one, word by word, and two at once."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"\w+|\n|[^\S\n]+|[^\w\s]")


@dataclass(frozen=True)
class Edit:
    """Words `start` to `stop` (not included, from 0) of a text are replaced by others."""

    start: int
    stop: int
    words: tuple[str, ...]


Edits = tuple[Edit, ...]


@dataclass(frozen=True)
class Text:
    """The source of a definition, one simple statement a line, as words."""

    lines: tuple[tuple[str, ...], ...]

    def edited(self, changes: Iterable[Edit]) -> str:
        """The text with edits that are apart."""
        words = [word for line in self.lines for word in line]
        for edit in sorted(changes, key=lambda edit: edit.start, reverse=True):
            words[edit.start : edit.stop] = edit.words
        return "".join(words)

    def edits_to(self, other: Text) -> Edits:
        """What makes `other` of this text, in order: lines first, words within them."""
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        found: list[Edit] = []
        for start, stop, low, high in _differences(self.lines, other.lines):
            mine = [word for line in self.lines[start:stop] for word in line]
            theirs = [word for line in other.lines[low:high] for word in line]
            for a, b, c, d in _differences(mine, theirs):
                found.append(Edit(starts[start] + a, starts[start] + b, tuple(theirs[c:d])))
        return tuple(found)


def text_of(node: ast.AST) -> Text:
    """A definition as plain text, without comments."""
    return text_of_source(ast.unparse(node))


def text_of_source(code: str) -> Text:
    """What `ast.unparse` wrote, as words."""
    lines = f"{code}\n".splitlines(keepends=True)
    return Text(tuple(tuple(_WORD.findall(line)) for line in lines))


def apart(one: Edits, other: Edits) -> bool:
    """Whether the edits touch no word together, so that both can be made."""
    return all(
        (a.stop <= b.start or b.stop <= a.start) and a.start != b.start for a in one for b in other
    )


def _differences(
    mine: Sequence[object], theirs: Sequence[object]
) -> Iterator[tuple[int, int, int, int]]:
    matcher = difflib.SequenceMatcher(None, mine, theirs, autojunk=False)
    for tag, *places in matcher.get_opcodes():
        if tag != "equal":
            start, stop, low, high = places
            yield start, stop, low, high
