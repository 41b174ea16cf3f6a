"""The machine's languages: how an entry is found and filled in, dates, and what is spoken."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import grader
from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.languages import Catalogue, date_in, machine, spoken
from grader.languages.spoken import languages_spoken, texts_of
from tests.small_course import COURSE, write_course

DUE = datetime(2026, 11, 29, 15, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entries", "text", "said"),
    [
        ({"too large": "太大"}, "too large", "太大"),
        ({"too large": "太大", "values": "数值"}, "too large [values, inputs (3,)]",
         "太大 [数值, inputs (3,)]"),
        ({"at {} is {}": "{2} 在 {1}"}, "at 3 is x", "x 在 3"),
        ({"half of {}": "{}的一半", "it": "它"}, "half of it", "它的一半"),
        ({"half of {}": "{} 的一半", "it": "它"}, "half of it", "它的一半"),
        ({"half of {}": "{}的一半"}, "half of `x`", "`x` 的一半"),
        ({"{}: {} wrong{*}": "{}：{}不对{}", ", worst": "，最差"}, "a: b wrong, worst",
         "a：b 不对，最差"),
        ({"{kind}: {=}": "报错 {}：{}", "no": "不"}, "ValueError: no", "报错 ValueError：no"),
        ({"the {nth} cell": "第 {} 个"}, "the 3rd cell", "第 3 个"),
        ({"only {n}": "只有 {}", "only {}": "仅 {}"}, "only 3", "只有 3"),
        ({"{part} is wrong": "{}不对"}, "a: b is wrong", "a: b is wrong"),
        ({"one": "一", "two.": "二。", "; ": "；"}, "one; two.; one", "一；二。一"),
        ({"one": "一", ", ": "，"}, "one, relu", "一，relu"),
        ({"one": "一"}, "one, and another thing", "one, and another thing"),
        ({"one": "一", "two": "二"}, "one\ntwo\n", "一\n二\n"),
        ({"x {}": "{}"}, "nobody knows", "nobody knows"),
    ],
)  # fmt: skip
def test_how_a_text_is_said(entries: dict[str, str], text: str, said: str) -> None:
    assert Catalogue(entries).say(text) == said


@settings(deadline=None)  # a busy machine says nothing of the text
@given(st.text(max_size=60))
def test_any_text_can_be_said(text: str) -> None:
    assert isinstance(machine("zh").say(text), str)
    assert machine("en").say(text) == text


def test_a_form_is_filled_in() -> None:
    texts = Catalogue({"{1} of {2}": "{2} 中的 {1}"})
    assert texts.put("{1} of {2}", 1, 2) == "2 中的 1"
    assert texts.put("{1}: {2}", "a", "b") == "a: b"
    assert texts.say("1 of 2") == "1 of 2"


def test_a_text_that_came_before_is_not_looked_for_again() -> None:
    texts = Catalogue({f"{n} {{}} things": f"{n} 个 {{}}" for n in range(300)})
    assert texts.say("7 other things") == "7 个 other"
    assert texts._known["7 other things"] == "7 个 other"


def test_dates_are_written_as_people_write_them() -> None:
    assert date_in("zh", DUE, "Asia/Shanghai") == "2026年11月29日 23:59（北京时间）"
    assert date_in("zh-CN", DUE, "Europe/Berlin") == "2026年11月29日 16:59（Europe/Berlin）"
    assert date_in("en", DUE, "Asia/Shanghai") == "2026-11-29 23:59 (Asia/Shanghai)"
    assert date_in("xx", DUE.replace(day=5, month=3), "UTC") == "2026-03-05 15:59 (UTC)"


def test_what_is_spoken() -> None:
    assert languages_spoken() == ("en", "zh")
    assert [spoken(one) for one in ("en", "zh", "zh-CN", "fr")] == ["en", "zh", "zh-CN", "en"]


THIRD = """
from grader.languages import date_in, machine, spoken
from grader.languages.spoken import languages_spoken
say = machine("eo-EO").say
print(languages_spoken(), spoken("eo"), say("value 2 of the result: the number is wrong"))
print(say("passed"), date_in("eo", __import__("datetime").datetime(2026, 11, 29, 23, 59), "UTC"))
"""


def test_a_third_language_is_one_more_folder(tmp_path: Path) -> None:
    shutil.copytree(
        Path(grader.__file__).parent, tmp_path / "grader",
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    folder = tmp_path / "grader" / "languages" / "eo"
    folder.mkdir()
    (folder / "messages.yml").write_text(
        '"the result": "la rezulto"\n"value {n} of {part}": "valoro {1} de {2}"\n'
        '"{part}: {} wrong{*}": "{}: {} malĝusta{}"\n"the number is": "la nombro estas"\n'
    )
    (folder / "pages.yml").write_text(
        '"passed": "sukcesis"\n'
        '"{year}-{month:02}-{day:02} {hour:02}:{minute:02} ({zone})": "{day}.{month}.{year}"\n'
    )
    command = [sys.executable, "-c", THIRD]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "('en', 'eo', 'zh') eo valoro 2 de la rezulto: la nombro estas malĝusta",
        "sukcesis 29.11.2026",
    ]


def test_a_file_of_texts_that_is_none_is_refused() -> None:
    with pytest.raises(CourseError, match=r"x\.yml: a catalogue maps English texts"):
        texts_of({"a": 1}, "x.yml")


def mixed(folder: Path, lines: str) -> Path:
    return write_course(folder, course=COURSE + lines)


def test_a_course_of_several_languages_begins_with_the_first(tmp_path: Path) -> None:
    course = load_course(mixed(tmp_path, "languages: [zh, en]\n"))
    assert (course.language, course.editions) == ("zh", ("zh", "en"))
    assert [course.edition(said) for said in ("en", "zh", "fr", "")] == ["en", "zh", "zh", "zh"]
    alone = course.in_language("en")
    assert (alone.language, alone.editions, alone.edition("zh")) == ("en", ("en",), "en")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("language: en\nlanguages: [zh, en]\n", "begin with en"),
        ("languages: [en, en]\n", "a language is listed twice"),
        ("languages: [English]\n", "give a language code"),
        ("languages: en\n", "give a list"),
    ],
)
def test_a_wrong_list_of_languages_is_refused(tmp_path: Path, lines: str, says: str) -> None:
    with pytest.raises(CourseError, match=says):
        load_course(mixed(tmp_path, lines))


def test_a_language_that_nobody_speaks_is_refused(tmp_path: Path) -> None:
    course = load_course(mixed(tmp_path, ""))
    with pytest.raises(CourseError, match="no language 'fr' is spoken here; there are: en, zh"):
        course.in_language("fr")
