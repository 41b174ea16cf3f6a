"""How much a value on the wire may hold: both sides count alike."""

from __future__ import annotations

import math
from dataclasses import dataclass

KEY_BITS = 63
"""Of an integer that is a key: of wider ones any number have one hash."""
NUMBER_BITS = 96
"""An integer of so many bits takes another node."""


@dataclass(frozen=True)
class Cap:
    """The most that a value may hold.

    Args:
        entries: numbers in arrays; one of more than 8 bytes counts twice.
        nodes: parts of its tree, each at most `NODE_BYTES` of a header.
        chars: characters of its texts, each at most `CHAR_BYTES` of a header.
    """

    entries: int
    nodes: int
    chars: int

    @property
    def sizes(self) -> list[int]:
        """The three numbers, as a request carries them."""
        return [self.entries, self.nodes, self.chars]

    @property
    def header_bytes(self) -> int:
        """The most bytes that the value takes in a header."""
        return NODE_BYTES * self.nodes + CHAR_BYTES * self.chars

    @property
    def body_bytes(self) -> int:
        """The most bytes that its arrays take."""
        return 8 * self.entries


NODE_BYTES = 40
CHAR_BYTES = 12  # two halves of a character, each as \uXXXX
ARRAY_NODES = 4  # besides one for each axis
OPAQUE_NODES = 8
OPAQUE_CHARS = 40


class Room:
    """What is left of a cap."""

    def __init__(self, cap: Cap) -> None:
        """Begin with all of it."""
        self._entries, self._nodes, self._chars = cap.entries, cap.nodes, cap.chars

    def takes_nodes(self, count: int) -> bool:
        """Whether so many parts still go in; then they are counted."""
        fits = count <= self._nodes
        self._nodes -= count if fits else 0
        return fits

    def takes_text(self, text: str) -> bool:
        """Whether a text still goes in; then it is counted."""
        fits = len(text) <= self._chars
        self._chars -= len(text) if fits else 0
        return fits

    def takes_numbers(self, itemsize: int, shape: tuple[int, ...]) -> bool:
        """Whether an array's numbers still go in; then they are counted."""
        count = math.prod(shape) * (2 if itemsize > 8 else 1)
        fits = count <= self._entries
        self._entries -= count if fits else 0
        return fits
