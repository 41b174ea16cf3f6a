"""A zygote and a hostile worker for the tests of isolation "full", as two kinds of user."""

import os
from collections.abc import Iterator

import pytest
from boxes import Box, attacker, policy, program  # type: ignore[import-not-found]

from grader.controller.zygote import Zygote
from grader.grading.doctor import diagnose

SECRET = "planted-secret"


@pytest.fixture(scope="module", params=["self", "nobody"])
def zygote(request: pytest.FixtureRequest) -> Iterator[Zygote]:
    """A zygote started by us, and one started by an ordinary user."""
    if request.param == "nobody" and os.geteuid() != 0:
        pytest.skip("only root can start a zygote as another user")
    missing = [probe.layer for probe in diagnose() if probe.needed and not probe.works]
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    os.environ["CHAINRULE_PLANTED"] = SECRET
    with Zygote(policy(), program=program(request.param)) as made:
        yield made
    del os.environ["CHAINRULE_PLANTED"]


@pytest.fixture
def hostile(zygote: Zygote) -> Iterator[Box]:
    with attacker(zygote) as worker:
        yield worker
