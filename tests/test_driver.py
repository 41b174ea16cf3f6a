"""A driver in the worker: it works without its text, and its text cannot be found there."""

import ast
import inspect
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hidden_attacks import COURSE, MISTAKES  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.course.lesson import load_lesson
from grader.course.syllabus import load_course
from grader.grading.grading import Options, grade_class
from grader.worker.driver import packed, unpacked

ROOT = Path(__file__).parents[1]


def plain(student: Any, x: "NotThere", *, by: int = 2) -> "NotThere":  # type: ignore[name-defined]  # noqa: F821
    """A docstring that says too much."""
    # and so does a comment

    def inner(y: "NotThere") -> int:  # type: ignore[name-defined]  # noqa: F821
        """Another one."""
        return y * by

    class Kept:
        """A third."""

        field: "NotThere" = 3  # type: ignore[name-defined]  # noqa: F821

    assert x, "x is asked for"
    return student(inner(x)) + Kept.field + (plain(student, x - 1) if x > 1 else 0)


SOURCE = textwrap.dedent(inspect.getsource(plain))


def test_it_does_what_its_source_does() -> None:
    driver = unpacked(packed(SOURCE), {})
    for x in (1, 2, 5):
        assert driver(float, x) == plain(float, x) and driver(float, x, by=3) == plain(
            float, x, by=3
        )
    with pytest.raises(AssertionError, match="x is asked for"):
        driver(float, 0)
    assert packed("") == "" and unpacked("", {}) is None


def everything(code: Any) -> str:
    inner = "".join(everything(one) for one in code.co_consts if hasattr(one, "co_consts"))
    lines = sorted({line for _, _, line in code.co_lines() if line})
    return f"{code.co_name} {code.co_consts} {lines} {code.co_filename} {inner}"


def test_its_text_name_and_lines_stay_outside() -> None:
    driver = unpacked(packed(SOURCE), {})
    found = everything(driver.__code__)
    assert driver.__doc__ is None and driver.__name__ == "driver"
    assert not any(word in found for word in ("says", "comment", "Another", "third", "plain"))
    assert "[1]" in found and "[1, " not in found
    with pytest.raises((OSError, TypeError)):
        inspect.getsource(driver)


def test_every_driver_of_the_course_is_a_function_alone() -> None:
    course, packings = load_course(ROOT), 0
    for name in course.assignments:
        for exercise in load_lesson(course, name).exercises.values():
            if exercise.driver:
                assert len(ast.parse(exercise.driver).body) == 1
                packings += unpacked(packed(exercise.driver), {}) is not None
    assert packings > 10


CHECKS = '''\
from grader.vocabulary import case, exercise


@exercise()
def double(rng):
    """Twice."""
    x = rng.uniform(size=3)
    yield case(x, {}, expect=2 * x)


@exercise()
def judged(rng):
    """Below."""
    yield case(rng.uniform(size=3), expect=1)


def drive_it_so(student, x):
    """The words of a docstring."""
    # the words of a comment
    counter = student()
    return counter.add(x)


@exercise(driver=drive_it_so)
def Counter(rng):
    """Count."""
    yield case(rng.uniform(size=(3, 2)), expect=6)
    yield case(rng.uniform(size=(4, 2)), expect=8)
'''
ANSWERS = '''\
"""Answers."""


def double(x, table):
    return 2 * x


def judged(x):
    return 1


class Counter:
    def add(self, x):
        return x.size
'''
# Passes only if it finds some of the driver's text, wherever a process could keep it. The pattern
# does not match itself.
FINDS = """\
import gc, re, sys, types, linecache, traceback
{before}

def texts(value, depth=3):
    if isinstance(value, (str, bytes, bytearray)):
        yield value if isinstance(value, str) else bytes(value).decode("latin-1")
    elif isinstance(value, types.CodeType):
        yield from (value.co_name, value.co_filename)
        for one in value.co_consts: yield from texts(one, depth)
    elif depth and isinstance(value, dict):
        for key, one in list(value.items()):
            yield from texts(key, depth - 1)
            yield from texts(one, depth - 1)
    elif depth and isinstance(value, (list, tuple, set)):
        for one in list(value): yield from texts(one, depth - 1)


def looked():
    {look}


class Counter:
    def add(self, x):
        words = re.compile("drive[_]it_so|of a doc[s]tring|of a com[m]ent")
        found = any(words.search(text) for text in looked())
        return x.size if found else 0
"""
LOOKS = {
    "frames": """
    frame = sys._getframe(1)
    while frame is not None:
        yield from texts(frame.f_code)
        yield from texts(dict(frame.f_locals))
        yield from (str(key) for key in frame.f_globals)
        frame = frame.f_back""",
    "everything": """
    for one in gc.get_objects():
        if type(one) in (dict, list, tuple, types.FunctionType, types.FrameType):
            yield from texts(getattr(one, "__code__", one), 2)
        for inner in gc.get_referents(one) if type(one) is dict else ():
            yield from texts(inner, 1)""",
    "lines": """
    yield from texts(dict(linecache.cache))
    yield "".join(traceback.format_stack())""",
    "patched": """
    yield from seen""",
    "memory": """
    try:
        maps = open("/proc/self/maps").read()
        memory = open("/proc/self/mem", "rb")
    except OSError:
        return
    for line in maps.splitlines():
        at = re.match("([0-9a-f]+)-([0-9a-f]+) rw", line)
        if at and "[v" not in line:
            memory.seek(int(at[1], 16))
            try: yield memory.read(int(at[2], 16) - int(at[1], 16)).decode("latin-1")
            except OSError: pass""",
}
PATCHED = """
import builtins, marshal
seen = []
def spy(function):
    def spying(*args, **kwargs):
        seen.extend(str(a) for a in args)
        return function(*args, **kwargs)
    return spying
builtins.compile, builtins.exec = spy(compile), spy(exec)
sys.addaudithook(lambda event, args: seen.extend(str(a) for a in args)
                 if event in ("compile", "exec") else None)
"""


def test_no_search_of_the_worker_finds_the_text(tmp_path: Path) -> None:
    notebook = (
        '# %% exercise="double"\ndef double(x, table):\n    raise NotImplementedError\n\n\n'
        '# %% exercise="judged"\ndef judged(x):\n    raise NotImplementedError\n\n\n'
        '# %% exercise="Counter"\nclass Counter:\n    def add(self, x):\n'
        "        raise NotImplementedError\n"
    )
    mistakes = MISTAKES.replace("squared", "same").replace("x * x", "x")
    root = Path(write_course(tmp_path, COURSE, notebook, ANSWERS, CHECKS, mistakes))
    handed_in = root / "in"
    handed_in.mkdir()
    for name, look in LOOKS.items():
        before = PATCHED if name == "patched" else ""
        (handed_in / f"{name}.py").write_text(FINDS.format(before=before, look=look.strip()))
    (handed_in / "honest.py").write_text(ANSWERS)
    report = grade_class(load_course(root), "one", handed_in, Options(), None)
    verdicts = {one.student: one.exercises[2] for one in report.submissions}
    assert verdicts.pop("honest").verdict == "passed"
    assert len(verdicts) == len(LOOKS)
    for name, found in verdicts.items():
        # It came to an end, and found nothing: the result is 0.
        assert found.verdict == "failed", (name, found)
        assert found.message.startswith("the result is not the right one"), (name, found)
