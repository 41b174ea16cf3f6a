"""Files as students in China save them: encodings, line ends, names, and full-width characters."""

import codecs
from pathlib import Path

import pytest
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.grading.checking import check
from grader.grading.grading import Options, grade_class
from grader.languages import machine
from grader.submissions import Found, Submission, Unreadable, discover, read
from grader.submissions.fullwidth import full_width
from tests.small_course import write_course

TEXT = '# 求两倍：先乘，再返回\ndef double(x):\n    """两倍。"""\n    return 2 * x  # 镕\n'
ANSWER = "def double(x, scale=1.0):\n    return 2 * x * scale\n"


def script(payload: bytes, file: str = "李雷.py") -> Submission:
    return read(Found("李雷", file, payload, ""))


@pytest.mark.parametrize(
    ("payload", "named"),
    [
        (TEXT.encode(), ""),
        (codecs.BOM_UTF8 + TEXT.encode(), ""),
        (TEXT.encode("gbk"), "GB18030"),
        (TEXT.encode("gb18030"), "GB18030"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "UTF-16"),
        (TEXT.encode("utf-32"), "UTF-32"),
        (TEXT.replace("\n", "\r\n").encode("gbk"), "GB18030"),
        (TEXT.replace("\n", "\r").encode(), ""),
        (TEXT.replace("\n", "\r\n").encode("utf-16"), "UTF-16"),
    ],
)
def test_a_script_is_read_as_it_was_saved(payload: bytes, named: str) -> None:
    made = script(payload)
    assert [cell.source for cell in made.cells] == [TEXT]
    assert len(made.notes) == (1 if named else 0)
    assert all(f"saved as {named}," in note for note in made.notes)
    said = [machine("zh").say(note) for note in made.notes]
    assert all(one.startswith(f"文件存成了 {named}，已按这种编码读取") for one in said)


@pytest.mark.parametrize(
    "payload",
    [
        "# café, naïve, Übung\nx = 1\n".encode("latin-1"),
        "# Привет, мир\nx = 1\n".encode("cp1251"),
        "# こんにちは、世界\nx = 1\n".encode("shift_jis"),
        TEXT.encode("big5", errors="ignore") + "# 漢語課本，請作答\n".encode("big5"),
        bytes(range(128, 256)) * 3,
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1],
    ],
)
def test_what_nobody_can_tell_is_unreadable(payload: bytes) -> None:
    with pytest.raises(Unreadable, match=r"not UTF-8 text, nor any other that is known") as caught:
        script(payload)
    assert machine("zh").say(str(caught.value)).startswith("文件不是 UTF-8 文本，也认不出")


def test_a_notebook_is_utf8_and_nothing_else() -> None:
    with pytest.raises(Unreadable, match="not UTF-8"):
        read(Found("a", "a.ipynb", '{"cells": "中文"}'.encode("gbk"), ""))


def test_chinese_names_of_files_and_folders(tmp_path: Path) -> None:
    for name in ("李雷.py", "韩梅梅.ipynb", "作业（二）·王芳.py"):
        (tmp_path / name).write_text(ANSWER, encoding="utf-8")
    found = {one.student: one.problem for one in discover(tmp_path, "one")}
    assert set(found) >= {"李雷", "韩梅梅"}
    assert found["李雷"] == ""


def test_a_gbk_script_earns_its_marks(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path / "course"))
    path = tmp_path / "李雷.py"
    path.write_bytes(("# 我的答案\r\n" + ANSWER.replace("\n", "\r\n")).encode("gbk"))
    report = grade_class(course, "one", path, Options(1, "cpu", "process"), keeping=None)
    (result,) = report.submissions
    assert result.status == "graded" and result.exercises[0].verdict == "passed"
    assert result.message.startswith("The file is saved as GB18030")


@pytest.mark.parametrize(
    ("line", "found", "instead"),
    [
        ("def f（x):", "（", "("),
        ("print(x，y)", "，", ","),
        ("if x：", "：", ":"),
        ("x = “abc”", "“", '"'),
        ("x =\u30001", "\u3000", "a space"),
        ('x = "中文，标点" ＋ y  # 注释：可以', "＋", "+"),
        ('print("abc”)', "”", '"'),
        ("x = ‘a’", "‘", "'"),
        ("f(x）", "）", ")"),
    ],
)
def test_a_full_width_character_is_named(line: str, found: str, instead: str) -> None:
    said = full_width(f"a = 1\n{line}\nb = 2\n", 2)
    assert said.startswith(f"“{found}”") and said.endswith(f": type {instead} instead")
    with pytest.raises(SyntaxError):
        compile(line, "x", "exec")
    told = machine("zh").say(said)
    assert told.startswith(f"“{found}”是全角字符，Python 不认识：请改用半角")


@pytest.mark.parametrize(
    "line", ["x = 1 +  # “两倍”", 'x = "“两倍”" +', '"，" # （', "print('：')", ""]
)
def test_what_python_takes_is_not_blamed(line: str) -> None:
    assert full_width(f"{line}\n", 1) == ""
    assert full_width(line, 7) == full_width(line, 0) == ""


def test_it_is_told_where_it_stands(tmp_path: Path) -> None:
    course = load_course(write_course(tmp_path / "course"))
    path = tmp_path / "a.py"
    path.write_text("# %%\nimport math\n\n# %%\ndef double(x, scale=1.0)：\n    return 2 * x\n")
    report = grade_class(course, "one", path, Options(1, "cpu", "process"), keeping=None)
    (result,) = report.submissions
    assert result.message == (
        "“：” is a full-width character, which Python does not know: type : instead "
        "(line 5 of the file)"
    )
    checks = check(course, "one", path, "process")
    assert checks.notes == (result.message,)


def test_the_students_own_check_speaks_chinese(tmp_path: Path) -> None:
    course = load_course(red_course(tmp_path, PATIENT)).in_language("zh")
    path = course.root / "mine.py"
    path.write_text(HONEST + "\n\ndef scale(x):\n    raise NotImplementedError\n")
    checks = check(course, "one", path, "process")
    assert checks.language == "zh"
    told = {one.exercise: one.message for one in checks.examples}
    assert told["scale"] == "还没有作答：它仍然抛出 NotImplementedError"
