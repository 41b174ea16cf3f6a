"""The user's own search path, before ours stood in front of it."""

from __future__ import annotations

import os

_KEPT = "CHAINRULE_USERS_PATH"


def put_on_path(folder: str) -> None:
    """Let programs in a folder be found by those that we start; the user's path is remembered."""
    path = os.environ.get("PATH", os.defpath)
    if folder not in path.split(os.pathsep):
        os.environ[_KEPT] = path
        os.environ["PATH"] = os.pathsep.join((folder, path))


def users_path() -> str:
    """The path that the user's shell searches."""
    return os.environ.get(_KEPT, os.environ.get("PATH", os.defpath))
