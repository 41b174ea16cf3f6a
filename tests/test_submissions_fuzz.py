"""Whatever the bytes: discovering and reading end, and raise only what they declare."""

import json
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from submission_files import ASSIGNMENT, GOOD, code, payload  # type: ignore[import-not-found]

from grader.errors import UsageError
from grader.submissions import Found, Submission, Unreadable, discover, read
from grader.submissions.names import printable, stand_in, student_problem

QUICK = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
SLOW = settings(QUICK, max_examples=100)

RICH = payload(
    {"cell_type": "markdown", "source": ["# Title\n", "```\ndef f():\n```"], "metadata": {}},
    code(["import torch\n", "%matplotlib inline\n", "print('a')"], id="a1", execution_count=3),
    code(
        "def f(x):\n    '''doc'''\n    return x  # ½",
        outputs=[{"output_type": "stream", "name": "stdout", "text": ["1\n"]}],
    ),
    {"cell_type": "raw", "source": "raw", "metadata": {}},
    metadata={"kernelspec": {"name": "python3", "language": "python", "display_name": "P"}},
)
SCRIPT = b"# %% [markdown]\n# # Title\n# %%\nimport numpy as np\nx = '''\n# %%\n'''\n# %%\ny = 1\n"


def reads(content: bytes, file: str) -> None:
    try:
        result = read(Found("s", file, content, ""))
    except Unreadable as error:
        printed(str(error))
    else:
        assert isinstance(result, Submission) and result.cells
        assert all(cell.source.strip() for cell in result.cells)
        "".join(cell.source for cell in result.cells).encode()
        assert all(note.isprintable() for note in result.notes)


def printed(message: str) -> None:
    assert message and message.isprintable()


def discovers(path: Path) -> None:
    try:
        found = discover(path, ASSIGNMENT)
    except UsageError as error:
        printed(str(error))
        return
    assert found and found == sorted(found, key=lambda one: (one.student, one.file))
    assert len({one.student for one in found}) == len(found)
    for one in found:
        assert not student_problem(one.student)
        assert one.file.isprintable() and one.problem.isprintable()
        assert (one.payload is None) == bool(one.problem)
        try:
            read(one)
        except Unreadable:
            continue


@given(st.binary(max_size=2000), st.sampled_from(["a.ipynb", "a.py"]))
@QUICK
def test_arbitrary_bytes(content: bytes, file: str) -> None:
    reads(content, file)


@given(st.text(max_size=500), st.sampled_from(["a.ipynb", "a.py"]))
@QUICK
def test_arbitrary_text(text: str, file: str) -> None:
    reads(text.encode(errors="replace"), file)


@given(st.sampled_from([RICH, SCRIPT]), st.data(), st.sampled_from(["a.ipynb", "a.py"]))
@QUICK
def test_mutated_files(original: bytes, data: st.DataObject, file: str) -> None:
    content = bytearray(original)
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        cut = data.draw(st.integers(0, 20))
        content[place : place + cut] = data.draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b'"', b"{", b"[", b"\\", b"null"]))
        )
        if not content:
            break
    reads(bytes(content), file)


@pytest.mark.parametrize(("original", "file"), [(RICH, "a.ipynb"), (SCRIPT, "a.py")])
def test_every_truncation(original: bytes, file: str) -> None:
    for length in range(len(original)):
        reads(original[:length], file)
        if file.endswith("ipynb"):
            with pytest.raises(Unreadable):
                read(Found("s", file, original[:length], ""))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "source", "cell_type", "metadata", "nbformat", "kernelspec"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)
CELL = st.fixed_dictionaries(
    {}, optional={"cell_type": st.sampled_from(["code", "raw", "markdown", 3]), "source": JSON}
)


@given(
    JSON
    | st.builds(
        lambda cells, more: {**more, "nbformat": 4, "cells": cells},
        st.lists(CELL | JSON, max_size=5),
        st.fixed_dictionaries({}, optional={"metadata": JSON, "nbformat_minor": JSON}),
    )
)
@QUICK
def test_arbitrary_json(value: object) -> None:
    reads(json.dumps(value).encode(), "a.ipynb")


ARCHIVE_NAMES = st.one_of(
    st.text(min_size=1, max_size=40),
    st.lists(
        st.sampled_from(
            ["..", ".", "a", "A", ASSIGNMENT, "submitted", "", "-x", "n_1_assignsubmission_file_"]
        ),
        max_size=4,
    ).map(lambda parts: "/".join([*parts, f"{ASSIGNMENT}.ipynb"])),
    st.builds(
        "{}_{}{}_{}_{}".format,
        st.sampled_from("abé"),
        st.sampled_from(["", "LATE_"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from(["x.py", f"{ASSIGNMENT}-1.ipynb"]),
    ),
)


@given(st.lists(ARCHIVE_NAMES, min_size=1, max_size=8))
@SLOW
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_of_any_names(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name.encode(errors="replace").decode()), GOOD)
        discovers(path)


@given(st.data())
@QUICK
def test_mutated_archives(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in ("alice.ipynb", f"doe_1_2_{ASSIGNMENT}.ipynb", "b/c.ipynb"):
                archive.writestr(name, RICH)
        content = bytearray(path.read_bytes())
        start = content.index(b"PK\x01\x02")
        for _ in range(data.draw(st.integers(1, 6))):
            # Mostly in the index, where the sizes, offsets and names are.
            low = data.draw(st.sampled_from([0, start, start]))
            place = data.draw(st.integers(low, len(content) - 1))
            content[place] = data.draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, 0x50]))
        path.write_bytes(content)
        discovers(path)


@given(st.binary(max_size=400))
@SLOW
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"PK\x05\x06" + b"\xff" * 18)
def test_arbitrary_archives(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.zip"
        path.write_bytes(content)
        discovers(path)


NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=50
)


@given(st.lists(NAMES, min_size=1, max_size=5, unique=True))
@SLOW
def test_folders_of_any_names(names: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            try:
                (Path(folder) / f"{name}.ipynb").write_bytes(GOOD)
            except OSError:  # longer than the file system allows
                continue
        discovers(Path(folder))


@given(st.text(st.characters(), max_size=200))
@QUICK
def test_names_are_always_printable(name: str) -> None:
    assert printable(name).isprintable() and len(printable(name)) <= 200
    assert not student_problem(stand_in(name))
    if not student_problem(name):
        assert printable(name, 500) == name and name.isprintable()
        assert not set(name) & set('/\\\0"<>|;:*?=`$%')
