"""The room that makes what others wrote harmless: honest text stays, nothing else acts."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import markdown_it
import mistune
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader import inert
from grader.inert.html import SCHEMES, TAGS
from grader.inert.markdown import JOINER
from grader.inert.tex import COMMANDS
from grader.nbgrader.formgrader import rendered
from tests.hostile_class import HONEST
from tests.watching import payloads

PLAIN = frozenset({*TAGS, "html", "body"})
FRAGMENTS = (
    "<", ">", "</", "<!--", "-->", "<![CDATA[", "img", "script", "svg", "style", " onerror=", "x",
    "!", "[", "]", "(", ")", "](", "]: ", "][", "[1]", "\n\n[1]: ", "javascript", ":", "data:",
    "https://a.b", "http:", "mailto:", "ftp://", "//", "&#106;", "&colon;", "&#x3c;", "&lt", "&",
    ";", "&Tab;", "`", "``", "```", "~~~", "mermaid", "\n", "\n\n", "    ", "\t", "> ", "- ", "1. ",
    "# ", "|", "|---|", "*", "**", "_", "~~", "\\", "\\\\", "$", "$$", "\\(", "\\[", "\\href",
    "\\class{x}", "{", "}", "\\begin{x}", "\\end{x}", '"', "'", "=", "\u200b", "\u00ad", "\u2060",
    "\u202e", "\x00", "\x1b[31m", "\x1b]0;", "\x07", "\ud800", "\ufeff", "\u2028", "é", "<\u200b",
)  # fmt: skip
hostile = st.lists(st.sampled_from(FRAGMENTS), max_size=24).map("".join)


class Reader(HTMLParser):
    """Notes every tag and attribute, and each text between two tags: no formula spans one."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts = [""]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        self.texts[-1] += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(("!", {}))

    def handle_decl(self, decl: str) -> None:
        self.tags.append(("!", {}))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("!", {}))

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("!", {}))


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def other_readers(source: str) -> list[str]:
    """Markdown as three programs read it that let HTML pass, as JupyterLab's and nbconvert's do."""
    commonmark: Any = markdown_it.MarkdownIt("commonmark", {"html": True})
    tables: Any = markdown_it.MarkdownIt("gfm-like", {"html": True, "linkify": False})
    for one in (commonmark, tables):
        one.validateLink = lambda url: True
    loose = mistune.create_markdown(escape=False, plugins=["table", "url", "footnotes", "math"])
    loose.renderer._allow_harmful_protocols = True  # type: ignore[union-attr]
    read = [commonmark.render(source), tables.render(source)]
    try:
        return [*read, str(loose(source))]
    except IndexError:  # mistune's own, where a fence's language is white space: it shows nothing
        return read


def acts(html: str) -> list[str]:
    """What of a page could act or load: tags and attributes beyond plain Markdown, and links."""
    found = []
    for tag, attributes in read(html).tags:
        if tag not in PLAIN | {"section", "sup", "input"}:
            found.append(tag)
        for name, value in attributes.items():
            if name.startswith("on") or name in ("src", "srcdoc", "srcset", "action", "ping"):
                found.append(f"{name}={value}")
            if name == "href" and not value.startswith("#"):
                scheme = urlsplit(value.strip()).scheme.lower()
                if scheme not in SCHEMES:
                    found.append(f"href={value}")
    return found


def commands(*texts: str) -> set[str]:
    """The TeX commands that a setter of formulae could read anywhere in a text."""
    return {word for text in texts for word in re.findall(r"\\([A-Za-z]+)", text)}


@pytest.mark.parametrize(
    "source",
    ["<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "[x](&#106;avascript:alert(1))",
     "[x](javascript&colon;alert(1))", "![x](https://a.b)", "[x]\n\n[x]: data:text/html,x",
     "<!-- x -->"],
)  # fmt: skip
def test_the_readers_here_would_notice(source: str) -> None:
    assert any(acts(html) for html in other_readers(source))


@pytest.mark.parametrize("kind", sorted({kind for _, kind, _ in payloads()}))
def test_no_payload_acts_in_any_reader(kind: str) -> None:
    for text in [text for _, of, text in payloads() if of == kind]:
        made = inert.markdown(text)
        for html in [*other_readers(made), rendered(made)]:
            assert acts(html) == [], text
            assert commands(*read(html).texts) <= COMMANDS, text
        assert acts(rendered(text)) == [], text


@settings(max_examples=400, deadline=None)
@given(hostile)
@example("[a](https://a.b [c](javascript:x))")
@example("<https://a.b/onmouseover=x//>")
@example("&&#106;#106;avascript")
@example("```&Tab;")
@example("``\\``img")
@example("```&nbsp;\nx\n```")
def test_no_text_acts_in_any_reader(text: str) -> None:
    made = inert.markdown(text)
    for html in other_readers(made):
        assert acts(html) == []
        assert commands(*read(html).texts) <= COMMANDS
    assert acts(rendered(made)) == []
    assert acts(rendered(text)) == []


@settings(max_examples=400, deadline=None)
@given(hostile)
def test_a_literal_is_shown_as_it_is_by_any_reader(text: str) -> None:
    wanted = " ".join(inert.plain(text).split())
    for html in other_readers(f"- {inert.literal(text)}\n"):
        reader = read(html)
        assert {tag for tag, _ in reader.tags} <= {"ul", "li"}
        assert reader.text.replace(JOINER, "").strip() == wanted
        assert not commands(*reader.texts)


@settings(max_examples=300, deadline=None)
@given(hostile)
def test_html_is_cleaned_to_what_is_listed_whatever_it_was(text: str) -> None:
    for tag, attributes in read(inert.cleaned(text)).tags:
        assert tag in TAGS
        assert set(attributes) <= {"href", "title", "rel", "target", "class", "style", "start"}
    once = inert.cleaned(text.replace("\ufeff", ""))
    assert inert.cleaned(once) == once


@settings(max_examples=300, deadline=None)
@given(st.one_of(hostile, st.text()))
def test_plain_text_holds_nothing_unseen(text: str) -> None:
    made = inert.plain(text)
    assert inert.plain(made) == made
    assert all(c in "\n\t" or unicodedata.category(c)[0] != "C" or unicodedata.category(c) in
               ("Cn", "Co") for c in made)  # fmt: skip
    assert not re.search(r"<(?=[A-Za-z/!?])", inert.untagged(text))


def test_honest_markdown_stays_as_it_is_to_the_eye() -> None:
    made = inert.markdown(HONEST)
    assert made.replace(JOINER, "") == HONEST.replace("b>\n2", "b >\n2")
    for kept in (
        r"\frac{\partial L}{\partial w}",
        "](https://example.org/a",
        "](mailto:",
        "&alpha;",
    ):
        assert kept in made


@pytest.mark.parametrize(
    "text",
    [
        "if a < b and c > d: `x[1]` costs $O(n^2)$ **now**",
        "[here](https://example.org/a_(b)?c=d&e=f#g \"Title\") and [1]\n\n[1]: http://example.org",
        r"$$\begin{pmatrix} a & b \\ c & d \end{pmatrix} \neq \mathbb{E}_{x \sim p}[\log p(x)]$$",
        "| a | b |\n|---|:-:|\n| 1 | 2 |\n\n> quoted\n\n- [ ] to do\n- one\n\n1. two",
        "```python\nx = {1: 2}\n```\n\n    indented < code\n\n`a && b`, AT&T, R&D; 1 &lt; 2 &amp;",
        "a@example.org, https://example.org/x?y=z&w=1, \\* no emphasis \\*",
    ],
)  # fmt: skip
def test_what_is_no_markup_stays(text: str) -> None:
    assert inert.markdown(text) == text


def test_pictures_become_links_and_nothing_is_lost() -> None:
    made = rendered(inert.markdown("![a plot](https://example.org/plot.png)"))
    assert 'href="https://example.org/plot.png"' in made and ">a plot<" in made
    assert "<img" not in made


def test_links_tell_nobody_where_they_were_followed() -> None:
    made = rendered("[x](https://example.org)")
    assert 'rel="noopener noreferrer"' in made and 'target="_blank"' in made


def test_code_keeps_its_colours_and_its_entities() -> None:
    made = rendered(inert.markdown('```python\nreturn x[0](1) < "<b>&lt;"\n```'))
    assert '<span class="k">return</span>' in made and 'class="err"' not in made
    assert read(made).text.replace(JOINER, "").strip() == 'return x[0](1) < "<b>&lt;"'


def test_names_open_no_tag() -> None:
    assert inert.untagged("<img src=x>&#60;b").replace(JOINER, "|") == "<|img src=x>&|#60;b"
    assert inert.untagged("O'Brien, J. & Søn") == "O'Brien, J. & Søn"


def test_escapes_and_marks_that_turn_text_are_taken_out() -> None:
    text = "\x1b[31mred\x1b[0m \x1b]0;title\x07x\u202eevil\u2066\x08\x00\r"
    assert inert.plain(text) == "red x\ufffdevil\ufffd\ufffd\ufffd\n"
