"""A translation held against its original: formulas, numbers, names and gaps have to be the same.

Their order may differ, for another language puts a sentence's parts elsewhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from markdown_it import MarkdownIt

from grader.course.terms import Term, misnamed
from grader.notebook.templates import pieces
from grader.notebook.unwrapping import unwrapped
from grader.translations.texts import Text

_FENCED = re.compile(r"^( {0,3}(?:```|~~~).*?^ {0,3}(?:```|~~~)) *$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(.+?)\1", re.DOTALL)
_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$(.+?)\$", re.DOTALL)
_URL = re.compile(r"https?://[^\s)>\]]+")
_PLACEHOLDER = re.compile(r"\{\{[a-z_]+\}\}")
_WORDS_IN_FORMULA = re.compile(r"\\text(?:bf|it|rm)?\{[^{}]*\}")
_CONTROL = re.compile(r"[\x00-\x1f]")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_ARGUMENT = re.compile(r"^ {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*): ", re.MULTILINE)


def unlike(text: Text) -> Iterator[str]:
    """Say what of a translated text is not as in its original."""
    assert text.said is not None
    if text.kind == "prompt":
        yield from _of_markdown(text.english, text.said)
        return
    if text.kind in ("title", "hint", "complaint"):
        yield from _differ("`code`", _codes(text.english), _codes(text.said))
        yield from _differ("{} gaps", text.english.count("{}") * "·", text.said.count("{}") * "·")
    elif text.kind != "docstring" and text.kind != "comment":
        yield from _of_template(text.english, text.said)
        return
    if text.kind == "docstring":
        of_both = (_ARGUMENT.findall(said) for said in (text.english, text.said))
        yield from _differ("arguments", *of_both)
    yield from _differ("numbers", _numbers(text.english), _numbers(text.said))


def misnaming(text: Text, terms: Sequence[Term]) -> Iterator[str]:
    """Say which of the glossary's other renderings a translation uses."""
    assert text.said is not None
    for found, instead in misnamed(text.said, terms):
        yield f"{found} stands in it; the glossary says {instead}"


def _of_markdown(english: str, said: str) -> Iterator[str]:
    yield from _lost_emphasis(said)
    parts = [_cut(english), _cut(said)]
    for name in ("fences", "`code`", "links", "formulas", "placeholders", "numbers"):
        yield from _differ(name, parts[0][name], parts[1][name])


def _lost_emphasis(said: str) -> Iterator[str]:
    """Stars that CommonMark shows as stars, as it does where punctuation stands inside of them."""
    plain = _FORMULA.sub("x", _CODE.sub("x", _FENCED.sub("", unwrapped(said))))
    for block in MarkdownIt().parse(plain):
        for part in block.children or []:
            if part.type == "text" and "**" in part.content:
                around = part.content[max(0, part.content.index("**") - 8) :][:20]
                yield f"** shows as stars in {around!r}: put the punctuation outside of them"


def _cut(markdown: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    rest = markdown
    for name, pattern in (
        ("fences", _FENCED),
        ("`code`", _CODE),
        ("links", _URL),
        ("formulas", _FORMULA),
        ("placeholders", _PLACEHOLDER),
    ):
        found[name] = [_plain(name, match) for match in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    found["numbers"] = _numbers(rest)
    return found


def _plain(name: str, match: re.Match[str]) -> str:
    if name == "formulas":
        formula = _WORDS_IN_FORMULA.sub(r"\\text{}", match[1] or match[2])
        return re.sub(r"\s+|[.,;。，；]\s*$", "", formula)
    return " ".join((match[2] if name == "`code`" else match[0]).split())


def _of_template(english: str, said: str) -> Iterator[str]:
    try:
        of_both = [[piece for formatted, piece in pieces(t) if formatted] for t in (english, said)]
    except ValueError as error:
        # A plain string may hold any braces.
        if english.count("{") != said.count("{"):
            yield f"its braces: {error}"
        return
    yield from _differ("{…}", *of_both)
    yield from _differ(
        "control characters", *(map(repr, _CONTROL.findall(t)) for t in (english, said))
    )
    plain = (
        "".join(piece for formatted, piece in pieces(t) if not formatted) for t in (english, said)
    )
    yield from _differ("numbers", *map(_numbers, plain))


def _codes(text: str) -> list[str]:
    return [found[2] for found in _CODE.finditer(text)]


def _numbers(text: str) -> list[str]:
    return [found.replace(",", "") for found in _NUMBER.findall(text)]


def _differ(what: str, english: Iterable[str], said: Iterable[str]) -> Iterator[str]:
    here, there = Counter(english), Counter(said)
    if here != there:
        lost, new = list((here - there).elements()), list((there - here).elements())
        gone = f"lost {', '.join(lost[:4])}" if lost else ""
        more = f"has besides {', '.join(new[:4])}" if new else ""
        yield f"{what} differ: the translation {' and '.join(filter(None, [gone, more]))}"
