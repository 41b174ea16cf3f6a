"""`chainrule new`: a course of one's own, or a sentence that says why there is none."""

import csv
import subprocess
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from grader.cli import app
from grader.course.roster import roster_of
from grader.course.syllabus import Course, load_course
from grader.course.words import read_words
from grader.errors import CourseError, UsageError
from grader.starting.making import course_name, new_course, to_look_at
from grader.starting.plan import Wanted, local_zone
from grader.starting.starter import example, starter

TODAY = date(2031, 1, 15)  # a Wednesday
OURS = load_course(Path(__file__).parents[1])


def wanted(*lectures: str, language: str = "en", title: str = "Nets") -> Wanted:
    return Wanted("nets", title, language, "Europe/Berlin", lectures, TODAY)


def test_the_course_is_ours_with_dates_of_its_own(tmp_path: Path) -> None:
    made = new_course(tmp_path / "nets", wanted(title='A "deep" course: 深度学习'))
    assert (made.course, made.title) == ("nets", 'A "deep" course: 深度学习')
    assert list(made.assignments) == list(OURS.assignments)
    assert made.limits == OURS.limits and made.feedback == OURS.feedback
    for name, plan in made.assignments.items():
        theirs = OURS.plan(name)
        assert (plan.points, plan.written, plan.bonus) == (
            theirs.points,
            theirs.written,
            theirs.bonus,
        )
        assert plan.limits == theirs.limits
        assert plan.due.date() - plan.released.date() == theirs.due.date() - theirs.released.date()
        assert plan.released.date() > TODAY and plan.released.weekday() == 0
    released = sorted({plan.released.date() for plan in made.assignments.values()})
    assert released[0] == date(2031, 1, 20)
    weeks = [later - sooner for sooner, later in pairwise(released)]
    assert weeks == [timedelta(weeks=1)] * (len(released) - 1)


def test_a_few_lectures_and_nothing_of_the_others(tmp_path: Path) -> None:
    made = new_course(tmp_path / "nets", wanted("lec05_backprop", "lec04_feedforward"))
    assert list(made.assignments) == ["lec04_feedforward", "lec05_backprop"]
    for side in ("assignments", "solutions"):
        held = sorted(path.name for path in (made.root / side).iterdir())
        assert held == ["lec04_feedforward", "lec05_backprop"]
    ours = (OURS.root / "reference").rglob("*.py")
    assert sorted(path.name for path in ours) == sorted(
        path.name for path in (made.root / "reference").rglob("*.py")
    )
    assert not list(made.root.rglob("*.pyc")) and not list(tmp_path.glob(".*"))


def test_roster_exchange_and_what_git_ignores(tmp_path: Path) -> None:
    made = new_course(tmp_path / "nets", wanted("lec05_backprop"))
    assert [student.id for student in roster_of(made) or ()] == ["ada", "alan"]
    assert made.roster and next(csv.reader(made.roster.open()))[0] == "id"
    assert made.exchange == made.root / "exchange" and made.exchange.is_dir()
    git = ["git", "-C", str(made.root)]
    subprocess.run([*git, "init", "-q"], check=True)
    secret = [".chainrule/seed", "build/nbgrader/gradebook.db", "exchange/nets/inbound/x"]
    done = subprocess.run([*git, "check-ignore", *secret], capture_output=True, text=True)
    assert done.stdout.split() == secret
    kept = ["course.yml", "roster.csv", "solutions/lec05_backprop/checks.py"]
    assert subprocess.run([*git, "check-ignore", *kept], capture_output=True).returncode == 1


def test_its_workflow_and_its_readme_are_filled_in(tmp_path: Path) -> None:
    made = new_course(tmp_path / "nets", wanted("lec05_backprop", title="Nets of mine"))
    flow = yaml.safe_load((made.root / ".github" / "workflows" / "validate.yml").read_text())
    steps = [step.get("run", "") for step in flow["jobs"]["validate"]["steps"]]
    assert "chainrule validate" in steps and any("chainrule==" in step for step in steps)
    readme = (made.root / "README.md").read_text()
    assert readme.startswith("# Nets of mine") and "@" not in readme
    assert "chainrule release lec05_backprop" in readme


def machine_title(course: Course) -> str:
    """What the course's own catalogue makes of its title."""
    return str(read_words(course.root / "words.zh.yml")[course.title])


def test_the_title_of_a_new_course_stays_what_it_is(tmp_path: Path) -> None:
    assert machine_title(new_course(tmp_path / "a", wanted(title="Deep Learning"))) == "深度学习"
    assert machine_title(new_course(tmp_path / "b", wanted(title='My "nets"'))) == 'My "nets"'


def test_a_chinese_course_has_a_chinese_readme(tmp_path: Path) -> None:
    made = new_course(tmp_path / "nets", wanted("lec05_backprop", language="zh", title="深度学习"))
    assert machine_title(made) == "深度学习"
    assert made.language == "zh" and "评分" in (made.root / "README.md").read_text()


@pytest.mark.parametrize(
    ("ask", "kind", "words"),
    [
        (wanted("lec5_backprop"), UsageError, "did you mean lec05_backprop"),
        (wanted("lec05"), UsageError, "did you mean lec05_backprop or lec05_modules"),
        (wanted(language="xx"), UsageError, "--language: nothing is in xx"),
        (wanted(title="two\nlines"), CourseError, "give one line of text"),
    ],
)
def test_what_cannot_be_made_leaves_nothing_behind(
    tmp_path: Path, ask: Wanted, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words.replace("?", r"\?")):
        new_course(tmp_path / "nets", ask)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_empty_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(UsageError, match="is not empty"):
        new_course(tmp_path, wanted("lec05_backprop"))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="is not empty"):
        new_course(tmp_path / "mine.txt", wanted("lec05_backprop"))


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "nets").mkdir()
    assert new_course(tmp_path / "nets", wanted("lec05_backprop")).root == tmp_path / "nets"


def test_the_command_says_where_and_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    lectures = ["--lectures", "lec05_backprop, lec04_feedforward"]
    done = CliRunner().invoke(app, ["new", "my course 2", *lectures, "--timezone", "Asia/Tokyo"])
    assert done.exit_code == 0, done.output
    assert "2 assignments" in done.stdout and "(Asia/Tokyo)" in done.stdout
    assert "`cd 'my course 2'`" in done.stderr and "release lec05_backprop`" in done.stderr
    assert load_course(tmp_path / "my course 2").course == "my-course-2"
    again = CliRunner().invoke(app, ["new", "my course 2"])
    assert again.exit_code == 2 and "is not empty" in again.stderr


def test_names_zones_and_where_to_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert course_name(Path("/x/深度学习")) == "course" and course_name(Path("a b-c")) == "a-b-c"
    assert (
        to_look_at(["one", "lec05_backprop"]) == "lec05_backprop" and to_look_at(["one"]) == "one"
    )
    monkeypatch.setenv("TZ", ":Asia/Shanghai")
    assert local_zone() == "Asia/Shanghai"
    assert starter() == OURS.root


def test_the_example_is_the_lecture_that_the_documentation_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["new", "mycourse", "--example"])
    assert done.exit_code == 0, done.output
    assert "course.yml says what is where" in done.output and "validate week1" in done.output
    files = {path.relative_to(example()) for path in example().rglob("*.*") if path.is_file()}
    assert files >= {Path("course.yml"), Path("solutions/week1/checks.py")}
    for path in files:
        assert (tmp_path / "mycourse" / path).read_bytes() == (example() / path).read_bytes()
    again = CliRunner().invoke(app, ["new", "mycourse", "--example"])
    assert again.exit_code == 2 and "is not empty" in again.output
    both = CliRunner().invoke(app, ["new", "x", "--example", "--lectures", "lec05_backprop"])
    assert both.exit_code == 2 and "leave --lectures out" in both.output
    assert not (tmp_path / "x").exists()
