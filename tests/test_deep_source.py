"""Source that Python's parser or a recursive reader cannot take: surveyed, and never accused."""

import forbidden_sets as forbidden  # type: ignore[import-not-found]
import pytest

from grader.worker.evasions import evasions
from grader.worker.flat import flat

RULES = forbidden.MATMUL | forbidden.AUTOGRAD | forbidden.SOFTMAX
HONEST = "import numpy as np\nimport torch\n\ndef f(x):\n    return np.exp(x)\n"


def elifs(count: int) -> str:
    return "if n == 0:\n    m = 0\n" + "".join(
        f"elif n == {i}:\n    m = {i}\n" for i in range(count)
    )


DEEP = {
    "sum of 1,000": "total = " + " + ".join(["1"] * 1000),
    "sum of 2,500": "total = " + "+".join(["1"] * 2500),
    "sum of 20,000": "total = " + "+".join(["1"] * 20_000),
    "sum of 20,000 names": "n = 1\ntotal = " + "+".join(["n"] * 20_000),
    "sum of 20,000 strings": "text = " + "+".join(["'dot '"] * 20_000),
    "sum in a function": "def g(n):\n    return " + "+".join(["n"] * 20_000),
    "sum after a semicolon": "n = 1; total = " + "+".join(["n"] * 2500) + "; k = 2",
    "calls of calls": "def g(n):\n    return n\nk = " + "g(" * 150 + "1" + ")" * 150,
    "a chain of methods": "import re\nk = ''" + ".strip()" * 5000,
    "a chain of names": "k = f" + ".a" * 5000,
    "lists in lists": "k = " + "[" * 150 + "]" * 150,
    "too many brackets": "k = " + "(" * 5000 + "1" + ")" * 5000,
    "minus of minus": "k = " + "- " * 8000 + "1",
    "elif after elif": elifs(3000),
    "ifs in ifs": "".join(" " * i + "if n:\n" for i in range(90)) + " " * 90 + "k = 1\n",
    "a slice": "k = [1][" + "+".join(["0"] * 2500) + ":][::-1]",
    "a large table": "k = [" + ",\n".join(["[1, 2.5, 'a']"] * 20_000) + "]",
    "a long string": f"k = '''{'what? ' * 50_000}'''",
    "an f-string": "n = 1\nk = f'{n}' + " + "+".join(["f'{n} of {n:.3f}'"] * 5000),
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("apart", [True, False])
def test_depth_is_no_accusation(name: str, apart: bool) -> None:
    cells = [HONEST, DEEP[name]] if apart else [f"{HONEST}\n{DEEP[name]}\n{HONEST}"]
    assert evasions(cells, "f", RULES) == []


LONG = "+".join(["1"] * 20_000)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (f"import sys\nk = {LONG} + sys.setprofile(None)", "sys.setprofile"),
        (f"from sys import settrace as s\nk = {LONG} + s(None)", "sys.settrace"),
        (f"import torch\nk = [torch._C, {LONG}]", "torch._C"),
        (f"k = 'set' + 'pro' 'file' + str({LONG})", "setprofile"),
        (f"k = {'+'.join(repr(c) for c in 'setprofile')} + str({LONG})", "setprofile"),
        (f"def f(x):\n    import ctypes\n    return {LONG}", "ctypes"),
        (f"def f(x):\n    from sys import (setprofile as s,\n      path)\n    return {LONG}",
         "sys.setprofile"),
        (f"def f(x):\n    return eval('x') + {LONG}", "eval"),
        (f"run = exec\ndef f(x):\n    return run('x') + {LONG}", "exec"),
        (f"def f(x):\n    return getattr(torch, str(x)) + {LONG}", "code nested too deeply"),
        (f"def f(x):\n    return vars(torch)['_' + chr(67)] + {LONG}", "code nested too deeply"),
        (f"def f(x):\n    return f'{{__import__(x)}}' + str({LONG})", "__import__"),
        (f"def f(x):\n    return x.tb_frame.f_back + {LONG}", "f_back"),
        (f"def f(x):\n    return list(map(np.dot, x)) + {LONG}", "dot handed on"),
        (f"class A:\n    def __matmul__(self):\n        return {LONG}\ndef f(x):\n    return A()",
         "__matmul__"),
        (f"def f(x):\n    return g(x) + {LONG}\ndef g(x):\n    return compile(x)", "compile"),
    ],
)  # fmt: skip
def test_depth_is_no_hiding_place(source: str, found: str) -> None:
    said = evasions([HONEST, source], "f", RULES)
    assert any(one.startswith(found) for one in said), said


def test_what_is_no_python_is_left_out() -> None:
    assert flat("k = '''") is None
    assert evasions([HONEST, f"k = ({LONG}"], "f", RULES) == []


def test_tokens_lead_to_what_they_name() -> None:
    read = flat("k = a.b.c(x) + 'p' 'q' + m[0].n\nfrom os import path as q\ndef g(): pass")
    assert read is not None and not read.hides
    assert {"k", "a", "x", "m", "q", "g"} == read.names
