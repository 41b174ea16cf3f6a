"""The wheel: the grader, and a copy of the course for `chainrule new` to start others from.

The course lies in the repository's own folders, once; only what is built holds the copy.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
STARTER = Path("grader", "starting", "course")
"""Where `grader.starting.starter` looks for it."""
EXAMPLE = Path("docs", "examples", "own_lecture")
"""What `chainrule new --example` copies, from beside the course."""
FOLDERS = ("assignments", "solutions", "reference")
FILES = ("course.yml", "nbgrader_config.py", "jupyter_server_config.py")
LEFT = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


class BuildWithCourse(build_py):
    """`build_py`, and the course beside the code; an editable install reads the repository's."""

    def run(self) -> None:
        """Copy what the wheel holds."""
        super().run()
        if self.editable_mode:
            return
        example = Path(self.build_lib, STARTER).with_name("example")
        shutil.rmtree(example, ignore_errors=True)
        shutil.copytree(ROOT / EXAMPLE, example, ignore=LEFT)
        target = Path(self.build_lib, STARTER)
        shutil.rmtree(target, ignore_errors=True)
        for name in FOLDERS:
            shutil.copytree(ROOT / name, target / name, ignore=LEFT)
        for file in (*(ROOT / name for name in FILES), *ROOT.glob("words.*.yml")):
            shutil.copy2(file, target / file.name)


setup(cmdclass={"build_py": BuildWithCourse})
