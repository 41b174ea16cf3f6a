"""Reading submissions: what is tolerated, and what each damaged file's author is told."""

import gzip
import hashlib
import json
import time
from typing import Any

import nbformat
import pytest
from submission_files import ANSWER, GOOD, code, notebook, payload  # type: ignore[import-not-found]

from grader.submissions import Cell, Found, Submission, Unreadable, read
from grader.submissions.model import Limits


def submission(content: bytes, file: str = "alice.ipynb") -> Submission:
    return read(Found("alice", file, content, ""))


def reason(content: bytes, file: str = "alice.ipynb", limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        read(Found("alice", file, content, ""), limits or Limits())
    text = str(caught.value)
    assert text.isprintable() and text.endswith((".", "again.")) and len(text) < 400
    return text


def written() -> dict[str, Any]:
    """A notebook as Jupyter's own library makes it."""
    v4: Any = nbformat.v4
    made: dict[str, Any] = v4.new_notebook(cells=[v4.new_code_cell(ANSWER)])
    return made


def test_what_is_read() -> None:
    assert submission(GOOD) == Submission(
        "alice", "alice.ipynb", hashlib.sha256(GOOD).hexdigest(), (Cell(1, ANSWER),), False, ()
    )


def test_notes_of_discovering_come_first() -> None:
    found = Found("a", "a.ipynb", payload(code("x = 1"), nbformat_minor=9), "", ("late",))
    assert read(found).notes == ("late", "The notebook is in format 4.9, read as 4.5.")


@pytest.mark.parametrize("minor", [0, 1, 2, 3, 4, 5])
def test_every_minor_version(minor: int) -> None:
    made = written()
    made["nbformat_minor"] = minor
    assert submission(json.dumps(made).encode()).cells == (Cell(1, ANSWER),)


def test_colab_and_vs_code() -> None:
    colab = notebook(
        code(
            ["x = 1\n", "y = 2"],
            metadata={"id": "x", "colab": {"base_uri": "https://localhost/"}},
            execution_count=None,
        ),
        metadata={"colab": {"provenance": []}, "kernelspec": {"name": "python3"}},
        nbformat_minor=0,
    )
    vs_code = notebook(
        {"cell_type": "code", "source": "x = 1\r\ny = 2", "metadata": {"vscode": {"id": 3}}},
        metadata={"kernelspec": {"display_name": ".venv", "language": "python", "name": ".venv"}},
    )
    for made in (colab, vs_code):
        read_back = submission(json.dumps(made, indent=2).encode("utf-8-sig"))
        assert read_back.cells == (Cell(1, "x = 1\ny = 2"),)
        assert read_back.notes == ()


@pytest.mark.parametrize("metadata", [None, [], "x", {"kernelspec": None}, {"kernelspec": "ir"}])
def test_odd_metadata_and_outputs_do_not_matter(metadata: Any) -> None:
    cell = code(ANSWER, metadata=3, outputs={"not": "a list"}, attachments=7)
    assert submission(payload(cell, metadata=metadata)).cells == (Cell(1, ANSWER),)


def test_large_outputs_do_not_matter() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["x, [1], {2}\n" * 10] * 20_000}
    assert submission(payload(code(ANSWER, outputs=[stream]))).cells == (Cell(1, ANSWER),)


def test_a_swapped_kernel_is_noted() -> None:
    content = payload(metadata={"kernelspec": {"name": "ir", "language": "R<script>"}})
    (note,) = submission(content).notes
    assert note == "The notebook names the kernel r?script?; its cells were run as Python."


def test_moved_duplicated_and_empty_cells() -> None:
    text = {"cell_type": "markdown", "source": "# Title", "metadata": {}}
    content = payload(text, code("b = 2"), code(""), code(" \n"), code("a = 1"), code("b = 2"))
    assert submission(content).cells == (Cell(2, "b = 2"), Cell(5, "a = 1"), Cell(6, "b = 2"))


@pytest.mark.parametrize("kind", ["markdown", "raw", "heading", None])
def test_an_answer_that_is_no_code_cell_is_noted(kind: str | None) -> None:
    answer = {"cell_type": kind, "source": ANSWER}
    (note,) = submission(payload(code("x = 1"), answer)).notes
    assert note.startswith("Cell 2 is") and note.endswith(
        "with a definition in it: it was not run."
    )


def test_a_prompt_that_shows_code_is_not_noted() -> None:
    prompt = {"cell_type": "markdown", "source": f"Write\n```python\n{ANSWER}\n```\nby default."}
    assert submission(payload(code("x = 1"), prompt)).notes == ()


def old_notebook() -> bytes:
    convert: Any = nbformat.convert
    return json.dumps(convert(written(), 3)).encode()


CUT = payload(code(ANSWER), code("y = 'a string'"))
DAMAGED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty"),
    "blank": (b" \r\n\t", "is empty"),
    "only a mark": (b"\xef\xbb\xbf", "is empty"),
    "zeros": (b"\0" * 4096, "is empty"),
    "truncated": (CUT[: len(CUT) // 2], "ends in the middle"),
    "truncated in a string": (CUT[: CUT.index(b"a string") + 3], "ends in the middle"),
    "without its last brace": (CUT.rstrip()[:-1], "ends in the middle"),
    "not UTF-8": (GOOD.replace(b"affine", b"\xe9\xff"), "not UTF-8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "UTF-16"),
    "UTF-16 without a mark": (GOOD.decode().encode("utf-16-le"), "zero bytes"),
    "format 3": (old_notebook(), "nbconvert --to notebook --nbformat 4"),
    "format 2": (b'{"nbformat": 2, "worksheets": []}', "old format"),
    "format 5": (payload(nbformat=5), "newer than this grader reads"),
    "format true": (payload(nbformat=True), "nbformat"),
    "no format": (b'{"cells": []}', "nbformat"),
    "empty object": (b"{}", "nbformat"),
    "a list": (b"[1, 2]", "does not begin like a notebook"),
    "a number": (b"17", "does not begin like a notebook"),
    "deep": (b'{"a":' * 200_000, "nested too deeply"),
    "deep lists": (b'{"cells":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
    "many objects": (b'{"cells":[' + b"{}," * 1_100_000 + b"{}]}", "too much structured data"),
    "long number": (b'{"nbformat":' + b"9" * 5000 + b"}", "number that is too long"),
    "duplicate key": (b'{"nbformat": 4, "cells": [], "cells": []}', "gives a key twice"),
    "duplicate source": (
        GOOD.replace(b'"source":', b'"source": "x = 1",\n "source":'),
        "gives a key twice",
    ),
    "git conflict": (b'{\n<<<<<<< HEAD\n"a": 1\n=======\n>>>>>>> b\n}', "conflict marks"),
    "trailing comma": (b'{"nbformat": 4,\n}\n    ', "damaged at line 2"),
    "script": (ANSWER.encode(), "Python script named .ipynb"),
    "script with imports": (b"# homework\nimport numpy\n", "Python script named .ipynb"),
    "web page": (b"<!DOCTYPE html><html>", "web page"),
    "PDF": (b"%PDF-1.7\n\xe2\xe3", "a PDF"),
    "zip": (b"PK\x03\x04rest", "zip archive"),
    "gzip": (gzip.compress(GOOD), "compressed archive"),
    "cells missing": (b'{"nbformat": 4}', "no list of cells"),
    "cells an object": (payload(cells={}), "no list of cells"),
    "a cell a string": (payload(cells=["x = 1"]), "Cell 1 of the notebook is damaged"),
    "source a number": (payload(code(ANSWER), code(3)), "Cell 2 of the notebook holds no text"),
    "source of numbers": (payload(code(["a", 3])), "Cell 1 of the notebook holds no text"),
    "no cells": (payload(cells=[]), "no code cell"),
    "no code cells": (payload({"cell_type": "markdown", "source": ANSWER}), "it was not run"),
    "too many cells": (payload(*[code("x = 1")] * 2001), "2001 cells, more than 2000"),
    "too much code": (payload(code("x = 1\n" * 300_000)), "more than 1024 KiB of code"),
    "zero byte in code": (payload(code("x = 1\0")), "not text"),
    "half a character": (payload(code("x = '\ud800'")), "not text"),
    "Python 2": (payload(code("import os\nprint 'hello'")), "Python 2 (`print 'hello'`)"),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_notebooks(kind: str) -> None:
    content, text = DAMAGED[kind]
    assert text in reason(content)


def test_a_problem_found_earlier_is_passed_on() -> None:
    with pytest.raises(Unreadable, match="a link"):
        read(Found("a", "a.ipynb", None, "a link"))
    with pytest.raises(Unreadable):
        read(Found("a", "a.ipynb", None, ""))


def test_caps_are_kept() -> None:
    assert "too large" in reason(GOOD, limits=Limits(file_bytes=10))
    assert "more than 0 KiB" in reason(b"x = 1\n" * 9, "a.py", Limits(code_bytes=10))
    assert "2 cells" in reason(b"# %%\nx = 1\n# %%\n", "a.py", Limits(cells=1))


@pytest.mark.parametrize(
    "source",
    [
        "print x",
        "if x:\n    print 'a', b",
        "print >>f, 3",
        "try:\n    pass\nexcept ValueError, error:\n    pass",
        "raise ValueError, 'no'",
        "exec 'x = 1'",
    ],
)
def test_python_2_is_recognised(source: str) -> None:
    assert "Python 2" in reason(payload(code("x = 1"), code(source)))
    assert "Python 2" in reason(source.encode(), "a.py")


@pytest.mark.parametrize(
    "source",
    [
        '"""\nprint the value\n"""',
        "# print x\ny = 1",
        "'''it's\nraise Error, no\n'''",
        "print(x)",
        "print (x)",
        "print\nx = 1",
        "print x\nprint(y)",
        "y = (a or\n print if b else c)",
        "%%bash\nprint x",
        "s = 'a\\\nprint x'",
        "!echo don't\nx = 1",
    ],
)
def test_python_3_is_not_taken_for_python_2(source: str) -> None:
    assert submission(payload(code(source))).cells == (Cell(1, source),)


def test_a_plain_script_is_one_cell_run_by_statement() -> None:
    script = "import numpy as np\r\n\r\ndef f():\r\n    return 1\r\n"
    read_back = submission(script.encode("utf-8-sig"), "alice.PY")
    assert read_back.cells == (Cell(1, script.replace("\r\n", "\n")),)
    assert read_back.statementwise


PERCENT = '''# ---
# jupyter: {}
# ---

# %% [markdown]
# # Title
# def not_code():

# %% tags=["setup"]
import numpy as np

# %%

# %% [raw]
# raw text

#%% Exercise 1
text = """
# %% not a marker
"""
# %% [markdown] lang="zh"
def answer(x):
    return x
# %% Part [two]
y = 2
'''


def test_percent_cells() -> None:
    read_back = submission(PERCENT.encode(), "alice.py")
    assert read_back.cells == (
        Cell(2, "import numpy as np"),
        Cell(5, 'text = """\n# %% not a marker\n"""'),
        Cell(7, "y = 2"),
    )
    assert not read_back.statementwise
    assert read_back.notes == ("Cell 6 is a text cell with a definition in it: it was not run.",)


def test_code_before_the_first_marker_is_a_cell() -> None:
    assert submission(b"x = 1\n# %%\ny = 2", "a.py").cells == (Cell(1, "x = 1"), Cell(2, "y = 2"))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "is empty"),
        (GOOD, "notebook named .py"),
        (b"# only\n# comments\n", "no code cell"),
        (b"# %% [markdown]\n# text\n", "no code cell"),
        (b"x = '\xe9'", "not UTF-8"),
        (b"<html>", "web page"),
        (b"x = 1\0", "not text"),
    ],
)
def test_damaged_scripts(content: bytes, text: str) -> None:
    assert text in reason(content, "a.py")


@pytest.mark.parametrize(
    "source",
    [
        '"' + '\\"' * 400_000,
        "'''" * 300_001 + "\\",
        "\"'" * 450_000,
        "\\" * 900_001,
        "#" * 900_000,
        "print " * 150_000,
        "\n".join(["'" + "\\'" * 20] * 20_000),
        " " * 900_000 + "x",
        "raise " + "a" * 900_000 + ",",
        "def " + "a" * 900_000,
    ],
)
def test_text_made_to_be_slow_is_not(source: str) -> None:
    begin = time.process_time()
    for content, file in [
        (payload(code(source)), "a.ipynb"),
        (payload(code("x"), {"cell_type": "markdown", "source": source}), "a.ipynb"),
        (source.encode(), "a.py"),
        (f"# %%\n{source}\n# %%\n".encode(), "a.py"),
    ]:
        try:
            submission(content, file)
        except Unreadable:
            continue
    assert time.process_time() - begin < 10
