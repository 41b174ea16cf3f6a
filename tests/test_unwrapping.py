"""Lines that were broken between two Chinese characters are joined, and no others."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.notebook.unwrapping import unwrapped


@pytest.mark.parametrize(
    ("broken", "joined"),
    [
        ("你先写出\n每一个因子", "你先写出每一个因子"),
        ("先写因子，\n`backward` 再传", "先写因子，`backward` 再传"),
        ("用 `backward`\n传梯度", "用 `backward`\n传梯度"),
        ("传给 $A$ 的\n$W$", "传给 $A$ 的\n$W$"),
        ("- 第一项很\n  长\n- 第二项", "- 第一项很长\n- 第二项"),
        ("## 标题\n正文", "## 标题\n正文"),
        ("一段。\n\n二段。", "一段。\n\n二段。"),
        ("一段。\n- 一项", "一段。\n- 一项"),
        ("一段：\n1. 一项", "一段：\n1. 一项"),
        ("公式：\n$$x$$\n其中", "公式：\n$$x$$\n其中"),
        ("| 甲 |\n| 乙 |", "| 甲 |\n| 乙 |"),
        ("```\n甲\n乙\n```", "```\n甲\n乙\n```"),
        ("An English line\nand another.", "An English line\nand another."),
        ("他说“好”\n然后走了", "他说“好”然后走了"),
    ],
)
def test_lines(broken: str, joined: str) -> None:
    assert unwrapped(broken) == joined


@settings(deadline=None)
@given(st.text(alphabet="ab 甲乙，。\n-#`"))
def test_only_line_ends_and_indents_go(text: str) -> None:
    made = unwrapped(text)
    assert "".join(made.split()) == "".join(text.split())
    assert unwrapped(made) == made
