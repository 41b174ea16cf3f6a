"""YAML read together with the line of every key, so that an error can name its place.

Only what a data file needs: mappings with plain keys, lists and scalars. Duplicate keys, aliases
and tags of one's own are refused, for each of them lets a file say something other than it shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from grader.course.text import read_course_text
from grader.errors import CourseError

_QUOTED = ("while scanning a quoted scalar", "while scanning a double-quoted scalar")
Key = str | int
Place = tuple[Key, ...]


@dataclass(frozen=True)
class Marked:
    """Plain data and, for every key path in it, the line it was written on (from 1)."""

    path: Path
    data: Any
    lines: dict[Place, int] = field(repr=False)

    def line(self, place: Place) -> int:
        """The line of a key path, or of the nearest one around it."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)


def dotted(place: Place) -> str:
    """A key path as people write it, on one line: `assignments.lec05.bonus[0]`."""
    text = ""
    for key in place:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            word = key if key.isprintable() and 0 < len(key) <= 60 else shown(key)
            text += f".{word}" if text else word
    return text


def load_marked(path: Path) -> Marked:
    """Read a YAML file.

    Raises:
        CourseError: it cannot be read, or is no YAML of the plain kind; names file and line.
    """
    text = read_course_text(path)
    lines: dict[Place, int] = {}
    try:
        loader = yaml.SafeLoader(text)
        _refuse_aliases(path, text)
        node = loader.get_single_node()
        data = None if node is None else _value(path, loader, node, (), lines)
    except yaml.YAMLError as error:
        raise CourseError(_explain(path, text, error)) from None
    except RecursionError:
        raise CourseError(f"{path}:1: nested too deeply; keep the levels that it needs") from None
    return Marked(path, data, lines)


def _refuse_aliases(path: Path, text: str) -> None:
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise CourseError(f"{path}:{line}: *{event.anchor} is an alias; write the value out")


def _explain(path: Path, text: str, error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 1
    if opened := _open_quote(text, error):
        said = "a quote is opened here and not closed on its line"
        return f"{path}:{opened}: not valid YAML: {said}; close it, or write the text without"
    parts = [getattr(error, "context", None), getattr(error, "problem", None)]
    said = ", ".join(part for part in parts if part) or getattr(error, "reason", "") or str(error)
    said = " ".join(said.split())
    return f"{path}:{line}: not valid YAML: {said}; check the indentation, colons and quotes"


def _open_quote(text: str, error: yaml.YAMLError) -> int:
    """The line of the quote that an error comes of, 0 where it comes of none.

    A quote that is not closed ends at the next one, lines below, and only what follows there is
    no YAML.
    """
    if getattr(error, "context", None) in _QUOTED and error.context_mark:  # type: ignore[attr-defined]
        return int(error.context_mark.line) + 1  # type: ignore[attr-defined]
    last = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                several = token.start_mark.line != token.end_mark.line
                last = token.start_mark.line + 1 if several else last
    except yaml.YAMLError:
        pass
    return last


def _value(
    path: Path, loader: yaml.SafeLoader, node: yaml.Node, place: Place, lines: dict[Place, int]
) -> Any:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, loader, node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        items = enumerate(node.value)
        return [_value(path, loader, item, (*place, i), lines) for i, item in items]
    try:
        return loader.construct_object(node)
    except (ValueError, LookupError, OverflowError, AttributeError, TypeError) as error:
        line = node.start_mark.line + 1
        where = f"{path}:{line}: {dotted(place)}"
        raise CourseError(f"{where} is {shown(node.value)}: {error}; mend the value") from None


def _mapping(
    path: Path,
    loader: yaml.SafeLoader,
    node: yaml.MappingNode,
    place: Place,
    lines: dict[Place, int],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise CourseError(f"{path}:{line}: a key must be a plain word, not a list or mapping")
        # The written word, because YAML reads an exercise called `on` as true.
        key = key_node.value
        here = (*place, key)
        if key in found:
            first = lines[here]
            raise CourseError(
                f"{path}:{line}: {dotted(here)} stands here for the second time, first on line "
                f"{first}; keep one of them"
            )
        lines[here] = line
        found[key] = _value(path, loader, value_node, here, lines)
    return found


def shown(value: Any, most: int = 60) -> str:
    """A value on one short line, as YAML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    text = "null" if value is None else str(value) if isinstance(value, date) else repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"
