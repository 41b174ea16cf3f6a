"""The names that lecture 11's notebook hands to students: made up, or read from the corpus."""

from pathlib import Path
from typing import Any

import jupytext
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
