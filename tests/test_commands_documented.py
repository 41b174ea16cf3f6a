"""docs/commands.md and the commands: each with every argument, option and default, and examples.

Each command line that any page tells a reader to type is parsed by the commands themselves.
"""

import re
import shlex
from typing import Any

import pytest
import typer
from documented import DOCS, blocks, page, rows, section, typed  # type: ignore[import-not-found]

from grader.cli import app

PAGE = "commands.md"
ROOT: Any = typer.main.get_command(app)


def every(command: Any, name: str) -> list[tuple[str, Any]]:
    """The commands below one, with their full names; itself where it has none."""
    below = getattr(command, "commands", None)
    if below is None:
        return [(name, command)]
    return [found for one, inner in below.items() for found in every(inner, f"{name} {one}")]


COMMANDS = every(ROOT, "chainrule")
PARAMETERS = [
    (name, parameter) for name, command in COMMANDS for parameter in command.params
    if parameter.name != "help"
]  # fmt: skip
TYPED = [(path.name, line) for path in sorted(DOCS.glob("*.md")) for line in typed(path.name)]
OURS = [(name, line) for name, line in TYPED if re.match(r"(\S*/)?chainrule\b", line)]


def spelt(parameter: Any) -> list[str]:
    """How a reader types it: every spelling of an option, an argument in capitals."""
    if parameter.param_type_name == "argument":
        return [str(parameter.name).upper()]
    return [*parameter.opts, *parameter.secondary_opts]


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_a_command_has_a_section_and_an_example(name: str) -> None:
    told = section(PAGE, f"## {name}")
    assert told, f"docs/commands.md has no section `## {name}`"
    examples = [line for line in typed(PAGE) if line.startswith(name)]
    assert examples, f"docs/commands.md has no example of `{name}`"


@pytest.mark.parametrize(
    ("name", "parameter"), PARAMETERS, ids=[f"{n} {spelt(p)[0]}" for n, p in PARAMETERS]
)
def test_an_option_stands_in_its_table_with_its_default(name: str, parameter: Any) -> None:
    found = [row for row in rows(section(PAGE, f"## {name}"))
             if set(spelt(parameter)) & set(re.findall(r"`([^`]+)`", row[0]))]  # fmt: skip
    assert len(found) == 1, f"docs/commands.md: `{name}` has no row for {spelt(parameter)}"
    (row,) = found
    assert len(row) == 3 and row[2]
    default = parameter.default
    if isinstance(default, str | int) and not isinstance(default, bool) and default != "":
        assert row[1].startswith(f"`{default}`"), f"{name}: the default is {default}"


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_no_option_is_described_that_does_not_exist(name: str) -> None:
    (command,) = [command for one, command in COMMANDS if one == name]
    known = {word for parameter in command.params for word in spelt(parameter)}
    for row in rows(section(PAGE, f"## {name}")):
        assert set(re.findall(r"`([^`]+)`", row[0])) <= known


def test_what_every_command_has_is_described() -> None:
    known = {opt for parameter in ROOT.params for opt in parameter.opts if opt.startswith("--")}
    told = {word for row in rows(section(PAGE, "## Of every command"))
            for word in re.findall(r"`(-[^`]+)`", row[0])}  # fmt: skip
    assert known | {"--help"} <= told, "docs/commands.md, Of every command"


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
def test_the_list_at_the_top_leads_to_a_command(name: str) -> None:
    anchor = name.replace(" ", "-")
    assert f"](#{anchor})" in page(PAGE).split("## Of every command")[0]


@pytest.mark.parametrize(("where", "line"), OURS)
def test_what_a_page_tells_to_type_can_be_typed(where: str, line: str) -> None:
    words = shlex.split(re.split(r" [|>&]+ ", line)[0], comments=True)[1:]
    command, name = ROOT, "chainrule"
    while words and getattr(command, "commands", None) and words[0] in command.commands:
        command, name = command.commands[words[0]], f"{name} {words[0]}"
        words = words[1:]
    if words in (["--help"], ["--install-completion"], ["--show-completion"], ["--version"]):
        assert words == ["--help"] or set(words) <= {o for p in ROOT.params for o in p.opts}
        return
    command.make_context(name, list(words))  # raises what the reader would be told


def test_every_block_of_commands_marks_what_is_typed() -> None:
    for path in sorted(DOCS.glob("*.md")):
        for block in blocks(path.name, "console"):
            assert block.text.startswith("$ "), f"{path.name}: a console block begins with `$ `"
