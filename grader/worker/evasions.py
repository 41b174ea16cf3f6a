"""Ways round the audit, found in the source before any of it has run.

Only what could hide a call is an evasion: a name that the dynamic half sees whenever it is
called (`getattr(torch, "exp")`, `torch.ops.aten.exp`) is not. Code counts if the exercise
reaches it: top-level definitions and assignments that it names, and those that they name.
What runs while the notebook loads can do harm as well, so it is searched too, but only for
means that no honest notebook has.
"""

import ast
import symtable
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.worker.rules import Rules

# Means of blinding the audit, wherever they stand.
_HARD_PATHS = (
    "_ctypes", "cffi", "ctypes", "gc.get_objects", "gc.get_referents", "gc.get_referrers", "grader",
    "inspect.currentframe", "inspect.stack", "numpy.ctypeslib", "sys._current_frames",
    "sys._getframe", "sys.monitoring", "sys.setprofile", "sys.settrace", "threading.setprofile",
    "threading.settrace", "threading.setprofile_all_threads", "torch._C", "torch._ops",
    "torch.overrides", "torch.utils._python_dispatch", "torch.utils.cpp_extension",
)  # fmt: skip
# Means that hide code or objects, but also stand in honest scratch cells.
_SOFT_PATHS = (
    "_thread", "asyncio.to_thread", "builtins", "code", "codeop", "concurrent", "copyreg",
    "cupy", "cython", "dill", "gc", "importlib", "inspect", "jax", "joblib", "marshal",
    "multiprocessing", "numba", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system",
    "pickle", "runpy", "subprocess", "sys.modules", "tensorflow", "threading", "torch._dynamo",
    "torch._inductor", "torch._higher_order_ops", "torch.compile", "torch.export", "torch.jit",
    "torch.library", "torch.multiprocessing", "triton", "weave",
)  # fmt: skip
_HARD_NAMES = frozenset({
    "_C", "_current_frames", "_getframe", "_disabled_torch_function_impl",
    "_make_wrapper_subclass", "_python_dispatch", "ag_frame", "cr_frame", "cpp_extension",
    "ctypeslib", "f_back", "gi_frame", "setprofile", "setprofile_all_threads", "settrace",
    "settrace_all_threads", "tb_frame", "tb_next", "f_locals", "__torch_dispatch__",
    "__torch_function__",
})  # fmt: skip
_SOFT_NAMES = frozenset({"__builtins__", "__import__", "__subclasses__", "run_cell_magic"})
_BUILTINS = frozenset({"__import__", "compile", "eval", "exec"})
# With these in reach, any name of the notebook may be meant.
_REACH_ALL = frozenset({"eval", "exec", "globals", "locals", "vars", "__dict__", "__globals__"})
_BY_NAME = frozenset({"attrgetter", "getattr", "methodcaller"})
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_MATMUL_SLOTS = frozenset({"__matmul__", "__rmatmul__", "__imatmul__"})


def evasions(source_cells: list[str], exercise: str, rules: Rules | None = None) -> list[str]:
    """Short names of the evasions that code reachable from `exercise` refers to, sorted.

    Args:
        source_cells: the submission's code cells; those that are no Python are skipped.
        exercise: the function or class that is judged.
        rules: with them, forbidden methods handed to C code (`reduce(np.ndarray.dot, …)`) and
            forbidden callables of libraries that the audit does not watch are found as well.
    """
    return survey(source_cells, {exercise: rules or Rules()})[exercise]


def survey(source_cells: list[str], wanted: Mapping[str, Rules]) -> dict[str, list[str]]:
    """The evasions of several exercises, each with its rules, from one reading of the source."""
    notebook = _Notebook(source_cells)
    loading = notebook.reach(notebook.loading)
    common = _Search(notebook, [*loading, *notebook.effects], Rules()).hard() if wanted else set()
    unread = {"code nested too deeply to be read"} if notebook.unread else set()
    found = {}
    for exercise, rules in wanted.items():
        own = notebook.reach({exercise})
        mine = _Search(notebook, own, rules)
        found[exercise] = sorted(mine.soft() | mine.hard() | common | unread)
    return found


@dataclass(frozen=True)
class _Facts:
    """What is asked of one statement again and again, worked out once."""

    nodes: tuple[ast.AST, ...]
    global_names: frozenset[str]
    names: frozenset[str]
    """Top-level names that it may lead to: those it reads, and words in strings."""


def _facts(statement: ast.stmt, lines: list[str]) -> _Facts:
    nodes = tuple(ast.walk(statement))
    found = {text for node in nodes if (text := _text(node))}
    found |= {n.attr for n in nodes if isinstance(n, ast.Attribute)} & _REACH_ALL
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
    text = "\n".join(lines[first - 1 : statement.end_lineno])
    global_names = _global_names(statement, text)
    return _Facts(nodes, frozenset(global_names), frozenset(found | global_names))


class _Notebook:
    """The top level of a submission: what each name is bound by, and what merely runs."""

    def __init__(self, cells: Iterable[str]) -> None:
        self._known: dict[int, _Facts] = {}
        self.bound: dict[str, list[ast.stmt]] = defaultdict(list)
        self.imports: dict[str, set[str]] = defaultdict(set)
        self.loading: set[str] = set()
        self.effects: list[ast.stmt] = []
        self.unread = False
        for cell in cells:
            try:
                statements = ast.parse(cell).body
            except (RecursionError, MemoryError):
                self.unread = True  # the compiler may still take it
                continue
            except (SyntaxError, ValueError):
                continue
            lines = cell.split("\n")
            self._collect([each for each in statements if self._learn(each, lines)])

    def _learn(self, statement: ast.stmt, lines: list[str]) -> bool:
        """Work out the facts of a statement; False if it cannot be read."""
        try:
            self._known[id(statement)] = _facts(statement, lines)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.unread = self.unread or _runs(statement)
            return False
        return True

    def facts(self, statement: ast.stmt) -> _Facts:
        """What is known of a top-level statement."""
        return self._known[id(statement)]

    def _collect(self, body: Iterable[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, _DEFINITIONS):
                self.bound[statement.name].append(statement)
                continue
            for name, path in _imports(statement):
                self.imports[name].add(path)
            for name in _roots(statement):
                self.bound[name].append(statement)
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                self.effects.append(statement)
                self.loading |= self.facts(statement).names

    def reach(self, names: set[str]) -> list[ast.stmt]:
        """The top-level statements that these names lead to."""
        waiting, known, reached = list(names), set(names), []
        while waiting:
            for statement in self.bound.get(waiting.pop(), []):
                if statement in reached:
                    continue
                reached.append(statement)
                more = set(self.facts(statement).names)
                if more & _REACH_ALL:
                    more |= set(self.bound)
                waiting += more - known
                known |= more
        return reached


class _Search:
    """One look through the statements that count."""

    def __init__(self, notebook: _Notebook, statements: list[ast.stmt], rules: Rules) -> None:
        self.rules = rules
        self.free: set[str] = set()
        self.nodes: list[ast.AST] = []
        self.paths: dict[int, set[str]] = {}
        for statement in statements:
            # Imports at the top level count where the name that they bind is used.
            if not isinstance(statement, ast.Import | ast.ImportFrom) or _star(statement):
                self._look_at(statement, notebook)
        self.free -= set(notebook.bound)
        attributes = {n.attr for n in self.nodes if isinstance(n, ast.Attribute)}
        strings = {text for node in self.nodes if (text := _text(node))}
        defined = {n.name for n in self.nodes if isinstance(n, _DEFINITIONS)}
        self.words = attributes | strings | defined
        self.found_paths = {path for paths in self.paths.values() for path in paths}

    def _look_at(self, statement: ast.stmt, notebook: _Notebook) -> None:
        facts = notebook.facts(statement)
        free, nodes = facts.global_names, facts.nodes
        roots = {name: notebook.imports[name] for name in free if name in notebook.imports}
        for name, path in _imports(statement):
            roots[name] = roots.get(name, set()) | {path}
        self.free |= free
        self.nodes += nodes
        self.paths |= {id(node): paths for node in nodes if (paths := _dotted(node, roots))}

    def hard(self) -> set[str]:
        """Means of blinding the audit."""
        hidden = {word for word in self.words if word.startswith(("_disable_", "_Disable"))}
        return _under(self.found_paths, _HARD_PATHS) | (self.words & _HARD_NAMES) | hidden

    def soft(self) -> set[str]:
        """Means of hiding code, and forbidden callables where the audit would miss them."""
        found = _under(self.found_paths, _SOFT_PATHS) | (self.words & _SOFT_NAMES)
        found |= self.free & _BUILTINS
        found |= {name for node in self.nodes if (name := self._by_hidden_name(node))}
        foreign = [call for call in self.rules.calls if call.startswith(("scipy.", "sklearn."))]
        found |= _under(self.found_paths, tuple(foreign))
        bare = {call for call in self.rules.calls if "." not in call}
        found |= {f"{name} handed on" for name in self._handed_on() & bare}
        if "requires_grad_" in bare and "requires_grad" in self.words and "setattr" in self.free:
            found.add("setattr of requires_grad")
        return found | (self.words & _MATMUL_SLOTS if "@" in self.rules.syntax else set())

    def _by_hidden_name(self, node: ast.AST) -> str:
        """`getattr` of a module, or `methodcaller`, with a name that is put together."""
        if not isinstance(node, ast.Call):
            return ""
        name = _called(node)
        if name not in _BY_NAME or len(node.args) < 1 + (name == "getattr"):
            return ""
        given = node.args[1] if name == "getattr" else node.args[0]
        if _text(given) or isinstance(given, ast.Name | ast.Attribute):
            return ""
        if name == "getattr" and id(node.args[0]) not in self.paths:
            return ""
        return f"{name} of a computed name"

    def _handed_on(self) -> set[str]:
        """Attributes, library names and names in strings, used otherwise than by a call."""
        called = {id(node.func) for node in self.nodes if isinstance(node, ast.Call)}
        loose = [node for node in self.nodes if id(node) not in called]
        found = {path.rpartition(".")[2] for n in loose for path in self.paths.get(id(n), ())}
        by_name = [node for node in self.nodes if isinstance(node, ast.Call) and node.args]
        given = {_text(call.args[0]) for call in by_name if _called(call) == "methodcaller"}
        loads = (n for n in loose if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load))
        return found | given | {node.attr for node in loads}


def _runs(statement: ast.stmt) -> bool:
    """Whether Python would run a statement that the survey cannot read."""
    try:
        compile(ast.Module([statement], []), "cell", "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        return False
    except (RecursionError, MemoryError):
        return True
    return True


def _under(paths: Iterable[str], roots: tuple[str, ...]) -> set[str]:
    """The roots under which any of the paths lies."""
    return {root for root in roots for path in paths if f"{path}.".startswith(f"{root}.")}


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _star(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def _global_names(statement: ast.stmt, text: str) -> set[str]:
    """Names that Python looks up in the module, or among the builtins; `text` is its own lines."""
    try:
        table = symtable.symtable(text, "cell", "exec")
    except SyntaxError:  # it shares a line with the end of another statement
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
    tables, found = [table], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if top or s.is_global()}
    return found


def _dotted(node: ast.AST, roots: Mapping[str, set[str]]) -> set[str]:
    """The library paths that an import, name or attribute chain stands for."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {path for _, path in _imported(node)}
    tail: list[str] = []
    while isinstance(node, ast.Attribute):
        tail, node = [node.attr, *tail], node.value
    if not isinstance(node, ast.Name):
        return set()
    return {".".join([root, *tail]) for root in roots.get(node.id, ())}


def _roots(statement: ast.stmt) -> set[str]:
    """Top-level names that a statement binds, or whose parts it sets (`np.add = …`)."""
    found = {name for name, _ in _imports(statement)}
    for node in ast.walk(statement):
        if isinstance(getattr(node, "ctx", None), ast.Store | ast.Del):
            found |= _root(node)
        elif isinstance(node, _DEFINITIONS):
            found.add(node.name)
    return found


def _root(node: ast.AST) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()


def _imports(statement: ast.stmt) -> list[tuple[str, str]]:
    return [pair for node in ast.walk(statement) for pair in _imported(node)]


def _imported(node: ast.AST) -> list[tuple[str, str]]:
    """The (name, path) pairs that an import statement binds."""
    if isinstance(node, ast.Import):
        return [
            (a.asname, a.name) if a.asname else (a.name.partition(".")[0],) * 2 for a in node.names
        ] + [(a.name, a.name) for a in node.names]
    if isinstance(node, ast.ImportFrom):
        return [(a.asname or a.name, f"{node.module}.{a.name}") for a in node.names]
    return []


def _text(node: ast.AST) -> str:
    """The string that a constant expression amounts to, or ""."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _text(node.left), _text(node.right)
        return left + right if left and right else ""
    if isinstance(node, ast.JoinedStr):
        parts = [_text(part) for part in node.values]
        return "".join(parts) if all(parts) else ""
    if isinstance(node, ast.FormattedValue):
        return _text(node.value)
    if isinstance(node, ast.Subscript) and _reverses(node.slice):
        return _text(node.value)[::-1]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        items = node.args[0] if node.func.attr == "join" and len(node.args) == 1 else None
        if isinstance(items, ast.List | ast.Tuple):
            parts = [_text(item) for item in items.elts]
            glue = node.func.value.value if isinstance(node.func.value, ast.Constant) else None
            return glue.join(parts) if isinstance(glue, str) and all(parts) else ""
    return ""


def _reverses(index: ast.AST) -> bool:
    return isinstance(index, ast.Slice) and ast.unparse(index) == "::-1"
