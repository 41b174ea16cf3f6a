"""Submissions that try to spell the hidden inputs in what they are told; `course` is theirs."""

from pathlib import Path

from small_course import write_course  # type: ignore[import-not-found]

COURSE = """\
course: hidden
title: A course whose inputs are looked for
timezone: Asia/Shanghai
limits:
  seconds: 3
  total_seconds: 12
assignments:
  one:
    title: The first
    lecture: 1
    framework: numpy
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {double: 2, judged: 1, Counter: 1}
"""

NOTEBOOK = '''\
# %%
import numpy as np


# %% exercise="double"
def double(x, table):
    """Twice x; the table says nothing."""
    raise NotImplementedError


# %% exercise="judged"
def judged(x):
    """A number below the mean."""
    raise NotImplementedError


# %% exercise="Counter"
class Counter:
    """Counts what it is given."""

    def add(self, x):
        raise NotImplementedError
'''

ANSWERS = '''\
"""Answers."""


def double(x, table):
    return 2 * x


def judged(x):
    return x.mean() - 1


class Counter:
    def __init__(self):
        self.count = 0

    def add(self, x):
        self.count += x.size
        return self.count
'''

CHECKS = '''\
import numpy as np

from grader.vocabulary import Number, case, exercise


@exercise()
def double(rng):
    """Twice an array."""
    for shape in [(4, 3), (2, 5)]:
        x = rng.uniform(size=shape)
        yield case(x, {"a": 1, "b": 2}, expect=2 * x)
    x = np.array([[0.12345678, 0.87654321]])
    yield case(x, {"a": 1}, expect=2 * x, group="edge cases")


@exercise()
def judged(rng):
    """Below the mean."""
    x = rng.uniform(size=7)
    mean = float(x.mean())
    told = lambda value: "" if value < mean else f"{value:.6f} is not below the mean"
    yield case(x, expect=Number(mean), judge=told)


def count(student, x):
    counter = student()
    got = counter.add(x)
    assert isinstance(got, int), f"add should return an int, not {got}"
    return got


@exercise(driver=count)
def Counter(rng):
    """Count."""
    yield case(rng.uniform(size=(3, 2)), expect=6)
'''

MISTAKES = """\
from grader.vocabulary import mistake


@mistake("double", "Twice, not squared.")
def squared(x, table):
    return x * x
"""

HONEST = f"""\
import numpy as np
{ANSWERS.partition(chr(10))[2]}
"""

_LINES = "\n".join(f"    if d == {n}: raise ValueError" for n in range(1000))
_TABLE = ", ".join(f"'name{n}'" for n in range(1000))


def on_double(body: str, before: str = "") -> str:
    """A submission whose `double` sees `d`, three digits of a hidden input."""
    inner = "\n".join("    " + line for line in body.splitlines())
    head = "    d = int(x[0, 0] * 1000)\n"
    return f"import numpy as np\n{before}\n\ndef double(x, table):\n{head}{inner}\n"


ATTACKS = {
    # shapes and lengths
    "shape_of_operand": on_double("return np.zeros((d, 7)) @ np.zeros((3, 2))"),
    "shape_of_broadcast": on_double("return np.zeros((d, 3)) + np.zeros((17, 4))"),
    "shape_of_reshape": on_double("return np.zeros(d).reshape(17, 4)"),
    "shape_in_base_ten": on_double("return np.zeros(tuple(int(c) for c in str(d))) @ np.zeros(11)"),
    "axis": on_double("return np.zeros(3).sum(axis=d)"),
    "index": on_double("return [0][d]\n"),
    "index_of_array": on_double("return np.zeros(3)[d]"),
    "unpacking": on_double("a, b = range(d)"),
    "rank": on_double("return np.zeros((1,) * (1 + d % 9))[0, 0, 0, 0, 0, 0, 0, 0, 0, 0]"),
    "shape_of_result": on_double("return np.zeros((d, 1 + d % 10))"),
    "rank_of_result": on_double("return np.zeros((1,) * (d % 7))"),
    "length_of_result": on_double("return [0] * d"),
    # identifiers
    "attribute": on_double("getattr(x, 'a' + str(d))"),
    "attribute_of_a_table": on_double("getattr(x, NAMES[d])", f"NAMES = [{_TABLE}]"),
    "name_by_exec": on_double("exec('v' + str(d))"),
    "name_of_a_table": on_double("exec(NAMES[d])", f"NAMES = [{_TABLE}]"),
    "key": on_double("{}['k' + str(d)]"),
    "key_of_a_table": on_double("{}[NAMES[d]]", f"NAMES = [{_TABLE}]"),
    "key_small": on_double("{}[d % 100]"),
    "class_of_exception": on_double("raise type('E' + str(d), (Exception,), {})"),
    "method": on_double("setattr(x, 'f' + str(d), 1)"),
    "function_name": on_double(
        "def f(): pass\nf.__name__ = f.__qualname__ = 'f' + str(d)\nf(1)"
    ),
    "keyword": on_double("double(**{'k' + str(d): 1})"),
    "keyword_of_a_table": on_double("double(**{NAMES[d]: 1})", f"NAMES = [{_TABLE}]"),
    "module": on_double("__import__('m' + str(d))"),
    "type_of_operand": on_double("type('T' + str(d), (), {})() + 1"),
    "type_of_result": on_double("return type('T' + str(d), (), {})()"),
    # the message itself
    "message": on_double("raise ValueError(str(x))"),
    "message_in_phrase": on_double("raise ValueError(f'name {d} is not defined')"),
    "message_of_shapes": on_double(
        "raise ValueError(f'shapes ({d},3) and (4,{d}) not aligned: {d} (dim 1) != 4 (dim 0)')"
    ),
    "letters_of_a_sign": on_double(
        "raise TypeError('unsupported operand type(s) for '\n"
        "    + '+-*@&|^<>'[d % 9] + \": 'int' and 'str'\")"
    ),
    # places
    "line": on_double(_LINES),
    "line_by_exec": on_double(r"exec('\n' * d + 'raise ValueError')"),
    "line_by_code": on_double(
        r"exec(compile('\n' * d + 'raise ValueError', '<cell 1>', 'exec'))", "#" + "\n#" * 1200
    ),
    "depth": on_double("def f(n):\n    return f(n - 1) if n else 1 / 0\nf(d)"),
    # complaints of checks and drivers
    "of_a_judge": "def judged(x):\n    return 10 + float(x[0])\n",
    "of_a_driver": "class Counter:\n    def add(self, x):\n        return 'n' + str(x[0, 0])\n",
    "of_a_driver_by_shape": (
        "class Size(tuple): pass\n"
        "class Counter:\n    def add(self, x):\n        return (int(x[0, 0] * 1000), 3)\n"
    ),
    "in_the_drivers_place": (
        "class Counter:\n    def add(self, x):\n"
        "        raise AssertionError(f'add should return an int, not {int(x[0, 0] * 1000)}')\n"
    ),
}  # fmt: skip

BOUNDED = {
    "network": on_double("import socket\nif d % 2: socket.create_connection(('1.1.1.1', 1))\n1/0"),
    "class_of_builtin": on_double(
        "import builtins\n"
        "kinds = [k for k in vars(builtins).values()\n"
        "         if isinstance(k, type) and issubclass(k, ValueError | LookupError)]\n"
        "raise kinds[d % len(kinds)]('no')"
    ),
}
"""What happens, or not, is a bit; which of seven kinds it is that hangs on the inputs, three."""

LATER = (
    "import numpy as np\n\n\ndef double(x, table):\n    if len(table) == 2: return 2 * x\n"
    f"    d = int(x[0, 0] * 1000)\n{_LINES}\n"
)
"""Spells an input that the check does not draw, by a line."""

NUMBERS = 0.12345678, 0.87654321
"""Hidden inputs that the check writes down: the same under every seed."""


def hidden_course(root: Path) -> Path:
    """Write the course; returns its folder."""
    return Path(write_course(root, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES))
