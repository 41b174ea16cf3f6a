"""What the zygote looks up for its workers changes nothing of what they lack."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import forbidden_sets as forbidden  # type: ignore[import-not-found]

from grader.course.syllabus import Limits
from grader.grading.machine import policy_of
from grader.vocabulary import Forbid
from grader.worker.confine import Policy

ROOT = Path(__file__).parents[1]


def left(rules: list[dict[str, Any]], *, foresee: bool) -> list[str]:
    asked = json.dumps({"foresee": foresee, "rules": rules})
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "tests" / "foreseen.py"), asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_same_is_taken_whether_it_was_foreseen_or_not() -> None:
    softmax, matmul = (
        Forbid("s", ("*softmax*",), ("torch.distributions", "torch.special")),
        Forbid("m", ("matmul", "mm"), ("np.dot", "dot", "einsum"), ("@",)),
    )
    rules = [asdict(softmax), asdict(matmul), asdict(forbidden.AUTOGRAD)]
    once = left(rules, foresee=False)
    assert any(line.startswith("torch.distributions") for line in once)
    assert any("einsum" in line for line in once)
    assert once == left(rules, foresee=True)


def test_rules_reach_the_zygote_once_each() -> None:
    rule = Forbid("s", ("*softmax*",), ("torch.special",))
    policy = policy_of(Limits(), "process", "cpu", (), [rule, None, rule])
    assert policy.rules == (asdict(rule),)
    again = Policy.from_json(json.loads(json.dumps(policy.to_json())))
    assert [dict(one, ops=tuple(one["ops"]), calls=tuple(one["calls"]), syntax=()) for one in
            again.rules] == [asdict(rule)]  # fmt: skip
