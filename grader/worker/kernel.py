"""What notebook code expects of its kernel: `display` and `get_ipython`, made harmless.

IPython puts both among the builtins, and so do we. Nothing is shown, no program is started, and a
forgotten `breakpoint()` stops nobody.
"""

from __future__ import annotations

import builtins
import sys
from typing import Any

from grader.worker import magics


class Lines(list[str]):
    """What a shell said: nothing, in the form of IPython's list of lines."""

    @property
    def s(self) -> str:
        """The lines with spaces between them."""
        return " ".join(self)

    @property
    def n(self) -> str:
        """The lines with line ends between them."""
        return "\n".join(self)

    def grep(self, *args: Any, **kwargs: Any) -> Lines:
        """Return the lines that match: none."""
        return Lines()

    def fields(self, *fields: Any) -> Lines:
        """Return the lines' words: none."""
        return Lines()

    l = property(list)  # noqa: E741, what IPython calls it


class Kernel:
    """What `get_ipython()` returns: magics are ignored, and what asks for a shell as well."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        """Run the code of cell magics in `namespace`."""
        self.user_ns = namespace

    def run_line_magic(self, magic_name: str, line: str = "", *args: Any, **kwargs: Any) -> Any:
        """Run what a line magic carries."""
        if magic_name in ("sx", "system"):
            return Lines()
        return self._run(f"%{magic_name} {line}")

    def run_cell_magic(self, magic_name: str, line: str = "", cell: str = "") -> None:
        """Run a cell magic's code."""
        self._run(f"%%{magic_name} {line}\n{cell}")

    def magic(self, line: str) -> Any:
        """Run what a line magic carries."""
        name, _, rest = line.strip().partition(" ")
        return self.run_line_magic(name.lstrip("%"), rest)

    def system(self, command: str) -> None:
        """Do nothing."""

    system_raw = system

    def getoutput(self, command: str, *args: Any, **kwargs: Any) -> Lines:
        """Return what the command says: nothing."""
        return Lines()

    def _run(self, source: str) -> None:
        exec(compile(magics.plain_python(source).text, "<magic>", "exec"), self.user_ns)


def display(*objects: Any, **options: Any) -> None:
    """Show nothing."""


def install(namespace: dict[str, Any]) -> None:
    """Make both names known to all code of this process."""
    kernel = Kernel(namespace)
    vars(builtins).update({"display": display, "get_ipython": lambda: kernel})
    sys.breakpointhook = lambda *args, **kwargs: None
