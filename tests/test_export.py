"""Exports: what each format says, and that nothing a student wrote acts in any of them."""

from __future__ import annotations

import csv
import io
import json
import stat
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_course import write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course import load_course
from grader.errors import UsageError
from grader.exporting.files import export, file_names
from grader.exporting.gathering import from_report, gather
from grader.render.grades import Grades, why_open
from grader.render.gradescope import results_json
from grader.render.html import class_page, student_page
from grader.render.junit import junit
from grader.render.plain import no_formula, plain
from grader.render.sheets import canvas, column, moodle, table
from grader.results import ExerciseResult, GroupResult, Report, SubmissionResult, Verdict
from grader.store import Store, default_url, result_key

HOSTILE = (
    "<script>alert(1)</script><iframe src=x></iframe>\"'><img src=x onerror=alert(1)>{{7*7}}"
    "\x1b[31mred\x1b]0;title\x07\u202eevil\x00\ud800]]>&lol;"
)


def result(name: str, verdict: Verdict, score: float, of: float, **more: str) -> ExerciseResult:
    groups = (GroupResult(name="values", passed=score == of, score=score, max_score=of),)
    return ExerciseResult(
        name=name, verdict=verdict, score=score, max_score=of, groups=groups, **more
    )


def submission(student: str, *exercises: ExerciseResult, **more: object) -> SubmissionResult:
    fields: dict[str, object] = {
        "student": student,
        "file": f"{student}.ipynb",
        "sha256": "ab" * 32,
        "status": "graded",
        "score": sum(e.score for e in exercises),
        "max_score": 5.0,
        "seconds": 0.25,
        "exercises": exercises,
    }
    return SubmissionResult.model_validate(fields | more)


def report(*submissions: SubmissionResult) -> Report:
    return Report(
        assignment="one", isolation="full", device="cpu", checks="c" * 64, submissions=submissions
    )


ALICE = submission("alice", result("double", "passed", 2, 2), result("Counter", "passed", 3, 3))
BOB = submission(
    "bob",
    result("double", "failed", 0, 2, mistake="double_squared", hint="Twice, not squared."),
    result("Counter", "error", 1.5, 3, message="ZeroDivisionError: division by zero"),
)
CAROL = submission("carol", status="unreadable", message="Not JSON. Save it again.")
DAN = submission("dan", status="grader_error", message="the zygote is dead")
EVE = submission("eve", result("double", "deferred", 0, 2), result("Counter", "passed", 3, 3))
MALLORY = submission(
    "=cmd|'/c calc'!A1",
    result("double", "failed", 0, 2, hint=HOSTILE, message=HOSTILE, mistake="@SUM(1)"),
    result("Counter", "passed", 3, 3),
    message=HOSTILE,
    file="+evil.ipynb",
)
CLASS = (ALICE, BOB, CAROL, DAN, EVE, MALLORY)


@pytest.fixture
def course_root(tmp_path: Path) -> Path:
    return write_course(tmp_path / "course")


@pytest.fixture
def grades(course_root: Path) -> Grades:
    return from_report(load_course(course_root), report(*CLASS), {"double": "Twice a number."})


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_percent_leaves_the_bonus_out_of_the_maximum(grades: Grades) -> None:
    assert grades.percent(ALICE) == 100.0  # 5 of 2, capped
    assert grades.percent(BOB) == 75.0
    assert grades.percent(CAROL) == 0.0
    assert grades.percent(DAN) is None
    assert grades.maximum(CAROL) == 2.0
    assert replace(grades, bonus=frozenset()).percent(BOB) == 30.0


def test_table_has_every_submission_and_exercise(grades: Grades) -> None:
    found = {row["student"]: row for row in rows(table(grades))}
    assert found["alice"]["score"] == "5"
    assert found["bob"]["Counter"] == "1.5"
    assert found["bob"]["double mistake"] == "double_squared"
    assert found["carol"]["status"] == "unreadable"
    assert (found["carol"]["score"], found["carol"]["double"]) == ("0", "")
    assert found["dan"]["score"] == found["dan"]["percent"] == ""


def test_no_cell_is_a_formula(grades: Grades) -> None:
    for text in (table(grades), canvas([column(grades)]), moodle([column(grades, "=1+1")])):
        assert text.startswith('"') and text.endswith('"\r\n')
        for row in csv.reader(io.StringIO(text, newline="")):
            for cell in row:
                assert cell[:1] not in "=+-@\t\r" or cell == ""


@given(st.text())
def test_any_text_becomes_one_harmless_cell(text: str) -> None:
    cell = no_formula(text)
    assert cell[:1] == "" or cell[0] not in "=+-@＝＋－＠\t\r\n"
    assert not set(cell) & {"\n", "\r", "\t", "\0", "\x1b"}
    cell.encode()
    plain(text).encode()


def test_canvas_gets_final_scores_only_and_points_without_bonus(grades: Grades) -> None:
    found = rows(canvas([column(grades, "One (77)")], "SIS User ID"))
    assert found[0]["Student"] == "    Points Possible"
    assert found[0]["One (77)"] == "2"
    scores = {row["SIS User ID"]: row["One (77)"] for row in found[1:]}
    assert scores["alice"] == "2" and scores["bob"] == "1.5" and scores["carol"] == "0"
    assert "dan" not in scores and "eve" not in scores
    assert list(found[0])[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]


def test_moodle_gets_grade_and_feedback_side_by_side(grades: Grades) -> None:
    found = {row["ID number"]: row for row in rows(moodle([column(grades)]))}
    assert found["bob"]["The first"] == "1.5"
    assert found["bob"]["The first feedback"].startswith("double 0/2: Twice, not squared.; Counter")
    assert found["alice"]["The first feedback"] == "all cases passed"
    assert "dan" not in found and "eve" not in found


def test_a_grade_import_refuses_different_maxima(grades: Grades) -> None:
    odd = replace(grades, submissions=(ALICE, BOB.model_copy(update={"max_score": 9.0})))
    with pytest.raises(UsageError, match="different maxima"):
        column(odd)


def test_why_open() -> None:
    assert why_open(ALICE) == why_open(CAROL) == ""
    assert why_open(DAN) == "the zygote is dead"
    assert why_open(EVE) == "not graded yet: double"


def test_gradescope_results(grades: Grades) -> None:
    bob = json.loads(results_json(grades, BOB))
    assert bob["score"] == 1.5
    double, counter = bob["tests"]
    assert double["name"] == "double" and double["status"] == "failed"
    assert (double["score"], double["max_score"]) == (0.0, 2.0)
    assert "Twice a number." in double["output"] and "Hint: Twice, not squared." in double["output"]
    assert "ZeroDivisionError" in counter["output"]
    assert "isolation: full" in bob["output"] and "by hand" in bob["output"]
    assert bob["extra_data"]["chainrule"]["isolation"] == "full"
    assert json.loads(results_json(grades, CAROL))["score"] == 0.0
    assert "status" not in json.loads(results_json(grades, EVE))["tests"][0]


def test_gradescope_gives_no_mark_where_the_grader_failed(grades: Grades) -> None:
    dan = json.loads(results_json(grades, DAN))
    assert "score" not in dan and "tests" not in dan


def test_gradescope_output_is_plain_text(grades: Grades) -> None:
    text = results_json(grades, MALLORY)
    for test in json.loads(text)["tests"]:
        assert test["output_format"] == "text"
        assert not set(test["output"]) & {"\x1b", "\u202e", "\0", "\ud800"}


def test_junit_counts_and_kinds(grades: Grades) -> None:
    root = ElementTree.fromstring(junit(grades))
    assert root.tag == "testsuites"
    counts = {key: int(root.attrib[key]) for key in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": 10, "failures": 4, "errors": 1, "skipped": 1}
    bob = root.findall("testsuite")[1]
    failure = bob.findall("testcase")[0].find("failure")
    assert failure is not None and failure.attrib["message"] == "Twice, not squared."
    assert failure.attrib["type"] == "failed"
    mallory = root.findall("testsuite")[5].findall("testcase")[0].find("failure")
    assert mallory is not None and mallory.text and "<script>" in mallory.text


class _Tags(HTMLParser):
    """Collects tags and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def tags_of(page: str) -> _Tags:
    found = _Tags()
    found.feed(page)
    return found


@pytest.mark.parametrize("language", ["en", "zh", "xx"])
def test_pages_are_inert_and_whole(grades: Grades, language: str) -> None:
    spoken = replace(grades, language=language)
    for page in (student_page(spoken, MALLORY), class_page(spoken, {0: "students/a b.html"})):
        found = tags_of(page)
        assert not {"script", "iframe", "img", "object", "embed", "form", "link", "svg"} & set(
            found.tags
        )
        assert not [name for name, _ in found.attributes if name.startswith("on")]
        assert ("lang", "zh" if language == "zh" else "en") in found.attributes
        assert "http://" not in page and "https://" not in page
        assert "\x1b" not in page and "\u202e" not in page
    assert "<script>alert(1)</script>" in tags_of(student_page(grades, MALLORY)).text
    assert "{{7*7}}" in tags_of(student_page(grades, MALLORY)).text


def test_a_students_page_says_title_verdict_points_hint_and_message(grades: Grades) -> None:
    text = tags_of(student_page(grades, BOB)).text
    for part in ("Twice a number.", "failed", "0 of 2", "Twice, not squared.", "ZeroDivision"):
        assert part in text
    assert "1.5 of 2" in text and "75 %" in text and "bonus" in text


def test_class_page_links_students(grades: Grades) -> None:
    found = tags_of(class_page(grades, {0: "students/alice.html"}))
    assert ("href", "students/alice.html") in found.attributes
    assert "double_squared" in found.text


def test_pages_in_a_folder(grades: Grades, tmp_path: Path) -> None:
    written = export(grades, "html", tmp_path / "pages")
    assert written.first == tmp_path / "pages" / "index.html"
    assert len(written.files) == 1 + len(CLASS)
    links = [v for k, v in tags_of(written.first.read_text()).attributes if k == "href"]
    assert len(links) == len(CLASS)
    assert all(link and (tmp_path / "pages" / link).is_file() for link in links)


def test_file_names_are_harmless_and_apart(grades: Grades) -> None:
    hostile = [submission(name) for name in ("../../etc/x", "a/b", "", "Ann", "ann", "李雷", "x\0")]
    names = file_names(replace(grades, submissions=tuple(hostile)))
    assert len({name.casefold() for name in names}) == len(names)
    assert names[3] == "Ann" and names[4] == "ann-2" and names[5] == "李雷"
    assert not any("/" in name or "\0" in name or name.startswith(".") for name in names)


def test_a_failed_write_leaves_the_old_file(grades: Grades, tmp_path: Path) -> None:
    out = tmp_path / "grades.csv"
    export(grades, "csv", out)
    before = out.read_bytes()
    odd = replace(grades, submissions=(ALICE, BOB.model_copy(update={"max_score": 9.0})))
    with pytest.raises(UsageError):
        export(odd, "canvas", out)
    assert out.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["grades.csv"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o644
    with pytest.raises(UsageError, match="cannot be written"):
        export(grades, "csv", out / "below")


def test_one_submission_into_one_file(grades: Grades, tmp_path: Path) -> None:
    one = replace(grades, submissions=(BOB,))
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
            store.put("one", key, one)
    found = gather(course, "one", with_titles=True)
    assert [s.student for s in found.submissions] == ["alice", "bob"]
    assert found.titles["Counter"] == "Counting."


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
    assert ("left out: dan" in said) == (kind in ("canvas", "moodle"))
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
