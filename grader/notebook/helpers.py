"""Where the helpers of `answers.py` go: to the first exercise that uses them."""

from __future__ import annotations

import ast

from grader.notebook.answers import Answers, Helper, names_used
from grader.notebook.merging import plain_dump
from grader.notebook.model import Code, Demo, Example, Notebook
from grader.notebook.names import bound_names
from grader.notebook.percent import refuse
from grader.notebook.reading import parse_cell

FIRST = ""
"""What stands above the first exercise: no name of one."""


def place_helpers(notebook: Notebook, answers: Answers) -> dict[str, list[Helper]]:
    """The helpers that go into each exercise's cell; what the notebook gives itself is left out.

    A helper that runs while a class is being defined goes one exercise earlier, for regions end
    below the definition that they are in. Where the exercise that an import went with is left out,
    it may have to be given, above the first one: that place is `FIRST`.

    Raises:
        CourseError: an answer needs what comes later in the notebook, or a helper's name means
            something else there.
    """
    given = _given(notebook, answers)
    order = notebook.exercises
    placed: dict[str, list[Helper]] = {exercise: [] for exercise in (FIRST, *order)}
    done: set[int] = {id(helper) for helper in given}
    for number, exercise in enumerate(order):
        _nothing_later(notebook, answers, order[number + 1 :], exercise)
        for helper in answers.needed_at_once(exercise):
            if id(helper) in done:
                continue
            if number == 0 and notebook.left_out and _is_import(helper):
                placed[FIRST].append(helper)
                done.add(id(helper))
                continue
            if number == 0:
                reason = (
                    f"the definition of {exercise}, the first exercise, needs this at once; "
                    "put it into a code cell of the notebook too"
                )
                raise refuse(answers.path, helper.node.lineno, reason)
            placed[order[number - 1]].append(helper)
            done.add(id(helper))
        for helper in answers.needed(exercise):
            if id(helper) not in done:
                placed[exercise].append(helper)
                done.add(id(helper))
    used = [helper for helpers in placed.values() for helper in helpers]
    _not_overwritten(notebook, answers, used)
    return placed


def _is_import(helper: Helper) -> bool:
    """Whether it may be given to students: it is no part of an answer."""
    return isinstance(helper.node, ast.Import | ast.ImportFrom)


def _nothing_later(notebook: Notebook, answers: Answers, later: list[str], exercise: str) -> None:
    names = names_used(answers.exercises[exercise])
    for helper in answers.needed(exercise):
        names |= names_used(helper.node)
    for name in later:
        if name in names:
            line = answers.exercises[exercise].lineno
            reason = f"{exercise} uses {name}, which students write later, in {notebook.path}:"
            raise refuse(answers.path, line, f"{reason}{notebook.stubs[name].line}")


def _given(notebook: Notebook, answers: Answers) -> list[Helper]:
    """The helpers that a code cell of the notebook holds as well."""
    meanings: dict[str, tuple[str, int]] = {}
    for cell in notebook.cells:
        if isinstance(cell, Code):
            for node in parse_cell(cell.source).body:
                for name, meaning in _meanings(node).items():
                    meanings[name] = meaning, cell.line - 1 + node.lineno
    found = []
    for helper in answers.helpers:
        ours = _meanings(helper.node)
        for name in sorted(helper.names & set(meanings)):
            meaning, line = meanings[name]
            if name in ours and not _same(ours[name], meaning):
                reason = f"{name} is something else in {notebook.path}:{line}; use another name"
                raise refuse(answers.path, helper.node.lineno, reason)
        if ours and all(name in meanings and ours[name] == meanings[name][0] for name in ours):
            found.append(helper)
    return found


def _same(one: str, other: str) -> bool:
    """Whether two meanings of a name agree; `import a.b` and `import a` bind the same `a`."""
    module = "module "
    if one.startswith(module) and other.startswith(module):
        return one.split(".")[0] == other.split(".")[0]
    return one == other


def _meanings(node: ast.stmt) -> dict[str, str]:
    """What a statement makes each of its names mean, comparable as text."""
    found = {}
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                found[alias.asname] = alias.name
            else:
                found[alias.name.split(".")[0]] = f"module {alias.name}"
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            found[alias.asname or alias.name] = f"{'.' * node.level}{node.module}.{alias.name}"
    elif isinstance(node, ast.FunctionDef | ast.ClassDef):
        found[node.name] = plain_dump(node)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                found[part.id] = plain_dump(node)
    return found


def _not_overwritten(notebook: Notebook, answers: Answers, used: list[Helper]) -> None:
    ours = {name: helper for helper in used for name in helper.names}
    for cell in notebook.cells:
        if not isinstance(cell, Demo | Example):
            continue
        same: dict[str, str] = {}
        for node in parse_cell(cell.source).body:
            same |= _meanings(node)
        for name, line in bound_names(cell):
            helper = ours.get(name)
            if helper and not _same(_meanings(helper.node).get(name, ""), same.get(name, "?")):
                reason = f"{name} is overwritten in {notebook.path}:{line}; use another name"
                raise refuse(answers.path, helper.node.lineno, reason)
