"""Reading the documentation: sections, tables, blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^( *)```(\w+)([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code: the page's name, the language, the words after it, the text."""

    page: str
    language: str
    more: str
    text: str


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(name: str, language: str = "") -> Iterator[Block]:
    """The blocks of a page, of one language or all."""
    for indent, found, more, text in _BLOCK.findall(page(name)):
        if language in ("", found):
            body = "".join(line.removeprefix(indent) for line in text.splitlines(keepends=True))
            yield Block(name, found, more.strip(), body)


def section(name: str, title: str) -> str:
    """What stands under a heading, up to the next one of its level; "" where there is none."""
    level, found, fenced = len(title.split(" ")[0]), list[str](), False
    _, _, rest = page(name).partition(f"\n{title}\n")
    for line in rest.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if not fenced and re.match(rf"#{{1,{level}}} ", line):  # in a block it is a comment
            break
        found.append(line)
    return "\n".join(found)


def rows(text: str) -> list[list[str]]:
    """The cells of all tables of a text, without their heads."""
    lines = [line.strip().strip("|").split(" | ") for line in text.splitlines()
             if line.startswith("|")]  # fmt: skip
    body = [[cell.strip() for cell in line] for line in lines]
    heads = {at - 1 for at, row in enumerate(body) if set("".join(row)) <= set("- |")}
    return [row for at, row in enumerate(body) if at not in heads and at - 1 not in heads]


def typed(name: str) -> Iterator[str]:
    """The lines that a page tells a reader to type: those after `$ ` in its console blocks."""
    for block in blocks(name, "console"):
        for line in block.text.replace("\\\n", " ").splitlines():
            if line.startswith("$ "):
                yield line[2:].split("  #")[0].strip()
