"""The hidden cases of a run: drawn once, packed once, sent to every submission.

What is packed holds inputs only; the expected values stay in the `Case`s, in the controller.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np

from grader.comparing.outcomes import Call, Caps
from grader.controller.caps import caps_of, stand_in_caps
from grader.controller.spare import Spares, runnable
from grader.course.lesson import Lesson
from grader.errors import CourseError
from grader.vocabulary import DEVICE, Case, Exercise, Number, Seeded, as_bfloat16
from grader.worker.devices import is_away
from grader.worker.driver import packed
from grader.worker.wire import HALVES, NUMPY_DTYPES, pack


class Laps:
    """Further draws of an exercise's races: made when first asked for, the same for everybody."""

    def __init__(self, exercise: Exercise, seed: str, device: str, place: str) -> None:
        """Draw from the run's secret seed; `place` is the check's file, for complaints."""
        self._exercise, self._seed, self._device, self._place = exercise, seed, device, place
        self._drawn: dict[tuple[int, int], Case | None] = {}
        self._lock = threading.Lock()

    def case(self, race: int, lap: int) -> Case:
        """The case of a race (the exercise's cases with `faster`, counted) in one of its laps.

        Raises:
            CourseError: drawn again, the check has no such case.
        """
        with self._lock:
            if (race, lap) not in self._drawn:
                self._drawn[race, lap] = self._draw(race, lap)
            drawn = self._drawn[race, lap]
        if drawn is None:
            raise CourseError(
                f"{self._place}: {self._exercise.name} must yield as many cases with faster= from "
                "every seed: each lap of a race is drawn anew"
            )
        return drawn

    def _draw(self, race: int, lap: int) -> Case | None:
        """Draw as far as the race's case: what a check yields after it may take long to make."""
        rng = np.random.default_rng(_number(f"{self._seed}/lap {lap}"))
        shown = runnable(self._exercise.draw(rng), self._device)
        races = (case for case in shown if case.faster is not None)
        return next(itertools.islice(races, race, None), None)


@dataclass(frozen=True)
class PreparedExercise:
    """An exercise's calls and the frames that ask for them.

    `deferred` holds the cases that need a device which this run has not.
    """

    exercise: Exercise
    points: float
    framework: str
    device: str
    calls: tuple[Call, ...]
    deferred: tuple[Case, ...]
    frame: bytes
    laps: Laps
    spares: Spares
    parameters: tuple[str, ...] = ()
    """What a student calls the arguments of a call, by position; "" for one without a name."""
    key: bytes = b""
    """A secret of this course and exercise, for what is told apart without being told."""
    stand_ins: tuple[PreparedExercise, ...] = ()
    """Exercises in whose places the worker has stand-ins."""
    _made: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was made of it before: frames that every submission gets alike."""

    @property
    def name(self) -> str:
        """The exercise's name."""
        return self.exercise.name

    @property
    def given_names(self) -> tuple[str, ...]:
        """The names of those that have stand-ins."""
        return tuple(one.name for one in self.stand_ins)

    def given(self, asked: Sequence[PreparedExercise]) -> PreparedExercise:
        """The same calls, with stand-ins in the places of other exercises of its run."""
        key = tuple(one.name for one in asked)
        if key not in self._made:
            frame = _frame(self.exercise, self.framework, self.device, self.calls, asked)
            self._made[key] = replace(self, frame=frame, stand_ins=tuple(asked))
        made: PreparedExercise = self._made[key]
        return made

    def spare(self, number: int) -> PreparedExercise | None:
        """One call alone, on its spare case; None for a simulated call, or if there is none.

        Raises:
            CourseError: the check failed while its spare cases were drawn.
        """
        if number not in self._made:
            self._made[number] = self._spare(number)
        made: PreparedExercise | None = self._made[number]
        return made

    def _spare(self, number: int) -> PreparedExercise | None:
        call = self.calls[number]
        case = None if call.fake else self.spares.of(call.case, number)
        if case is None:
            return None
        again = _call(case, self.framework, call.seconds, fake=False)
        again = replace(again, spare=True)
        frame = _frame(self.exercise, self.framework, self.device, [again], self.stand_ins)
        return replace(self, calls=(again,), frame=frame)

    @cached_property
    def stand_in_caps(self) -> Caps:
        """The caps of what a stand-in for the exercise returns, and of what it is asked."""
        return stand_in_caps(self.calls)

    def unbound(self) -> PreparedExercise:
        """The same, for a program of ours that may do what the exercise forbids."""
        return replace(self, exercise=replace(self.exercise, forbid=None))

    def question(self, args: list[Any], kwargs: list[Any]) -> dict[str, Any]:
        """The request for one call whose inputs are wire trees; their arrays are its body."""
        case: dict[str, Any] = {"id": 0, "seed": 0, "fake": False, "twin": -1, "mutates": True}
        caps = self.stand_in_caps
        case |= {"caps": [caps.value.sizes, caps.inputs.sizes]}
        case |= {"args": ["list", args], "kwargs": ["dict", kwargs]}
        own = {"exercise": self.name, "framework": self.framework, "device": self.device}
        plain: dict[str, Any] = {"rules": None, "driver": "", "given": []}
        return {"do": "run", **own, **plain, "cases": [case]}

    def lap(self, number: int, lap: int, *, watched: bool, calls: int = 1) -> PreparedExercise:
        """One call, or several of its like, each on inputs of its own, so that a remembered result
        is no use.

        `watched`: whether forbidden operations are looked for, as in every lap of a submission.

        Raises:
            CourseError: drawn again, the check has no such case.
        """
        call = self.calls[number]
        races = [c for c in self.calls[:number] if c.case.faster is not None and not c.fake]
        cases = [self.laps.case(len(races), n) for n in range(calls * lap, calls * (lap + 1))]
        made = tuple(_call(case, self.framework, call.seconds, fake=False) for case in cases)
        exercise = self.exercise if watched else replace(self.exercise, forbid=None)
        frame = _frame(exercise, self.framework, self.device, made)
        return replace(self, exercise=exercise, calls=made, frame=frame)

    def alone(self, number: int) -> PreparedExercise:
        """One call alone."""
        call = self.calls[number]
        frame = _frame(self.exercise, self.framework, self.device, [call], self.stand_ins)
        return replace(self, calls=(call,), frame=frame)

    def called(self, name: str) -> PreparedExercise:
        """The same calls of what a program of ours calls `name`."""
        frame = _frame(self.exercise, self.framework, self.device, self.calls, called=name)
        return replace(self, exercise=replace(self.exercise, name=name), frame=frame)

    def of_variants(
        self, names: Sequence[str], seconds: float, only: int | None = None
    ) -> list[PreparedExercise]:
        """The calls on real devices, all or the one of a number, of what a program of ours calls
        by each of these names: neither watched nor measured, at most `seconds` each.
        """
        chosen = self.calls if only is None else self.calls[only : only + 1]
        calls = tuple(
            replace(call, case=call.case.unmeasured(), seconds=min(call.seconds, seconds))
            for call in chosen
            if not call.fake
        )
        free = replace(self.exercise, forbid=None)
        return [
            replace(
                self,
                exercise=replace(free, name=name),
                calls=calls,
                frame=_frame(free, self.framework, self.device, calls, called=name),
            )
            for name in names
        ]


def rules_of(exercise: Exercise) -> dict[str, Any] | None:
    """What the worker's audit looks for, as plain data; None if nothing is forbidden."""
    forbid = exercise.forbid
    return {one.name: getattr(forbid, one.name) for one in fields(forbid)} if forbid else None


def prepare(lesson: Lesson, seed: str, device: str, seconds: float) -> dict[str, PreparedExercise]:
    """Draw every exercise's cases from the run's secret seed, and pack them.

    Args:
        lesson: the assignment.
        seed: the course's secret seed; the same seed gives the same cases.
        device: that of torch exercises; NumPy exercises always run on the CPU.
        seconds: the time limit of a call whose case states none.

    Raises:
        CourseError: a check that raises, yields no "values" case, or asks for impossible inputs.
    """
    return {
        name: _prepare_one(lesson, exercise, seed, device, seconds)
        for name, exercise in lesson.exercises.items()
    }


def _prepare_one(
    lesson: Lesson, exercise: Exercise, seed: str, device: str, seconds: float
) -> PreparedExercise:
    framework = lesson.plan.framework
    device = device if framework == "torch" else "cpu"
    own_seed = f"{seed}/{lesson.name}/{exercise.name}"
    rng = np.random.default_rng(_number(own_seed))
    try:
        cases = exercise.cases(rng)
        shown = list(runnable(cases, device))
        calls = [_call(case, framework, seconds, fake=False) for case in shown]
        if framework == "torch" and not is_away(device):
            on_devices = [c for c in shown if c.group == DEVICE and c.raises is None]
            calls += [_call(case, framework, seconds, fake=True) for case in on_devices]
    except Exception as error:
        raise CourseError(
            f"solutions/{lesson.name}/checks.py: the check {exercise.name} failed while its "
            f"cases were drawn: {type(error).__name__}: {error}"
        ) from error
    if not any(case.group == "values" for case in cases):
        raise CourseError(
            f"solutions/{lesson.name}/checks.py: {exercise.name} has no case in the group 'values'"
        )
    return PreparedExercise(
        exercise,
        lesson.points(exercise.name),
        framework,
        device,
        tuple(calls),
        tuple(case for case in cases if not any(case is one for one in shown)),
        _frame(exercise, framework, device, calls),
        Laps(exercise, own_seed, device, f"solutions/{lesson.name}/checks.py"),
        Spares(exercise, device, f"solutions/{lesson.name}/checks.py"),
        lesson.parameters(exercise.name),
        hashlib.sha256(f"{seed}/{lesson.name}/{exercise.name}/key".encode()).digest(),
    )


def _call(case: Case, framework: str, seconds: float, *, fake: bool) -> Call:
    packer = _Packer(framework, case.dtype)
    tree: dict[str, Any] = {
        "args": [packer.tree(arg) for arg in case.args],
        "kwargs": {name: packer.tree(value) for name, value in case.kwargs.items()},
    }
    caps = caps_of(case, ["list", [["list", tree["args"]], ["dict", list(tree["kwargs"].items())]]])
    return Call(case, fake, case.seconds or seconds, tuple(packer.blobs), tree, caps)


def _frame(
    exercise: Exercise,
    framework: str,
    device: str,
    calls: Sequence[Call],
    given: Sequence[PreparedExercise] = (),
    called: str = "",
) -> bytes:
    """`called`: the name to call, where a program of ours has another; the seeds stay.

    A call on simulated tensors names its `twin`, the same case's real one: where that raises, it
    has failed, and nothing is left to be simulated.
    """
    real = {id(call.case): number for number, call in enumerate(calls) if not call.fake}
    header = {
        "do": "run",
        "exercise": called or exercise.name,
        "framework": framework,
        "device": device,
        "rules": rules_of(exercise),
        "driver": packed(exercise.driver),
        "given": [[one.name, one.stand_in_caps.inputs.sizes] for one in given],
        "cases": [
            {
                "id": number,
                "seed": _number(f"{exercise.name}/{number}") % 2**31,
                "fake": call.fake,
                "twin": real.get(id(call.case), -1) if call.fake else -1,
                "mutates": call.case.mutates or call.fake,
                "caps": [call.caps.value.sizes, call.caps.inputs.sizes],
                "args": ["list", call.tree["args"]],
                "kwargs": ["dict", list(call.tree["kwargs"].items())],
            }
            for number, call in enumerate(calls)
        ],
    }
    return pack(header, [blob for call in calls for blob in call.inputs])


class _Packer:
    """Turns a case's inputs into wire trees and the bytes of their arrays."""

    def __init__(self, framework: str, dtype: str) -> None:
        self.framework, self.dtype = framework, dtype
        self.blobs: list[bytes] = []

    def tree(self, value: Any) -> Any:
        match value:
            case None | bool() | str():
                return value
            case np.ndarray() | np.generic():
                return self._array(np.asarray(value))
            case int() | float():
                return value
            case Seeded():
                return ["seeded", value.seed, value.device]
            case list() | tuple():
                kind = "list" if isinstance(value, list) else "tuple"
                return [kind, [self.tree(item) for item in value]]
            case dict():
                return ["dict", [[key, self.tree(item)] for key, item in value.items()]]
            case Number():
                raise TypeError("Number() stands for an expected value, not for an input")
        raise TypeError(f"an input of type {type(value).__name__} cannot be sent; use a driver")

    def _array(self, value: np.ndarray) -> Any:
        if self.framework == "torch" and value.dtype.kind == "f":
            if self.dtype == "bfloat16":
                bits = as_bfloat16(value).astype("<f4").view("<u4")
                self.blobs.append((bits >> 16).astype(HALVES).tobytes())
                return ["array", "tensor", self.dtype, list(value.shape), ""]
            value = value.astype(self.dtype)
        name = value.dtype.name
        if name not in NUMPY_DTYPES:
            raise TypeError(f"an input of dtype {name} cannot be sent")
        self.blobs.append(np.ascontiguousarray(value, dtype=NUMPY_DTYPES[name]).tobytes())
        kind = "tensor" if self.framework == "torch" else "array"
        return ["array", kind, name, list(value.shape), ""]


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")
