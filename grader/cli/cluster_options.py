"""The options by which commands reach a cluster; each may stand in the environment instead."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Ca = Annotated[
    Path | None,
    typer.Option(
        "--tls-ca",
        envvar="CHAINRULE_TLS_CA",
        help="The authority that certifies all of a cluster, in PEM.",
    ),
]
Cert = Annotated[
    Path | None,
    typer.Option("--tls-cert", envvar="CHAINRULE_TLS_CERT", help="This side's certificate."),
]
Key = Annotated[
    Path | None,
    typer.Option("--tls-key", envvar="CHAINRULE_TLS_KEY", help="The certificate's key."),
]
