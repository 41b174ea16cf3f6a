"""The extensions that docs/jupyterhub.md turns off are those that nbgrader brings."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path

from documented import typed  # type: ignore[import-not-found]

PAGE = "jupyterhub.md"
BUILT = Path(sys.prefix) / "share" / "jupyter" / "labextensions" / "@jupyter" / "nbgrader"


def test_every_extension_of_jupyterlab_exists() -> None:
    named = [line.split()[-1] for line in typed(PAGE) if "labextension disable" in line]
    script = "\n".join(path.read_text("utf-8") for path in (BUILT / "static").glob("*.js"))
    assert len(named) == 3
    for name in named:
        assert f'"{name}"' in script, name


def test_every_extension_of_the_server_exists() -> None:
    named = [line.split()[-1] for line in typed(PAGE) if "server extension disable" in line]
    assert named and all(re.fullmatch(r"nbgrader\.[\w.]+", name) for name in named)
    assert all(find_spec(name) for name in named)
