"""`make gpu BIN=…` in an environment without nbgrader and otter, and what only they need."""

import os
import re
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
ROOT = TESTS.parent
BINARIES = Path(sys.executable).parent
MARK = "mark" + ".gpu"
MISSING = (
    "nbgrader", "otter", "nbclient", "nbconvert", "jupyter_server", "notebook", "distributed",
    "dask", "psycopg", "playwright", "axe_playwright_python", "trustme", "copydetect", "mkdocs",
)  # fmt: skip
WITHOUT = """\
import sys


class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Missing())
"""


def opened() -> list[str]:
    """The files that `make gpu` gives to pytest."""
    command = ["make", "--dry-run", "gpu", f"BIN={BINARIES}"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (line,) = (one for one in shown.splitlines() if "pytest" in one)
    assert " -m gpu " in line
    return line.partition(" -m gpu ")[2].split()


def test_every_file_with_a_test_for_a_gpu_is_opened() -> None:
    marking = {path.stem for path in TESTS.glob("*.py") if MARK in path.read_text("utf-8")}
    shared = "|".join(sorted(name for name in marking if not name.startswith("test_")))
    imports = re.compile(rf"^\s*(from|import) ({shared})\b", re.MULTILINE)
    wanted = {
        f"tests/{path.name}"
        for path in TESTS.glob("test_*.py")
        if path.stem in marking or imports.search(path.read_text("utf-8"))
    }
    assert len(wanted) >= 6 and set(opened()) == wanted


def test_they_are_collected_without_what_knows_of_no_gpu(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(WITHOUT.format(names=MISSING))
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "gpu", "--collect-only", "-p", "no:cacheprovider",
         *opened()],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    found = {line.partition(":")[0] for line in done.stdout.splitlines() if "tests/" in line}
    assert found == set(opened())
