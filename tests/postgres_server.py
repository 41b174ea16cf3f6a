"""A PostgreSQL server of our own in a temporary folder, which tests may restart and break."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest


def _binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).resolve().parent if on_path else None


@dataclass(frozen=True)
class Server:
    """A server on 127.0.0.1; `url` is spelt as `course.yml` suggests it."""

    binaries: Path
    folder: Path
    port: int
    user: str

    @property
    def url(self) -> str:
        return f"postgresql://teacher@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 "
        options += f"-c unix_socket_directories={self.folder}"
        self.control("start", "-w", "-o", options, "-l", str(self.folder / "log"))

    def stop(self) -> None:
        self.control("stop", "-w", "-m", "fast")

    def control(self, verb: str, *options: str) -> None:
        self.run("pg_ctl", verb, "-D", str(self.folder / "data"), *options)

    def run(self, program: str, *options: str) -> None:
        prefix = []
        if os.geteuid() == 0:  # the server refuses to be run by root
            prefix = ["setpriv", f"--reuid={self.user}", "--clear-groups"]
        subprocess.run(
            [*prefix, str(self.binaries / program), *options],
            check=True, capture_output=True, cwd=self.folder,
        )  # fmt: skip

    def dumped(self) -> bytes:
        """Everything that is in it, as SQL."""
        command = [str(self.binaries / "pg_dump"), "--inserts", self.url]
        return subprocess.run(command, check=True, capture_output=True, cwd=self.folder).stdout

    def sql(self, statement: str) -> list[tuple]:
        """Run a statement on a connection of its own."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


@contextmanager
def server() -> Iterator[Server]:
    """A running server; skips where PostgreSQL or its driver is not installed."""
    binaries = _binaries()
    if binaries is None or not (binaries / "pg_ctl").exists():
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    pytest.importorskip("psycopg")
    user = "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="chainrule-pg-"))
    shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = Server(binaries, folder, port, user)
    data = str(folder / "data")
    made.run("initdb", "-D", data, "-U", "teacher", "-A", "trust", "--no-sync")
    try:
        made.start()
        yield made
    finally:
        with suppress(subprocess.CalledProcessError):  # a test has stopped it
            made.control("stop", "-m", "immediate")
        shutil.rmtree(folder)
