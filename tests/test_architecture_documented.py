"""docs/architecture.md names every room of the grader, and no room or file that is not there."""

import re

from documented import ROOT, page, rows, section  # type: ignore[import-not-found]


def test_every_room_is_named() -> None:
    told = " ".join(row[0] for row in rows(section("architecture.md", "## The rooms")))
    rooms = [path.parent.name for path in sorted((ROOT / "grader").glob("*/__init__.py"))]
    assert not [room for room in rooms if f"`grader/{room}/`" not in told]


def test_every_path_that_is_named_exists() -> None:
    for name in re.findall(r"`((?:grader|assignments|solutions|reference)/[\w/.]*)`",
                           page("architecture.md")):  # fmt: skip
        assert (ROOT / name).exists(), name
