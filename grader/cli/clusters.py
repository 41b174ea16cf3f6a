"""Which cluster a command means: what was typed, or what course.yml says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.cluster.address import Address, address_of, machines_here, tls_of
from grader.cluster.extra import distributed
from grader.course.syllabus import Course
from grader.errors import UsageError

Files = tuple[Path | None, Path | None, Path | None]
"""The authority, the certificate and its key, as far as they were named."""
NONE = "none"


def named(course: Course, typed: str | None, files: Files) -> Address:
    """The address of the cluster that is meant.

    Raises:
        UsageError: none is, or it may not be used so.
    """
    text = typed or course.cluster
    if not text:
        raise UsageError(
            "which cluster? Give its scheduler's address, such as tls://HOST:8786, or let "
            "`cluster` of course.yml keep it"
        )
    return address_of(text, tls_of(*files))


def wanted(course: Course, typed: str | None) -> str | None:
    """The cluster that a class is graded on; None for this machine alone.

    Raises:
        UsageError: there is one, and Dask is not installed.
    """
    text = typed or course.cluster
    if text in (None, "", NONE):
        return None
    distributed()
    return text


@contextmanager
def cluster_at(
    course: Course, text: str, files: Files, jobs: int, device: str
) -> Iterator[Address]:
    """A cluster's address; `local:N` is made for as long as it is needed.

    Raises:
        UsageError: it cannot be understood, or may not be used so.
        GraderError: it cannot be reached.
    """
    from grader.cluster.local import local

    machines = machines_here(text)
    if machines is None:
        yield address_of(text, tls_of(*files))
        return
    with local(course.root, machines, max(jobs, machines), device) as address:
        yield address
