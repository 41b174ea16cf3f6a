"""Sixty spinning processes of one worker beside a neighbour that has one."""

import select
import sys
from collections.abc import Iterator

import pytest
from boxes import LIGHT, MIB, box, policy, program  # type: ignore[import-not-found]

from grader.controller.limit import Limit, Starved, Watch
from grader.controller.zygote import Zygote
from grader.grading.doctor import diagnose
from grader.worker import cgroup, wire
from grader.worker.confine import Limits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")

SPINNERS = 60
LIMITS = Limits(memory_bytes=400 * MIB, cpu_seconds=200, processes=80)
FORKED = f"""
import os
result = 0
for _ in range({SPINNERS}):
    if os.fork() == 0:
        while True: pass
    result += 1
"""
# Threads that hash let go of Python's lock: they spin side by side in one process. Where addresses
# bound the memory there is room for fewer.
THREADS = f"""
import hashlib, threading; threading.stack_size(1 << 18)
def spin():
    while True: hashlib.sha256(block)
block, result = bytes(1 << 20), 0
try:
    for _ in range({SPINNERS}):
        threading.Thread(target=spin, daemon=True).start()
        result += 1
except RuntimeError: pass
"""
SPIN = 0.2
SPIN_ONCE = f"""
import time
end = time.process_time() + {SPIN}
while time.process_time() < end: pass
result = time.process_time()
"""


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    if not all(probe.works for probe in diagnose() if probe.needed):
        pytest.skip("this machine cannot confine fully")
    with Zygote(policy("full", LIMITS), program=program("self", LIGHT)) as made:
        yield made


def test_a_worker_takes_no_more_for_having_sixty_processes(zygote: Zygote) -> None:
    parents = cgroup.locate()
    if parents is None or parents.share is None:
        pytest.skip("no cpu controller")
    with box(zygote) as honest, box(zygote) as hostile:
        assert hostile.run(FORKED).result == SPINNERS
        before = honest.worker.meter.cpu(), hostile.worker.meter.cpu()
        assert honest.run(SPIN_ONCE).error is None
        mine = honest.worker.meter.settled() - before[0]
        theirs = hostile.worker.meter.cpu() - before[1]
    # Fair is as much for both, where others are busy as well; without weights it is a sixtieth.
    assert mine > theirs / 6, (mine, theirs)


@pytest.fixture(scope="module")
def ungrouped() -> Iterator[Zygote]:
    if not all(probe.works for probe in diagnose() if probe.needed):
        pytest.skip("this machine cannot confine fully")
    without = LIGHT.replace(
        "sys.exit", "zygote.cgroup.find_parents = lambda keeper: None\nsys.exit"
    )
    with Zygote(policy("full", LIMITS), program=program("self", without)) as made:
        yield made


def test_without_a_cgroup_a_starved_neighbour_is_not_overdue(ungrouped: Zygote) -> None:
    """It spends half of its CPU time, however long that takes beside threads that spin."""
    with box(ungrouped) as honest, box(ungrouped) as hostile:
        assert 3 <= hostile.run(THREADS).result <= SPINNERS
        watch = Watch(honest.worker.meter, Limit(4 * SPIN))
        wire.send_frame(honest.worker.sock, {"code": SPIN_ONCE})
        starved = False
        while not select.select([honest.worker.sock], [], [], 0.05)[0] and not starved:
            try:
                watch.quiet(0.05)
                watch.pause()  # raises Overdue if it counts what others have taken
            except Starved:
                starved = True  # too busy a machine: told as ours, and tried again alone
        if not starved:
            assert wire.receive_frame(honest.worker.sock)[0]["error"] is None
