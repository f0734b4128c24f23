"""A hub as it is now, for whoever asks: from the records alone, or with what Azure shows of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.batch import Observed
from peering.core.decision.hub_snapshot import HubSnapshot, Rank
from peering.core.decision.room import Use, blocks_of, uses_of
from peering.core.network.addresses import AddressBook, Claim
from peering.core.network.resource_ids import lease_name
from peering.core.network.vnets import Vnet
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.core.record.tally import Tally
from peering.ports import Records
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe

_AT_ONCE = 8  # hubs whose rows are counted
_WISHES = (State.PENDING, State.AWAITING_APPROVAL)


@dataclass(frozen=True, slots=True)
class HubNow:
    """What Azure shows of a hub, what is open there, and its rows: those that are not Removed."""

    policy: HubPolicy
    hub: Observed
    note: Note
    rows: Sequence[Record]


async def tallies(catalogue: Catalogue, records: Records) -> list[tuple[HubPolicy, Tally]]:
    """Every hub of the catalogue and what its rows come to, by name. Azure is asked nothing."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def count(name: str) -> Tally:
        async with room:
            return await records.tally(name)

    names = sorted(catalogue.hubs)
    found = await run_all(count(name) for name in names)
    return [(catalogue.hubs[name], tally) for name, tally in zip(names, found, strict=True)]


async def hub_now(policy: HubPolicy, context: Context) -> HubNow:
    """One read of the hub, of its rows and of the note on its lease."""
    ports = context.ports
    (hub, _), note, rows = await asyncio.gather(
        observe(policy.vnet, context),
        ports.leases.peek(lease_name(policy.vnet)),
        ports.records.of_hub(policy.name),
    )
    return HubNow(policy, hub, note, rows)


def claims_at(hub: Vnet, now: HubNow, catalogue: Catalogue) -> AddressBook:
    """Who holds which addresses around the hub; who waits to be let in counts, so that he is not crossed."""
    book = HubSnapshot.around(hub, now.policy, catalogue).book
    waiting = (row for row in now.rows if row.state in _WISHES)
    return book.plus(Claim(prefix, str(row.spoke), Rank.WISHED) for row in waiting for prefix in row.found.prefixes)


def space_at(now: HubNow, catalogue: Catalogue) -> tuple[Use, ...]:
    """How full each block is in which spokes of the hub may lie; nothing where the hub cannot be seen."""
    if not isinstance(now.hub, Vnet):
        return ()
    blocks = [block for version in (4, 6) for block in blocks_of(now.policy, version)]
    return uses_of(blocks, claims_at(now.hub, now, catalogue))
