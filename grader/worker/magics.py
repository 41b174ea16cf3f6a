"""Turning a notebook cell into plain Python, line by line, without IPython.

Only cells that do not parse are touched, and only at the start of a statement: never inside a
string or an open bracket. Every line keeps its number, so that a traceback still points at it.
Magics and shell lines are left out, and the rest runs, as in IPython where they have no effect;
what would have run or changed something outside Python is listed, for a note.

IPython's own transformer is not used: it joins lines, takes the text of a cell magic into a string,
dedents strings, and its time grows with the square of a cell's magics. Tests hold this one to it.
"""

import ast
import re
import types
import warnings
from dataclasses import dataclass

from grader.worker.lines import Part, Scanner, parts

# The names run or change something outside Python; the course's machine has no shell.
_PROGRAMS = (
    "sx system run pip pip3 conda mamba micromamba uv env set_env alias rehashx "
    "cd pushd popd mkdir rmdir rm cp mv ln load loadpy edit save store writefile file "
    "bash sh script cmd perl ruby python2 pypy R sql bigquery julia cython fortran cuda cu"
)
_OUTSIDE = frozenset(_PROGRAMS.lower().split())
_KEEPS_STATEMENT = frozenset({"time"})
_TEXT_CELLS = frozenset({"html", "javascript", "js", "latex", "markdown", "svg"})
_TEXT_VALUES = frozenset({"env", "pwd"})
_MAGIC = re.compile(r"(?P<indent>[ \t]*)%{1,2}[ \t]*(?P<name>\w*)(?P<rest>.*)", re.DOTALL)
_CELL_MAGIC = re.compile(r"%%(?P<name>[\w!]*)(?P<rest>.*)", re.DOTALL)
_INDEX = r"\[(?:[^\[\]'\"=#]*|'[^'\\]*'|\"[^\"\\]*\")\]"
_TARGET = rf"[^\W\d]\w*(?:\.[^\W\d]\w*|{_INDEX})*"
_ASSIGNED = re.compile(
    rf"(?P<head>[ \t]*{_TARGET}(?:[ \t]*,[ \t]*{_TARGET})*[ \t]*=[ \t]*)"
    r"(?P<mark>%(?=[^\W\d])|!(?=[^=]))(?P<rest>.+)"
)
_INSTALL = re.compile(r"[ \t]*(?:pip3?|conda|mamba|uv)[ \t]+(?:install|uninstall|pip)\b")
_HELP = re.compile(r"(?:\?{1,2}[^?]*|[^#?\"'(]+\?{1,2})")
_TIMEIT_OPTION = re.compile(r"[ \t]*-(?:[nrp][ \t]*\d+|[tcqov]+\b|-no-raise-error\b)")
_COMMAND = re.compile(r"(?:[^\s/]*/)*(?P<word>[A-Za-z_][\w.-]{0,23})")
_NOTHING_SAID = "get_ipython().getoutput('')"


@dataclass(frozen=True)
class Skipped:
    """What was left out, as `!pip`, `%cd` or `%%bash`; `line` counts from 1 in the cell."""

    line: int
    what: str


@dataclass(frozen=True)
class Plain:
    """A cell as the Python that will run, of as many lines, and what was left out of it.

    `code`: the whole compiled, where it is known and nothing was to be said of it.
    """

    text: str
    skipped: tuple[Skipped, ...] = ()
    parses: bool = True
    code: types.CodeType | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is compiled by itself: the whole, or its statements where it does not parse."""
        return (Part(1, self.text),) if self.parses else parts(self.text)


def compiled(source: str, name: str) -> Plain:
    """The source as `plain_python` has it, and where it is Python as it stands, its code, for the
    file `name`: that takes a third of what making a tree takes. For a worker; nothing is run.
    """
    code = None if "get_ipython" in source else _code(source, name)
    return plain_python(source) if code is None else Plain(source, code=code)


def plain_python(source: str) -> Plain:
    """The source without notebook magics; unchanged if it already parses.

    Harmless magics and help lines are left out, an unknown line magic as well. What is not
    Python afterwards is left for the compiler to complain about, at the right line.
    """
    if (tree := _parsed(source)) is not None:
        return Plain(source, tuple(_asked_of_the_kernel(tree, source)))
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    skipped: list[Skipped] = []
    lines, first = _cell_magics(lines, skipped)
    text = "\n".join(lines[:first] + _line_magics(lines[first:], first, skipped))
    parses = (tree := _parsed(text)) is not None
    trees = [tree] if parses else [_parsed(part.in_place) for part in parts(text)]
    for tree in trees:
        skipped += _asked_of_the_kernel(tree, text) if tree else []
    return Plain(text, tuple(sorted(skipped, key=_line)), parses)


def of_command(mark: str, command: str) -> str:
    """How a skipped command is named: its mark and its first word, never its arguments."""
    match = _COMMAND.match(command.strip())
    return f"{mark}{match['word']}" if match else mark


def outside(name: str) -> bool:
    """Whether a magic of this name runs or changes something outside Python."""
    return name.lower() in _OUTSIDE


def _code(source: str, name: str) -> types.CodeType | None:
    """The code of a whole cell; None where the compiler has anything to say of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return compile(source, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, Warning):
        return None


def _parsed(source: str) -> ast.Module | None:
    try:
        # The compiler will warn of the same things once more.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _asked_of_the_kernel(tree: ast.Module, source: str) -> list[Skipped]:
    """What a script that nbconvert made asks of the kernel: `get_ipython().system('pip …')`."""
    found: list[Skipped] = []
    if "get_ipython" not in source:
        return found
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                ast.Attribute(ast.Call(ast.Name("get_ipython")), asked),
                [ast.Constant(str(given)), *_],
            ) if what := _kernel_call(asked, given):
                found.append(Skipped(node.lineno, what))
    return sorted(found, key=_line)


def _line(one: Skipped) -> int:
    return one.line


def _kernel_call(asked: str, given: str) -> str:
    if asked in ("system", "system_raw", "getoutput"):
        # An empty one is what we put in place of `x = !ls`.
        return of_command("!", given) if given else ""
    mark = {"run_line_magic": "%", "magic": "%", "run_cell_magic": "%%"}.get(asked, "")
    name = given.partition(" ")[0]
    return f"{mark}{name}" if mark and outside(name) else ""


def _cell_magics(lines: list[str], skipped: list[Skipped]) -> tuple[list[str], int]:
    """Blank the cell magics at the top; the number of lines that are then done with."""
    lines = list(lines)
    for number, line in enumerate(lines):
        if not line.strip() or line.startswith("#"):
            continue
        match = _CELL_MAGIC.match(line)
        if match is None or line.rstrip().endswith("?"):
            return lines, number
        name = match["name"].lower()
        if outside(name) or name.startswith("!") or not name:
            skipped.append(Skipped(number + 1, f"%%{match['name']}"))
            return [""] * len(lines), len(lines)
        if name in _TEXT_CELLS:
            return [""] * len(lines), len(lines)
        # %%timeit may carry a statement that prepares what the cell uses.
        lines[number] = _without_options(match["rest"]) if name == "timeit" else ""
    return lines, len(lines)


def _line_magics(lines: list[str], offset: int, skipped: list[Skipped]) -> list[str]:
    scanner = Scanner()
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
            plain, what = _plain_line(line)
            if what:
                skipped.append(Skipped(number, what))
            swallowed = plain != line and line.endswith("\\") and not plain.endswith("\\")
            line = plain
        scanner.feed(line)
        done.append(line)
    return done


def _common_indent(lines: list[str]) -> str:
    """The indentation of the first line of code: notebooks run an indented cell."""
    for line in lines:
        if line.strip():
            return _indent(line)
    return ""


Line = tuple[str, str]
"""A line of Python, and what was left out of it, "" if there is nothing to tell."""


def _plain_line(line: str) -> Line:
    text = line.strip()
    if not text or text.startswith("#"):
        return line, ""
    if text.startswith("!"):
        return _nothing(_indent(line)), of_command("!", text.lstrip("!"))
    if _INSTALL.match(line):
        return _nothing(_indent(line)), of_command("", text)
    if text.startswith("%"):
        return _plain_magic(line)
    if (assigned := _ASSIGNED.fullmatch(line)) is not None:
        return _plain_assignment(assigned)
    return (_nothing(_indent(line)), "") if _HELP.fullmatch(text) else (line, "")


def _plain_magic(line: str) -> Line:
    match = _MAGIC.fullmatch(line)
    if match is None:
        return line, ""
    name, nothing = match["name"].lower(), _nothing(match["indent"])
    if line.rstrip().endswith("?"):
        return nothing, ""
    if outside(name):
        return nothing, f"%{match['name']}"
    statement = _without_options(match["rest"]) if name in _KEEPS_STATEMENT else ""
    return (f"{match['indent']}{statement}" if statement else nothing), ""


def _nothing(indent: str) -> str:
    # Outside a block an empty line, because `from __future__` may follow.
    return f"{indent}pass" if indent else ""


def _plain_assignment(match: re.Match[str]) -> Line:
    head, rest = match["head"], match["rest"].strip()
    if match["mark"] == "!":
        return f"{head}{_NOTHING_SAID}", of_command("!", rest)
    name, _, rest = rest.partition(" ")
    told = f"%{name}" if outside(name) else ""
    if name.lower() in ("sx", "system"):
        return f"{head}{_NOTHING_SAID}", told
    if name.lower() in _TEXT_VALUES:
        return f"{head}''", told
    value = _without_options(rest) if name.lower() in _KEEPS_STATEMENT else ""
    return f"{head}{value or 'None'}", told


def _without_options(rest: str) -> str:
    while (match := _TIMEIT_OPTION.match(rest)) is not None:
        rest = rest[match.end() :]
    return rest.strip()


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
