"""Where nbgrader reads what a student handed in: rebuilt from the release before all else.

`nbgrader autograde` reads each notebook twice: from `submitted` to clean it, and from
`autograded`, what it wrote itself, to grade it. Only the first reading meets a student's file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbconvert.exporters import NotebookExporter
from nbformat import from_dict
from traitlets import Any as AnyTrait
from traitlets import Enum, Unicode

from grader import inert
from grader.course.syllabus import load_course
from grader.errors import GraderError
from grader.grading.machine import Isolation
from grader.nbgrader.desk import Desk
from grader.nbgrader.pieces import Unreadable, pieces_of
from grader.nbgrader.rebuild import Rebuilt, rebuild

if TYPE_CHECKING:
    from nbformat import NotebookNode


class RebuildingExporter(NotebookExporter):
    """Reads any submission, also one that no notebook reader opens, as a sound notebook.

    It also holds the `Desk` of the assignment, which our preprocessors ask for results.
    """

    course_root = Unicode(help="The course's folder.").tag(config=True)
    isolation: Isolation = Enum(  # type: ignore[assignment]
        ("full", "process"), "full", help="For grading on the spot."
    ).tag(config=True)
    report = AnyTrait(None, allow_none=True, help="Results known already.").tag(config=True)
    _desks: dict[str, Desk]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Start without any assignment opened."""
        super().__init__(*args, **kwargs)  # type: ignore[no-untyped-call]
        self._desks = {}

    def desk(self, assignment: str) -> Desk:
        """The desk of an assignment, opened on first use."""
        if assignment not in self._desks:
            course = load_course(Path(self.course_root))
            self._desks[assignment] = Desk(course, assignment, self.isolation, self.report)
        return self._desks[assignment]

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Convert a notebook; a submitted one is rebuilt first."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **kw)
        about = resources["nbgrader"]
        node = self._rebuilt(about["assignment"], about["student"])
        resources["metadata"] = {"name": about["notebook"], "path": str(Path(filename).parent)}
        made = self.from_notebook_node(node, resources=resources, **kw)  # type: ignore[no-untyped-call]
        return made

    def _rebuilt(self, assignment: str, student: str) -> NotebookNode:
        desk = self.desk(assignment)
        found = desk.found.get(student)
        if found is None:
            raise GraderError(f"{student}: no file of {assignment} was collected")
        language = desk.language(student)
        released, say = desk.released(language), desk.catalogue(language).say
        try:
            rebuilt = rebuild(released, pieces_of(found))
        except Unreadable as error:
            rebuilt = Rebuilt(rebuild(released, []).notebook, (f"not read: {error}",))
        node = rebuilt.notebook
        node.metadata["chainrule"] = {
            **node.metadata.get("chainrule", {}),
            "notes": [say(note) for note in rebuilt.notes],
            "requests": [[inert.plain(r.exercise), inert.plain(r.text)] for r in rebuilt.requests],
        }
        if rebuilt.notes:
            self.log.warning("%s: rebuilt from the release: %s", student, "; ".join(rebuilt.notes))
            node.cells.insert(0, _note(rebuilt.notes, desk.catalogue(desk.course.language).say))
        return node


def _note(notes: tuple[str, ...], say: Callable[[str], str]) -> NotebookNode:
    # A note may quote what the student wrote.
    lines = "\n".join(f"- {inert.literal(say(note))}" for note in notes)
    head = say("**For the grader.** This notebook was rebuilt from the release:")
    source = f"{head}\n\n{lines}"
    metadata = {"chainrule": {"own": False, "note": True}}
    cell = {"cell_type": "markdown", "id": "rebuilt", "metadata": metadata, "source": source}
    node: NotebookNode = from_dict(cell)
    return node
