"""The other peer: `otter run`, otter's own autograder, with the same cases as hidden tests.

One process a notebook, as `run_autograder` is on Gradescope; its tests run in the student's kernel.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.bench.account import Account
from grader.bench.inside import packed_cases
from grader.bench.peer import Peer, expected_values
from grader.controller.prepared import PreparedExercise
from grader.errors import GraderError

# No `name`: otter would refuse notebooks that do not bear it in their metadata.
_CONFIG = {"show_hidden": True, "print_summary": False}
_TEST = """\
from otter.test_files import test_case

OK_FORMAT = False
name = {name!r}
points = {points!r}


@test_case(points=None, hidden=True)
def test_hidden(env):
    from grader.bench.inside import assert_all

    assert_all({packed!r}, env)
"""


def otter_seconds(
    prepared: dict[str, PreparedExercise],
    notebooks: Sequence[Path],
    folder: Path,
    one_more: Callable[[], None],
) -> Peer:
    """What `otter run` takes for a submission.

    Args:
        prepared: the hidden cases that its tests get.
        notebooks: what was handed in.
        folder: an empty folder to work in.
        one_more: called when a notebook is through.

    Raises:
        GraderError: otter failed, or graded nothing.
    """
    autograder = folder / "autograder.zip"
    with zipfile.ZipFile(autograder, "w") as archive:
        archive.writestr("otter_config.json", json.dumps(_CONFIG))
        for name, exercise in prepared.items():
            packed = packed_cases(exercise.frame, expected_values(exercise))
            test = _TEST.format(name=name, points=exercise.points, packed=packed)
            archive.writestr(f"tests/{name}.py", test)
    with Account() as account:
        for number, notebook in enumerate(notebooks):
            out = folder / str(number)
            out.mkdir()
            _run(autograder, notebook, out, set(prepared))
            one_more()
    count = len(notebooks)
    return Peer(account.seconds / count, account.below / count)


def _run(autograder: Path, notebook: Path, out: Path, exercises: set[str]) -> None:
    binaries = str(Path(sys.executable).parent)
    command = [sys.executable, "-m", "otter", "run", "-a", str(autograder), "-o", str(out)]
    done = subprocess.run(
        [*command, "--no-logo", str(notebook.resolve())],
        cwd=out,
        env=os.environ | {"PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise GraderError(f"otter run failed:\n{(done.stderr or done.stdout)[-2000:]}")
    told = json.loads((out / "results.json").read_text(encoding="utf-8"))
    graded = {test["name"].partition(" ")[0] for test in told["tests"]}
    if not exercises <= graded or not any(test.get("score") for test in told["tests"]):
        raise GraderError(f"otter run graded nothing: {json.dumps(told)[:2000]}")
