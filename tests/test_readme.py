"""The README's table of lectures says what course.yml says."""

from pathlib import Path

from grader.course.syllabus import Course, load_course

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- lectures: kept by tests/test_readme.py -->\n", "<!-- end of lectures -->"


def table(course: Course) -> str:
    lines = ["| lecture | assignment | points | exercises |", "| --- | --- | --- | --- |"]
    for name, plan in course.assignments.items():
        exercises = ", ".join(f"`{exercise}`" for exercise in plan.points)
        points = sum(plan.points.values()) + sum(plan.written.values())
        lines.append(f"| {plan.title} | `{name}` | {points:g} | {exercises} |")
    return "\n".join(lines) + "\n"


def test_the_table_of_lectures_is_the_syllabus() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = text.split(BEGIN)[1].split(END)[0]
    assert shown == table(load_course(ROOT)), "put the table below into README.md:\n" + table(
        load_course(ROOT)
    )


def test_the_readme_names_both_commands_on_its_first_screen() -> None:
    first_screen = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:12]
    assert any(line.startswith("make demo") for line in first_screen)
    assert any(line.startswith("make test") for line in first_screen)
