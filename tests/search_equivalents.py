"""A search for short cuts that nobody has named: which operators still compute an exercise alone?

    python -m tests.search_equivalents lec07_cnn [EXERCISE …]

In a process from which an exercise's rules have taken away what they name, each operator of torch
and each function of NumPy that is left is called with the inputs of a hidden case, in many orders
and with common fillers. What gives the expected result, up to a simple step before or after, and is
not accused, is printed: a person judges whether it is an elementary operation, which the exercise
may use, or a library's own answer, which its rules should name.
"""

import contextlib
import itertools
import json
import os
import random
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from grader.course.syllabus import load_course
from grader.grading.grading import Options, begin
from grader.vocabulary import NOTHING, VALUES, Number
from grader.worker import absent, audit
from grader.worker.refusals import Refusals
from grader.worker.rules import Rules

ROOT = Path(__file__).parents[1]
CALLS = 90
"""Calls of one operator; more than that are drawn at random."""
IN_ORDER = 16
"""Calls with the exercise's own inputs in one order."""
SECONDS = 3
"""Of CPU time, for one operator."""
_BEGINNINGS = ("bernoulli", "normal_", "cauchy", "set_", "resize", "record")
_PARTS = ("rand", "dropout", "sleep")
Candidate = tuple[str, Callable[..., Any], Callable[[], Iterator[tuple[Any, ...]]]]

# What is made of an input before it is handed over.
BEFORE: tuple[Callable[[Any], Any], ...] = (
    lambda x: -x,
    lambda x: x.T if x.ndim == 2 else x.transpose(-1, -2),
    lambda x: x[None],
    lambda x: x[None, None],
    lambda x: x[:, None],
    lambda x: x * 0,
)
# Steps on a result's entries, tried on the first entry before they are tried on all.
AFTER: dict[str, Callable[[Any], Any]] = {
    "": lambda y: y,
    "-": lambda y: -y,
    "exp": torch.exp,
    "log": torch.log,
    "1-": lambda y: 1 - y,
    "-1+": lambda y: y - 1,
    "1/": lambda y: 1 / y,
}
REDUCED: dict[str, Callable[[Any], Any]] = {
    "": lambda y: y,
    "mean": torch.mean,
    "sum": torch.sum,
}


def schemas() -> Iterator[Any]:
    """The overloads of torch's operators that may compute something."""
    for schema in torch._C._jit_get_all_schemas():
        name = schema.name.partition("::")[2]
        out = any(argument.is_out for argument in schema.arguments)
        known = schema.name.startswith(("aten::", "quantized::", "mkldnn::"))
        drawn = name.startswith(_BEGINNINGS) or any(part in name for part in _PARTS)
        if known and not out and not drawn:
            yield schema


def operators(
    pool: Sequence[Any], numbers: Sequence[Any], given: Sequence[Any]
) -> Iterator[Candidate]:
    """Each operator with the ways of filling its arguments."""
    for schema in schemas():
        try:
            namespace, _, name = schema.name.partition("::")
            packet = getattr(getattr(torch.ops, namespace), name)
            overload = getattr(packet, schema.overload_name or "default")
        except (AttributeError, RuntimeError):
            continue
        choices = [_choices(argument, pool, numbers) for argument in schema.arguments]
        label = f"{schema.name}.{schema.overload_name}"
        yield label, _with_keywords(overload, schema), _drawn(choices, label, given)


def functions(pool: Sequence[Any]) -> Iterator[Candidate]:
    """NumPy's functions with one array or two."""
    modules = {"np": np, "np.linalg": np.linalg, "np.fft": np.fft}
    arrays = [np.asarray(x) for x in pool]
    for prefix, module in modules.items():
        for name, thing in vars(module).items():
            if callable(thing) and not isinstance(thing, type) and not name.startswith("_"):
                choices = [arrays] * 2
                yield f"{prefix}.{name}", thing, _drawn(choices, name)
                yield f"{prefix}.{name} of one", thing, _drawn([arrays], name)


def _with_keywords(overload: Any, schema: Any) -> Callable[..., Any]:
    names = [a.name for a in schema.arguments]
    words = [a.kwarg_only for a in schema.arguments]

    def call(*values: Any) -> Any:
        plain = [v for v, word in zip(values, words, strict=True) if not word]
        named = {n: v for n, v, word in zip(names, values, words, strict=True) if word}
        return overload(*plain, **named)

    return call


def _choices(argument: Any, pool: Sequence[Any], numbers: Sequence[Any]) -> list[Any]:
    kind, default = str(argument.type), argument.has_default_value()
    found: list[Any] = [argument.default_value] if default else []
    if kind == "Tensor":
        return list(pool)
    if kind == "Optional[Tensor]":
        return [None, *pool]
    if kind in ("List[Tensor]", "List[Optional[Tensor]]"):
        return [list(pool[:2]), list(pool[:3]), list(pool[:1])]
    if "number" in kind or "float" in kind:
        more: list[Any] = [*numbers, 0.0, 1.0]
    elif kind in ("int", "SymInt", "Optional[int]", "Optional[SymInt]"):
        more = [*(n for n in numbers if isinstance(n, int)), 1, 0, -1, 2]
    elif kind.startswith(("List[int]", "List[SymInt]", "Optional[List[int]]")):
        sizes = [list(x.shape[2:]) for x in pool if x.ndim == 4]
        own = [[n] * 2 for n in numbers if isinstance(n, int)]
        more = [*own, [1, 1], [0, 0], [1], [0], [-1], *sizes, [1, 1, 1], [0, 0, 0]]
    elif kind in ("bool", "Optional[bool]"):
        more = [False, True]
    elif kind.startswith("List[bool]"):
        more = [[True] * 3]
    elif kind == "str":
        more = ["none", "mean"]
    else:
        more = [None]
    return [*found, *(one for one in more if one not in found)]


def _drawn(
    choices: list[list[Any]], name: str, given: Sequence[Any] = ()
) -> Callable[[], Iterator[tuple[Any, ...]]]:
    total = int(np.prod([float(len(each)) for each in choices])) if choices else 1
    slots = [n for n, each in enumerate(choices) if any(hasattr(one, "shape") for one in each)]

    def draw() -> Iterator[tuple[Any, ...]]:
        if total <= CALLS:
            yield from itertools.product(*choices)
            return
        rng = random.Random(name)
        # The exercise's own inputs in each order first, with the defaults, then with the rest.
        for order in itertools.permutations(given, min(len(slots), len(given))):
            for turn in range(IN_ORDER):
                values = [each[0] if turn == 0 else rng.choice(each) for each in choices]
                for slot, one in itertools.zip_longest(slots, order):
                    if slot is not None:
                        values[slot] = one if one is not None else choices[slot][0]
                yield tuple(values)
        for _ in range(CALLS):
            yield tuple(rng.choice(each) for each in choices)

    return draw


def _copied(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    return [_copied(one) for one in value] if isinstance(value, list) else value


def _arrays(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, np.ndarray | np.generic):
        return [torch.as_tensor(np.asarray(value))]
    if isinstance(value, tuple | list):
        return [array for one in value for array in _arrays(one)]
    return []


def matches(value: Any, wanted: Sequence[torch.Tensor]) -> str | None:
    """The step after which what came out is what was wanted; None if there is none."""
    outs = [one.detach() for one in _arrays(value) if one.layout == torch.strided and one.numel()]
    steps = {step for out in outs for step in _steps(out, wanted[0])}
    for step in sorted(steps):
        reduce, after = REDUCED[step[0]], AFTER[step[1]]
        done = [after(reduce(one.to(torch.float64))) for one in outs if one.is_floating_point()]
        if all(any(_equal(one, want) for one in done) for want in wanted):
            return " ".join(step)
    return None


def _steps(out: torch.Tensor, want: torch.Tensor) -> Iterator[tuple[str, str]]:
    """The steps that give the wanted array's first entry."""
    if not out.is_floating_point():
        return
    for name, reduce in REDUCED.items():
        if name and want.numel() > 1:
            continue
        one = reduce(out.to(torch.float64))
        if one.numel() != want.numel():
            continue
        one, first = one.reshape(-1)[0], want.reshape(-1)[0]
        for step, after in AFTER.items():
            if torch.isclose(after(one), first, 1e-6, 1e-9):
                yield name, step


def _equal(one: torch.Tensor, want: torch.Tensor) -> bool:
    squeezed, wanted = one.squeeze(), want.squeeze()
    if squeezed.ndim == 2 and squeezed.shape != wanted.shape:
        squeezed = squeezed.T
    return squeezed.shape == wanted.shape and torch.allclose(squeezed, wanted, 1e-6, 1e-9)


def try_all(candidates: Sequence[Candidate], wanted: Sequence[torch.Tensor], rules: Rules) -> None:
    """Call each candidate in forks of a process without what the rules forbid; print the hits."""
    done = 0
    while done < len(candidates):
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reading)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            taken = absent.take(rules)
            absent.shut_doors(taken, None)
            _try_some(candidates[done:], wanted, rules, taken.refusals, writing)
            os._exit(0)
        os.close(writing)
        tried = 0
        with os.fdopen(reading) as lines:
            for line in lines:
                told = json.loads(line)
                tried += told == "next"
                if told != "next":
                    print("  ", told, flush=True)
        os.waitpid(pid, 0)
        done += max(tried, 1)  # the last one tried ended the process, or it was the last of all


def _try_some(
    candidates: Sequence[Candidate],
    wanted: Sequence[torch.Tensor],
    rules: Rules,
    refusals: Refusals,
    writing: int,
) -> None:
    for label, function, draw in candidates:
        os.write(writing, b'"next"\n')
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        for values in draw():
            try:
                step = matches(function(*map(_copied, values)), wanted)
                if step is None:
                    continue
                with audit.watching(rules, refusals) as seen:
                    function(*map(_copied, values))
            except Exception:
                continue
            if not seen:
                text = f"{label}{'  then ' + step if step.strip() else ''}  of {shown(values)}"
                os.write(writing, json.dumps(text).encode() + b"\n")
                break
        signal.setitimer(signal.ITIMER_PROF, 0)


def shown(value: Any) -> str:
    """An argument of a hit, arrays by their shapes."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(shown, value))}]"
    return str(tuple(value.shape)) if hasattr(value, "shape") else repr(value)


def main(names: Sequence[str]) -> None:
    """Search for each exercise of an assignment that forbids something, or for those named."""
    course = load_course(ROOT)
    prepared = begin(course, names[0], Options()).prepared
    absent.warm_up()
    for name, exercise in prepared.items():
        forbid = exercise.exercise.forbid
        if not forbid or exercise.exercise.driver or (names[1:] and name not in names[1:]):
            continue
        cases = [c.case for c in exercise.calls if c.case.group == VALUES and not c.fake]
        case = next((c for c in cases if c.expect is not NOTHING and _arrays(c.expect)), None)
        if case is None:
            print(f"{name}: no arrays to compare")
            continue
        expect = case.expect.value if isinstance(case.expect, Number) else case.expect
        wanted = [w.to(torch.float64) for w in _arrays(expect)]
        given = [torch.as_tensor(a) for a in case.args if isinstance(a, np.ndarray)]
        pool = _pool(given)
        numbers = [a for a in case.args if isinstance(a, int | float)]
        rules = Rules(forbid.ops, forbid.calls, forbid.syntax, forbid.label)
        numpy = functions(pool) if exercise.framework == "numpy" else ()
        candidates = [*operators(pool, numbers, given), *numpy]
        print(f"{names[0]} {name}: {len(candidates)} candidates", flush=True)
        # Some operators write files.
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            try_all(candidates, wanted, rules)


def _pool(given: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    found = list(given)
    for function in BEFORE:
        for one in given:
            try:
                found.append(function(one).contiguous())
            except (RuntimeError, IndexError):
                continue
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    main(sys.argv[1:])
