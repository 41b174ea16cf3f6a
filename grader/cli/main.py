"""The commands of `chainrule`."""

from __future__ import annotations

import typer

from grader.cli import course_commands, grade_command, prove_commands

app = typer.Typer(
    help="Chainrule: release, grade and prove a deep learning course.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("doctor")(course_commands.doctor)
app.command("build")(course_commands.build)
app.command("grade")(grade_command.grade)
app.command("check")(course_commands.check)
app.command("validate")(prove_commands.validate)
