"""What nbgrader's formgrader asks us for: Markdown as HTML, cleaned of what a student put in.

Its template shows nbconvert's HTML as it comes, and nbconvert passes on any HTML that stands in
Markdown. `config.py` names `markdown2html` here as the filter of that name.
"""

from __future__ import annotations

from functools import cache
from html import unescape
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from mistune.plugins import import_plugin
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from grader import inert

# Without its boxes to tick, which are form fields.
PLUGINS = ("strikethrough", "table", "url", "def_list")


class _Renderer(IPythonRenderer):
    """A picture is a link to it: to load one tells its owner who reads, and when."""

    def block_code(self, code: str, info: str | None = None) -> str:
        # mistune raises where the language of a fence is white space written as an entity.
        named = unescape(info or "").strip()
        return str(super().block_code(code, info if named else None))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return str(self.link(text, url, title))


@cache
def _exporter() -> HTMLExporter:
    return HTMLExporter()


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """A Markdown cell as HTML: a locked one, which is the release's own, as nbconvert renders it.

    Anything else may be a student's, and keeps the tags of plain Markdown alone.
    """
    cell: Any = context.get("cell", {})
    marks = cell.get("metadata", {}).get("nbgrader", {})
    if marks.get("locked") and not marks.get("solution"):
        return str(_exporter().markdown2html(context, source))
    return rendered(source)


def rendered(source: str) -> str:
    """Markdown as nbconvert renders it, formulae left to whoever sets them, then cleaned."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    plugins = [import_plugin(name) for name in PLUGINS]
    whole = source.encode(errors="replace").decode()  # halves of characters end in a traceback
    html = MarkdownWithMath(renderer=renderer, plugins=plugins).render(whole)
    return inert.cleaned(html)
