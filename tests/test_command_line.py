"""The command line as people meet it: help, completion, near misses, next steps, pipes, order."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from attacks import HONEST  # type: ignore[import-not-found]
from red_course import PATIENT, red_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader import __version__
from grader.cli import app
from grader.cli.arguments import assignment_names, at_home
from grader.cli.next_steps import as_typed, command
from grader.cli.time_left import ProofSteps, Steps
from grader.controller.zygote import grader_folder
from grader.course.fields import did_you_mean
from grader.course.roster import read_roster, roster_of
from grader.course.syllabus import Course, load_course
from grader.demo.loop import STEPS
from grader.errors import CourseError
from grader.grading.grading import Options, grade_class
from grader.grading.keeping import keeping
from grader.nbgrader.collecting import collect
from grader.nbgrader.entering import enter_scores
from grader.nbgrader.feedback import write_feedback
from grader.nbgrader.places import places_of
from grader.nbgrader.releasing import release
from grader.nbgrader.users_path import put_on_path
from tests.loop_class import ONE, answered, hand_in, small_course

COMMANDS = sorted(one.name or "" for one in app.registered_commands)
RUN = "import sys; sys.argv[0] = 'chainrule'; from grader.cli import app; app()"


def piped(at: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    """The command with its output in a pipe, 40 columns wide if anybody asked."""
    given = {"PYTHONPATH": grader_folder(), "COLUMNS": "40", **environment}
    return subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=at, env=os.environ | given,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(red_course(tmp_path_factory.mktemp("red"), PATIENT))


def test_the_version() -> None:
    for option in ("--version", "-V"):
        done = CliRunner().invoke(app, [option])
        assert (done.exit_code, done.stdout) == (0, f"chainrule {__version__}\n")


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_h_helps_everywhere(name: str) -> None:
    short, long = (CliRunner().invoke(app, [*name.split(), h]) for h in ("-h", "--help"))
    assert short.exit_code == 0 and short.stdout == long.stdout
    assert "Usage:" in short.stdout


def test_a_command_that_is_nearly_one() -> None:
    done = CliRunner().invoke(app, ["relase"])
    assert done.exit_code == 2 and "release" in done.stderr


COMPLETIONS = {
    "bash": {"COMP_WORDS": "chainrule {} ", "COMP_CWORD": "2"},
    "zsh": {"_TYPER_COMPLETE_ARGS": "chainrule {} "},
    "fish": {"_TYPER_COMPLETE_ARGS": "chainrule {} ", "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
}


@pytest.mark.parametrize("shell", COMPLETIONS)
@pytest.mark.parametrize(
    "name", ["build", "release", "collect", "grade", "feedback", "validate", "mistakes", "bench",
             "demo", "export csv", "translations"],
)  # fmt: skip
def test_names_of_assignments_complete(course: Path, shell: str, name: str) -> None:
    given = {key: value.format(name) for key, value in COMPLETIONS[shell].items()}
    if "COMP_CWORD" in given:
        given["COMP_CWORD"] = str(len(name.split()) + 1)
    done = piped(course, _CHAINRULE_COMPLETE=f"complete_{shell}", **given)
    assert "one" in done.stdout.replace('"', " ").replace("'", " ").split(), done


def test_completion_reads_the_file_as_far_as_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "limits:\n  seconds: 3\nassignments:\n    lec01:\n        points: {a: 1}\n"
    (tmp_path / "course.yml").write_text(
        text + "    # lec02:\n    lec03:\n  [broken\nlate:\n  policy: none\n"
    )
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert assignment_names() == ["lec01", "lec03"] and assignment_names("lec03") == ["lec03"]
    (tmp_path / "course.yml").write_bytes(b"\xff")
    assert assignment_names() == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_takes_the_script_of_completion(tmp_path: Path, shell: str) -> None:
    done = piped(tmp_path, _CHAINRULE_COMPLETE=f"source_{shell}")
    assert done.returncode == 0 and "_CHAINRULE_COMPLETE" in done.stdout
    if program := shutil.which(shell):
        script = tmp_path / "script"
        script.write_text(done.stdout)
        subprocess.run([program, "-n", str(script)], check=True)


@pytest.mark.parametrize(
    "words",
    [
        "build lec5", "release lec5", "collect lec5", "grade lec5", "grade lec5 .", "feedback lec5",
        "validate lec5", "mistakes lec5 .", "bench lec5 --isolation process",
        "demo lec5 --isolation process", "export csv lec5", "export otter lec5",
        "check course.yml --assignment lec5", "translations lec5",
    ],
)  # fmt: skip
def test_a_near_miss_is_answered_with_the_name(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = red_course(tmp_path, PATIENT.replace("  one:", "  lec05_one:"))
    for side in ("assignments", "solutions"):
        shutil.move(root / side / "one", root / side / "lec05_one")
    (root / "assignments" / "lec05_one" / "one.py").rename(
        root / "assignments" / "lec05_one" / "lec05_one.py"
    )
    monkeypatch.chdir(root)
    done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 2, done.output
    assert "did you mean lec05_one?" in done.stderr


def test_a_near_miss_of_an_exercise(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    (course / "mine.py").write_text(HONEST)
    process = ["--isolation", "process"]
    done = CliRunner().invoke(app, ["grade", "one", "mine.py", "--only", "scal", *process])
    assert done.exit_code == 2 and "did you mean scale?" in done.stderr


def test_a_part_of_a_name_is_enough() -> None:
    known = ["lec05_backprop", "lec05_modules", "lec12_lstm"]
    assert did_you_mean("lec5", known) == "; did you mean lec05_backprop or lec05_modules?"
    assert did_you_mean("lstm", known) == "; did you mean lec12_lstm?"
    assert did_you_mean("le", known) == did_you_mean("rnn", known) == ""


def test_tables_are_whole_in_a_pipe_and_have_no_colour(course: Path) -> None:
    (course / "class").mkdir(exist_ok=True)
    long = "a_student_with_a_name_that_is_much_longer_than_forty_columns"
    (course / "class" / f"{long}.py").write_text(HONEST)
    (course / "class" / "b.py").write_text(HONEST)
    words = ["grade", "one", "class", "--isolation", "process", "--jobs", "1"]
    done = piped(course, *words)
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if long in line]
    assert "5" in row and "…" not in done.stdout and "\x1b" not in done.stdout + done.stderr
    assert "grade one class --enter` enters the results" in done.stderr
    done = piped(course, *words, "--json", "-")
    assert "Next:" not in done.stderr and done.stdout.startswith("{")


def test_what_comes_first_is_said_at_each_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = small_course(tmp_path)
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> str:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == (0 if "Next:" in done.stderr else 2), done.output
        return str(done.stderr)

    assert "is not released in" in said("collect", ONE)
    assert f"collect {ONE}` first" in said("grade", ONE)
    assert f"run `chainrule grade {ONE}`" in said("feedback", ONE)
    assert f"release {ONE}`" in said("build", ONE)
    assert f"collect {ONE}`" in said("release", ONE)
    assert "nobody has submitted yet" in said("collect", ONE)
    hand_in(made, {"ada": answered(made)})
    assert f"grade {ONE}`" in said("collect", ONE)
    process = ["--isolation", "process", "--jobs", "1"]
    assert "formgrader" in said("grade", ONE, *process)
    assert f"export csv {ONE}`" in said("feedback", ONE)
    assert f"export html {ONE}`" in said("export", "csv", ONE)
    for kind, word in [("html", "browser"), ("canvas", "Canvas"), ("moodle", "Moodle")]:
        assert word in said("export", kind, ONE)


def course_with(root: Path, more: str) -> Course:
    course = small_course(root, more)
    assert isinstance(course, Course)
    return course


def test_a_missing_roster_is_blamed_on_its_line(tmp_path: Path) -> None:
    made = course_with(tmp_path, "roster: students.csv\n")
    line = made.file.read_text().splitlines().index("roster: students.csv") + 1
    with pytest.raises(
        CourseError, match=rf"course\.yml:{line}: roster: there is no file .*make it"
    ):
        release(made, ONE)
    made.roster.write_text("id\nada\n") if made.roster else None
    assert [student.id for student in roster_of(made) or ()] == ["ada"]


def test_a_quote_left_open_in_the_roster_is_blamed_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text('id,last_name\nada,Lovelace\nalan,"Turing\ngrace,Hopper\nkurt,"Gödel"\n')
    with pytest.raises(CourseError, match=r"roster\.csv:3: a quote is opened here"):
        read_roster(path)


def test_home_in_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    made = course_with(
        tmp_path / "c", "roster: ~/r.csv\nexchange: ~/e\ndatabase: sqlite:///~/d.sqlite\n"
    )
    assert (made.roster, made.exchange) == (tmp_path / "r.csv", tmp_path / "e")
    assert made.database == f"sqlite:///{tmp_path / 'd.sqlite'}"
    assert at_home(Path("~/x")) == tmp_path / "x" and at_home(None) is None
    with pytest.raises(typer.BadParameter, match="nobody's folder"):
        at_home(Path("~nobody_of_that_name/x"))
    with pytest.raises(CourseError, match=r"roster is '~nobody_of.*nobody's folder"):
        course_with(tmp_path / "d", "roster: ~nobody_of_that_name/r.csv\n")


@pytest.mark.parametrize(
    "text",
    [
        'course: red\ntitle: "Deep\ntimezone: Asia/Shanghai\n',
        'course: red\ntitle: "Deep\ntimezone: "Asia/Shanghai"\nassignments: {}\n',
        "course: red\ntitle: 'Deep\ntimezone: 'Asia/Shanghai'\nassignments: {}\n",
    ],
)
def test_a_quote_left_open_is_blamed_on_its_own_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "course.yml").write_text(text)
    with pytest.raises(CourseError, match=r"course\.yml:2: .*quote is opened here and not closed"):
        load_course(tmp_path)


def test_how_a_program_is_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name where the shell would find this very one, else by a path that works."""
    folder = tmp_path / "an environment"
    folder.mkdir()
    for name in ("python", "chainrule"):
        (folder / name).write_text("")
        (folder / name).chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    monkeypatch.delenv("CHAINRULE_USERS_PATH", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    assert as_typed("chainrule") == f"'{folder / 'chainrule'}'"
    assert command("grade", "a b") == f"`'{folder / 'chainrule'}' grade 'a b'`"
    put_on_path(str(folder))
    assert shutil.which("chainrule") and as_typed("chainrule") != "chainrule", "for us alone"
    monkeypatch.delenv("CHAINRULE_USERS_PATH")
    assert as_typed("chainrule") == "chainrule" and as_typed("jupyter") == "jupyter"


def test_a_pass_over_a_class_says_how_far_it_is(tmp_path: Path) -> None:
    made = small_course(tmp_path)
    release(made, ONE)
    hand_in(made, {name: answered(made) for name in ("ada", "alan", "grace")})
    collect(made, ONE)
    told: list[tuple[int, int]] = []

    def show(done: int, of: int) -> None:
        told.append((done, of))

    options = Options(2, "cpu", "process")
    with keeping(made) as kept:
        report = grade_class(made, ONE, places_of(made).submitted, options, kept)
    enter_scores(made, ONE, report, "process", show)
    assert told == [(0, 3), (0, 3), (1, 3), (2, 3)]
    told.clear()
    write_feedback(made, ONE, show)
    assert told == [(0, 3), (0, 3), (1, 3), (2, 3)]


def test_proofs_say_how_far_they_are() -> None:
    with ProofSteps(2) as steps:
        steps.begin("one")
        steps.at("one: answers")
        first = steps.done
        steps.at("one: mutants")
        assert 0 == first < steps.done < 50
        steps.begin("two")
        assert steps.done == 50
        steps.at("two: mutants")
        assert 50 < steps.done < 100


def test_steps_of_unequal_length_say_how_far_they_are() -> None:
    shown: list[tuple[int, int]] = []
    steps = Steps(lambda done, of: shown.append((done, of)), {"short": 10, "long": 80, "last": 10})
    steps.at("short")
    steps.at("long")
    steps.within(1, 2)
    steps.within(2, 2)
    steps.at("last")
    assert shown == [(0, 100), (10, 100), (50, 100), (90, 100), (90, 100)]
    assert sum(STEPS.values()) == 100
