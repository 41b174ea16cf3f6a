"""Makes one of ours of a worker that somebody else starts: `dask worker --preload` this module.

So dask-jobqueue and other programs that start Dask workers can start ours; docs/cluster.md has an
example. The worker runs in the folder of its machine's copy of the course.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.cluster.calls import GPU, SLOT
from grader.cluster.joining import card_here
from grader.cluster.member import Member
from grader.course.syllabus import find_course


async def dask_setup(worker: Any) -> None:
    """Called by Dask before the worker joins.

    Raises:
        CourseError: there is no course here.
    """
    resources = worker.state.total_resources
    slots = int(resources.get(SLOT, worker.state.nthreads))
    card = card_here(slots, "auto" if resources.get(GPU) else "cpu")
    await worker.plugin_add(plugin=Member(find_course(Path.cwd()), card))
