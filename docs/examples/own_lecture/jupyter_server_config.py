"""A notebook server's configuration: `jupyter lab --config=jupyter_server_config.py`."""

from grader.nbgrader.server import configure_server

configure_server(get_config())  # type: ignore[name-defined]  # noqa: F821
