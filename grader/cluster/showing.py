"""Who is in a cluster, for people."""

from __future__ import annotations

from contextlib import closing

from pydantic import BaseModel, ConfigDict

from grader.cluster import calls
from grader.cluster.address import Address
from grader.cluster.extra import distributed
from grader.cluster.job import Card
from grader.cluster.likeness import differences, versions_here
from grader.cluster.scheduler import Gone, Link, Present
from grader.errors import GraderError


class Shown(BaseModel):
    """A machine: `refused` says what of its own differs from ours, and which jobs it refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    slots: int
    gpus: int
    versions: str = ""
    done: int = 0
    refused: tuple[str, ...] = ()
    leaving: bool = False


def shown(address: Address) -> list[Shown]:
    """All that are there, in order of their names.

    Raises:
        UsageError: Dask is not installed.
        GraderError: no scheduler can be reached.
    """
    distributed()
    with closing(Link(address)) as link:
        try:
            present = link.present()
            said = link.call([one.address for one in present], calls.card)
        except Gone as gone:
            raise GraderError(str(gone)) from None
    found = [_shown(one, said.get(one.address, "it has just ended")) for one in present]
    return sorted(found, key=lambda one: one.name)


def _shown(one: Present, text: str) -> Shown:
    if not text.startswith("{"):
        why = text or "it was not started by `chainrule worker`"
        return Shown(name=one.name, slots=one.slots, gpus=one.gpus, refused=(why,))
    card = Card.model_validate_json(text)
    differ = differences(card.versions, versions_here())
    return Shown(
        name=one.name,
        slots=card.slots,
        gpus=card.gpus,
        versions=card.versions.short(),
        done=card.done,
        refused=(*(["; ".join(differ)] if differ else []), *card.refused),
        leaving=card.leaving,
    )
