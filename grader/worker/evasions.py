"""Ways round the audit, found in the source before any of it has run.

Only what could hide a call is an evasion: a name that the dynamic half sees whenever it is
called (`getattr(torch, "exp")`, `torch.ops.aten.exp`) is not. Code counts if the exercise
reaches it: top-level definitions and assignments that it names, and those that they name.
What runs while the notebook loads can do harm as well, so it is searched too, but only for
means that no honest notebook has.
"""

import ast
import re
import unicodedata
from collections.abc import Iterable, Mapping

from grader.worker.flat import HIDING
from grader.worker.rules import Rules
from grader.worker.source import DEFINITIONS, REACH_ALL, Notebook, dotted, imports

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
# Uses of such means that hide nothing: what they stand for is not handed on.
_HARMLESS_PATHS = frozenset({"gc.collect", "gc.disable", "gc.enable", "gc.isenabled"})
_HARD_NAMES = frozenset({
    "_C", "_current_frames", "_getframe", "_disabled_torch_function_impl",
    "_make_wrapper_subclass", "_python_dispatch", "ag_frame", "cr_frame", "cpp_extension",
    "ctypeslib", "f_back", "gi_frame", "setprofile", "setprofile_all_threads", "settrace",
    "settrace_all_threads", "tb_frame", "tb_next", "f_locals", "__torch_dispatch__",
    "__torch_function__",
})  # fmt: skip
_SOFT_NAMES = frozenset(
    {"__builtins__", "__import__", "__subclasses__", "run_cell_magic", "run_line_magic"}
)
_BUILTINS = frozenset({"__import__", "compile", "eval", "exec"})
_BY_NAME = frozenset({"attrgetter", "getattr", "methodcaller"})
_MATMUL_SLOTS = frozenset({"__matmul__", "__rmatmul__", "__imatmul__"})
_DISABLING = ("_disable_", "_Disable")
# Words of which one, or a pair, makes a text worth reading.
_SIGNS = _HARD_NAMES | _SOFT_NAMES | _BUILTINS | _BY_NAME | _MATMUL_SLOTS | REACH_ALL | HIDING
_MODULES = {path for path in (*_HARD_PATHS, *_SOFT_PATHS) if "." not in path} | {"scipy", "sklearn"}
_PAIRS = [
    {path.partition(".")[0], path.rpartition(".")[2]}
    for path in (*_HARD_PATHS, *_SOFT_PATHS)
    if "." in path
]
# How Python puts a string together of written pieces: a sum, a join, neighbours, from the back.
_PUT_TOGETHER = re.compile(
    r"""\w['"]\s*\+|\+\s*\w{0,2}['"]\w|['"]\.join\b|\[::-"""
    r"""|\w['"][\s\\]*\w{0,2}['"]\w"""
)
_F_STRING = re.compile(r"""\b[rR]?[fF][rR]?['"]""")
_PUT_IN = re.compile(r"""\{\s*\w{0,2}['"]\w""")


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
    if not wanted or not _may_evade("\n".join(source_cells), wanted.values()):
        return {exercise: [] for exercise in wanted}
    notebook = Notebook(source_cells)
    loading = notebook.reach(notebook.loading)
    common = _Search(notebook, [*loading, *notebook.effects], Rules()).hard()
    unread = {"code nested too deeply to be read"} if notebook.unread else set()
    found = {}
    for exercise, rules in wanted.items():
        own = notebook.reach({exercise})
        mine = _Search(notebook, own, rules)
        found[exercise] = sorted(mine.soft() | mine.hard() | common | unread)
    return found


def _may_evade(text: str, wanted: Iterable[Rules]) -> bool:
    """Whether a text has any of the words that a finding has, or could put one together.

    Most have none, and need not be read; a word in a comment costs no more than a reading.
    """
    text = unicodedata.normalize("NFKC", text)
    words = set(re.findall(r"[^\W\d]\w*", text))
    if words & _SIGNS or any(call in words for rules in wanted for call in rules.calls):
        return True
    if any(words.issuperset(sign) for sign in _PAIRS):
        return True
    if (modules := words & _MODULES) and re.search(_importing(modules), text):
        return True
    if any(word.startswith(_DISABLING) for word in words) or _PUT_TOGETHER.search(text):
        return True
    return bool(_F_STRING.search(text) and _PUT_IN.search(text))


def _importing(modules: Iterable[str]) -> str:
    return rf"\b(?:import|from)\b(?:[^\n]|\\\n){{0,300}}\b(?:{'|'.join(modules)})\b"


class _Search:
    """One look through the statements that count."""

    def __init__(self, notebook: Notebook, statements: list[ast.stmt], rules: Rules) -> None:
        self.rules = rules
        self.free: set[str] = set()
        self.nodes: list[ast.AST] = []
        self.texts: dict[int, str] = {}
        self.paths: dict[int, set[str]] = {}
        for statement in statements:
            # Imports at the top level count where the name that they bind is used.
            if not isinstance(statement, ast.Import | ast.ImportFrom) or _star(statement):
                self._look_at(statement, notebook)
        self.free -= set(notebook.bound)
        attributes = {n.attr for n in self.nodes if isinstance(n, ast.Attribute)}
        defined = {n.name for n in self.nodes if isinstance(n, DEFINITIONS)}
        self.words = attributes | set(self.texts.values()) | defined
        self.found_paths = {path for paths in self.paths.values() for path in paths}

    def _look_at(self, statement: ast.stmt, notebook: Notebook) -> None:
        facts = notebook.facts(statement)
        free, nodes = facts.global_names, facts.nodes
        roots = {name: notebook.imports[name] for name in free if name in notebook.imports}
        for name, path in imports(statement):
            roots[name] = roots.get(name, set()) | {path}
        self.free |= free
        self.nodes += nodes
        self.texts |= facts.texts
        found = {id(node): paths for node in nodes if (paths := dotted(node, roots))}
        for node in nodes:
            for part in _harmless(node, found):
                found.pop(id(part), None)
        self.paths |= found

    def hard(self) -> set[str]:
        """Means of blinding the audit."""
        hidden = {word for word in self.words if word.startswith(_DISABLING)}
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
        if id(given) in self.texts or isinstance(given, ast.Name | ast.Attribute):
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
        named = [call.args[0] for call in by_name if _called(call) == "methodcaller"]
        given = {text for node in named if (text := self.texts.get(id(node)))}
        loads = (n for n in loose if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Load))
        return found | given | {node.attr for node in loads}


def _harmless(node: ast.AST, paths: Mapping[int, set[str]]) -> list[ast.AST]:
    """The nodes of `import gc`, `gc.collect` and `"google.colab" in sys.modules`."""
    match node:
        case ast.Import([ast.alias("gc", None)]):
            return [node]
        case ast.Attribute(ast.Name() as name) if paths.get(id(node), set()) & _HARMLESS_PATHS:
            return [node, name]
        case ast.Compare(ast.Constant(str()), [ast.In() | ast.NotIn()], [ast.Attribute() as held]):
            return [held] if paths.get(id(held)) == {"sys.modules"} else []
    return []


def _under(paths: Iterable[str], roots: tuple[str, ...]) -> set[str]:
    """The roots under which any of the paths lies."""
    return {root for root in roots for path in paths if f"{path}.".startswith(f"{root}.")}


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _star(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"
