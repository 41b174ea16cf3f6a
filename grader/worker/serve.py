"""The worker's side of a session: load one submission, then run cases for it.

Theory of operation. The controller sends two kinds of request. "load" brings the submission's
cells and the rules of the exercises that will be run: what they forbid is taken out of this
process, the source is freed of magics and audited, and what was found is sent before any of it
runs, then each unit (a cell, or a statement of a plain script) is executed in one module, and a
frame says how it went.
"run" brings an exercise's cases: each is called, and its result and its inputs as they are
afterwards go back, one frame a case. The worker decides nothing: it reports arrays, and
exceptions as data. What it says before the first cell runs can be believed; after that all of it
may be the student's word: arrays are compared, but that a call raised, that the inputs are as they
were, and that nothing forbidden was `seen` are only claims. Every frame carries the
token that came with "load", so that whoever finds the socket cannot simply write to it.
"""

from __future__ import annotations

import functools
import operator
import random
import socket
import sys
import types
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

import numpy as np
import torch

from grader.worker import absent, audit, fake, gpu, kernel, magics, precision, units
from grader.worker.ballast import ballast
from grader.worker.cap import Cap
from grader.worker.devices import is_away, is_card
from grader.worker.driver import unpacked
from grader.worker.faults import CELL_FILE, describe
from grader.worker.refusals import Refusals
from grader.worker.standins import stand_in
from grader.worker.values import Encoder, build
from grader.worker.wire import Closed, Reader, receive_frame, send_frame

Say = Callable[..., None]
Watch = Callable[[], AbstractContextManager[list[str]]]

MAX_SKIPPED = 100


def serve(sock: socket.socket, taken: absent.Taken | None = None) -> None:
    """Answer the controller until it hangs up; `taken`: what was taken away before the fork."""
    submission, voice, refusals = types.ModuleType("__main__"), _Voice(sock), Refusals()
    while True:
        try:
            header, body = receive_frame(sock)
        except Closed:
            return
        match header["do"]:
            case "load":
                voice.token = header.pop("token")
                gpu.choose(header["gpu"])
                if is_card(header["device"]):
                    gpu.begin()
                refusals = take_away(header, taken)
                submission = load(voice.say, header)
            case "run":
                for name, cap in header["given"]:
                    standing = stand_in(
                        sock, name, Cap(*cap), header["device"], header["framework"]
                    )
                    setattr(submission, name, standing)
                run(voice.say, header, body, submission, refusals)
            case "chill":
                gpu.flush()
                gpu.poison()
                voice.say({"chilled": True})
        units.flush()


class _Voice:
    """Speaks for the worker: each frame carries the token."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self.token = sock, ""

    def say(self, header: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        send_frame(self._sock, {"token": self.token, **header}, blobs)


def warm_up(rules: Iterable[dict[str, Any]] = ()) -> None:
    """Load what the first case would load; for the zygote, so that no fork has to.

    `rules`: those that workers will be asked to obey, as far as they are known.
    """
    absent.warm_up()
    for one in rules:
        absent.foresee(_rules(one))
    _our_modules()


def taken_before(rules: Iterable[dict[str, Any]]) -> absent.Taken:
    """Take what rules forbid out of this process, from which workers for all of them are forked."""
    return absent.take(_all(rules))


def take_away(header: dict[str, Any], taken: absent.Taken | None = None) -> Refusals:
    """Take what any of the rules forbids out of this process, for good.

    Raises:
        RuntimeError: what was `taken` before is not what these exercises do without.
    """
    rules = _all(header["rules"].values())
    if taken is None:
        taken = absent.take(rules)
    elif not taken.rules.same(rules):
        raise RuntimeError("a worker was forked where other rules hold than its exercises'")
    ours = (units.Runner.run_unit.__code__, unpacked.__code__)
    own = None if header["trusted"] else ours
    absent.shut_doors(taken, own, threads=is_away(header["device"]))
    return taken.refusals


def _all(rules: Iterable[dict[str, Any]]) -> audit.Rules:
    return functools.reduce(operator.or_, map(_rules, rules), audit.Rules())


def load(say: Say, header: dict[str, Any]) -> types.ModuleType:
    """Execute a submission.

    Sends {"surveyed": …, "skipped": …}, frames per unit, and last {"loaded": …} with the names it
    defines.
    """
    cells = [
        (number, magics.compiled(source, CELL_FILE.format(number)))
        for number, source in header["cells"]
    ]
    suspicious = audit.survey(
        [part.in_place for _, plain in cells for part in plain.parts],
        {name: _rules(header["rules"][name]) for name in header["survey"]},
    )
    skipped = [[number, one.line, one.what] for number, plain in cells for one in plain.skipped]
    say({"surveyed": suspicious, "skipped": skipped[:MAX_SKIPPED]})
    module = types.ModuleType(header["name"])
    sys.modules[header["name"]] = module
    kernel.install(module.__dict__)
    _hide_ourselves()
    _seed(header["seed"])
    runner = units.Runner(
        say,
        module.__dict__,
        set(header["skip"]),
        statementwise=header["statementwise"],
        settle=gpu.settle,
    )
    for number, plain in cells:
        runner.run(number, plain)
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


def run(
    say: Say,
    header: dict[str, Any],
    body: bytes,
    module: types.ModuleType,
    refusals: Refusals,
) -> None:
    """Run an exercise's cases; sends one frame per case and a last one."""
    reader = Reader(body)
    name, framework, device = header["exercise"], header["framework"], header["device"]
    watch = _watch(header["rules"], refusals)
    function: Callable[..., Any] = getattr(module, name)
    driver = unpacked(header.pop("driver"), {"np": np, "torch": torch, "Any": Any})
    call: Callable[..., Any] = functools.partial(driver, function) if driver else function
    prepared = [
        (
            case,
            build(case["args"], reader, device, framework),
            build(case["kwargs"], reader, device, framework),
        )
        for case in header["cases"]
    ]
    raised: set[int] = set()
    for case, args, kwargs in prepared:
        if case["twin"] in raised:
            say({"id": case["id"], **fake.UNDECIDED})
            continue
        _seed(case["seed"], device)
        precision.restore()
        if case["fake"]:
            say({"id": case["id"], **fake.try_on_cuda(call, args, kwargs)})
        elif not _call(say, case, call, args, kwargs, watch):
            raised.add(case["id"])
    say({"done": name})


def _watch(rules: dict[str, Any] | None, refusals: Refusals) -> Watch | None:
    return functools.partial(audit.watching, _rules(rules), refusals) if rules else None


def _call(
    say: Say,
    case: dict[str, Any],
    call: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    watch: Watch | None,
) -> bool:
    """Make one call and send what came of it; whether it returned."""
    seen: list[str] = []
    encoder = Encoder()
    kept_back = ballast()
    try:
        if watch is None:
            value = call(*args, **kwargs)
        else:
            with watch() as seen:
                value = call(*args, **kwargs)
        gpu.settle()
        answer = {"value": encoder.encode(value, Cap(*case["caps"][0]))}
    except BaseException as error:
        kept_back.close()
        encoder = Encoder()
        answer = {"raised": describe(error)}
    inputs = None
    try:
        if not case["mutates"]:
            inputs = encoder.encode([args, kwargs], Cap(*case["caps"][1]))
    except RuntimeError as error:  # a GPU that is broken gives nothing back
        encoder = Encoder()
        answer = {"raised": describe(error)}
    say({"id": case["id"], **answer, "inputs": inputs, "seen": seen}, encoder.blobs)
    return "value" in answer


def _rules(data: dict[str, Any]) -> audit.Rules:
    return audit.Rules(
        tuple(data["ops"]), tuple(data["calls"]), tuple(data["syntax"]), data["label"]
    )


def _seed(seed: int, device: str = "cpu") -> None:
    random.seed(seed)
    np.random.seed(seed % 2**32)
    # `torch.manual_seed` visits every backend, which takes longer than most cases do.
    torch.default_generator.manual_seed(seed)
    if is_away(device):
        getattr(torch, device).manual_seed_all(seed)
