"""Markdown and formulae on a page: set without a script, and nothing of them acts."""

from __future__ import annotations

import pytest
from export_class import tags_of  # type: ignore[import-not-found]
from hypothesis import given
from hypothesis import strategies as st

from grader.render.formulae import formula
from grader.render.prose import prose

FORMULAE = [
    (r"\frac{\partial L}{\partial z}", "<mfrac>"),
    (r"x_i < y", "<mo>&lt;</mo>"),
    (r"\begin{align} a &= b \\ c &\leq d \end{align}", "<mtable"),
]


@pytest.mark.parametrize(("source", "part"), FORMULAE)
def test_a_formula_is_set_without_a_script(source: str, part: str) -> None:
    assert part in formula(source) and str(formula(source)).startswith("<math")


@pytest.mark.parametrize(
    "source",
    [r"\href{javascript:alert(1)}{x}", r"\style{color:red}{x}", r"\text{a<img src=x>b}", r"a & b",
     r"\def\x{y}", "x" * 3000, r"\frac{", r"\class{v}{x}", r"\nosuch x"],
)  # fmt: skip
def test_what_is_no_plain_formula_is_shown_as_tex(source: str) -> None:
    made = str(formula(source))
    assert made.startswith("<code>") and not {"script", "img"} & set(tags_of(made).tags)
    assert tags_of(made).text == f"${source}$"


def test_a_formula_of_tags_shows_them() -> None:
    found = tags_of(str(formula("</math><script>")))
    assert found.text == "</math><script>" and "script" not in found.tags


MARKS = st.text(alphabet="$\\{}<>&\"'*_`[]()!#|-\n aZ0^", max_size=60)


@given(st.one_of(MARKS, st.text(max_size=40), MARKS.map(lambda inner: f"$${inner}$$")))
def test_any_markdown_is_inert(written: str) -> None:
    found = tags_of(str(prose(written)))
    assert not {"script", "img", "iframe", "style", "form", "h1", "h2"} & set(found.tags)
    assert all(not name.startswith("on") and name not in ("style", "src", "id")
               for name, _ in found.attributes)  # fmt: skip


def test_money_and_code_are_no_formulae() -> None:
    assert "math" not in prose("It costs $5 and $6, see `$x$`.")
    assert prose("$$\n= a\n$$").count("<math") == 1
