"""The student's own check: the visible examples on their notebook, with nothing of `solutions/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.controller import messages
from grader.controller.execution import Execution
from grader.controller.program import CellPlace
from grader.controller.session import Program, execute
from grader.controller.zygote import Zygote
from grader.course.syllabus import Course
from grader.grading.alone import Checked, Checks, beside_release
from grader.grading.machine import Isolation, allowance_of, libraries_of, policy_of
from grader.grading.slips_of_the_keys import typing_slips
from grader.languages import machine
from grader.notebook import example_source
from grader.submissions import discover, read


def check(course: Course, name: str, notebook: Path, isolation: Isolation) -> Checks:
    """Run a notebook's own cells, then each visible example as it was released.

    What is said is said in the language of the notebook, where the course offers it.

    Raises:
        Unreadable: the file cannot be graded.
        CourseError: an unknown assignment.
        GraderError: the machine failed.
    """
    course.plan(name)  # first: whether there is such an assignment
    submission = read(discover(notebook, name)[0])
    beside = beside_release(course, name, submission)
    say = machine(beside.language).say
    limits = course.limits_of(name)
    own = [(cell.index, cell.source) for cell in beside.cells]
    places = tuple(CellPlace(cell.line, cell.nth) for cell in beside.cells)
    results, notes = [], list[str]()
    policy = policy_of(limits, isolation, "cpu", libraries_of(course, name))
    with Zygote(policy) as zygote:
        for exercise in course.assignments[name].points:
            cell = max((number for number, _ in own), default=0) + 1
            example = (cell, example_source(beside.released, exercise))
            program = Program((*own, example), submission.statementwise, places=places)
            execution = execute(zygote, program, [], allowance_of(limits))
            results.append(_checked(exercise, cell, execution, say))
            notes += typing_slips(program, execution)
    told = dict.fromkeys([*submission.notes, *notes])
    return Checks(tuple(results), tuple(map(say, told)), beside.language)


def _checked(exercise: str, cell: int, execution: Execution, say: Callable[[str], str]) -> Checked:
    """What came of the example in `cell`; one that was never reached does not pass."""
    said = [messages.visible_fault(fault) for fault in execution.faults if fault.cell == cell]
    if not said and not execution.loaded:
        said = [messages.UNREACHED]
    return Checked(exercise, not said, say(said[0]) if said else "")
