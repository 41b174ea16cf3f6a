"""docs/settings.md and the models of course.yml: every key, its default, an example that loads."""

from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from documented import blocks, rows, section  # type: ignore[import-not-found]
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from grader.course.syllabus import Course, load_course

PAGE = "settings.md"


def inner(field: FieldInfo) -> type[BaseModel] | None:
    """The model that a key's value holds, by itself, in a mapping or in an option."""
    for kind in (field.annotation, *get_args(field.annotation)):
        for one in (kind, *get_args(kind)):
            if isinstance(one, type) and issubclass(one, BaseModel):
                return one
    return None


def keys(model: type[BaseModel], title: str, place: tuple[str, ...] = ()) -> list[Any]:
    """(heading, key, field, place in the file) of every key below a model; "*" is any name."""
    found = []
    for name, field in model.model_fields.items():
        if name == "root":
            continue
        found.append((title, name, field, (*place, name)))
        if below := inner(field):
            many = "dict" in str(field.annotation)
            overrides = title == "## assignments" and name == "limits"
            found += keys(
                below,
                title if overrides else f"## {name}",
                (*place, name, *(["*"] if many else [])),
            )
    return found


KEYS = keys(Course, "## The course")
NAMES = [".".join(place) for _, _, _, place in KEYS]


@pytest.mark.parametrize(("title", "key", "field", "place"), KEYS, ids=NAMES)
def test_a_key_stands_in_its_table_with_type_and_default(
    title: str, key: str, field: FieldInfo, place: tuple[str, ...]
) -> None:
    if place[:3] == ("assignments", "*", "limits") and len(place) == 4:
        title, key_row = "## assignments", "limits"  # named there, described once, under limits
        (row,) = [row for row in rows(section(PAGE, title)) if row[0] == f"`{key_row}`"]
        assert f"`{key}`" in row[-1], f"docs/settings.md: {'.'.join(place)} is not named"
        return
    found = [row for row in rows(section(PAGE, title)) if row[0] == f"`{key}`"]
    assert len(found) == 1, f"docs/settings.md has no row for {'.'.join(place)} under {title!r}"
    _, kind, default, meaning = found[0]
    assert kind and len(meaning) > 10
    if field.is_required():
        assert default == "**required**"
    elif field.default is None:
        assert default.startswith("none")
    elif isinstance(field.get_default(call_default_factory=True), BaseModel):
        assert default.startswith(("see ", "the course's"))
    else:
        value = field.get_default(call_default_factory=True)
        written = list(value) if isinstance(value, tuple) else value
        shown = str(written).lower() if isinstance(written, bool) else str(written)
        assert default in (f"`{shown}`", "none" if written == {} else "")


def test_no_key_is_described_that_does_not_exist() -> None:
    titles = {title for title, *_ in KEYS}
    for title in titles:
        known = {key for other, key, *_ in KEYS if other == title}
        assert {row[0].strip("`") for row in rows(section(PAGE, title))} <= known


def examples() -> dict[str, Any]:
    """All examples of the page as one course.yml."""
    whole: dict[str, Any] = {}
    for block in blocks(PAGE, "yaml"):
        whole |= yaml.safe_load(block.text)
    return whole


def test_the_examples_are_a_course_that_loads(tmp_path: Path) -> None:
    text = "\n".join(block.text for block in blocks(PAGE, "yaml"))
    (tmp_path / "course.yml").write_text(text, encoding="utf-8")
    course = load_course(tmp_path)
    assert course.limits_of("week1").seconds == 30 and course.late.max_days == 7


@pytest.mark.parametrize("place", [place for *_, place in KEYS], ids=NAMES)
def test_a_key_has_an_example(place: tuple[str, ...]) -> None:
    found: Any = examples()
    for key in place:
        found = next(iter(found.values())) if key == "*" else found.get(key)
        assert found is not None, f"docs/settings.md: no example sets {'.'.join(place)}"
