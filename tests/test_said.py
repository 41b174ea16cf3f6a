"""Every sentence that the machine can say to a student is there in every language it speaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from grader.controller import messages
from grader.controller.program import CellPlace, Program
from grader.course.catalogue import load_catalogue
from grader.course.slips.transforms import transforms_of
from grader.course.syllabus import load_course
from grader.languages import machine
from grader.languages.catalogue import Catalogue, plain
from grader.languages.spoken import languages_spoken
from grader.results import Status, Verdict
from grader.translations.texts import gather
from grader.vocabulary import AUTOGRAD, GROUPS
from tests.said_by_the_machine import everything, templates

ROOT = Path(__file__).parents[1]
LEDGERS = sorted(
    path for path in (ROOT / "tests" / "neighbours").rglob("*.yml") if "slips" not in path.parts
)
LANGUAGES = tuple(one for one in languages_spoken() if one != "en")

NO_SENTENCES = {
    "names that are compared, and shown to nobody": {
        "ZeroDivisionError OverflowError FloatingPointError ValueError IndexError KeyError",
        "raised {} {}", "no exception",
        "MaskedArray Fraction Decimal Generator device dtype Linear Sequential Module DataFrame",
        "Series OrderedDict defaultdict Counter deque int str",
        "bytes complex set frozenset range map filter zip enumerate slice object type function",
        "generator method module builtin_function_or_method dict_keys dict_values dict_items "
        "matrix",
        "array of dtype object", "tensor on meta", "raise NotImplementedError()", "pass",
    },
    "parts of sentences: the compositions below hold the whole": {
        "a cell", "the call", ", beginning `{}`", "from line {} of the file", "in {}, line {}",
        "in the cell of `{}`, line {}", "line {} of the file", "the cell of `{}`",
        "the {} code cell{}", "a {} of {} values", "half of", "twice", "a space", "and",
        "{} of {} points", "{} of {} points{}",
    },
    "what the instructor alone reads, on a terminal or in a file to import": {
        "%s: rebuilt from the release: %s", "For grading on the spot.", "Results known already.",
        "The course's folder.", "The class's, in percent.", "chainrule, our fault: {}",
        "chainrule: {}", "wrote {}",
        "otter needs the name {} for itself; use another in this example",
        "ID number", "Points Possible", "SIS Login ID", "SIS User ID", "blank: no grade",
        "in the import", "EX in Canvas, a blank in Moodle", "no row: nothing changes there",
        "{} feedback", "{} given", "{} mistake", "{} verdict",
    },
    "code, and marks of other programs": {
        "assert {} is not None, {}", "def example_{}({}):", "Python 3 (ipykernel)",
        "{}.update([(k, v) for k, v in locals().items() if k in {}])", "ASSIGNMENT CONFIG",
        "BEGIN PROMPT", "BEGIN QUESTION", "BEGIN SOLUTION", "BEGIN TESTS", "END PROMPT",
        "END QUESTION", "END SOLUTION", "END TESTS", '{}""" # BEGIN PROMPT', '{}""" # END PROMPT',
        "{}# BEGIN SOLUTION NO PROMPT", "{}# END SOLUTION",
    },
}  # fmt: skip
"""What the extraction finds and nobody has to translate, by the reason."""

ENGLISH = re.compile(r"[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}")
OUTDATED = re.compile(r"decode turns .* into .*, not |It is wrong in .*, and axis .*, and right")
"""What a ledger still has, and nobody says any more."""

_QUOTED = re.compile(r"`[^`]*`|'[^']*'|[(\[][\w, ]+[)\]]|\b\w+(?:\.\w+)+\b")
_PYTHON = re.compile(r"(?<=报错 )\w+：.*?(?=（`|（文件|（第|（以|；|$)")
_FORM = re.compile(r"\{(\w+)(?::\d+)?\}")
_JOINED = re.compile("(?:Or, which comes to the same|Once that is mended): ")
_ARGUMENTS = re.compile(r"(?<=，)\w+ \w+(?=[，）])|(?<=输入 ).*(?=）)")


def left_in_english(text: str) -> str:
    """The first two English words in a row, outside of code, Python's own words and arguments."""
    for pattern in (_QUOTED, _PYTHON, _ARGUMENTS):
        text = pattern.sub("", text)
    found = ENGLISH.search(text)
    return found[0] if found else ""


@pytest.fixture(params=LANGUAGES)
def texts(request: pytest.FixtureRequest) -> Catalogue:
    return machine(request.param)


def test_a_language_besides_english_is_there() -> None:
    assert "zh" in LANGUAGES


def test_every_sentence_is_there(texts: Catalogue) -> None:
    known = {plain(key).strip() for key in texts.words}
    excused = set().union(*NO_SENTENCES.values())
    missing = {file: sorted(said - known - excused) for file, said in everything().items()}
    assert {file: found for file, found in missing.items() if found} == {}


def test_nothing_is_excused_that_nobody_says() -> None:
    said = set().union(*everything().values())
    assert set().union(*NO_SENTENCES.values()) <= said


def test_every_word_of_the_pages_is_there(texts: Catalogue) -> None:
    assert templates() - texts.words.keys() == set()


def test_every_word_of_a_closed_set_is_there(texts: Catalogue) -> None:
    words = {*get_args(Verdict), *get_args(Status), *GROUPS, AUTOGRAD.label, "full", "process"}
    words |= {one.words for one in transforms_of("import torch\nimport numpy as np")}
    assert words - texts.words.keys() == set()


def test_gaps_and_their_fillings_agree(texts: Catalogue) -> None:
    for key, said in texts.words.items():
        gaps = plain(key).count("{}")
        numbers = {int(n) for n in re.findall(r"\{(\d)\}", said)}
        if gaps:
            in_order = said.count("{}") == gaps and not numbers
            assert in_order or (numbers == set(range(1, gaps + 1)) and "{}" not in said), key
        else:
            assert set(_FORM.findall(key)) == set(_FORM.findall(said)), key


def compositions() -> Iterator[str]:
    """What is put together of parts, as the modules put it together."""
    cells = ((1, "import x\nimport y"), (2, "def f(x):\n    return x"), (3, "pass\npass"))
    places = tuple(CellPlace(nth=n) for n in (1, 2, 3))
    script = Program(((1, "x = 1\ny = 2"),), places=(CellPlace(line=3),))
    for program in (Program(cells, places=places), script, Program(cells)):
        for cell, _ in program.cells:
            found = [program.place(cell, line) for line in (1, 2)]
            for place in [*found, program.place_of_cell(cell)]:
                yield f"ValueError ({place})"
                yield f"TypeError: f() takes 1 positional argument but 2 were given ({place})"
                yield f"{messages.TIMEOUT.replace('the call', 'a cell')} ({place})"
            for place in found:
                yield messages.SKIPPED.format(f"`!pip` ({place}), `%cd` ({place}) and 3 more")
    for what in (messages.TIMEOUT, messages.MEMORY, messages.CRASH, messages.PROTOCOL):
        yield what.replace("the call", "a cell")
        stopped = f"{messages.MISSING.format('f')}; a cell stopped early: "
        yield stopped + what.replace("the call", "a cell")
    wrong = "the result: expected integers, got float64 [speed]"
    yield messages.EVEN_GIVEN.format("f and g", wrong)
    yield messages.RIGHT_GIVEN.format("f, g and h")
    yield messages.UNSTEADY.format("an exception") + " [values, n 3, inputs (3,), generator]"
    evaded = "gc, code nested too deeply to be read, eval handed on, getattr of a computed name"
    yield messages.EVASION.format(evaded)
    yield messages.FORBIDDEN.format("aten.mm, torch.mm", AUTOGRAD.label)
    yield "KeyError: 'x' (line 3 of the file); these inputs should raise ValueError [edge cases]"
    yield "the result: expected an array, got a tuple of 3 values"
    yield "value 1 of value 2 of the result: the number is wrong [values]"
    yield "entry 'dW' of the result: 3 of 12 entries are wrong, worst at [1, 2] [values]"
    yield "the result: expected 2 values, got 3"
    yield "expected 2 values, got a list of 2 values"
    yield "the result: expected shape (2,), got one of 9 dimensions that is far too large"
    yield "the result: 1 of 2 entries are wrong, worst at [1] (got 2, expected 3, allowed error 1)"
    yield "The LMS marks it as late.; Handed in too, and not graded: a.ipynb and 3 more."
    yield "not graded yet: why; not in the gradebook yet: run `chainrule grade` for it"
    yield "double: passed, 2 of 3 points"
    yield "One: 3 of 5 points so far"
    yield "Hand in your notebook, one.ipynb: several files could be meant (a.py, b.py)."
    yield "“　” is a full-width character, which Python does not know: type a space instead"
    for called in ("half of `x`", "twice an input", "the square of `x`"):
        yield f"The result is what is asked plus {called}: is a term too many?"


@pytest.mark.parametrize("text", list(dict.fromkeys(compositions())))
def test_what_is_put_together_is_said_as_a_whole(text: str) -> None:
    said = machine("zh").say(text)
    assert said != text and not left_in_english(said), said
    assert not re.search("[\u4e00-\u9fff] [\u4e00-\u9fff]|[,;:][\u4e00-\u9fff]", said), said


def test_how_a_message_reads() -> None:
    say = machine("zh").say
    assert say(
        "value 2 of the result: 3 of 12 entries are wrong, worst at [1, 2] "
        "[edge cases, stride 2, inputs (3, 4), [(2,), (3,)]]"
    ) == (
        "结果的第 2 个值：12 个元素中有 3 个不对，差得最多的在 [1, 2]"
        "（边界情形，stride 2，输入 (3, 4), [(2,), (3,)]）"
    )
    assert say("TypeError: f() takes 0 (in the cell of `f`, line 2) [values]") == (
        "Python 报错 TypeError：f() takes 0（`f` 所在单元格的第 2 行）（数值）"
    )
    assert say("The LMS marks it as late.; Handed in too, and not graded: a.ipynb.") == (
        "教学平台把它标为迟交。还交了以下文件，没有批改：a.ipynb。"
    )


@pytest.mark.parametrize("path", LEDGERS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_students_were_told_is_said_in_chinese(path: Path) -> None:
    """The corpora of wrong answers keep what was told of each, hint and message."""
    course = load_course(ROOT)
    say = load_catalogue(course, path.stem, "zh").say
    now = {text.english for text in gather(course, path.stem, "zh").texts}
    for entry in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
        for line in entry["hint"].splitlines():
            hint = _JOINED.sub("", line)
            if OUTDATED.match(hint):
                continue
            # A ledger keeps hints that have been rewritten since: those are in no catalogue.
            assert not left_in_english(say(hint)) or (say(hint) == hint and hint not in now)
        text = entry["message"]
        if text and not OUTDATED.match(text):
            assert say(text) != text and not left_in_english(say(text)), say(text)
