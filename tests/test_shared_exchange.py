"""docs/jupyterhub.md, done by three Unix users: an instructor and two students."""

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from documented import DOCS, blocks, rows, section, typed  # type: ignore[import-not-found]
from unix_users import User, owned, user  # type: ignore[import-not-found]

PAGE = "jupyterhub.md"
SERVER = "/srv/nbgrader/exchange"
pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as other users"),
]


@dataclass(frozen=True)
class Server:
    """A shared server in a folder: everybody's configuration, the exchange, three accounts."""

    exchange: Path
    course: Path
    instructor: User
    students: tuple[User, User]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    below = Path("/tmp") / f"chainrule-hub-{os.getpid()}"  # pytest's own folders are root's alone
    below.mkdir(mode=0o755)
    try:
        exchange, config = below / "exchange", below / "etc"
        exchange.mkdir()
        exchange.chmod(0o777)
        config.mkdir()
        (block,) = [b for b in blocks(PAGE, "python") if "nbgrader_config.py" in b.more]
        settings = block.text.replace(SERVER, str(exchange))
        (config / "nbgrader_config.py").write_text(settings)
        instructor = user("games", below, config)
        students = (user("daemon", below, config), user("nobody", below, config))
        course = instructor.home / "mycourse"
        shutil.copytree(DOCS / "examples" / "own_lecture", course)
        (key,) = blocks(PAGE, "yaml")
        with (course / "course.yml").open("a") as file:
            file.write(key.text.replace(SERVER, str(exchange)))
        (course / "roster.csv").write_text("id\ndaemon\nnobody\n")
        yield Server(exchange, owned(course, instructor), instructor, students)
    finally:
        shutil.rmtree(below)


def lines_of_the_round() -> list[str]:
    """The commands under "The round", in their order."""
    told = section(PAGE, "## The round")
    return [line for line in typed(PAGE) if f"$ {line}\n" in told]


def test_the_round_is_gone_round_by_three_users(server: Server) -> None:
    said = ""
    for line in lines_of_the_round():
        if line.startswith("chainrule"):
            said += server.instructor.does(*line.split(), folder=server.course)
        for number, student in enumerate(server.students):
            if line.startswith("nbgrader"):
                student.does(*line.split())
            if line.startswith("nbgrader fetch_assignment"):
                name = ("alice", "bob")[number]
                answered = DOCS / "examples" / "own_lecture" / "handed_in" / f"{name}.ipynb"
                shutil.copyfile(answered, student.home / "week1" / "week1.ipynb")
    assert "2 students have a submission of week1" in said and "2 pages" in said
    for student, hint in zip(server.students, (True, False), strict=True):
        (page,) = (student.home / "week1" / "feedback").rglob("week1.html")
        shown = page.read_text(encoding="utf-8")
        assert student.name in shown and ("over each row" in shown) is hint
    _the_rights_are_those_of_the_table(server)
    _nobody_sees_what_is_another_s(server)
    _a_submission_in_another_s_name_is_listed(server)


def _the_rights_are_those_of_the_table(server: Server) -> None:
    table = rows(section(PAGE, "## The exchange"))
    assert len(table) == 5
    for folder, owner, rights, _ in table[1:]:
        path = server.exchange / folder.strip("`")
        assert f"{stat.S_IMODE(path.stat().st_mode):04o}" == rights.strip("`"), path
        assert (owner, path.owner()) == ("instructor", server.instructor.name)


def _nobody_sees_what_is_another_s(server: Server) -> None:
    course = server.exchange / "normlab"
    (theirs,) = (course / "inbound").glob("daemon+*")
    for student in server.students:
        for command in (
            ["ls", str(course / "inbound")],
            ["ls", str(course / "feedback")],
            ["touch", str(course / "outbound" / "mine")],
            ["cat", str(server.course / "solutions" / "week1" / "answers.py")],
            ["cat", str(server.course / ".chainrule" / "seed")],
        ):
            assert student.tries(*command).returncode != 0, f"{student.name} may {command}"
        assert student.does("ls", str(course / "outbound" / "week1")).split() == ["week1.ipynb"]
    assert theirs.owner() == "daemon"
    # The seed is private even where the course's folder is not.
    server.instructor.home.chmod(0o755)
    try:
        seed = server.course / ".chainrule" / "seed"
        assert server.students[0].tries("cat", str(seed)).returncode != 0
    finally:
        server.instructor.home.chmod(0o700)


def _a_submission_in_another_s_name_is_listed(server: Server) -> None:
    nobody = server.students[1]
    inbound = server.exchange / "normlab" / "inbound"
    forged = inbound / "daemon+week1+2027-10-12 08:00:00.000000 UTC+forged"
    notebook = nobody.home / "week1" / "week1.ipynb"
    nobody.does("mkdir", str(forged))
    nobody.does("cp", str(notebook), str(forged))
    said = server.instructor.does("chainrule", "collect", "week1", folder=server.course)
    assert "daemon: handed in by the user nobody" in " ".join(said.split())
