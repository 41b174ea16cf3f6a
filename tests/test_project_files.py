"""Licence, citation, changes and how to help: they agree with the package and with each other."""

import re
import tomllib

import pytest
import yaml
from documented import ROOT  # type: ignore[import-not-found]

import grader

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_licence_is_the_package_s() -> None:
    assert PROJECT["license"] == "Apache-2.0" == yaml.safe_load(text("CITATION.cff"))["license"]
    assert "Apache License" in text("LICENSE") and "Version 2.0" in text("LICENSE")


def test_the_citation_names_the_version() -> None:
    cited = yaml.safe_load(text("CITATION.cff"))
    assert cited["cff-version"] == "1.2.0" and cited["title"].startswith("Chainrule")
    assert cited["version"] == grader.__version__


def test_the_changes_begin_with_what_is_not_released_and_have_this_version() -> None:
    titles = re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert titles[0] == "Unreleased"
    assert titles[1].startswith(f"{grader.__version__} ")
    kinds = re.findall(r"^### (.+)$", text("CHANGELOG.md"), re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "README.md", "docs/tutorial.md"])
def test_what_make_is_told_to_make_can_be_made(name: str) -> None:
    typed = re.findall(r"(?:`|^\$ |^)make ([a-z]+)", text(name), re.MULTILINE)
    assert typed and set(typed) <= set(TARGETS)


@pytest.mark.parametrize("path", re.findall(r"`((?:docs|tests)/[\w./-]+|[A-Z_]+\.md)`",
                                            text("CONTRIBUTING.md")))  # fmt: skip
def test_a_file_that_contributors_are_sent_to_exists(path: str) -> None:
    assert (ROOT / path).is_file()
