"""What the documentation names exists, and what a reader may type stands in it."""

import re
from pathlib import Path

import pytest

from grader.course.syllabus import AssignmentPlan

ROOT = Path(__file__).parents[1]
DOCS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md")}
SECURITY = DOCS["security.md"]
NAMED = re.findall(r"`(test_\w+\.py)::(test_\w+)`", SECURITY)


def rows(title: str) -> list[list[str]]:
    """The cells of the first table below a title."""
    lines = SECURITY.split(f"## {title}\n")[1].split("\n## ")[0].splitlines()
    table = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    return [[cell.strip() for cell in line] for line in table[2:]]


def test_every_threat_has_a_layer_and_a_test() -> None:
    found = rows("Threats, layers, tests")
    assert len(found) >= 20
    for threat, layer, tests in found:
        assert threat and layer and re.fullmatch(r"`test_\w+\.py::test_\w+`(, `[\w.:]+`)*", tests)


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED)))
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    assert re.search(rf"^def {name}\(", (ROOT / "tests" / file).read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(grader/[\w/]+\.py)`", SECURITY))))
def test_a_file_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).is_file()


def test_a_round_can_be_found_in_the_documentation() -> None:
    assert "round" in AssignmentPlan.model_fields
    assert "round: 1" in DOCS["instructors.md"] and "rounds.json" in DOCS["instructors.md"]
    assert "`--fresh`" in DOCS["instructors.md"].split("## Rounds")[1].split("\n## ")[0]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http)([\w./]+)\)", SECURITY))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / "docs" / link).is_file()
