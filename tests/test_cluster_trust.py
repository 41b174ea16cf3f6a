"""Who may reach a cluster, what travels how, and what never reaches student code."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from cluster_parts import (  # type: ignore[import-not-found]
    CHAINRULE,
    Parts,
    Proxy,
    below,
    graded,
    hand_in,
    make_course,
    parts,
    same,
    until,
    words,
    zygotes,
)

from grader.cluster.address import Address, Tls
from grader.cluster.scheduler import Link
from grader.errors import GraderError
from grader.results import Report

trustme = pytest.importorskip("trustme")
pytest.importorskip("distributed")
COUNT = 8


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hand_in(tmp_path_factory.mktemp("handed") / "in", COUNT)


@pytest.fixture(scope="module")
def untouched(course: Path, submissions: Path) -> Report:
    return graded(None, course, submissions).report


def certified(folder: Path) -> Tls:
    """An authority, and a certificate of it."""
    folder.mkdir()
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    tls = Tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    authority.cert_pem.write_to_path(str(tls.ca))
    certificate.cert_chain_pems[0].write_to_path(str(tls.cert))
    certificate.private_key_pem.write_to_path(str(tls.key))
    return tls


@pytest.fixture(scope="module")
def secure(course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder = tmp_path_factory.mktemp("secure")
    with parts(folder, course, certified(folder / "ours")) as made:
        made.start_scheduler()
        made.start_worker()
        yield made


def test_with_certificates_it_is_the_same(
    secure: Parts, course: Path, submissions: Path, untouched: Report
) -> None:
    assert secure.url.startswith("tls://")
    wire = Proxy(secure.url, record=True)
    near = Parts(secure.folder, course, secure.tls, url=wire.url)
    done = graded(near, course, submissions)
    wire.close()
    assert same(done.report, untouched) and done.told == []
    for secret in (seed_of(course), b"def double", b"Counter"):
        assert secret not in wire.recorded
    assert len(wire.recorded) > 5_000


def test_without_the_authority_s_certificate_nobody_comes_in(
    secure: Parts, course: Path, tmp_path: Path
) -> None:
    assert secure.tls is not None
    stranger = certified(tmp_path / "theirs")
    of_ours = Tls(secure.tls.ca, stranger.cert, stranger.key)
    for tls in (stranger, of_ours):
        with pytest.raises(GraderError, match="do its certificates come from the same authority"):
            Link(Address(secure.url, tls), 3.0)
    with pytest.raises(GraderError, match="no scheduler can be reached"):
        Link(Address(secure.url.replace("tls://", "tcp://"), None), 3.0)
    options = ["worker", secure.url, "--patience", "1", "--tls-ca", str(secure.tls.ca)]
    options += ["--tls-cert", str(stranger.cert), "--tls-key", str(stranger.key)]
    refused = secure.start(CHAINRULE, *options)
    assert refused.wait() == 1 and "no scheduler at" in words(refused)
    assert secure.present() == 1


def seed_of(course: Path) -> bytes:
    return (course / ".chainrule" / "seed").read_bytes().strip()


def test_what_is_secret_reaches_no_process_that_runs_student_code(
    secure: Parts, course: Path, submissions: Path
) -> None:
    (machine,) = [one for one in secure.started if dask_words(one)]
    found: dict[str, list[bool]] = {"controller": [], "zygote": [], "worker": []}
    seed = seed_of(course)

    def look(done: int) -> None:
        if done < 2 or found["worker"]:
            return
        until(lambda: bool(zygotes(machine) and zygotes(machine)[0].children()))
        (zygote,) = zygotes(machine)
        found["controller"] = [holds(one, seed) for one in controllers(machine)]
        found["zygote"] = [holds(zygote, seed)]
        below = zygote.children(recursive=True)
        found["worker"] = [holds(one, seed) for one in below]
        told = [*zygote.cmdline(), *zygote.environ(), *zygote.environ().values()]
        assert not any("tls" in one.lower() or seed.decode() in one for one in told)

    slow = hand_in(submissions.parent / f"slow{len(secure.started)}", 6, 1.0)
    graded(secure, course, slow, look)
    if not found["worker"]:
        pytest.skip("no submission was in progress when it was looked for")
    assert True in found["controller"]  # so the search finds what is there
    assert found["zygote"] == [False] and not any(found["worker"])


def dask_words(going: subprocess.Popen) -> bool:
    return going.poll() is None and "joined" in words(going)


def controllers(machine: subprocess.Popen) -> list[psutil.Process]:
    return below(machine, "grader.cluster.controller")


def holds(process: psutil.Process, secret: bytes) -> bool:
    """Whether a process has these bytes anywhere in the memory that it may write."""
    try:
        with (
            open(f"/proc/{process.pid}/maps") as maps,
            open(f"/proc/{process.pid}/mem", "rb", 0) as memory,
        ):
            return any(secret in piece for piece in _writable(maps.readlines(), memory))
    except PermissionError:
        pytest.skip("the memory of these processes may not be read here")


def _writable(maps, memory) -> Iterator[bytes]:  # type: ignore[no-untyped-def]
    for line in maps:
        place, rights = line.split()[:2]
        start, end = (int(one, 16) for one in place.split("-"))
        if rights.startswith("rw") and end < 1 << 47:
            memory.seek(start)
            try:
                yield memory.read(end - start)
            except OSError:
                continue


def test_machines_of_one_run(
    course: Path, submissions: Path, untouched: Report, tmp_path: Path
) -> None:
    """`local:2`: the same, in the store as well, and nothing is left."""
    out = tmp_path / "out.json"
    with parts(tmp_path, course) as made:
        options = ["grade", "one", str(submissions), "--isolation", "process", "--enter"]
        going = made.start(CHAINRULE, *options, "--cluster", "local:2", "--json", str(out))
        until(lambda: len(below(going, "spawn_main")) == 2, going)
        made.look()
        assert going.wait() == 0, words(going)
    assert same(Report.model_validate_json(out.read_text()), untouched)
    assert json.loads(out.read_text())["submissions"][1]["file"] == "s0001.py"


def test_machines_of_one_run_end_with_a_killed_client(
    course: Path, submissions: Path, tmp_path: Path
) -> None:
    slow = hand_in(tmp_path / "in", 4, 30.0)
    with parts(tmp_path, course) as made:
        options = ["grade", "one", str(slow), "--isolation", "process", "--cluster", "local:1"]
        going = made.start(CHAINRULE, *options)
        until(lambda: bool(zygotes(going) and zygotes(going)[0].children()), going)
        made.look()
        going.kill()
