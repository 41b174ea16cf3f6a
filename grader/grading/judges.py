"""A judge: a process of ours that has what a run judges by, and grades one submission at a time.

It is forked from the process that hands out the work, so that hidden cases and standards need not
be made again. It has a connection of its own to the zygote, writes nothing down, and ends when
whoever hands out is gone. Both are ours: what they say to each other is pickled.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from typing import Any, Generic, NoReturn, TypeVar

from grader.controller.records import Records
from grader.controller.zygote import Zygote
from grader.errors import GraderError

Task = TypeVar("Task")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Done:
    """What came of the task of a number: its result, or the error that kept it from one."""

    number: int
    result: Any
    error: Exception | None
    seconds: float


@dataclass(frozen=True)
class Asked:
    """A record is asked for, of one of the run's records by number."""

    records: int
    key: str


@dataclass(frozen=True)
class Made:
    """A record that was asked for and not there has been made; None if that failed."""

    records: int
    key: str
    record: bytes | None
    lasting: bool


@dataclass(frozen=True)
class _Answer:
    record: bytes | None


@dataclass(frozen=True)
class _Given:
    """A number's task, where the judge was forked before there was one."""

    number: int
    task: Any


@dataclass(frozen=True)
class Work(Generic[Task, Result]):
    """What a judge does with each task, and the records that it shares with the others."""

    tasks: Sequence[Task]
    do: Callable[[Task, Zygote], Result]
    records: Sequence[Records]


class Judge:
    """The process that hands out, on its side of a judge."""

    def __init__(self, work: Work[Task, Result], zygote: Zygote) -> None:
        """Fork a judge, which takes over the connection to the zygote."""
        self.pipe, theirs = Pipe()
        self.given: list[int] = []
        # An interrupt between the fork and its first line would wake our own frames in it.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _judge(work, zygote, theirs)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        theirs.close()
        zygote.hand_over()

    def give(self, number: int) -> None:
        """Hand out a task; one that is gone is noticed when it should answer."""
        self.given.append(number)
        self._say(number)

    def bring(self, number: int, task: object) -> None:
        """Hand out a task that it has not from its fork."""
        self.given.append(number)
        self._say(_Given(number, task))

    def answer(self, record: bytes | None) -> None:
        """Answer what it asked for."""
        self._say(_Answer(record))

    def _say(self, word: object) -> None:
        with suppress(OSError):
            self.pipe.send(word)

    def hear(self) -> Done | Asked | Made | None:
        """What it says next; None if it is gone."""
        try:
            said: Done | Asked | Made = self.pipe.recv()
        except (OSError, EOFError):
            return None
        return said

    def end(self) -> None:
        """End it, whatever it is at."""
        self.pipe.close()
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


class _Desk:
    """A judge's side of its pipe: further tasks may come before an answer does."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._tasks: deque[int | _Given] = deque()

    def say(self, word: Done | Asked | Made) -> None:
        self._pipe.send(word)

    def task(self) -> int | _Given:
        if not self._tasks:
            self._tasks.append(self._pipe.recv())
        return self._tasks.popleft()

    def answer(self) -> bytes | None:
        while True:
            word = self._pipe.recv()
            if isinstance(word, _Answer):
                return word.record
            self._tasks.append(word)


class _Remote:
    """A shelf that the process has which hands out."""

    def __init__(self, number: int, desk: _Desk) -> None:
        self._number, self._desk = number, desk

    def ask(self, key: str) -> bytes | None:
        self._desk.say(Asked(self._number, key))
        return self._desk.answer()

    def put(self, key: str, record: bytes | None, lasting: bool) -> None:
        self._desk.say(Made(self._number, key, record, lasting))


def _judge(work: Work[Task, Result], zygote: Zygote, pipe: Connection) -> NoReturn:
    """The judge's life, in the fork."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever hands out ends us
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        _close_others(pipe.fileno(), zygote.fileno())
        gc.freeze()  # what is shared with the others stays shared
        gc.set_threshold(50_000)  # a submission leaves few cycles, and many frames
        desk = _Desk(pipe)
        for number, records in enumerate(work.records):
            records.shelf = _Remote(number, desk)
        while True:
            match desk.task():
                case _Given(number, task):
                    desk.say(_done(number, task, work, zygote))
                case number:
                    desk.say(_done(number, work.tasks[number], work, zygote))
    except (EOFError, OSError):
        pass
    finally:
        os._exit(0)


def _done(number: int, task: Task, work: Work[Task, Result], zygote: Zygote) -> Done:
    start = time.monotonic()
    try:
        result, error = work.do(task, zygote), None
    except (EOFError, BrokenPipeError):  # nobody is left to tell
        raise
    except Exception as failed:
        # Whatever goes wrong here is our fault: never a zero, and never the end of the class.
        result, error = None, _portable(failed)
    return Done(number, result, error, time.monotonic() - start)


def _portable(error: Exception) -> Exception:
    """The error itself if it survives the way, else its words."""
    try:
        copy = pickle.loads(pickle.dumps(error))
    except Exception:
        return (GraderError if isinstance(error, GraderError) else RuntimeError)(str(error))
    return error if type(copy) is type(error) else RuntimeError(str(error))


def _close_others(*kept: int) -> None:
    """Close what belongs to others: their pipes, the zygote's own socket, the database."""
    low = 3
    for fd in sorted(kept):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))
