"""Where a cluster may be: loopback, or TLS with certificates; and what is said otherwise."""

from pathlib import Path

import pytest
from small_course import write_course  # type: ignore[import-not-found]
from typer.testing import CliRunner

from grader.cli import app
from grader.cluster.address import Tls, address_of, machines_here, on_loopback, tls_of
from grader.errors import UsageError

pytest.importorskip("distributed")


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    for name in ("ca", "cert", "key"):
        (tmp_path / name).write_text("x")
    made = tls_of(tmp_path / "ca", tmp_path / "cert", tmp_path / "key")
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("127.0.0.1:8786", "tcp://127.0.0.1:8786"),
        ("tcp://localhost:1", "tcp://localhost:1"),
        ("[::1]:8786", "tcp://[::1]:8786"),
        ("127.9.9.9:8786/", "tcp://127.9.9.9:8786"),
    ],
)
def test_loopback_needs_no_certificates(text: str, url: str) -> None:
    assert address_of(text, None).url == url


@pytest.mark.parametrize(
    "text", ["10.0.0.7:8786", "tcp://192.0.2.1:8786", "0.0.0.0:8786", "tcp://[2001:db8::1]:8786"]
)
def test_anything_else_does(text: str, tls: Tls) -> None:
    with pytest.raises(UsageError, match=r"without TLS: whoever reaches it can run code\. Give"):
        address_of(text, None)
    secure = text.removeprefix("tcp://")
    assert address_of(secure, tls).url == f"tls://{secure}"
    with pytest.raises(UsageError, match="speaks TLS: give --tls-ca"):
        address_of(f"tls://{secure}", None)
    with pytest.raises(UsageError, match=r"without TLS"):
        address_of(f"tcp://{secure}", tls)


def test_a_scheduler_s_file_is_no_way_around(tmp_path: Path, tls: Tls) -> None:
    file = tmp_path / "scheduler.json"
    file.write_text('{"address": "tcp://10.1.2.3:8786"}')
    with pytest.raises(UsageError, match="not on this machine and without TLS"):
        address_of(str(file), None)
    file.write_text('{"address": "tls://10.1.2.3:8786"}')
    assert address_of(str(file), tls).url == "tls://10.1.2.3:8786"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nowhere", "neither an address such as tls://HOST:8786 nor a scheduler's file"),
        ("ucx://127.0.0.1:1", "the scheme must be tls://"),
        ("127.0.0.1:99999", "is no address"),
    ],
)
def test_what_is_no_address(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        address_of(text, None)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("[]")
    with pytest.raises(UsageError, match="no file of a Dask scheduler"):
        address_of(str(tmp_path / "f"), None)


def test_certificates_are_three(tmp_path: Path, tls: Tls) -> None:
    assert tls_of(None, None, None) is None
    with pytest.raises(UsageError, match="--tls-key is missing"):
        tls_of(tls.ca, tls.cert, None)
    with pytest.raises(UsageError, match=r"--tls-cert .*none: No such file"):
        tls_of(tls.ca, tmp_path / "none", tls.key)


def test_local() -> None:
    assert machines_here("local:3") == 3 and machines_here("localhost:8786") is None
    for text in ("local:", "local:0", "local:many"):
        with pytest.raises(UsageError, match="give a number of workers"):
            machines_here(text)


def test_names_that_lead_elsewhere_are_not_loopback() -> None:
    assert on_loopback("localhost") and not on_loopback("no-such-host.invalid")


@pytest.mark.parametrize(
    "command", [["grade", "one", "x.py", "--cluster"], ["worker"], ["cluster"]]
)
def test_every_command_refuses(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_course(tmp_path))
    done = CliRunner().invoke(app, [*command, "10.0.0.7:8786"])
    assert done.exit_code == 2 and "Give --tls-ca, --tls-cert and --tls-key" in done.stderr


def test_course_yml_keeps_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_course(tmp_path))
    (tmp_path / "x.py").write_text("")
    none = CliRunner().invoke(app, ["cluster"])
    assert none.exit_code == 2 and "which cluster?" in none.stderr
    with (tmp_path / "course.yml").open("a") as file:
        file.write("cluster: 10.0.0.7:8786\n")
    for command in (["cluster"], ["worker"], ["grade", "one", "x.py"]):
        done = CliRunner().invoke(app, command)
        assert done.exit_code == 2 and "10.0.0.7:8786 is not on this machine" in done.stderr
    here = ["grade", "one", "x.py", "--cluster", "none", "--isolation", "process"]
    assert CliRunner().invoke(app, here).exit_code == 0
