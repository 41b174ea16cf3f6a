"""The libraries of `pip install 'chainrule[cluster]'`, asked for when they are needed."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

from grader.errors import UsageError


def distributed() -> ModuleType:
    """Dask's `distributed`, which says no more than it must.

    Raises:
        UsageError: it is not installed; says how to.
    """
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")  # also for its own processes
    os.environ.setdefault("DASK_DISTRIBUTED__WORKER__HTTP__ROUTES", "[]")
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise UsageError(
            "more machines need Dask, which is not installed here; install it with: "
            "pip install 'chainrule[cluster]'"
        ) from None
