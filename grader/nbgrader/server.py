"""A notebook server that lets the formgrader run nbgrader's own scripts alone.

nbgrader's pages carry scripts and handlers in line, so the browser cannot tell them from what a
student might slip in. Here each script of its templates gets a nonce, drawn when the server starts,
before any student's text is put between them, and a content security policy names that nonce, the
handlers by their hash, and MathJax. `jupyter_server_config.py` of a course turns it on.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable
from functools import partial
from typing import Any

from jinja2 import BaseLoader, Environment
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

# What nbgrader's templates do when something is clicked.
HANDLERS = (
    "toggle_name(true);",
    "toggle_name(false);",
    "toggleAllNames()",
    "createStudentModal();",
    "createAssignmentModal();",
)
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
PLACE = "/formgrader/"


def configure_server(config: Any) -> None:
    """Have a notebook server load this module; `config` is what `get_config()` returns."""
    config.ServerApp.jpserver_extensions = {__name__: True}


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """The formgrader may be loaded after this; see below."""


async def _start_jupyter_server_extension(server: Any) -> None:
    """All extensions are loaded: tighten the formgrader, if it is among them."""
    settings = server.web_app.settings
    if "nbgrader_jinja2_env" not in settings:
        server.log.warning("chainrule: no formgrader in this server; its policy is not set")
        return
    nonce = secrets.token_urlsafe(24)
    lists: Environment = settings["nbgrader_jinja2_env"]
    # They write what stands in an address into their scripts.
    lists.autoescape = True
    for environment in (lists, settings["nbgrader_exporter"].environment):
        inner = environment.loader
        assert inner is not None
        environment.loader = _Marked(inner, nonce)
    server.web_app.transforms.append(partial(_Policy, policy(nonce)))


def policy(nonce: str) -> str:
    """The content security policy of nbgrader's pages.

    `unsafe-eval` is MathJax 2's, which reads its settings so; styles in line are its work, too.
    """
    hashes = " ".join(f"'{_hash(handler)}'" for handler in HANDLERS)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-hashes' {hashes} 'unsafe-eval' {MATHJAX}",
            f"style-src 'self' 'unsafe-inline' {MATHJAX}",
            f"font-src 'self' data: {MATHJAX}",
            f"img-src 'self' data: {MATHJAX}",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    )


def _hash(script: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}"


class _Marked(BaseLoader):
    """Templates whose scripts carry the nonce."""

    def __init__(self, inner: BaseLoader, nonce: str) -> None:
        self._inner, self._nonce = inner, nonce

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str | None, Callable[[], bool] | None]:
        source, file, fresh = self._inner.get_source(environment, template)
        return source.replace("<script", f'<script nonce="{self._nonce}"'), file, fresh


class _Policy(OutputTransform):
    """Puts the policy on whatever the formgrader answers."""

    def __init__(self, policy: str, request: HTTPServerRequest) -> None:
        self._policy = policy if PLACE in f"{request.path}/" else ""

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        if self._policy:
            headers["Content-Security-Policy"] = self._policy
        return status_code, headers, chunk
