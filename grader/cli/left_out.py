"""What a notebook does without, said where it is built: points may be forgotten, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape

from grader.cli.common import complaints

if TYPE_CHECKING:
    from grader.course.syllabus import Course


def say_left_out(course: Course, assignment: str) -> None:
    """Name the exercises and questions that course.yml gives no points, if there are any."""
    from grader.notebook import read_assignment

    if names := read_assignment(course, assignment).left_out:
        told = f"{', '.join(names)} ({assignment}: no points in course.yml)"
        complaints().print(f"[yellow]left out:[/] {escape(told)}", soft_wrap=True)
