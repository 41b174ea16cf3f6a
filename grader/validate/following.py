"""Proofs of follow-through: one mistake costs its marks once, and nothing is earned by it.

- Every known mistake of an exercise, and its stub, under a right dependent that feels it: the
  dependent is right, given a right one.
- A body that only hands its arguments on to an exercise that it uses earns nothing, though that
  one has a stand-in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from grader.controller.causes import mistake_program
from grader.controller.execution import Execution
from grader.controller.follow_through import Retrial, judged
from grader.controller.program import Program
from grader.controller.session import Allowance, execute
from grader.controller.standards import Standards
from grader.controller.staying import Staying
from grader.controller.zygote import Zygote
from grader.course.lesson import Lesson
from grader.grading.pool import Slot, done_all
from grader.validate.trial import briefly

_STUB = "def {name}(*args, **kwargs):\n    raise NotImplementedError\n"


@dataclass(frozen=True)
class _Proof:
    """A program in which `given` are wrong, and what its exercise must come to."""

    subject: str
    exercise: str
    given: tuple[str, ...]
    program: Program
    forwards: bool


def prove_follow_through(
    lesson: Lesson, standards: Standards, places: Sequence[Slot], allowance: Allowance
) -> Iterator[str]:
    """One entry per proof: "" where it holds, else what it tried and how that failed.

    A dependent that does not feel the mistake proves nothing, and is left out.

    Raises:
        GraderError: the machine failed.
    """

    def work(proof: _Proof, zygote: Zygote) -> str | None:
        with closing(Staying()) as staying:
            retrial = _run(proof, standards, zygote, allowance, staying)
            if not proof.forwards and _feels_nothing(proof, retrial):
                return None
            reason = _fails(proof, retrial, allowance)
        return f"{proof.subject}: {reason}" if reason else ""

    proofs = [*_dependents(lesson), *_forwarders(lesson)]
    for _, reason in done_all(proofs, places, work, [standards.records]):
        if reason is not None:
            yield reason


def _dependents(lesson: Lesson) -> Iterator[_Proof]:
    for name in lesson.exercises:
        for used in lesson.needs(name):
            stub = Program(((1, lesson.answers_source), (2, _STUB.format(name=used))), trusted=True)
            yield _Proof(f"{name} over the stub of {used}", name, (used,), stub, False)
            for mistake in lesson.mistakes:
                if mistake.exercise == used:
                    program, subject = mistake_program(mistake), f"{name} over {mistake.name}"
                    yield _Proof(subject, name, (used,), program, False)


def _forwarders(lesson: Lesson) -> Iterator[_Proof]:
    for name in lesson.exercises:
        needs = lesson.needs(name)
        for used in needs:
            for number, body in enumerate(_forwarding(lesson, name, used), 1):
                cells = (lesson.answers_source, *(_STUB.format(name=n) for n in needs), body)
                program = Program(tuple(enumerate(cells, 1)), trusted=True)
                subject = f"{name} that only forwards to {used} (way {number})"
                yield _Proof(subject, name, needs, program, True)


def _forwarding(lesson: Lesson, name: str, used: str) -> Iterator[str]:
    """Ways to hand arguments on: all, as many as are taken, and those of the same names."""
    yield f"def {name}(*args, **kwargs):\n    return {used}(*args, **kwargs)\n"
    own, taken = _parameters(lesson, name), _parameters(lesson, used)
    yield f"def {name}(*args):\n    return {used}(*args[:{len(taken)}])\n"
    yield f"def {name}(*args):\n    return {used}(*args[-{len(taken)}:])\n"
    if own and set(taken) <= set(own):
        yield f"def {name}({', '.join(own)}):\n    return {used}({', '.join(taken)})\n"


def _parameters(lesson: Lesson, name: str) -> list[str]:
    for node in ast.parse(lesson.answers_source).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return [argument.arg for argument in node.args.args]
    return []


def _run(
    proof: _Proof, standards: Standards, zygote: Zygote, allowance: Allowance, staying: Staying
) -> Retrial:
    if proof.forwards:  # what it does without stand-ins says nothing
        nothing = Execution({}, (), {}, b"", 0)
        return Retrial(standards, zygote, proof.program, nothing, staying)
    exercise = standards.prepared[proof.exercise]
    # What hangs, or takes far longer than the answer, feels the mistake.
    brief = briefly(allowance, standards, [proof.exercise])
    asked = standards.asked
    execution = execute(zygote, proof.program, [exercise], brief, asked=asked, staying=staying)
    return Retrial(standards, zygote, proof.program, execution, staying)


def _feels_nothing(proof: _Proof, retrial: Retrial) -> bool:
    standard = retrial.standards.of(proof.exercise, retrial.zygote, explained=False)
    return judged(standard, retrial.execution, proof.exercise).verdict == "passed"


def _fails(proof: _Proof, retrial: Retrial, allowance: Allowance) -> str:
    again, _ = retrial.tried([proof.exercise], proof.given, allowance, explained=False)
    if proof.forwards:
        earned = sum(result.score for result in again)
        return f"it earns {earned:g} points" if earned else ""
    if not again:
        return "its stand-in could not be asked"
    (result,) = again
    full = result.verdict == "passed" and result.score == result.max_score
    return "" if full else f"{result.verdict}: {result.message}"
