"""Hints in two stages, in the course's own words and in its language."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_course import MISTAKES, write_course  # type: ignore[import-not-found]

from grader.comparing import forms, patterns, relations, situations, telling
from grader.comparing.outcomes import Call
from grader.controller import beside, explaining
from grader.course.catalogue import Catalogue, load_catalogue
from grader.course.lesson import load_lesson
from grader.course.slips import misreadings
from grader.course.slips.transforms import transforms_of
from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.vocabulary import case, mistake

ROOT = Path(__file__).parents[1]
SENTENCES = [
    value
    for module in (forms, patterns, relations, situations, telling, misreadings)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str) and value.endswith((".", "?"))
] + [beside.THEN, explaining.EITHER.splitlines()[1]]


@pytest.fixture
def chinese(tmp_path: Path) -> Catalogue:
    text = (ROOT / "course.yml").read_text(encoding="utf-8")
    (tmp_path / "course.yml").write_text(text.replace("language: en", "language: zh"))
    for folder in ("solutions", "reference", "assignments"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    return load_catalogue(load_course(tmp_path), "lec05_backprop")


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_sentence_about_a_result_is_said_in_chinese(
    chinese: Catalogue, sentence: str
) -> None:
    fillings = iter(["2", "`x`", "3"])
    plain = sentence.replace("`{}`", "`x`")
    said = chinese.say(re.sub(r"\{\}", lambda _: next(fillings), plain))
    assert re.search("[\u4e00-\u9fff]", said) and "{}" not in said


def test_what_fills_a_gap_is_translated_too(chinese: Catalogue) -> None:
    assert chinese.say(telling.IN_VALUE.format(2, relations.SIGN)) == "结果的第 2 个值：符号反了。"
    what = "the length of axis 1 of `x`"
    assert chinese.say(relations.SUM.format(what)) == (
        "结果偏大，倍数正好是 `x` 第 1 轴的长度：该取平均的地方，是不是求了和？"
    )


@pytest.mark.parametrize(
    "words", sorted({one.words for one in transforms_of("import torch\nimport numpy as np")})
)
def test_what_an_input_is_taken_for_is_said_in_chinese(chinese: Catalogue, words: str) -> None:
    said = chinese.say(misreadings.TAKEN.format("x", words))
    assert words not in said and "`x`" in said


@pytest.mark.parametrize(
    ("calls", "others"),
    [
        ([(1,), (1,)], [(2,), (2,)]),
        ([(2,), (4,)], [(1,), (1,)]),
        ([("tanh",), ("relu",)], [("elu",), ("elu",)]),
        ([(None,)] * 2, [(1,)] * 2),
        ([(np.ones((3, 3)),)] * 2, [(-np.ones((2, 3)),)] * 2),
        ([(np.array([1, 1]),)] * 2, [(np.array([0, 300]),)] * 2),
        ([(np.array([0, 300]),)] * 2, [(np.array([1, 1]),)] * 2),
    ],
)
def test_a_situation_is_said_in_chinese(chinese: Catalogue, calls: Any, others: Any) -> None:
    wrong, right = (
        [Call(case(*args, expect=0), False, 1.0, (), {}) for args in some]
        for some in (calls, others)
    )
    said = chinese.say(situations.situation(wrong, right, ("x",)))
    assert "满足" in said
    assert not re.search(r"\b(is|are|has|holds|comes|the|of|or|longer|length)\b", said)


def test_a_mistake_may_have_a_fuller_hint(tmp_path: Path) -> None:
    more = MISTAKES.replace('squared."', 'squared.", "x * x is not 2 * x."')
    course = load_course(write_course(tmp_path, mistakes=more))
    (known,) = load_lesson(course, "one").mistakes
    assert known.hint == "Twice, not squared." and known.further == "x * x is not 2 * x."
    assert mistake("double", "one", "two")(len) is len


@pytest.mark.parametrize("wrong", ['"a", 3', '"a", "b", "c"', '"a", further="b"'])
def test_hints_are_written_out(tmp_path: Path, wrong: str) -> None:
    text = MISTAKES.replace('"Twice, not squared."', wrong)
    course = load_course(write_course(tmp_path, mistakes=text))
    with pytest.raises(CourseError, match="with both texts written out"):
        load_lesson(course, "one")
