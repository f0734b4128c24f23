"""After a loss of the tables: finds the pairs that are ours by name alone, and takes those over that a person says are.

Only rows are written, never a peering: what such a pair lacks is said by the next sweep.
"""

import uuid
from collections.abc import Iterable

from peering.core.catalogue.policy import HubPolicy
from peering.core.intake.requests import Door, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.by_name import OursByName, is_by_name, ours_by_name, taken_over
from peering.core.record.record import Record
from peering.ports import StaleRecord
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.estate import read_estate
from peering.service.observe import observe


class NotTakenOver(Exception):
    """The pair is not taken over; the text says why, to the person who asked."""


async def find_by_name(context: Context) -> list[OursByName]:
    """Every pair of the estate that bears our names and has no record, hub by hub.

    Raises AzureFailure where a hub, Resource Graph or our storage does not answer: half a list would mislead.
    """
    estate = await read_estate(context)
    found = list[OursByName]()
    for policy in context.catalogue.hubs.values():
        hub, _ = await observe(policy.vnet, context)
        if isinstance(hub, AzureFailure):
            raise hub
        if hub is not None:
            found += await without_record(ours_by_name(hub, estate.partners(hub), policy, context.catalogue), context)
    return found


async def without_record(pairs: Iterable[OursByName], context: Context) -> list[OursByName]:
    """Those of the pairs that have no row: one that is over speaks for its pair too, which was kept."""
    pairs = list(pairs)
    rows = await run_all(context.ports.records.get(each.hub, each.spoke.key) for each in pairs)
    return [each for each, row in zip(pairs, rows, strict=True) if row is None]


async def take_over(hub: str, spoke: VnetId, who: str, context: Context) -> Record:
    """Write the row of a pair that a person says is ours, and a line of its history; returns the row.

    The tag says who wished it; without a tag the person does. Azure itself is read once more. Raises NotTakenOver, and
    AzureFailure.
    """
    policy = context.catalogue.hub(hub)
    if policy is None:
        raise NotTakenOver(f"{hub!r} is no hub of the catalogue.")
    network, seen = await _read(policy.vnet, context), await _read(spoke, context)
    if not is_by_name(network, seen, policy):
        raise NotTakenOver(f"{spoke.name} has no pair with hub {policy.name!r} that is Connected and bears our names.")
    row = taken_over(_request(spoke, policy, who, context), network, seen, policy, context.catalogue)
    try:
        saved = await context.ports.records.save(row)
    except StaleRecord as error:
        raise NotTakenOver(f"{spoke.name} has a record at hub {policy.name!r} by now.") from error
    await context.ports.records.note(saved, context.clock())
    return saved


async def _read(network: VnetId, context: Context) -> Vnet:
    seen, _ = await observe(network, context)
    if isinstance(seen, AzureFailure):
        raise seen
    if seen is None:
        raise NotTakenOver(f"There is no virtual network {network}.")
    return seen


def _request(spoke: VnetId, policy: HubPolicy, who: str, context: Context) -> Request:
    identity = str(uuid.uuid4())
    return Request(
        id=identity,
        spoke=spoke,
        door=Door.HTTP,
        who=who,
        when=context.clock(),
        correlation=identity,
        hub=policy.name,
    )
