"""Whether there is memory enough to begin: without it, libraries die before they can say why."""

from __future__ import annotations

import sys

LEAST_BYTES = 2**30
"""Addresses that the commands and the libraries beneath them need, at the least."""


def complaint() -> str:
    """What is wrong with the limit on our memory, "" where nothing is."""
    if sys.platform == "win32":  # there are no such limits
        return ""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit == resource.RLIM_INFINITY or limit >= LEAST_BYTES:
        return ""
    return (
        f"the limit on memory (`ulimit -v`) is {limit >> 20} MiB, and at least "
        f"{LEAST_BYTES >> 20} are needed: lift it with `ulimit -v unlimited`"
    )


def speak_utf8() -> None:
    """Let a pipe take every letter on Windows, whose own encodings lack most of them."""
    if sys.platform == "win32":
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(encoding="utf-8", errors="replace")
