"""A notebook server in a course's folder, as an instructor starts it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 90
CONFIG = Path(__file__).parents[1] / "jupyter_server_config.py"
# So that JupyterLab renders every cell of a notebook, not only those on the screen.
ALL_CELLS = {"windowingMode": "none"}


@contextmanager
def notebook_server(root: Path) -> Iterator[str]:
    """Start a server in `root`; yields its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = root / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps(ALL_CELLS))
    (root / CONFIG.name).write_text(CONFIG.read_text())
    options = [
        f"--config={CONFIG.name}",
        "--no-browser",
        "--allow-root",
        "--ServerApp.token=",
        "--ServerApp.password=",
    ]
    command = [sys.executable, "-m", "jupyter", "server", *options, f"--ServerApp.port={port}"]
    log = (root / "server.log").open("w")
    environment = os.environ | {"JUPYTERLAB_SETTINGS_DIR": str(root / "settings")}
    process = subprocess.Popen(command, cwd=root, stdout=log, stderr=log, env=environment)
    try:
        base = f"http://127.0.0.1:{port}"
        _wait(f"{base}/api")
        yield base
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _wait(url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
