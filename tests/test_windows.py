"""`chainrule check` on Windows and macOS, as far as Linux can tell: what they lack and write.

`as_on_windows.py` takes from our modules what Windows lacks, and says what it cannot show.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_check_alone import RIGHT, code, notebook  # type: ignore[import-not-found]

from grader.cli import next_steps
from grader.controller.zygote import grader_folder
from grader.errors import SubmissionError
from grader.grading.alone import check_alone

PROGRAM = Path(__file__).with_name("as_on_windows.py")
FOLDER = "Übung 1 – Müllers Kopie"


def on_windows(at: Path, *words: str, asked: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), grader_folder(), *words], cwd=at, input=asked,
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.mark.parametrize("words", ["--version", "--help", "check --help", "grade --help"])
def test_it_says_what_it_can_do(tmp_path: Path, words: str) -> None:
    done = on_windows(tmp_path, *words.split())
    assert done.returncode == 0, done.stderr
    assert "chainrule" in done.stdout


@pytest.mark.parametrize(
    ("answer", "exits", "says"),
    [
        (RIGHT, 0, "1 of 1 examples pass"),
        ("def double(x):\n    return x  # naïve\n", 1, "two twos"),
        ("def double(x):\n    return 'σ'.nope\n", 1, "AttributeError: 'str' object"),
    ],
)
def test_a_notebook_in_a_folder_with_blanks_and_umlauts(
    tmp_path: Path, answer: str, exits: int, says: str
) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    path = notebook(folder, answer)
    for named in (path, path.relative_to(tmp_path)):
        done = on_windows(tmp_path, "check", str(named))
        assert done.returncode == exits, done.stderr
        assert says in done.stdout and "without confinement" in done.stdout


def test_a_path_is_quoted_as_its_shell_takes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("check", r"C:\Users\Zoë Å\one.ipynb")
    monkeypatch.setattr("sys.platform", "win32")
    assert next_steps.command(*words).endswith(r' check "C:\Users\Zoë Å\one.ipynb"`')
    monkeypatch.setattr("sys.platform", "darwin")
    assert next_steps.command(*words).endswith(r"check 'C:\Users\Zoë Å\one.ipynb'`")


def test_a_notebook_may_print_what_its_console_lacks(tmp_path: Path) -> None:
    job = {
        "cells": [[1, "print('λ → 0 你好')\nx = 1"]], "examples": [[2, "assert x == 1"]],
        "statementwise": False, "skip": [], "said": str(tmp_path / "said"),
    }  # fmt: skip
    done = on_windows(tmp_path, "--notebook", asked=json.dumps(job))
    assert done.returncode == 0, done.stderr
    frames = [json.loads(line) for line in (tmp_path / "said").read_text().splitlines()]
    assert frames[-1] == {"ended": True} and not any("raised" in one for one in frames)


def carriage_returns(text: str) -> bytes:
    made = json.loads(text)
    for cell in made["cells"]:
        cell["source"] = cell["source"].replace("\n", "\r\n")
    return json.dumps(made).encode()


@pytest.mark.parametrize(
    "save",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.encode("utf-8-sig"),
        carriage_returns,
        lambda text: json.dumps(json.loads(text), ensure_ascii=False, indent=1).encode(),
    ],
    ids=["CRLF", "BOM", "CRLF in cells", "letters as they are"],
)
def test_what_an_editor_on_windows_writes_is_read(
    tmp_path: Path, save: Callable[[str], bytes]
) -> None:
    path = notebook(
        tmp_path, RIGHT, code("naïve = 'Übung'\n"), example="# given\nassert double(2) == 4"
    )
    path.write_bytes(save(path.read_text()))
    (found,) = check_alone(path).examples
    assert (found.passed, found.message) == (True, "")


def test_another_encoding_is_named_with_what_to_do(tmp_path: Path) -> None:
    path = notebook(tmp_path, RIGHT, code("naïve = 'Übung'"))
    path.write_bytes(json.dumps(json.loads(path.read_text()), ensure_ascii=False).encode("cp1252"))
    with pytest.raises(SubmissionError, match=r"not UTF-8 text .* Save it as UTF-8"):
        check_alone(path)
