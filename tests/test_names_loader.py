"""The names that lecture 11's notebook hands to students: made up, or read from the corpus."""

import random
from pathlib import Path
from typing import Any

import jupytext
import matplotlib.pyplot as plt
import pytest

NOTEBOOK = Path(__file__).parents[1] / "assignments" / "lec11_names" / "lec11_names.py"
CORPUS = (
    "人名语料库\r\n2019.01\r\n\r\ndict,sex\r\n阿安,男\r\n阿彬,未知\r\n林玉英,女\r\n欧阳文,男\r\n"
)


@pytest.fixture(scope="module")
def tools() -> dict[str, Any]:
    """Run the notebook's imports and the cell of names, and nothing else."""
    names: dict[str, Any] = {}
    cells = jupytext.read(NOTEBOOK).cells
    plain = [c.source for c in cells if c.cell_type == "code" and not set(c.metadata) - {"lines"}]
    for source in plain:
        exec(compile(source, str(NOTEBOOK), "exec"), names)
    return names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_corpus_is_read(tools: dict[str, Any], tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "Chinese_Names_Corpus_Gender（120W）.txt"
    path.write_bytes(CORPUS.replace("\r\n", end).encode(encoding))
    assert tools["read_corpus"](path) == (["阿安", "林玉英", "欧阳文"], [0, 1, 0])


def test_blank_lines_and_blanks_are_no_names(tools: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("dict,sex\n\n 王文 , 女 \n\n", encoding="utf-8")
    assert tools["read_corpus"](path) == (["王文"], [1])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("阿安,男\n", 'no line "dict,sex"'),
        ("", 'no line "dict,sex"'),
        ("dict,sex\n阿安,男\n阿彬\n", "line 3"),
        ("dict,sex\n阿安,1\n", "line 2"),
        ("dict,sex\n,男\n", "line 2"),
        ("dict,sex\n阿安,男,多\n", "line 2"),
    ],
)
def test_another_file_is_refused_with_its_name(
    tools: dict[str, Any], tmp_path: Path, text: str, reason: str
) -> None:
    path = tmp_path / "names.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"names.txt.*{reason}"):
        tools["read_corpus"](path)


def test_another_encoding_is_refused_with_its_name(tools: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes(CORPUS.encode("gb18030"))
    with pytest.raises(ValueError, match=r"names.txt is not UTF-8"):
        tools["read_corpus"](path)


def test_made_up_names_follow_the_tables(tools: dict[str, Any]) -> None:
    names, labels = tools["make_names"](4000, 5)
    again = tools["make_names"](4000, 5)
    assert (names, labels) == again and names != tools["make_names"](4000, 6)[0]
    assert set(labels) == {0, 1} and {len(name) for name in names} == {2, 3, 4}
    surnames = tools["SURNAMES"].split()[::2]
    assert all(any(name.startswith(surname) for surname in surnames) for name in names)
    wang = sum(name.startswith("王") for name in names) / len(names)
    shares = [float(share) for share in tools["SURNAMES"].split()[1::2]]
    assert wang == pytest.approx(73 / sum(shares), abs=0.025)
    women = sum(labels) / len(labels)
    assert women == pytest.approx(0.5, abs=0.04)
    lean = [label for name, label in zip(names, labels, strict=True) if name.endswith("芳")]
    assert sum(lean) / len(lean) > 0.85


def test_each_character_stands_once_in_the_tables(tools: dict[str, Any]) -> None:
    for words in (tools["SURNAMES"].split()[::2], tools["WORDS"][::3]):
        assert len(words) == len(set(words))
    assert all(len(char) == 1 for char in tools["MEN"])
    assert min(*tools["MEN"].values(), *tools["WOMEN"].values()) > 0


def grouped_corpus(path: Path) -> list[str]:
    """Write a corpus of the real one's form: grouped by surname, most of them in no table of ours.

    Returns:
        its names, in order.
    """
    draw = random.Random(3)
    names = []
    for surname in ["阿", "敖", "艾", "安", "王", "欧阳"]:
        for _ in range(120):
            sex, pool = draw.choice([("男", "军强勇伟"), ("女", "芳娟丽秀"), ("未知", "明文")])
            given = "".join(draw.choices(pool, k=draw.randint(1, 2)))
            names.append(f"{surname}{given},{sex}")
    head = "人名语料库（Names-Corpus）\r\n2019.01\r\n\r\ndict,sex\r\n"
    path.write_bytes((head + "\r\n".join(names) + "\r\n").encode("utf-8-sig"))
    return names


def test_names_are_drawn_from_all_over_a_grouped_file(tools: dict[str, Any]) -> None:
    names = [f"{surname}{number}" for surname in "abcdefgh" for number in range(100)]
    labels = [number % 2 for _ in "abcdefgh" for number in range(100)]
    some, theirs = tools["draw_some"](names, labels, 200, 1)
    assert len(set(some)) == 200 and {name[0] for name in some} == set("abcdefgh")
    assert all(labels[names.index(name)] == y for name, y in zip(some, theirs, strict=True))
    assert (some, theirs) == tools["draw_some"](names, labels, 200, 1)
    everything, _ = tools["draw_some"](names, labels, 10**6, 1)
    assert sorted(everything) == sorted(names) and everything != names


def test_no_name_is_trained_on_and_tested(tools: dict[str, Any]) -> None:
    (first, y), (rest, z) = tools["split_by_name"](
        ["a", "b", "a", "c", "b", "d"], [0, 1, 0, 1, 0, 1], 2
    )
    assert (first, y) == (["a", "b"], [0, 1]) and (rest, z) == (["c", "d"], [1, 1])


def test_the_notebook_goes_on_with_a_corpus_of_the_real_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    grouped_corpus(tmp_path / "Chinese_Names_Corpus_Gender（120W）.txt")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    plt.switch_backend("agg")
    answers = NOTEBOOK.parents[2] / "solutions" / "lec11_names" / "answers.py"
    names: dict[str, Any] = {}
    for cell in jupytext.read(NOTEBOOK).cells:
        if cell.cell_type == "code":
            if "exercise" in cell.metadata:
                exec(compile(answers.read_text(encoding="utf-8"), str(answers), "exec"), names)
            else:
                exec(compile(cell.source, str(NOTEBOOK), "exec"), names)
    assert not names["made_up"] and len(names["losses"]) > 0
    assert not set(names["train_names"]) & set(names["new_names"])
    assert {name[0] for name in names["train_names"]} == set("阿敖艾安王欧")
    assert "nobody could be right" not in capsys.readouterr().out
