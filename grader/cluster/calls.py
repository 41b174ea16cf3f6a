"""What clients call on a Dask worker, by name: it takes and gives JSON and bytes.

Where the worker is one of ours, its `Member` does the work.
"""

from __future__ import annotations

from typing import Any

from grader.cluster.job import Job

PLUGIN = "chainrule"
"""The name of the `Member` among a Dask worker's plugins."""
SLOT, GPU = "slot", "GPU"
"""Resources that Dask counts."""


def card(dask_worker: Any) -> str:
    """What a Dask worker is, in JSON; "" for one that is none of ours."""
    member = dask_worker.plugins.get(PLUGIN)
    return "" if member is None else member.card().model_dump_json()


def begin(job: bytes, dask_worker: Any) -> str:
    """Have a Dask worker take a job; returns why not, "" if it is taken."""
    member = dask_worker.plugins.get(PLUGIN)
    if member is None:
        return "it was not started by `chainrule worker`"
    return member.begin(Job.model_validate_json(job))


def withdraw(name: str, run: str, dask_worker: Any) -> None:
    """Have a Dask worker drop what a run has asked of it."""
    member = dask_worker.plugins.get(PLUGIN)
    if member is not None:
        member.withdraw(name, run)


def grade(name: str, run: str, batch: bytes) -> bytes:
    """A task: grade a batch where it is run; returns an `Answer` in JSON."""
    from distributed import get_worker

    member: Any = get_worker().plugins[PLUGIN]
    return member.grade(name, run, batch).model_dump_json().encode()
