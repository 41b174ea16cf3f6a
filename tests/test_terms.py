"""The glossary is sound, and our Chinese texts keep to it."""

from collections import Counter
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.course.terms import Term, language_of_terms, load_terms, misnamed
from grader.errors import CourseError
from grader.notebook.model import Prompt
from grader.notebook.reading import read_notebook

ROOT = Path(__file__).parents[1]
GLOSSARY = ROOT / "docs" / "terms.md"
TERMS = load_terms(GLOSSARY)
NOTEBOOKS = sorted((ROOT / "assignments").glob("*/*.py"))
HEAD = "| English | 中文 | not | seeds |\n| --- | --- | --- | --- |\n"
# Words, and pieces of sentences, in which a careless glossary finds something to avoid.
LEGITIMATE = (
    "练习题 自变量 真实参数 函数列表 参数列表 索引数组 矩阵列数 矩阵列向量 方程式 元素个数 "
    "按元素个数取平均 加权值 平均方差 来自信息论 字符串接口 把名字串在一起 网上交易 每个点乘以 "
    "单词表示 词汇表示 最早停止 尽早停止 不一致分布 降低拟合误差 特征量化 用同一函数 检查损失 "
    "有错误发现不了 抽取样本 一批大小相同 记忆元素 自回归神经网络 会产生模型 自身注意到 "
    "最小平方误差 停机率 示范例子 用引用实现 总结点评 大概化简 这类神经网络 使梯度降低 "
    "坐标轴 代码块 参数量 单层 多层 似然比 分批 状态转移 概念在漂移 标准化 截断误差"
)
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="|、"),
    min_size=1,
    max_size=8,
)
a_term = st.builds(Term, words, words, st.lists(words, max_size=3).map(tuple), words)


def chinese_texts() -> list[Path]:
    """Every file of ours in Chinese: catalogues, documents, and the machine's own texts."""
    inside = chain.from_iterable(
        (ROOT / room).rglob("*.zh.*") for room in ("assignments", "docs", "grader", "solutions")
    )
    machine = (ROOT / "grader" / "languages" / "zh").glob("*.yml")
    return sorted({*inside, *ROOT.glob("*.zh.*"), *machine})


def line(term: Term) -> str:
    return f"| {term.english} | {term.said} | {'、'.join(term.avoided)} | {term.seeds} |\n"


def glossary(folder: Path, table: str) -> Path:
    path = folder / "terms.md"
    path.write_text(table, encoding="utf-8", newline="\n")
    return path


def test_no_english_term_stands_twice() -> None:
    times = Counter(term.english.lower() for term in TERMS)
    assert len(TERMS) > 250 and [name for name, n in times.items() if n > 1] == []


def test_every_term_says_where_the_sources_have_it() -> None:
    assert [t for t in TERMS if not (t.seeds == "—" or set(t.seeds.split()) <= set("LDMNP"))] == []


def test_a_rendering_to_avoid_belongs_to_one_term() -> None:
    times = Counter(chain.from_iterable(term.avoided for term in TERMS))
    assert [word for word, n in times.items() if n > 1] == []


@pytest.mark.parametrize("allowed", [*dict.fromkeys(t.said for t in TERMS), *LEGITIMATE.split()])
def test_what_may_be_said_holds_nothing_to_avoid(allowed: str) -> None:
    assert misnamed(allowed, TERMS) == ()


def test_the_rules_of_style_keep_to_the_table() -> None:
    rules, found, _ = GLOSSARY.read_text(encoding="utf-8").partition(HEAD)
    assert found and misnamed(rules, TERMS) == ()


@pytest.mark.parametrize("path", chinese_texts(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_chinese_text_keeps_to_the_table(path: Path) -> None:
    found = misnamed(path.read_text(encoding="utf-8"), TERMS)
    assert not found, f"{path}: say " + ", ".join(f"{b} for {a}" for a, b in found)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_chinese_prompt_keeps_to_the_table(path: Path) -> None:
    prompts = [c for c in read_notebook(path).cells if isinstance(c, Prompt) and c.lang == "zh"]
    assert prompts
    found = [(c.line, *wrong) for c in prompts for wrong in misnamed(c.markdown, TERMS)]
    assert not found


def test_the_glossary_says_its_language() -> None:
    assert language_of_terms(ROOT / "docs" / "terms.md") == "zh"


def test_the_catalogues_are_among_the_texts() -> None:
    names = {str(path.relative_to(ROOT)) for path in chinese_texts()}
    assert {"grader/languages/zh/messages.yml", "solutions/lec05_backprop/words.zh.yml"} <= names


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(terms=st.lists(a_term, min_size=1, max_size=4), prose=words)
def test_a_table_is_read_as_it_was_written(tmp_path: Path, terms: list[Term], prose: str) -> None:
    table = f"# {prose}\n\n{HEAD}{''.join(map(line, terms))}\n{prose}\n"
    assert load_terms(glossary(tmp_path, table)) == tuple(terms)


@given(terms=st.lists(a_term, max_size=4), before=words, after=words)
def test_what_is_found_stands_in_the_text_and_in_the_table(
    terms: list[Term], before: str, after: str
) -> None:
    avoided = [word for term in terms for word in term.avoided]
    for word in avoided:
        found = misnamed(before + word + after, terms)
        assert found
        assert all(bad in before + word + after and bad in avoided for bad, _ in found)
        assert {good for _, good in found} <= {term.said for term in terms}


def test_found_once_in_the_order_of_the_text_and_the_longer_one_first() -> None:
    terms = (
        Term("logit", "logit", ("对数几率",), ""),
        Term("logistic regression", "Logistic 回归", ("对数几率回归",), ""),
        Term("pooling", "汇聚", ("池化",), ""),
    )
    text = "池化之后做对数几率回归，再池化；对数几率可正可负。"
    assert misnamed(text, terms) == (
        ("池化", "汇聚"),
        ("对数几率回归", "Logistic 回归"),
        ("对数几率", "logit"),
    )
    assert misnamed("汇聚之后做 Logistic 回归。", terms) == misnamed("池化", ()) == ()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("| English | 中文 |\n| --- | --- |\n| gate | 门 |\n", "no table is headed"),
        (HEAD + "| gate | 门 | L |\n", r"terms.md:3: 3 cells; give four"),
        (HEAD + "| gate | 门 | | L |\n| cell | | | — |\n", r"terms.md:4: .*rendering is empty"),
        (HEAD + "| | 门 | | L |\n", r"terms.md:3: the English"),
    ],
)
def test_a_broken_glossary_says_where_and_how_to_mend_it(
    tmp_path: Path, table: str, says: str
) -> None:
    with pytest.raises(CourseError, match=says):
        load_terms(glossary(tmp_path, table))


def test_a_glossary_that_is_not_there_or_not_utf8_is_the_courses_fault(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"none\.md: the glossary cannot be read"):
        load_terms(tmp_path / "none.md")
    (tmp_path / "gbk.md").write_bytes("| 门 |".encode("gbk"))
    with pytest.raises(CourseError, match=r"gbk\.md: the glossary cannot be read"):
        load_terms(tmp_path / "gbk.md")
