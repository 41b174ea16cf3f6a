"""Pages for instructors, of what students wrote: in the frame and the colours of the others."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader

from grader.render.html import environment, framed


def rendered(template: str, language: str, **values: Any) -> str:
    """A page of a template of this room, in a language."""
    return framed(_environment(), template, language, **values)


@cache
def _environment() -> Environment:
    return environment(ChoiceLoader([PackageLoader("grader.term"), PackageLoader("grader.render")]))
