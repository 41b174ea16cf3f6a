"""What people read in a code cell: found, and said otherwise without touching the code."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.notebook.code_texts import code_texts
from grader.notebook.model import Prompt
from grader.notebook.reading import read_notebook
from grader.notebook.templates import formatted_literal, literal, pieces, template_of
from grader.notebook.translating import chooses, translated

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "assignments").glob("*/*.py"))

CELL = '''\
# One comment
# of two lines.
x = 1  # and one behind code

def half(x):
    """Half of x.

    Args:
        x: a number.
    """
    raise NotImplementedError

assert half(2) == 1, f"half of 2 is 1, not {half(2)!r:>4}"
axes.plot(x, label="the curve", color="tab:red")
axes.set(xlabel="step", title=f"after {n} steps" " of ten")
for name in ("train", "test"):
    print("loss of", name, sep=", ")
mode = F.pad(x, mode="reflect")
text = words["the key"]
'''


def found(source: str) -> list[tuple[str, str, bool]]:
    return [(text.kind, text.text, text.needed) for text in code_texts(source)]


def test_every_text_is_found_with_its_kind() -> None:
    assert found(CELL) == [
        ("comment", "One comment\nof two lines.", True),
        ("comment", "and one behind code", True),
        ("docstring", "Half of x.\n\nArgs:\n    x: a number.", True),
        ("message", "half of 2 is 1, not {half(2)!r:>4}", True),
        ("picture", "the curve", True),
        ("picture", "step", True),
        ("picture", "after {n} steps of ten", True),
        ("string", "train", False),
        ("string", "test", False),
        ("message", "loss of", True),
        ("string", "the key", True),
    ]


@pytest.mark.parametrize(
    "source",
    [
        'F.pad(x, mode="reflect")',
        'batch["label"]',
        'if kind == "train": pass',
        'axes.plot(x, "o-", color="tab:red")',
        'axes.set(title=f"{n}")',
        'raise ValueError("k")',
        "x = 1  # noqa: E501",
        "%matplotlib inline",
    ],
)
def test_the_programs_own_words_are_no_texts(source: str) -> None:
    assert [text for text in code_texts(source) if text.needed] == []


def test_texts_are_replaced_and_nothing_else() -> None:
    words = {
        "One comment\nof two lines.": "一条注释",
        "and one behind code": "代码后面",
        "Half of x.\n\nArgs:\n    x: a number.": "x 的一半。\n\n参数：\n    x: 一个数。",
        "half of 2 is 1, not {half(2)!r:>4}": "2 的一半是 1，而不是 {half(2)!r:>4}",
        "after {n} steps of ten": "十步中的第 {n} 步",
        "train": "训练",
    }
    made = translated(CELL, words)
    assert "# 一条注释\nx = 1  # 代码后面\n" in made
    assert '    """x 的一半。\n\n    参数：\n        x: 一个数。\n    """\n' in made
    assert 'f"2 的一半是 1，而不是 {half(2)!r:>4}"' in made
    assert 'title=f"十步中的第 {n} 步")' in made
    assert 'in ("训练", "test")' in made
    assert 'label="the curve", color="tab:red"' in made


def test_a_picture_has_both_languages_where_a_font_may_lack() -> None:
    words = {"step": "步数", "after {n} steps of ten": "第 {n} 步", "loss of": "损失"}
    made = translated(CELL, words, "zh")
    assert 'xlabel=zh("步数", "step"), title=zh(f"第 {n} 步", f"after {n} steps of ten")' in made
    assert 'print("损失", name' in made
    assert chooses(CELL, words) and not chooses(CELL, {"loss of": "损失"})


def test_what_is_said_the_same_stays_as_it_is_written() -> None:
    assert translated(CELL, {text.text: text.text for text in code_texts(CELL)}, "zh") == CELL


def test_quotes_and_backslashes_are_kept() -> None:
    source = 'r"""A \\alpha."""\nassert x, f"{d[\'k\']} is \\"it\\"\\n"\n'
    words = {"A \\alpha.": "\\alpha 一", "{d['k']} is \"it\"\n": "是“它”\\ {d['k']}\n"}
    made = translated(source, words)
    tree = ast.parse(made)
    assert ast.get_docstring(tree) == "\\alpha 一"
    asserted = tree.body[1]
    assert isinstance(asserted, ast.Assert) and isinstance(asserted.msg, ast.JoinedStr)
    assert template_of(asserted.msg) == "是“它”\\ {d['k']}\n"


@pytest.mark.parametrize("said", ["{x", "x}", "{x {y}"])
def test_braces_that_do_not_fit_are_refused(said: str) -> None:
    with pytest.raises(ValueError, match="clos"):
        translated('print(f"all of {x}")', {"all of {x}": said})


@settings(deadline=None)
@given(st.text())
def test_a_literal_is_read_back(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert ast.literal_eval(literal(text.replace("\0", ""))) == text.replace("\0", "")


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab{}\"'\\\n中"), st.sampled_from(["", "{n}", "{n:.2f}", "{d['k']}"])
        )
    )
)
def test_a_formatted_literal_is_read_back(parts: list[tuple[str, str]]) -> None:
    template = "".join(
        plain.replace("{", "{{").replace("}", "}}") + inner for plain, inner in parts
    )
    node = ast.parse(formatted_literal(template), mode="eval").body
    assert isinstance(node, ast.JoinedStr)
    assert template_of(node) == template
    assert "".join(piece for _, piece in pieces(template)) == template


class _Blank(ast.NodeTransformer):
    """Leaves of every string that it is one, and takes the English of a picture's two texts."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "zh":
            return self.visit(node.args[1])
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("text") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        inner = sorted(ast.dump(v) for v in node.values if isinstance(v, ast.FormattedValue))
        return ast.Constant("text " + " ".join(inner))


def blank(source: str) -> str:
    return ast.dump(_Blank().visit(ast.parse(source)))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_in_every_notebook_all_texts_are_reached_and_the_code_stays(path: Path) -> None:
    for cell in read_notebook(path).cells:
        if isinstance(cell, Prompt):
            continue
        texts = code_texts(cell.source)
        words = {text.text: "译" + text.text for text in texts}
        made = translated(cell.source, words, "zh")
        assert blank(made) == blank(cell.source)
        assert made.count("译") == len(texts)
