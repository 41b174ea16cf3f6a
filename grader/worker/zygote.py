"""The program that forks workers: it has imported numpy and torch, and holds nothing secret.

Started by exec with one descriptor, a stream socket to the controller. Messages are lines of
JSON; descriptors travel beside them. First {"prepare": policy} → {"ready": true}. Then
    {"fork": true} + [worker's socket, pipe for its output] → {"pid": n, "slot": n, "cpu": file
                                                               or null}
    {"kill": n}                                             → (its exit, below)
    {"join": true} + [another user's control socket]        → (nothing; see `grader.worker.forking`)
    {"branch": true} + [a control socket]                   → (nothing; its workers lack what the
                                                               policy's rules forbid)
    {"count": true}                                         → `Forking._counts`
and unasked, when a worker has ended,
    {"exit": n, "status": wait status, "maxrss": KiB, "cpu": seconds, "oom": bool}.
What cannot be done is answered {"failed": layer, "reason": text}. When the controller is gone,
everything ends. The program is two processes, keeper and zygote: see `grader.worker.confine`.
"""

import contextlib
import functools
import gc
import importlib
import os
import pkgutil
import signal
import socket
import sys
import sysconfig
import threading
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from grader.worker import cgroup
from grader.worker.confine import ConfinementError, Policy, is_machine_root, prepare
from grader.worker.control import Control
from grader.worker.devices import SIMULATION
from grader.worker.forking import Forking
from grader.worker.linux import CLONE_NEWPID, PR_SET_PDEATHSIG, Linux, is_linux
from grader.worker.namespaces import enter_user_namespace, open_proc
from grader.worker.worker import Serve

_ENDING_SECONDS = 2.0
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
        usual_thresholds = gc.get_threshold()
        # Little of what is imported goes again, and to look for it as often takes a fifth of the
        # time. But what goes late leaves holes, of which each costs every worker a page.
        gc.set_threshold(20_000, *usual_thresholds[1:])
        _import_everything()
        _import_libraries(policy)
        usual, taken = _made_ready(policy)
        _forget_path(root)
        tools = prepare(policy, keeper)
        _become_quiet()
        gc.set_threshold(*usual_thresholds)
        control.send({"ready": True})
        serve = serve or usual
        Forking(
            control, policy, tools, serve, lambda: functools.partial(serve, taken=taken())
        ).run()
        code = 0
    except ConfinementError as error:
        control.send({"failed": error.layer, "reason": error.reason})
    except Exception as error:
        traceback.print_exc()
        control.send({"failed": "zygote", "reason": str(error)})
    finally:
        os._exit(code)


def _import_everything() -> None:
    """Import what workers use, so that no fork has to."""
    import grader.worker

    # NumPy and Python load some of these when they are first asked for.
    lazy = ("numpy.random", "numpy.fft", "statistics", "secrets")
    for name in ("numpy", *lazy, "torch", "torch.nn.functional", "torch.optim"):
        importlib.import_module(name)
    torch = importlib.import_module("torch")
    torch.backends.nnpack.is_available()  # reads /proc/cpuinfo, which workers do not have
    for module in pkgutil.iter_modules(grader.worker.__path__, "grader.worker."):
        importlib.import_module(module.name)


def _import_libraries(policy: Policy) -> None:
    """What this class is known to import, and others are not: each costs a second and memory."""
    has_home = os.access(os.path.expanduser("~"), os.W_OK)
    for name in policy.libraries:
        if name.startswith("matplotlib") and not has_home:
            continue  # its fonts have no cache, and it is loud
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _made_ready(policy: Policy) -> tuple[Serve, Callable[[], Any]]:
    """Once all is imported, look through it for what workers need.

    Returns their main function, and what takes away what the policy's rules forbid.
    """
    worker = importlib.import_module("grader.worker.serve")
    if SIMULATION in policy.libraries:
        importlib.import_module("grader.worker.fake").warm_up()
    worker.warm_up(policy.rules)
    if policy.device == "standin":
        importlib.import_module("grader.worker.standin_device").install()
    return worker.serve, functools.partial(worker.taken_before, policy.rules)


def _forget_path(root: str | None) -> None:
    """Take the project's folder off the module path: student code finds nothing there.

    Where it is the libraries' own, it stays, and the project is hidden in it: see `_OURS` of
    `grader.worker.confine`.
    """
    libraries = {os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    gone = {""} if root and os.path.realpath(root) in libraries else {root, ""}
    sys.path[:] = [entry for entry in sys.path if entry not in gone]
    sys.argv[:] = [""]


def _become_quiet() -> None:
    """One thread, and a heap that children will not copy by collecting garbage."""
    for thread in threading.enumerate():  # of an import, which has told it to end
        if thread is not threading.current_thread():
            thread.join(_ENDING_SECONDS)
    if is_linux() and (threads := len(os.listdir("/proc/self/task"))) != 1:
        raise RuntimeError(f"the zygote has {threads} threads; a fork would hang its children")
    gc.collect()
    gc.freeze()
