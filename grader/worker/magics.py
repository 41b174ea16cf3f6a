"""Turning a notebook cell into plain Python, line by line, without IPython.

Only cells that do not parse are touched, and only at the start of a statement: never inside a
string or an open bracket. Every line keeps its number, so that a traceback still points at it.
"""

import ast
import re
import warnings
from dataclasses import dataclass

# The names run or change something outside Python; the course's machine has no shell.
_PROGRAMS = (
    "sx system run pip conda mamba micromamba uv env set_env alias rehashx "
    "cd pushd popd mkdir rmdir rm cp mv ln load loadpy edit save store writefile file "
    "bash sh script cmd perl ruby python2 pypy"
)
_SHELL = frozenset(_PROGRAMS.split())
_KEEPS_STATEMENT = frozenset({"time"})
_TEXT_CELLS = frozenset({"html", "javascript", "js", "latex", "markdown", "svg"})
_MAGIC = re.compile(r"(?P<indent>[ \t]*)%{1,2}[ \t]*(?P<name>\w*)(?P<rest>.*)", re.DOTALL)
_CELL_MAGIC = re.compile(r"%%(?P<name>[\w!]*)(?P<rest>.*)", re.DOTALL)
_ASSIGNED = re.compile(r"(?P<head>[ \t]*[^\W\d][^=!<>#]*=[ \t]*)(?P<mark>[%!])(?P<rest>[^=].*)")
_INSTALL = re.compile(r"[ \t]*(?:pip3?|conda|mamba|uv)[ \t]+(?:install|uninstall|pip)\b")
_HELP = re.compile(r"(?:\?{1,2}[^?]*|[^#?\"'(]+\?{1,2})")
_TIMEIT_OPTION = re.compile(r"[ \t]*-(?:[nrp][ \t]*\d+|[tcqov]+\b|-no-raise-error\b)")
_TOKEN = re.compile(r'#|\\.|"""|\'\'\'|["\'()\[\]{}]')


class ShellEscape(Exception):
    """A cell asks for a shell or another program; `line` counts from 1 in the cell."""

    def __init__(self, line: int, what: str) -> None:
        """Keep the line's number and the command's first word."""
        super().__init__(f"line {line}: {what} runs outside Python, which is not available here")
        self.line = line
        self.what = what


@dataclass
class _Scanner:
    """Where a line begins: at a statement's start, in brackets, or inside a string."""

    quote: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def at_statement(self) -> bool:
        return not self.quote and self.depth == 0 and not self.continued

    def feed(self, line: str) -> None:
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
                self._open(token)
            elif token in "([{":
                self.depth += 1
            elif token in ")]}":
                self.depth = max(0, self.depth - 1)

    def _open(self, token: str) -> None:
        self.quote = token

    def _close(self, token: str) -> None:
        if token == self.quote:
            self.quote = ""


def plain_python(source: str) -> str:
    """The source without notebook magics; unchanged if it already parses.

    Harmless magics and help lines are left out, an unknown line magic as well. What is not
    Python afterwards is left for the compiler to complain about, at the right line.
    Raises ShellEscape for shell commands and for magics that run other programs.
    """
    if _parses(source):
        return source
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines, first = _cell_magics(lines)
    return "\n".join(lines[:first] + _line_magics(lines[first:], first))


def _parses(source: str) -> bool:
    try:
        # The compiler will warn of the same things once more.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _cell_magics(lines: list[str]) -> tuple[list[str], int]:
    """Blank the cell magics at the top; the number of lines that are then done with."""
    lines = list(lines)
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        match = _CELL_MAGIC.match(line)
        if match is None:
            return lines, number
        name = match["name"].lower()
        if name in _SHELL or name.startswith("!") or not name:
            raise ShellEscape(number + 1, f"%%{match['name']}")
        if name in _TEXT_CELLS:
            return [""] * len(lines), len(lines)
        # %%timeit may carry a statement that prepares what the cell uses.
        lines[number] = _without_options(match["rest"]) if name == "timeit" else ""
    return lines, len(lines)


def _line_magics(lines: list[str], offset: int) -> list[str]:
    scanner = _Scanner()
    indent = _common_indent(lines)
    done: list[str] = []
    swallowed = False
    for number, line in enumerate(lines, start=offset + 1):
        if swallowed:
            done.append("")
            swallowed = line.endswith("\\")
            continue
        if not scanner.quote:
            line = line.removeprefix(indent)
        if scanner.at_statement:
            plain = _plain_line(line, number)
            swallowed = plain != line and line.endswith("\\") and not plain.endswith("\\")
            line = plain
        scanner.feed(line)
        done.append(line)
    return done


def _common_indent(lines: list[str]) -> str:
    """The indentation of the first line of code: notebooks run an indented cell."""
    for line in lines:
        if line.strip():
            return line[: len(line) - len(line.lstrip(" \t"))]
    return ""


def _plain_line(line: str, number: int) -> str:
    text = line.strip()
    if not text or text.startswith("#"):
        return line
    if text.startswith("!"):
        raise ShellEscape(number, _shown(text))
    if _INSTALL.match(line):
        raise ShellEscape(number, _shown(text))
    if text.startswith("%"):
        return _plain_magic(line, number)
    assigned = _ASSIGNED.fullmatch(line)
    if assigned is not None:
        return _plain_assignment(assigned, number)
    if _HELP.fullmatch(text):
        return _nothing(_indent(line))
    return line


def _plain_magic(line: str, number: int) -> str:
    match = _MAGIC.fullmatch(line)
    if match is None:
        return line
    name = match["name"].lower()
    if line.rstrip().endswith("?"):
        return _nothing(match["indent"])
    if name in _SHELL:
        raise ShellEscape(number, f"%{name}")
    statement = _without_options(match["rest"]) if name in _KEEPS_STATEMENT else ""
    return f"{match['indent']}{statement}" if statement else _nothing(match["indent"])


def _nothing(indent: str) -> str:
    # Outside a block an empty line, because `from __future__` may follow.
    return f"{indent}pass" if indent else ""


def _plain_assignment(match: re.Match[str], number: int) -> str:
    if match["mark"] == "!":
        raise ShellEscape(number, _shown(f"!{match['rest']}"))
    name, _, rest = match["rest"].strip().partition(" ")
    if name.lower() in _SHELL:
        raise ShellEscape(number, f"%{name}")
    value = _without_options(rest) if name.lower() in _KEEPS_STATEMENT else ""
    return f"{match['head']}{value or 'None'}"


def _without_options(rest: str) -> str:
    while (match := _TIMEIT_OPTION.match(rest)) is not None:
        rest = rest[match.end() :]
    return rest.strip()


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _shown(text: str) -> str:
    words = text.split()
    return words[0] if len(words) == 1 or len(words[0]) > 1 else " ".join(words[:2])
