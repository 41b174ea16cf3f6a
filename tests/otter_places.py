"""A course for otter, Gradescope's folders, and a machine that confines as a container does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from small_course import COURSE, NOTEBOOK, write_course  # type: ignore[import-not-found]

from grader.grading.doctor import IsolationUnavailable, require_full

# What Docker denies by default: namespaces, mounts and CAP_SYS_ADMIN. Being root stays.
CONTAINER = """
import errno, os, sys
import pyseccomp as s
rules = s.SyscallFilter(defaction=s.ALLOW)
rules.set_attr(s.Attr.CTL_NNP, 0)
for name in ("unshare", "setns", "mount", "umount2", "pivot_root", "open_tree", "fsopen"):
    rules.add_rule(s.ERRNO(errno.EPERM), name)
rules.add_rule(s.ERRNO(errno.ENOSYS), "clone3")
rules.load()
caps = ["--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin"]
os.execvp("setpriv", ["setpriv", *caps, *sys.argv[1:]])
"""


EXAMPLE = '''\
four = double(2)
text = """two
lines"""
assert len(text) == 9
assert four == 4, f"not {four}"
'''
RICH = NOTEBOOK.replace("assert double(2) == 4\n", EXAMPLE) + (
    "\n# %% demo=true\nprint(four, shown)\n"
)


def full_isolation() -> bool:
    """Whether this machine can confine fully."""
    try:
        require_full()
    except IsolationUnavailable:
        return False
    return True


def otter_course(made: Path) -> Path:
    """Write a course with what otter must carry: data, names between cells, a database's URL."""
    write_course(
        made,
        course=COURSE + "database: postgresql://me:secret@host/x\n",
        notebook=RICH,
    )
    (made / "assignments" / "one" / "data").mkdir()
    (made / "assignments" / "one" / "data" / "points.csv").write_text("1,2\n")
    (made / "reference").mkdir()
    (made / "reference" / "__init__.py").write_text("")
    return made


def unpack(bundle: Path, where: Path) -> Path:
    """Lay the zip out as Gradescope does; returns the folder that is /autograder there."""
    for name in ("source", "submission", "results"):
        (where / name).mkdir(parents=True)
    with zipfile.ZipFile(bundle) as archive:
        for info in archive.infolist():
            path = archive.extract(info, where / "source")
            os.chmod(path, (info.external_attr >> 16) & 0o777)
    return where


def run_autograder(place: Path, contained: bool = False) -> subprocess.CompletedProcess[str]:
    """Run the zip's own `run_autograder`, as Gradescope would, with this Python."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")}
    around = [sys.executable, "-c", CONTAINER] if contained else []
    return subprocess.run(
        [*around, str(place / "source" / "run_autograder"), str(place)],
        cwd="/",
        env=kept | {"CHAINRULE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def results(place: Path) -> dict[str, Any]:
    """What was written for Gradescope."""
    found: dict[str, Any] = json.loads((place / "results" / "results.json").read_text())
    return found
