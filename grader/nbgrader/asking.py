"""A student asks to look at a grade again: by a text cell in the notebook, handed in once more.

    Regrade request: affine_backward
    My db has the shape (3,), as the prompt says.

The cell is shown beside the exercise's own in the formgrader, where a person answers by the comment
of that exercise. To ask is not to hand in anew: where the rest is as it was, its time stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.nbgrader.pieces import Piece

_FIRST_LINE = re.compile(
    r"^[\s#>*_-]*(?:re-?grade request|复核申请|申请复核)[\s*_]*[:：][\s*_`]*(?P<name>\w*)"
    r"[\s*_`.,:：，。-]*(?P<rest>.*)$",
    re.IGNORECASE,
)
# A request holds one of these, as JSON may write it: most files need not be taken apart.
_SIGNS = (b"grade request", "申请".encode(), rb"\u7533\u8bf7")
LONGEST = 2000  # characters that are kept of a request


@dataclass(frozen=True)
class Request:
    """What is asked: of which exercise or question, and in which words."""

    exercise: str
    text: str


def request_of(piece: Piece) -> Request | None:
    """The request that a cell is; None of any other cell."""
    if piece.kind == "code":
        return None
    first, _, more = piece.text.partition("\n")
    found = _FIRST_LINE.match(first)
    if found is None:
        return None
    said = "\n".join(filter(None, [found["rest"].strip(), more.strip()]))
    return Request(found["name"], said[:LONGEST])


def may_ask(payload: bytes) -> bool:
    """Whether a file may hold a request; False is certain."""
    low = payload.lower()
    return any(sign in low for sign in _SIGNS)


def requests_of(pieces: Iterable[Piece]) -> tuple[Request, ...]:
    """All that a notebook asks."""
    return tuple(found for piece in pieces if (found := request_of(piece)))


def same_work(one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    """Whether two notebooks differ in nothing but requests."""
    return _work(one) == _work(other)


def _work(pieces: Sequence[Piece]) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in pieces if request_of(piece) is None]
