"""What the model answers have replied to stand-ins: a class asks much the same of them.

The random streams are set anew for each question and our answers keep nothing, so that a reply
hangs on the exercise and its inputs alone. It is found again by a digest of those, as they came.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import Any

MOST_BYTES = 16 * 2**20
"""Of replies that are kept; the one that was asked for longest ago makes room."""


class Answered:
    """Replies of one process, as frames. Used by one thread."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        """Start empty."""
        self._replies: OrderedDict[bytes, bytes] = OrderedDict()
        self._most, self._bytes = most, 0

    def recall(self, key: bytes) -> bytes | None:
        """The reply to a question, None if it is not known."""
        reply = self._replies.get(key)
        if reply is not None:
            self._replies.move_to_end(key)
        return reply

    def keep(self, key: bytes, reply: bytes) -> None:
        """Remember a reply, if there is room for it at all."""
        if key in self._replies or len(reply) > self._most:
            return
        self._replies[key] = reply
        self._bytes += len(reply)
        while self._bytes > self._most:
            self._bytes -= len(self._replies.popitem(last=False)[1])

    @property
    def held(self) -> int:
        """Bytes of the replies that are remembered."""
        return self._bytes


def question_key(exercise: str, inputs: Any, body: memoryview) -> bytes:
    """What a question is remembered by: the exercise, the tree of its inputs, and their bytes."""
    digest = hashlib.sha256(json.dumps([exercise, inputs]).encode())
    digest.update(b"\0")
    digest.update(body)
    return digest.digest()
