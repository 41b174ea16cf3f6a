"""Mutants that are no errors: an assignment's `equivalent.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from grader.course.marked_yaml import load_marked
from grader.course.slips.mutants import Mutant
from grader.errors import CourseError


def equivalents(path: Path) -> dict[str, str]:
    """The keys of mutants that are no errors, each with the reason; none if there is no file.

    Raises:
        CourseError: an entry is not `- mutant: "…"` with a `reason: "…"`, or is given twice.
    """
    if not path.exists():
        return {}
    marked = load_marked(path)
    if not isinstance(marked.data, list | None):
        raise CourseError(
            f'{path}:1: a list of `- mutant: "…"`, each with a `reason:`, is expected'
        )
    found: dict[str, str] = {}
    for at, entry in enumerate(marked.data or []):
        place = f"{path}:{marked.line((at,))}"
        if not isinstance(entry, dict) or set(entry) != {"mutant", "reason"}:
            raise CourseError(f"{place}: an entry has exactly the keys mutant and reason")
        key, reason = entry["mutant"], entry["reason"]
        for name, value in entry.items():
            if not isinstance(value, str) or not value.strip():
                raise CourseError(f"{place}: {name} must be text in quotes that is not empty")
        if key in found:
            raise CourseError(f"{place}: {key!r} is listed twice; keep one entry")
        found[key] = reason
    return found


def stale(listed: Iterable[str], made: Iterable[Mutant]) -> list[str]:
    """The listed keys that are no mutant's (any more), in their order."""
    keys = {mutant.key for mutant in made}
    return [key for key in listed if key not in keys]
