# ruff: noqa: E501 (a table of errors reads best with each in one line)
"""`course.yml`: what is read, and what each wrong key or value is told."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_course import COURSE  # type: ignore[import-not-found]

from grader.course.syllabus import Course, find_course, load_course
from grader.errors import CourseError

OURS = Path(__file__).parents[1]


def load(folder: Path, text: str) -> Course:
    (folder / "course.yml").write_text(text, encoding="utf-8")
    return load_course(folder)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(CourseError) as caught:
        load(folder, text)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(str(folder) + "/")


def test_what_is_read(tmp_path: Path) -> None:
    course = load(tmp_path, COURSE)
    plan = course.assignments["one"]
    assert course.root == tmp_path.resolve()
    assert (course.language, course.feedback.show_values, course.late.policy) == (
        "en",
        False,
        "none",
    )
    assert (course.exchange, course.database, course.roster) == (None, None, None)
    assert plan.points == {"double": 2, "Counter": 3}
    assert plan.bonus == ("Counter",)
    assert plan.due == datetime(2026, 3, 8, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert plan.due.utcoffset() is not None


def test_our_course_is_read() -> None:
    assert "lec05_backprop" in load_course(OURS).assignments


def test_paths_are_relative_to_the_folder(tmp_path: Path) -> None:
    course = load(tmp_path, COURSE + "exchange: /srv/exchange\nroster: people/roster.csv\n")
    assert course.exchange == Path("/srv/exchange")
    assert course.roster == tmp_path.resolve() / "people/roster.csv"


def test_an_assignment_overrides_single_limits(tmp_path: Path) -> None:
    course = load(tmp_path, COURSE + "    limits: {seconds: 60}\nlimits: {memory_mb: 100}\n")
    limits = course.limits_of("one")
    assert (limits.seconds, limits.memory_mb, limits.processes) == (60, 100, 64)


def test_a_key_that_yaml_takes_for_a_truth_value_stays_a_name(tmp_path: Path) -> None:
    text = COURSE.replace("double", "off")
    assert load(tmp_path, text).assignments["one"].points == {"off": 2, "Counter": 3}


def test_nothing_changes_after_loading(tmp_path: Path) -> None:
    course = load(tmp_path, COURSE)
    with pytest.raises(ValueError, match="frozen"):
        course.title = "another"


def test_find_course_walks_up(tmp_path: Path) -> None:
    (tmp_path / "course.yml").write_text(COURSE)
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_course(inner) == tmp_path.resolve()


def test_find_course_without_one(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"no course\.yml in .* or above it; change to"):
        find_course(tmp_path)


def test_an_unknown_assignment(tmp_path: Path) -> None:
    course = load(tmp_path, COURSE)
    with pytest.raises(
        CourseError, match=r"lists no assignment onne \(it has: one\); did you mean"
    ):
        course.plan("onne")


P = "assignments.one"
NEEDS_TIME = "give a local time such as 2026-10-19 23:59"
NAME = "a name has ASCII letters, digits and _, and starts with no digit"
PLANTED = [
    ("title: A", "titel: A", "course.yml:2: titel: unknown key; did you mean title? (and 1 more)"),
    ("course: small\n", "", "course.yml:1: course is missing; add it"),
    ("course: small", "course: ../x", "course.yml:1: course is '../x': an id has ASCII letters, digits, - and _ (it names folders)"),
    ("course: small", "course: 3", "course.yml:1: course is 3: give text (in quotes if it looks like a number)"),
    ("title: A small course", 'title: " "', "course.yml:2: title is ' ': give one line of text"),
    ("Asia/Shanghai", "Asia/Shanghia", "course.yml:3: timezone is 'Asia/Shanghia': no such time zone; give a name such as Asia/Shanghai; did you mean Asia/Shanghai?"),
    ("Asia/Shanghai", "../../etc/passwd", "course.yml:3: timezone is '../../etc/passwd': no such time zone; give a name such as Asia/Shanghai"),
    ("assignments:\n", "language: English\nassignments:\n", "course.yml:4: language is 'English': give a language code such as \"en\" or \"zh\""),
    ("assignments:\n", "limits: {second: 3}\nassignments:\n", "course.yml:4: limits.second: unknown key; did you mean seconds?"),
    ("assignments:\n", "limits: {seconds: -1}\nassignments:\n", "course.yml:4: limits.seconds is -1: give a number above 0"),
    ("assignments:\n", "limits: {seconds: .inf}\nassignments:\n", "course.yml:4: limits.seconds is inf: give a finite number"),
    ("assignments:\n", "limits: {memory_mb: 1.5}\nassignments:\n", "course.yml:4: limits.memory_mb is 1.5: give a whole number"),
    ("assignments:\n", "limits: 3\nassignments:\n", "course.yml:4: limits is 3: give a mapping, one `key: value` in a line"),
    ("assignments:\n", "feedback: {show_values: 1}\nassignments:\n", "course.yml:4: feedback.show_values is 1: give true or false"),
    ("assignments:\n", "late: {policy: half}\nassignments:\n", "course.yml:4: late.policy is 'half': choose 'none', 'deduct' or 'zero'"),
    ("assignments:\n", "late: {percent_per_day: 101}\nassignments:\n", "course.yml:4: late.percent_per_day is 101: give a number of at most 100"),
    ("assignments:\n", "late: {grace_hours: -1}\nassignments:\n", "course.yml:4: late.grace_hours is -1: give a number of at least 0"),
    ("assignments:\n", "database: postgres:secret\nassignments:\n", "course.yml:4: database: give a URL such as postgresql://HOST/NAME or sqlite:///FILE"),
    ("assignments:\n", "roster: [a]\nassignments:\n", "course.yml:4: roster is ['a']: give a path, relative to this file's folder or absolute"),
    ("assignments:\n", "root: /\nassignments:\n", "course.yml:4: root: unknown key; the folder itself is the root"),
    ("  one:", "  one-a:", f"course.yml:5: assignments.one-a is 'one-a': {NAME}"),
    ("    title: The first\n", "", f"course.yml:5: {P}.title is missing; add it"),
    ("lecture: 1", "lecture: one", f"course.yml:7: {P}.lecture is 'one': give a whole number"),
    ("numpy", "jax", f"course.yml:8: {P}.framework is 'jax': choose 'torch' or 'numpy'"),
    ("03-01 08:00", "03-01", f"course.yml:9: {P}.released is 2026-03-01: a date alone does not say when; {NEEDS_TIME}"),
    ("2026-03-01 08:00", "tomorrow", f"course.yml:9: {P}.released is 'tomorrow': {NEEDS_TIME}"),
    ("2026-03-01 08:00", "2026-13-01 08:00:00", f"course.yml:9: {P}.released is '2026-13-01 08:00:00': month must be in 1..12; mend the value"),
    ("2026-03-08 23", "2026-02-08 23", f"course.yml:10: {P}.due is '2026-02-08 23:59': that is not after its release (2026-03-01 08:00)"),
    ("double: 2", "double: 0", f"course.yml:11: {P}.points.double is 0: give a number above 0"),
    ("double: 2", "double: yes", f"course.yml:11: {P}.points.double is true: give a number"),
    ("double: 2", "2x: 2", f"course.yml:11: {P}.points.2x is '2x': {NAME}"),
    ("double: 2", "class: 2", f"course.yml:11: {P}.points.class is 'class': {NAME}"),
    ("double: 2", "Counter: 2", f"course.yml:11: {P}.points.Counter stands here for the second time, first on line 11; keep one of them"),
    ("{double: 2, Counter: 3}", "{}", f"course.yml:11: {P}.points is {{}}: give at least one"),
    ("{double: 2, Counter: 3}", "5", f"course.yml:11: {P}.points is 5: give a mapping, one `name: value` in a line"),
    ("[Counter]", "[counter]", f"course.yml:12: {P}.bonus is ['counter']: counter is no exercise under points; did you mean Counter?"),
    ("[Counter]", "[double, double]", f"course.yml:12: {P}.bonus is ['double', 'double']: double is listed twice"),
    ("[Counter]", "Counter", f"course.yml:12: {P}.bonus is 'Counter': give a list, such as [one, two]"),
    ("[Counter]", "[3]", f"course.yml:12: {P}.bonus[0] is 3: give text (in quotes if it looks like a number)"),
    ("{why: 1}", "{double: 1}", f"course.yml:13: {P}.written is {{'double': 1}}: double is an exercise already; give the question another name"),
    ("title: A", "title: *a", "course.yml:2: *a is an alias; write the value out"),
    ("title: A small course", "? [a, b]\n: c", "course.yml:2: a key must be a plain word, not a list or mapping"),
    ("lecture: 1", "lecture: !!python/object/apply:os.getcwd []", "course.yml:7: "),
    ("    title: The", "   title: The", "course.yml:7: not valid YAML"),
    (COURSE, "", "course.yml:1: is not a mapping; start with `course: NAME`"),
    (COURSE, "- 1", "course.yml:1: is not a mapping; start with `course: NAME`"),
    (COURSE, COURSE + "---\na: 1\n", "course.yml:14: not valid YAML: expected a single document"),
    (COURSE, "[" * 3000, "course.yml:1: "),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message"), PLANTED)
def test_planted_errors(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in COURSE
    text = COURSE.replace(old, new, 1)
    found = refusal(tmp_path, text)
    assert found == message or (message.endswith((": ", "YAML", "document")) and message in found)


def test_an_hour_that_the_clocks_skip(tmp_path: Path) -> None:
    text = COURSE.replace("Asia/Shanghai", "Europe/Berlin").replace("03-08 23:59", "03-29 02:30")
    assert "the clocks of the time zone skip this hour" in refusal(tmp_path, text)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot be read: No such file"):
        load_course(tmp_path)
    (tmp_path / "course.yml").write_bytes(b"title: \xff")
    with pytest.raises(CourseError, match="not UTF-8 text"):
        load_course(tmp_path)
    (tmp_path / "course.yml").write_bytes(b"title: \x00")
    with pytest.raises(CourseError, match="not valid YAML"):
        load_course(tmp_path)


ANY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def attempt(folder: Path, text: str) -> None:
    (folder / "course.yml").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        course = load_course(folder)
    except CourseError as error:
        said = str(error)
    else:
        assert all(plan.due > plan.released for plan in course.assignments.values())
        return
    assert "\n" not in said and said.startswith(f"{folder}/course.yml:")


@given(text=st.text(max_size=200))
@ANY
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    attempt(tmp_path, text)


@given(place=st.integers(0, len(COURSE)), cut=st.integers(0, 20), text=st.text(max_size=6))
@ANY
def test_any_edit_is_read_or_refused(tmp_path: Path, place: int, cut: int, text: str) -> None:
    attempt(tmp_path, COURSE[:place] + text + COURSE[place + cut :])


@given(data=st.data(), tree=trees)
@ANY
def test_any_value_anywhere_is_read_or_refused(
    tmp_path: Path, data: st.DataObject, tree: object
) -> None:
    whole = yaml.safe_load(COURSE)
    inner = data.draw(st.sampled_from([whole, whole["assignments"], whole["assignments"]["one"]]))
    key = data.draw(st.sampled_from([*inner, "limits", "late", "feedback", "x"]))
    inner[key] = tree
    attempt(tmp_path, yaml.safe_dump(whole, allow_unicode=True))
