"""What a look at the whole estate would come to, hub by hub, if everything were looked at now. Pure.

A decision is put into one word of `Fate`, for a person who wants to know what would happen; the rules are elsewhere.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from peering.core.decision.batch import Decision, Doubt
from peering.core.decision.findings import Finding, explain
from peering.core.decision.moves import Accepted, Kept
from peering.core.decision.verdict import Verdict
from peering.core.decision.withheld import Withheld
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.record import Record, State


class Fate(StrEnum):
    """What would become of a pair. JSON and the command line use these words."""

    CREATED = "created"
    CHANGED = "changed"
    REMOVED = "removed"
    REFUSED = "refused"
    LEAVES = "leaves"  # later, when its grace is over
    WAITS = "waits"  # for another hub, or for a second look
    STAYS = "stays"  # as it is, and there is something to be said of it
    UNREAD = "unread"
    UNCHANGED = "unchanged"


WRITES = frozenset({Fate.CREATED, Fate.CHANGED, Fate.REMOVED})
"""What means a write to a network; so does taking back what is left of a pair that is refused."""


class EstateTooLarge(Exception):
    """The estate has more networks than can be looked at in one piece; the text says how many are too many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One spoke at one hub.

    `changes` are the writes in order, as sentences; `withheld` is the limit that keeps them from being made, empty for
    none: then `fate` is what the pair would come to without it.
    """

    spoke: VnetId
    fate: Fate
    changes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()
    withheld: str = ""

    @property
    def writes(self) -> bool:
        return bool(self.changes) and not self.withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class HubPreview:
    """One hub: the lines that say something, and how many spokes there are of which nothing is to be said.

    `network` is None for a partition without a hub: nobody knows it, or it left the catalogue. `unread` says why the
    hub could not be read; then nothing is known of its spokes. `by_name` are pairs that bear our names, and that
    neither a tag nor a record speaks for: they are left alone.
    """

    hub: str
    network: VnetId | None
    lines: tuple[Line, ...] = ()
    unchanged: int = 0
    unread: str = ""
    by_name: tuple[VnetId, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many there are of each fate; those that a limit withholds are counted as that."""
        found = Counter("withheld" if line.withheld else str(line.fate) for line in self.lines)
        return {**found, str(Fate.UNCHANGED): self.unchanged}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The whole estate. `networks` are those that Resource Graph showed.

    `with_records` is False where there were none to read: halves that bear our mark count as ours then.
    """

    networks: int
    hubs: tuple[HubPreview, ...] = field(default=())
    with_records: bool = True

    @property
    def writes(self) -> bool:
        """Whether anything would be written, now or when a limit is lifted."""
        return any(line.changes for hub in self.hubs for line in hub.lines)

    @property
    def is_complete(self) -> bool:
        return not any(hub.unread for hub in self.hubs)


def hub_preview(hub: str, network: VnetId | None, lines: Sequence[Line], by_name: Sequence[VnetId] = ()) -> HubPreview:
    """The lines in an order that does not change from one time to the next; what is unchanged is only counted."""
    said = sorted((line for line in lines if line.fate is not Fate.UNCHANGED), key=lambda line: line.spoke.lowered)
    ordered = tuple(sorted(by_name, key=lambda each: each.lowered))
    return HubPreview(hub=hub, network=network, lines=tuple(said), unchanged=len(lines) - len(said), by_name=ordered)


def line_of(decision: Decision, hub: Vnet) -> Line:
    """One decision in a word, with what it writes and what it says; `hub` is the hub as it is now."""
    candidate, answer = decision.candidate, decision.answer
    match answer:
        case Verdict() as verdict:
            return _line_of_verdict(candidate.id, verdict, stood=candidate.standing or _has_a_half(decision, hub))
        case Kept() as kept:
            return _said(candidate.id, Fate.STAYS, kept.findings, kept.notes)
        case Accepted() as move:
            return _said(candidate.id, Fate.WAITS, (move.finding,))
        case Doubt() as doubt:
            return _said(candidate.id, Fate.WAITS, (doubt.finding,))
        case Withheld() as held:
            stood = candidate.standing or _has_a_half(decision, hub)
            line = _line_of_verdict(candidate.id, held.verdict, stood=stood)
            return replace(line, findings=(held.finding,), withheld=str(held.limit))
        case AzureFailure() as failure:
            return _said(candidate.id, Fate.UNREAD, (explain(failure),))


def _has_a_half(decision: Decision, hub: Vnet) -> bool:
    candidate = decision.candidate
    return bool(hub.half_to(candidate.id) or (candidate.seen and candidate.seen.half_to(hub.id)))


def _line_of_verdict(spoke: VnetId, verdict: Verdict, *, stood: bool) -> Line:
    return Line(
        spoke=spoke,
        fate=_fate(verdict, stood=stood),
        changes=tuple(map(str, verdict.plan.changes)),
        findings=verdict.findings,
        notes=(*verdict.plan.notes, *(verdict.pair.notes if verdict.pair else ())),
    )


def _fate(verdict: Verdict, *, stood: bool) -> Fate:
    if verdict.pair and verdict.plan.changes:
        return Fate.CHANGED if stood else Fate.CREATED
    if verdict.pair:
        return Fate.STAYS if verdict.findings else Fate.UNCHANGED
    if verdict.findings:
        return Fate.REFUSED
    return Fate.REMOVED if verdict.plan.changes else Fate.UNCHANGED


def _said(spoke: VnetId, fate: Fate, findings: tuple[Finding, ...], notes: tuple[str, ...] = ()) -> Line:
    return Line(spoke=spoke, fate=fate, findings=findings, notes=notes)


def line_of_row(row: Record) -> Line:
    """A row about which nothing is decided now: its grace is not over, or what is read of it contradicts it."""
    leaves = row.state is State.LEAVING
    return Line(spoke=row.spoke, fate=Fate.LEAVES if leaves else Fate.WAITS, notes=row.found.notes if leaves else ())


def preview_body(preview: Preview) -> dict[str, Any]:
    """The whole as JSON, in camelCase. The spokes of which nothing is to be said are counted only."""
    return {
        "networks": preview.networks,
        "withRecords": preview.with_records,
        "complete": preview.is_complete,
        "hubs": [_hub_body(hub) for hub in preview.hubs],
    }


def _hub_body(hub: HubPreview) -> dict[str, Any]:
    return {
        "hub": hub.hub,
        "network": str(hub.network) if hub.network else None,
        "unread": hub.unread or None,
        "counts": dict(hub.counts),
        "spokes": [_line_body(line) for line in hub.lines],
        "oursByName": [str(each) for each in hub.by_name],
    }


def _line_body(line: Line) -> dict[str, Any]:
    return {
        "spoke": str(line.spoke),
        "fate": str(line.fate),
        "withheld": line.withheld or None,
        "changes": list(line.changes),
        "findings": [asdict(finding) for finding in line.findings],
        "notes": list(line.notes),
    }
