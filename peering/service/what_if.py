"""A what-if: what the worker would make of one network, that exists or is planned, without a single write.

What is asked about is chosen as the worker chooses it, and decided as a drain decides it, with other ports in their
hands (see on_paper.py). The network alone is judged: what else waits at its hub at this moment is not.
"""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision import findings
from peering.core.decision.address_checks import refused_for_their_place
from peering.core.decision.batch import Observed
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.moves import Kept
from peering.core.decision.pause import Pause
from peering.core.decision.room import suggested
from peering.core.intake.requests import Door, Request
from peering.core.network.addresses import Prefix
from peering.core.network.failures import AzureFailure, Kind, rule_for
from peering.core.network.resource_ids import lease_name
from peering.core.network.vnets import Vnet
from peering.core.record.membership import choose
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.core.record.staying import reason_to_stay
from peering.core.record.what_if import (
    Foreseen,
    Question,
    WhatIf,
    Word,
    approval_of,
    foreseen,
    foreseen_of_row,
    held_now,
    told,
)
from peering.service.concurrency import run_all
from peering.service.context import Context
from peering.service.judging import Meanwhile, judged
from peering.service.look import Look, look
from peering.service.observe import observe
from peering.service.on_paper import PlannedNetworks, RowsOnDemand, on_paper
from peering.service.watch import rules_are_new


@dataclass(frozen=True, slots=True)
class _Paper:
    """The question, the network as it is to be judged, and the context in which nothing can be written.

    `outside` is the real context, of which only questions are asked.
    """

    question: Question
    seen: Observed
    pauses: tuple[Pause, ...]
    context: Context
    outside: Context


@dataclass(frozen=True, slots=True)
class _AtHub:
    """What one look at a hub has come to: first what is about the network in question."""

    policy: HubPolicy
    hub: Vnet
    found: tuple[Foreseen, ...]
    note: Note


async def what_if(question: Question, context: Context) -> WhatIf:
    """What would come of the network. Raises AzureFailure where Azure or storage do not answer just now."""
    records = context.ports.records
    shown, rows = PlannedNetworks(question.planned, context), RowsOnDemand(records)
    paper = on_paper(context, shown, rows)
    policy = context.catalogue.hub(question.hub or "")
    wanted = (question.spoke, *([policy.vnet] if policy else []))
    _, known, pauses = await asyncio.gather(
        shown.fetch(wanted), records.find(question.spoke), context.ports.pauses.all()
    )
    if retagged := _as_if_tagged(shown.seen(question.spoke), question, context.catalogue):
        shown.show(retagged)
    seen, _ = await observe(question.spoke, paper)
    if answer := _unseen(seen, question, known):
        return WhatIf(about=answer)
    chosen = choose(_request(question, context), seen, known, context.catalogue, context.clock()).rows
    for row in chosen:
        rows.put(row)
    return await _answer(_all(chosen, known), _Paper(question, seen, pauses, paper, context))


def _as_if_tagged(seen: Observed, question: Question, catalogue: Catalogue) -> Vnet | None:
    """A network that bears the tag, with the hub that is asked about: what would come of writing that into it."""
    own = catalogue.tag_value(seen.tags) if isinstance(seen, Vnet) else None
    if not isinstance(seen, Vnet) or own is None or question.hub is None:
        return None
    others = {name: value for name, value in seen.tags.items() if name.lower() != catalogue.tag.lower()}
    return replace(seen, tags={**others, catalogue.tag: question.hub})


def _request(question: Question, context: Context) -> Request:
    identity = str(uuid.uuid4())
    now, who = context.clock(), "a what-if"
    return Request(
        id=identity, spoke=question.spoke, door=Door.HTTP, who=who, when=now, correlation="", hub=question.hub
    )


def _unseen(seen: Observed, question: Question, known: Sequence[Record]) -> Foreseen | None:
    """The answer about a network that is not there, or cannot be read; None where there is more to be said."""
    if isinstance(seen, AzureFailure):
        return _unread(seen, Foreseen(hub=question.hub or "", spoke=question.spoke, word=Word.WAIT))
    if seen is None and all(row.state is State.REMOVED for row in known):
        return told(question.spoke, [findings.spoke_is_gone(question.spoke)], question.hub or "")
    return None


def _unread(failure: AzureFailure, empty: Foreseen) -> Foreseen:
    """Only a person can mend it, and may as well do so before: it is told. What passes by itself is raised."""
    if rule_for(failure).kind is Kind.SOON:
        raise failure
    return replace(empty, findings=(findings.explain(failure),))


def _all(chosen: Sequence[Record], known: Sequence[Record]) -> list[Record]:
    """The rows that would be written, the new one first; and those of other hubs that still have a pair."""
    hubs = {row.hub for row in chosen}
    return [*chosen, *(row for row in known if row.is_standing and row.is_understood and row.hub not in hubs)]


async def _answer(rows: Sequence[Record], paper: _Paper) -> WhatIf:
    if not rows:
        return WhatIf(about=Foreseen(hub="", spoke=paper.question.spoke, word=Word.NOTHING))
    first, *others = await run_all(_at(row, paper) for row in rows)
    also = tuple(found for each in others for found in _found(each))
    if isinstance(first, Foreseen):
        return WhatIf(about=first, also=also)
    about, *beside = first.found
    network = paper.seen if isinstance(paper.seen, Vnet) else None
    rule, asks = approval_of(first.policy, network) if network else ("", False)
    return WhatIf(
        about=about,
        also=(*beside, *also),
        suggested=_suggested(first, network, paper.context.catalogue) if network else (),
        held=held_now(about, first.policy, paper.pauses, first.note, paper.context.clock()),
        approval=rule,
        asks_a_person=asks,
    )


def _found(each: _AtHub | Foreseen) -> tuple[Foreseen, ...]:
    return (each,) if isinstance(each, Foreseen) else each.found


def _suggested(at: _AtHub, network: Vnet, catalogue: Catalogue) -> tuple[Prefix, ...]:
    """Ranges in the place of those that are refused for where they lie."""
    if at.found[0].word is not Word.REFUSE:
        return ()
    snapshot = HubSnapshot.around(at.hub, at.policy, catalogue)
    return suggested(refused_for_their_place(network, snapshot), network, snapshot)


async def _at(row: Record, paper: _Paper) -> _AtHub | Foreseen:
    """One look at a hub and the network, as a drain takes it."""
    policy, outside = paper.context.catalogue.hub(row.hub), paper.outside
    if policy is None:
        return await _nowhere(row, paper)
    (hub, looks), note = await asyncio.gather(
        look(policy, [row], paper.context), outside.ports.leases.peek(lease_name(policy.vnet))
    )
    if isinstance(hub, AzureFailure):
        return _unread(hub, Foreseen(hub=policy.name, spoke=row.spoke, word=Word.WAIT))
    if hub is None:
        return told(row.spoke, [findings.hub_not_found(policy)], policy.name)
    is_new = await rules_are_new(policy, note, outside)
    seen, decisions = await judged(hub, looks, Meanwhile(paper.pauses, is_new), policy, paper.context)
    found = [foreseen(decision, policy) for decision in decisions]
    found += [foreseen_of_row(each.after, hub, _network(each.after, looks), policy) for each in seen.settled]
    found.sort(key=lambda each: each.spoke != row.spoke)
    return _AtHub(policy, hub, tuple(found), note)


def _network(row: Record, looks: Sequence[Look]) -> Vnet | None:
    network = next((each.network for each in looks if each.row.spoke == row.spoke), None)
    return network if isinstance(network, Vnet) else None


async def _nowhere(row: Record, paper: _Paper) -> Foreseen:
    """A row without a hub that could be written to: nobody knows it, or it left the catalogue."""
    network, catalogue, spoke = paper.seen, paper.context.catalogue, row.spoke
    empty = Foreseen(hub="", spoke=spoke, word=Word.NOTHING)
    if not isinstance(network, Vnet):
        return empty
    if kept := reason_to_stay(row, network, catalogue, await paper.context.ports.records.find(spoke)):
        return replace(empty, findings=kept.findings, notes=kept.notes if isinstance(kept, Kept) else ())
    tag = catalogue.tag_value(network.tags)
    named = tag if tag is not None else row.hub_that_was_asked_for
    if named is None:
        return told(spoke, [findings.no_hub_named(spoke, catalogue)])
    return told(spoke, [findings.unknown_hub(named, catalogue, by_tag=tag is not None)])
