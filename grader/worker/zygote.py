"""The program that forks workers: it has imported numpy and torch, and holds nothing secret.

Started by exec with one descriptor, a stream socket to the controller. Messages are lines of
JSON; descriptors travel beside them. First {"prepare": policy} → {"ready": true}. Then
    {"fork": policy} + [worker's socket, pipe for its output] → {"pid": n, "cpu": file or null}
    {"kill": n}                                              → (its exit, below)
and unasked, when a worker has ended,
    {"exit": n, "status": wait status, "maxrss": KiB, "cpu": seconds, "oom": bool}.
What cannot be done is answered {"failed": layer, "reason": text}. When the controller is gone,
everything ends. The program is two processes, keeper and zygote: see `grader.worker.confine`.
"""

import contextlib
import gc
import importlib
import os
import pkgutil
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from typing import Any, NoReturn

from grader.worker import cgroup
from grader.worker.confine import (
    ConfinementError,
    Policy,
    Tools,
    group_of,
    is_machine_root,
    prepare,
    same_preparation,
)
from grader.worker.control import Control
from grader.worker.linux import CLONE_NEWPID, PR_SET_PDEATHSIG, Linux, is_linux
from grader.worker.namespaces import PidNamespaces, enter_user_namespace, open_proc
from grader.worker.worker import Serve, run_worker

_ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def main(fd: int, root: str | None = None, serve: Serve | None = None) -> int:
    """Run keeper and zygote on the control socket `fd`; returns the keeper's exit code.

    `root`: a folder put on the module path only to import the grader; `serve`: what each worker
    runs once it is confined, `grader.worker.serve.serve` unless a test says otherwise.
    """
    control = Control(socket.socket(fileno=fd))
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    request, _ = control.receive()
    if request is None:
        return 0
    policy = Policy.from_json(request["prepare"])
    keeper = os.getpid()
    _sweep(None)
    try:
        _enter_pid_namespace(policy)
    except OSError as error:
        control.send({"failed": "namespaces", "reason": str(error)})
        return 1
    pid = os.fork()
    if pid == 0:
        _run_zygote(control, policy, keeper, root, serve)
    control.close()
    _, status = os.waitpid(pid, 0)
    _sweep(keeper)
    return 0 if status == 0 else 1


def _enter_pid_namespace(policy: Policy) -> None:
    """Make the next child the first process of a pid namespace, so that all die with it."""
    if policy.isolation == "process":
        return
    if is_machine_root():
        Linux().unshare(CLONE_NEWPID)
    else:
        proc = open_proc()
        enter_user_namespace(Linux(), proc, CLONE_NEWPID)
        os.close(proc)


def _sweep(keeper: int | None) -> None:
    """Remove the cgroups that `keeper` made, or that killed ones have left."""
    parents = cgroup.locate() if is_linux() else None
    if parents:
        cgroup.sweep(parents, keeper)


def _run_zygote(
    control: Control, policy: Policy, keeper: int, root: str | None, serve: Serve | None
) -> NoReturn:
    code = 1
    try:
        if is_linux():
            Linux().prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        usual = _import_everything()
        _forget_path(root)
        tools = prepare(policy, keeper)
        _become_quiet()
        control.send({"ready": True})
        Zygote(control, policy, tools, serve or usual).run()
        code = 0
    except ConfinementError as error:
        control.send({"failed": error.layer, "reason": error.reason})
    except Exception as error:
        traceback.print_exc()
        control.send({"failed": "zygote", "reason": str(error)})
    finally:
        os._exit(code)


def _import_everything() -> Serve:
    """Import what workers use, so that no fork has to; returns the worker's main function."""
    import grader.worker

    for name in ("numpy", "torch", "torch.nn.functional", "torch.optim"):
        importlib.import_module(name)
    if os.access(os.path.expanduser("~"), os.W_OK):  # else its fonts have no cache, and it is loud
        with contextlib.suppress(ImportError):
            importlib.import_module("matplotlib.pyplot")  # most notebooks begin with it
    with contextlib.suppress(ImportError):
        importlib.import_module("sklearn.datasets")  # a second's import, in several lectures
    torch = importlib.import_module("torch")
    torch.backends.nnpack.is_available()  # reads /proc/cpuinfo, which workers do not have
    for module in pkgutil.iter_modules(grader.worker.__path__, "grader.worker."):
        importlib.import_module(module.name)
    worker = importlib.import_module("grader.worker.serve")
    worker.warm_up()
    serve: Serve = worker.serve
    return serve


def _forget_path(root: str | None) -> None:
    """Take the project's folder off the module path: student code finds nothing there."""
    sys.path[:] = [entry for entry in sys.path if entry not in (root, "")]
    sys.argv[:] = [""]


def _become_quiet() -> None:
    """One thread, and a heap that children will not copy by collecting garbage."""
    if is_linux() and (threads := len(os.listdir("/proc/self/task"))) != 1:
        raise RuntimeError(f"the zygote has {threads} threads; a fork would hang its children")
    gc.collect()
    gc.freeze()


@dataclass(frozen=True)
class Child:
    """A live worker, as the zygote remembers it."""

    slot: int
    group: cgroup.Group | None
    oom_kills: int
    scratch: str | None


class Zygote:
    """Answers fork and kill requests, and reports exits, until the controller is gone."""

    def __init__(self, control: Control, policy: Policy, tools: Tools, serve: Serve) -> None:
        """Be ready to fork workers under `policy`, each of which runs `serve`."""
        self._control = control
        self._policy = policy
        self._tools = tools
        self._serve = serve
        self._children: dict[int, Child] = {}
        full = policy.isolation == "full"
        self._pid_namespaces = PidNamespaces(tools.linux) if full else None

    def run(self) -> None:
        """Serve until the controller is gone, then end every worker."""
        wake, woken = socket.socketpair()
        woken.setblocking(False)
        wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self._control.sock, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if wake in ready:
                    wake.recv(4096)
                    self._reap()
                if self._control.sock in ready and not self._answer():
                    break
        self._end()

    def _answer(self) -> bool:
        request, fds = self._control.receive()
        try:
            if request is None:
                return False
            if "fork" in request:
                self._control.send(self._fork(Policy.from_json(request["fork"]), fds))
            elif request["kill"] in self._children:
                _kill(request["kill"], self._policy)
        finally:
            for fd in fds:
                os.close(fd)
        return True

    def _fork(self, policy: Policy, fds: list[int]) -> dict[str, Any]:
        if any(child.slot == policy.slot for child in self._children.values()):
            return {"failed": "slot", "reason": f"slot {policy.slot} is taken by a live worker"}
        if not same_preparation(policy, self._policy):
            return {"failed": "policy", "reason": "not the policy this zygote was prepared for"}
        try:
            child = self._make_child(policy)
            pid = self._fork_inside(policy, child, fds)
        except OSError as error:
            return {"failed": "fork", "reason": str(error)}
        self._children[pid] = child
        return {"pid": pid, "cpu": str(child.group.cpu_file) if child.group else None}

    def _make_child(self, policy: Policy) -> Child:
        group = group_of(policy, self._tools)
        scratch = tempfile.mkdtemp() if policy.isolation == "process" else None
        return Child(policy.slot, group, group.oom_kills() if group else 0, scratch)

    def _fork_inside(self, policy: Policy, child: Child, fds: list[int]) -> int:
        """Fork a worker, into a pid namespace of its own where there are namespaces."""
        if self._pid_namespaces:
            self._pid_namespaces.open()
        try:
            pid = os.fork()
            if pid == 0:
                run_worker(policy, fds, self._tools, child.scratch, self._serve)
        finally:
            if self._pid_namespaces:
                self._pid_namespaces.close()
        return pid

    def _reap(self) -> None:
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._children:
                child = self._children.pop(pid)
                self._report(pid, status, usage.ru_maxrss, usage.ru_utime + usage.ru_stime, child)

    def _report(self, pid: int, status: int, maxrss: int, cpu: float, child: Child) -> None:
        oom = child.group is not None and child.group.oom_kills() > child.oom_kills
        if child.scratch:
            shutil.rmtree(child.scratch, ignore_errors=True)
        told = {"exit": pid, "status": status, "maxrss": maxrss, "cpu": cpu, "oom": oom}
        self._control.send(told)

    def _end(self) -> None:
        for pid in self._children:
            _kill(pid, self._policy)
        while self._children:
            self._reap()
            time.sleep(0.002)


def _kill(pid: int, policy: Policy) -> None:
    """Kill a worker; with a pid namespace the kernel kills all that it started as well."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    if policy.isolation == "process":  # its session: what it started and did not hide
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
