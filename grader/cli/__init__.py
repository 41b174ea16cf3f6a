"""The command line: it parses and prints; plain functions do the work.

`app` is loaded when it is first asked for: its libraries end the process where they cannot be
mapped, and nobody could say why.
"""

import sys
from typing import Any

from grader.cli import room

__all__ = ["app"]


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if said := room.complaint():
        print(f"chainrule: {said}", file=sys.stderr)
        sys.exit(2)
    room.speak_utf8()
    from grader.cli.main import app

    return app
