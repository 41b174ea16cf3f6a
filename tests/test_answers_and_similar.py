"""One exercise across a class, rubrics and comments at hand, and answers that are alike."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from grader.cli import app
from grader.course.comments import load_comments
from grader.course.syllabus import Course, load_course
from grader.errors import CourseError, UsageError
from grader.nbgrader.collecting import collect
from grader.term.answers import across, class_of, write_pages
from grader.term.pages import rendered
from grader.term.similar import CAUTION, similar
from tests.export_class import tags_of
from tests.loop_class import ONE, RIGHT, SQUARED, answered, graded, hand_in, set_manual
from tests.small_course import write_course
from tests.term_class import ROSTER, term_course
from tests.test_said import left_in_english

WRITTEN = """\
why:
  answer: One and one are two.
  rubric:
  - {points: 0.5, for: names the sum}
  - {points: 0.5, for: says why}
"""
COMMENTS = "why: [Say where the second one comes from.]\ndouble: ['Twice is 2 * x.']\n"
COPIED = """\
def double(x, scale=1.0):
    # all my own
    total = 0
    for number in (1, 2):
        total = total + x * scale
        assert number in (1, 2), "never"
    return total
"""
REWORKED = """\
def double(x, scale=1.0):
    s = 0
    for i in (1, 2):
        s = s + x * scale
        assert i in (1, 2), "cannot be"
    return s
"""
OWN = """\
def double(x, scale=1.0):
    factors = [2, scale]
    product = x
    while factors:
        product *= factors.pop()
    return product
"""
HOSTILE = "<script>alert(1)</script>\x1b[31m"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("across")
    made = term_course(root, arranged="", roster=ROSTER.replace("red", "") + "fay,,,g\ngus,,,g\n")
    solutions = made.root / "solutions" / ONE
    (solutions / "written.yml").write_text(WRITTEN)
    (solutions / "comments.yml").write_text(COMMENTS)
    doubles = {
        "ann": COPIED, "bob": REWORKED, "cat": OWN, "dan": SQUARED, "eve": RIGHT,
        "fay": COPIED + "\n",
    }  # fmt: skip
    whys = {"dan": HOSTILE}
    hand_in(made, {
        student: answered(made, double=double, counter="", why=whys.get(student, "Because."))
        for student, double in doubles.items()
    })  # fmt: skip
    collect(made, ONE)
    graded(made)
    set_manual(made, "ann", "why", 0.5, "Say where the second one comes from.")
    set_manual(made, "bob", "why", 0.5, "Say where the second one comes from.")
    return made


def test_an_exercise_across_the_class(course: Course) -> None:
    found = across(class_of(course, ONE), "double")
    assert dict(found.verdicts) == {"passed": 5, "failed": 1}  # Fay's stands for Gus, too
    first = found.groups[0]
    assert (first.verdict, first.hint) == ("failed", "Twice, not squared.")
    assert [one.student for one in first.who] == ["dan"] and "return x * x" in first.text


def test_the_page_has_rubric_comments_and_every_answer(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["answers", ONE, "why"])
    assert done.exit_code == 0, done.output
    page = (course.root / "build/exports/one-answers/why.html").read_text()
    text = tags_of(page).text
    assert "names the sum" in text and "Say where the second one comes from. (2)" in text
    assert "0.5 of 1 graded by hand" in text and "not graded yet" in text
    assert "<script>" not in page and "\x1b" not in page and "default-src 'none'" in page
    done = CliRunner().invoke(app, ["answers", ONE, "doubel"])
    assert done.exit_code == 2 and "did you mean double?" in done.output


def test_who_wrote_alike_is_found_and_who_did_not_is_not(course: Course) -> None:
    pytest.importorskip("copydetect")
    shown: list[tuple[int, int]] = []
    found = similar(course, ONE, 70, lambda done, of: shown.append((done, of)))
    assert shown == sorted(shown) and (shown[0][0], shown[-1]) == (0, (15, 15))
    pairs = {(pair.one, pair.other): pair for pair in found.pairs}
    assert ("ann", "bob") in pairs and ("ann", "fay") in pairs
    assert not any("cat" in pair or "eve" in pair for pair in pairs)
    double = next(part for part in pairs["ann", "bob"].parts if part.exercise == "double")
    marked = [line for line, same in double.left if same]
    assert any("total + x * scale" in line for line in marked)
    assert not any("def double" in line for line, _ in double.left), "released text is left out"


def test_a_group_is_not_compared_with_itself(course: Course) -> None:
    pytest.importorskip("copydetect")
    assert ("fay", "gus") not in {(p.one, p.other) for p in similar(course, ONE, 1).pairs}


def test_the_page_says_what_it_does_not_prove(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("copydetect")
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["similar", ONE])
    assert done.exit_code == 0 and "proves no more" in done.output, done.output
    page = (course.root / "build/exports/one-similar.html").read_text()
    assert CAUTION in tags_of(page).text and "<mark>" in page


def test_pages_of_a_chinese_course_are_chinese(course: Course) -> None:
    """All but what the course's own author, a student or a person who graded wrote in English."""
    pytest.importorskip("copydetect")
    pages = [
        path.read_text()
        for path in write_pages(course.in_language("zh"), ONE, [], course.root / "zh")
    ]
    found = replace(similar(course, ONE, 70), common=True, short=("double",))
    pages.append(
        rendered("similar.html.j2", "zh", found=found, caution=CAUTION, at_least=70, title="一")
    )
    model = yaml.safe_load(WRITTEN)["why"]
    theirs = [model["answer"], *(one["for"] for one in model["rubric"]), "Twice, not squared."]
    theirs += [said for one in yaml.safe_load(COMMENTS).values() for said in one]
    theirs += ["The first", "Twice a number.", "A counter."]
    for page in pages:
        assert '<html lang="zh">' in page
        body = re.sub(r"(?s)<pre.*?</pre>|<style.*?</style>", "", page)
        text = tags_of(body).text
        for one in theirs:
            text = text.replace(one, "")
        assert not left_in_english(text), text
    assert "2 / 2" in pages[0] and "评分标准" in pages[-2] and "ann 与 bob" in pages[-1]


def test_without_copydetect_it_says_what_to_install(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "copydetect", None)
    with pytest.raises(UsageError, match=r"pip install 'chainrule\[similar\]'"):
        similar(course, ONE, 70)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wy: [a]\n", "comments.yml:1: wy is no exercise or question of one .*did you mean why"),
        ("why: []\n", "comments.yml:1: why is .*at least one"),
        ("double:\n- a\n- ' '\n", r"comments.yml:3: double\[1\] is ' ': give text"),
    ],
)
def test_a_wrong_comment_is_named(tmp_path: Path, text: str, says: str) -> None:
    (write_course(tmp_path) / "solutions/one/comments.yml").write_text(text)
    with pytest.raises(CourseError, match=says):
        load_comments(load_course(tmp_path), ONE)
