"""A connection to a scheduler: who is there, calls on workers, tasks sent to one of them."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grader.cluster.address import Address
from grader.cluster.extra import distributed
from grader.errors import GraderError

_CONNECT_SECONDS = 30.0
_CALL_SECONDS = 60.0
_RESULT_SECONDS = 30.0
_PAUSE = 0.5


class Gone(Exception):
    """The scheduler does not answer any more; says which."""


@dataclass(frozen=True)
class Present:
    """A Dask worker that the scheduler knows; `key` tells it from all that were there before."""

    key: str
    address: str
    name: str
    slots: int
    gpus: int


class Link:
    """A client of Dask's, used by one thread."""

    def __init__(self, address: Address, timeout: float = _CONNECT_SECONDS) -> None:
        """Connect, within `timeout` seconds.

        Raises:
            UsageError: Dask is not installed.
            GraderError: there is no scheduler, or it does not take our certificate.
        """
        self._address, self._which = address, ""
        distributed()
        warnings.filterwarnings("ignore", module=r"distributed\.")
        try:
            self._client = self._connected(timeout)
        except (OSError, TimeoutError) as error:
            raise GraderError(_unreachable(address, error)) from None

    def _connected(self, timeout: float) -> Any:
        from distributed import Client

        client = Client(
            self._address.url,
            security=self._address.security(),
            timeout=timeout,
            set_as_default=False,
            name="chainrule",
        )
        try:
            client.run_on_scheduler(_answer_us)
        except BaseException:
            client.close(timeout=2)
            raise
        return client

    @property
    def connected(self) -> bool:
        """Whether the scheduler is there."""
        return bool(self._client.status == "running")

    def present(self) -> list[Present]:
        """The Dask workers that are there; raises Gone, also if another scheduler is there."""
        try:
            which, rows = self._client.sync(
                self._client.scheduler.chainrule_present, callback_timeout=_CALL_SECONDS
            )
        except Exception:  # away, or another one that does not know us
            raise self._gone() from None
        if which != (self._which or which):
            raise self._gone()
        self._which = which
        return [Present(*row) for row in rows]

    def call(
        self, addresses: Sequence[str], function: Callable[..., Any], *arguments: Any
    ) -> dict[str, str]:
        """Call a function of `calls` on Dask workers, all at once.

        Returns what it returns on each; in words, why it could not be called. Those that ended
        meanwhile have no answer. Raises Gone.
        """
        answers = self._ask(
            lambda: self._client.sync(
                self._client._run,
                function,
                *arguments,
                workers=list(addresses),
                on_error="return",
                callback_timeout=_CALL_SECONDS,
            )
        )
        if answers is None and len(addresses) > 1:  # one of them keeps the others waiting
            parts = [self.call([one], function, *arguments) for one in addresses]
            return {one: said for part in parts for one, said in part.items()}
        if answers is None:
            return dict.fromkeys(addresses, "it does not answer")
        return {
            one: f"it cannot be asked: {type(said).__name__}: {said}"
            if isinstance(said, BaseException)
            else said or ""
            for one, said in answers.items()
            if not isinstance(said, OSError)
        }

    def submit(
        self, address: str, name: str, resource: str, function: Callable[..., Any], *given: Any
    ) -> Any:
        """Have a function called by a thread of one Dask worker; raises Gone."""
        if not self.connected:
            raise self._gone()
        return self._client.submit(
            function,
            *given,
            key=name,
            workers=[address],
            allow_other_workers=False,
            resources={resource: 1},
            pure=False,
        )

    def result(self, future: Any) -> bytes | None:
        """What the function has returned, of a future that was finished; None if that was lost
        with the machine before it came: Dask would wait for the machine for ever. Raises Gone.
        """
        while future.status == "finished":
            try:
                found = self._ask(lambda: future.result(timeout=_RESULT_SECONDS))
            except Exception as error:
                if isinstance(error, Gone) or future.status == "finished":
                    raise
                break
            if isinstance(found, bytes):
                return found
        return None

    def why(self, future: Any) -> str:
        """In words, why a future failed; "" if its worker or its scheduler was lost."""
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker, NoValidWorkerError, NoWorkerError

        if future.status != "error":
            return ""
        error = self._error(future)
        lost = (KilledWorker, FutureCancelledError, NoWorkerError, NoValidWorkerError)
        return "" if isinstance(error, lost) else f"{type(error).__name__}: {error}"

    def again(self, patience: float) -> None:
        """Connect again, to a scheduler that is started in the meantime.

        Raises:
            GraderError: there is none for `patience` seconds.
        """
        self.close()
        self._which = ""
        end = time.monotonic() + patience
        while True:
            try:
                self._client = self._connected(max(1.0, min(5.0, end - time.monotonic())))
                return
            except (OSError, TimeoutError) as error:
                if time.monotonic() > end:
                    raise GraderError(_unreachable(self._address, error)) from None
            time.sleep(_PAUSE)

    def close(self) -> None:
        """Hang up."""
        with suppress(Exception):
            self._client.close(timeout=2)

    def _error(self, future: Any) -> Any:
        with suppress(Exception):
            return future.exception(timeout=5)
        return None

    def _ask(self, question: Callable[[], Any]) -> Any:
        """What a question to the cluster gives; None if nothing comes in time."""
        try:
            return question()
        except TimeoutError:
            if self.connected:
                return None
            raise self._gone() from None
        except Exception as error:
            if self.connected and not isinstance(error, OSError):
                raise
            raise self._gone() from None

    def _gone(self) -> Gone:
        return Gone(f"the scheduler at {self._address.url} is gone")


def _unreachable(address: Address, error: BaseException) -> str:
    secure = " and do its certificates come from the same authority" if address.tls else ""
    return f"no scheduler can be reached at {address.url}: {error}. Is it up{secure}?"


def _answer_us(dask_scheduler: Any) -> None:
    """On the scheduler: let it be asked who is there, without a line in its log each time."""
    dask_scheduler.handlers["chainrule_present"] = lambda: _present(dask_scheduler)


def _present(dask_scheduler: Any) -> tuple[str, list[tuple[str, str, str, int, int]]]:
    """On the scheduler: which it is, and its workers, as `Present` has them."""
    return dask_scheduler.id, [
        (
            f"{one.address} {one.server_id}",
            one.address,
            str(one.name),
            int(one.resources.get("slot", one.nthreads)),
            int(one.resources.get("GPU", 0)),
        )
        for one in dask_scheduler.workers.values()
    ]
