"""The outside world for a dry run: what was read is shown as often as it is asked for, and nothing can be written.

The story is told by the same functions as ever; only what they hold in their hands is another.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn, cast

from peering.core.decision.batch import Observed
from peering.core.decision.changes import Change
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record
from peering.noop import NoPauses, NoTelemetry
from peering.ports import Estate, Networks, Ports, Records
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.observe import observe

_AT_ONCE = 8  # reads of networks that Resource Graph does not show


class WritesNothing(RuntimeError):
    """Somebody asked a dry run to write: a mistake in the code."""


class ShownNetworks:
    """Networks, as Resource Graph showed them, or as they were read where it did not."""

    def __init__(self, networks: Mapping[VnetId, Vnet], context: Context) -> None:
        self._context = context
        self._seen: dict[VnetId, Observed] = dict(networks)

    def show(self, network: Vnet) -> None:
        """From here on the network is as this says, whatever it is in Azure."""
        self._seen[network.id] = network

    async def fetch(self, networks: Iterable[VnetId]) -> None:
        """Read those that are not known yet, once."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def fetch(network: VnetId) -> None:
            async with room:
                self._seen[network], _ = await observe(network, self._context)

        await run_all(fetch(each) for each in dict.fromkeys(networks) if each not in self._seen)

    def seen(self, network: VnetId) -> Observed:
        """What `fetch`, or Resource Graph, has shown of it."""
        return self._seen.get(network)

    async def read(self, vnet: VnetId) -> Vnet | None:
        await self.fetch([vnet])
        found = self._seen[vnet]
        if isinstance(found, AzureFailure):
            raise found
        return found

    async def read_tags(self, subscription: str, group: str | None) -> Mapping[str, str]:
        return await self._context.ports.networks.read_tags(subscription, group)

    async def apply(self, change: Change) -> NoReturn:
        raise WritesNothing(f"{change} on {change.vnet}")

    async def write_tag(self, vnet: VnetId, name: str, value: str) -> None:
        raise WritesNothing(f"tag {name} = {value} on {vnet}")

    async def remove_tag(self, vnet: VnetId, name: str, value: str) -> None:
        raise WritesNothing(f"tag {name} = {value} away from {vnet}")


class PlannedNetworks(ShownNetworks):
    """The same of the few networks that a what-if is about, and one that is only planned."""

    def __init__(self, planned: Vnet | None, context: Context) -> None:
        super().__init__({planned.id: planned} if planned else {}, context)
        self._planned = planned

    async def read_tags(self, subscription: str, group: str | None) -> Mapping[str, str]:
        """Nobody has said which group a planned network will lie in: it bears no tag."""
        if self._planned and group is not None:
            return {}
        return await super().read_tags(subscription, group)


class ShownRecords:
    """The rows as they are, and as they would be written; what is asked of them without a write is answered."""

    def __init__(self, rows: Iterable[Record], records: Records | None) -> None:
        self._records = records
        self._rows: dict[str, dict[str, Record]] = {}
        for row in rows:
            self.put(row)

    def put(self, row: Record) -> None:
        """The row as it would be saved."""
        self._rows.setdefault(row.spoke.key, {})[row.hub] = row

    def all(self) -> Iterator[Record]:
        return (row for rows in self._rows.values() for row in rows.values())

    async def find(self, spoke: VnetId) -> list[Record]:
        return list(self._rows.get(spoke.key, {}).values())

    async def get(self, hub: str, key: str) -> Record | None:
        return self._rows.get(key, {}).get(hub)

    async def of_hub(self, hub: str) -> list[Record]:
        return [row for row in self.all() if row.hub == hub]

    async def lost(self, hub: str, since: datetime) -> int:
        """What was really taken away."""
        return await self._records.lost(hub, since) if self._records else 0


class RowsOnDemand(ShownRecords):
    """The same for a few spokes: a row is read when it is asked for, if nobody would have written it."""

    def __init__(self, records: Records) -> None:
        super().__init__((), records)
        self._kept = records

    async def find(self, spoke: VnetId) -> list[Record]:
        there = {row.hub: row for row in await self._kept.find(spoke)}
        return list({**there, **{row.hub: row for row in await super().find(spoke)}}.values())

    async def get(self, hub: str, key: str) -> Record | None:
        return await super().get(hub, key) or await self._kept.get(hub, key)

    async def of_hub(self, hub: str) -> list[Record]:
        there = {row.spoke: row for row in await self._kept.of_hub(hub)}
        return list({**there, **{row.spoke: row for row in await super().of_hub(hub)}}.values())


class _Closed:
    """A door to the outside that a dry run does not go through."""

    def __getattr__(self, name: str) -> NoReturn:
        raise WritesNothing(f"a dry run has no business with {name!r}")


def questions_only(networks: Networks, estate: Estate) -> Ports:
    """Ports for somebody who has nothing but the right to read networks: no storage, no app."""
    closed: Any = _Closed()
    ports = dict.fromkeys(Ports.__dataclass_fields__, closed)
    return Ports(**ports | {"networks": networks, "estate": estate, "pauses": NoPauses(), "telemetry": NoTelemetry()})


def on_paper(context: Context, networks: ShownNetworks, records: ShownRecords) -> Context:
    """The same context, of which nothing reaches the outside but questions."""
    closed: Any = _Closed()
    ports = Ports(
        **dict.fromkeys(Ports.__dataclass_fields__, closed)
        | {"networks": networks, "records": cast("Records", records), "telemetry": NoTelemetry()}
        | {"pauses": context.ports.pauses}
    )
    return replace(context, ports=ports)
