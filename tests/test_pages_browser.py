"""What students wrote, in the pages that show it, in a real browser: nothing of it acts.

The same watch that sees nothing here sees planted attacks in every kind of page, so it can fail.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.course.syllabus import Course
from grader.exporting.files import export
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.steps import gradebook
from grader.nbgrader.totals import class_grades
from tests.hostile_class import HONEST, QUOTED, hostile_class
from tests.loop_class import ONE, small_course
from tests.notebook_server import notebook_server
from tests.watching import ELSEWHERE, Watched, browser, payloads, watched

CELLS = "#notebook-container"
# Of the release's own headings; links of our own pages to each other and to their parts.
OWN_ANCHORS = "^#[A-Z]"
OWN_LINKS = r"^(#x-\w+|students/\w+\.html)$"
LAB_CELLS = ".jp-Notebook .jp-RenderedMarkdown"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def course(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Course:
    made = small_course(tmp_path_factory.mktemp("pages"))
    hostile_class(made)
    return made


@pytest.fixture(scope="module")
def server(course: Course) -> Iterator[str]:
    with notebook_server(course.root) as base:
        yield base


@pytest.fixture
def watch(chromium: Any) -> Iterator[Watched]:
    """A page to which no content security policy applies: what does not act is not there."""
    with watched(chromium, bypass_csp=True) as made:
        yield made


@pytest.fixture
def held(chromium: Any) -> Iterator[Watched]:
    """A page that keeps to its content security policy."""
    with watched(chromium) as made:
        yield made


def submission(course: Course, server: str, student: str) -> str:
    """The address of a student's notebook in the formgrader."""
    with gradebook(course) as book:
        found = book.find_submission_notebook(ONE, ONE, student).id
    return f"{server}/formgrader/submissions/{found}/"


def notebook(course: Course, student: str) -> Path:
    return places_of(course).of("autograded", student, ONE) / f"{ONE}.ipynb"


def in_lab(course: Course, server: str, student: str) -> str:
    return f"{server}/lab/tree/{notebook(course, student).relative_to(course.root)}?reset"


def shown_in_lab(watch: Watched, address: str) -> None:
    watch.page.goto(address)
    watch.page.wait_for_selector(LAB_CELLS, timeout=90_000)
    watch.home = ""  # JupyterLab rewrites its own address
    cells = "document.querySelectorAll('.jp-Notebook .jp-MarkdownCell:not(.jp-mod-rendered)')"
    watch.page.wait_for_function(f"{cells}.length === 0")
    watch.page.wait_for_timeout(1500)


def planted(course: Course, student: str, source: str, **marks: Any) -> None:
    """Put Markdown into an autograded notebook as if nothing had gone over it."""
    path = notebook(course, student)
    made = json.loads(path.read_text())
    cell = {"cell_type": "markdown", "id": "planted", "metadata": marks, "source": source}
    made["cells"].insert(1, cell)
    path.write_text(json.dumps(made))


def shot(watch: Watched, name: str) -> None:
    """Keep a picture where CHAINRULE_SHOTS names a folder, for a person to look at."""
    if folder := os.environ.get("CHAINRULE_SHOTS"):
        watch.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_there_are_payloads_enough() -> None:
    every = payloads()
    assert len({text for _, _, text in every}) >= 350
    assert len({kind for _, kind, _ in every}) >= 12


def test_nothing_acts_in_the_formgrader(course: Course, server: str, watch: Watched) -> None:
    for student in ("mal", "out", "err", *(f"py{n}" for n in range(len(QUOTED)))):
        watch.open(submission(course, server, student))
        assert watch.poke(CELLS) > (len(payloads()) if student == "mal" else 10)
        assert watch.done == [], student
        assert watch.bad_links(f"{CELLS} .text_cell_render", OWN_ANCHORS) == [], student
        assert watch.foreign(CELLS) == [], student
        # The names that the page's own script looks for are not taken by anything above them.
        assert watch.page.locator("#test-double").evaluate("e => e.tagName") == "INPUT"
        assert watch.page.evaluate("typeof formgrader.init") == "function"


def test_nothing_acts_in_the_rebuilt_notebook(course: Course, server: str, watch: Watched) -> None:
    shown_in_lab(watch, in_lab(course, server, "mal"))
    assert watch.page.locator(LAB_CELLS).count() > len(payloads())
    assert watch.poke(LAB_CELLS) > len(payloads())
    assert watch.done == []
    assert watch.bad_links(LAB_CELLS) == []
    assert watch.foreign(LAB_CELLS) == []
    assert watch.page.locator(f"{LAB_CELLS} img").count() == 0


def test_nothing_acts_in_feedback_and_exports(
    course: Course, watch: Watched, tmp_path: Path
) -> None:
    pages = write_feedback(course, ONE).pages
    written = export(class_grades(course, ONE, with_titles=True), "html", tmp_path / "out")
    every = [path for path in (*pages.values(), *written.files) if path.suffix == ".html"]
    assert len(every) > 2 * len(pages)
    for path in every:
        watch.open(path.as_uri())
        watch.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert watch.poke("body", OWN_LINKS) > 5
        assert watch.done == [], path.name
        assert watch.bad_links("body", OWN_LINKS) == [], path.name
        assert watch.foreign("body") == [], path.name
    text = (pages["out"]).read_text()
    assert f"http://{ELSEWHERE}/2" in text and "alert(1)" in text, "the payloads are shown"


OWN = {"nbgrader": {"locked": True, "solution": False, "grade": False, "grade_id": "prompt"}}
PLANT = (
    "<img src=x onerror=alert(990)> [x](javascript:alert(991)) <b onclick=alert(992)>x</b>"
    f"<script src=http://{ELSEWHERE}/993></script><iframe src=http://{ELSEWHERE}/994></iframe>"
)


def test_plants_are_seen_in_the_formgrader_and_held_by_its_policy(
    course: Course, server: str, watch: Watched, held: Watched
) -> None:
    """The release's own text is shown as it is, so a plant there is live."""
    planted(course, "red", PLANT, **OWN)
    watch.open(submission(course, server, "red"))
    watch.poke(CELLS)
    assert {"said 990", "said 991", "said 992", f"asked for http://{ELSEWHERE}/994"} <= set(
        watch.done
    )
    assert watch.bad_links(CELLS) and watch.foreign(CELLS)
    held.open(submission(course, server, "red"))
    assert held.page.locator(f"{CELLS} img").count() == 1
    held.poke(CELLS)
    assert held.done == []


def test_the_formgraders_lists_work_under_the_policy(server: str, held: Watched) -> None:
    places = ("manage_assignments", "gradebook", f"gradebook/{ONE}", f"gradebook/{ONE}/{ONE}",
              f"manage_submissions/{ONE}", "manage_students", "manage_students/ann")  # fmt: skip
    for place in places:
        held.page.goto(f"{server}/formgrader/{place}")
        held.page.wait_for_function(
            "!document.querySelector('#main-table').innerText.match('Load')"
        )
        assert held.page.locator("#main-table tr").count() >= 1, place
    held.page.goto(f"{server}/formgrader/gradebook/{ONE}/{ONE}")
    held.page.wait_for_selector("#main-table .name-hidden")
    held.page.click("#toggle_names")
    assert held.page.inner_text("#toggle_names") == "Hide All Names"
    for what in ("student", "assignment"):
        held.page.goto(f"{server}/formgrader/manage_{what}s")
        held.page.get_by_role("link", name=f"Add new {what}").click()
        held.page.wait_for_selector(".modal-dialog")


def test_an_address_does_not_act_in_the_formgrader(server: str, watch: Watched) -> None:
    """nbgrader writes the address into its script, and a student may give a link."""
    for named in ("%22;alert(980);%22", "%3C%2Fscript%3E%3Cscript%3Ealert(981)%3C%2Fscript%3E"):
        for place in ("manage_students", "gradebook", "manage_submissions"):
            watch.page.goto(f"{server}/formgrader/{place}/{named}")
    assert watch.done == []


def test_the_formgrader_cleans_what_came_past_the_rebuilding(
    course: Course, server: str, watch: Watched
) -> None:
    planted(course, "sly", "\n\n".join(text for _, _, text in payloads()))
    for _, _, text in payloads():
        planted(course, "sly", text)
    watch.open(submission(course, server, "sly"))
    watch.poke(CELLS)
    assert watch.done == []
    assert watch.bad_links(f"{CELLS} .text_cell_render", OWN_ANCHORS) == []
    assert watch.foreign(CELLS) == []


def test_plants_are_seen_in_jupyterlab(course: Course, server: str, watch: Watched) -> None:
    planted(course, "lab", f"![x](http://{ELSEWHERE}/992) [x](/logout)")
    shown_in_lab(watch, in_lab(course, server, "lab"))
    assert f"asked for http://{ELSEWHERE}/992" in watch.done


def test_plants_in_our_pages_are_held_by_their_policy(
    course: Course, watch: Watched, held: Watched, tmp_path: Path
) -> None:
    """Even if nothing at all were escaped."""
    page = write_feedback(course, ONE).pages["ann"].read_text()
    every = "\n".join(f"<section>{text}</section>" for _, kind, text in payloads()
                      if kind not in ("mutation", "base, meta, link, form"))  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(page.replace("<main>", f"<main>{PLANT}{every}", 1))
    for one in (watch, held):
        one.open(path.as_uri())
        one.poke("body")
    assert len(set(watch.done)) > 40 and {"said 990", "said 992"} <= set(watch.done)
    assert held.done == []
    assert held.page.locator("img").count() > 10


def test_plants_are_seen_in_a_page(watch: Watched, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        f"<body><b onmouseover=alert(993)>x</b><img src=http://{ELSEWHERE}/994>"
        f"<p style='background:url(http://{ELSEWHERE}/995)'>x</p>"
        "<a href='javascript:alert(996)'>x</a><a href='https://example.org'>x</a>"
    )
    watch.open(path.as_uri())
    watch.poke("body")
    assert {"said 993", "said 996"} <= set(watch.done)
    assert {f"asked for http://{ELSEWHERE}/{n}" for n in (994, 995)} <= set(watch.done)
    watch.page.evaluate("location.href = 'about:blank'")
    watch.page.wait_for_timeout(300)
    assert "went to about:blank" in watch.done


def test_an_honest_answer_is_rendered(course: Course, server: str, watch: Watched) -> None:
    watch.open(submission(course, server, "ann"))
    answer = watch.page.locator(".text_cell_render", has=watch.page.locator("h2"))
    answer = answer.filter(has_text="An answer")
    found = answer.inner_html()
    for tag in ("<strong>bold", "<em>slanted", "<del>struck", "<table>", "<ol>", "<blockquote>"):
        assert tag in found, tag
    links = answer.locator("a").evaluate_all("all => all.map(a => a.href)")
    assert links == ["https://example.org/a", "https://example.org/b", "https://example.org/c",
                     "mailto:a@example.org"]  # fmt: skip
    text = answer.inner_text().replace("\u2060", "")
    assert "x[1](2) < y[0]: z" in text and "$a<b$" in text and "5 < 6 α é 中文" in text
    assert 'return x[0](1) if x < 3 & 4 else "<b>&amp;</b>"' in text
    assert r"\frac{\partial L}{\partial w} = \sum_i x_i \left(\hat{y}_i - y_i\right)" in text
    assert r"\begin{align} a &= b \\ c &\leq d \end{align}" in " ".join(text.split())
    assert HONEST.count("$$") == text.count("$$")
