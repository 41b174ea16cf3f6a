"""The commands of `chainrule`."""

from __future__ import annotations

import typer

from grader.cli import (
    bench_command,
    cluster_commands,
    course_commands,
    demo_command,
    export_commands,
    grade_command,
    loop_commands,
    mistakes_command,
    prove_commands,
)

app = typer.Typer(
    help="Chainrule: release, grade and prove a deep learning course.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("doctor")(course_commands.doctor)
app.command("build")(course_commands.build)
app.command("release")(loop_commands.release)
app.command("collect")(loop_commands.collect)
app.command("grade")(grade_command.grade)
app.command("worker")(cluster_commands.worker)
app.command("cluster")(cluster_commands.cluster)
app.command("feedback")(loop_commands.feedback)
app.command("check")(course_commands.check)
app.command("validate")(prove_commands.validate)
app.command("mistakes")(mistakes_command.mistakes)
app.command("bench")(bench_command.bench)
app.command("export")(export_commands.export)
app.command("demo")(demo_command.demo)
