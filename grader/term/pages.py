"""Pages for instructors, of what students wrote: nothing runs in them, all text is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from grader.inert import plain
from grader.render.policy import policy


def rendered(template: str, title: str, **values: Any) -> str:
    """A page of a template of this room, in one file with its style sheet."""
    css = files("grader.term").joinpath("templates", "term.css").read_text(encoding="utf-8")
    page = _environment().get_template(template)
    return page.render(title=title, css=css, policy=policy(css), **values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("grader.term"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=lambda value: plain(value) if type(value) is str else value,
    )
