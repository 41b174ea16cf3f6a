"""Records of programs of ours, kept in the store from one run to the next."""

from __future__ import annotations

import functools
import hashlib
import platform
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import grader
from grader.controller.records import Memory
from grader.course.text import add_files
from grader.grading.keeping import Keeping

LIBRARIES = ("numpy", "torch", "scikit-learn", "matplotlib")


def basis_of(*parts: str) -> str:
    """The sha256 of all that outcomes of our own programs depend on.

    `parts`: what the run depends on; with it go the kit's own source, the libraries' versions and
    the processor, by which libraries choose their code.
    """
    own = (_source(), sys.version, platform.machine(), _processor(), *map(installed, LIBRARIES))
    return hashlib.sha256("\0".join((*parts, *own)).encode()).hexdigest()


@functools.cache
def _source() -> str:
    folder, state = Path(grader.__file__).parent, hashlib.sha256()
    for room in ("worker", "controller", "comparing", "course"):
        add_files(state, folder, sorted((folder / room).rglob("*.py")))
    return state.hexdigest()


def installed(name: str) -> str:
    """The version of a library that is here, "" of one that is not."""
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _processor() -> str:
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8") as file:
        for line in file:
            if line.startswith("model name"):
                return line
    return platform.processor()


class StoredRecords(Memory):
    """A shelf of this run, and of later ones where a record lasts."""

    def __init__(self, keeping: Keeping | None, label: str, basis: str) -> None:
        """Keep nothing for later runs if there is no `keeping`.

        Args:
            keeping: the run's way to the store.
            label: whose records these are; of each label one basis is kept.
            basis: see `basis_of`.
        """
        super().__init__()
        self._keeping, self._label, self._basis = keeping, label, basis

    def ask(self, key: str) -> bytes | None:
        """The record of a key."""
        record = super().ask(key)
        if record is None and self._keeping is not None:
            record = self._keeping.recalled(self._stored(key))
            super().put(key, record, False)
        return record

    def put(self, key: str, record: bytes | None, lasting: bool) -> None:
        """Keep a record."""
        super().put(key, record, lasting)
        if record is not None and lasting and self._keeping is not None:
            self._keeping.record(self._stored(key), self._label, self._basis, record)

    def _stored(self, key: str) -> str:
        return hashlib.sha256(f"{self._basis}/{key}".encode()).hexdigest()
