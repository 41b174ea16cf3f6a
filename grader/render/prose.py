"""Markdown as a part of a page: what a person commented, and the prompt of an exercise.

Two things keep it inert, each of them alone: the reader knows no HTML, and what it makes is
cleaned by the list of what plain Markdown makes. Formulae are put in after that.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from grader.inert import cleaned, plain
from grader.render.formulae import formula

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

# Of Unicode's private use: nobody writes them, so they stand for formulae until all is cleaned.
_OPEN, _CLOSE = "\ue000", "\ue001"
_HELD = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_INLINE = re.compile(r"\$\$(?P<block>[^$]+)\$\$|\$(?P<inline>(?!\s)[^$`]*[^$`\s\\])\$(?!\d)")
_BLOCK = re.compile(r"\s*\$\$(?P<block>[^$]+)\$\$\s*")


@lru_cache(maxsize=2000)
def prose(text: str) -> Markup:
    """The Markdown as HTML without headings, pictures, styles or anything that acts."""
    source = plain(text).replace(_OPEN, "").replace(_CLOSE, "")
    held: dict[str, list[Markup]] = {"formulae": []}
    html = cleaned(_reader().render(source, held))
    return Markup(_HELD.sub(lambda found: held["formulae"][int(found[1])], html))


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # only a page with something to read needs it

    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    reader.inline.ruler.before("escape", "formula", _inline)
    reader.block.ruler.before("code", "formula", _block, {"alt": ["paragraph"]})
    # The page has an outline of its own, and allows no styles.
    for kind, made in (
        ("heading_open", "<p><strong>"),
        ("heading_close", "</strong></p>\n"),
        ("th_open", "<th>"),
        ("td_open", "<td>"),
    ):
        reader.add_render_rule(kind, _always(made))
    reader.add_render_rule("formula", _hold)
    return reader


def _always(made: str) -> Any:
    return lambda *_: made


def _hold(_: Any, tokens: Any, at: int, options: Any, env: dict[str, list[Markup]]) -> str:
    token, made = tokens[at], env["formulae"]
    made.append(formula(token.content, token.block))
    place = f"{_OPEN}{len(made) - 1}{_CLOSE}"
    return f"<p>{place}</p>\n" if token.hidden else place


def _inline(state: StateInline, silent: bool) -> bool:
    found = _INLINE.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.block = found[found.lastgroup or 0], found.lastgroup == "block"
    state.pos = found.end()
    return True


def _block(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A formula between lines of two dollars, whatever Markdown would see in its lines."""
    begin = state.bMarks[first] + state.tShift[first]
    if not state.src.startswith("$$", begin):
        return False
    end = state.src.find("$$", begin + 2)
    if end < 0:
        return False
    line = first
    while line + 1 < last and state.eMarks[line] < end + 2:
        line += 1
    found = _BLOCK.fullmatch(state.src, begin, state.eMarks[line])
    if found is None:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content, token.block, token.hidden = found["block"], True, True
        token.map = [first, line + 1]
    state.line = line + 1
    return True
