"""The cells that Otter Assign adds to a notebook: they call otter, and no answer is in them."""

from __future__ import annotations

from collections.abc import Sequence

INIT = '# Initialize Otter\nimport otter\ngrader = otter.Notebook("{name}.ipynb")'
CHECK = 'grader.check("{exercise}")'
CHECK_ALL = "grader.check_all()"
EXPORT = (
    "# Save your notebook first, then run this cell to export your submission.\n"
    "grader.export(pdf=False)"
)


def otter_cells(name: str, exercises: Sequence[str]) -> list[str]:
    """The sources of these cells for an assignment; left alone, they need not run to grade."""
    checks = [CHECK.format(exercise=exercise) for exercise in exercises]
    return [INIT.format(name=name), *checks, CHECK_ALL, EXPORT]
