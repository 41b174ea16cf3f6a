"""`chainrule grade`: a class in one command."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli.arguments import Assignment, Device, Isolated, Jobs, at_home
from grader.cli.cluster_options import Ca, Cert, Key


def grade(
    assignment: Assignment,
    path: Annotated[
        Path | None,
        typer.Argument(
            help="A notebook or .py file, a folder of them, submitted/, or an LMS zip; "
            "none takes what was collected, and enters the scores into nbgrader's gradebook.",
            callback=at_home,
        ),
    ] = None,
    json: Annotated[
        Path | None,
        typer.Option(
            help="Write the results here as JSON (- for standard output).", callback=at_home
        ),
    ] = None,
    jobs: Jobs = 0,
    device: Device = "auto",
    only: Annotated[
        list[str] | None, typer.Option(help="Grade this exercise only; may be repeated.")
    ] = None,
    isolation: Isolated = "full",
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Grade again what was graded before.")
    ] = False,
    enter: Annotated[
        bool,
        typer.Option("--enter", help="With PATH: enter the results into the class, for exports."),
    ] = False,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="Grade on the machines of a Dask cluster: its scheduler's address or file, "
            "local:N for N workers here, none for no other than this machine. "
            "Without it, what `cluster` of course.yml says."
        ),
    ] = None,
    tls_ca: Ca = None,
    tls_cert: Cert = None,
    tls_key: Key = None,
) -> None:
    """Grade submissions in parallel against the hidden cases."""
    from grader.cli.grade_run import Asked, run

    tls = (tls_ca, tls_cert, tls_key)
    run(
        Asked(
            assignment, path, json, jobs, device, tuple(only or ()), isolation, fresh, enter,
            cluster, tls,
        )
    )  # fmt: skip
