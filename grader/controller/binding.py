"""Many programs of ours in one: each in a namespace of its own, bound under a name of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.controller.program import Program

SOURCE_BYTES = 2**20
"""Of the programs of one worker; a request may hold four times as many."""

_BINDER = """
import types as _types
import __future__ as _future

def _bind(base, separate, exercise, programs):
    answers = _types.ModuleType("answers")
    exec(compile(separate, "answers", "exec", dont_inherit=True), answers.__dict__)
    codes, flags = [], 0
    for source in base:
        codes.append(compile(source, "answers", "exec", flags=flags, dont_inherit=True))
        flags |= codes[-1].co_flags & _future.annotations.compiler_flag
    for name, source in programs:
        scope = {"__name__": "__main__", "answers": answers}
        try:
            for code in codes:
                exec(code, scope)
            exec(compile(source, "variant", "exec", flags=flags, dont_inherit=True), scope)
        except Exception:
            continue
        globals()[name] = scope[exercise]
"""


def bound(answers: str, shared: str, exercise: str, programs: Sequence[tuple[str, str]]) -> Program:
    """A program that has each of several in the place of an exercise's answer, by its name.

    Args:
        answers: the model answers' source, which each of them may change, and see unchanged as
            the module `answers`.
        shared: what they share beside it.
        exercise: what each defines.
        programs: their names and sources.
    """
    call = f"_bind({[answers, shared]!r}, {answers!r}, {exercise!r}, {list(programs)!r})"
    return Program(((1, _BINDER), (2, call)), trusted=True)


def fitting(sources: Iterable[str], most: int) -> Iterator[str]:
    """The first sources, at most so many, that one program has room for; always the first one."""
    size = 0
    for number, source in enumerate(sources):
        size += len(source.encode())
        if number >= most or (number and size > SOURCE_BYTES):
            return
        yield source
