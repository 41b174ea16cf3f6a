"""What nbgrader puts in the place of an answer when it makes a release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from grader.languages import machine


@dataclass(frozen=True)
class Blanks:
    """The text in a code cell's place, and in that of a written answer."""

    code: str
    text: str

    @classmethod
    def of(cls, language: str) -> Self:
        """Those of a language."""
        say = machine(language).say
        return cls(
            f"{say('# YOUR CODE HERE')}\nraise NotImplementedError()", say("YOUR ANSWER HERE")
        )
