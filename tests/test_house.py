"""The floors of `grader/`: a room imports only rooms below it, so that nothing runs back up."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader

HOUSE = Path(grader.__file__).parent

FLOORS = (
    ("cli",),
    ("bench", "demo", "starting", "term"),
    ("nbgrader", "otter"),
    ("exporting", "validate", "cluster"),
    ("grading", "translations"),
    ("controller", "notebook"),
    ("course",),
    ("comparing", "submissions", "render"),
    ("inert",),
    ("worker",),
    ("vocabulary", "proofs", "results", "languages"),
    ("errors",),
)
"""From the door down."""

BESIDE = {
    ("bench", "demo"): "the kit is measured on the demonstration's sample class",
}
"""Imports between two rooms of one floor, each with its reason."""


def rooms() -> set[str]:
    return {
        path.stem
        for path in HOUSE.iterdir()
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.name != "__init__.py")
    }


def imports_of(room: str) -> Iterator[tuple[Path, str]]:
    """Yield each file of a room with the name of a room that it imports."""
    folder = HOUSE / room
    for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [HOUSE / f"{room}.py"]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("grader."):
                yield file, str(node.module).split(".")[1]
            elif isinstance(node, ast.ImportFrom) and node.module == "grader":
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    if alias.name.startswith("grader."):
                        yield file, alias.name.split(".")[1]


def climbs(room: str, other: str) -> bool:
    """Whether an import of `other` in `room` runs up, or along a floor without a reason."""
    floor = {name: number for number, names in enumerate(FLOORS) for name in names}
    if room == other or other not in floor or (room, other) in BESIDE:
        return False
    return floor[other] <= floor[room]


def test_every_room_stands_on_a_floor() -> None:
    assert rooms() == {name for names in FLOORS for name in names}


@pytest.mark.parametrize("room", [name for names in FLOORS for name in names])
def test_a_room_imports_only_rooms_below_it(room: str) -> None:
    up = [f"{file.relative_to(HOUSE)} -> {other}" for file, other in imports_of(room)
          if climbs(room, other)]  # fmt: skip
    assert not up


def test_an_import_that_runs_up_is_seen() -> None:
    assert climbs("comparing", "controller")
    assert climbs("notebook", "controller")
    assert not climbs("controller", "comparing")


def test_what_runs_beside_student_code_imports_nothing_else_of_ours() -> None:
    assert {other for _, other in imports_of("worker")} <= {"worker"}
