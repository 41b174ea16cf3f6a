"""`chainrule validate`: the course's proofs."""

from __future__ import annotations

import json as jsons
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.cli.arguments import Device, Isolated, assignment_names, running_on
from grader.cli.common import OURS, console, exit_codes, this_course
from grader.cli.next_steps import command, say_next
from grader.errors import UsageError
from grader.worker.devices import is_away

if TYPE_CHECKING:
    from grader.validate.record import Validation


def validate(
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Assignments to prove; none means all.", autocompletion=assignment_names
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Seeds the answers are tried on.")] = 20,
    mutants: Annotated[bool, typer.Option(help="Whether answers are mutated, too.")] = True,
    device: Device = "cpu",
    jobs: Annotated[int, typer.Option(min=0, help="Processes at a time; 0: every core.")] = 0,
    isolation: Isolated = "full",
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Prove that answers, checks, mistakes and reference agree; exit 1 if they do not."""
    from grader.cli.time_left import ProofSteps
    from grader.grading.doctor import require_full
    from grader.grading.machine import choose_device, cores
    from grader.validate.places import places_of
    from grader.validate.validating import Effort, summary
    from grader.validate.validating import validate as validate_assignment

    found: list[Validation] = []
    with exit_codes(), ExitStack() as shown:
        course = this_course()
        where = choose_device(device)
        names = assignments or running_on(where, course)
        for name in names:
            if is_away(where) and course.plan(name).framework != "torch":
                raise UsageError(f"{name}: NumPy computes on the CPU alone; leave out --device")
        if isolation == "full":
            require_full()
        steps = shown.enter_context(ProofSteps(len(names)))
        effort = Effort(seeds, mutants, where)
        every = places_of(course, names, jobs or cores(), isolation, where)
        for name, places in shown.enter_context(closing(every)):
            steps.begin(name)
            found.append(validate_assignment(course, name, effort, places, steps.at))
            if not json:
                _print_complaints(found[-1])
    if json:
        typer.echo(jsons.dumps([v.model_dump() for v in found], indent=1))
    else:
        console().print(_table(found))
        for line in summary(found):
            console().print(line, soft_wrap=True)
        wrong = [v.assignment for v in found if not v.holds]
        if wrong:
            say_next(f"mend what is named above, then {command('validate', *wrong)}.")
        else:
            say_next(command("release", names[0] if len(names) == 1 else "ASSIGNMENT"))
    if not all(v.holds for v in found):
        raise typer.Exit(OURS)


def _print_complaints(validation: Validation) -> None:
    for complaint in validation.complaints:
        console().print(
            f"[red]{validation.assignment}[/] {complaint.proof}: "
            f"{escape(complaint.subject)}: {escape(complaint.reason)}",
            soft_wrap=True,
        )


def _table(found: list[Validation]) -> Table:
    table = Table(title="Proofs")
    table.add_column("assignment", no_wrap=True)
    for heading in ("exercises\ngroups", "cases", "mistakes\nfollowed", "figures\ngradients",
                    "mutants\nkilled", "equi-\nvalent", "seconds", "com-\nplaints"):  # fmt: skip
        table.add_column(heading, justify="right")
    for v in found:
        table.add_row(
            v.assignment,
            f"{v.exercises}\n{v.groups}",
            str(v.cases),
            f"{v.hinted}/{v.mistakes}\n{v.followed}",
            f"{v.figures}\n{v.gradients}",
            f"{v.killed}/{v.mutants}",
            str(v.equivalent),
            f"{v.seconds:.0f}",
            str(len(v.complaints)),
        )
    return table
