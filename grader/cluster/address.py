"""Where a cluster is, and whether it may be used: loopback, or TLS with both sides' certificates.

Whoever reaches a scheduler or a worker of Dask can run code there, as whoever started it.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import UsageError

_LOCAL = re.compile(r"local:([1-9]\d{0,2})")
_ADDRESS = re.compile(r"(?:(?P<scheme>\w+)://)?(?P<host>\[[^]\s]+\]|[^:\s/]+):(?P<port>\d{1,5})/?")
_HOW = (
    "whoever reaches it can run code. Give --tls-ca, --tls-cert and --tls-key, and start its "
    "scheduler and workers with theirs (docs/cluster.md says how)"
)


@dataclass(frozen=True)
class Tls:
    """Files in PEM: the authority that both sides must be certified by, and one's own."""

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True)
class Address:
    """A scheduler's address, `tcp://…` on loopback or `tls://…`, and the certificates for it."""

    url: str
    tls: Tls | None

    @property
    def host(self) -> str:
        """The host's name or number."""
        return str(_parts(self.url)["host"]).strip("[]")

    def security(self) -> Any:
        """What Dask is told of it: with certificates, it talks to nobody without."""
        from distributed.security import Security

        if self.tls is None:
            return Security(require_encryption=False)
        cert, key = str(self.tls.cert), str(self.tls.key)
        return Security(
            require_encryption=True,
            tls_ca_file=str(self.tls.ca),
            tls_min_version=0x0304,  # 1.3
            **{f"tls_{role}_cert": cert for role in ("client", "worker", "scheduler")},
            **{f"tls_{role}_key": key for role in ("client", "worker", "scheduler")},
        )


def machines_here(text: str) -> int | None:
    """N of `local:N`, machines that are made on this one; None for any other text.

    Raises:
        UsageError: N is no number of machines.
    """
    if not text.startswith("local:"):
        return None
    match = _LOCAL.fullmatch(text)
    if match is None:
        raise UsageError(f"--cluster {text}: give a number of workers, such as local:2")
    return int(match[1])


def tls_of(ca: Path | None, cert: Path | None, key: Path | None) -> Tls | None:
    """The certificates that were named, None if none was.

    Raises:
        UsageError: one of the three is not named, or cannot be read.
    """
    named = {"--tls-ca": ca, "--tls-cert": cert, "--tls-key": key}
    if not any(named.values()):
        return None
    for option, path in named.items():
        if path is None:
            raise UsageError(f"{option} is missing: TLS needs --tls-ca, --tls-cert and --tls-key")
        try:
            path.read_bytes()
        except OSError as error:
            raise UsageError(f"{option} {path}: {error.strerror}") from None
    assert ca and cert and key
    return Tls(ca.absolute(), cert.absolute(), key.absolute())


def address_of(text: str, tls: Tls | None) -> Address:
    """The scheduler that is meant: HOST:PORT, with or without scheme, or a scheduler's file.

    Raises:
        UsageError: it cannot be understood, or is not on loopback and has no certificates.
    """
    given = text if _ADDRESS.fullmatch(text) else _in_file(text)
    parts = _parts(given)
    scheme = parts["scheme"] or ("tls" if tls else "tcp")
    if scheme not in ("tcp", "tls"):
        raise UsageError(f"{given}: the scheme must be tls:// (tcp:// on this machine alone)")
    if scheme == "tls" and tls is None:
        raise UsageError(f"{given} speaks TLS: give --tls-ca, --tls-cert and --tls-key")
    if scheme == "tcp" and not on_loopback(str(parts["host"]).strip("[]")):
        raise UsageError(f"{given} is not on this machine and without TLS: {_HOW}")
    if scheme == "tcp" and tls is not None:
        raise UsageError(f"{given} is without TLS, but certificates were given: say tls://")
    return Address(f"{scheme}://{parts['host']}:{parts['port']}", tls)


def on_loopback(host: str) -> bool:
    """Whether a host, by name or number, is this machine and can be reached from no other."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return False
    return bool(found) and all(ipaddress.ip_address(one).is_loopback for one in found)


def _parts(url: str) -> dict[str, str | None]:
    match = _ADDRESS.fullmatch(url)
    if match is None or int(match["port"]) > 65535:
        raise UsageError(f"{url!r} is no address; give one such as tls://HOST:8786")
    return match.groupdict()


def _in_file(text: str) -> str:
    """The address in a file that a scheduler has written (`--scheduler-file`)."""
    path = Path(text)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["address"]
    except FileNotFoundError:
        raise UsageError(
            f"{text!r} is neither an address such as tls://HOST:8786 nor a scheduler's file"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path} is no file of a Dask scheduler (`--scheduler-file`)") from None
    return str(found)
