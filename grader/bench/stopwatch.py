"""What a worker does with its CPU time: the zygote's program for `chainrule bench --phases`.

It is the zygote as it always is, but for what its workers run: the functions of
`grader.worker.serve` with a clock around each, and the clock's account beside some frames.
"""

from __future__ import annotations

import functools
import socket
import time
from collections.abc import Callable
from typing import Any

from grader.worker import zygote

PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[2]); from grader.bench.stopwatch import main; "
    "sys.exit(main(int(sys.argv[1]), sys.argv[2]))"
)
CONFINED = "fork and confinement"
OTHER = "the rest"


class Stopwatch:
    """CPU seconds by phase, each moment counted once: for the innermost phase that is going on."""

    def __init__(self, now: Callable[[], float] = time.thread_time) -> None:
        """Count what has passed so far as the confinement's.

        `now`: seconds of CPU of this process, which has one thread. The clock of processes stands
        still between a kernel's ticks where there is a limit on CPU time.
        """
        self._now = now
        self._last = now()
        self._phases = [OTHER]
        self.spent = {CONFINED: self._last}

    def around(self, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, whose time is counted for a phase."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            self._phases.append(phase)
            try:
                return function(*args, **kwargs)
            finally:
                self._turn()
                self._phases.pop()

        return timed

    def told(self) -> dict[str, float]:
        """Seconds by phase until now."""
        self._turn()
        return dict(self.spent)

    def _turn(self) -> None:
        now = self._now()
        phase = self._phases[-1]
        self.spent[phase] = self.spent.get(phase, 0.0) + now - self._last
        self._last = now


def main(fd: int, root: str | None = None) -> int:
    """Run keeper and zygote; see `grader.worker.zygote.main`."""
    return zygote.main(fd, root, serve_timed)


def serve_timed(sock: socket.socket, taken: Any = None) -> None:
    """Answer the controller as `grader.worker.serve.serve` does, and say what it took."""
    watch = Stopwatch()
    from grader.worker import serve  # the zygote has it by now; before, it would import torch

    _wind(serve, watch)
    serve.serve(sock, taken)


def _wind(serve: Any, watch: Stopwatch) -> None:
    for owner, name, phase in (
        (serve, "take_away", "taking away what is forbidden"),
        (serve.magics, "compiled", "survey of the source"),
        (serve.audit, "survey", "survey of the source"),
        (serve.units.Runner, "run", "loading the cells"),
        (serve, "build", "inputs made"),
        (serve, "_seed", "seeds"),
        (serve.fake, "try_on_cuda", "simulated devices"),
        (serve, "_call", "calls"),
        (serve.Encoder, "encode", "encoding"),
        (serve, "receive_frame", "frames read"),
        (serve, "send_frame", "frames sent"),
    ):
        setattr(owner, name, watch.around(phase, getattr(owner, name)))
    say = serve._Voice.say

    def saying(voice: Any, header: dict[str, Any], blobs: list[bytes] | None = None) -> None:
        last = "done" in header or "loaded" in header
        say(voice, {**header, "spent": watch.told()} if last else header, blobs)

    serve._Voice.say = saying
