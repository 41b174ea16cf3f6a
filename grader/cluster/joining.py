"""`chainrule worker`: this machine joins a cluster, and stays until it is asked to leave."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.cluster.address import Address, on_loopback
from grader.cluster.calls import GPU, SLOT
from grader.cluster.extra import distributed
from grader.cluster.job import Card
from grader.cluster.likeness import versions_here
from grader.errors import GraderError
from grader.grading.doctor import diagnose
from grader.grading.gpus import free_gpus, gpus_here
from grader.grading.machine import choose_device, cores
from grader.worker.devices import Wished, is_card

_PAUSE = 1.0
_START_SECONDS = 300.0
"""Until a Dask worker has joined, on a machine that has much else to do."""
_FINISH_SECONDS = 600.0
"""More than any submission may take."""


@dataclass(frozen=True)
class Wish:
    """How a machine joins: slots (0: every core), device, how long a scheduler may be away (s)."""

    jobs: int = 0
    device: Wished = "auto"
    patience: float = 300.0


def join(address: Address, root: Path, wish: Wish, say: Callable[[str], None]) -> None:
    """Join, and come back after a scheduler's restart; returns when asked to leave.

    Args:
        address: the scheduler's.
        root: this machine's copy of the course.
        wish: see `Wish`.
        say: tells whoever looks on what happens.

    Raises:
        UsageError: Dask is not installed, or there is no such device.
        GraderError: the scheduler has been away for longer than `wish.patience`.
    """
    distributed()
    from grader.cluster.member import Member

    card = card_here(wish.jobs or cores(), wish.device)
    with tempfile.TemporaryDirectory(prefix="chainrule-worker-") as scratch:
        asyncio.run(_Stay(address, Member(root, card), card, scratch, say).stay(wish.patience))


def card_here(slots: int, device: Wished) -> Card:
    """What this machine has, found by trying; raises UsageError if it has no such device."""
    return Card(
        machine=socket.gethostname(),
        slots=slots,
        gpus=_gpus() if is_card(choose_device(device)) else 0,
        versions=versions_here(),
        lacks=tuple(probe.layer for probe in diagnose() if probe.needed and not probe.works),
    )


def _gpus() -> int:
    """How many workers may have one; raises UsageError if all are busy."""
    return max(1, len(free_gpus(gpus_here())))


class _Stay:
    """A stay in a cluster: a nanny, and under it a Dask worker that she starts again if it dies."""

    def __init__(
        self, address: Address, member: Any, card: Any, scratch: str, say: Callable[[str], None]
    ) -> None:
        self._address, self._member, self._card = address, member, card
        self._scratch, self._say = scratch, say
        self._asked = 0  # to leave

    async def stay(self, patience: float) -> None:
        self._leave = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        last = time.monotonic()
        while not self._leave.is_set():
            nanny = self._nanny()
            try:
                await self._or_leave(nanny.start())
            except (TimeoutError, OSError, RuntimeError, ValueError) as error:
                await nanny.close()
                if time.monotonic() > last + patience:
                    raise GraderError(
                        f"no scheduler at {self._address.url} for {patience:.0f} s ({error}); "
                        "start it, then this again"
                    ) from None
                await self._or_leave(asyncio.sleep(_PAUSE))
                continue
            if not self._leave.is_set():
                slots = f"{self._card.slots} slots, {self._card.gpus} GPUs"
                self._say(f"joined {self._address.url} as {nanny.name}: {slots}")
                await self._or_leave(nanny.finished())
            last = time.monotonic()
            await self._end(nanny)

    def _nanny(self) -> Any:
        from distributed import Nanny

        return Nanny(
            self._address.url,
            host="127.0.0.1" if on_loopback(self._address.host) else None,
            nthreads=self._card.slots + 1,
            resources={SLOT: self._card.slots, GPU: self._card.gpus},
            name=f"{self._card.machine}-{os.getpid()}",
            security=self._address.security(),
            memory_limit=0,
            local_directory=self._scratch,
            plugins=(self._member,),
            dashboard_address="127.0.0.1:0",
            death_timeout=_START_SECONDS,
        )

    def _on_signal(self) -> None:
        self._asked += 1
        self._say("leaving: what is in progress is finished first; once more ends it at once")
        self._leave.set()
        if self._asked > 1:
            self._hurry.set()

    async def _or_leave(self, work: Any) -> None:
        """Wait for `work`, or until this machine is asked to leave."""
        task, leaving = asyncio.ensure_future(work), asyncio.ensure_future(self._leave.wait())
        try:
            await asyncio.wait({task, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        finally:
            for one in (task, leaving):
                one.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await one

    async def _end(self, nanny: Any) -> None:
        from distributed.core import rpc

        if self._leave.is_set() and nanny.worker_address and self._asked == 1:
            self._hurry = asyncio.Event()
            arguments = nanny.security.get_connection_args("worker")
            with suppress(OSError, asyncio.TimeoutError):
                async with rpc(nanny.worker_address, connection_args=arguments) as worker:
                    done = asyncio.ensure_future(worker.chainrule_leave())
                    hurry = asyncio.ensure_future(self._hurry.wait())
                    await asyncio.wait(
                        {done, hurry},
                        timeout=_FINISH_SECONDS,
                        return_when=asyncio.FIRST_COMPLETED,
                    )
                    hurry.cancel()
                    done.cancel()
                    with suppress(asyncio.CancelledError, Exception):
                        await done
        await nanny.close()
