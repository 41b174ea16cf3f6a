"""A statement read from its tokens, where it is nested too deeply for Python's parser.

What is lost is structure, so more is suspected than of a tree: every name may be a global one, and
names that are put together at run time cannot be followed, so whatever could use them `hides`.
"""

from __future__ import annotations

import ast
import io
import keyword
import token
import tokenize
from dataclasses import dataclass

HIDING = frozenset({
    "getattr", "setattr", "delattr", "attrgetter", "methodcaller", "vars", "globals", "locals",
    "__dict__", "__globals__", "__getattribute__", "__builtins__", "eval", "exec", "compile",
    "__import__", "import_module",
})  # fmt: skip
_LAYOUT = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.ENCODING})
_BEGINS = frozenset({tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT})
_LONGEST_PATH = 20
# The longest name that the survey looks for, and of how many pieces it may be put together.
_LONGEST_NAME, _MOST_PIECES = 48, 32


@dataclass(frozen=True)
class Flat:
    """Names, attribute chains, calls, strings and imports of a statement, side by side.

    `names` are all that may be global; `hides`: something in it could hide a call from a reader.
    """

    nodes: tuple[ast.AST, ...]
    names: frozenset[str]
    hides: bool


def flat(text: str) -> Flat | None:
    """Read a text from its tokens; None if it is no Python."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return None
    reader = _Reader([each for each in tokens if each.type not in _LAYOUT])
    reader.read()
    words = reader.names | {n.attr for n in reader.nodes if isinstance(n, ast.Attribute)}
    hides = reader.unread or bool(words & HIDING)
    return Flat(tuple(reader.nodes), frozenset(reader.names), hides)


class _Reader:
    def __init__(self, tokens: list[tokenize.TokenInfo]) -> None:
        self.tokens = tokens
        self.nodes: list[ast.AST] = []
        self.names: set[str] = set()
        self.unread = False
        self._texts: set[str] = set()
        self._chain: ast.expr | None = None
        self._length = 0

    def read(self) -> None:
        """Go through the tokens once."""
        strings: list[str] = []
        begins, skip = True, 0
        for number, one in enumerate(self.tokens):
            if number < skip:
                continue
            if begins and one.string in ("import", "from"):
                skip = self._import(number)
                continue
            if not strings or one.string != "+":
                strings = self._string(one, strings)
            self._name(one, self.tokens[number - 1].string if number else "")
            if one.string == "(":
                self._end(called=True)
            elif one.type != tokenize.NAME and one.string != ".":
                self._end(called=False)
            begins = one.type in _BEGINS or one.string in (":", ";")
        self._end(called=False)
        self.nodes += [ast.Constant(text) for text in sorted(self._texts)]

    def _name(self, one: tokenize.TokenInfo, before: str) -> None:
        if one.type != tokenize.NAME or (keyword.iskeyword(one.string) and before != "."):
            return
        if before == ".":
            inside = self._chain if self._length < _LONGEST_PATH else None
            value = inside or ast.Constant(None)
            self._length = self._length + 1 if inside else 1
            self._chain = ast.Attribute(value, one.string, ast.Load())
            self.nodes.append(self._chain)
            return
        self._end(called=False)
        if before in ("def", "class"):
            self._texts.add(one.string)
        self.names.add(one.string)
        self._chain, self._length = ast.Name(one.string, ast.Load()), 1
        self.nodes.append(self._chain)

    def _end(self, *, called: bool) -> None:
        if called and self._chain is not None:
            self.nodes.append(ast.Call(self._chain, [], []))
        self._chain, self._length = None, 0

    def _string(self, one: tokenize.TokenInfo, before: list[str]) -> list[str]:
        """Note a string, and what it makes with those before it."""
        if token.tok_name[one.type] == "FSTRING_MIDDLE":
            text = one.string
        elif one.type == tokenize.STRING:
            try:
                tree = ast.parse(one.string, mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                self.unread = True
                return []
            if not isinstance(tree, ast.Constant):
                self.nodes += ast.walk(tree)
                self.names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
                return []
            text = tree.value if isinstance(tree.value, str) else ""
        else:
            return []
        pieces = [*before, text][-_MOST_PIECES:]
        together = ""
        for piece in reversed(pieces):
            together = piece + together
            if len(together) > _LONGEST_NAME:
                break
            self._texts.add(together)
        return pieces

    def _import(self, start: int) -> int:
        """Note an import; the number of the token after it."""
        end = start
        while end < len(self.tokens) and self.tokens[end].type not in _BEGINS:
            if self.tokens[end].string == ";":
                break
            end += 1
        try:
            tree = ast.parse(" ".join(each.string for each in self.tokens[start:end]))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return end
        self.nodes += ast.walk(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.alias):
                self.names.add(node.asname or node.name.partition(".")[0])
        return end
