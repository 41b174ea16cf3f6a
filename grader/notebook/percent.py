"""Cutting a text notebook of jupytext's percent format into cells, with their lines.

jupytext opens the same files in Jupyter; here it is left out, for it forgets the lines that errors
name, and importing it takes as long as grading a submission. The subset: a line `# %%` or
`# %% [markdown]` starts a cell and may go on with `key="value"` or `key=true`; text stands in
comments; magics are comments too (`# %matplotlib inline`); a header between `# ---` is skipped.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import CourseError

_MARKER = re.compile(r"#\s*%%(?:\s+(.*)|(\[.*))?$")
_HEAD = re.compile(r"(?:\[(\w+)\]\s*)?(.*)$")
_PAIR = re.compile(r"""(\w+)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"']+)(?:\s+|$)""")
_MAGIC = re.compile(r"# ?(%{1,2}[A-Za-z]|![^ ])")
KINDS = {None: "code", "code": "code", "markdown": "markdown", "md": "markdown"}


@dataclass(frozen=True)
class Raw:
    """One cell; `line` is that of its first text, `marker` that of its `# %%` (both from 1)."""

    kind: str
    metadata: dict[str, Any]
    source: str
    line: int
    marker: int


def refuse(path: Path, line: int, reason: str) -> CourseError:
    """The error of one place in a file."""
    return CourseError(f"{path}:{line}: {reason}")


def cut(path: Path, text: str) -> list[Raw]:
    """Cut the text of `path` into cells.

    Raises:
        CourseError: text before the first cell, or a marker or text cell that cannot be read.
    """
    # Not splitlines: a form feed or U+2028 in a string ends no line of Python's.
    lines = text.replace("\r\n", "\n").split("\n")
    start = _after_header(lines)
    markers = [i for i, line in enumerate(lines) if i >= start and _MARKER.match(line)]
    first = next((i for i in range(start, len(lines)) if lines[i].strip()), start)
    if not markers:
        raise refuse(path, 1, "no cells; start each with a line `# %%`")
    if first != markers[0]:
        raise refuse(path, first + 1, "text before the first cell; start it with a line `# %%`")
    ends = [*markers[1:], len(lines)]
    return [_cell(path, lines, marker, end) for marker, end in zip(markers, ends, strict=True)]


def _after_header(lines: list[str]) -> int:
    if lines[0].strip() == "# ---":
        for number, line in enumerate(lines[1:], 1):
            if line.strip() == "# ---":
                return number + 1
    return 0


def _cell(path: Path, lines: list[str], marker: int, end: int) -> Raw:
    kind, metadata = _marker(path, lines[marker], marker + 1)
    start = marker + 1
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    body = lines[start:end]
    if kind == "markdown":
        for number, line in enumerate(body, start + 1):
            if line.strip() and not line.startswith("#"):
                raise refuse(path, number, "a line of a [markdown] cell starts with `# `")
        body = [line.removeprefix("#").removeprefix(" ") for line in body]
    else:
        body = [re.sub("^# ?", "", line) if _MAGIC.match(line) else line for line in body]
    return Raw(kind, metadata, "\n".join(body), min(start, len(lines) - 1) + 1, marker + 1)


def _marker(path: Path, line: str, number: int) -> tuple[str, dict[str, Any]]:
    found = _MARKER.match(line)
    assert found
    head = _HEAD.match((found[1] or found[2] or "").strip())
    assert head
    if head[1] not in KINDS:
        raise refuse(path, number, f"a {head[1]} cell; write code or [markdown]")
    metadata: dict[str, Any] = {}
    rest = head[2]
    while rest:
        pair = _PAIR.match(rest)
        if not pair:
            raise refuse(path, number, f'cannot read {rest!r} of the cell; write key="value"')
        if pair[1] in metadata:
            raise refuse(path, number, f"{pair[1]}= a second time; keep one of them")
        metadata[pair[1]] = _plain(pair[2])
        rest = rest[pair.end() :]
    return KINDS[head[1]], metadata


def _plain(text: str) -> Any:
    if text.startswith("'"):
        return text[1:-1]
    try:
        return json.loads(text)
    except ValueError:
        return None
