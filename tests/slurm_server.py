"""A Slurm of one node in a temporary folder: munge, controller and node daemon of our own."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.sock
SlurmUser=root
SlurmdUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
KillWait=20
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=4000 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "sinfo")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def slurm() -> Iterator[Path]:
    """A running Slurm; its configuration, for SLURM_CONF. Skips where it cannot be had."""
    if missing := [one for one in PROGRAMS if not shutil.which(one, path=_path())]:
        pytest.skip(f"Slurm is not installed here: no {', '.join(missing)}")
    if os.geteuid() != 0:
        pytest.skip("Slurm's daemons want to be started by root")
    folder = Path(tempfile.mkdtemp(prefix="chainrule-slurm-"))
    for name in ("state", "spool"):
        (folder / name).mkdir()
    (folder / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge.key").chmod(0o600)
    folder.chmod(0o755)
    configuration = folder / "slurm.conf"
    configuration.write_text(
        CONFIGURATION.format(
            host=socket.gethostname().partition(".")[0], folder=folder, cpus=os.cpu_count(),
            controller=_free_port(), node=_free_port(),
        )
    )  # fmt: skip
    files = {"key-file": "key", "pid-file": "pid", "log-file": "log", "seed-file": "seed"}
    munge = [f"--{option}={folder}/munge.{name}" for option, name in files.items()]
    try:
        _run(configuration, "munged", "--force", f"--socket={folder}/munge.sock", *munge)
        _run(configuration, "slurmctld", "-i")
        _run(configuration, "slurmd")
        _wait_idle(configuration)
        yield configuration
    finally:
        for name in ("slurmd", "slurmctld", "munge"):
            with suppress(OSError, ValueError):
                os.kill(int((folder / f"{name}.pid").read_text()), signal.SIGTERM)
        time.sleep(1.0)
        shutil.rmtree(folder, ignore_errors=True)


def _path() -> str:
    return os.environ.get("PATH", "") + os.pathsep + "/usr/sbin"


def _run(configuration: Path, *command: str) -> str:
    environment = os.environ | {"SLURM_CONF": str(configuration), "PATH": _path()}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, env=environment
    )
    if done.returncode:
        pytest.skip(f"Slurm cannot be started here: {command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout


def _wait_idle(configuration: Path) -> None:
    end = time.monotonic() + 60
    while "idle" not in _run(configuration, "sinfo", "-h", "-o", "%t"):
        if time.monotonic() > end:
            pytest.skip("Slurm's node does not come up here")
        time.sleep(0.5)
