"""`chainrule grade`: who enters the class, results afresh, damaged ones, and `--json`."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from boxes import AS_NOBODY  # type: ignore[import-not-found]
from postgres_server import server  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]
from test_store import spoil  # type: ignore[import-not-found]
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.cli.json_file import JsonFile
from grader.controller.zygote import grader_folder
from grader.course.syllabus import load_course
from grader.errors import GraderError
from grader.grading.store import Store, default_url
from grader.nbgrader.places import places_of

AD_HOC = "graded ad hoc: not entered into the class; add --enter to do so"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(red_course(tmp_path / "course", PATIENT))
    monkeypatch.chdir(root)
    return root


def run(*command: str) -> Result:
    weaker = ["--isolation", "process"] if command[0] == "grade" else []
    return CliRunner().invoke(app, [*command, *weaker])


def hand_in(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.py").write_text(f"{HONEST}\n# {name}\n")
    return folder


def in_class(course: Path) -> list[str]:
    with Store(default_url(course)) as store:
        return [one.student for one in store.latest("one")]


def with_roster(course: Path, *students: str) -> None:
    (course / "roster.csv").write_text("\n".join(["id", *students]) + "\n")
    (course / "course.yml").write_text(f"roster: roster.csv\n{PATIENT}")


def test_files_graded_ad_hoc_do_not_enter_the_class(course: Path, tmp_path: Path) -> None:
    file = hand_in(tmp_path / "elsewhere", "file") / "file.py"
    done = run("grade", "one", str(file))
    assert (done.exit_code, in_class(course)) == (0, []) and AD_HOC in done.stderr
    export = run("export", "csv", "one")
    assert export.exit_code == 2 and "PATH --enter" in export.stderr
    again = run("grade", "one", str(file), "--enter")
    assert (again.exit_code, in_class(course)) == (0, ["file"]) and AD_HOC not in again.stderr
    assert run("export", "csv", "one").exit_code == 0


def test_who_is_not_in_the_roster_does_not_enter_the_class(course: Path, tmp_path: Path) -> None:
    with_roster(course, "ann", "ben")
    folder = hand_in(tmp_path / "elsewhere", "ann", "stranger")
    done = run("grade", "one", str(folder), "--enter")
    assert (done.exit_code, in_class(course)) == (0, ["ann"])
    assert "not in the roster, so not entered into the class: stranger" in done.stderr
    assert "ann" not in done.stderr.split("entered into the class:")[1]
    collected = places_of(load_course(course)).submitted
    (collected / "ben" / "one").mkdir(parents=True)
    shutil.copy(folder / "ann.py", collected / "ben" / "one" / "one.py")
    for path in (collected, collected / "ben", collected.parent):
        done = run("grade", "one", str(path))
        assert done.exit_code == 0 and AD_HOC not in done.stderr
    assert in_class(course) == ["ann", "ben"]


def test_a_choice_between_two_files_is_told(course: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree" / "submitted" / "ann" / "one"
    hand_in(tree, "one", "other")
    hand_in(tree.parents[1] / "ben" / "one", "one")
    done = run("grade", "one", str(tmp_path / "tree"))
    assert done.exit_code == 0
    told = "look: ann (ann/one/one.py): Handed in too, and not graded: other.py."
    assert told in done.stdout and "look: ben" not in done.stdout
    (tree / "other.py").unlink()
    again = run("grade", "one", str(tmp_path / "tree"))
    assert again.exit_code == 0 and "look:" not in again.stdout


def test_wrong_and_damaged_results_are_mended(course: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "elsewhere", "ann", "ben")
    assert run("grade", "one", str(folder), "--enter").exit_code == 0
    with Store(default_url(course)) as store:
        wrong, right = (one.score for one in store.latest("one"))
        spoil(store, "UPDATE results SET body = replace(body, '\"score\":5.0', '\"score\":0.0')")
        assert {one.score for one in store.latest("one")} == {0.0}
        assert run("grade", "one", str(folder), "--enter", "--fresh").exit_code == 0
        assert [one.score for one in store.latest("one")] == [wrong, right] == [5.0, 5.0]
        spoil(store, "UPDATE results SET body = '{' WHERE key = "
                     "(SELECT key FROM deliveries WHERE student = 'ben')")  # fmt: skip
        export = run("export", "canvas", "one")
        assert export.exception is None and "result of ben is damaged" in export.stdout
        assert run("grade", "one", str(folder), "--enter").exit_code == 0
        assert [one.score for one in store.latest("one")] == [5.0, 5.0]


@pytest.mark.parametrize("place", ["no/such/results.json", "folder"])
def test_a_place_for_json_is_tried_first(course: Path, tmp_path: Path, place: str) -> None:
    folder = hand_in(tmp_path / "elsewhere", "ann")
    (course / "folder").mkdir()
    done = run("grade", "one", str(folder), "--json", place)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("chainrule: --json: ") and place in done.stderr
    assert done.stderr.count("\n") == 1 and not (course / ".chainrule").exists()


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    JsonFile(pipe).write("text\n", tmp_path)
    assert os.read(reader, 100) == b"text\n" and pipe.is_fifo()
    os.close(reader)


def test_json_that_cannot_be_written_in_the_end_is_kept(tmp_path: Path) -> None:
    place, spare = tmp_path / "away" / "results.json", tmp_path / "spare"
    place.parent.mkdir()
    file = JsonFile(place)
    assert list(place.parent.iterdir()) == []
    shutil.rmtree(place.parent)
    place.parent.write_text("a file in its place")
    with pytest.raises(
        GraderError, match=r"could not be written: .*; the results are in"
    ) as caught:
        file.write("all of it\n", spare)
    (kept,) = spare.iterdir()
    assert str(kept) in str(caught.value) and kept.read_text() == "all of it\n"


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that an ordinary user reaches."""
    root = Path(tempfile.mkdtemp(dir="/tmp"))
    root.chmod(0o755)
    yield root
    shutil.rmtree(root)


def test_an_ordinary_user_is_told_before_grading(public: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can start a command as another user")
    root = Path(red_course(public / "course", PATIENT))
    hand_in(root / "class", "ann")
    for path in [root, *root.rglob("*")]:
        os.chown(path, 65534, 65534)
    (public / "mine.json").write_text("root's")
    start = "import sys; sys.path.insert(0, sys.argv[2]); del sys.argv[1:3]; "
    code = f"{start}from grader.cli import app; app()"
    command = [sys.executable, "-I", "-c", f"PROGRAM = {code!r}\n{AS_NOBODY}", "0", grader_folder()]
    done = subprocess.run(
        [*command, "grade", "one", "class", "--json", str(public / "mine.json")],
        cwd=root, text=True, capture_output=True, check=False, env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "mine.json cannot be written: Permission denied" in done.stderr
    assert "Traceback" not in done.stderr and not (root / ".chainrule").exists()


def test_a_database_that_is_not_there_gets_one_line(course: Path, tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "elsewhere", "ann")
    for url, code, words in (
        ("postgresql://me:s3cret@127.0.0.1:1/x", 1, "cannot be opened"),
        ("postgres://me:s3cret@127.0.0.1:nine/x", 2, "cannot be read as a URL"),
        ("mysql://me:s3cret@127.0.0.1/x", 2, "give a URL such as postgresql://HOST/NAME"),
    ):
        (course / "course.yml").write_text(f"database: {url}\n{PATIENT}")
        done = run("grade", "one", str(folder))
        assert (done.exit_code, done.stdout) == (code, "")
        assert words in done.stderr and done.stderr.count("\n") == 1
        assert "s3cret" not in done.stderr and "SELECT" not in done.stderr


def test_the_url_of_the_manual_works(course: Path, tmp_path: Path) -> None:
    with server() as running:
        (course / "course.yml").write_text(f"database: {running.url}\n{PATIENT}")
        folder = hand_in(tmp_path / "elsewhere", "ann")
        assert run("grade", "one", str(folder), "--enter").exit_code == 0
        done = run("export", "csv", "one")
        assert done.exit_code == 0 and "1 submissions" in done.stdout
        assert not (course / ".chainrule" / "results.sqlite").exists()
