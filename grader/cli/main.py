"""The commands of `chainrule`."""

from __future__ import annotations

from typing import Annotated

import typer

from grader import __version__
from grader.cli import (
    bench_command,
    check_command,
    cluster_commands,
    course_commands,
    data_commands,
    demo_command,
    export_commands,
    grade_command,
    loop_commands,
    mistakes_command,
    new_command,
    prove_commands,
    regrade_command,
    term_commands,
    translations_command,
)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"chainrule {__version__}")
        raise typer.Exit


@app.callback()
def chainrule(
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Chainrule: release, grade and prove a deep learning course."""


app.command("new")(new_command.new)
app.command("doctor")(course_commands.doctor)
app.command("build")(course_commands.build)
app.command("release")(loop_commands.release)
app.command("collect")(loop_commands.collect)
app.command("grade")(grade_command.grade)
app.command("worker")(cluster_commands.worker)
app.command("cluster")(cluster_commands.cluster)
app.command("feedback")(loop_commands.feedback)
app.command("check")(check_command.check)
app.command("validate")(prove_commands.validate)
app.command("translations")(translations_command.translations)
app.command("mistakes")(mistakes_command.mistakes)
app.command("bench")(bench_command.bench)
app.command("export")(export_commands.export)
app.command("regrade")(regrade_command.regrade)
app.command("requests")(term_commands.requests)
app.command("term")(term_commands.term)
app.command("attempts")(term_commands.attempts)
app.command("answers")(term_commands.answers)
app.command("similar")(term_commands.similar)
app.command("backup")(data_commands.backup)
app.command("restore")(data_commands.restore)
app.command("forget")(data_commands.forget)
app.command("demo")(demo_command.demo)
