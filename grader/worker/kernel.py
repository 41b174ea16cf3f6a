"""What notebook code expects of its kernel: `display` and `get_ipython`, made harmless.

IPython puts both among the builtins, and so do we. Nothing is shown, no program is started.
"""

from __future__ import annotations

import builtins
from typing import Any

from grader.worker import magics


class Kernel:
    """What `get_ipython()` returns: magics are ignored, shell escapes are errors."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        """Run the code of cell magics in `namespace`."""
        self.user_ns = namespace

    def run_line_magic(self, magic_name: str, line: str = "", *args: Any) -> None:
        """Run what a line magic carries; raises ShellEscape for a shell's."""
        self._run(f"%{magic_name} {line}")

    def run_cell_magic(self, magic_name: str, line: str = "", cell: str = "") -> None:
        """Run a cell magic's code; raises ShellEscape for a shell's."""
        self._run(f"%%{magic_name} {line}\n{cell}")

    def magic(self, line: str) -> None:
        """Run what a line magic carries; raises ShellEscape for a shell's."""
        self._run(f"%{line}")

    def system(self, command: str) -> None:
        """Refuse: raises ShellEscape."""
        self._run(f"!{command}")

    def getoutput(self, command: str) -> None:
        """Refuse: raises ShellEscape."""
        self._run(f"!{command}")

    def _run(self, source: str) -> None:
        exec(compile(magics.plain_python(source), "<magic>", "exec"), self.user_ns)


def display(*objects: Any, **options: Any) -> None:
    """Show nothing."""


def install(namespace: dict[str, Any]) -> None:
    """Make both names known to all code of this process."""
    kernel = Kernel(namespace)
    vars(builtins).update({"display": display, "get_ipython": lambda: kernel})
