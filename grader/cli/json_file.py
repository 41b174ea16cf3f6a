"""The file of `--json`: its place is tried before the work, and the work outlives its failure."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from grader.course.secret import private_folder
from grader.errors import GraderError, UsageError
from grader.notebook.build import write_whole


class JsonFile:
    """A file to be written at the end of a run."""

    def __init__(self, path: Path) -> None:
        """Try the place.

        Raises:
            UsageError: nothing can be written there.
        """
        self._path = path
        if path.is_dir():
            raise UsageError(f"--json: {path} is a folder; name a file")
        if not path.absolute().parent.is_dir():
            raise UsageError(f"--json: the folder of {path} does not exist")
        try:
            if self._special():
                path.open("ab").close()
                return
            handle, trial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.absolute().parent)
            os.close(handle)
            os.unlink(trial)
        except OSError as error:
            raise UsageError(f"--json: {path} cannot be written: {error.strerror}") from None

    def write(self, text: str, spare: Path) -> None:
        """Write the text; where that fails now, below `spare` or among the temporary files.

        Raises:
            GraderError: the file could not be written; says where the text is instead.
        """
        try:
            if self._special():
                self._path.write_text(text, encoding="utf-8")
            else:
                write_whole(self._path, text)
        except OSError as error:
            other = _elsewhere(text, (spare, Path(tempfile.gettempdir())))
            where = f"the results are in {other}" if other else "there is no room elsewhere either"
            raise GraderError(
                f"--json: {self._path} could not be written: {error.strerror}; {where}"
            ) from None

    def _special(self) -> bool:
        """A device or a pipe, such as /dev/null: written to, never replaced."""
        return self._path.exists() and not self._path.is_file()


def _elsewhere(text: str, folders: tuple[Path, ...]) -> Path | None:
    for folder in folders:
        with suppress(OSError):
            private_folder(folder)
            handle, name = tempfile.mkstemp(prefix="results-", suffix=".json", dir=folder)
            os.close(handle)
            try:
                return write_whole(Path(name), text)
            except OSError:
                os.unlink(name)
    return None
