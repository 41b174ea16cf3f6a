"""A project below /tmp: its libraries are there for a worker, its secrets are not."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from boxes import LIGHT, Box, box, policy, program  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.grading.doctor import diagnose
from grader.worker import namespaces

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

SECRET = "the model answer"
SECRETS = ("solutions/one/answers.py", ".chainrule/seed", ".chainrule/results.sqlite")
LIBRARY = ".venv/lib/late_library/__init__.py"
LAYERS = {"full": ("all together",), "process": ("landlock", "seccomp")}


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """Files that every user may read, so that only the confinement keeps them."""
    root = Path(tempfile.mkdtemp(prefix="chainrule-", dir="/tmp"))
    for name in (*SECRETS, LIBRARY):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("answer = 42\n" if name == LIBRARY else f"# {SECRET}\n")
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    yield root
    shutil.rmtree(root)


@pytest.fixture(
    scope="module", params=["full self", "full nobody", "process self", "process nobody"]
)
def worker(request: pytest.FixtureRequest, project: Path) -> Iterator[Box]:
    isolation, user = request.param.split()
    if user == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can start a zygote as another user")
    works = {probe.layer: probe.works for probe in diagnose()}
    if not all(works[layer] for layer in LAYERS[isolation]):
        pytest.skip(f"this machine cannot confine by {isolation!r}")
    usual = policy(isolation)
    readable = (*usual.readable, str(project / ".venv"))
    with (
        Zygote(replace(usual, readable=readable), program=program(user, LIGHT)) as zygote,
        box(zygote) as made,
    ):
        yield made


def test_its_libraries_can_be_imported_late(worker: Box, project: Path) -> None:
    code = f"import sys; sys.path.append({str(project / '.venv/lib')!r})\n"
    answer = worker.run(code + "import late_library; result = late_library.answer")
    assert (answer.result, answer.error) == (42, None)


def test_its_secrets_cannot_be_read(worker: Box, project: Path) -> None:
    for name in SECRETS:
        answer = worker.run(f"result = open({str(project / name)!r}).read()")
        assert answer.error in ("FileNotFoundError", "PermissionError"), answer
    search = f"""
import os
result = []
for start in ("/tmp", {str(project)!r}, os.getcwd(), os.environ["TMPDIR"], "/"):
    for folder, _, files in os.walk(start):
        if folder.startswith(("/usr", "/lib", "/proc")) or "site-packages" in folder:
            continue
        for name in files:
            try:
                result += [name] * ({SECRET!r} in open(folder + "/" + name).read())
            except (OSError, ValueError):
                pass
"""
    assert worker.run(search).result == []


def test_its_libraries_cannot_be_written(worker: Box, project: Path) -> None:
    for name in (LIBRARY, ".venv/lib/planted.pth"):
        answer = worker.run(f"open({str(project / name)!r}, 'w')")
        assert answer.error in ("OSError", "PermissionError"), answer
    assert worker.run(f"import os; os.unlink({str(project / LIBRARY)!r})").error is not None
    assert (project / LIBRARY).read_text() == "answer = 42\n"


def test_the_scratch_is_where_everybody_looks_for_it(worker: Box, project: Path) -> None:
    code = "import os, tempfile; result = [tempfile.gettempdir(), os.getcwd(), os.environ['HOME']]"
    (scratch,) = set(worker.run(code).result)
    code = "import tempfile\nwith tempfile.NamedTemporaryFile() as file: result = file.name"
    assert worker.run(code).result.startswith(f"{scratch}/")
    here, there = f"{scratch}/here", "/tmp/there-" + project.name
    assert worker.run(f"open({here!r}, 'w').write('x')").error is None
    if os.path.exists(scratch):  # isolation "process": a folder of the machine's own
        assert worker.run(f"open({there!r}, 'w')").error == "PermissionError"
    else:
        both = f"open({there!r}, 'w').write('y')\nresult = open({there!r}).read()"
        assert worker.run(both).result == "y"
        assert worker.run("import os; result = os.listdir()").result == ["here"]
    assert not Path(there).exists()


def test_the_doctor_finds_as_much_there(project: Path) -> None:
    usual = policy()
    below = replace(usual, readable=(*usual.readable, str(project / ".venv")))
    found = {probe.layer: probe.works for probe in diagnose(below)}
    assert found == {probe.layer: probe.works for probe in diagnose(usual)}


def test_a_private_umask_hides_no_library() -> None:
    if not all(probe.works for probe in diagnose() if probe.needed):
        pytest.skip("this machine cannot confine fully")
    private = LIGHT.replace("sys.exit(", "import os; os.umask(0o077)\nsys.exit(")
    with Zygote(policy(), program=private) as zygote, box(zygote) as made:
        answer = made.run("import wave, yaml; result = yaml.__version__")
        assert answer.error is None and answer.result


def test_the_scratch_collides_with_nothing() -> None:
    free = namespaces.free_scratch(("/usr", "/tmp/chainrule/.venv")).place
    assert free.startswith("/scratch") and not os.path.lexists(free)
    for taken in (free, f"{free}/project/.venv"):
        other = namespaces.free_scratch(("/usr", taken)).place
        assert other != free and not taken.startswith(f"{other}/")


@pytest.mark.parametrize(
    "project", ["/mnt/chainrule", "/sys/kernel/x", "/home/a/b", "/tmp/a", "/var/tmp/a", "/root"]
)
def test_the_stage_hides_no_project(project: str) -> None:
    stage = namespaces._stage(("/usr", f"{project}/.venv"))
    assert os.path.isdir(stage)
    assert not f"{project}/.venv/".startswith(f"{stage}/")
