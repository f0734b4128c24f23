"""What would come of a network at a hub, if it were looked at now: decisions in words for whoever asks first. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from peering.core.catalogue.policy import HubPolicy, Mode
from peering.core.catalogue.rules import approval_sentence
from peering.core.decision.approval import waits_for_a_person
from peering.core.decision.batch import Decision, Doubt
from peering.core.decision.changes import Change
from peering.core.decision.departure import plan_departure
from peering.core.decision.findings import Finding, explain
from peering.core.decision.moves import Accepted, Kept
from peering.core.decision.pair import Pair
from peering.core.decision.pause import Pause
from peering.core.decision.verdict import Verdict
from peering.core.decision.withheld import Limit, Withheld
from peering.core.network.addresses import Prefix
from peering.core.network.arm_documents import flags_to_arm
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.document import shown_time
from peering.core.record.note import Note
from peering.core.record.record import Record, State


class Word(StrEnum):
    """What would become of it, in a word or two. JSON and the command line use these."""

    CONNECT = "connect"
    REFUSE = "refuse"
    AWAIT = "await approval"
    NOTHING = "nothing to do"
    LEAVE = "leave"
    WAIT = "wait"  # Azure says no or not yet, and it would be tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a network that exists, or one as it is planned, and the hub that it would name.

    Without a hub the network's own tag says which. A planned network is nowhere to be read.
    """

    spoke: VnetId
    hub: str | None = None
    planned: Vnet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What would come of one network at one hub.

    `changes` are the writes in order, whatever withholds them. `pair` is what stands then, None where nothing does.
    `not_before`: they are made then, and not at once. `hub` is empty where none is named that anybody knows.
    """

    hub: str
    spoke: VnetId
    word: Word
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    pair: Pair | None = None
    not_before: datetime | None = None
    withheld: Withheld | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Something that holds at the hub at the moment, and would keep writes from being made. `until` None: no end."""

    limit: str
    message: str
    remedy: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """The answer: the network at the hub that it is about, and what else would happen because of it.

    `approval` says which rule of the hub decides whether a person is asked, empty where it has none.
    """

    about: Foreseen
    also: tuple[Foreseen, ...] = ()
    suggested: tuple[Prefix, ...] = ()
    held: tuple[Held, ...] = ()
    approval: str = ""
    asks_a_person: bool = False


def foreseen(decision: Decision, policy: HubPolicy) -> Foreseen:
    """One decision in a word, with what it writes and what it says."""
    candidate, answer = decision.candidate, decision.answer
    empty = Foreseen(hub=policy.name, spoke=candidate.id, word=Word.NOTHING)
    match answer:
        case Verdict() as verdict:
            return _of_verdict(empty, verdict, leaving=candidate.leaving)
        case Withheld() as held:
            found = _of_verdict(empty, held.verdict, leaving=candidate.leaving)
            return replace(found, findings=(held.finding, *found.findings), withheld=held)
        case Kept() as kept:
            return replace(empty, findings=kept.findings, notes=kept.notes)
        case Accepted() as move:
            return replace(empty, word=Word.CONNECT, findings=(move.finding,))
        case Doubt() as doubt:
            return replace(empty, word=Word.WAIT, findings=(doubt.finding,))
        case AzureFailure() as failure:
            return replace(empty, word=Word.WAIT, findings=(explain(failure),))


def _of_verdict(empty: Foreseen, verdict: Verdict, *, leaving: bool) -> Foreseen:
    notes = (*verdict.plan.notes, *(verdict.pair.notes if verdict.pair else ()))
    return replace(
        empty,
        word=_word(verdict, leaving=leaving),
        changes=_in_turn(verdict.plan.changes),
        findings=verdict.findings,
        notes=notes,
        pair=verdict.pair,
    )


def _in_turn(changes: Sequence[Change]) -> tuple[Change, ...]:
    """In the order in which they are made: one phase after the other."""
    return tuple(sorted(changes, key=lambda change: change.phase))


def _word(verdict: Verdict, *, leaving: bool) -> Word:
    if verdict.pair:
        return Word.CONNECT if verdict.plan.changes else Word.NOTHING
    if verdict.findings:
        return Word.AWAIT if waits_for_a_person(verdict.findings, is_closed=verdict.is_closed) else Word.REFUSE
    return Word.LEAVE if verdict.plan.changes or leaving else Word.NOTHING


def foreseen_of_row(row: Record, hub: Vnet | None, network: Vnet | None, policy: HubPolicy) -> Foreseen:
    """A row about which nothing is decided now: it leaves when its grace is over, or has to be looked at twice."""
    empty = Foreseen(hub=policy.name, spoke=row.spoke, word=Word.WAIT, notes=row.found.notes)
    if row.state is not State.LEAVING:
        return empty
    changes = _in_turn(plan_departure(hub, network, policy, row.spoke).changes)
    return replace(empty, word=Word.LEAVE, changes=changes, not_before=row.progress.not_before)


def told(spoke: VnetId, findings: Sequence[Finding], hub: str = "") -> Foreseen:
    """A refusal for which no hub had to be looked at."""
    return Foreseen(hub=hub, spoke=spoke, word=Word.REFUSE, findings=tuple(findings))


def held_now(
    found: Foreseen, policy: HubPolicy, pauses: Sequence[Pause], note: Note, now: datetime
) -> tuple[Held, ...]:
    """Everything that would keep writes from being made just now, whether or not there are any."""
    held = [
        Held(limit=Limit.PAUSED, message=f"{pause}.", remedy=pause.remedy, until=pause.until)
        for pause in pauses
        if pause.holds(policy.name, found.spoke, now)
    ]
    if policy.mode is Mode.OBSERVE:
        message = f"Hub {policy.name!r} is only observed so far: nothing is written."
        held.append(Held(limit=Limit.OBSERVED, message=message, remedy=f"Ask {policy.whom} when that ends."))
    if found.withheld and found.withheld.limit in (Limit.CATALOGUE, Limit.BRAKE):
        finding = found.withheld.finding
        held.append(Held(limit=found.withheld.limit, message=finding.message, remedy=finding.remedy))
    if note.blocks(now):
        message = f"Azure has asked for hub {policy.name!r} to be left in peace for a while."
        held.append(Held(limit="busy", message=message, remedy="It goes on by itself.", until=note.not_before))
    return tuple(held)


def approval_of(policy: HubPolicy, network: Vnet) -> tuple[str, bool]:
    """The rule of approval that decides about the network, as a sentence, and whether it wants a person asked."""
    rule = policy.approval_rule(network.id.subscription, network.location, network.prefixes)
    return (approval_sentence(rule), rule.asks_a_person) if rule else ("", False)


def what_if_body(answer: WhatIf) -> dict[str, Any]:
    """The answer as JSON, in camelCase. What is about the hub only is null where there is none."""
    approval = {"needed": answer.asks_a_person, "rule": answer.approval} if answer.approval else None
    return {
        **_body(answer.about),
        "suggested": [str(prefix) for prefix in answer.suggested],
        "approval": approval,
        "limits": [
            {"limit": held.limit, "message": held.message, "remedy": held.remedy, "until": shown_time(held.until)}
            for held in answer.held
        ],
        "also": [_body(each) for each in answer.also],
    }


def _body(found: Foreseen) -> dict[str, Any]:
    pair = found.pair
    return {
        "verdict": str(found.word),
        "hub": found.hub or None,
        "spoke": str(found.spoke),
        "findings": [asdict(finding) for finding in found.findings],
        "notes": list(found.notes),
        "flags": {"hub": flags_to_arm(pair.hub_flags), "spoke": flags_to_arm(pair.spoke_flags)} if pair else None,
        "gateway": pair.gateway if pair else None,
        "writes": [_write(number, change) for number, change in enumerate(found.changes, 1)],
        "withheld": str(found.withheld.limit) if found.withheld else None,
        "notBefore": shown_time(found.not_before),
    }


def _write(order: int, change: Change) -> dict[str, Any]:
    return {
        "order": order,
        "side": str(change.side),
        "action": str(change.action),
        "name": change.name,
        "network": str(change.vnet),
        "why": change.why,
    }
