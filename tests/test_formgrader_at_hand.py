"""In the formgrader, in a real browser: rubric, comments, a request beside its exercise."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from grader.course.syllabus import Course
from grader.nbgrader.collecting import collect
from grader.nbgrader.requests import requests_with_answers
from tests.loop_class import ONE, SQUARED, answered, graded, hand_in
from tests.notebook_server import notebook_server
from tests.term_class import term_course
from tests.test_answers_and_similar import COMMENTS, WRITTEN
from tests.test_attempts import asking
from tests.test_nbgrader_formgrader import CHROMIUM, submission

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")


@pytest.fixture
def course(tmp_path: Any) -> Course:
    made = term_course(tmp_path, arranged="extensions: {one: {cat: 2026-03-09 09:00}}\n")
    side = made.root / "solutions" / ONE
    (side / "written.yml").write_text(WRITTEN)
    (side / "comments.yml").write_text(COMMENTS)
    hand_in(made, {"cat": asking(answered(made, double=SQUARED, why="Because."))}, 8)
    collect(made, ONE)
    graded(made)
    return made


@pytest.fixture
def page() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1100, "height": 900})
        browser.close()


def test_what_a_marker_needs_is_beside_the_answer(course: Course, page: Any) -> None:
    with notebook_server(course.root) as server:
        submission(server, page, "Cole")
        text = page.inner_text("body")
        if folder := os.environ.get("CHAINRULE_SHOTS"):
            page.screenshot(path=f"{folder}/at-hand.png", full_page=True)
        assert "names the sum" in text and "One and one are two." in text
        assert "Say where the second one comes from." in text and "Twice is 2 * x." in text
        at = [text.index(part) for part in ("return x * x", "Regrade request:", "class Counter")]
        assert at == sorted(at), "the request stands below its exercise"
        note = page.locator("#double-comment")
        note.fill("Try it with 3.")
        with page.expect_response(lambda r: "/formgrader/api/comment/" in r.url):
            note.press("Tab")
        # Eight hours after everybody's due date, and before Cat's own.
        page.goto(f"{server}/formgrader/manage_students/cat")
        page.wait_for_selector("td")
        assert "5.5" not in page.inner_text("body")
    (asked,) = requests_with_answers(course, ONE)
    assert asked.answer == "Try it with 3."
    kept = (course.root / "build/nbgrader/autograded/cat/one/one.ipynb").read_text()
    assert "names the sum" not in kept, "the rubric stands in no file of a student's"
