"""What a keyboard set to Chinese leaves in code that Python then cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from grader.controller.execution import Execution
from grader.controller.program import Program
from grader.submissions.fullwidth import full_width

_SYNTAX = frozenset({"SyntaxError", "IndentationError", "TabError"})


def typing_slips(program: Program, execution: Execution) -> Iterator[str]:
    """Say of each cell that is no Python which full-width character stands in the line named."""
    sources = dict(program.cells)
    for fault in execution.faults:
        raised = fault.raised
        if raised is None or raised.type not in _SYNTAX or raised.line is None:
            continue
        found = full_width(sources.get(fault.cell, ""), raised.line)
        where = program.place(fault.cell, raised.line)
        if found and where:
            yield f"{found} ({where})"
