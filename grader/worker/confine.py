"""The box around student code. Theory of operation.

**Processes.** The controller starts a *keeper* by exec; the keeper forks the *zygote*, which has
imported numpy and torch and holds nothing secret; the zygote forks one *worker* per submission.
A worker calls `confine` before it reads the first byte that came from a student. Under isolation
"full" the zygote is the first process of a pid namespace, and each worker of another one below:
when either dies, the kernel kills whatever it started, and nothing a worker does can undo that.

**Privileges.** Each layer takes something away, none gives anything:
session → descriptors → environment → cgroup → namespaces → root directory → rlimits →
no_new_privs → capabilities and user id → Landlock → seccomp. The order matters: namespaces need
the rights that the later layers drop, binds need root's path rights, and after seccomp almost
nothing can be asked for any more. Started by root, a worker gets a user id that nobody else has,
without a user namespace; started by anyone else, the zygote lives in a user namespace with one id,
and each worker in one of its own below that, in which RLIMIT_NPROC counts nobody else.
A layer that fails raises `ConfinementError`: student code never runs with less than the policy
says. That each layer holds is tried by `probe`, and by tests; what is said here of the kernel is
its documentation's word. Isolation "process" asks for less: no namespaces and no new root;
Landlock, seccomp, cgroups and capabilities as far as the machine has them; and children are
refused, where seccomp is.

**Memory.** Where a cgroup can be made, it counts all of a worker's processes, and children are
allowed. Elsewhere RLIMIT_AS bounds one process, so children are not allowed. CUDA maps far more
addresses than it uses, so under "full" it needs the cgroup.

**Files.** A worker writes into an empty folder, which is its HOME, TMPDIR and working folder. Under
"full" that is in a small file system of its own, the *scratch*, at a path that nothing else has;
another folder of the scratch is shown at /tmp, for code that names that, and libraries that lie
below /tmp are bound into it, read-only. Landlock's rules for writing are the scratch's, never one
for the machine's /tmp, below which a course may lie. Under "process" it is a fresh folder of the
machine, and /tmp itself stays shut.

**The owner's files** lie in reach of a worker under "process", which is of the owner's own user.
Landlock shuts reading outside the libraries, and writing, emptying, making, removing, linking and
renaming outside the worker's folder; seccomp shuts what Landlock has no right for: chmod, utime and
truncate in all their forms (also on what may be read: the libraries), O_TRUNC on what is opened
for reading, and altogether chown, xattr, mknod, mount, flock and leases. Landlock version 6 shuts
signals to others; before, seccomp refuses every signal. Without seccomp, Landlock's part is left;
without Landlock, a worker under "process" reads and writes whatever its user may.

**Pipes.** 0 is /dev/null; 1 and 2 are one pipe that the controller drains with a cap; 3 is the
worker's socket. Nothing else is open, and no other descriptor can be had: no `socket`, no exec.

**GPU.** On "cuda" a worker has the nodes of the cards, the driver's libraries and what the kernel
tells of the cards (`nvidia`), may ask a driver anything by ioctl, and has threads. CUDA begins in
the worker, before any of the student's code, with the one card that it is given: which one cannot
be changed any more. Kernels that were compiled are kept nowhere.
"""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from grader.worker import cgroup, landlock, namespaces, nvidia, privileges, rlimits, seccomp
from grader.worker.devices import Device, is_card
from grader.worker.linux import PR_SET_DUMPABLE, PR_SET_PDEATHSIG, Linux, is_linux

Isolation = Literal["full", "process"]

_SIGKILL = 9
_MIB = 1 << 20


class ConfinementError(Exception):
    """A layer could not be put up; the worker must not run student code."""

    def __init__(self, layer: str, reason: str) -> None:
        """Name the layer and why it failed."""
        super().__init__(f"{layer}: {reason}")
        self.layer = layer
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """What one worker may use. Bytes, seconds of CPU time, counts.

    `processes` counts threads too, and the worker itself; `disk_*` is its scratch.
    """

    memory_bytes: int = 2048 * _MIB
    cpu_seconds: int = 120
    processes: int = 64
    file_bytes: int = 64 * _MIB
    disk_bytes: int = 64 * _MIB
    disk_inodes: int = 4096
    open_files: int = 128


@dataclass(frozen=True)
class Policy:
    """What a worker may do.

    `readable`: absolute paths that it may read; `slot`: its place beside the same zygote,
    which names its cgroup and its user id, so that no two live workers share one.
    `libraries`: modules that the zygote imports beside its own, where they are installed.
    `rules`: what exercises forbid, which the zygote looks up for its workers; nothing is taken by
    being named here.
    """

    isolation: Isolation = "full"
    readable: tuple[str, ...] = ()
    limits: Limits = Limits()
    slot: int = 0
    device: Device = "cpu"
    libraries: tuple[str, ...] = ()
    rules: tuple[dict[str, Any], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """A dictionary that JSON can carry."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The reverse of `to_json`. Raises `TypeError` on unknown or missing names."""
        known = dict(data)
        limits = Limits(**known.pop("limits"))
        lists = {name: tuple(known[name]) for name in ("readable", "libraries", "rules")}
        return cls(**known | lists | {"limits": limits})


_OURS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
"""The package `grader`: where it is installed among the libraries, a course's answers lie in it."""


@dataclass(frozen=True)
class Tools:
    """What is made ready once, in the zygote, so that a fork costs little.

    `filters`: compiled seccomp programs, None without seccomp; `groups`: where cgroups can be
    made; `keeper`: the keeper's process id; `root`: the machine's own root started us;
    `parent`: the zygote's process id, 0 where its death needs no watching.
    """

    linux: Linux
    filters: tuple[bytes, ...] | None
    groups: cgroup.Parents | None
    keeper: int
    root: bool
    parent: int


def is_machine_root() -> bool:
    """Root of the machine itself, not of a container's user namespace."""
    if os.geteuid() != 0 or not is_linux():
        return False
    with open("/proc/self/uid_map", encoding="ascii") as file:
        return file.read().split() == ["0", "0", "4294967295"]


def prepare(policy: Policy, keeper: int) -> Tools:
    """Make ready what workers under `policy` will use. Called before any fork.

    Raises `ConfinementError` where isolation "full" lacks seccomp.
    """
    full = policy.isolation == "full"
    groups = cgroup.find_parents(keeper) if is_linux() else None
    shuts_signals = landlock.shuts_signals()  # also loads what a worker could no longer find
    rules = seccomp.Rules(
        children=full and groups is not None,
        signals=full or shuts_signals,
        unkillable=full,
        cuda=is_card(policy.device),
        own_files=full,
    )
    filters = None
    if is_linux():
        with _layer("seccomp", required=full):
            filters = seccomp.compile_filters(rules)
    parent = 0 if full else os.getpid()
    return Tools(Linux(), filters, groups, keeper, is_machine_root(), parent)


def confine(policy: Policy, keep: Iterable[int], tools: Tools, folder: str | None = None) -> None:
    """Confine the calling process, a fresh fork with one thread, for good.

    `keep`: the descriptors above 2 that stay open; `folder`: under isolation "process", an empty
    directory for its files (else it gets a scratch). Raises `ConfinementError`.
    """
    full = policy.isolation == "full"
    scratch = namespaces.free_scratch(policy.readable)
    writable = (folder,) if folder else (scratch.home, scratch.tmp)
    with _layer("session"):
        os.setsid()
    with _layer("descriptors"):
        _close_others(keep)
    with _layer("environment"):
        kept = _cuda_environment() if is_card(policy.device) else {}
        os.environ.clear()
        os.environ.update(HOME=writable[0], TMPDIR=writable[0], **kept)
        os.environ.update(JOBLIB_MULTIPROCESSING="0")  # it has no semaphores
        tempfile.tempdir = None  # the zygote's own choice, if it has made one
    group = _join_group(policy, tools)
    mapped = rlimits.address_space() if is_linux() else None  # read while /proc is still there
    with _layer("working directory"):
        _enter_directory(policy, tools, folder, scratch)
    with _layer("rlimits"):
        _limit(policy, None if group else mapped)
    if is_linux():
        _give_up(policy, tools, writable, required=full)


def _give_up(policy: Policy, tools: Tools, writable: tuple[str, ...], required: bool) -> None:
    with _layer("no_new_privs", required):
        privileges.forbid_new_privileges(tools.linux)
    with _layer("capabilities", required):
        _drop_privileges(policy, tools)
    with _layer("no core dumps", required):  # nor can neighbours of the same user read its memory
        tools.linux.prctl(PR_SET_DUMPABLE, 0)
    with _layer("death signal", required):
        _die_with_zygote(tools)
    with _layer("landlock", required):
        _restrict_files(policy, writable)
    if tools.filters is not None:
        with _layer("seccomp", required):
            for program in tools.filters:
                tools.linux.load_filter(program)


@contextmanager
def _layer(name: str, required: bool = True) -> Iterator[None]:
    """Turn what goes wrong inside into `ConfinementError`; swallow it if not `required`."""
    try:
        yield
    except ConfinementError:  # a layer within a layer
        raise
    except Exception as error:
        if required:
            raise ConfinementError(name, str(error) or type(error).__name__) from error


def _cuda_environment() -> dict[str, str]:
    """Which cards there are to see; and no folder of compiled kernels, which would be shared."""
    visible = {n: os.environ[n] for n in ("CUDA_VISIBLE_DEVICES",) if n in os.environ}
    return visible | {"CUDA_CACHE_DISABLE": "1", "CUDA_MODULE_LOADING": "LAZY"}


def _close_others(keep: Iterable[int]) -> None:
    low = 3
    for fd in sorted(keep):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


def _join_group(policy: Policy, tools: Tools) -> bool:
    """Enter the cgroup of our slot; whether there is one."""
    if tools.groups is None:
        if is_card(policy.device) and policy.isolation == "full":
            raise ConfinementError("cgroup", "CUDA's memory cannot be bounded without a cgroup")
        return False
    with _layer("cgroup"):
        limits = policy.limits
        group = cgroup.make_group(tools.groups, tools.keeper, policy.slot)
        group.limit(limits.memory_bytes, limits.processes)
        group.join()
    return True


def _enter_directory(
    policy: Policy, tools: Tools, folder: str | None, scratch: namespaces.Scratch
) -> None:
    if folder:
        os.chdir(folder)
        return
    proc = namespaces.open_proc()
    with _layer("namespaces"):
        namespaces.enter_namespaces(tools.linux)
    with _layer("root directory"):
        namespaces.change_root(tools.linux, _root(policy, tools, scratch))
    if not tools.root:  # last: the mounts above belong to the zygote's user namespace, not to ours
        with _layer("user namespace"):
            namespaces.enter_user_namespace(tools.linux, proc)
    os.close(proc)


def _root(policy: Policy, tools: Tools, scratch: namespaces.Scratch) -> namespaces.Root:
    return namespaces.Root(
        readable=policy.readable,
        devices=_devices(policy),
        scratch=scratch,
        scratch_bytes=policy.limits.disk_bytes,
        scratch_inodes=policy.limits.disk_inodes,
        owner=privileges.worker_uid(tools.keeper, policy.slot) if tools.root else os.getuid(),
        whole_proc=is_card(policy.device),
        hidden=(_OURS,),
    )


def _devices(policy: Policy) -> tuple[str, ...]:
    cards = nvidia.nodes() if is_card(policy.device) else ()
    return (*namespaces.DEVICES, *cards)


def _limit(policy: Policy, mapped: int | None) -> None:
    """Set the rlimits; `mapped`: bytes mapped so far, if addresses must bound the memory."""
    limits = policy.limits
    bound = mapped + limits.memory_bytes if mapped and not is_card(policy.device) else None
    own_count = policy.isolation == "full"  # elsewhere the user's other processes would count
    rlimits.apply_rlimits(
        cpu_seconds=limits.cpu_seconds,
        file_bytes=limits.file_bytes,
        open_files=limits.open_files,
        processes=limits.processes if own_count else None,
        address_space_bytes=bound,
    )


def _drop_privileges(policy: Policy, tools: Tools) -> None:
    if tools.root or policy.isolation == "full":
        privileges.drop_bounding_set(tools.linux)
    if tools.root and policy.isolation == "full":
        privileges.become(privileges.worker_uid(tools.keeper, policy.slot))
    tools.linux.drop_capabilities()


def _die_with_zygote(tools: Tools) -> None:
    """After the change of user id, which would cancel it. See `PidNamespaces` for "full"."""
    tools.linux.prctl(PR_SET_PDEATHSIG, _SIGKILL)
    if tools.parent and os.getppid() != tools.parent:
        os._exit(1)


def _restrict_files(policy: Policy, writable: tuple[str, ...]) -> None:
    exists: Callable[[str], bool] = os.path.exists
    devices = filter(exists, _devices(policy))
    own_proc: Iterable[str] = ["/proc"] if policy.isolation == "full" else []
    if is_card(policy.device) and not own_proc:
        own_proc = nvidia.proc()
    landlock.restrict(filter(exists, (*policy.readable, *own_proc)), writable, devices)


def group_of(policy: Policy, tools: Tools) -> cgroup.Group | None:
    """The cgroup that a worker under `policy` uses, made if need be. Raises `OSError`."""
    if tools.groups is None:
        return None
    return cgroup.make_group(tools.groups, tools.keeper, policy.slot)
