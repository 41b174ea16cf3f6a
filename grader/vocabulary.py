"""The words that a course's `checks.py`, `mistakes.py` and `proofs.py` are written with.

A check is a generator function: it is named as the exercise, its docstring is the title that the
student reads, and every `case` it yields is one call of the student's function with inputs drawn
from `rng` and the value that the oracle (`reference/`) expects.

Values follow one rule on both sides of a call:

- a NumPy array (also a 0-d one, such as `np.float64`) stands for a `torch.Tensor` in a torch
  assignment and for an `ndarray` in a NumPy one; floats take the case's dtype, integers are int64;
- a Python `float`, `int`, `bool`, `str` or `None` stands for itself (a float may come back as a
  NumPy scalar);
- tuples and lists stand for "several values" and may come back as either; dicts keep their keys.
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar

import numpy as np

VALUES = "values"
SHAPES = "shapes"
STABILITY = "stability"
EDGES = "edge cases"
CONVENTIONS = "conventions"
DEVICE = "dtype and device"
SPEED = "speed"
MEMORY = "GPU memory"
SECOND_STEP, THIRD_STEP, FOURTH_STEP = "second step", "third step", "fourth step"
FIFTH_STEP = "fifth step"
GROUPS = (
    VALUES, SHAPES, STABILITY, EDGES, CONVENTIONS, DEVICE, SPEED, MEMORY,
    SECOND_STEP, THIRD_STEP, FOURTH_STEP, FIFTH_STEP,
)  # fmt: skip

Dtype = Literal["float32", "float64", "bfloat16"]
Judge = Callable[[Any], str]
T = TypeVar("T")
CaseGenerator = Callable[[np.random.Generator], Iterator["Case"]]


@dataclass(frozen=True)
class Tolerance:
    """An allowed error that a check sets itself: abs(got − want) ≤ atol + rtol·abs(want).

    Both numbers and the reason are asked for, because the measured tolerance is the rule.
    """

    rtol: float
    atol: float
    reason: str

    def __post_init__(self) -> None:
        """Refuse a tolerance that nobody could defend."""
        if self.rtol < 0 or self.atol < 0 or not self.reason.strip():
            raise ValueError("a tolerance needs rtol ≥ 0, atol ≥ 0 and the reason for them")


STABLE = Tolerance(1e-3, 1e-3, "the course calls a float32 value stable within 1e-3·max(1, |true|)")


@dataclass(frozen=True)
class Forbid:
    """What an exercise may not use while it runs.

    `ops` are names of torch operators, whose in-place and underscored spellings count as well
    ("*conv*": all that match), `calls` dotted names of Python or C callables (a module's name
    covers all in it, a bare name what libraries call so, or a package), `syntax` operators: "@".
    `label` is what the student reads: "automatic differentiation".
    """

    label: str
    ops: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    syntax: tuple[str, ...] = ()

    def names(self, asked: str) -> bool:
        """Whether what a worker says was asked for is one of these."""
        if asked in (*self.ops, *self.calls, *self.syntax):
            return True
        return any(fnmatchcase(asked, op) for op in self.ops if "*" in op)

    def __or__(self, other: Forbid) -> Forbid:
        """Forbid what either forbids."""
        return Forbid(
            f"{self.label}, {other.label}",
            self.ops + other.ops,
            self.calls + other.calls,
            self.syntax + other.syntax,
        )


AUTOGRAD = Forbid(
    "automatic differentiation",
    calls=(
        "torch.autograd",
        "torch.func",
        "torch._functorch.eager_transforms",
        "Tensor.backward",
        "requires_grad_",
    ),
)


@dataclass(frozen=True)
class Number:
    """An expected scalar that may be a Python float, a NumPy scalar or a 0-d tensor."""

    value: float


@dataclass(frozen=True)
class Shaped:
    """An expected array of which a case asks only shape, dtype and that it is finite.

    Where a convention decides one of several values (the running variance), the group of
    conventions asks its numbers, so that the slip costs its own points and no others.
    """

    value: np.ndarray


@dataclass(frozen=True)
class Seeded:
    """An argument that arrives as a random generator of the assignment's framework.

    `device` is "cpu", or "input" for the device the tensors of the case are on.
    """

    seed: int
    device: Literal["cpu", "input"] = "cpu"


@dataclass(frozen=True)
class Faster:
    """How much faster than a rival the student's function must be; made by `faster`."""

    rival: str
    rival_name: str
    ratio: float
    reason: str
    operations: float = 0.0


def faster(than: Callable[..., Any], ratio: float, reason: str, operations: float = 0.0) -> Faster:
    """Ask for speed: the time of `than` over the student's is at least `ratio`.

    Both run on the same inputs in the same run, in turn, each in a worker of its own, and on inputs
    that the check draws anew for each lap; CPU time counts, by the kernel's account. In every lap
    the student's function is watched for what the exercise forbids, so that none is told from
    another, and its time includes that: measure the ratio so. `than` is self-contained (imports
    inside), as a driver is, and is not watched.

    On a GPU the wall clock counts, until the results have arrived, and a time is not believed in
    which the card could not have done it: `operations` are the additions and multiplications of
    floats that no method can do without.
    """
    if ratio <= 0 or not reason.strip():
        raise ValueError("a speed ratio is positive and comes with the reason for it")
    source = textwrap.dedent(inspect.getsource(than))
    return Faster(source, than.__name__, ratio, reason, operations)


@dataclass(frozen=True)
class Leaner:
    """How little of a GPU's memory the student's function may hold; made by `leaner`."""

    rival: str
    rival_name: str
    ratio: float
    reason: str


def leaner(than: Callable[..., Any], ratio: float, reason: str) -> Leaner:
    """Ask for little memory: the student's peak is at most `ratio` times that of `than`.

    Only a GPU's memory is weighed, by the driver's own account of the process, so the case is
    `deferred` on a machine without one. Both are called on the same inputs, each in a worker of its
    own, after a first call on small ones; what they hold by then does not count. Peaks under some
    64 MiB are never too large: let `than` hold as much. `than` is as for `faster`.
    """
    if ratio < 1 or not reason.strip():
        raise ValueError("a ratio of memory is 1 or more and comes with the reason for it")
    return Leaner(textwrap.dedent(inspect.getsource(than)), than.__name__, ratio, reason)


@dataclass(frozen=True)
class Case:
    """One call of the student's function; made by `case`."""

    args: tuple[Any, ...]
    expect: Any
    kwargs: dict[str, Any] = field(default_factory=dict)
    group: str = VALUES
    dtype: Dtype = "float64"
    tolerance: Tolerance | None = None
    raises: type[Exception] | None = None
    mentions: str = ""
    judge: Judge | None = None
    seconds: float | None = None
    needs: Literal["any", "cuda"] = "any"
    mutates: bool = False
    faster: Faster | None = None
    leaner: Leaner | None = None

    def unmeasured(self) -> Case:
        """The same call, for its value alone."""
        return replace(self, faster=None, leaner=None)


class _Nothing:
    """The default of `expect`: told apart from an expected None."""


NOTHING = _Nothing()


def as_bfloat16(values: np.ndarray) -> np.ndarray:
    """The bfloat16 next to each number, as float64; of two that are as near, the even one."""
    whole = np.asarray(values, np.float32)
    bits = whole.view(np.uint32)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    near = rounded.astype(np.uint32).view(np.float32)
    return np.where(np.isnan(whole), np.nan, near.astype(np.float64))


def case(
    *args: Any,
    expect: Any = NOTHING,
    kwargs: dict[str, Any] | None = None,
    group: str = VALUES,
    dtype: Dtype = "float64",
    tolerance: Tolerance | None = None,
    raises: type[Exception] | None = None,
    mentions: str = "",
    judge: Judge | None = None,
    seconds: float | None = None,
    needs: Literal["any", "cuda"] = "any",
    mutates: bool = False,
    faster: Faster | None = None,
    leaner: Leaner | None = None,
) -> Case:
    """Describe one call `exercise(*args, **kwargs)` and what must come of it.

    Args:
        args: the inputs, by the module's rule of values; to a driver they follow the exercise.
        expect: what the oracle says, in float64. With `judge`, only its structure, shapes and
            dtypes are compared (its numbers are not looked at).
        kwargs: keyword arguments of the call.
        group: the group whose points the case decides.
        dtype: the dtype that floating inputs arrive in and floating results must have (torch). Of
            "bfloat16", draw numbers that it holds: see `as_bfloat16`.
        tolerance: overrides the measured tolerance.
        raises: the exception that the call must raise, instead of `expect`.
        mentions: text that the exception's message must hold.
        judge: a predicate on the returned value (arrays as float64 NumPy arrays): "" when it is
            right, else a short sentence that says what is wrong and shows no hidden value.
        seconds: a time limit of its own for a long call (training).
        needs: "cuda" for what only a real device can show; deferred on a machine without one.
        mutates: the exercise is asked to change its inputs, so they are not compared afterwards.
        faster: besides the right value, the speed that is asked for (group SPEED).
        leaner: besides the right value, how little of a GPU's memory may be held (group MEMORY);
            such a case needs "cuda".

    Raises:
        ValueError: the description contradicts itself.
    """
    if group not in GROUPS:
        raise ValueError(f"unknown group {group!r}: choose one of {', '.join(GROUPS)}")
    if (expect is NOTHING) == (raises is None):
        raise ValueError("a case needs exactly one of expect= and raises=")
    if judge is not None and raises is not None:
        raise ValueError("judge= looks at a value, so it cannot go with raises=")
    if leaner is not None and needs != "cuda":
        raise ValueError('leaner= weighs a GPU\'s memory, so it goes with needs="cuda"')
    return Case(
        args, expect, kwargs or {}, group, dtype, tolerance, raises, mentions, judge, seconds,
        needs, mutates, faster, leaner,
    )  # fmt: skip


@dataclass(frozen=True)
class Exercise:
    """A check: what is hidden behind one exercise; made by `exercise`."""

    name: str
    title: str
    draw: CaseGenerator
    forbid: Forbid | None = None
    driver: str = ""
    """Source of the driver, "" where the exercise is called as it is."""
    driver_name: str = ""
    uses: tuple[str, ...] = ()
    """Earlier exercises that it builds on."""

    def cases(self, rng: np.random.Generator) -> list[Case]:
        """Draw the hidden cases."""
        return list(self.draw(rng))


def exercise(
    *,
    forbid: Forbid | None = None,
    driver: Callable[..., Any] | None = None,
    uses: tuple[str, ...] = (),
) -> Callable[[CaseGenerator], Exercise]:
    """Make a generator of cases the check of the exercise that has its name.

    Args:
        forbid: operations that may not run while the exercise is called.
        driver: a self-contained function `driver(student, *args, **kwargs)` (imports inside)
            that is sent as source, runs beside the student's code, uses the exercise `student`
            (a class, a module, an optimizer, a training loop) and returns arrays. An
            AssertionError that it raises is a failure whose message the student reads.
        uses: earlier exercises, functions all, that an answer may build on. Where this one fails
            and one of those has failed, it is tried again with right ones in their places, so
            that one mistake costs its marks once. Not for an exercise that is no more than a
            call of another: `chainrule validate` proves that forwarding earns nothing.
    """

    def decorate(draw: CaseGenerator) -> Exercise:
        title = inspect.getdoc(draw) or ""
        if not title:
            raise ValueError(f"the check {draw.__name__} needs a docstring: it is the title")
        return Exercise(
            draw.__name__,
            title.splitlines()[0].strip(),
            draw,
            forbid,
            textwrap.dedent(inspect.getsource(driver)) if driver else "",
            driver.__name__ if driver else "",
            tuple(uses),
        )

    return decorate


def equivalent(exercise_name: str) -> Callable[[T], T]:
    """Mark a function of `equivalents.py` as a short cut to an exercise through a library.

    It computes what the exercise asks by what the exercise forbids, under another name; `chainrule
    validate` demands that it is refused. Every set of rules has one at least.
    """
    if not exercise_name:
        raise ValueError("an equivalent is one of an exercise")
    return lambda short_cut: short_cut


def mistake(exercise_name: str, hint: str, further: str = "") -> Callable[[T], T]:
    """Mark a function or class as a known wrong answer to an exercise, with the hint it earns.

    It is written as a student would write it: same arguments, same framework. The right answers
    of the assignment are in scope under their names, and as `answers.NAME` (also the right answer
    of the very exercise).

    Args:
        exercise_name: the exercise it is a wrong answer to.
        hint: where to look; what every student reads who makes this mistake.
        further: a fuller hint for whoever looked there in vain; `feedback: hints:` of course.yml
            says whether feedback shows it, folds it away or leaves it out.
    """
    if not hint.strip():
        raise ValueError(f"a mistake of {exercise_name} needs a hint")
    return lambda wrong: wrong
