"""The wheel, built through the sdist and installed away from the checkout."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
BUILT_FROM = (
    "grader", "assignments", "solutions", "reference", "course.yml", "nbgrader_config.py",
    "jupyter_server_config.py", "words.zh.yml", "constraints.txt", "pyproject.toml", "setup.py",
    "MANIFEST.in", "README.md", "docs/examples/own_lecture",
)  # fmt: skip


class Installed:
    """An installation of the wheel, and how its command is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, at: Path, *words: str, code: int = 0) -> subprocess.CompletedProcess:
        """Run `chainrule`, and hold it to its exit code."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        program = str(self.folder / "bin" / "chainrule")
        done = subprocess.run(
            [program, *words], cwd=at, env=kept | {"PYTHONPATH": str(self.folder)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}"
        return done


def install_wheel(root: Path) -> Installed:
    """Through the sdist, as a package index's users would have it; torch is this environment's."""
    source = root / "source"
    source.mkdir()
    unwanted = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    for name in BUILT_FROM:
        if (REPOSITORY / name).is_dir():
            shutil.copytree(REPOSITORY / name, source / name, ignore=unwanted)
        else:
            shutil.copy2(REPOSITORY / name, source / name)
    build = "import setuptools.build_meta as b; b.build_sdist(r'../sdist')"
    (root / "sdist").mkdir()
    subprocess.run([sys.executable, "-c", build], cwd=source, check=True, capture_output=True)
    (archive,) = (root / "sdist").iterdir()
    with tarfile.open(archive) as packed:
        packed.extractall(root / "unpacked", filter="data")
    (unpacked,) = (root / "unpacked").iterdir()
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    alone = ["--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "wheel", *alone, "-w", str(root / "dist"), str(unpacked)], check=True)
    (wheel,) = (root / "dist").glob("*.whl")
    where = root / "installed"
    subprocess.run(
        [*pip, "install", "--no-deps", "--no-index", "--target", str(where), str(wheel)], check=True
    )
    return Installed(where)
