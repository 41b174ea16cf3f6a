"""What making many pages may not do many times: compile a template."""

from pathlib import Path

import pytest
from export_class import CLASS, report  # type: ignore[import-not-found]
from jinja2 import Environment

from grader.course.syllabus import load_course
from grader.exporting.files import export
from grader.exporting.gathering import from_report
from tests.small_course import write_course


def test_a_template_is_compiled_once_for_a_class(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_course(tmp_path)
    grades = from_report(load_course(tmp_path), report(*CLASS))
    compiled: list[str | None] = []
    plain = Environment.compile

    def counted(self: Environment, source: str, name: str | None = None, *more: object) -> object:
        compiled.append(name)
        return plain(self, source, name, *more)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", counted)
    for folder in ("once", "again"):
        assert len(export(grades, "html", tmp_path / folder).files) == len(CLASS) + 1
    assert len(compiled) == len(set(compiled)) <= 3
