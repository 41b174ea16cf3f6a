"""Hogs and bombs from inside a confined worker; its honest neighbour must not notice."""

import errno
import signal
import sys
import textwrap

import pytest
from boxes import MIB, SMALL, Box, Gone  # type: ignore[import-not-found]

pytest_plugins = ["confined_fixtures"]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")


def test_fork_bomb(hostile: Box) -> None:
    code = """
        import os, time
        made, result = 0, None
        try:
            for _ in range(1000):
                if os.fork() == 0:
                    time.sleep(600)
                    os._exit(0)
                made += 1
        except OSError as error:
            result = [made, type(error).__name__]
    """
    made, _ = hostile.run(textwrap.dedent(code)).result
    assert made < SMALL.processes


def test_thread_bomb(hostile: Box) -> None:
    code = """
        import threading, time
        made, result = 0, None
        try:
            for _ in range(1000):
                threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
                made += 1
        except RuntimeError as error:
            result = made
    """
    made = hostile.run(textwrap.dedent(code)).result
    assert 4 <= made < SMALL.processes


def test_memory_hog(hostile: Box) -> None:
    code = """
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
            hoard[-1][::4096] = b"x" * (16 << 8)
            if len(hoard) > 64:
                break
        result = len(hoard)
    """
    try:
        answer = hostile.run(textwrap.dedent(code))
    except Gone:
        ended = hostile.exit()
        assert ended.oom and ended.signal == signal.SIGKILL
    else:
        assert answer.error == "MemoryError"


def test_shared_memory_hog(hostile: Box) -> None:
    code = """
        import mmap
        hoard = []
        while len(hoard) < 64:
            hoard.append(mmap.mmap(-1, 16 << 20))
            hoard[-1].write(b"x" * (16 << 20))
        result = len(hoard)
    """
    try:
        answer = hostile.run(textwrap.dedent(code))
    except Gone:
        assert hostile.exit().oom
    else:
        assert answer.error in ("OSError", "MemoryError", "PermissionError")


def test_memory_of_children_is_counted_together(hostile: Box) -> None:
    code = """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                hog = bytearray(b"x") * (100 << 20)
                time.sleep(600)
        ended = [os.wait() for _ in range(1)]
        result = ended[0][1]
    """
    try:
        answer = hostile.run(textwrap.dedent(code))
    except Gone:
        assert hostile.exit().oom
    else:  # the kernel chose a child, or there may be none here
        assert answer.result == signal.SIGKILL or answer.error == "PermissionError"


def test_disk_hog(hostile: Box) -> None:
    code = """
        result = 0
        for i in range(100):
            with open(f"/tmp/{i}", "wb") as file:
                file.write(b"x" * (1 << 20))
            result += 1
    """
    answer = hostile.run(textwrap.dedent(code))
    assert answer.error == "OSError" and f"Errno {errno.ENOSPC}" in answer.result


def test_one_file_has_a_largest_size(hostile: Box) -> None:
    size = SMALL.file_bytes + MIB
    answer = hostile.run(f"open('/tmp/big', 'wb').write(b'x' * {size})")
    assert answer.error == "OSError" and f"Errno {errno.EFBIG}" in answer.result


def test_inode_hog(hostile: Box) -> None:
    answer = hostile.run("for i in range(10_000): open(f'/tmp/{i}', 'w').close()")
    assert answer.error == "OSError" and f"Errno {errno.ENOSPC}" in answer.result


def test_descriptor_hog(hostile: Box) -> None:
    answer = hostile.run("import os\nwhile True: os.dup(0)")
    assert answer.error == "OSError" and f"Errno {errno.EMFILE}" in answer.result


def test_limits_cannot_be_raised(hostile: Box) -> None:
    code = """
        import resource
        result = []
        for name in ("CPU", "NPROC", "FSIZE", "NOFILE", "AS", "CORE"):
            limit = getattr(resource, "RLIMIT_" + name)
            soft, hard = resource.getrlimit(limit)
            try:
                resource.setrlimit(limit, (hard, hard + 1 if hard >= 0 else hard))
                result.append(hard)
            except (ValueError, PermissionError):
                pass
    """
    assert set(hostile.run(textwrap.dedent(code)).result) <= {-1}


def test_cpu_time_ends_a_loop_that_ignores_signals(hostile: Box) -> None:
    code = """
        import signal
        for number in (signal.SIGXCPU, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_IGN)
        while True: pass
    """
    with pytest.raises(Gone):
        hostile.run(textwrap.dedent(code), seconds=300)
    ended = hostile.exit()
    assert ended.signal == signal.SIGKILL and not ended.oom
    assert ended.cpu_seconds >= SMALL.cpu_seconds - 1
