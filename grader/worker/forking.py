"""What the zygote does once it is ready: it forks workers for several users, and sees them end.

The first user is the controller that started the zygote: when it hangs up, everything ends. It
brings the others, each with a control socket of its own; one that hangs up loses its own workers.
A worker's exit is told to the user who asked for it.

A *branch* is a fork of the zygote that forks workers itself, and from which all that the policy's
rules forbid was taken first: once for all of its workers, of which each would need as long for it
as for everything that confines it. Users join it with one more socket; it ends with the zygote.
"""

import contextlib
import gc
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from grader.worker import cgroup, pages
from grader.worker.confine import Policy, Tools, group_of
from grader.worker.control import Control
from grader.worker.linux import PR_SET_PDEATHSIG, is_linux
from grader.worker.namespaces import PidNamespaces
from grader.worker.privileges import PLACES
from grader.worker.worker import Serve, run_worker

_COLLAPSES = frozenset({2, 500})
"""After so many forks the heap is gathered into huge pages: a lone fork is not worth it, and what
forks have split meanwhile is gathered again."""


_BRANCH_CONTROL = 3


@dataclass(frozen=True)
class Child:
    """A live worker, as the zygote remembers it."""

    user: Control
    slot: int
    group: cgroup.Group | None
    oom_kills: int
    scratch: str | None


class Forking:
    """Answers requests, and reports exits, until the controller is gone."""

    def __init__(
        self,
        control: Control,
        policy: Policy,
        tools: Tools,
        serve: Serve,
        branch: Callable[[], Serve] | None = None,
    ) -> None:
        """Be ready to fork workers under `policy`, each of which runs `serve`.

        `branch`: takes away what the rules forbid and returns what a branch's workers run; None in
        a branch itself.
        """
        self._control = control
        self._make_branch = branch
        self._branch: Control | None = None
        self._branch_pid = 0
        self._slots = range(branch is None, PLACES, 2)  # no two of them share one
        self._policy = policy
        self._tools = tools
        self._serve = serve
        self._children: dict[int, Child] = {}
        self._users = {control}
        self._forks, self._collapsed = 0, pages.Collapsed()
        self._start_cpu = time.process_time()
        self._ended, self._workers_cpu, self._workers_faults = 0, 0.0, 0
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
            self._selector = selector
            selector.register(self._control.sock, selectors.EVENT_READ, self._control)
            selector.register(wake, selectors.EVENT_READ)
            while self._control in self._users:
                for key, _ in selector.select():
                    if key.data is None:
                        wake.recv(4096)
                        self._reap()
                    elif key.data in self._users:
                        self._listen(key.data)
        self._users.clear()
        self._end(list(self._children))
        self._end_branch()

    def _listen(self, user: Control) -> None:
        """Answer what has come from a user; nothing tells of a line that was read already."""
        going = self._answer(user)
        while going and user.waiting:
            going = self._answer(user)
        if not going:
            self._leave(user)

    def _answer(self, user: Control) -> bool:
        request, fds = user.receive()
        if request is None:
            return False
        match next(iter(request)):
            case "join":
                self._join(*fds)
            case "branch":
                self._join_branch(*fds)
            case "fork":
                try:
                    user.send(self._fork(user, fds))
                finally:
                    for fd in fds:
                        os.close(fd)
                self._gather()
            case "kill":
                if request["kill"] in self._children:
                    self._kill(request["kill"])
            case "count":
                user.send(self._counts())
        return True

    def _counts(self) -> dict[str, Any]:
        """What came of our workers and of the branch's."""
        added = {
            "forks": self._forks,
            "ended": self._ended,
            "own_cpu": time.process_time() - self._start_cpu,
            "workers_cpu": self._workers_cpu,
            "workers_faults": self._workers_faults,
        }
        if self._branch is not None:
            self._branch.send({"count": True})
            its, _ = self._branch.receive()
            added = {name: own + (its or {}).get(name, 0) for name, own in added.items()}
        return added | {
            "huge": self._collapsed.huge,
            "refused": self._collapsed.refused,
            "modules": len(sys.modules),
            "start_cpu": self._start_cpu,
        }

    def _join(self, fd: int) -> None:
        user = Control(socket.socket(fileno=fd))
        self._users.add(user)
        self._selector.register(user.sock, selectors.EVENT_READ, user)

    def _join_branch(self, fd: int) -> None:
        """Hand a user on to the branch, which is made for the first one."""
        if self._branch is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._branch_pid = os.fork()
                if self._branch_pid == 0:
                    self._live_as_branch(theirs)
            self._branch = Control(ours)
        self._branch.send({"join": True}, [fd])
        os.close(fd)

    def _end_branch(self) -> None:
        """Wait for the branch to end, so that its CPU time and its workers' are in our account."""
        if self._branch is not None:
            self._branch.close()
            with contextlib.suppress(ChildProcessError):  # it has ended before
                os.waitpid(self._branch_pid, 0)

    def _live_as_branch(self, sock: socket.socket) -> NoReturn:
        """Forget all users, take away what is forbidden, and fork workers until the end."""
        code = 1
        try:
            os.dup2(sock.fileno(), _BRANCH_CONTROL)
            os.closerange(_BRANCH_CONTROL + 1, os.sysconf("SC_OPEN_MAX"))
            if is_linux():
                self._tools.linux.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            parent = os.getpid() if self._tools.parent else 0
            assert self._make_branch is not None
            serve = self._make_branch()
            gc.collect()
            gc.freeze()
            control = Control(socket.socket(fileno=_BRANCH_CONTROL))
            Forking(control, self._policy, replace(self._tools, parent=parent), serve).run()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def _leave(self, user: Control) -> None:
        self._users.discard(user)
        self._selector.unregister(user.sock)
        user.close()
        for pid in [pid for pid, child in self._children.items() if child.user is user]:
            self._kill(pid)

    def _fork(self, user: Control, fds: list[int]) -> dict[str, Any]:
        taken = {child.slot for child in self._children.values()}
        slot = next((slot for slot in self._slots if slot not in taken), None)
        if slot is None:
            most = len(self._slots)
            return {"failed": "slot", "reason": f"a zygote has at most {most} workers at a time"}
        policy = replace(self._policy, slot=slot)
        try:
            child = self._make_child(user, policy)
            pid = self._fork_inside(policy, child, fds)
        except OSError as error:
            return {"failed": "fork", "reason": str(error)}
        self._children[pid] = child
        self._forks += 1
        cpu = str(child.group.cpu_file) if child.group else None
        return {"pid": pid, "slot": slot, "cpu": cpu}

    def _make_child(self, user: Control, policy: Policy) -> Child:
        group = group_of(policy, self._tools)
        scratch = tempfile.mkdtemp() if policy.isolation == "process" else None
        return Child(user, policy.slot, group, group.oom_kills() if group else 0, scratch)

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

    def _gather(self) -> None:
        """While workers work and nobody waits for a fork, make the next ones cheaper."""
        if self._forks in _COLLAPSES:
            self._collapsed = pages.collapse(self._tools.linux)

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
                self._ended += 1
                self._workers_cpu += usage.ru_utime + usage.ru_stime
                self._workers_faults += usage.ru_minflt
                self._report(pid, status, usage.ru_maxrss, usage.ru_utime + usage.ru_stime, child)

    def _report(self, pid: int, status: int, maxrss: int, cpu: float, child: Child) -> None:
        oom = child.group is not None and child.group.oom_kills() > child.oom_kills
        if child.scratch:
            shutil.rmtree(child.scratch, ignore_errors=True)
        if child.user in self._users:
            told = {"exit": pid, "status": status, "maxrss": maxrss, "cpu": cpu, "oom": oom}
            child.user.send(told)

    def _end(self, pids: list[int]) -> None:
        for pid in pids:
            self._kill(pid)
        while self._children:
            self._reap()
            time.sleep(0.002)

    def _kill(self, pid: int) -> None:
        """Kill a worker; with a pid namespace the kernel kills all that it started as well."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        if self._policy.isolation == "process":  # its session: what it started and did not hide
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
