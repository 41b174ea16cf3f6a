"""Attacks from inside a confined worker: each must fail, and its neighbour must not notice."""

import errno
import os
import signal
import sys
import textwrap
from pathlib import Path

import pytest
from boxes import Box, Gone, box  # type: ignore[import-not-found]
from confined_fixtures import SECRET  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.worker.privileges import FIRST_UID

pytest_plugins = ["confined_fixtures"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

PROJECT = str(Path(__file__).resolve().parents[1])


def raw_call(name: str, *arguments: int) -> str:
    """Code whose result is the errno of one system call, 0 if it succeeds."""
    import pyseccomp

    number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
    values = ", ".join(f"ctypes.c_long({value})" for value in arguments)
    return textwrap.dedent(f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        done = libc.syscall(ctypes.c_long({number}), {values})
        result = 0 if done >= 0 else ctypes.get_errno()
    """)


def test_the_box_is_what_the_policy_says(hostile: Box) -> None:
    text = hostile.run("result = open('/proc/self/status').read()").result
    status = dict(line.split(":\t", 1) for line in text.splitlines())
    assert {int(status[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {0}
    assert (status["NoNewPrivs"], status["Seccomp"], status["Threads"]) == ("1", "2", "1")
    assert status["Pid"] == "1" and "0" not in status["Uid"].split()
    assert hostile.run("import os; result = os.uname().nodename").result == "worker"


def test_started_by_root_neighbours_have_user_ids_of_their_own(zygote: Zygote) -> None:
    with box(zygote) as one, box(zygote) as other:
        ids = [worker.run("import os; result = os.getresuid()").result for worker in (one, other)]
    if 65534 not in ids[0] and os.geteuid() == 0:
        assert ids[0] != ids[1] and min(*ids[0], *ids[1]) >= FIRST_UID


def test_only_the_worker_s_own_descriptors_are_open(hostile: Box) -> None:
    code = """
        import os
        listing = os.open("/proc/self/fd", os.O_RDONLY)
        result = sorted(int(fd) for fd in os.listdir(listing) if int(fd) != listing)
        os.close(listing)
    """
    found = hostile.run(textwrap.dedent(code)).result
    assert found[:4] == [0, 1, 2, 3] and len(found) <= 5  # one more: the listing's own copy


def test_the_environment_is_empty(hostile: Box) -> None:
    names = hostile.run("import os; result = sorted(os.environ)").result
    assert names == ["HOME", "JOBLIB_MULTIPROCESSING", "TMPDIR"]
    code = "result = open('/proc/self/environ').read() + open('/proc/self/cmdline').read()"
    assert SECRET not in str(hostile.run(code).result)


@pytest.mark.parametrize(
    "path",
    [
        f"{PROJECT}/pyproject.toml",
        f"{PROJECT}/grader/errors.py",
        f"{PROJECT}/.git/HEAD",
        f"{PROJECT}/solutions",
        os.path.expanduser("~/.bashrc"),
        "/etc/passwd",
        "/etc/shadow",
        "/sys/kernel",
        "/dev/mem",
        "/proc/sys/kernel/osrelease",
        "/proc/OURS/environ",
        "/tmp/../etc/hostname",
    ],
)
def test_files_outside_cannot_be_seen(hostile: Box, path: str) -> None:
    path = path.replace("OURS", str(os.getpid()))  # not in the name: it differs between workers
    assert not hostile.run(f"import os; result = os.path.exists({path!r})").result
    answer = hostile.run(f"result = open({path!r}, 'rb').read(10)")
    assert answer.error in ("FileNotFoundError", "PermissionError", "NotADirectoryError"), answer


def test_only_its_own_processes_can_be_seen(hostile: Box) -> None:
    code = "import os; result = [name for name in os.listdir('/proc') if name.isdigit()]"
    assert hostile.run(code).result == ["1"]


@pytest.mark.parametrize(
    "folder", ["os.__file__", "__import__('torch').__file__", "'/x'", "'/dev/x'"]
)
def test_nothing_but_tmp_can_be_written(hostile: Box, folder: str) -> None:
    code = f"import os; open(os.path.join(os.path.dirname({folder}), 'planted.pth'), 'w')"
    assert hostile.run(code).error in ("PermissionError", "OSError")


def test_links_lead_nowhere(hostile: Box) -> None:
    inside = f"{PROJECT}/grader"
    code = f"import os; os.symlink({inside!r}, '/tmp/way'); result = os.listdir('/tmp/way')"
    assert hostile.run(code).error in ("FileNotFoundError", "PermissionError")


@pytest.mark.parametrize(
    "code",
    [
        "socket.socket()",
        "socket.socket(type=socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '\\0abstract')",
        "socket.socket(socket.AF_VSOCK)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socketpair()",
        "socket.create_connection(('127.0.0.1', 22), 1)",
        "socket.gethostbyname('example.org')",
    ],
)
def test_there_is_no_network(hostile: Box, code: str) -> None:
    assert hostile.run("import socket\n" + code).error in ("PermissionError", "gaierror")


def test_no_program_can_be_started(hostile: Box) -> None:
    for code in (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', '1'])",
        "import os, sys; os.execv(sys.executable, ['python'])",
        "import os, sys; os.posix_spawn(sys.executable, ['python'], {})",
    ):
        assert hostile.run(code).error == "PermissionError"
    assert hostile.run("import os; result = os.system('true')").result != 0


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("unshare", (0x10000000,)),
        ("unshare", (0x00020000,)),
        ("clone", (0x10000011, 0, 0, 0, 0)),
        ("setns", (0, 0)),
        ("mount", (0, 0, 0, 0, 0)),
        ("pivot_root", (0, 0)),
        ("chroot", (0,)),
        ("ptrace", (16, 1, 0, 0)),
        ("process_vm_readv", (1, 0, 0, 0, 0, 0)),
        ("pidfd_open", (1, 0)),
        ("pidfd_getfd", (0, 0, 0)),
        ("keyctl", (0, -3, 0, 0, 0)),
        ("add_key", (0, 0, 0, 0, 0)),
        ("io_uring_setup", (1, 0)),
        ("bpf", (0, 0, 0)),
        ("perf_event_open", (0, 0, 0, 0, 0)),
        ("userfaultfd", (0,)),
        ("memfd_create", (0, 0)),
        ("shmget", (0, 1 << 20, 0o1600)),
        ("msgget", (0, 0o1600)),
        ("semget", (0, 1, 0o1600)),
        ("mq_open", (0, 0o100, 0o600, 0)),
        ("kexec_load", (0, 0, 0, 0)),
        ("personality", (0x0040000,)),
        ("setresuid", (0, 0, 0)),
        ("capset", (0, 0)),
        ("setpriority", (0, 0, 19)),
        ("sched_setscheduler", (0, 0, 0)),
        ("inotify_init1", (0,)),
        ("splice", (0, 0, 1, 0, 1, 0)),
        ("mknodat", (-100, 0, 0o10600, 0)),
        ("flock", (0, 2)),
        ("ioctl", (0, 0x5412, 0)),  # TIOCSTI
        ("ioctl", (0, 0x541C, 0)),  # TIOCLINUX
        ("ioctl", (0, 0x5412 + (1 << 32), 0)),  # the kernel reads 32 bits of it
        ("prctl", (1, 0, 0, 0, 0)),  # PR_SET_PDEATHSIG
        ("prctl", (4, 1, 0, 0, 0)),  # PR_SET_DUMPABLE
        ("fcntl", (3, 1031, 1 << 20)),  # F_SETPIPE_SZ
        ("fcntl", (3, 1024, 0)),  # F_SETLEASE
        ("prlimit64", (7, 0, 0, 0)),
        ("mmap", (0, 1 << 21, 3, 0x40022, -1, 0)),  # MAP_HUGETLB
    ],
)
def test_calls_that_student_code_never_needs(
    hostile: Box, name: str, arguments: tuple[int, ...]
) -> None:
    assert hostile.run(raw_call(name, *arguments)).result == errno.EPERM


def test_the_32_bit_calls_are_no_way_round(hostile: Box) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("only x86-64 has a second call table")
    code = raw_call("getpid").replace("c_long(39)", f"c_long({39 + 0x40000000})")
    try:
        assert hostile.run(code).result in (errno.EPERM, errno.ENOSYS)
    except Gone:
        assert hostile.exit().signal == signal.SIGSYS


def test_signals_reach_nobody_else(hostile: Box) -> None:
    assert hostile.run("import os; os.kill(-1, 9)").error in (
        "ProcessLookupError",
        "PermissionError",
    )
    code = f"import os; os.kill({os.getpid()}, 0)"
    assert hostile.run(code).error in ("ProcessLookupError", "PermissionError")


def test_nothing_is_left_for_the_next_worker(zygote: Zygote) -> None:
    listing = "import os; result = [sorted(os.listdir('/tmp')), os.listdir()]"
    with box(zygote) as first:
        before = first.run(listing).result
        first.run("import os; open('/tmp/left', 'w').write('x'); os.mkdir('folder')")
        assert first.run(listing).result != before
        children = first.run("import os, time\nif os.fork() == 0: time.sleep(600)\nresult = 1")
    with box(zygote) as second:
        assert second.run(listing).result == before and before[1] == []
        seen = "import os; result = [name for name in os.listdir('/proc') if name.isdigit()]"
        assert second.run(seen).result == ["1"]
    assert children.result == 1 or children.error == "PermissionError"


def test_children_die_with_their_worker(zygote: Zygote) -> None:
    with box(zygote) as worker:
        worker.run("import os, time\nif os.fork() == 0:\n os.setpgid(0, 0)\n time.sleep(600)")
        ended = zygote.kill(worker.worker)
        worker.output()  # returns: nobody holds the pipe any more
    assert ended.signal == signal.SIGKILL


def test_a_worker_can_be_neither_stopped_nor_made_deaf(hostile: Box) -> None:
    hostile.run("import signal\nfor n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)")
    hostile.run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP); result = 1")
    assert hostile.zygote.kill(hostile.worker).signal == signal.SIGKILL


@pytest.mark.parametrize(
    "code",
    [
        "import ctypes; ctypes.string_at(0)",
        "import os; os.abort()",
        "import sys; sys.setrecursionlimit(10**9)\nf = lambda: [f()].sort(key=f)\nf()",
    ],
)
def test_crashes_end_the_worker_only(hostile: Box, code: str) -> None:
    try:
        assert hostile.run(code).error in ("RecursionError", "MemoryError")
    except Gone:
        assert hostile.exit().signal in (signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL)


def test_what_honest_code_needs_works(zygote: Zygote) -> None:
    code = """
        import os, threading, tempfile, numpy as np, torch
        from torch.nn import functional as F
        x = torch.randn(2, 3, 16, 16, requires_grad=True)
        F.conv2d(x, torch.randn(4, 3, 3, 3)).relu().sum().backward()
        torch.save(x, "/tmp/x.pt"); torch.load("/tmp/x.pt")
        optimizer = torch.optim.Adam([x]); optimizer.step()
        with tempfile.NamedTemporaryFile() as file:
            np.save(file, np.eye(3))
        work = lambda: np.linalg.svd(np.ones((9, 9)))
        threads = [threading.Thread(target=work) for _ in range(3)]
        [t.start() for t in threads]; [t.join() for t in threads]
        os.rename("/tmp/x.pt", "/tmp/y.pt")
        import decimal, sqlite3, csv, zoneinfo, unittest
        result = float(np.linalg.inv(np.eye(3) * 2)[0, 0])
    """
    with box(zygote) as worker:
        answer = worker.run(textwrap.dedent(code))
        assert (answer.result, answer.error) == (0.5, None)
        worker.zygote.kill(worker.worker)
        assert worker.output() == ""
