"""One assignment's instructor's side, loaded: checks, model answers, known mistakes."""

from __future__ import annotations

import ast
import hashlib
import importlib
import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Literal

from grader.course.syllabus import AssignmentPlan, Course
from grader.course.text import add_files
from grader.errors import CourseError
from grader.vocabulary import Exercise

_OWN_PACKAGES = ("grader", "solutions", "reference")


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: the program that makes it, and the hint that it earns."""

    name: str
    exercise: str
    hint: str
    cells: tuple[str, ...]
    further: str = ""


@dataclass(frozen=True)
class Lesson:
    """What the grader knows of one assignment.

    `digest` is the sha256 of everything that a mark depends on: checks, answers, mistakes, the
    reference, points and limits.
    """

    name: str
    plan: AssignmentPlan
    exercises: dict[str, Exercise]
    answers_source: str
    answers_path: Path
    mistakes: tuple[Mistake, ...]
    follow_through: Literal["full", "half", "none"]
    digest: str
    left_out: frozenset[str] = frozenset()
    """Exercises of `checks.py` that course.yml gives no points: the course does without them."""

    def needs(self, exercise: str) -> tuple[str, ...]:
        """The exercises that one builds on, and those that they build on, in the course's order."""
        found: set[str] = set()
        todo = [exercise]
        while todo:
            new = set(self.exercises[todo.pop()].uses) - found
            found |= new
            todo += new
        return tuple(name for name in self.exercises if name in found)

    def points(self, exercise: str) -> float:
        """Return the exercise's points, from course.yml."""
        return float(self.plan.points[exercise])

    def parameters(self, exercise: str) -> tuple[str, ...]:
        """Return what students call the arguments of a case, by position.

        Of a driver's own names only those that the exercise has, too; "" for the others.
        """
        theirs = _parameters(self.answers_source, exercise)
        driver = self.exercises[exercise]
        if not driver.driver:
            return theirs
        names = _parameters(driver.driver, driver.driver_name)[1:]
        return tuple(name if name in theirs else "" for name in names)


def solutions_folder(course: Course, name: str) -> Path:
    """Return an assignment's folder on the instructor's side; raises CourseError without one."""
    folder = course.root / "solutions" / name
    if not folder.is_dir():
        raise CourseError(
            f"{folder}: there is no such folder; {name} needs answers and checks there"
        )
    return folder


def load_lesson(course: Course, name: str) -> Lesson:
    """Load an assignment's checks, answers and mistakes.

    Raises:
        CourseError: an unknown assignment, a missing or broken file, points without a check.
    """
    plan = course.plan(name)
    folder = solutions_folder(course, name)
    checks = load_module(course.root, f"solutions.{name}.checks")
    exercises = {e.name: e for e in vars(checks).values() if isinstance(e, Exercise)}
    for exercise in plan.points:
        if exercise not in exercises:
            raise CourseError(f"{folder / 'checks.py'}: {exercise} has points but no check")
    answers_path = folder / "answers.py"
    answers = _read(answers_path)
    _refuse_uses(folder / "checks.py", exercises, tuple(plan.points), answers)
    return Lesson(
        name,
        plan,
        {exercise: _within_plan(exercises[exercise], plan) for exercise in plan.points},
        answers,
        answers_path,
        tuple(
            mistake
            for mistake in load_mistakes(folder / "mistakes.py", answers, set(exercises))
            if mistake.exercise in plan.points
        ),
        course.follow_through,
        digest_of(course, name),
        frozenset(exercises) - frozenset(plan.points),
    )


def _within_plan(exercise: Exercise, plan: AssignmentPlan) -> Exercise:
    """An exercise that course.yml leaves out stands in for nothing."""
    return replace(exercise, uses=tuple(name for name in exercise.uses if name in plan.points))


def _refuse_uses(
    checks: Path, exercises: dict[str, Exercise], order: tuple[str, ...], answers: str
) -> None:
    """Refuse `uses` of what is unknown, a class, or not earlier: two could vouch for each other."""
    classes = {node.name for node in _statements(answers) if isinstance(node, ast.ClassDef)}
    for name in order:
        for used in exercises[name].uses:
            wrong = ""
            if used not in exercises:
                wrong = "is no exercise of this assignment"
            elif used in classes:
                wrong = "is a class; only functions can have stand-ins"
            elif used in order and order.index(used) >= order.index(name):
                wrong = "does not come before it in course.yml"
            if wrong:
                raise CourseError(f"{checks}: {name} uses {used!r}, which {wrong}")


def _statements(source: str) -> list[ast.stmt]:
    """A module's statements; of what is no Python, none: running it says more."""
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError):
        return []


def load_module(root: Path, name: str) -> ModuleType:
    """Import a course's own module; of another course's, loaded earlier, nothing is kept.

    Raises:
        CourseError: the module is missing or does not import.
    """
    for loaded in list(sys.modules):
        module_file = getattr(sys.modules[loaded], "__file__", None) or ""
        if loaded.split(".")[0] in ("solutions", "reference") and not _within(module_file, root):
            del sys.modules[loaded]
    if sys.path[:1] != [str(root)]:
        sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    path = root / (name.replace(".", "/") + ".py")
    if not path.exists():
        raise CourseError(f"{path}: this file is missing")
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise CourseError(f"{path}: it does not import: {type(error).__name__}: {error}") from error


def _within(module_file: str, root: Path) -> bool:
    return bool(module_file) and Path(module_file).is_relative_to(root)


def load_mistakes(path: Path, answers: str, exercises: set[str]) -> tuple[Mistake, ...]:
    """Read mistakes.py as source: each `@mistake` becomes a program of its own.

    Raises:
        CourseError: a mistake of an unknown exercise, or without a literal hint.
    """
    try:
        tree = ast.parse(_read(path), str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise CourseError(f"{path}:{line}: it is no Python: {error}") from error
    prelude: list[ast.stmt] = []
    found: list[tuple[str, tuple[str, str], ast.FunctionDef | ast.ClassDef]] = []
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef) and statement.decorator_list:
            exercise, *hints = _decoration(path, statement)
            if exercise not in exercises:
                raise CourseError(
                    f"{path}:{statement.lineno}: {statement.name} is a mistake of {exercise!r}, "
                    "which is no exercise of this assignment"
                )
            found.append((exercise, (hints[0], hints[1]), statement))
        elif not _imports_ours(statement):
            prelude.append(statement)
    shared = ast.unparse(ast.Module(prelude, []))
    return tuple(
        Mistake(s.name, e, hints[0], _program(answers, shared, e, s), hints[1])
        for e, hints, s in found
    )


def _decoration(path: Path, statement: ast.FunctionDef | ast.ClassDef) -> tuple[str, str, str]:
    match statement.decorator_list:
        case [
            ast.Call(
                func=ast.Name("mistake"),
                args=[ast.Constant(str() as exercise), ast.Constant(str() as hint), *more],
                keywords=[],
            )
        ]:
            match more:
                case []:
                    return exercise, hint, ""
                case [ast.Constant(str() as further)]:
                    return exercise, hint, further
    raise CourseError(
        f"{path}:{statement.lineno}: {statement.name} needs @mistake('exercise', 'hint') "
        "with both texts written out (and a third, if there is a fuller hint)"
    )


def _parameters(source: str, name: str) -> tuple[str, ...]:
    """The names of the positional parameters of a function, or of a class's methods."""
    for node in ast.parse(source).body:
        if getattr(node, "name", "") == name:
            inner = [node] if isinstance(node, ast.FunctionDef) else ast.walk(node)
            functions = [one for one in inner if isinstance(one, ast.FunctionDef)]
            return tuple(a.arg for f in functions for a in (*f.args.posonlyargs, *f.args.args))
    return ()


def _imports_ours(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return (statement.module or "").split(".")[0] in (*_OWN_PACKAGES, "__future__")
    return False


def _program(
    answers: str, shared: str, exercise: str, wrong: ast.FunctionDef | ast.ClassDef
) -> tuple[str, ...]:
    bare = ast.parse(ast.unparse(wrong)).body[0]
    assert isinstance(bare, ast.FunctionDef | ast.ClassDef)
    bare.decorator_list = []
    separate = (
        "import types as _types\n"
        "answers = _types.ModuleType('answers')\n"
        f"exec(compile({answers!r}, 'answers', 'exec', dont_inherit=True), answers.__dict__)"
    )
    return answers, separate, shared, ast.unparse(bare), f"{exercise} = {wrong.name}"


def digest_of(course: Course, name: str) -> str:
    """The digest of an assignment's `Lesson`, of which nothing is loaded for it.

    Raises:
        CourseError: course.yml or the instructor's side has no such assignment.
    """
    plan, folder = course.plan(name), solutions_folder(course, name)
    state = hashlib.sha256()
    files = sorted(folder.glob("*.py")) + sorted((course.root / "reference").rglob("*.py"))
    add_files(state, course.root, files)
    marks = {
        "points": dict(plan.points),
        "limits": course.limits_of(name).model_dump(),
        "follow_through": course.follow_through,
    }
    state.update(json.dumps(marks, sort_keys=True).encode())
    return state.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: this file cannot be read: {error}") from error
