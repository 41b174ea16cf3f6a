"""Exports in files: where they go, what they are named, and the command."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from export_class import (  # type: ignore[import-not-found]
    ALICE,
    BOB,
    CLASS,
    MALLORY,
    report,
    submission,
    tags_of,
)
from small_course import write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import load_course
from grader.errors import UsageError
from grader.exporting.files import Format, export, file_names
from grader.exporting.gathering import from_report, gather
from grader.grading.store import Record, Store, default_url, result_key
from grader.render.grades import Grades


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


@pytest.fixture
def grades(course_root: Path) -> Grades:
    return from_report(load_course(course_root), report(*CLASS), {"double": "Twice a number."})


def test_pages_in_a_folder(grades: Grades, tmp_path: Path) -> None:
    written = export(grades, "html", tmp_path / "pages")
    assert written.first == tmp_path / "pages" / "index.html"
    assert len(written.files) == 1 + len(CLASS)
    found = tags_of(written.first.read_text()).attributes
    links = [v for k, v in found if k == "href" and v != "#x-0"]
    assert len(links) == len(CLASS)
    assert all(link and (tmp_path / "pages" / link).is_file() for link in links)


def test_file_names_are_harmless_and_apart(course_root: Path) -> None:
    hostile = [submission(name) for name in ("../../etc/x", "a/b", "", "Ann", "ann", "李雷", "x\0")]
    names = file_names(from_report(load_course(course_root), report(*hostile)))
    assert len({name.casefold() for name in names}) == len(names)
    assert names[3] == "Ann" and names[4] == "ann-2" and names[5] == "李雷"
    assert not any("/" in name or "\0" in name or name.startswith(".") for name in names)


def test_a_failed_write_leaves_the_old_file(grades: Grades, tmp_path: Path) -> None:
    out = tmp_path / "grades.csv"
    export(grades, "csv", out)
    before = out.read_bytes()
    with pytest.raises(UsageError):
        export(grades, "canvas", out, id_column="No such column")
    assert out.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["grades.csv"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o644
    with pytest.raises(UsageError, match="cannot be written"):
        export(grades, "csv", out / "below")


def test_one_submission_into_one_file(grades: Grades, tmp_path: Path) -> None:
    one = replace(grades, worths=tuple(w for w in grades.worths if w.student == "bob"))
    assert json.loads(export(one, "gradescope", tmp_path / "results.json").first.read_text())
    assert "bob" in export(one, "html", tmp_path / "bob.html").first.read_text()
    with pytest.raises(UsageError, match="name a folder"):
        export(grades, "gradescope", tmp_path / "results.json")


def test_results_come_from_the_store(course_root: Path) -> None:
    course = load_course(course_root)
    with pytest.raises(UsageError, match="no results of one yet"):
        gather(course, "one")
    with Store(default_url(course_root)) as store:
        for one in (BOB, ALICE):
            key = result_key(one.student, "checks", "seed", "cpu", "full")
            store.put(Record(assignment="one", key=key, result=one))
    found = gather(course, "one", with_titles=True)
    assert [one.student for one in found.worths] == ["alice", "bob"]
    assert found.titles["Counter"] == "Counting."


@pytest.mark.parametrize("kind", ["csv", "canvas", "moodle", "junit", "html", "gradescope"])
def test_a_damaged_result_stops_no_export(course_root: Path, kind: Format) -> None:
    course = load_course(course_root)
    with Store(default_url(course_root)) as store:
        for one in (BOB, ALICE):
            store.put(Record(assignment="one", key=one.student, result=one))
        store._database.run(
            lambda c: c.exec_driver_sql("UPDATE results SET body = '{' WHERE key = 'bob'"), "spoilt"
        )
    written = export(gather(course, "one", with_titles=True), kind, course_root / "out")
    assert all(path.is_file() for path in written.files)
    everything = "".join(f"{path} {path.read_text()}" for path in written.files)
    assert "alice" in everything
    assert "bob is damaged" in everything + str(written.said)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "not what"), ('{"schema": 2}', "schema"), ("", "not what")],
)
def test_a_file_that_is_no_report(course_root: Path, text: str, said: str) -> None:
    path = course_root / "results.json"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        gather(load_course(course_root), "one", path)


def run(course_root: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.chdir(course_root)
    done = CliRunner().invoke(app, ["export", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize("kind", ["csv", "canvas", "moodle", "gradescope", "junit", "html"])
def test_the_command(course_root: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    honest = [s for s in CLASS if s is not MALLORY]
    (course_root / "r.json").write_text(report(*honest).to_json())
    code, said = run(course_root, monkeypatch, kind, "one", "--json", "r.json")
    assert code == 0, said
    assert "5 submissions" in said
    assert "dan" in said and "the zygote is dead" in said and "carol" in said
    assert ("dan (no row)" in said) == (kind in ("canvas", "moodle"))
    assert "Written questions are not in here" in said
    assert list((course_root / "build" / "exports").iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["csv", "two"], "lists no assignment two"),
        (["csv", "one", "--json", "none.json"], "cannot be read"),
        (["csv", "one", "--column", "x"], "are for canvas and moodle"),
        (["otter", "one", "--json", "r.json"], "not results"),
        (["canvas", "one", "--json", "r.json", "--id-column", "x"], "no column 'x'"),
        (["pdf", "one"], "pdf"),
    ],
)
def test_the_command_refuses(
    course_root: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    (course_root / "r.json").write_text(report(ALICE).to_json())
    code, output = run(course_root, monkeypatch, *arguments)
    assert code == 2
    assert said in output
