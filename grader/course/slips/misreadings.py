"""Misreadings: answers that are right for another input than the one that came.

A variance taken for a standard deviation, a kernel turned round, a stride that is not used: what
comes back is the right result of an input in which one thing is changed. This can be said in
words without a hint of the course's, and shows nothing but the name that the stub gives it.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from grader.course.slips.templates import inserted
from grader.course.slips.transforms import Transform

_SAYS = "The result is right, but "

TAKEN = "The result is right, but for another `{}` than what came: for {}."
EXCHANGED = "The result is right, but with `{}` and `{}` exchanged."
ONE_FOR = "The result is right, but with `{}` in the place of `{}`."
FIXED = "The result is right, but for `{}` = {}: is what came used?"
BOTH = "The result is right, but for another `{}` and another `{}` than what came: for {}."

MANY = 5
"""Of more arguments than these, two are not misread at once."""

_FIXED = ("None", "0", "1", "True", "False")


def is_misreading(hint: str) -> bool:
    """Whether a hint says what a misreading is: it is true of whatever does the same."""
    return hint.startswith(_SAYS)


def misreadings(
    definition: ast.FunctionDef, transforms: Sequence[Transform], known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """Yield (sentence, source) of each misreading of a function's arguments.

    Args:
        definition: of the model answer.
        transforms: what an argument may be taken for.
        known: the names that a student knows; other arguments are left alone.
    """
    names = [argument.arg for argument in definition.args.args if argument.arg in known]
    said = list(_misread(names, transforms))
    first = 1 if ast.get_docstring(definition) is not None else 0  # a docstring stays first
    codes = inserted(definition, first, [code for _, code in said])
    yield from ((sentence, code) for (sentence, _), code in zip(said, codes, strict=True))


def _misread(names: Sequence[str], transforms: Sequence[Transform]) -> Iterator[tuple[str, str]]:
    """(sentence, statement) of each: what the function would begin with."""
    for name in names:
        for value in _FIXED:
            yield FIXED.format(name, value), f"{name} = {value}"
    for one, other in combinations(names, 2):
        yield EXCHANGED.format(one, other), f"{one}, {other} = ({other}, {one})"
        yield ONE_FOR.format(other, one), f"{one} = {other}"
        yield ONE_FOR.format(one, other), f"{other} = {one}"
    for name in names:
        for transform in transforms:
            yield TAKEN.format(name, transform.words), f"{name} = {_of(transform, name)}"
    for one, other in combinations(names if len(names) <= MANY else [], 2):
        for transform in transforms:
            code = f"{one}, {other} = ({_of(transform, one)}, {_of(transform, other)})"
            yield BOTH.format(one, other, transform.words), code


def _of(transform: Transform, name: str) -> str:
    return ast.unparse(transform.of(ast.Name(name, ast.Load())))
