"""`--cluster local:N`: a scheduler and N workers in processes of their own, for one run.

They speak TLS by certificates made for this run, because others on this machine reach loopback
too. They end with this process, however it ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grader.cluster.address import Address, Tls
from grader.cluster.extra import distributed
from grader.controller.zygote import grader_folder
from grader.errors import GraderError, UsageError
from grader.worker.linux import PR_SET_PDEATHSIG, Linux, is_linux

_START_SECONDS = 120.0
_END_SECONDS = 20.0
_SCHEDULER = "from distributed.cli.dask_scheduler import main; main()"
_WORKER = "from grader.cli import app; app()"


@contextmanager
def local(root: Path, machines: int, jobs: int, device: str) -> Iterator[Address]:
    """A cluster of `machines` workers on this machine, which share `jobs` slots.

    The first of them has the machine's GPUs, if `device` is "cuda" or "auto".

    Raises:
        UsageError: Dask is not installed.
        GraderError: its scheduler did not start.
    """
    distributed()
    with tempfile.TemporaryDirectory(prefix="chainrule-cluster-") as folder, ExitStack() as stack:
        tls = _certificates(Path(folder))
        file = Path(folder) / "scheduler.json"
        scheduler = stack.enter_context(_running(_SCHEDULER, _for_scheduler(file, tls), root))
        address = Address(_address_in(file, scheduler), tls)
        for number in range(machines):
            slots = max(1, jobs // machines + (number < jobs % machines))
            options = ["worker", address.url, "--jobs", str(slots)]
            options += ["--device", device if device in ("auto", "cuda") and not number else "cpu"]
            stack.enter_context(_running(_WORKER, [*options, *_named(tls, "--tls-")], root))
        yield address


def _for_scheduler(file: Path, tls: Tls) -> list[str]:
    options = ["--host", "127.0.0.1", "--port", "0", "--protocol", "tls", "--no-show"]
    places = ["--scheduler-file", str(file), "--dashboard-address", "127.0.0.1:0"]
    return [*options, *places, "--no-dashboard", *_named(tls, "--tls-", "ca-file")]


def _named(tls: Tls, prefix: str, ca: str = "ca") -> list[str]:
    named = {ca: tls.ca, "cert": tls.cert, "key": tls.key}
    return [word for name, path in named.items() for word in (f"{prefix}{name}", str(path))]


@contextmanager
def _running(program: str, options: list[str], root: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Python that is asked to end on the way out, and dies with this process."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": grader_folder()},
        cwd=root,
        start_new_session=True,  # a terminal's interrupt is ours to pass on
        preexec_fn=_die_with_parent if is_linux() else None,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    Linux().prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _address_in(file: Path, scheduler: subprocess.Popen[bytes]) -> str:
    """The scheduler's address, once it has written it down."""
    end = time.monotonic() + _START_SECONDS
    while scheduler.poll() is None and time.monotonic() < end:
        try:
            return str(json.loads(file.read_text(encoding="utf-8"))["address"])
        except (OSError, ValueError, KeyError):
            time.sleep(0.05)
    raise GraderError("the scheduler of the local cluster did not start; see `dask scheduler`")


def _certificates(folder: Path) -> Tls:
    """Certificates for this run, in a folder that is its owner's alone."""
    from distributed.security import Security

    try:
        made = Security.temporary()
    except ImportError:
        raise UsageError(
            "local:N makes certificates with `cryptography`, which is not installed here; "
            "install it with: pip install 'chainrule[cluster]'"
        ) from None
    tls = Tls(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    for path, text in (
        (tls.ca, made.tls_ca_file),
        (tls.cert, made.tls_client_cert),
        (tls.key, made.tls_client_key),
    ):
        path.touch(mode=0o600)
        path.write_text(str(text), encoding="utf-8")
    return tls
