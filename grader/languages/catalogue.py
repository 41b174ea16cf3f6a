"""Sentences in another language, looked up by their English text.

A sentence may have gaps, and what fills a gap is looked up in turn, so that few entries make many
sentences. Of the entries that fit a text, the one with the most letters of its own is taken.

    {}       anything, itself translated
    {*}      the same, and it may be empty
    {part}   the same, and there is no colon in it
    {=}      anything, kept as it is: what Python said, what a student wrote
    {n}      a number
    {word}   no white space in it
    {name}   a name of Python's, dots and all
    {names}  such names, with commas between them
    {kind}   the name of an exception
    {code}   what stands between backticks
    {nth}    3rd, of which the 3 is kept

In the translation `{}` stands for the gaps in their order, `{1}`, `{2}` … for one of them, should
the language want another order. What no entry fits stays as it is. An entry with numbered gaps is
a form, which pages fill in themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

_GAP = re.compile(r"\{(?:\*|=|n|nth|code|part|word|names?|kind)?\}")
_SAID_GAP = re.compile(r"\{(\d?)\}")
_KEPT = {
    "{=}": "(.+)",
    "{n}": r"(-?\d+(?:\.\d+)?)",
    "{word}": r"(\S+)",
    "{name}": r"([\w.*@]+)",
    "{names}": r"([\w.*@]+(?:, [\w.*@]+)*)",
    "{kind}": r"([A-Z]\w*(?:Error|Exception|Exit|Group|Interrupt|Iteration|Warning))",
    "{code}": "([^`]+)",
    "{nth}": r"(\d+)(?:st|nd|rd|th)",
}
"""Gaps whose filling is kept as it is."""
_TRANSLATED = {"{}": "(.+?)", "{*}": "(.*?)", "{part}": "([^:]+?)"}
_PLACE = re.compile(r" \[(?P<group>[^\],]+)(?=[\],])")
_HAN = re.compile("[\u3400-\u9fff]")
_WIDE = re.compile("[\u3000-\u9fff\uff00-\uffef“”]")
_OPENS, _CLOSES = re.compile(r"[A-Za-z0-9`'(\[]"), re.compile(r"[A-Za-z0-9`')\]]")
_TYPE = re.compile("[a-z]+")
_NAMES = re.compile(r"[\w.*@]+")
_AND, _ITEM = "; ", ", "
_FULL_STOPS = (".", "。")
REMEMBERED = 20_000
"""Half a class is told the same few things: so many texts are kept with their translations."""


def plain(key: str) -> str:
    """An entry's English text with all its gaps as {}."""
    return _GAP.sub("{}", key)


def filled(said: str, gaps: list[str]) -> str:
    """A translation with its gaps filled, by their numbers where it has some."""
    rest = iter(gaps)
    made = ""
    for number, part in enumerate(_SAID_GAP.split(said)):
        made = _joint(made, (gaps[int(part) - 1] if part else next(rest)) if number % 2 else part)
    return made


def _joint(left: str, right: str) -> str:
    """Two texts as Chinese is set: a space between a character and a letter, and no other."""
    a, b = left.rstrip(" "), right.lstrip(" ")
    if _WIDE.match(a[-1:]) and _WIDE.match(b[:1]):
        return a + b
    spaced = (_HAN.match(left[-1:]) and _OPENS.match(right[:1])) or (
        _CLOSES.match(left[-1:]) and _HAN.match(right[:1])
    )
    return f"{left} {right}" if spaced else left + right


@dataclass(frozen=True, eq=False)
class _Pattern:
    """An entry with gaps. It is compiled when a text begins and ends like it, not before."""

    key: str
    said: str

    @cached_property
    def parts(self) -> list[str]:
        """What stands between the gaps."""
        return _GAP.split(self.key)

    @cached_property
    def own(self) -> int:
        """How much of it is its own: the more, the better it fits."""
        return sum(map(len, self.parts))

    @cached_property
    def gaps(self) -> list[str]:
        """The gaps, as they are written."""
        return _GAP.findall(self.key)

    @cached_property
    def open(self) -> int:
        """How many of its gaps take anything."""
        return sum(gap in _TRANSLATED for gap in self.gaps)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        made = [re.escape(self.parts[0])]
        for gap, part in zip(self.gaps, self.parts[1:], strict=True):
            made += [(_KEPT | _TRANSLATED)[gap], re.escape(part)]
        return re.compile("".join(made), re.DOTALL)

    def found_in(self, text: str) -> list[tuple[str, str]] | None:
        """What fills the gaps, each with its gap; None if the entry does not fit."""
        if not (text.startswith(self.parts[0]) and text.endswith(self.parts[-1])):
            return None
        found = self._compiled.fullmatch(text)
        if found is None:
            return None
        return list(zip(found.groups(), self.gaps, strict=True))


@dataclass(frozen=True)
class Catalogue:
    """English sentences and what they are in another language."""

    words: Mapping[str, str]

    def say(self, text: str) -> str:
        """The translation of `text`, or of what can be translated of it; line by line."""
        if not self.words or not text:
            return text
        if text not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[text] = "\n".join(map(self._line, text.split("\n")))
        return self._known[text]

    def name(self, text: str) -> str:
        """The translation of a title or a word as a whole, or the text itself."""
        return self.words.get(text, text)

    def put(self, form: str, *fillings: object) -> str:
        """A form such as "{1} of {2}", in this language and filled in."""
        return filled(self.words.get(form, form), [str(one) for one in fillings])

    def __or__(self, other: Catalogue) -> Catalogue:
        """Both; the other's where they differ."""
        return Catalogue({**self.words, **other.words})

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    @cached_property
    def _patterns(self) -> Mapping[str, list[_Pattern]]:
        """The entries with gaps by the letter they begin with, "" for those that begin with a gap;
        what fits best comes first."""
        found: dict[str, list[_Pattern]] = {"": []}
        for key, said in self.words.items():
            if _GAP.search(key):
                pattern = _Pattern(key, said)
                found.setdefault(pattern.parts[0][:1], []).append(pattern)
        anywhere = found.pop("")
        merged = {first: [*those, *anywhere] for first, those in found.items()}
        merged[""] = anywhere
        return {
            first: sorted(those, key=lambda one: (-one.own, one.open))
            for first, those in merged.items()
        }

    def _line(self, text: str) -> str:
        """A sentence, with the place in brackets that stands behind a message."""
        if (said := self.words.get(text)) is not None:
            return said
        for found in _PLACE.finditer(text) if text.endswith("]") else ():
            if found["group"] in self.words:
                head, place = text[: found.start()], text[found.start() + 2 : -1]
                return filled(self.words.get("{} [{}]", "{} [{}]"),
                              [self.say(head), self._place(place)])  # fmt: skip
        said = self._whole(text)
        return text if said is None else said

    def _place(self, text: str) -> str:
        """A group, what the prompt defines, and the shapes of the inputs, one after another."""
        head, inputs, shapes = text.partition(", inputs ")
        named = [self.words.get(item, item) for item in head.split(_ITEM)]
        if inputs:
            shapes = _TYPE.sub(lambda word: self.name(word[0]), shapes)
            named.append(filled(self.words.get("inputs {}", "inputs {}"), [shapes]))
        return self.words.get(_ITEM, _ITEM).join(named)

    def _whole(self, text: str) -> str | None:
        """The translation of a text without a place, None where nothing of it is known."""
        if text in self.words:
            return self.words[text]
        parts = text.split(_AND)
        several = [self._one(part) for part in parts] if len(parts) > 1 else []
        if several and all(several):
            return self._joined([said or "" for said in several])
        if (said := self._one(text)) is not None:
            return said
        if any(several):
            return self._joined([s or p for s, p in zip(several, parts, strict=True)])
        return self._listed(text.split(_ITEM))

    def _listed(self, items: list[str]) -> str | None:
        """Names and words in a row, of which some are known."""
        said = [self._one(item) for item in items]
        if len(items) < 2 or not any(said):
            return None
        if not all(
            known or _NAMES.fullmatch(item) for known, item in zip(said, items, strict=True)
        ):
            return None
        return self.words.get(_ITEM, _ITEM).join(s or i for s, i in zip(said, items, strict=True))

    def _joined(self, parts: list[str]) -> str:
        """Several sentences in one line: a full stop needs no mark behind it."""
        mark, made = self.words.get(_AND, _AND), parts[0]
        for part in parts[1:]:
            made += part if made.endswith(_FULL_STOPS[1]) else mark + part
        return made

    def _one(self, text: str) -> str | None:
        if (said := self.words.get(text)) is not None:
            return said
        for pattern in self._fitting(text):
            if (gaps := pattern.found_in(text)) is not None:
                return filled(pattern.said, [self._filling(*one) for one in gaps])
        return None

    def _filling(self, text: str, gap: str) -> str:
        if gap == "{names}":
            return text.replace(_ITEM, self.put("{1}, {2}", "", ""))
        return self.say(text) if gap in _TRANSLATED else text

    def _fitting(self, text: str) -> Iterator[_Pattern]:
        yield from self._patterns.get(text[:1], self._patterns[""])
