"""An edition in another language: nothing missing, nothing stale, nothing that says otherwise."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from grader.cli.main import app
from grader.course.marked_yaml import load_marked
from grader.course.syllabus import Course, load_course
from grader.notebook import compose, in_language, read_assignment
from grader.notebook.marks import mark_of
from grader.translations.holding import unlike
from grader.translations.proving import languages_of, prove_edition
from grader.translations.texts import KINDS, Kind, Text, gather
from grader.translations.writing import catalogue_text, confirm, write_catalogues

ROOT = Path(__file__).parents[1]
OURS = load_course(ROOT)
NAME = "lec05_backprop"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """The course, with a copy of one lecture that may be spoilt."""
    for file in ("course.yml", "words.zh.yml"):
        shutil.copy(ROOT / file, tmp_path / file)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "terms.md", tmp_path / "docs" / "terms.md")
    (tmp_path / "reference").symlink_to(ROOT / "reference")
    for side in ("assignments", "solutions"):
        (tmp_path / side).mkdir()
        for folder in (ROOT / side).iterdir():
            target = tmp_path / side / folder.name
            if folder.name == NAME:
                shutil.copytree(folder, target)
            else:
                target.symlink_to(folder)
    return load_course(tmp_path)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def notebook(course: Course) -> Path:
    return course.root / "assignments" / NAME / f"{NAME}.py"


def words(course: Course, side: str) -> Path:
    return course.root / side / NAME / "words.zh.yml"


@pytest.mark.parametrize("name", OURS.assignments)
def test_every_text_of_the_course_is_translated_and_none_says_otherwise(name: str) -> None:
    edition = prove_edition(OURS, name, "zh")
    assert edition.complaints == ()
    assert edition.translated == edition.texts
    assert all(edition.texts[kind] for kind in ("prompt", "docstring", "message", "title", "hint"))


def test_the_course_speaks_chinese() -> None:
    assert languages_of(OURS) == ("zh",)


SPOILS: list[tuple[Callable[[Course], None], str, str]] = [
    (
        lambda c: edit(notebook(c), "$b$ added to every row", "$b$ added to each row"),
        "assignments/lec05_backprop/lec05_backprop.py:",
        "the original is another than was translated; read both, and confirm",
    ),
    (
        lambda c: edit(notebook(c), "其中 $b$ 加到每一行上", "其中 $c$ 加到每一行上"),
        "assignments/lec05_backprop/lec05_backprop.py:",
        "formulas differ: the translation lost b and has besides c",
    ),
    (
        lambda c: edit(notebook(c), "**用时**约 6 小时", "**用时**约 5 小时"),
        "lec05_backprop.py:2",
        "numbers differ: the translation lost 6 and has besides 5",
    ),
    (
        lambda c: edit(notebook(c), "（约一分钟），保存", "（约一分钟），{{points}}，保存"),
        "lec05_backprop.py:2",
        "placeholders differ: the translation has besides {{points}}",
    ),
    (
        lambda c: edit(notebook(c), "# **第 4 步**：函数。", "# **第 4 步。**函数。"),
        "lec05_backprop.py",
        "** shows as stars in '**第 4 步。**函数。': put the punctuation outside of them",
    ),
    (
        lambda c: edit(notebook(c), "## 5. 两层网络", "## 5. 两层神经网络，一个隐层"),
        "lec05_backprop.py",
        "隐层 stands in it; the glossary says 隐藏层",
    ),
    (
        lambda c: edit(words(c, "assignments"), "dw 与 w 形状相同", "dw 与 {w} 形状相同"),
        "lec05_backprop.py",
        "{…} differ: the translation has besides {w}",
    ),
    (
        lambda c: edit(words(c, "assignments"), '"slope": "斜率"\n', ""),
        "lec05_backprop.py",
        "this picture is not translated",
    ),
    (
        lambda c: edit(words(c, "assignments"), '"slope": "斜率"\n', '"slope": ""\n'),
        "lec05_backprop.py",
        "this picture is not translated",
    ),
    (
        lambda c: edit(words(c, "solutions"), "W 的形状是 (m, p)：一行", "W 的形状是 (m, p)：1 行"),
        "mistakes.py",
        "numbers differ: the translation has besides 1",
    ),
    (
        lambda c: edit(
            c.root / "solutions" / NAME / "mistakes.py",
            "A number minus a value is not the value minus the number.",
            "A number minus a value is another thing than the value minus the number.",
        ),
        "mistakes.py",
        "this hint is not translated",
    ),
    (
        lambda c: edit(words(c, "solutions"), "# Titles", '"never said": "从不"\n# Titles'),
        "solutions/lec05_backprop/words.zh.yml: 'never said'",
        "nothing says this; take it out of the catalogue",
    ),
    (
        lambda c: edit(c.root / "words.zh.yml", '"Back-propagation by hand": "手写反向传播"\n', ""),
        "course.yml",
        "this title is not translated",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "where", "reason"), SPOILS)
def test_what_is_wrong_is_named(
    course: Course, spoil: Callable[[Course], None], where: str, reason: str
) -> None:
    spoil(course)
    complaints = prove_edition(load_course(course.root), NAME, "zh").complaints
    assert any(where in w and reason in r for w, r in complaints), complaints


def text(kind: Kind, english: str, said: str) -> Text:
    return Text(kind, "here", english, said)


@pytest.mark.parametrize(
    ("kind", "english", "said"),
    [
        ("prompt", "$x$ and $y$ of `f`", "`f` 的 $y$ 与 $x$"),
        ("prompt", "$L = \\text{loss}$", "$L = \\text{损失}$"),
        ("prompt", "1,000 steps in 2.5 s", "2.5 秒走 1000 步"),
        ("prompt", "see [it](https://d2l.ai/x_1.html) now", "见[这里](https://d2l.ai/x_1.html)"),
        ("message", "{a} is not {b!r:>4}, 2 of {{}}", "{{}} 中的 2：{b!r:>4} 不是 {a}"),
        ("docstring", "Two.\n\nArgs:\n    x, y: (n,) 3.", "二。\n\n参数：\n    x, y: (n,) 3。"),
        ("hint", "Look at `exp`: {}", "看 `exp`：{}"),
    ],
)
def test_the_same_in_another_order_is_the_same(kind: Kind, english: str, said: str) -> None:
    assert list(unlike(text(kind, english, said))) == []


@pytest.mark.parametrize(
    ("kind", "english", "said", "reason"),
    [
        ("prompt", "see `f`", "见 f", "`code` differ: the translation lost f"),
        ("prompt", "[it](https://a.org/1)", "[它](https://a.org/2)", "links differ"),
        ("prompt", "```\nx\n```", "```\ny\n```", "fences differ"),
        ("message", "not {a}", "不是 {b}", "{…} differ: the translation lost {a}"),
        ("message", "\r{bar} done", "{bar} 完成", "control characters differ"),
        ("message", "not {a} of 3", "不是 4 的 {a}", "numbers differ"),
        (
            "docstring",
            "A.\n\nArgs:\n    x: one.",
            "甲。\n\n参数：\n    y: 一。",
            "arguments differ",
        ),
        ("hint", "{} of {}", "{}", "{} gaps differ"),
        ("hint", "the ½ and 2", "½", "numbers differ"),
    ],
)
def test_what_is_not_the_same_is_told(kind: Kind, english: str, said: str, reason: str) -> None:
    assert any(reason in found for found in unlike(text(kind, english, said)))


def test_confirming_marks_what_was_edited(course: Course) -> None:
    edit(notebook(course), "$b$ added to every row", "$b$ added to each row")
    assert confirm(course, NAME, "zh") == 1
    assert prove_edition(course, NAME, "zh").complaints == ()
    assert confirm(course, NAME, "zh") == 0


def test_a_mark_is_of_the_words_and_not_of_their_lines() -> None:
    assert mark_of("one two\nthree") == mark_of("one\ntwo three") != mark_of("one two")


def test_catalogues_are_laid_out_with_what_is_missing(course: Course) -> None:
    before = {side: words(course, side).read_text() for side in ("assignments", "solutions")}
    write_catalogues(course, NAME, "zh")
    assert {side: words(course, side).read_text() for side in before} == before
    for side in before:
        words(course, side).unlink()
    write_catalogues(course, NAME, "zh")
    laid = load_marked(words(course, "assignments")).data
    assert laid["slope"] == "" and set(laid.values()) == {""}
    assert prove_edition(course, NAME, "zh").translated["picture"] == 0


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]))
        | st.text("a \n#:中"),
        st.text("中 \n'\"\\:#-"),
    )
)
def test_a_catalogue_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, said: dict[str, str]
) -> None:
    path = tmp_path_factory.mktemp("words") / "words.zh.yml"
    path.write_text(catalogue_text(said), encoding="utf-8")
    assert (load_marked(path).data or {}) == said


def test_an_edition_has_the_same_ids_and_the_same_number_of_cells() -> None:
    english, chinese = (compose(OURS, NAME, language).cells for language in ("en", "zh"))
    ids = [
        [c.metadata.get("nbgrader", {}).get("grade_id") for c in cells]
        for cells in (english, chinese)
    ]
    ours = [i for i in ids[1] if i is not None]
    assert ours == [i for i in ids[0] if i is not None]
    assert len(chinese) == len(english) + 1, "the cell that looks for fonts is the only one more"


def test_no_chinese_is_in_the_english_edition() -> None:
    for cell in compose(OURS, NAME, "en").cells:
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in cell.source)


def test_every_kind_is_gathered() -> None:
    found = {t.kind for name in OURS.assignments for t in gather(OURS, name, "zh").texts}
    assert found == set(KINDS)


def test_the_command_counts_and_names(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course.root)
    good = CliRunner().invoke(app, ["translations", NAME])
    assert good.exit_code == 0 and "18/18" in good.output
    edit(words(course, "assignments"), '"slope": "斜率"\n', "")
    bad = CliRunner().invoke(app, ["translations", NAME])
    assert bad.exit_code == 1 and "'slope': this picture is not translated" in bad.output
    assert CliRunner().invoke(app, ["translations", "nothing"]).exit_code == 2


def test_a_stub_is_read_in_the_language_and_its_answer_stays() -> None:
    stubs = in_language(read_assignment(OURS, NAME), "zh").stubs
    assert "参数：" in stubs["affine_forward"].source
    assert "raise NotImplementedError" in stubs["affine_forward"].source
