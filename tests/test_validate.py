"""Validation: a sound course holds, and each planted error is reported."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from boxes import policy  # type: ignore[import-not-found]
from small_course import write_course  # type: ignore[import-not-found]

from grader.course.syllabus import load_course
from grader.errors import CourseError
from grader.grading.pool import Slot, slots
from grader.validate.record import Validation
from grader.validate.validating import Effort, summary, validate
from grader.worker.confine import Limits

COURSE = """\
course: small
title: A small course
timezone: Asia/Shanghai
limits: {seconds: 60, total_seconds: 200}
assignments:
  one:
    title: The first
    lecture: 1
    framework: numpy
    released: 2026-03-01 08:00
    due: 2026-03-08 23:59
    points: {cube: 2}
"""
NOTEBOOK = '''\
# %% exercise="cube"
def cube(x):
    """x³."""
    raise NotImplementedError


# %% example="cube"
assert cube(2.0) == 8.0
'''
ANSWERS = "def cube(x):\n    return x**3\n"
REFERENCE = """\
def cube(x):
    return x**3


def slope(x, dy):
    return 3 * x**2 * dy
"""
CHECKS = '''\
from grader.vocabulary import case, exercise
from reference import cubes


@exercise()
def cube(rng):
    """The third power."""
    for shape in [(3,), (2, 4)]:
        x = rng.normal(size=shape)
        yield case(x, expect=cubes.cube(x))
'''
MISTAKES = """\
from grader.vocabulary import mistake


@mistake("cube", "Three, not two.")
def squared(x):
    return x**2


@mistake("cube", "A power, not a product.")
def tripled(x):
    return 3 * x


@mistake("cube", "Keep the sign.")
def unsigned(x):
    return abs(x) ** 3
"""
PROOFS = """\
import numpy as np

from grader.proofs import Gradient, figure, gradient
from reference import cubes


@figure("L1: the cube of 1.1", 1.331, within=5e-4)
def of_1_1():
    yield "reference", cubes.cube(1.1)
    yield "answers", 1.1**3


@gradient
def cube(rng):
    x, dy = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    yield Gradient(lambda x: x**3, (x,), dy, (cubes.slope(x, dy),))
"""


@pytest.fixture(scope="module")
def places() -> Iterator[list[Slot]]:
    made = slots(policy("process", Limits()), 1)
    yield made
    for place in made:
        place.discard()


def validated(
    folder: Path,
    places: list[Slot],
    *changes: tuple[str, str, str],
    equivalent: str = "",
    mutants: bool = False,
) -> Validation:
    """Validate the course with parts replaced: (file, old text, new text)."""
    root = write_course(folder, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    more = {
        "reference/__init__.py": "",
        "reference/cubes.py": REFERENCE,
        "solutions/one/proofs.py": PROOFS,
    }
    if equivalent:
        more["solutions/one/equivalent.yml"] = equivalent
    for name, text in more.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    for file, old, new in changes:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new))
    return validate(load_course(root), "one", Effort(2, mutants), places)


def test_mutants_of_a_hinted_line_are_counted_and_told(tmp_path: Path, places: list[Slot]) -> None:
    hinted = ("solutions/one/answers.py", "x**3", "x**3  # hint: Look at the power.")
    found = validated(tmp_path, places, hinted, mutants=True)
    assert found.holds, found.complaints
    assert found.lines == found.told == found.mutants > 2
    plain = next(iter(summary([found])))
    assert f"{found.lines} mutants carry a hint of their own, {found.told} are told one" in plain


def test_a_sound_course_holds(tmp_path: Path, places: list[Slot]) -> None:
    found = validated(tmp_path, places, mutants=True)
    assert found.holds, found.complaints
    assert (found.exercises, found.hinted, found.mistakes) == (1, 3, 3)
    assert (found.figures, found.gradients) == (1, 1)
    assert found.mutants == found.killed > 2


@pytest.mark.parametrize(
    ("change", "proof", "subject", "words"),
    [
        (("solutions/one/mistakes.py", "abs(x) ** 3", "x * x * x"), "mistakes", "unsigned",
         "it passes cube"),
        (("solutions/one/mistakes.py", "abs(x) ** 3", "x**2"), "mistakes", "unsigned",
         "it earns 'squared' instead of its own hint"),
        (("solutions/one/proofs.py", "1.331", "1.333"), "figure", "of_1_1", "off by 0.002"),
        (("solutions/one/proofs.py", "    yield \"answers\", 1.1**3\n", ""), "figure", "of_1_1",
         "nobody computes it by the answers"),
        (("solutions/one/proofs.py", "cubes.cube(1.1)", "[cubes.cube(1.1)]"), "figure", "of_1_1",
         "reference: shape (1,) where () is printed"),
        (("solutions/one/proofs.py", "1.1**3", "float('nan')"), "figure", "of_1_1", "off by nan"),
        (("reference/cubes.py", "3 * x**2 * dy", "3.0015 * x**2 * dy"), "gradient", "cube",
         "off by"),
        (("reference/cubes.py", "3 * x**2 * dy", "(3 * x**2 * dy)[0]"), "gradient", "cube",
         "shape (2,), autograd's is (3, 2)"),
        (("solutions/one/proofs.py", "    yield Gradient", "    if False: yield Gradient"),
         "gradient", "cube", "it draws nothing"),
        (("assignments/one/one.py", "raise NotImplementedError", "return x**3"), "stub", "cube",
         "passed with 2 points"),
    ],
)  # fmt: skip
def test_a_planted_error_is_reported(
    tmp_path: Path,
    places: list[Slot],
    change: tuple[str, str, str],
    proof: str,
    subject: str,
    words: str,
) -> None:
    complaints = validated(tmp_path, places, change).complaints
    assert {(one.proof, one.subject) for one in complaints} == {(proof, subject)}
    assert all(words in one.reason for one in complaints)


def test_too_few_mistakes_are_reported(tmp_path: Path, places: list[Slot]) -> None:
    cut = MISTAKES[MISTAKES.index('@mistake("cube", "Keep') :]
    found = validated(tmp_path, places, ("solutions/one/mistakes.py", cut, ""))
    assert [one.reason for one in found.complaints] == ["it has 2 known mistakes; three are asked"]


def test_an_answer_that_is_wrong_stops_everything(tmp_path: Path, places: list[Slot]) -> None:
    wrong = ("solutions/one/answers.py", "x**3", "x**3 * 1.0005")
    with pytest.raises(CourseError, match="model answer to cube fails its own check"):
        validated(tmp_path, places, wrong)


def test_an_answer_that_fails_on_some_seeds_is_reported(tmp_path: Path, places: list[Slot]) -> None:
    drawn = "    for shape in [(3,), (2, 4)]:\n        x = rng.normal(size=shape)\n"
    once = (
        "    global seen\n    seen = globals().get('seen', 0) + 1\n    x = np.ones(3)\n    if 1:\n"
    )
    checks = ("solutions/one/checks.py", drawn, once)
    found = validated(
        tmp_path,
        places,
        ("solutions/one/checks.py", "from reference", "import numpy as np\nfrom reference"),
        checks,
        ("solutions/one/checks.py", "expect=cubes.cube(x)", "expect=cubes.cube(x) + (seen > 2)"),
    )
    answers = [one for one in found.complaints if one.proof == "answers"]
    assert [one.subject for one in answers] == ["seed 1"]


def test_a_surviving_mutant_is_reported_unless_it_is_excused(
    tmp_path: Path, places: list[Slot]
) -> None:
    blind = (
        "solutions/one/checks.py",
        "x = rng.normal(size=shape)",
        "x = abs(rng.normal(size=shape))",
    )
    idle = (
        "solutions/one/answers.py",
        "    return x**3",
        "    if x.size < 0:\n        x = x + 1\n    return x**3",
    )
    found = validated(tmp_path / "one", places, blind, idle, mutants=True)
    survivors = [one.subject for one in found.complaints if one.proof == "mutants"]
    assert survivors and found.killed == found.mutants - len(survivors)
    excuses = "".join(
        f'- mutant: "{key}"\n  reason: "no array has a negative size"\n' for key in survivors
    )
    stale = '- mutant: "cube: x -> y"\n  reason: "gone"\n'
    again = validated(
        tmp_path / "two", places, blind, idle, equivalent=excuses + stale, mutants=True
    )
    assert again.equivalent == len(survivors)
    told = [(one.subject, one.reason) for one in again.complaints if one.proof == "mutants"]
    assert told == [("cube: x -> y", "equivalent.yml lists it, but there is no such mutant")]


def test_an_exercise_without_proofs_is_reported(tmp_path: Path, places: list[Slot]) -> None:
    root = write_course(tmp_path, COURSE, NOTEBOOK, ANSWERS, CHECKS, MISTAKES)
    (root / "reference").mkdir()
    (root / "reference/__init__.py").touch()
    (root / "reference/cubes.py").write_text(REFERENCE)
    found = validate(load_course(root), "one", Effort(1, False), places)
    assert [(one.proof, one.reason) for one in found.complaints] == [
        ("figures", "proofs.py is missing")
    ]


SHORT_CUTS = """\
import numpy as np

from grader.vocabulary import equivalent


@equivalent("cube")
def by_float_power(x):
    return np.float_power(x, 3)
"""
FORBIDS = (
    "solutions/one/checks.py",
    "import case, exercise\nfrom reference import cubes\n\n\n@exercise()",
    "import Forbid, case, exercise\nfrom reference import cubes\n\n\n"
    "@exercise(forbid=Forbid('float_power', calls=('numpy.float_power',)))",
)


def test_a_short_cut_that_passes_is_reported(tmp_path: Path, places: list[Slot]) -> None:
    def found(folder: str, text: str) -> Validation:
        path = tmp_path / folder / "solutions/one/equivalents.py"
        path.parent.mkdir(parents=True)
        path.write_text(text)
        return validated(tmp_path / folder, places, FORBIDS)

    sound = found("sound", SHORT_CUTS)
    assert sound.holds and sound.refused == 1, sound.complaints
    planted = SHORT_CUTS + '\n\n@equivalent("cube")\ndef by_power(x):\n    return np.power(x, 3)\n'
    (complaint,) = found("planted", planted).complaints
    assert (complaint.proof, complaint.subject) == ("equivalents", "by_power")
    assert "it is passed, not forbidden" in complaint.reason
    (complaint,) = found("none", "").complaints
    assert "equivalents.py tries nothing" in complaint.reason


QUESTION = '# %% [markdown] written="why"\n# Why?\n\n# %% exercise="cube"'
ASKED = (
    ("course.yml", "points: {cube: 2}", "points: {cube: 2}\n    written: {why: 2}"),
    ("assignments/one/one.py", '# %% exercise="cube"', QUESTION),
)


@pytest.mark.parametrize(
    ("points", "reason"), [("2", ""), ("3", "why.rubric adds up to 3 points, but has 2 under")]
)
def test_a_rubric_adds_up_to_the_questions_points(
    tmp_path: Path, places: list[Slot], points: str, reason: str
) -> None:
    path = tmp_path / "solutions" / "one" / "written.yml"
    path.parent.mkdir(parents=True)
    path.write_text(f"why:\n  answer: so\n  rubric: [{{points: {points}, for: it}}]\n")
    found = validated(tmp_path, places, *ASKED)
    said = [(one.proof, reason in one.reason) for one in found.complaints]
    assert said == ([("written", True)] if reason else []), found.complaints


def test_a_question_without_a_model_answer_is_reported(tmp_path: Path, places: list[Slot]) -> None:
    found = validated(tmp_path, places, *ASKED)
    assert [(one.proof, one.subject) for one in found.complaints] == [("written", "why")]
