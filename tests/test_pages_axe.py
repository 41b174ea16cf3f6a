"""Pages in a real browser: axe-core finds nothing, none scrolls sideways, the keyboard gets about.

Light and dark, a desk's width and a phone's, English and Chinese. `CHAINRULE_SHOTS` names a folder
that pictures are kept in, for a person to look at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import pytest

from grader.course.written import ModelAnswer
from grader.render.grades import Grades
from grader.render.html import Beside, class_page, student_page, term_page
from grader.render.worth import Entry, Mark, Offer, worth
from grader.results import Verdict
from grader.term.answers import BY_HAND, NOT_YET, Across, Group, One
from grader.term.pages import rendered
from grader.term.similar import CAUTION, Pair, Part, Similar
from tests.export_class import result, submission
from tests.watching import browser

VERDICTS = get_args(Verdict)
NAMES = tuple(f"exercise_of_a_long_name_{n}" for n in range(len(VERDICTS)))
OFFER = Offer(dict.fromkeys(NAMES, 2.0), frozenset(NAMES[-1:]), {"in_your_own_words": 3.0})
WIDTHS = (1200, 390)
SAID = "ModuleNotFoundError: No module named 'pandas' (line 1 of the file)"
LONG = "x" * 300
WIDE = " + ".join(rf"\frac{{\partial L_{{{n}}}}}{{\partial z_{{{n}}}}}" for n in range(30))


def grades(language: str) -> Grades:
    results = [
        submission(
            f"student{n}",
            *(
                result(name, VERDICTS[(n + k) % len(VERDICTS)],
                       2.0 * ((n + k) % len(VERDICTS) == 0), 2.0,
                       hint="Sum over the observations." if k == 1 else "", further="More.",
                       message=SAID if k in (2, 3) else LONG,
                       mistake="not_summed" if k == 1 else "", fingerprint="a-b-c",
                       follow_through=NAMES[:1] if k == 4 else ())
                for k, name in enumerate(NAMES)
            ),
        )
        for n in range(12)
    ]  # fmt: skip
    entry = Entry({"in_your_own_words": Mark(3, manual=2)}, 1.0, "2026-03-09 12:00:00", 9e4)
    worths = [worth(one.student, OFFER, one, entry) for one in results]
    worths += [worth(name, OFFER, message="handed nothing in") for name in ("zoe", "yan")]
    worths[-1] = replace(worths[-1], standing="excused")
    unread = submission("xu", status="unreadable", message="Not JSON. Save it again.")
    return Grades(
        "one", "The first", (*worths, worth("xu", OFFER, unread)), OFFER,
        dict.fromkeys(NAMES, "Gradients of a layer."), language=language, isolation="full",
        device="cpu", median=61.5, due=datetime(2026, 3, 8, 15, 59, tzinfo=UTC),
    )  # fmt: skip


BESIDE = Beside(
    ("2 cells that did not belong to the release were left out",),
    dict.fromkeys(NAMES, f"def f(x):\n    return x  # {LONG}"),
    {"in_your_own_words": "Because of the chain rule."},
    {NAMES[0]: "**Nearly.** See [the notes](https://example.org), $x_i$:\n\n- `dz.sum(0)`",
     "in_your_own_words": "Good."},
    dict.fromkeys((*NAMES, "in_your_own_words"),
                  f"## A layer\n\n$$Z = A W + b + {WIDE}$$\n\n| a | b |\n|--|--|\n| 1 | 2 |"),
)  # fmt: skip


ACROSS = Across(
    "one", "The first", "in_your_own_words", "A question.",
    ModelAnswer.model_validate({"answer": "Because.", "rubric": [{"points": 3, "for": LONG}]}),
    ("See the notes.",), (("Good.", 2),), tuple((verdict, 2) for verdict in (*VERDICTS, NOT_YET)),
    tuple(Group(verdict, "Sum it.", SAID, LONG, (One("ann", 2.0, 3.0, True, "Good."),
                                                 One("bob", None, 3.0, False, "")))
          for verdict in (*VERDICTS, NOT_YET, BY_HAND)),
)  # fmt: skip
LINES = (("def f(x):", False), (f"    return x  # {LONG}", True))
SIMILAR = Similar("one", 12, (Pair("ann", "bob", 91, (Part(NAMES[0], 91, LINES, LINES),)),),
                  NAMES[1:], True)  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder, made = tmp_path_factory.mktemp("axe"), {}
    for language in ("en", "zh"):
        found = grades(language)
        texts = {
            "student": student_page(found, found.worths[0], BESIDE),
            "missing": student_page(found, found.worths[-3]),
            "class": class_page(found, {n: f"{n}.html" for n in range(len(found.worths))}),
            "term": term_page("Deep Learning", [found] * 9),
            "answers": rendered("answers.html.j2", language, found=ACROSS),
            "similar": rendered("similar.html.j2", language, found=SIMILAR, caution=CAUTION,
                                at_least=70, title="The first"),
        }  # fmt: skip
        for name, text in texts.items():
            made[f"{name}-{language}"] = folder / f"{name}-{language}.html"
            made[f"{name}-{language}"].write_text(text)
    return made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def axe() -> str:
    pytest.importorskip("axe_playwright_python")
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, axe: str) -> list[str]:
    """What axe-core has to say of a page, all its rules counted."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:90]}" for one in found]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    chromium: Any, axe: str, pages: dict[str, Path], scheme: str, width: int
) -> None:
    context = chromium.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    for name, path in pages.items():
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        if folder := os.environ.get("CHAINRULE_SHOTS"):
            page.screenshot(path=f"{folder}/{name}-{scheme}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert violations(page, axe) == [], name
    context.close()


def test_axe_finds_what_is_wrong(
    chromium: Any, axe: str, pages: dict[str, Path], tmp_path: Path
) -> None:
    spoilt = tmp_path / "spoilt.html"
    text = re.sub("<style>", "<style>a { color: #999 !important }", pages["student-en"].read_text())
    text = re.sub('content="default-src[^"]*"', "content=\"script-src 'none'\"", text)
    spoilt.write_text(text.replace("<h1>", "<h4>").replace("</h1>", "</h4>"))
    page = chromium.new_page(color_scheme="light")
    page.goto(spoilt.as_uri())
    found = " ".join(violations(page, axe))
    assert "color-contrast" in found and "heading-one" in found
    page.close()


def test_the_page_can_be_read_without_a_script_and_by_the_keyboard(
    chromium: Any, pages: dict[str, Path]
) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["student-en"].as_uri())
    page.keyboard.press("Tab")
    assert page.locator(".skip:focus").count() == 1
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("tbody a:focus").count() == 1, "the first link behind the head of the page"
    assert page.locator(f"#x-{NAMES[0]} math").count() >= 1
    context.close()


def test_paper_is_white_whole_and_unfolded(chromium: Any, pages: dict[str, Path]) -> None:
    page = chromium.new_page(color_scheme="dark", viewport={"width": 700, "height": 900})
    page.goto(pages["student-en"].as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == "rgb(255, 255, 255)"
    folded = page.locator("details:not([open]) > p").first
    assert folded.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    assert not page.locator(".skip").is_visible()
    if folder := os.environ.get("CHAINRULE_SHOTS"):
        page.pdf(path=f"{folder}/student-en.pdf", format="A4")
    page.close()
