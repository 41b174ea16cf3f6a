"""The image, its workflow and what the documentation says of them are one."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "own-course.md").read_text(encoding="utf-8")
JOBS = yaml.safe_load((ROOT / ".github" / "workflows" / "wheel.yml").read_text())["jobs"]
OPTION = re.compile(r"--security-opt [\w=-]+")


def run_lines(job: str) -> str:
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


def test_nobody_in_the_image_is_root() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    last = max(number for number, line in enumerate(lines) if line.startswith("USER "))
    assert users == ["instructor"]
    assert not [line for line in lines[last:] if line.startswith(("RUN ", "COPY ", "ADD "))]


def test_what_the_image_is_made_of_is_there() -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    copied = [shlex.split(line)[1] for line in text.splitlines() if line.startswith("COPY ")]
    assert copied == [".", "constraints.txt", "--from=wheel"]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert (ROOT / "constraints.txt").is_file()
    built_from = {"grader", "assignments", "solutions", "reference", "course.yml", "setup.py"}
    assert not built_from & set(ignored)


def test_the_page_gives_the_options_that_the_workflow_uses_and_says_why() -> None:
    used = set(OPTION.findall(run_lines("image")))
    table = [line for line in PAGE.splitlines() if line.startswith("| `--security-opt")]
    assert len(used) == 2 and used == set(OPTION.findall("\n".join(table)))
    (command,) = re.findall(r"```\n(docker run .*?)```", PAGE, re.DOTALL)
    assert used == set(OPTION.findall(command)) and "--privileged" not in command


@pytest.mark.parametrize("option", ["--lectures", "--language", "--title", "--timezone"])
def test_the_page_names_every_option_of_new(option: str) -> None:
    assert f"| `{option} " in PAGE
