"""Slips as edits: the place that is meant changes, and no other."""

from pathlib import Path

import pytest

from tests.edited_slips import edited, load_slips, without_comments

OURS = Path(__file__).parents[1]
SLIPS = sorted((OURS / "tests" / "neighbours").glob("*/slips/*.yml"))
ANSWERS = """def half(x):
    # hint: Look at the factor.
    return x / 2  # hint: Look at it.


def share(x, y):
    mark = "# no comment"
    return x / y
"""


def test_an_edit_changes_its_exercise_alone() -> None:
    source = edited(without_comments(ANSWERS), "share", [["x / y", "y / x"]])
    assert "return y / x" in source and "return x / 2" in source


def test_comments_go_with_their_lines_but_texts_stay() -> None:
    plain = without_comments(ANSWERS)
    assert "hint" not in plain and '"# no comment"' in plain
    assert plain.startswith("def half(x):\n    return x / 2\n")


@pytest.mark.parametrize("edit", [["x / y", "y"], ["x", "y"], ["x / 2", "x / 2"]])
def test_an_edit_that_is_not_meant_is_refused(edit: list[str]) -> None:
    with pytest.raises(ValueError, match="times"):
        edited(ANSWERS, "half", [edit])


def test_a_files_slips_have_names_truths_and_programs(tmp_path: Path) -> None:
    path = tmp_path / "one.yml"
    path.write_text("- {exercise: half, truth: doubled, edits: [['/ 2', '* 2']]}\n")
    (slip,) = load_slips(path, ANSWERS)
    assert (slip.name, slip.exercise, slip.hint) == ("half_1", "half", "doubled")
    scope: dict = {}
    exec(slip.cells[0], scope)
    assert scope["half"](3) == 6


@pytest.mark.parametrize("path", SLIPS, ids=lambda path: path.stem)
def test_every_edit_of_the_corpora_still_has_its_place(path: Path) -> None:
    answers = (OURS / "solutions" / path.stem / "answers.py").read_text(encoding="utf-8")
    slips = load_slips(path, answers)
    assert slips and len({slip.name for slip in slips}) == len(slips)
