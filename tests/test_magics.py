"""Magics: what is dropped, what is kept, what is refused, and that Python is never touched."""

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.worker.magics import ShellEscape, plain_python


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
    result = plain_python(source)
    ast.parse(result)
    assert plain is None or result == plain
    assert result.count("\n") == source.count("\n")


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        ("!ls", 1, "!ls"),
        ("x = 1\n!pip install torch", 2, "!pip"),
        ("! ls -l", 1, "! ls"),
        ("!!ls", 1, "!!ls"),
        ("if x:\n    !rm -rf /", 2, "!rm"),
        ("x = !ls", 1, "!ls"),
        ("a.b[0] = !ls", 1, "!ls"),
        ("x = %sx ls", 1, "%sx"),
        ("x = 1\n\nx = %env HOME", 3, "%env"),
        ("%env A=b", 1, "%env"),
        ("%run a.py", 1, "%run"),
        ("%pip install x", 1, "%pip"),
        ("%conda install x", 1, "%conda"),
        ("%cd /", 1, "%cd"),
        ("%system ls", 1, "%system"),
        ("%%bash\nls", 1, "%%bash"),
        ("\n%%sh\nls", 2, "%%sh"),
        ("%%script python2\nx", 1, "%%script"),
        ("%%writefile a.py\nx = 1", 1, "%%writefile"),
        ("%%!\nls", 1, "%%!"),
        ("%%time\n%%bash\nls", 2, "%%bash"),
        ("# note\n%%bash\nls", 2, "%bash"),
        ("pip install torch", 1, "pip"),
        ("%%time\nx = 1\n!ls", 3, "!ls"),
    ],
)
def test_shell_escapes(source: str, line: int, what: str) -> None:
    with pytest.raises(ShellEscape) as caught:
        plain_python(source)
    assert (caught.value.line, caught.value.what) == (line, what)
    assert str(caught.value).startswith(f"line {line}: {what} ")


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
    assert plain_python(source) is source


@pytest.mark.parametrize(
    ("source", "line"),
    [("%pylab\nx = 1\nx = = 2\ny = 3", 3), ("%%R\n\nx <- c(1 2)", 3), ("def f(:\n  pass", 1)],
)
def test_what_is_not_python_is_left_at_its_line(source: str, line: int) -> None:
    with pytest.raises(SyntaxError) as caught:
        ast.parse(plain_python(source))
    assert caught.value.lineno == line


def lines_up_to(source: str, line: int) -> int:
    """The number of line ends in a source, which must have the line named."""
    count = source.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert 1 <= line <= count + 1
    return count


@pytest.mark.filterwarnings("error")
def test_looking_does_not_warn() -> None:
    assert plain_python("x = '\\d'") == "x = '\\d'"


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
    try:
        result = plain_python(source)
    except ShellEscape as error:
        lines_up_to(source, error.line)
    else:
        assert result == source or lines_up_to(source, 1) == result.count("\n")


STRINGS = st.text(st.sampled_from("%!?#(a \n"), max_size=30)


@given(STRINGS, st.sampled_from(['"""', "'''"]))
@settings(max_examples=200, deadline=None)
def test_strings_are_never_touched(inside: str, quote: str) -> None:
    source = f"%pylab\nvalue = {quote}{inside}{quote}\n%pylab\n"
    names: dict[str, str] = {}
    exec(plain_python(source), names)
    assert names["value"] == inside
