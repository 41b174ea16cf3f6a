"""The README's pictures: pages of the demonstration's class, as a browser shows them.

`python -m tools.pictures` plays `chainrule demo` in a temporary folder, opens its class page and
one student's page in a headless Chromium (its path in CHROMIUM, if it is not on PATH), and writes
them to `docs/pictures/`. So the pictures show what the kit makes, and nothing else.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from grader.course.syllabus import load_course
from grader.demo.loop import demo_course, run_loop
from grader.grading.grading import Options
from grader.grading.machine import cores
from grader.results import Report

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "docs" / "pictures"
ASSIGNMENT, STUDENTS = "lec05_backprop", 24
WIDTH, HEIGHT = 1000, 1000
LARGEST_BYTES = 150_000


@dataclass(frozen=True)
class Shot:
    """A picture: its name, and the page of the export that it shows."""

    name: str
    page: Path


def play(folder: Path) -> tuple[Shot, ...]:
    """Play the demonstration in `folder`; the class's page, and one of a student who got a hint."""
    course = demo_course(load_course(ROOT), folder)
    options = Options(cores(), "cpu", "full")
    loop = run_loop(course, ASSIGNMENT, STUDENTS, options, lambda step: print(step, flush=True))
    pages = next(path.parent for path in loop.exported if path.name == "index.html")
    return (
        Shot("class", pages / "index.html"),
        Shot("feedback", pages / "students" / f"{_hinted(loop.report)}.html"),
    )


def _hinted(report: Report) -> str:
    """Of the students who got one hint, the one whose hint stands highest on the page."""
    places = {}
    for one in report.submissions:
        found = [place for place, each in enumerate(one.exercises) if each.hint]
        if len(found) == 1:
            places[one.student] = found[0]
    return min(places, key=lambda student: (places[student], student))


def shoot(page: Page, address: str) -> bytes:
    """A PNG of a page's top, in few colours, so that it stays small."""
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(address)
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    out = io.BytesIO()
    taken.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def main() -> int:
    """Take every picture anew; returns the exit code."""
    chromium = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    )
    if not chromium:
        print("No Chromium on PATH: install one, or set CHROMIUM to its path.", file=sys.stderr)
        return 2
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        shots = play(Path(folder) / "demo")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light", reduced_motion="reduce")
        for shot in shots:
            png = shoot(page, shot.page.as_uri())
            if len(png) > LARGEST_BYTES:
                print(f"{shot.name} has {len(png)} bytes; show less of it", file=sys.stderr)
                return 1
            (PICTURES / f"{shot.name}.png").write_bytes(png)
            print(f"{PICTURES.relative_to(ROOT) / shot.name}.png  {len(png)} bytes")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
