"""The image, its workflow and what the documentation says of them are one.

`CHAINRULE_IMAGE=1`, as root and with debootstrap, has the workflow run here, without Docker; more
options of `tools/without_docker.py` (`--bind PATH`) may stand there. It takes some minutes.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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


STAND_IN = """\
set -e
id() { echo 1000; }
docker() { "$PYTHON" "$TOOL" --images "$IMAGES" $OPTIONS "$@"; }
"""
"""Docker for the workflow's shell, and a user who is not root."""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that other users may pass through."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.root
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("rootless", [False, True], ids=["root", "rootless"])
def test_the_workflow_runs_step_by_step(place: Path, rootless: bool) -> None:
    asked = os.environ.get("CHAINRULE_IMAGE")
    if not asked or os.getuid() or not shutil.which("debootstrap"):
        pytest.skip("not asked for by CHAINRULE_IMAGE=1, or neither root nor debootstrap is here")
    options = f"{asked.removeprefix('1')} {'--rootless' if rootless else ''}"
    work = place / f"runner{rootless}"
    work.mkdir()
    env = os.environ | {
        "PYTHON": sys.executable, "TOOL": str(ROOT / "tools" / "without_docker.py"),
        "IMAGES": str(place / "images"), "OPTIONS": options, "RUNNER_TEMP": str(work),
    }  # fmt: skip
    build, use = (line for line in (step.get("run", "") for step in JOBS["image"]["steps"])
                  if "docker" in line)  # fmt: skip
    if not (place / "images" / "chainrule.json").exists():
        subprocess.run(["bash", "-c", STAND_IN + build], cwd=ROOT, env=env, check=True)
    made = use.replace('" && cd', '" && chmod 777 "$RUNNER_TEMP/work" && cd')
    done = subprocess.run(
        ["bash", "-c", STAND_IN + made], env=env, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    said = " ".join(done.stdout.split())
    assert "Full isolation works on this machine." in said and "0 complaints" in said
    owner = (work / "work" / "nets" / "course.yml").stat()
    assert (owner.st_uid, owner.st_gid) == (1000, 1000)
