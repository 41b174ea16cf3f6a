"""nbgrader's configuration, all of it from `course.yml`.

`nbgrader_config.py` of a course calls `configure`; so does every command of ours that runs a
step of nbgrader, so that both do the same.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SAWarning

from grader.course.syllabus import Course, find_course, load_course
from grader.grading.machine import Isolation
from grader.nbgrader.blanks import Blanks
from grader.nbgrader.places import places_of
from grader.nbgrader.users_path import put_on_path

if TYPE_CHECKING:
    from traitlets.config import Config

PREPROCESSORS = (
    "grader.nbgrader.scores.EnterScores",  # in place of Execute: nothing is run here
    "grader.nbgrader.scores.SaveScores",
    "grader.nbgrader.late.GrantExtensions",
    "nbgrader.preprocessors.AssignLatePenalties",
)
"""What `nbgrader autograde` does with a notebook of a student, in this order."""


def configure(config: Config, file: str | Path = "", isolation: Isolation = "full") -> None:
    """Fill nbgrader's configuration for the course that `file` (or the working folder) lies in.

    Args:
        config: what `get_config()` returns.
        file: `__file__` of nbgrader_config.py.
        isolation: how `nbgrader autograde`, run alone, confines code that has no result yet.

    Raises:
        CourseError: course.yml is missing or wrong.
    """
    start = Path(file).parent if file else Path.cwd()
    configure_for(load_course(find_course(start)), config, isolation)


def configure_for(course: Course, config: Config, isolation: Isolation = "full") -> None:
    """The same for a course that is loaded already."""
    places = places_of(course)
    places.home.mkdir(parents=True, exist_ok=True)
    alembic_on_path()
    # nbgrader's habits under SQLAlchemy 2; nothing that its users could mend.
    warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")
    config.CourseDirectory.course_id = course.course
    config.CourseDirectory.root = str(places.home)
    config.CourseDirectory.db_url = places.database
    blanks = Blanks.of(course.language)
    config.ClearSolutions.code_stub = {"python": blanks.code}
    config.ClearSolutions.text_stub = blanks.text
    config.Exchange.root = str(places.exchange)
    config.ExchangeReleaseAssignment.force = True
    config.ExchangeCollect.update = True
    config.ExchangeFactory.collect = "grader.nbgrader.exchange.CollectRegularFiles"
    config.ExchangeFactory.release_feedback = "grader.nbgrader.exchange.ReleaseFeedback"
    config.CollectRegularFiles.course_root = str(course.root)
    config.ReleaseFeedback.course_root = str(course.root)
    # A submission is rebuilt from the release as it is read. nbgrader's own cleaning would fail on
    # damaged ones, and has nothing left to do then; checking the schema takes a third of the time.
    config.Autograde.exporter_class = "grader.nbgrader.exporter.RebuildingExporter"
    config.Autograde.sanitize_preprocessors = []
    config.Autograde.autograde_preprocessors = list(PREPROCESSORS)
    config.AssignLatePenalties.plugin_class = "grader.nbgrader.late.LatePolicy"
    config.LatePolicy.policy = course.late.model_dump()
    config.RebuildingExporter.course_root = str(course.root)
    config.RebuildingExporter.isolation = isolation
    config.GenerateFeedback.exporter_class = "grader.nbgrader.page.PageExporter"
    config.GenerateFeedback.preprocessors = ["nbgrader.preprocessors.GetGrades"]
    config.PageExporter.course_root = str(course.root)
    # The formgrader shows what students wrote to the instructor's own session.
    config.HTMLExporter.sanitize_html = True
    config.HTMLExporter.preprocessors = ["grader.nbgrader.at_hand.AtHand"]
    config.AtHand.course_root = str(course.root)
    config.HTMLExporter.filters = {"markdown2html": "grader.nbgrader.formgrader.markdown2html"}


def alembic_on_path() -> None:
    """Let nbgrader find `alembic`, which it runs to make a database, without an activated venv."""
    put_on_path(str(Path(sys.executable).parent))
