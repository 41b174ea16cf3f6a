"""Control groups of both versions, on folders that only look like the kernel's."""

import os
from pathlib import Path

import pytest

from grader.controller.meter import Meter
from grader.worker import cgroup
from grader.worker.cgroup import Group, Parents


def folder(path: Path, **files: str) -> Path:
    path.mkdir(parents=True)
    for name, text in files.items():
        (path / name.replace("__", ".")).write_text(text)
    return path


def test_version_2_limits_joins_and_counts(tmp_path: Path) -> None:
    events = "low 0\noom 3\noom_kill 2\n"
    files = dict.fromkeys(
        ("memory__max", "memory__swap__max", "memory__oom__group", "pids__max", "cgroup__procs"), ""
    )
    path = folder(tmp_path / "g", memory__events=events, **files)
    group = Group(2, path, path, path)
    group.limit(1 << 20, 7)
    group.join()
    assert (path / "memory.max").read_text() == str(1 << 20)
    assert (path / "memory.swap.max").read_text() == "0"
    assert (path / "pids.max").read_text() == "7"
    assert (path / "cgroup.procs").read_text() == "0"
    assert group.oom_kills() == 2


def test_version_1_limits_swap_with_memory(tmp_path: Path) -> None:
    limits = {"memory__limit_in_bytes": "", "memory__memsw__limit_in_bytes": "", "tasks": ""}
    events = "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"
    memory = folder(tmp_path / "memory", memory__oom_control=events, **limits)
    pids = folder(tmp_path / "pids", pids__max="", tasks="")
    cpu = folder(tmp_path / "cpuacct", tasks="", cpuacct__usage="12000000\n")
    group = Group(1, memory, pids, cpu)
    group.limit(1 << 20, 7)
    group.join()
    assert (memory / "memory.limit_in_bytes").read_text() == str(1 << 20)
    assert (memory / "memory.memsw.limit_in_bytes").read_text().endswith(str(1 << 20))
    assert [(path / "tasks").read_text() for path in (memory, pids, cpu)] == ["0"] * 3
    assert Meter(None, str(group.cpu_file)).cpu() == 0
    assert group.oom_kills() == 5


@pytest.mark.parametrize(
    ("version", "file", "weight"), [(1, "cpu__shares", "1024"), (2, "cpu__weight", "100")]
)
def test_every_worker_has_the_weight_of_one_process(
    tmp_path: Path, version: int, file: str, weight: str
) -> None:
    needed = ("memory__max", "memory__limit_in_bytes", "pids__max", "tasks", "cgroup__procs")
    path = folder(tmp_path / "g", **dict.fromkeys(needed, ""))
    share = folder(tmp_path / "s", tasks="", cgroup__procs="", **{file: "2"})
    group = Group(version, path, path, path, share)
    group.limit(1 << 20, 7)
    group.join()
    assert (share / file.replace("__", ".")).read_text() == weight
    assert (share / ("tasks" if version == 1 else "cgroup.procs")).read_text() == "0"


@pytest.mark.parametrize(
    ("own_control", "above_control", "chosen", "shared"),
    [
        ("cpu memory pids", "", "a/b", True),
        ("memory pids", "", "a/b", False),
        ("cpu", "memory pids", "a", False),
        ("", "cpu", None, False),
    ],
)
def test_version_2_needs_a_group_that_may_have_children(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    own_control: str,
    above_control: str,
    chosen: str | None,
    shared: bool,
) -> None:
    above = folder(tmp_path / "a", cgroup__subtree_control=above_control)
    folder(above / "b", cgroup__subtree_control=own_control)

    def refuse(path: Path, text: str) -> None:
        raise OSError("Device or resource busy")

    monkeypatch.setattr(cgroup, "_write", refuse)
    monkeypatch.setattr(cgroup, "_mounts", lambda: [("cgroup2", str(tmp_path), {"rw"})])
    monkeypatch.setattr(cgroup, "_own_groups", lambda: {"": "/a/b"})
    place = tmp_path / str(chosen)
    expected = Parents(2, place, place, place, place if shared else None) if chosen else None
    assert cgroup.locate() == expected


def test_version_1_needs_all_three_controllers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = [
        ("cgroup", "/m", {"rw", "memory"}),
        ("cgroup", "/p", {"rw", "pids"}),
        ("cgroup", "/c", {"rw", "cpu", "cpuacct"}),
    ]
    own = {"memory": "/x", "pids": "/y", "cpu": "/z", "cpuacct": "/z"}
    monkeypatch.setattr(cgroup, "_own_groups", lambda: own)
    monkeypatch.setattr(cgroup, "_mounts", lambda: mounts)
    assert cgroup.locate() == Parents(1, Path("/m/x"), Path("/p/y"), Path("/c/z"), Path("/c/z"))
    monkeypatch.setattr(cgroup, "_mounts", lambda: mounts[:2])
    assert cgroup.locate() is None


def test_what_cannot_be_joined_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parents = Parents(2, tmp_path, tmp_path, tmp_path)
    monkeypatch.setattr(cgroup, "locate", lambda: parents)
    assert cgroup.find_parents(os.getpid()) is None  # a plain folder has no memory.max
    assert list(tmp_path.iterdir()) == []


def test_a_machine_without_proc_has_no_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> list[tuple[str, str, set[str]]]:
        raise FileNotFoundError

    monkeypatch.setattr(cgroup, "_mounts", absent)
    assert cgroup.locate() is None


def test_only_dead_keepers_groups_are_swept(tmp_path: Path) -> None:
    dead = 2**22 + 1  # above the largest process id there can be
    names = [f"chainrule-{os.getpid()}-0", f"chainrule-{dead}-0", "chainrule-x", "other"]
    for name in names:
        (tmp_path / name).mkdir()
    parents = Parents(2, tmp_path, tmp_path, tmp_path)
    cgroup.sweep(parents)
    assert {path.name for path in tmp_path.iterdir()} == {names[0], names[2], names[3]}
    cgroup.sweep(parents, os.getpid())
    assert {path.name for path in tmp_path.iterdir()} == {names[2], names[3]}
