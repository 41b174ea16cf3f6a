"""`chainrule worker` and `chainrule cluster`: machines that join, and who has joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from grader.cli.arguments import Jobs
from grader.cli.cluster_options import Ca, Cert, Key
from grader.cli.common import complaints, console, exit_codes, this_course

if TYPE_CHECKING:
    from grader.cluster.showing import Shown


def worker(
    address: Annotated[
        str | None,
        typer.Argument(help="The scheduler's address or file; none takes `cluster` of course.yml."),
    ] = None,
    jobs: Jobs = 0,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option(help="Whether its GPUs are used.")
    ] = "auto",
    patience: Annotated[
        float, typer.Option(min=0, help="Seconds that a scheduler may be away.")
    ] = 300.0,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Lend this machine to a cluster, from the folder of its copy of the course."""
    with exit_codes():
        from grader.cli.clusters import named
        from grader.cluster.joining import Wish, join

        course = this_course()
        where = named(course, address, (tls_ca, tls_cert, tls_key))
        told = complaints()
        join(
            where, course.root, Wish(jobs, device, patience),
            lambda text: told.print(text, soft_wrap=True, highlight=False, markup=False),
        )  # fmt: skip


def cluster(
    address: Annotated[
        str | None,
        typer.Argument(help="The scheduler's address or file; none takes `cluster` of course.yml."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Show who is in a cluster."""
    with exit_codes():
        from grader.cli.clusters import named
        from grader.cluster.showing import shown

        found = shown(named(this_course(), address, (tls_ca, tls_cert, tls_key)))
        if json:
            typer.echo("[" + ",\n ".join(one.model_dump_json() for one in found) + "]")
        else:
            console().print(_table(found))


def _table(found: list[Shown]) -> Table:
    table = Table(title=f"{len(found)} machines")
    for column in ("machine", "slots", "GPUs", "versions", "done", "refused, and why"):
        right = column in ("slots", "GPUs", "done")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for one in found:
        name = f"{one.name} (leaving)" if one.leaving else one.name
        numbers = (str(one.slots), str(one.gpus), one.versions, str(one.done))
        table.add_row(name, *numbers, "\n".join(one.refused))
    return table
