"""docs/troubleshooting.md has the messages of exit code 2, and none that nobody says."""

import ast
import re
from collections.abc import Iterator

import pytest
from documented import ROOT, page, rows  # type: ignore[import-not-found]

PAGE = "troubleshooting.md"
GAP = "…"
KINDS = {"UsageError", "CourseError", "IsolationUnavailable"}
FOR_AUTHORS = {
    # Met by who writes checks, answers or hints: each names file, line and remedy by itself.
    "comparing", "controller", "notebook", "otter", "validate", "course/slips",
    "course/equivalents.py", "course/written.py",
    # Met by who translates.
    "course/terms.py", "languages", "translations", "nbgrader/editions.py",
}  # fmt: skip
WHOLE = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "grader").rglob("*.py"))


def template(node: ast.expr) -> str:
    """A message with a gap for whatever is filled in."""
    match node:
        case ast.Constant(str(text)):
            return text
        case ast.JoinedStr(parts):
            return "".join(template(part) for part in parts)
        case ast.BinOp(left=left, right=right):
            return template(left) + template(right)
    return GAP


def raised() -> Iterator[tuple[str, str]]:
    """(file, message) of every error of exit code 2 that a newcomer can meet."""
    for path in sorted((ROOT / "grader").rglob("*.py")):
        name = str(path.relative_to(ROOT / "grader"))
        if any(name.startswith(one) for one in FOR_AUTHORS):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(kind), args=[message, *_]) if kind in KINDS:
                    yield name, template(message)


def plain(text: str) -> str:
    return " ".join(text.replace("`", "").split())


def fixed(message: str) -> list[str]:
    """The parts of a message that are always the same, the longest first."""
    return sorted((part.strip(" :;,.()") for part in plain(message).split(GAP)), key=len)[::-1]


TOLD = [
    message for row in rows(page(PAGE)) for message in re.findall(r"`([^`]+)`", row[0])
    if "`" not in message
]  # fmt: skip
RAISED = [(name, message) for name, message in raised() if len(fixed(message)[0]) > 8]


def test_there_are_messages_to_be_told() -> None:
    assert len(RAISED) > 40


@pytest.mark.parametrize(("name", "message"), RAISED, ids=[plain(m)[:70] for _, m in RAISED])
def test_a_message_is_explained(name: str, message: str) -> None:
    told = plain(page(PAGE))
    part = fixed(message)[0]
    known = part in told or any(
        len(fixed(one)[0]) > 8 and fixed(one)[0] in plain(message) for one in TOLD
    )
    assert known, f"docs/troubleshooting.md does not explain what grader/{name} says: {message}"


@pytest.mark.parametrize("message", TOLD)
def test_a_message_that_is_explained_is_said_by_somebody(message: str) -> None:
    said = {plain(text) for _, text in raised()}
    code = plain(re.sub(r'"\s*f?"', "", WHOLE).replace("\\n", " "))
    others = ("command not found", "No such", "Missing argument", "Chainrule needs", "unreadable")
    for part in filter(None, fixed(message)):
        known = part in code or any(part in one for one in said) or message.startswith(others)
        assert known or any(word in message for word in others), f"nobody says {part!r}"


def test_the_page_is_reached_from_where_it_is_needed() -> None:
    for name in ("tutorial.md", "commands.md"):
        assert "troubleshooting.md" in page(name)
    assert (ROOT / "docs" / PAGE).is_file()
