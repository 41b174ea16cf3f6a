"""A class of two languages goes through the real nbgrader: either notebook is handed in."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from otter_places import unpack  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.course.syllabus import Course, load_course
from grader.exporting.files import export
from grader.languages import machine
from grader.nbgrader.collecting import collect
from grader.nbgrader.editions import compose_edition
from grader.nbgrader.entering import Entered, enter_scores
from grader.nbgrader.feedback import Written, write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import class_grades
from grader.notebook import compose
from grader.otter.assigning import Assigned, assign
from grader.otter.autograde import autograde
from grader.otter.bundle import Grading
from grader.render.sheets import column, feedback
from grader.results import Report
from tests.loop_class import (
    LATE,
    ONE,
    RIGHT,
    SQUARED,
    autograded,
    graded,
    grades,
    hand_in,
    small_course,
)
from tests.test_said import left_in_english

MIXED = LATE + "languages: [en, zh]\n"
UNDONE = "def double(x, scale=1.0):\n    raise NotImplementedError()\n"
WIDE = "def double(x, scale=1.0)：\n    return 2 * x\n"


@dataclass(frozen=True)
class Class:
    course: Course
    report: Report
    entered: Entered
    feedback: Written

    def page(self, student: str) -> str:
        return self.feedback.pages[student].read_text(encoding="utf-8")


def edition(course: Course, language: str, **answers: str) -> bytes:
    """The notebook that was released in a language, with answers in it."""
    path = places_of(course).edition(course, ONE, language)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = answers.get(grade_id, "".join(cell["source"]))
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Class:
    course = small_course(tmp_path_factory.mktemp("mixed"), MIXED)
    release(course, ONE)
    why = "因为一加一等于二。"
    handed = {
        "ann": edition(course, "en", double=SQUARED, why="Because."),
        "bo": edition(course, "zh", double=SQUARED, why=why),
        "chen": edition(course, "zh", double=RIGHT, why=why),
        "dai": edition(course, "zh", double=UNDONE),
        "fang": edition(course, "zh", double=WIDE, why=why),
        "bad": edition(course, "zh")[:-200],
    }
    bare = json.loads(handed["bo"])
    bare["cells"] = [c for c in bare["cells"] if "why" not in str(c["metadata"])]
    hand_in(course, handed | {"gone": json.dumps(bare).encode()})
    collect(course, ONE)
    report, entered = graded(course)
    return Class(course, report, entered, write_feedback(course, ONE))


def test_both_editions_are_released_with_the_same_ids(school: Class) -> None:
    folder = school.course.root / "build" / "exchange" / "small" / "outbound" / ONE
    first = nbformat.read(folder / f"{ONE}.ipynb", as_version=4)
    other = nbformat.read(folder / "zh" / f"{ONE}.ipynb", as_version=4)
    assert [c.id for c in first.cells] == [c.id for c in other.cells]
    assert [c.metadata.get("nbgrader", {}).get("grade_id") for c in first.cells] == [
        c.metadata.get("nbgrader", {}).get("grade_id") for c in other.cells
    ]
    assert (first.metadata.chainrule.language, other.metadata.chainrule.language) == ("en", "zh")
    assert "为什么？" in str(other.cells) and "为什么？" not in str(first.cells)
    code = next(c.source for c in other.cells if "def double" in c.source)
    assert "# 在这里写你的代码\n    raise NotImplementedError()" in code


def test_everybody_is_graded_alike(school: Class) -> None:
    scores = {one.student: one.score for one in school.report.submissions}
    assert scores["ann"] == scores["bo"] < scores["chen"]
    assert school.entered.failed == {}
    assert grades(school.course, "bo") == grades(school.course, "ann")


def test_the_report_is_in_english_whoever_handed_in(school: Class) -> None:
    assert not re.search("[\u4e00-\u9fff]", school.report.to_json().replace("因为", ""))


def test_what_is_put_back_comes_from_the_edition_handed_in(school: Class) -> None:
    own = autograded(school.course, "gone")
    texts = "\n".join("".join(cell["source"]) for cell in own["cells"])
    assert "为什么？" in texts and "Why?" not in texts
    assert own["metadata"]["chainrule"]["language"] == "zh"
    assert "why 的单元格不见了" in own["metadata"]["chainrule"]["notes"]


def test_a_page_is_in_the_language_of_its_notebook(school: Class) -> None:
    assert '<html lang="en">' in school.page("ann") and "Twice, not squared." in school.page("ann")
    for student in ("bo", "chen", "dai", "fang", "gone"):
        page = school.page(student)
        assert '<html lang="zh">' in page
        code = '<pre class="code">.*?</pre>'  # the student's own
        gone = rf"<style>.*?</style>|<details>.*?</details>|{code}|<[^>]+>"
        text = re.sub(gone, " ", page, flags=re.S)
        own = ("The first", "Twice a number.", "Twice, not squared.", "Counts.", "A counter.")
        for lecture in own:  # what the lecture says has a catalogue of its own
            text = text.replace(lecture, "")
        for line in text.splitlines():
            assert not left_in_english(line), (student, line)


def test_a_keyboard_set_to_chinese_is_seen(school: Class) -> None:
    assert "“：”是全角字符，Python 不认识：请改用半角的 :" in school.page("fang")
    assert "没有结果：提交的文件里没有定义 double" in school.page("fang")


def test_an_unreadable_file_is_told_in_the_courses_language(school: Class) -> None:
    """Nobody can tell which edition it was."""
    assert '<html lang="en">' in school.page("bad")


def test_exports_keep_to_the_language_of_each(school: Class, tmp_path: Path) -> None:
    found = class_grades(school.course, ONE, with_titles=True)
    export(found, "html", tmp_path / "pages")
    export(found, "gradescope", tmp_path / "scope")
    page = (tmp_path / "pages" / "students" / "bo.html").read_text(encoding="utf-8")
    assert '<html lang="zh">' in page
    assert '<html lang="en">' in (tmp_path / "pages" / "students" / "ann.html").read_text()
    results = json.loads((tmp_path / "scope" / "chen" / "results.json").read_text())
    assert "The first：" in results["output"] and "（暂计）" in results["output"]
    assert results["tests"][0]["output"].splitlines()[1] == "通过"
    assert (
        json.loads((tmp_path / "scope" / "ann" / "results.json").read_text())["tests"][0][
            "output"
        ].splitlines()[1]
        == "failed"
    )
    told = column(found).reasons
    assert told["ann"] == "not graded yet: why"
    (bo,) = [one for one in found.worths if one.student == "bo"]
    own, theirs = found.told(bo)
    assert feedback(theirs, machine(own.language).say).startswith("double 0/2：")


def test_whoever_worked_beside_the_first_notebook_is_graded_by_that(tmp_path: Path) -> None:
    """`nbgrader submit` hands in the folder with all editions in it."""
    course = small_course(tmp_path, MIXED)
    release(course, ONE)
    hand_in(course, {"bo": edition(course, "en"), "ann": edition(course, "en", double=RIGHT)})
    inbound = course.root / "build" / "exchange" / "small" / "inbound"
    for folder in inbound.iterdir():
        (folder / "zh").mkdir()
        (folder / "zh" / f"{ONE}.ipynb").write_bytes(edition(course, "zh", double=SQUARED))
    collect(course, ONE)
    submitted = places_of(course).of("submitted", "bo", ONE) / f"{ONE}.ipynb"
    assert json.loads(submitted.read_text())["metadata"]["chainrule"]["language"] == "zh"
    first = places_of(course).of("submitted", "ann", ONE) / f"{ONE}.ipynb"
    assert json.loads(first.read_text())["metadata"]["chainrule"]["language"] == "en"


def test_a_link_in_the_place_of_an_edition_is_not_followed(tmp_path: Path) -> None:
    course = small_course(tmp_path, MIXED)
    release(course, ONE)
    hand_in(course, {"mal": edition(course, "en")})
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(edition(course, "zh", double="SECRET = 1"))
    (folder,) = (course.root / "build" / "exchange" / "small" / "inbound").iterdir()
    (folder / "zh").mkdir()
    (folder / "zh" / f"{ONE}.ipynb").symlink_to(secret)
    collect(course, ONE)
    submitted = places_of(course).of("submitted", "mal", ONE) / f"{ONE}.ipynb"
    assert "SECRET" not in submitted.read_text()


@pytest.mark.parametrize("command", ["release", "build"])
def test_a_language_that_nobody_speaks_is_refused(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_course(tmp_path, MIXED)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [command, ONE, "--language", "fr"])
    assert (
        done.exit_code == 2 and "no language 'fr' is spoken here; there are: en, zh" in done.stderr
    )


def test_the_command_names_every_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_course(tmp_path, MIXED)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["release", ONE])
    assert done.exit_code == 0 and "Released in zh: " in done.stdout
    built = CliRunner().invoke(app, ["build", ONE, "--language", "zh", "--out", "made"])
    assert built.exit_code == 0
    made = json.loads((tmp_path / "made" / "source" / ONE / f"{ONE}.ipynb").read_text())
    assert made["metadata"]["chainrule"]["language"] == "zh"


def test_one_language_alone_can_be_released(tmp_path: Path) -> None:
    course = small_course(tmp_path, LATE)
    path = release(course, ONE, "zh")
    assert json.loads(path.read_text())["metadata"]["chainrule"]["language"] == "zh"
    assert not (path.parent / "zh").exists()
    with gradebook(course) as book:
        assert book.find_notebook(ONE, ONE) is not None


def test_a_course_in_chinese_says_everything_in_chinese(tmp_path: Path) -> None:
    course = small_course(tmp_path, LATE + "language: zh\n")
    release(course, ONE)
    hand_in(course, {"bo": edition(course, "zh", double=SQUARED), "bad": b"{"})
    collect(course, ONE)
    report, _ = graded(course)
    pages = write_feedback(course, ONE).pages
    assert '<html lang="zh">' in pages["bo"].read_text()
    assert "这个文件无法批改" in pages["bad"].read_text()
    shutil.rmtree(tmp_path / "build" / "exports", ignore_errors=True)
    export(class_grades(course, ONE, report=report, with_titles=True), "html", tmp_path / "out")
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "班级报告" in index and "学生：2 人" in index
    enter_scores(course, ONE, report, "process")


@pytest.mark.parametrize("languages", [("en", "zh"), ("zh", "en")])
@pytest.mark.parametrize("name", ["lec05_backprop", "lec13_attention", "d2l_houses"])
def test_our_own_lectures_make_a_mixed_class(name: str, languages: tuple[str, str]) -> None:
    ours = load_course(Path(__file__).parents[1])
    course = ours.model_copy(update={"language": languages[0], "languages": languages})
    made = compose_edition(course, name, languages[1])
    first = compose(course, name, languages[0])
    ids = {cell.id for cell in made.cells} ^ {cell.id for cell in first.cells}
    assert len(ids) == 1, "the cell that looks for fonts is the only one of one edition alone"
    assert len({cell.id for cell in made.cells}) == len(made.cells)


def test_editions_that_differ_in_their_cells_are_refused(tmp_path: Path) -> None:
    course = small_course(tmp_path, MIXED)
    path = course.root / "assignments" / ONE / f"{ONE}.py"
    path.write_text(path.read_text() + '\n# %% lang="zh"\nx = 1\n')
    with pytest.raises(Exception, match="give each cell of one language its twin"):
        compose_edition(load_course(course.root), ONE, "zh")


@pytest.fixture(scope="module")
def gradescope(tmp_path_factory: pytest.TempPathFactory) -> Assigned:
    course = small_course(tmp_path_factory.mktemp("otter"), "languages: [en, zh]\n")
    return assign(course, ONE, course.root / "otter", Grading(isolation="process"), "zh")


def test_otters_notebook_is_in_the_language_asked_for(gradescope: Assigned) -> None:
    made = nbformat.read(gradescope.student, as_version=4)
    texts = [cell.source for cell in made.cells]
    assert made.metadata.chainrule.language == "zh"
    assert any("为什么？" in text for text in texts) and "在这里写你的回答" in texts
    tests = made.metadata.otter.tests["double"]
    assert "double 还没有定义：请先运行它的单元格" in tests


@pytest.mark.parametrize(("language", "says"), [("zh", "分（暂计）"), ("en", "points so far")])
def test_gradescope_answers_in_the_language_of_the_notebook(
    gradescope: Assigned, tmp_path: Path, language: str, says: str
) -> None:
    place = unpack(gradescope.autograder, tmp_path / "autograder")
    made = json.loads(gradescope.student.read_text(encoding="utf-8"))
    made["metadata"]["chainrule"]["language"] = language
    (place / "submission" / "mine.ipynb").write_text(json.dumps(made), encoding="utf-8")
    found = json.loads(autograde(place).read_text(encoding="utf-8"))
    told = found["output"] + "".join(test["output"] for test in found["tests"])
    assert says in found["output"]
    assert ("还没有作答" in told) == (language == "zh")
