"""A submission's top level as the survey reads it: what binds each name, what merely runs.

Nothing here recurses over the source, and a statement that is nested too deeply for Python's parser
is read from its tokens: a survey that cannot finish must neither accuse nor let pass.
"""

import ast
import builtins
import symtable
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.worker.flat import Flat, flat
from grader.worker.lines import parts

# With these in reach, any name of the notebook may be meant.
REACH_ALL = frozenset({"eval", "exec", "globals", "locals", "vars", "__dict__", "__globals__"})
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# No name is so long, and a sum of strings may be.
_LONGEST_TEXT = 1000
_LONGEST_PATH = 20


@dataclass(frozen=True)
class Facts:
    """What is asked of one statement again and again, worked out once."""

    nodes: tuple[ast.AST, ...]
    texts: Mapping[int, str]
    """The strings that expressions amount to, by the node's id."""
    global_names: frozenset[str]
    names: frozenset[str]
    """Top-level names that it may lead to: those it reads, and words in strings."""


def _facts(statement: ast.stmt, lines: list[str]) -> Facts:
    nodes = tuple(ast.walk(statement))
    return _of(nodes, _global_names(statement, lines))


def _of(nodes: tuple[ast.AST, ...], global_names: set[str]) -> Facts:
    texts = _texts(nodes)
    found = {n.attr for n in nodes if isinstance(n, ast.Attribute)} & REACH_ALL
    names = frozenset(found | set(texts.values()) | global_names)
    return Facts(nodes, texts, frozenset(global_names), names)


class Notebook:
    """The top level of a submission: what each name is bound by, and what merely runs."""

    def __init__(self, cells: Iterable[str]) -> None:
        """Read the cells; those that are no Python are left out."""
        self._known: dict[int, Facts] = {}
        self.bound: dict[str, list[ast.stmt]] = defaultdict(list)
        self.imports: dict[str, set[str]] = defaultdict(set)
        self.loading: set[str] = set()
        self.effects: list[ast.stmt] = []
        self.unread = False
        for cell in cells:
            self._read(cell, deep=False)

    def _read(self, text: str, *, deep: bool) -> None:
        """Read a cell, or a part of one that was too deep as a whole."""
        try:
            statements = ast.parse(text).body
        except (RecursionError, MemoryError):
            # The compiler may still take it, once the student has raised a limit.
            if deep:
                self._read_flat(text)
            else:
                for part in parts(text):
                    self._read(part.text, deep=True)
            return
        except (SyntaxError, ValueError):
            return
        lines = text.split("\n")
        self._collect([each for each in statements if self._learn(each, lines)])

    def _read_flat(self, text: str) -> None:
        """Read a statement from its tokens: it may bind, and lead to, any name in it."""
        read = flat(text)
        if read is None:
            return
        self.unread = self.unread or read.hides
        statement = ast.Expr(ast.Constant(None))
        self._known[id(statement)] = _of(read.nodes, set(read.names))
        self.effects.append(statement)
        self.loading |= self.facts(statement).names
        for name in read.names - vars(builtins).keys():
            self.bound[name].append(statement)
        self._note_imports(read)

    def _note_imports(self, read: Flat) -> None:
        for node in read.nodes:
            for name, path in imported(node):
                self.imports[name].add(path)

    def _learn(self, statement: ast.stmt, lines: list[str]) -> bool:
        """Work out the facts of a statement; False if it cannot be read, or not so."""
        try:
            self._known[id(statement)] = _facts(statement, lines)
        except (RecursionError, MemoryError):
            self._read_flat("\n".join(_own_lines(statement, lines)))
            return False
        except (SyntaxError, ValueError):
            return False
        return True

    def facts(self, statement: ast.stmt) -> Facts:
        """What is known of a top-level statement."""
        return self._known[id(statement)]

    def _collect(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, DEFINITIONS):
                self.bound[statement.name].append(statement)
                continue
            for name, path in imports(statement):
                self.imports[name].add(path)
            for name in _roots(statement):
                self.bound[name].append(statement)
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                self.effects.append(statement)
                self.loading |= self.facts(statement).names

    def reach(self, names: set[str]) -> list[ast.stmt]:
        """The top-level statements that these names lead to."""
        waiting, known, reached = list(names), set(names), dict[int, ast.stmt]()
        while waiting:
            for statement in self.bound.get(waiting.pop(), []):
                if id(statement) in reached:
                    continue
                reached[id(statement)] = statement
                more = set(self.facts(statement).names)
                if more & REACH_ALL:
                    more |= set(self.bound)
                waiting += more - known
                known |= more
        return list(reached.values())


def _own_lines(statement: ast.stmt, lines: list[str]) -> list[str]:
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
    return lines[first - 1 : statement.end_lineno]


def _global_names(statement: ast.stmt, lines: list[str]) -> set[str]:
    """Names that Python looks up in the module, or among the builtins."""
    own = _own_lines(statement, lines)
    try:
        table = symtable.symtable("\n".join(own), "cell", "exec")
    except SyntaxError:  # it shares a line with another statement
        end, start = statement.end_col_offset, statement.col_offset
        own[-1] = own[-1].encode()[:end].decode()
        own[0] = own[0].encode()[start:].decode()
        table = symtable.symtable("\n".join(own), "cell", "exec")
    tables, found = [table], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if top or s.is_global()}
    return found


def dotted(node: ast.AST, roots: Mapping[str, set[str]]) -> set[str]:
    """The library paths that an import, name or attribute chain stands for."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {path for _, path in imported(node)}
    tail: list[str] = []
    while isinstance(node, ast.Attribute):
        tail, node = [node.attr, *tail], node.value
        if len(tail) > _LONGEST_PATH:  # the shorter paths inside it are looked at as well
            return set()
    if not isinstance(node, ast.Name):
        return set()
    return {".".join([root, *tail]) for root in roots.get(node.id, ())}


def _roots(statement: ast.stmt) -> set[str]:
    """Top-level names that a statement binds, or whose parts it sets (`np.add = …`)."""
    found = {name for name, _ in imports(statement)}
    for node in ast.walk(statement):
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            found |= _root(node)
        elif isinstance(node, DEFINITIONS):
            found.add(node.name)
    return found


def _root(node: ast.AST) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def imports(statement: ast.stmt) -> list[tuple[str, str]]:
    """The (name, path) pairs that a statement binds by imports."""
    return [pair for node in ast.walk(statement) for pair in imported(node)]


def imported(node: ast.AST) -> list[tuple[str, str]]:
    """The (name, path) pairs that an import statement binds."""
    if isinstance(node, ast.Import):
        return [
            (a.asname, a.name) if a.asname else (a.name.partition(".")[0],) * 2 for a in node.names
        ] + [(a.name, a.name) for a in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(a.asname or a.name, f"{node.module}.{a.name}") for a in node.names]
    return []


def _texts(nodes: Sequence[ast.AST]) -> dict[int, str]:
    """The strings that constant expressions amount to; `nodes` has children after parents."""
    found: dict[int, str] = {}
    for node in reversed(nodes):
        text = _text(node, found)
        if text and len(text) <= _LONGEST_TEXT:
            found[id(node)] = text
    return found


def _text(node: ast.AST, known: Mapping[int, str]) -> str:
    """The string that an expression amounts to, given those of its parts, or ""."""
    match node:
        case ast.Constant(str(value)):
            return value
        case ast.BinOp(left, ast.Add(), right):
            return _all_of([left, right], known)
        case ast.JoinedStr(values):
            return _all_of(values, known)
        case ast.FormattedValue(value):
            return known.get(id(value), "")
        case ast.Subscript(value, ast.Slice(None, None, ast.UnaryOp(ast.USub(), ast.Constant(1)))):
            return known.get(id(value), "")[::-1]
        case ast.Call(
            ast.Attribute(ast.Constant(str(glue)), "join"),
            [ast.List(items) | ast.Tuple(items)],
        ):
            return _all_of(items, known, glue)
    return ""


def _all_of(nodes: Sequence[ast.AST], known: Mapping[int, str], glue: str = "") -> str:
    texts = [known.get(id(node), "") for node in nodes]
    return glue.join(texts) if all(texts) else ""
