"""The slips of an exercise: known mistakes and hinted mutants as edits of the model answers."""

from __future__ import annotations

import ast
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from grader.course.slips.edits import Edit, Edits, Text, apart, text_of, text_of_source
from grader.course.slips.hints import hints_of
from grader.course.slips.insertions import insertions
from grader.course.slips.misreadings import misreadings
from grader.course.slips.mutants import mutants
from grader.course.slips.omissions import omissions
from grader.course.slips.templates import Templates
from grader.course.slips.transforms import transforms_of

INSERTIONS = 600
"""The most insertions of an exercise that are tried, spread over its answer."""

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, eq=False)
class Slip:
    """One wrong turn, or two at once: the hints it earns, and the definitions it changes.

    Args:
        name: of the known mistakes in it, "" for mutants.
        hints: what to tell, one for each slip; none where nobody knows.
        changes: the edits of each changed definition, by its name.
    """

    name: str
    hints: tuple[str, ...]
    changes: Mapping[str, Edits]


@dataclass(frozen=True)
class Workshop:
    """The definitions of the model answers that an exercise runs through."""

    exercise: str
    nodes: Mapping[str, ast.stmt]

    @cached_property
    def texts(self) -> Mapping[str, Text]:
        """The definitions as text."""
        return {name: text_of(node) for name, node in self.nodes.items()}

    def source(self, slip: Slip) -> str:
        """The changed definitions."""
        return "\n\n".join(
            text.edited(slip.changes[name])
            for name, text in self.texts.items()
            if name in slip.changes
        )

    def mistake(self, name: str, hint: str, source: str) -> Slip:
        """A known mistake, from the source of its definition, as edits of the answer."""
        (node,) = ast.parse(source).body
        assert isinstance(node, _DEFINITIONS)
        node.name = self.exercise
        return Slip(name, (hint,), self._to(self.exercise, text_of(node)))

    def mutant(self, hint: str, definition: str, code: str) -> Slip:
        """A mutant, from the source of its definition, with the hint that it has or ""."""
        return Slip("", (hint,) if hint else (), self._to(definition, text_of_source(code)))

    def rewritten(self, hint: str, definition: str, code: str) -> Slip:
        """A slip of which only the whole source is known: it cannot be joined with another."""
        size = sum(map(len, self.texts[definition].lines))
        whole = (Edit(0, size, (f"{code}\n",)),)
        return Slip("", (hint,) if hint else (), {definition: whole})

    def _to(self, name: str, other: Text) -> dict[str, Edits]:
        return {name: self.texts[name].edits_to(other)}


def workshop(source: str, exercise: str, exercises: Collection[str]) -> Workshop:
    """What an exercise's answer runs through: itself, and the helpers that it uses.

    Args:
        source: of the model answers.
        exercise: the exercise.
        exercises: all exercises of the assignment, which are no helpers.
    """
    nodes = {n.name: n for n in ast.parse(source).body if isinstance(n, _DEFINITIONS)}
    used, fresh = {exercise}, [exercise]
    while fresh:
        names = {n.id for n in ast.walk(nodes[fresh.pop()]) if isinstance(n, ast.Name)}
        found = (names & set(nodes)) - set(exercises) - used
        used |= found
        fresh += sorted(found)
    return Workshop(exercise, {n: node for n, node in nodes.items() if n in used})


def mutant_slips(source: str, shop: Workshop, where: str = "answers") -> list[Slip]:
    """Every mutant and omission in the workshop's definitions; none if none of them has a hint.

    A mutant whose statement has none is a slip without hints: it tells where a hint is uncertain.

    Raises:
        CourseError: a hint that stands wrong.
    """
    hints = hints_of(source, where)
    if not hints.texts:
        return []
    made = [
        shop.mutant(hints.at(mutant.line, mutant.starts), mutant.exercise, mutant.code)
        for mutant in mutants(source, tuple(shop.texts), omissions)
    ]
    return made if any(slip.hints for slip in made) else []


def further_slips(
    source: str, shop: Workshop, names: Collection[str], where: str = "answers"
) -> Iterator[Slip]:
    """What is tried where no mutant explains a wrong answer: misreadings, then insertions.

    Args:
        source: of the model answers.
        shop: the definitions that are changed.
        names: the arguments by the names that a student knows; no other is misread.
        where: what the source is called in errors.

    Raises:
        CourseError: a hint that stands wrong.
    """
    transforms, hints = transforms_of(source), hints_of(source, where)
    node = shop.nodes[shop.exercise]
    if isinstance(node, ast.FunctionDef):
        for sentence, code in misreadings(node, transforms, names):
            yield shop.mutant(sentence, shop.exercise, code)
    made = [(name, one) for name in shop.nodes for one in insertions(shop.nodes[name], transforms)]
    if len(made) > INSERTIONS:
        made = [made[at] for at in sorted(random.Random(0).sample(range(len(made)), INSERTIONS))]
    templates = {name: Templates(node) for name, node in shop.nodes.items()}
    for name, change in made:
        code = templates[name].changed(change)
        yield shop.rewritten(hints.at(change.line, change.statement.lineno), name, code)


def pairs(mistakes: Sequence[Slip], others: Sequence[Slip]) -> Iterator[Slip]:
    """Two hinted slips at once that touch no word together: mistakes, then with and of mutants."""
    known = list(mistakes)
    others = [other for other in others if other.hints]
    for at, one in enumerate(known):
        yield from (both for other in known[at + 1 :] if (both := _both(one, other)))
    for one in known:
        yield from (both for other in others if (both := _both(one, other)))
    # Spread over all of them, the same in every run: few may be asked for.
    places = list(combinations(range(len(others)), 2))
    random.Random(0).shuffle(places)
    yield from (both for i, j in places if (both := _both(others[i], others[j])))


def _both(one: Slip, other: Slip) -> Slip | None:
    shared = one.changes.keys() & other.changes.keys()
    if not all(apart(one.changes[name], other.changes[name]) for name in shared):
        return None
    changes = {
        name: (*one.changes.get(name, ()), *other.changes.get(name, ()))
        for name in [*one.changes, *(n for n in other.changes if n not in one.changes)]
    }
    name = " + ".join(filter(None, [one.name, other.name]))
    return Slip(name, tuple(dict.fromkeys([*one.hints, *other.hints])), changes)
