"""`display` and `get_ipython` of notebook code: there, and harmless."""

import builtins
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from grader.worker import kernel
from grader.worker.evasions import evasions
from grader.worker.rules import Rules


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    before, hook = dict(vars(builtins)), sys.breakpointhook
    space: dict[str, Any] = {}
    kernel.install(space)
    yield space
    sys.breakpointhook = hook
    for name in set(vars(builtins)) - set(before):
        delattr(builtins, name)


def run(names: dict[str, Any], source: str) -> None:
    exec(source, names)


@pytest.mark.parametrize(
    "source",
    [
        "display()",
        "display(1, 'two', display_id=True)",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
        "get_ipython().run_line_magic('load_ext', 'autoreload')",
        "get_ipython().magic('matplotlib inline')",
        "get_ipython().run_cell_magic('html', '', '<b>')",
        "assert 'google.colab' not in str(get_ipython())",
        "if 'get_ipython' in globals(): 1 / 0",
    ],
)
def test_nothing_comes_of_it(names: dict[str, Any], source: str) -> None:
    run(names, source)


def test_the_code_of_a_cell_magic_runs(names: dict[str, Any]) -> None:
    run(names, "get_ipython().run_cell_magic('time', '', 'def f():\\n    return 7\\n')")
    run(names, "get_ipython().run_line_magic('time', 'y = f()')")
    assert names["y"] == 7 == names["f"]()


@pytest.mark.parametrize(
    "source",
    [
        "get_ipython().system('ls')",
        "get_ipython().system_raw('ls &')",
        "assert get_ipython().getoutput('ls') == []",
        "assert get_ipython().getoutput('ls', split=True).s == ''",
        "assert get_ipython().run_line_magic('sx', 'ls').n == ''",
        "assert get_ipython().getoutput('ls').grep('x').fields(0).l == []",
        "get_ipython().run_cell_magic('bash', '', 'ls ||| (')",
        "get_ipython().run_line_magic('pip', 'install x')",
        "get_ipython().magic('cd ..')",
        "get_ipython().magic('%pip install x')",
    ],
)
def test_a_shell_says_nothing(names: dict[str, Any], source: str) -> None:
    run(names, source)
    assert set(names) == {"__builtins__"}


def test_a_forgotten_breakpoint_stops_nobody(names: dict[str, Any]) -> None:
    run(names, "breakpoint()\nx = 1")
    assert names["x"] == 1


def test_code_in_a_magics_text_is_an_evasion() -> None:
    cell = "def f():\n    get_ipython().run_cell_magic('time', '', 'pass')\n"
    assert "run_cell_magic" in evasions([cell], "f", Rules(ops=("mm",)))
    line = "def f():\n    get_ipython().run_line_magic('time', 'pass')\n"
    assert "run_line_magic" in evasions([line], "f", Rules(ops=("mm",)))
