"""What went wrong in the student's code, as plain data for the controller."""

from __future__ import annotations

import traceback
from typing import Any

CELL_FILE = "<cell {}>"
DRIVER_FILE = "<driver>"
_NETWORK_FILES = ("/socket.py", "/urllib/request.py", "/http/client.py", "/ssl.py")


def describe(error: BaseException) -> dict[str, Any]:
    """Describe an exception.

    Returns:
        type: its class's name; mro: names of that class and its bases; message: at most 500
        characters; cell, line: the last place in the student's own code, or null; where:
        "student" or "driver" or "library", who raised it; function: in which function of the
        student's own code; network: whether sockets were at work.
    """
    frames = list(traceback.extract_tb(error.__traceback__))
    own = [frame for frame in frames if frame.filename.startswith("<cell ")]
    last = frames[-1].filename if frames else ""
    where = "library"
    if last.startswith("<cell "):
        where = "student"
    elif last == DRIVER_FILE:
        where = "driver"
    if isinstance(error, SyntaxError) and not own:
        cell, line = _cell_number(error.filename or ""), error.lineno
    else:
        cell = _cell_number(own[-1].filename) if own else None
        line = own[-1].lineno if own else None
    return {
        "type": type(error).__name__[:80],
        "mro": [kind.__name__[:80] for kind in type(error).__mro__[:10]],
        "message": _message(error),
        "cell": cell,
        "line": line,
        "where": where,
        "function": own[-1].name[:80] if own else "",
        "network": any(frame.filename.endswith(_NETWORK_FILES) for frame in frames),
    }


def _message(error: BaseException) -> str:
    try:
        return str(error)[:500]
    except Exception:
        return ""


def _cell_number(filename: str) -> int | None:
    digits = filename.removeprefix("<cell ").removesuffix(">")
    return int(digits) if digits.isdigit() else None
