"""A control group per worker: memory and CPU time of all its processes together, and their number.

Where the kernel's `cpu` controller can be had, all workers' groups have one weight in it: a worker
with sixty processes that spin gets no more of the machine than its neighbour with one.

Below the group that the zygote runs in, so that limits set from outside go on holding. Version 1
(one tree per controller) and version 2 (one tree) are both written as files.
"""

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_NEEDED = ("memory", "pids", "cpuacct")
_TRIAL = 999  # a slot that no worker has
# The kernel's defaults, which a process outside of all groups has as well.
_WEIGHTS = {1: ("cpu.shares", "1024"), 2: ("cpu.weight", "100")}
_NAME = re.compile(r"chainrule-(\d+)-\d+")


@dataclass(frozen=True)
class Parents:
    """The directories below which groups can be made; one and the same in version 2.

    `share`: where a weight can be given, None without the controller for it.
    """

    version: int
    memory: Path
    pids: Path
    cpu: Path
    share: Path | None = None


@dataclass(frozen=True)
class Group:
    """One worker's group. `memory`, `pids`, `cpu` and `share` are one directory in version 2."""

    version: int
    memory: Path
    pids: Path
    cpu: Path
    share: Path | None = None

    @property
    def directories(self) -> set[Path]:
        """All of them."""
        return {self.memory, self.pids, self.cpu, *([self.share] if self.share else [])}

    @property
    def cpu_file(self) -> Path:
        """Where the kernel tells the CPU time that the group's processes have used."""
        return self.cpu / ("cpuacct.usage" if self.version == 1 else "cpu.stat")

    def limit(self, memory_bytes: int, processes: int) -> None:
        """Set both limits, and the weight that all workers have. Raises `OSError`."""
        if self.version == 1:
            _write_memory_limit(self.memory, memory_bytes)
        else:
            _write(self.memory / "memory.max", str(memory_bytes))
            with contextlib.suppress(OSError):  # absent where the machine has no swap
                _write(self.memory / "memory.swap.max", "0")
            with contextlib.suppress(OSError):  # absent before Linux 4.19
                _write(self.memory / "memory.oom.group", "1")
        _write(self.pids / "pids.max", str(processes))
        if self.share:
            name, weight = _WEIGHTS[self.version]
            _write(self.share / name, weight)

    def join(self) -> None:
        """Move the calling process, which has one thread, into the group. Raises `OSError`."""
        # Version 1 moves a lone thread without waiting for the whole machine: 0.1 ms, not 10.
        file = "tasks" if self.version == 1 else "cgroup.procs"
        for directory in self.directories:
            _write(directory / file, "0")

    def oom_kills(self) -> int:
        """How many processes of the group the kernel has killed for memory so far."""
        file = "memory.oom_control" if self.version == 1 else "memory.events"
        for line in (self.memory / file).read_text().splitlines():
            key, _, value = line.partition(" ")
            if key == "oom_kill":
                return int(value)
        return 0

    def remove(self) -> None:
        """Remove the group if no process is left in it."""
        for directory in self.directories:
            with contextlib.suppress(OSError):
                directory.rmdir()


def locate() -> Parents | None:
    """Where groups would be made, not yet tried; None without all the controllers."""
    try:
        mounts, own = _mounts(), _own_groups()
    except OSError:
        return None
    return _version_1(mounts, own) or _version_2(mounts, own)


def find_parents(keeper: int) -> Parents | None:
    """Where groups can be made, limited, joined and removed: tried, in the name of `keeper`.

    Forks once. None where that is not ours to do.
    """
    found = locate()
    if found and found.share and not _can_use(found, keeper):
        found = replace(found, share=None)
    return found if found and _can_use(found, keeper) else None


def make_group(parents: Parents, keeper: int, slot: int) -> Group:
    """Make the group of place `slot` beside the zygote kept by process `keeper`.

    Raises `OSError`. An empty one left behind under this name is used again.
    """
    name = f"chainrule-{keeper}-{slot}"
    above = (parents.memory, parents.pids, parents.cpu)
    share = parents.share / name if parents.share else None
    memory, pids, cpu = (directory / name for directory in above)
    group = Group(parents.version, memory, pids, cpu, share)
    for directory in group.directories:
        directory.mkdir(exist_ok=True)
    return group


def sweep(parents: Parents, keeper: int | None = None) -> None:
    """Remove the groups of `keeper`, or of every keeper that is no longer alive."""
    shares = [parents.share] if parents.share else []
    for directory in {parents.memory, parents.pids, parents.cpu, *shares}:
        for path in directory.glob("chainrule-*"):
            match = _NAME.fullmatch(path.name)
            if match and (int(match[1]) == keeper if keeper else not _alive(int(match[1]))):
                with contextlib.suppress(OSError):
                    path.rmdir()


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _mounts() -> list[tuple[str, str, set[str]]]:
    """Mounted cgroup trees: kind, directory, options."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    fields = [line.split(" ") for line in lines]
    return [(f[2], f[1], set(f[3].split(","))) for f in fields if f[2] in ("cgroup", "cgroup2")]


def _own_groups() -> dict[str, str]:
    """The group of this process by controller; "" is version 2."""
    groups = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        groups.update(dict.fromkeys(controllers.split(","), path))
    return groups


def _version_1(mounts: list[tuple[str, str, set[str]]], own: dict[str, str]) -> Parents | None:
    found: dict[str, Path] = {}
    for kind, directory, options in mounts:
        for controller in (*_NEEDED, "cpu"):
            if kind == "cgroup" and controller in options and controller in own:
                found[controller] = Path(directory + own[controller])
    if not found.keys() >= set(_NEEDED):
        return None
    memory, pids, cpu = (found[controller] for controller in _NEEDED)
    return Parents(1, memory, pids, cpu, found.get("cpu"))


def _version_2(mounts: list[tuple[str, str, set[str]]], own: dict[str, str]) -> Parents | None:
    """Our own group if it may have children, else the one above it (a service's slice)."""
    for kind, directory, _ in mounts:
        if kind == "cgroup2" and "" in own:
            for path in _candidates(Path(directory), own[""]):
                if _passes(path, "memory", "pids"):
                    return Parents(2, path, path, path, path if _passes(path, "cpu") else None)
    return None


def _candidates(top: Path, own: str) -> Iterator[Path]:
    here = Path(str(top) + own)
    yield here
    if here != top:
        yield here.parent


def _passes(path: Path, *controllers: str) -> bool:
    """Whether groups below `path` have these controllers, asked for if need be."""
    control = path / "cgroup.subtree_control"
    try:
        if not set(controllers) <= set(control.read_text().split()):
            # refused while processes sit in this very group
            _write(control, " ".join(f"+{name}" for name in controllers))
    except OSError:
        return False
    return True


def _can_use(parents: Parents, keeper: int) -> bool:
    try:
        group = make_group(parents, keeper, _TRIAL)
        try:
            group.limit(1 << 30, 100)
            group.oom_kills()
            group.cpu_file.read_text()
            return _can_join(group)
        finally:
            group.remove()
    except OSError:
        return False


def _can_join(group: Group) -> bool:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            group.join()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1] == 0


def _write_memory_limit(directory: Path, memory_bytes: int) -> None:
    """Memory, and memory with swap where that is counted: the second may never be the lower."""
    both = directory / "memory.memsw.limit_in_bytes"
    if both.exists():
        _write(both, "-1")
    _write(directory / "memory.limit_in_bytes", str(memory_bytes))
    if both.exists():
        _write(both, str(memory_bytes))


def _write(path: Path, text: str) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
