"""What pydantic found wrong with a YAML file, in words: file and line, key, value, remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from grader.course.fields import did_you_mean
from grader.course.marked_yaml import Marked, Place, dotted, shown
from grader.errors import CourseError

Model = TypeVar("Model", bound=BaseModel)

_REMEDIES = {
    "string_type": "give text (in quotes if it looks like a number)",
    "float_type": "give a number",
    "int_type": "give a whole number",
    "bool_type": "give true or false",
    "finite_number": "give a finite number",
    "dict_type": "give a mapping, one `name: value` in a line",
    "model_type": "give a mapping, one `key: value` in a line",
    "tuple_type": "give a list, such as [one, two]",
    "list_type": "give a list, each entry on a line that begins with `- `",
    "too_short": "give at least one",
}


def validated(
    marked: Marked,
    model: type[Model],
    data: Any,
    known: Callable[[Place], list[str]],
    private: frozenset[Place] = frozenset(),
    context: Any = None,
) -> Model:
    """A file's data as a model has it.

    Args:
        marked: the file.
        model: what its data should be.
        data: those of the file, perhaps with more beside them.
        known: see `in_words`.
        private: see `in_words`.
        context: what the model's validators are told.

    Raises:
        CourseError: a value is wrong; in words.
    """
    try:
        return model.model_validate(data, context=context)
    except ValidationError as error:
        raise CourseError(in_words(marked, error, known, private)) from None


def in_words(
    marked: Marked,
    error: ValidationError,
    known: Callable[[Place], list[str]],
    private: frozenset[Place] = frozenset(),
) -> str:
    """The first error in one line, and how many more there are.

    Args:
        marked: the file that was read.
        error: what its model said of it.
        known: the keys that may stand under a key path.
        private: key paths whose values are not repeated, for they may hold a password.
    """
    found = error.errors(include_url=False)
    # An unknown key says more than the missing one that it was meant to be.
    found.sort(key=lambda item: item["type"] != "extra_forbidden")
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return _one(marked, found[0], known, private) + more


def _one(
    marked: Marked,
    error: ErrorDetails,
    known: Callable[[Place], list[str]],
    private: frozenset[Place],
) -> str:
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    where = f"{marked.path}:{marked.line(place)}: {dotted(place)}"
    kind, context = error["type"], error.get("ctx", {})
    if kind == "missing":
        return f"{where} is missing; add it"
    if kind == "extra_forbidden":
        return f"{where}: unknown key{did_you_mean(str(place[-1]), known(place[:-1]))}"
    about = where if place in private else f"{where} is {shown(error.get('input'))}"
    return f"{about}: {_remedy(kind, context, error['msg'])}"


def _remedy(kind: str, context: dict[str, Any], message: str) -> str:
    if kind in _REMEDIES:
        return _REMEDIES[kind]
    if kind == "greater_than":
        return f"give a number above {context['gt']:g}"
    if kind == "greater_than_equal":
        return f"give a number of at least {context['ge']:g}"
    if kind == "less_than_equal":
        return f"give a number of at most {context['le']:g}"
    if kind == "literal_error":
        return f"choose {context['expected']}"
    return message.removeprefix("Value error, ")
