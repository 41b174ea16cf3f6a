"""`chainrule feedback`: every student's page, generated and released by nbgrader."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.syllabus import Course
from grader.errors import UsageError
from grader.nbgrader.exchange import SECRET, TIME
from grader.nbgrader.one_session import one_session
from grader.nbgrader.page import PageExporter
from grader.nbgrader.places import Places, places_of
from grader.nbgrader.progress import Show, Tally, unseen
from grader.nbgrader.steps import api_of, done, only_writer
from grader.nbgrader.totals import class_grades
from grader.notebook.build import write_whole
from grader.render.grades import Grades

if TYPE_CHECKING:
    from traitlets.config import Config


@dataclass(frozen=True)
class Written:
    """Pages by student, those who cannot fetch theirs from the exchange, and failures."""

    folder: Path
    pages: dict[str, Path]
    by_hand: tuple[str, ...]
    failed: dict[str, str]
    without: dict[str, str]
    """Who has no page, and why: nothing handed in, or nothing to say of it yet."""

    @property
    def example(self) -> Path:
        """One of the pages."""
        return next(iter(self.pages.values()), self.folder)


def write_feedback(course: Course, name: str, show: Show = unseen) -> Written:
    """Generate and release the feedback of an assignment; `show` is told of every page.

    Raises:
        UsageError: nothing has been graded yet.
        GraderError: nbgrader failed.
    """
    course.plan(name)
    places = places_of(course)
    graded = sorted(
        path.parent.parent.name
        for path in (places.home / "autograded").glob(f"*/{name}/{name}.ipynb")
    )
    if not graded:
        raise UsageError(f"nothing of {name} is graded yet; run `chainrule grade {name}`")
    grades = class_grades(course, name)
    refused = _not_to_say(grades)
    shared = {w.student: w.by for w in grades.worths if w.by not in ("", w.student)}
    with only_writer(course):
        tally = Tally(len(graded), show)
        hooks = {"pre_convert_hook": lambda **about: tally.one_more()}
        about_class = {"median": grades.median}
        api = api_of(course, GenerateFeedback=hooks, PageExporter=about_class)
        with one_session(places.database, course.course):
            result = api.generate_feedback(name, force=True)
            for student, by in shared.items():
                _page_of_group(api.config, places, student, by, name)
        for student in refused:
            # It would show an earlier submission, and be released as if it were of this one.
            _page(places, student, name).unlink(missing_ok=True)
        readers = sorted({*graded, *shared})
        pages = {s: _page(places, s, name) for s in readers if _page(places, s, name).is_file()}
        if not pages:
            done(result, f"generate the feedback of {name}")
        for student, page in pages.items():
            _only_ours(page)
            _releasable(places, student, name)
        done(api.release_feedback(name), f"release the feedback of {name}")
    failed = {s: "no page was made; grade again" for s in graded if s not in pages}
    for student in refused:
        failed.pop(student, None)
    came = _through_exchange(places, course, name)
    by_hand = tuple(s for s in pages if s not in came)
    return Written(places.home / "feedback", pages, by_hand, failed, refused)


def _not_to_say(grades: Grades) -> dict[str, str]:
    """Those of whom the last submission has no total."""
    return {one.student: one.reason for one in grades.worths if one.total is None}


def _page_of_group(config: Config, places: Places, student: str, by: str, name: str) -> None:
    """Write the page of a student whose work another of the group handed in."""
    import nbformat

    source = places.of("autograded", by, name) / f"{name}.ipynb"
    if not source.is_file():
        return
    about = {"notebook": name, "assignment": name, "student": by, "reader": student}
    resources = {"nbgrader": {**about, "db_url": places.database}}
    exporter = PageExporter(config=config)  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(nbformat.read(source, as_version=4), resources)
    write_whole(_page(places, student, name), page)


def _page(places: Places, student: str, name: str) -> Path:
    return places.of("feedback", student, name) / f"{name}.html"


def _only_ours(page: Path) -> None:
    """Remove what nbgrader copies beside a page: it would release any HTML that is there."""
    for path in page.parent.iterdir():
        if path.name in (page.name, TIME, SECRET):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _releasable(places: Places, student: str, name: str) -> None:
    """Add what nbgrader's release asks for where a submission did not come by its exchange."""
    folder = places.of("feedback", student, name)
    for file, text in ((SECRET, secrets.token_hex(64)), (TIME, "")):
        kept = places.of("submitted", student, name) / file
        if not (folder / file).exists():
            (folder / file).write_text(kept.read_text() if kept.is_file() else text)


def _through_exchange(places: Places, course: Course, name: str) -> set[str]:
    inbound = places.exchange / course.course / "inbound"
    if not inbound.is_dir():
        return set()
    return {folder.name.rsplit("+", 3)[0] for folder in inbound.glob(f"*+{name}+*")}
