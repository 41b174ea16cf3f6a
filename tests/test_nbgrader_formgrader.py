"""nbgrader's formgrader in a headless browser: it shows our scores, and takes a person's."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from grader.course.syllabus import Course
from grader.nbgrader.collecting import collect
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.releasing import release
from tests.loop_class import ONE, SQUARED, answered, graded, grades, hand_in, small_course
from tests.notebook_server import notebook_server

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "chrome"))), None)
HOSTILE = (
    "<script>document.title='owned'</script>\n\n<img src=x onerror=\"document.title='owned'\">\n\n"
    "[link](javascript:document.title='owned')\n\n<iframe srcdoc=\"<script>"
    "parent.document.title='owned'</script>\"></iframe>"
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = small_course(tmp_path_factory.mktemp("formgrader"))
    release(made, ONE)
    hand_in(made, {"ann": answered(made, double=SQUARED, why="Written by Ann."),
                   "mal": answered(made, why=HOSTILE)})  # fmt: skip
    collect(made, ONE)
    graded(made)
    return made


@pytest.fixture(scope="module")
def server(course: Course) -> Iterator[str]:
    with notebook_server(course.root) as base:
        yield base


@pytest.fixture
def page() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1100, "height": 900})
        browser.close()


def submission(server: str, page: Any, first: str) -> None:
    """Open a student's notebook in the formgrader, by way of its list."""
    page.goto(f"{server}/formgrader/gradebook/{ONE}/{ONE}")
    link = page.locator("tr", has_text=first).locator("a[href*='/submissions/']").first
    link.wait_for()
    page.goto(f"{server}{link.get_attribute('href')}")
    # Scores and comments come by two requests of their own, after the page has loaded.
    page.wait_for_function(
        "window.formgrader && formgrader.grades?.loaded && formgrader.comments?.loaded"
    )


def shot(page: Any, name: str) -> None:
    """Keep a picture where CHAINRULE_SHOTS names a folder, for a person to look at."""
    if folder := os.environ.get("CHAINRULE_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_scores_hints_and_a_written_question(course: Course, server: str, page: Any) -> None:
    submission(server, page, "ann")
    places = page.eval_on_selector_all("input.score", "all => all.map(e => [e.id, e.placeholder])")
    assert ["test-double", "0"] in places and ["test-Counter", "3"] in places
    comment = page.locator("#double-comment").get_attribute("placeholder")
    assert comment.startswith("Twice, not squared.")
    text = page.inner_text("body")
    assert "Hint: Twice, not squared." in text and "Written by Ann." in text
    score = page.locator("#why")
    score.fill("0.5")
    with page.expect_response(lambda r: "/formgrader/api/grade/" in r.url):
        score.press("Tab")
    note = page.locator("#why-comment")
    note.fill("Half of the reason.")
    with page.expect_response(lambda r: "/formgrader/api/comment/" in r.url):
        note.press("Tab")
    shot(page, "formgrader")
    assert grades(course, "ann")["why"] == (None, 0.5, 0.5)
    graded(course)
    assert grades(course, "ann")["why"] == (None, 0.5, 0.5)
    feedback = write_feedback(course, ONE).pages["ann"]
    page.goto(feedback.as_uri())
    shot(page, "feedback")
    assert page.get_attribute("html", "lang") == "en"
    text = page.inner_text("body")
    assert "Half of the reason." in text and "Twice, not squared." in text
    assert "3.5 of 3 points" in text


def test_what_a_student_wrote_does_not_act_there(course: Course, server: str, page: Any) -> None:
    submission(server, page, "mal")
    page.wait_for_timeout(500)
    assert page.title() != "owned"
    assert page.locator("a[href^='javascript:']").count() == 0
    page.goto(write_feedback(course, ONE).pages["mal"].as_uri())
    page.wait_for_timeout(300)
    assert page.title() == "Feedback: The first, mal"
