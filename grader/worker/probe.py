"""Which layers of confinement work on this machine: each one tried for real, in a fork.

Run as a program of its own, without torch: reads a policy in JSON from stdin, writes a list of
{"layer", "works", "detail", "needed"} to stdout.
"""

import dataclasses
import json
import os
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from grader.worker import cgroup, landlock, namespaces, privileges, rlimits, seccomp
from grader.worker.confine import Policy, confine, is_machine_root, prepare
from grader.worker.linux import CLONE_NEWPID, Linux, is_linux

_ANSWER = 3  # the descriptor that a fork answers on
_UNCONFINED = "the layer went up, but did not hold"


@dataclass(frozen=True)
class Probe:
    """One layer: whether it works here, how or why not, and whether isolation "full" needs it."""

    layer: str
    works: bool
    detail: str
    needed: bool


def main() -> int:
    """Probe, and print the result as JSON."""
    policy = Policy.from_json(json.load(sys.stdin))
    print(json.dumps([dataclasses.asdict(found) for found in probe_all(policy)]))
    return 0


def probe_all(policy: Policy) -> list[Probe]:
    """Try every layer that isolation "full" uses, then all of them together under `policy`."""
    tries: list[tuple[str, bool, Callable[[], str]]] = [
        ("namespaces", True, _try_namespaces),
        ("root directory", True, lambda: _try_root(policy)),
        ("cgroup", False, _try_cgroup),
        ("rlimits", True, _try_rlimits),
        ("capabilities", True, _try_capabilities),
        ("landlock", True, _try_landlock),
        ("seccomp", True, _try_seccomp),
        ("all together", True, lambda: _try_all(policy)),
    ]
    if not is_linux():
        return [Probe(layer, False, "needs Linux", needed) for layer, needed, _ in tries]
    return [_try(layer, needed, function) for layer, needed, function in tries]


def _try(layer: str, needed: bool, function: Callable[[], str]) -> Probe:
    works, detail = in_fork(function)
    return Probe(layer, works, detail, needed)


def in_fork(function: Callable[[], str]) -> tuple[bool, str]:
    """Call `function` in a child process: whether it returned, and what, or what it raised."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(writer, _ANSWER)
        _answer(function)
    os.close(writer)
    with os.fdopen(reader, "rb") as file:
        answer = file.read().decode()
    os.waitpid(pid, 0)
    return answer.startswith("+"), answer[1:] or "the probe's process was killed"


def _answer(function: Callable[[], str]) -> NoReturn:
    try:
        answer = "+" + function()
    except BaseException as error:  # whatever it is, only the parent goes on
        answer = f"-{error}" if str(error) else f"-{type(error).__name__}"
    os.write(_ANSWER, answer.encode())
    os._exit(0)


def _enter_pid_namespace() -> str:
    """As the keeper does; returns how."""
    if is_machine_root():
        Linux().unshare(CLONE_NEWPID)
        return "as root, with a user id of its own"
    proc = namespaces.open_proc()
    namespaces.enter_user_namespace(Linux(), proc, CLONE_NEWPID)
    return "in a user namespace"


def _try_namespaces() -> str:
    how = _enter_pid_namespace()
    return _nested(lambda: _enter_others(how))


def _enter_others(how: str) -> str:
    namespaces.enter_namespaces(Linux())
    return f"pid, network, ipc, uts and mount, {how}"


def _nested(function: Callable[[], str]) -> str:
    """Run in a further fork, so that the new pid namespace is entered."""
    works, detail = in_fork(function)
    if not works:
        raise OSError(detail)
    return detail


def _try_root(policy: Policy) -> str:
    _enter_pid_namespace()
    return _nested(lambda: _change_root(policy))


def _change_root(policy: Policy) -> str:
    namespaces.enter_namespaces(Linux())
    namespaces.change_root(
        Linux(),
        namespaces.Root(
            readable=policy.readable,
            devices=namespaces.DEVICES,
            scratch=namespaces.free_scratch(policy.readable),
            scratch_bytes=1 << 20,
            scratch_inodes=64,
            owner=os.getuid(),
            whole_proc=False,
        ),
    )
    names = sorted(os.listdir("/"))
    proc = "with" if os.path.exists("/proc/self") else "without"
    return f"{len(names)} folders, {proc} a private /proc"


def _try_cgroup() -> str:
    parents = cgroup.find_parents(os.getpid())
    if parents is None:
        raise OSError("none writable; RLIMIT_AS bounds memory, and a worker has no children")
    fair = "" if parents.share else "; no `cpu` controller: workers are not weighed alike"
    return f"version {parents.version}, memory, processes and CPU time{fair}"


def _try_rlimits() -> str:
    rlimits.apply_rlimits(
        cpu_seconds=60,
        file_bytes=1 << 20,
        open_files=32,
        processes=64,
        address_space_bytes=rlimits.address_space() + (1 << 28),
    )
    try:
        bytearray(1 << 29)
    except MemoryError:
        return "CPU, address space, processes, files"
    raise OSError(_UNCONFINED)


def _try_capabilities() -> str:
    linux = Linux()
    privileges.forbid_new_privileges(linux)
    if is_machine_root():
        privileges.drop_bounding_set(linux)
        privileges.become(privileges.FIRST_UID)
    linux.drop_capabilities()
    return "dropped, and no new ones"


def _try_landlock() -> str:
    version = landlock.abi()
    if version == 0:
        raise OSError("this kernel has no Landlock, or it is not switched on (lsm= at boot)")
    privileges.forbid_new_privileges(Linux())
    landlock.restrict([], [], [])
    try:
        os.listdir("/")
    except PermissionError:
        return f"version {version}"
    raise OSError(_UNCONFINED)


def _try_seccomp() -> str:
    programs = seccomp.compile_filters(seccomp.Rules(False, False, False, False, False))
    linux = Linux()
    privileges.forbid_new_privileges(linux)
    for program in programs:
        linux.load_filter(program)
    try:
        socket.socket().close()
    except PermissionError:
        return f"{sum(map(len, programs)) // 8} instructions"
    raise OSError(_UNCONFINED)


def _try_all(policy: Policy) -> str:
    keeper = os.getpid()
    _enter_pid_namespace()
    try:
        return _nested(lambda: _confine(policy, keeper))
    finally:
        if parents := cgroup.locate():
            cgroup.sweep(parents, keeper)


def _confine(policy: Policy, keeper: int) -> str:
    tools = prepare(policy, keeper)
    confine(policy, (_ANSWER,), tools)
    if os.getpid() != 1 or len(os.listdir(os.environ["HOME"])) != 0:
        raise OSError(_UNCONFINED)
    return "a process confined as a worker is"


if __name__ == "__main__":
    sys.exit(main())
