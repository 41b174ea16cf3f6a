"""The worker's side of a session: load one submission, then run cases for it.

Theory of operation. The controller sends two kinds of request. "load" brings the submission's
cells: their source is audited and the findings are sent before any of it runs, then each unit (a
cell, or a statement of a plain script) is executed in one module, and a frame says how it went.
"run" brings an exercise's cases: each is called, and its result and its inputs as they are
afterwards go back, one frame a case. The worker decides nothing: it reports arrays, and
exceptions as data. Whatever it says of itself may be the student's word. Every frame carries the
token that came with "load", so that whoever finds the socket cannot simply write to it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import random
import socket
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from grader.worker import audit, fake, kernel, magics
from grader.worker.faults import CELL_FILE, DRIVER_FILE, describe
from grader.worker.standins import stand_in
from grader.worker.values import Encoder, build
from grader.worker.wire import Closed, Reader, receive_frame, send_frame

Say = Callable[..., None]


def serve(sock: socket.socket) -> None:
    """Answer the controller until it hangs up."""
    submission, voice = types.ModuleType("__main__"), _Voice(sock)
    while True:
        try:
            header, body = receive_frame(sock)
        except Closed:
            return
        match header["do"]:
            case "load":
                voice.token = header.pop("token")
                submission = load(voice.say, header)
            case "run":
                for name in header["given"]:
                    standing = stand_in(sock, name, header["device"], header["framework"])
                    setattr(submission, name, standing)
                run(voice.say, header, body, submission)
        _flush()


class _Voice:
    """Speaks for the worker: each frame carries the token."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self.token = sock, ""

    def say(self, header: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        send_frame(self._sock, {"token": self.token, **header}, blobs)


def warm_up() -> None:
    """Load what the first case would load; for the zygote, so that no fork has to."""
    fake.warm_up()
    _our_modules()


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def load(say: Say, header: dict[str, Any]) -> types.ModuleType:
    """Execute a submission.

    Sends {"surveyed": …}, frames per unit, and last {"loaded": …} with the names it defines.
    """
    cells: list[tuple[int, str]] = header["cells"]
    sources = [_readable(source) for _, source in cells]
    audit.prepare(_rules(rules) for rules in header["rules"].values())
    suspicious = audit.survey(
        sources, {name: _rules(header["rules"][name]) for name in header["survey"]}
    )
    say({"surveyed": suspicious})
    module = types.ModuleType(header["name"])
    sys.modules[header["name"]] = module
    kernel.install(module.__dict__)
    _hide_ourselves()
    skip = set(header["skip"])
    _seed(header["seed"])
    for number, (cell, unit) in enumerate(_units(cells, header["statementwise"])):
        if number in skip:
            continue
        say({"unit": number, "cell": cell, "begins": True})
        try:
            exec(unit(), module.__dict__)
        except BaseException as error:
            say({"unit": number, "raised": describe(error)})
        _flush()
    names = [name for name in header["wanted"] if name in module.__dict__]
    say({"loaded": names})
    return module


def _hide_ourselves() -> None:
    """Leave no module of ours where student code would find and change it."""
    for name in _our_modules():
        sys.modules.pop(name, None)


@functools.cache
def _our_modules() -> tuple[str, ...]:
    """Found once, in the zygote: looking through all modules would copy their memory to a fork."""
    return tuple(name for name in sys.modules if name.partition(".")[0] == "grader")


def _readable(source: str) -> str:
    """A cell as the survey must see it: as the Python that will run."""
    try:
        return magics.plain_python(source)
    except Exception:
        return source


def _units(
    cells: list[tuple[int, str]], statementwise: bool
) -> Iterator[tuple[int, Callable[[], types.CodeType]]]:
    """Yield each unit's cell and what makes its code, which raises if it cannot be compiled."""
    for index, source in cells:
        if not statementwise:
            yield index, _whole(source, index)
            continue
        try:
            statements = ast.parse(magics.plain_python(source), CELL_FILE.format(index)).body
        except Exception:
            yield index, _whole(source, index)
            continue
        for statement in statements:
            yield index, _one(statement, index)


def _whole(source: str, index: int) -> Callable[[], types.CodeType]:
    name = CELL_FILE.format(index)

    def code() -> types.CodeType:
        try:
            return compile(source, name, "exec", dont_inherit=True)
        except SyntaxError:
            return compile(magics.plain_python(source), name, "exec", dont_inherit=True)

    return code


def _one(statement: ast.stmt, index: int) -> Callable[[], types.CodeType]:
    tree = ast.Module([statement], [])
    return lambda: compile(tree, CELL_FILE.format(index), "exec", dont_inherit=True)


def run(say: Say, header: dict[str, Any], body: bytes, module: types.ModuleType) -> None:
    """Run an exercise's cases; sends one frame per case and a last one."""
    reader = Reader(body)
    name, framework, device = header["exercise"], header["framework"], header["device"]
    rules = _rules(header["rules"]) if header["rules"] else None
    function: Callable[..., Any] = getattr(module, name)
    driver = _driver(header["driver"], header["driver_name"])
    call: Callable[..., Any] = functools.partial(driver, function) if driver else function
    prepared = [
        (
            case,
            build(case["args"], reader, device, framework),
            build(case["kwargs"], reader, device, framework),
        )
        for case in header["cases"]
    ]
    for case, args, kwargs in prepared:
        _seed(case["seed"], device)
        if case["fake"]:
            say({"id": case["id"], **fake.try_on_cuda(call, args, kwargs)})
            continue
        _call(say, case, call, args, kwargs, rules)
    say({"done": name})


def _call(
    say: Say,
    case: dict[str, Any],
    call: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    rules: audit.Rules | None,
) -> None:
    seen: list[str] = []
    encoder = Encoder()
    try:
        if rules is None:
            value = call(*args, **kwargs)
        else:
            with audit.watching(rules) as seen:
                value = call(*args, **kwargs)
        answer = {"value": encoder.encode(value)}
    except BaseException as error:
        encoder = Encoder()
        answer = {"raised": describe(error)}
    inputs = None if case["mutates"] else encoder.encode([args, kwargs])
    say({"id": case["id"], **answer, "inputs": inputs, "seen": seen}, encoder.blobs)


def _driver(source: str, name: str) -> Any:
    if not source:
        return None
    scope: dict[str, Any] = {"np": np, "torch": torch, "Any": Any}
    # Postponed annotations, so that a driver may be annotated with names it does not have here.
    code = compile("from __future__ import annotations\n" + source, DRIVER_FILE, "exec")
    exec(code, scope)
    return scope[name]


def _rules(data: dict[str, Any]) -> audit.Rules:
    return audit.Rules(
        tuple(data["ops"]), tuple(data["calls"]), tuple(data["syntax"]), data["label"]
    )


def _seed(seed: int, device: str = "cpu") -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    # `torch.manual_seed` visits every backend, which takes longer than most cases do.
    torch.default_generator.manual_seed(seed)
    if device == "cuda":
        torch.cuda.manual_seed_all(seed)
