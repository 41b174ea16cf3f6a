"""The zygote's branch: its workers lack what is forbidden, and it ends with the zygote."""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, replace

import psutil
import pytest
from boxes import RUN, SMALL, box, policy, program  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.errors import GraderError
from grader.grading.doctor import diagnose
from grader.vocabulary import Forbid
from grader.worker.confine import Isolation, Policy

MIB = 1 << 20
SHUT = (
    asdict(Forbid(ops=("relu",), calls=("Tensor.backward",), label="an answer")),
    asdict(Forbid(ops=("softmax",), label="another")),
)
RELU = "import torch; result = torch.relu(torch.tensor([-1.0, 2.0])).tolist()"
SOFTMAX = "import torch; result = torch.softmax(torch.zeros(2), 0).tolist()"
EXP = "import torch; result = torch.exp(torch.zeros(2)).tolist()"
FULL = all(probe.works for probe in diagnose() if probe.needed)


def asked(isolation: Isolation = "full") -> Policy:
    return replace(policy(isolation, replace(SMALL, memory_bytes=1000 * MIB)), rules=SHUT)


@pytest.fixture(scope="module", params=["full", "process", "nobody"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    if request.param != "process" and not FULL:
        pytest.skip("this machine cannot confine fully")
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can become another user")
    user = "nobody" if request.param == "nobody" else "self"
    isolation: Isolation = "process" if request.param == "process" else "full"
    with Zygote(asked(isolation), program=program(user, RUN)) as made:
        yield made


def test_only_workers_of_the_branch_lack_what_is_forbidden(zygote: Zygote) -> None:
    branch = zygote.lacking(SHUT)
    with box(branch) as shut, box(zygote) as free, box(branch) as another:
        assert len({one.worker.slot for one in (shut, free, another)}) == 3
        for worker in (shut, another):
            assert worker.run(RELU).error == worker.run(SOFTMAX).error == "Absent"
            assert worker.run(EXP).result == [1.0, 1.0]
        assert free.run(RELU).result == [0.0, 2.0]
        assert free.run(SOFTMAX).result == [0.5, 0.5]


def test_there_is_one_branch_for_all_users_and_none_for_other_rules(zygote: Zygote) -> None:
    assert zygote.lacking(SHUT) is zygote.lacking(reversed(SHUT)) is not zygote
    for other in ((), SHUT[:1], [*SHUT, asdict(Forbid(ops=("exp",), label="more"))]):
        assert zygote.lacking(other) is zygote
    user = zygote.another()
    try:
        with box(zygote.lacking(SHUT)) as one, box(user.lacking(SHUT)) as two:
            assert one.run("import os; result = 1").result == two.run("result = 1").result == 1
            slots = {one.worker.slot, two.worker.slot}
            assert len(slots) == 2 and {slot % 2 for slot in slots} == {1}
    finally:
        user.close()


def test_the_account_holds_what_came_of_its_workers(zygote: Zygote) -> None:
    before = zygote.counts()
    with box(zygote.lacking(SHUT)) as worker:
        worker.run("sum(range(10**6))")
    deadline = time.monotonic() + 60
    while (now := zygote.counts())["ended"] == before["ended"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert now["forks"] > before["forks"] and now["workers_cpu"] > before["workers_cpu"]
    # Whatever lives holds no submission: the bench waits for that.
    while now["forks"] - now["ended"] > zygote.idle and time.monotonic() < deadline:
        now = zygote.counts()
    assert now["forks"] - now["ended"] == zygote.idle


@pytest.mark.parametrize("isolation", ["full", "process"])
def test_nothing_is_left_of_it_when_the_zygote_ends(isolation: Isolation) -> None:
    if isolation == "full" and not FULL:
        pytest.skip("this machine cannot confine fully")
    others = set(psutil.Process().children(recursive=True))
    with Zygote(asked(isolation), program=RUN) as zygote, box(zygote.lacking(SHUT)) as worker:
        assert worker.run(EXP).error is None
        ours = list(set(psutil.Process().children(recursive=True)) - others)
        assert len(ours) >= 4  # keeper, zygote, branch, worker
    _, alive = psutil.wait_procs(ours, timeout=60)
    assert alive == []


def test_a_dead_branch_is_our_fault_and_said_so() -> None:
    with Zygote(asked("process"), program=RUN) as zygote:
        branch = zygote.lacking(SHUT)
        with pytest.raises(GraderError, match="the zygote is dead"), box(branch) as worker:
            psutil.Process(psutil.Process(worker.worker.pid).ppid()).kill()
        with box(zygote) as worker:  # which has a process of its own
            assert worker.run(RELU).result == [0.0, 2.0]
