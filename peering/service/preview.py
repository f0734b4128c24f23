"""The dry run of the whole estate: what a sweep and the drains after it would come to, without a single write.

What is asked about is chosen as the worker chooses it, and decided as a drain decides it; the rows that they would
write are kept on paper (see on_paper.py). All spokes of a hub are judged as one batch.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision import findings
from peering.core.decision.moves import Kept
from peering.core.intake.requests import Door, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.by_name import OursByName, ours_by_name
from peering.core.record.estate import HubView, Kind, differences
from peering.core.record.membership import choose
from peering.core.record.preview import Fate, HubPreview, Line, Preview, hub_preview, line_of, line_of_row
from peering.core.record.record import Record, State
from peering.core.record.staying import reason_to_stay
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.estate import MOST, WholeEstate, read_estate
from peering.service.judging import Meanwhile, judged
from peering.service.look import look
from peering.service.on_paper import ShownNetworks, ShownRecords, on_paper
from peering.service.recovery import without_record


@dataclass(frozen=True, slots=True)
class _Paper:
    """Everything that is judged upon: what was read, the rows, and the context that holds both.

    `outside` is the one with the real records, None where there are none.
    """

    estate: WholeEstate
    shown: ShownNetworks
    rows: ShownRecords
    context: Context
    outside: Context | None


async def preview(context: Context, *, with_records: bool = True, most: int = MOST) -> Preview:
    """What would happen at each hub. Without records, halves that bear our mark count as ours, as after a loss.

    Raises AzureFailure where Resource Graph or our storage does not answer, EstateTooLarge above `most` networks.
    """
    estate = await read_estate(context, most)
    rows = await _rows(context) if with_records else []
    shown = ShownNetworks(estate.networks, context)
    hubs = context.catalogue.hubs.values()
    await shown.fetch((*(policy.vnet for policy in hubs), *(row.spoke for row in rows)))
    records = ShownRecords(rows, context.ports.records if with_records else None)
    paper = _Paper(estate, shown, records, on_paper(context, shown, records), context if with_records else None)
    await _ask_about_everything(rows, paper)
    found = [await _at_hub(policy, paper) for policy in hubs]
    nowhere = {row.hub for row in records.all()} - context.catalogue.hubs.keys()
    found += [await _nowhere(hub, paper) for hub in sorted(nowhere)]
    return Preview(networks=len(estate.networks), hubs=tuple(found), with_records=with_records)


async def _rows(context: Context) -> list[Record]:
    """The rows of every partition; what a later version wrote is nobody's to judge."""
    records = context.ports.records
    hubs = {*context.catalogue.hubs, *await records.hubs()}
    found = await run_all(records.of_hub(hub) for hub in sorted(hubs))
    return [row for rows in found for row in rows if row.is_understood]


async def _ask_about_everything(rows: Sequence[Record], paper: _Paper) -> None:
    """The rows that requests about all tagged networks, all that have rows, and all left-overs would write."""
    catalogue, estate = paper.context.catalogue, paper.estate
    tagged = (network.id for network in estate.networks.values() if catalogue.tag_value(network.tags) is not None)
    for network in dict.fromkeys((*(row.spoke for row in rows), *tagged)):
        await _ask(network, None, paper)
    for policy in catalogue.hubs.values():
        for network in _left_over(policy, paper):
            await paper.shown.fetch([network])
            await _ask(network, policy.name, paper)


async def _ask(network: VnetId, half_at: str | None, paper: _Paper) -> None:
    now, known = paper.context.clock(), await paper.rows.find(network)
    request = Request(
        id=str(uuid.uuid4()),
        spoke=network,
        door=Door.SWEEP,
        who="a dry run",
        when=now,
        correlation="",
        half_at=half_at,
    )
    choice = choose(request, paper.shown.seen(network), known, paper.context.catalogue, now)
    for row in choice.rows:
        paper.rows.put(row)


def _left_over(policy: HubPolicy, paper: _Paper) -> list[VnetId]:
    """The networks behind halves of ours that stand alone, as a sweep finds them."""
    hub, context = paper.shown.seen(policy.vnet), paper.context
    rows = [row for row in paper.rows.all() if row.hub == policy.name]
    view = HubView(name=policy.name, policy=policy, hub=hub, rows=rows, changed=False)
    found = differences(view, paper.estate.seen, context.catalogue, context.clock())
    return [each.about for each in found if each.kind is Kind.ORPHAN]


async def _at_hub(policy: HubPolicy, paper: _Paper) -> HubPreview:
    """One look at the hub and all its spokes, as a drain takes it."""
    rows = [row for row in await paper.rows.of_hub(policy.name) if row.state is not State.REMOVED]
    rows.sort(key=lambda row: (row.asked.requested, row.spoke.key))
    hub, looks = await look(policy, rows, paper.context)
    if not isinstance(hub, Vnet):
        why = f"{hub.code}: {hub.message}" if isinstance(hub, AzureFailure) else findings.hub_not_found(policy).message
        return HubPreview(hub=policy.name, network=policy.vnet, unread=why)
    pauses = await paper.context.ports.pauses.all()
    seen, decisions = await judged(hub, looks, Meanwhile(pauses), policy, paper.context)
    lines = [line_of(decision, hub) for decision in decisions]
    lines += [line_of_row(outcome.after) for outcome in seen.settled]
    by_name = ours_by_name(hub, paper.estate.partners(hub), policy, paper.context.catalogue)
    return hub_preview(policy.name, policy.vnet, lines, await _nobodys(by_name, paper))


async def _nobodys(pairs: Iterable[OursByName], paper: _Paper) -> list[VnetId]:
    """Those that no row speaks for. One that is over is not on paper, and speaks for a pair that was kept."""
    found = [each for each in pairs if await paper.rows.get(each.hub, each.spoke.key) is None]
    return [each.spoke for each in (await without_record(found, paper.outside) if paper.outside else found)]


async def _nowhere(hub: str, paper: _Paper) -> HubPreview:
    """Rows without a hub: their tag names none, or it left the catalogue. Nothing is written for any of them."""
    rows = await paper.rows.of_hub(hub)
    return hub_preview(hub, None, [await _unnamed(row, paper) for row in rows])


async def _unnamed(row: Record, paper: _Paper) -> Line:
    network, catalogue = paper.shown.seen(row.spoke), paper.context.catalogue
    if not isinstance(network, Vnet):
        return Line(spoke=row.spoke, fate=Fate.UNREAD)
    if kept := reason_to_stay(row, network, catalogue, await paper.rows.find(row.spoke)):
        notes = kept.notes if isinstance(kept, Kept) else ()
        return Line(spoke=row.spoke, fate=Fate.STAYS, findings=kept.findings, notes=notes)
    tag = catalogue.tag_value(network.tags)
    named = tag if tag is not None else row.hub_that_was_asked_for
    if named is None or catalogue.hub(named) or row.state is State.LEAVING:
        return Line(spoke=row.spoke, fate=Fate.UNCHANGED)  # only its row comes to an end
    why = findings.unknown_hub(named, catalogue, by_tag=tag is not None)
    return Line(spoke=row.spoke, fate=Fate.REFUSED, findings=(why,))
