"""HTML that was made of a student's Markdown, by the list of what plain Markdown makes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import nh3

TAGS = frozenset(
    """a b blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i li ol p pre s span strong
    sub sup table tbody td th thead tr ul""".split()  # noqa: SIM905
)
SCHEMES = frozenset({"http", "https", "mailto"})
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "th": {"style"}, "td": {"style"}}


def cleaned(html: str) -> str:
    """The HTML with nothing in it but the tags of plain Markdown and links that lead away.

    Pictures, ids, names and styles go; what coloured code needs stays. Links open a new tab, which
    learns neither who opened it nor from where.
    """
    # Half a character is no text that a page could be saved with.
    return _cleaner().clean(html.encode(errors="replace").decode())


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3  # only pages of others' making need it
    from pygments.token import STANDARD_TYPES

    return nh3.Cleaner(
        tags=set(TAGS),
        attributes=ATTRIBUTES,
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        # Pygments' own, but for errors: to it the joiners of `markdown` are one. Any other class
        # could borrow the look of the page around it.
        allowed_classes={"div": {"highlight"}, "span": set(STANDARD_TYPES.values()) - {"", "err"}},
        filter_style_properties={"text-align"},
    )
