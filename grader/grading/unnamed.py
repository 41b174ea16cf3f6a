"""Wrong answers that nobody has named yet, as entries for `mistakes.py`.

An entry holds the code of one submission of a cluster, rewritten so that it stands alone and names
nobody: comments and docstrings are gone, and what the function uses of its notebook is in it.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.course.lesson import load_lesson
from grader.course.syllabus import Course
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import Keeping
from grader.results import Cluster, Report
from grader.submissions import Found, discover, read
from grader.worker.magics import plain_python

TODO = "TODO: where to look"

Definition = ast.FunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Entry:
    """A cluster, what its members were told, and the entry that names it ("": none was found)."""

    cluster: Cluster
    message: str
    source: str


def unnamed(
    course: Course, name: str, path: Path, options: Options, kept: Keeping | None
) -> list[Entry]:
    """Grade what is below `path`, and write an entry for each cluster, the largest first.

    Raises:
        UsageError, CourseError: nothing was graded.
    """
    lesson = load_lesson(course, name)
    report = grade_class(course, name, path, options, kept)
    found = discover(path, name)
    taken = {mistake.name for mistake in lesson.mistakes}
    entries = []
    for cluster in report.clusters:
        number = next(n for n in range(1, len(taken) + 2) if f"unnamed_{n}" not in taken)
        taken.add(f"unnamed_{number}")
        sources, message = _member(cluster, report, found)
        source = entry(sources, cluster.exercise, f"unnamed_{number}", set(lesson.exercises))
        entries.append(Entry(cluster, message, source))
    return entries


def _member(cluster: Cluster, report: Report, found: Sequence[Found]) -> tuple[list[str], str]:
    """The cells of one of a cluster's submissions, and what it was told."""
    for one, submission in zip(found, report.submissions, strict=True):
        if submission.file in cluster.files:
            for exercise in submission.exercises:
                if exercise.name == cluster.exercise and exercise.fingerprint:
                    return [cell.source for cell in read(one).cells], exercise.message
    return [], ""


def entry(cells: Sequence[str], exercise: str, name: str, known: set[str]) -> str:
    """Return an exercise's code as an entry named `name`; "" where it is no function or class.

    Args:
        cells: the submission's code.
        exercise: which of its functions or classes.
        name: what the entry is called.
        known: names that a mistake finds in its scope, which it need not bring along.
    """
    statements = [s for cell in cells for s in _statements(cell)]
    wrong = next(
        (s for s in reversed(statements) if isinstance(s, Definition) and s.name == exercise),
        None,
    )
    if wrong is None:
        return ""
    needed = _needed(wrong, statements, known | {exercise})
    bare = _Bare().visit(wrong)
    bare.name = name
    decoration = f'@mistake("{exercise}", "{TODO}")'
    if isinstance(bare, ast.FunctionDef):
        bare.body = [*needed, *bare.body]
        needed = []
    bare.decorator_list = []
    lines = [ast.unparse(ast.fix_missing_locations(s)) for s in (*needed, bare)]
    return "\n\n\n".join([*lines[:-1], f"{decoration}\n{lines[-1]}"])


def _statements(cell: str) -> list[ast.stmt]:
    """A cell's statements; none of one that does not compile."""
    for source in (cell, None):
        try:
            return ast.parse(plain_python(cell).text if source is None else source).body
        except Exception:  # whatever a cell is, the others may hold the answer
            continue
    return []


def _needed(wrong: ast.AST, statements: Sequence[ast.stmt], known: set[str]) -> list[ast.stmt]:
    """The statements that bind what an answer uses of its notebook, in their order."""
    chosen: set[int] = set()
    wanted = _used(wrong) - known
    while True:
        more = {
            number
            for number, statement in enumerate(statements)
            if number not in chosen and _bound(statement) & wanted
        }
        if not more:
            break
        chosen |= more
        wanted |= {name for n in more for name in _used(statements[n])} - known
    return [_Bare().visit(statements[number]) for number in sorted(chosen)]


def _used(node: ast.AST) -> set[str]:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return {name for name in names if name not in vars(builtins)}


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement of a notebook gives to something."""
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).split(".")[0] for alias in names}
        case ast.Assign(targets=targets):
            return _names(targets)
        case ast.AnnAssign(target=target):
            return _names([target])
    return set()


def _names(targets: Iterable[ast.expr]) -> set[str]:
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


class _Bare(ast.NodeTransformer):
    """Takes docstrings out: they may say whose they are."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:] or [ast.Pass()]
        return node
