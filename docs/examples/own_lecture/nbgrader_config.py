"""nbgrader's configuration: all of it comes from course.yml."""

from grader.nbgrader.config import configure

configure(get_config(), __file__)  # type: ignore[name-defined]  # noqa: F821
