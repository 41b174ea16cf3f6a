"""Collecting from the exchange: regular files only, and the time that the exchange itself knows.
Releasing feedback, after which the assignment's next grading draws new hidden cases.

nbgrader copies what it finds with `copytree`, which follows links: a link in a student's folder
would bring home any file that the instructor may read.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from traitlets import Unicode

from grader.course.rounds import mark_shown
from grader.course.syllabus import load_course
from grader.grading.keeping import opened
from grader.nbgrader.editions import answered
from grader.nbgrader.places import places_of
from grader.submissions.files import read_regular, walk
from grader.submissions.model import LIMITS, Unreadable

KEPT = frozenset({".ipynb", ".py", ".txt", ".md", ".pdf", ".png", ".jpg", ".jpeg"})
TIME = "timestamp.txt"
SECRET = "submission_secret.txt"


class CollectRegularFiles(ExchangeCollect):  # type: ignore[misc]
    """nbgrader's collector, with a copy that opens no link, pipe or device.

    Of a mixed class the edition is taken that the student has worked on: the released folder holds
    one in every language, and `nbgrader submit` hands in the whole folder.
    """

    course_root = Unicode(help="Folder of course.yml.").tag(config=True)

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the files of one submission; what is left out is logged."""
        target = Path(dest)
        target.mkdir(parents=True)
        for entry in walk(Path(src), LIMITS, lambda parts: False):
            name = entry.parts[-1]
            try:
                if Path(name).suffix.lower() not in KEPT:
                    raise Unreadable("files of this kind are not collected")
                if entry.problem:
                    raise Unreadable(entry.problem)
                (target / name).write_bytes(entry.load())
            except Unreadable as error:
                self.log.warning("%s: %s left out: %s", Path(src).name, name, error)
        self._take_edition(Path(src), target)
        # The folder's name was set when it was handed in; the file inside is the student's.
        (target / TIME).write_text(Path(src).name.rsplit("+", 3)[2])

    def _take_edition(self, src: Path, target: Path) -> None:
        """Where the notebook on top is still blank, take the one beside it that is not."""
        course, name = load_course(Path(self.course_root)), self.coursedir.assignment_id
        places, file = places_of(course), f"{name}.ipynb"
        top, first = target / file, places.released(name)
        if len(course.editions) < 2 or not first.is_file():
            return
        if top.is_file() and answered(top.read_bytes(), first.read_bytes()):
            return
        for language in course.editions[1:]:
            released = places.edition(course, name, language)
            try:
                payload = read_regular(src, (language, file), LIMITS.file_bytes)
            except Unreadable:
                continue
            if answered(payload, released.read_bytes()):
                top.write_bytes(payload)
                return


class ReleaseFeedback(ExchangeReleaseFeedback):  # type: ignore[misc]
    """nbgrader's release of feedback; what it shows of a round ends that round."""

    course_root = Unicode(help="Folder of course.yml.").tag(config=True)

    def start(self) -> Any:
        """Release, and note of which rounds."""
        done = super().start()
        course, name = load_course(Path(self.course_root)), self.coursedir.assignment_id
        with opened(course) as store:
            shown = [one.round for one in store.latest(name) if one.status == "graded"]
        if shown:
            mark_shown(course.root, name, max(shown))
        return done


def replace_folder(folder: Path) -> Path:
    """Empty a folder of a submission, or make it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    return folder
