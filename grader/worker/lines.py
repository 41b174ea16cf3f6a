"""Where statements begin in a text that need not be Python: found line by line, nothing parsed.

A light scanner that knows strings, brackets, comments and continued lines. It is used where the
parser gives up: on cells with magics, with a syntax error, or nested too deeply.
"""

import re
from dataclasses import dataclass

_TOKEN = re.compile(r'#|\\.|"""|\'\'\'|["\'()\[\]{}]')
# Nothing in brackets begins so: a bracket above was never closed.
_STARTS = re.compile(r"(?:async[ \t]+def|def|class|import)[ \t]+[^\W\d]")
# Lines that go on with a compound statement.
_GOES_ON = re.compile(r"(?:elif|else|except|finally)\b")


@dataclass
class Scanner:
    """Where a line begins: at a statement's start, in brackets, or inside a string."""

    quote: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def at_statement(self) -> bool:
        """Whether the next line begins a statement."""
        return not self.quote and self.depth == 0 and not self.continued

    def feed(self, line: str) -> None:
        """Read a line, without its end."""
        if self.quote and not self.continued and len(self.quote) == 1:
            self.quote = ""  # a string that was never closed ends with its line
        self.continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        for match in _TOKEN.finditer(line):
            token = match[0]
            if self.quote:
                self._close(token)
            elif token == "#":
                self.continued = False
                return
            elif token[0] in "\"'":
                self.quote = token
            elif token in "([{":
                self.depth += 1
            elif token in ")]}":
                self.depth = max(0, self.depth - 1)

    def _close(self, token: str) -> None:
        # After 'a, three quotes are its end and an empty string.
        if token in (self.quote, self.quote * 3):
            self.quote = ""


@dataclass(frozen=True)
class Part:
    """Some whole top-level statements of a cell; `line` is that of the first, from 1."""

    line: int
    text: str

    @property
    def in_place(self) -> str:
        """The text below as many empty lines as stand before it in its cell."""
        return "\n" * (self.line - 1) + self.text


def parts(text: str) -> tuple[Part, ...]:
    """Cut a text at the starts of its top-level statements, as far as they can be seen."""
    starts: list[int] = []
    scanner, decorated = Scanner(), False
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if not scanner.quote and _STARTS.match(line):
            scanner = Scanner()
        begins = scanner.at_statement and line[:1] not in ("", " ", "\t", "#", "\f")
        if begins and not decorated and not (starts and _GOES_ON.match(line)):
            starts.append(number)
        if begins:
            decorated = line.startswith("@")
        scanner.feed(line)
    # What stands above the first statement belongs to it, so that the compiler sees every line.
    starts = [0, *starts[1:]]
    ends = [*starts[1:], len(lines)]
    return tuple(
        Part(start + 1, "\n".join(lines[start:end]))
        for start, end in zip(starts, ends, strict=True)
    )
