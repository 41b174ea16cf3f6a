"""Slips as edits of a model answer, and two of them at once."""

import ast

import pytest

from grader.course.slips.edits import apart, text_of, text_of_source
from grader.course.slips.mutants import mutants
from grader.course.slips.omissions import omissions
from grader.course.slips.slips import Slip, mutant_slips, pairs, workshop

ANSWERS = """\
def helper(x):
    return x * 2  # hint: in the helper


def unused(x):
    return x  # hint: nowhere


def step(x, lr, eps):
    y = helper(x) + lr  # hint: the sum
    return y / (x + eps)


def other(x):
    return step(x, 1, 2)  # hint: another exercise
"""
EXERCISES = ("step", "other")


def of(code: str):  # type: ignore[no-untyped-def]
    return text_of(ast.parse(code).body[0])


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("def f(a):\n    return a + 1", "def f(a):\n    return a - 1"),
        ("def f(a):\n    b = a\n    return b", "def f(a):\n    return a"),
        ("def f(a):\n    return a", "def f(a):\n    a = -a\n    return a\n"),
        ("def f(a):\n    return a", "def f(x):\n    if x:\n        return 'two words'\n"),
    ],
)
def test_edits_make_one_text_of_another(right: str, wrong: str) -> None:
    edits = of(right).edits_to(of(wrong))
    assert of(right).edited(edits) == of(wrong).edited(())
    assert of(right).edits_to(of(right)) == ()


def test_edits_of_one_line_are_made_together_where_they_touch_no_word() -> None:
    base = text_of_source("y = a * (1 - a)")
    minus = base.edits_to(text_of_source("y = -a * (1 - a)"))
    plus = base.edits_to(text_of_source("y = a * (1 + a)"))
    times = base.edits_to(text_of_source("y = a * (1 * a)"))
    assert apart(minus, plus) and not apart(plus, times)
    assert base.edited([*minus, *plus]) == "y = -a * (1 + a)\n"


def test_an_exercise_runs_through_its_helpers_but_through_no_other_exercise() -> None:
    assert set(workshop(ANSWERS, "step", EXERCISES).texts) == {"helper", "step"}
    assert set(workshop(ANSWERS, "other", EXERCISES).texts) == {"other"}


def test_mutants_have_the_hint_of_their_line_or_none() -> None:
    shop = workshop(ANSWERS, "step", EXERCISES)
    by_hint: dict[tuple[str, ...], list[str]] = {}
    for slip in mutant_slips(ANSWERS, shop):
        by_hint.setdefault(slip.hints, []).append(shop.source(slip))
    assert set(by_hint) == {("in the helper",), ("the sum",), ()}
    assert all("helper" in source.split("\n")[0] for source in by_hint["in the helper",])
    assert any("return y / x\n" in source for source in by_hint[()])
    assert not mutant_slips(ANSWERS.replace("hint", "note"), shop)


def test_a_mask_that_is_not_turned_round_is_a_slip() -> None:
    answers = "def hide(x, seen):\n    return x.masked_fill(~seen, 0)  # hint: the mask\n"
    shop = workshop(answers, "hide", ("hide",))
    sources = [shop.source(slip) for slip in mutant_slips(answers, shop)]
    assert any("x.masked_fill(seen, 0)" in source for source in sources)


def test_pairs_are_of_hinted_slips_that_are_apart() -> None:
    shop = workshop(ANSWERS, "step", EXERCISES)
    source = "def no_eps(x, lr, eps):\n    y = helper(x) + lr\n    return y / x\n"
    mistake = shop.mistake("no_eps", "ε is missing", source)
    both = list(pairs([mistake], mutant_slips(ANSWERS, shop)))
    named = [slip for slip in both if slip.name]
    assert {slip.hints for slip in named} == {
        ("ε is missing", "in the helper"),
        ("ε is missing", "the sum"),
    }
    codes = [shop.source(slip) for slip in named]
    assert any("y = helper(x) - lr\n    return y / x\n" in code for code in codes)
    assert {slip.hints for slip in both if not slip.name} >= {("in the helper", "the sum")}


def test_slips_that_touch_the_same_words_make_no_pair() -> None:
    shop = workshop(ANSWERS, "other", EXERCISES)
    slips = [
        shop.mistake(name, name, f"def {name}(x):\n    return step(x, {n}, 2)\n")
        for name, n in (("a", 3), ("b", 4))
    ]
    assert list(pairs(slips, [])) == [] and isinstance(slips[0], Slip)


@pytest.mark.parametrize(
    ("line", "slip"),
    [("y - a[:, None]", "y - a"), ("y - a[None]", "y - a"), ("y - a[..., None]", "y - a")],
)
def test_an_axis_that_is_not_added_is_a_slip(line: str, slip: str) -> None:
    source = f"def f(y, a):\n    return {line}\n"
    assert any(f"return {slip}\n" in f"{m.code}\n" for m in mutants(source, ("f",), omissions))
    assert not any("y - a\n" in f"{m.code}\n" for m in mutants(source, ("f",)))
