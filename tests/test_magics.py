"""Magics: what is dropped, what is kept, what is refused, and that Python is never touched."""

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from IPython.core.inputtransformer2 import TransformerManager

from grader.worker.kernel import Kernel
from grader.worker.magics import compiled, plain_python


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%matplotlib inline\nimport x", "\nimport x"),
        ("%matplotlib inline\nfrom __future__ import annotations", None),
        ("%load_ext autoreload\n%autoreload 2\n%config A.b = 'c'\nx = 1", "\n\n\nx = 1"),
        ("% precision 3\n%pylab\nx = 1", "\n\nx = 1"),
        ("if x:\n    %autoreload 2\ny = 1", "if x:\n    pass\ny = 1"),
        ("for i in x:\n\t%timeit f(i)", "for i in x:\n\tpass"),
        ("%unknown_magic a b\nx = 1", "\nx = 1"),
        ("x = %unknown a\ny = 1", "x = None\ny = 1"),
        ("%time y = f(2,\n   3)\nz = 1", "y = f(2,\n   3)\nz = 1"),
        ("if x:\n  %time f()", "if x:\n  f()"),
        ("%time", ""),
        ("x = %time f(3)", "x = f(3)"),
        ("x = %timeit -o f(3)", "x = None"),
        ("%timeit -n 3 f(a) \\\n + 3\nx = 1", "\n\nx = 1"),
        ("%time x = a + \\\n  b", "x = a + \\\n  b"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n\n%%time\nx = 1", "\n\n\nx = 1"),
        ("%%capture out\n%%time\nx = 1", "\n\nx = 1"),
        ("%%timeit -n 10 -r 3 x = 3\nx + 1", "x = 3\nx + 1"),
        ("%%timeit\nf()\n%matplotlib inline", "\nf()\n"),
        ("%%python3\nx = 1", "\nx = 1"),
        ("%%html\n<b>'\n", "\n\n"),
        ("%%javascript\nalert(1)", "\n"),
        ("# note\n%%time\nx = 1", "# note\n\nx = 1"),
        ("?f\n??f\nf?\na.b??\n%time?\nx = 1", "\n\n\n\n\nx = 1"),
        ("%cd?\nx = 1", "\nx = 1"),
        ("y = (a\n % b)\n%pylab", "y = (a\n % b)\n"),
        ("y = a \\\n  % b\n%pylab", "y = a \\\n  % b\n"),
        ("s = '''\n%cd a\n!ls\nwhat?\n'''\n%pylab", "s = '''\n%cd a\n!ls\nwhat?\n'''\n"),
        ('s = """a\\"""\n!ls\n"""\n%pylab', 's = """a\\"""\n!ls\n"""\n'),
        ("s = 'a\\\n%cd'\n%pylab", "s = 'a\\\n%cd'\n"),
        ("# it's (\n%pylab\nx = 1", "# it's (\n\nx = 1"),
        ("x = {  # {\n 'a': '#{',\n}\n%pylab", "x = {  # {\n 'a': '#{',\n}\n"),
        ("  %pylab\n  x = 1\n  if x:\n    y = 2", "\nx = 1\nif x:\n  y = 2"),
        ("  x = 1\n  y = 2", "x = 1\ny = 2"),
        ("  s = '''\n  a'''\n  y = 2", "s = '''\n  a'''\ny = 2"),
        ("x = 1\r\n%pylab\r\ny = 2", "x = 1\n\ny = 2"),
        ("a != b\n%pylab", "a != b\n"),
    ],
)
def test_harmless(source: str, plain: str | None) -> None:
    found = plain_python(source)
    result = found.text
    ast.parse(result)
    assert found.parses and all(one.what.startswith("%") for one in found.skipped)
    assert plain is None or result == plain
    assert result.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    ("source", "plain", "line", "what"),
    [
        ("!ls", "", 1, "!ls"),
        ("x = 1\n!pip install torch\ny = 2", "x = 1\n\ny = 2", 2, "!pip"),
        ("!pip install \\\n  torch\ny = 2", "\n\ny = 2", 1, "!pip"),
        ("! ls -l", "", 1, "!ls"),
        ("!!ls", "", 1, "!ls"),
        ("!/usr/bin/env python", "", 1, "!env"),
        ("!<script>", "", 1, "!"),
        ("if x:\n    !rm -rf /", "if x:\n    pass", 2, "!rm"),
        ("x = !ls", "x = get_ipython().getoutput('')", 1, "!ls"),
        ("a.b[0], c['=%s'] = !ls", "a.b[0], c['=%s'] = get_ipython().getoutput('')", 1, "!ls"),
        ("x = %sx ls", "x = get_ipython().getoutput('')", 1, "%sx"),
        ("x = 1\n\nx = %env HOME", "x = 1\n\nx = ''", 3, "%env"),
        ("%env A=b", "", 1, "%env"),
        ("%run a.py", "", 1, "%run"),
        ("%pip install x", "", 1, "%pip"),
        ("%conda install x", "", 1, "%conda"),
        ("%cd /", "", 1, "%cd"),
        ("%system ls", "", 1, "%system"),
        ("%%bash\nls", "\n", 1, "%%bash"),
        ("\n%%sh\nls", "\n\n", 2, "%%sh"),
        ("%%script python2\nx", "\n", 1, "%%script"),
        ("%%writefile a.py\nx = 1", "\n", 1, "%%writefile"),
        ("%%!\nls", "\n", 1, "%%!"),
        ("%%R\nx <- c(1 2)", "\n", 1, "%%R"),
        ("%%time\n%%bash\nls", "\n\n", 2, "%%bash"),
        ("# note\n%%bash\nls", "\n\n", 2, "%%bash"),
        ("pip install torch", "", 1, "pip"),
        ("%%time\nx = 1\n!ls", "\nx = 1\n", 3, "!ls"),
        ("get_ipython().system('pip install x')", None, 1, "!pip"),
        ("x = get_ipython().getoutput('ls -l')", None, 1, "!ls"),
        ("\nget_ipython().run_line_magic('cd', '/')", None, 2, "%cd"),
        ("get_ipython().run_cell_magic('bash', '', 'ls')", None, 1, "%%bash"),
    ],
)
def test_what_asks_for_a_shell_is_left_out_and_told(
    source: str, plain: str | None, line: int, what: str
) -> None:
    found = plain_python(source)
    assert found.text == (source if plain is None else plain)
    assert [(one.line, one.what) for one in found.skipped] == [(line, what)]


def test_a_line_that_only_looks_like_a_magic_is_kept() -> None:
    lines = [
        "print('loss=%f' % loss)", "f(a=b %c)", "x['=!'] = 1", "s = f'{x!r}'", "x = y % z",
        "print(f'{x=!r:>9}')", "y = x != 3", "t = 'what?'", "d = {'a=!': 1}", "x = (1, # a=!\n 2)",
    ]  # fmt: skip
    for line in lines:
        assert plain_python(f"!ls\n{line}").text == f"\n{line}"


def test_harmless_magics_are_not_worth_a_note() -> None:
    cell = (
        "%matplotlib inline\n%load_ext autoreload\n%time x = 1\n?x\nget_ipython().magic('pylab')\n"
    )
    assert plain_python(cell).skipped == ()


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x = 1",
        "x = 5 % 3\ny = x != 2",
        "s = '!ls'\nt = '''\n%cd\n'''",
        "x = (1\n%3)",
        "if x:\n\treturn_ = 1",
        "x = 1\r\ny = 2\r\n",
        "# !ls\n# %cd",
    ],
)
def test_python_is_returned_as_it_is(source: str) -> None:
    assert plain_python(source).text is source


@pytest.mark.parametrize(
    ("source", "line"),
    [("%pylab\nx = 1\nx = = 2\ny = 3", 3), ("%%unknown\n\nx <- c(1 2)", 3), ("def f(:\n  pass", 1)],
)
def test_what_is_not_python_is_left_at_its_line(source: str, line: int) -> None:
    with pytest.raises(SyntaxError) as caught:
        ast.parse(plain_python(source).text)
    assert caught.value.lineno == line


def lines_up_to(source: str, line: int) -> int:
    """The number of line ends in a source, which must have the line named."""
    count = source.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert 1 <= line <= count + 1
    return count


@pytest.mark.filterwarnings("error")
def test_looking_does_not_warn() -> None:
    assert plain_python("x = '\\d'").text == "x = '\\d'"


PIECES = st.sampled_from(
    [
        "%time ",
        "%%time\n",
        "!ls",
        "?",
        "'",
        '"',
        '"""',
        "'''",
        "\\",
        "\n",
        "(",
        ")",
        "#",
        "%",
        "x",
        " ",
        "=",
        "\t",
        "\r\n",
        "pip install",
        "\0",
        "é",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=100))
@settings(max_examples=500, deadline=None)
def test_any_text_keeps_its_lines(source: str) -> None:
    found = plain_python(source)
    assert found.text == source or lines_up_to(source, 1) == found.text.count("\n")
    for one in found.skipped:
        lines_up_to(source, one.line)
    assert "\n".join(part.text for part in found.parts) == found.text
    assert all(part.in_place.startswith("\n" * (part.line - 1)) for part in found.parts)


STRINGS = st.text(st.sampled_from("%!?#(a \n"), max_size=30)


@given(STRINGS, st.sampled_from(['"""', "'''"]))
@settings(max_examples=200, deadline=None)
def test_strings_are_never_touched(inside: str, quote: str) -> None:
    source = f"%pylab\nvalue = {quote}{inside}{quote}\n%pylab\n"
    names: dict[str, str] = {}
    exec(plain_python(source).text, names)
    assert names["value"] == inside


VALID = (
    "import math",
    "from math import (sqrt,\n    floor as down)",
    "values = [1, 2,\n  3 % 2,\n]",
    "text = '''\n%cd /\n!ls\nwhat?\n'''",
    'more = """it\'s %s""" % "so"',
    "share = values[0] \\\n  % 2",
    "word = 'a' 'b'''",
    "same = values != [1]",
    "shown = f'{values!r:>9}'",
    "def twice(x):\n    '''Twice?'''\n    # it's (\n\n    return 2 * x % 100",
    "@staticmethod\ndef bare(x=(1,\n  2)):\n    return x",
    "class Net:\n    size = 3\n\n    def grow(self):\n        return self.size % 2",
    "for i in range(2):\n    total = i % 2\nelse:\n    total = 9",
    "try:\n    import torchless\nexcept ImportError:\n    torchless = '!'",
    "if values:\n    flag = True\nelif text:\n    flag = '''\n!\n'''\nelse:\n    flag = 0",
    "kept = {'a=%d' % 1: [x for x in (1, 2) if x % 2]}",
)
LEFT_OUT = (
    "!pip install torch", "!ls -l 'it", "!unzip -q data.zip -d (", "%cd /content", "%pip install x",
    "%matplotlib inline", "%env A=1", "? values", "values?", "math.sqrt??", "!!ls",
    "%load_ext autoreload", "%timeit twice(3)", "!wget \\\n   http://a.b/c -O \"x", "pip install x",
    "listing = !ls *.csv", "place = %pwd",
)  # fmt: skip


def plain_names(source: str) -> dict[str, object]:
    """What a module's code defines, functions by their bytecode."""
    names: dict[str, object] = {"get_ipython": lambda: Kernel({})}
    exec(compile(source, "cell", "exec"), names)
    kept = {k: v for k, v in names.items() if k not in ("__builtins__", "get_ipython")}
    return {k: code_of(v) for k, v in kept.items() if k not in ("listing", "place")}


def code_of(value: object) -> object:
    if isinstance(value, type):
        return {name: code_of(part) for name, part in vars(value).items() if name == "grow"}
    code = getattr(getattr(value, "__wrapped__", value), "__code__", None)
    return (code.co_code, code.co_consts, code.co_names) if code else value


@given(st.lists(st.sampled_from(VALID), max_size=6, unique=True), st.data())
@settings(max_examples=300, deadline=None)
def test_lines_between_statements_change_nothing_that_the_rest_defines(
    statements: list[str], data: st.DataObject
) -> None:
    mixed: list[str] = []
    for statement in ["values = [5, 6]\ntext = ''", *statements]:
        mixed += [*data.draw(st.lists(st.sampled_from(LEFT_OUT), max_size=2)), statement]
    mixed += data.draw(st.lists(st.sampled_from(LEFT_OUT), max_size=2))
    source = "\n".join(mixed)
    found = plain_python(source)
    expected = "\n".join(one for one in mixed if one not in LEFT_OUT)
    assert plain_names(found.text) == plain_names(expected)
    assert found.text.count("\n") == source.count("\n")
    for line, (before, after) in enumerate(
        zip(source.split("\n"), found.text.split("\n"), strict=True)
    ):
        assert after in (before, "") or before.startswith(("listing", "place")), line


BODIES = st.sampled_from(["!ls", "%cd /", "%timeit f()", "!a \\\n  'b (", "n = !ls", "?f"])


@given(st.lists(st.tuples(st.booleans(), BODIES), min_size=1, max_size=4))
def test_lines_in_blocks_leave_the_block_whole(lines: list[tuple[bool, str]]) -> None:
    source = "seen = []\nfor i in range(3):\n"
    for own, line in lines:
        source += f"    {line}\n" + "    seen.append('!ls')\n" * own
    assert plain_names(plain_python(source).text)["seen"] == ["!ls"] * 3 * sum(o for o, _ in lines)


def as_ipython_reads(source: str) -> str:
    manager: Any = TransformerManager
    return str(manager().transform_cell(source))


ODD = [one for one in LEFT_OUT if one == "pip install x" or set(one) & set("('\"")]


@given(st.lists(st.sampled_from((*VALID, *LEFT_OUT)), max_size=8, unique=True))
@settings(max_examples=100, deadline=None)
def test_what_runs_is_what_ipython_runs(statements: list[str]) -> None:
    # IPython knows `pip` by the names in use, and stumbles over brackets and quotes left open.
    statements = [one for one in statements if one not in ODD]
    source = "\n".join(["values = [5]\ntext = ''\nimport math\ntwice = len", *statements, ""])
    theirs = as_ipython_reads(source)
    assert plain_names(plain_python(source).text) == plain_names(theirs)


@pytest.mark.parametrize("cell", ["%%time\nx = 1\ny = '%d' % x", "%%capture out\n%%time\nx = 2\n"])
def test_a_cell_magics_code_runs_as_in_ipython(cell: str) -> None:
    names: dict[str, Any] = {}
    names["get_ipython"] = lambda: Kernel(names)
    exec(as_ipython_reads(cell), names)
    assert plain_names(plain_python(cell).text)["x"] == names["x"]


def test_a_cell_that_needs_no_change_comes_compiled_once() -> None:
    found = compiled("x = 6 * 7\n", "<cell 3>")
    assert found.code is not None and found.code.co_filename == "<cell 3>"
    names: dict[str, object] = {}
    exec(found.code, names)
    assert names["x"] == 42


@pytest.mark.parametrize(
    "source",
    [
        "%matplotlib inline\nx = 1",
        "x = 1 is 1",  # the compiler warns, which the student sees when the cell runs
        "return 1",  # it parses, and does not compile
        "x = (",
        "get_ipython().system('ls')",
    ],
)
def test_where_there_is_anything_to_say_the_cell_is_compiled_when_it_runs(source: str) -> None:
    assert compiled(source, "<cell 3>").code is None
