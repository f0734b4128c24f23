"""What is decided about the spokes that were looked at, under one hub: up to here nothing is written.

A batch goes on and carries it out; a dry run ends here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.approval import NOBODY
from peering.core.decision.batch import Candidate, Decision, decide
from peering.core.decision.changes import Side
from peering.core.decision.contest import OFTEN, lately
from peering.core.decision.limits import within
from peering.core.decision.moves import Kept
from peering.core.decision.pause import Pause
from peering.core.decision.switches import Known, Word
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import NamedBy
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.approvals import consent_of
from peering.core.record.holding import unheld
from peering.core.record.membership import as_wanted
from peering.core.record.record import Record, State
from peering.core.record.staying import has_arrived_elsewhere, pairs_left, reason_to_stay, stands_elsewhere
from peering.core.record.transitions import made_anew, opened, reopen
from peering.core.record.waits import doubted
from peering.service.context import Context
from peering.service.forfeit import forfeited
from peering.service.limiting import limits_at
from peering.service.look import Look
from peering.service.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a hub showed: the hub, the rows by their spokes, those to decide about, and what is settled.

    `movers` have a pair at another hub, which has to let go of them once they are here.
    """

    hub: Vnet | None
    rows: Mapping[VnetId, Record]
    candidates: tuple[Candidate, ...]
    settled: tuple[Outcome, ...]
    movers: frozenset[VnetId]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What else holds: the pauses, whether the hub's rules are new, and the spokes that are still being written."""

    pauses: tuple[Pause, ...]
    is_new: bool = False
    in_hand: frozenset[VnetId] = frozenset()


async def judged(
    hub: Vnet | None, seen: Sequence[Look], meanwhile: Meanwhile, policy: HubPolicy, context: Context
) -> tuple[Seen, tuple[Decision, ...]]:
    """What is decided about what was seen, as the limits let it stand."""
    known = _known(hub, seen, policy, context)
    stood_behind = meanwhile.in_hand | {each.id for each in known.candidates}
    forfeit = await forfeited(hub, policy, known.candidates, stood_behind, context) if hub else frozenset[VnetId]()
    decided_so = decide(hub, policy, context.catalogue, known.candidates, forfeit)
    limits = await limits_at(hub, policy, decided_so, meanwhile.pauses, context)
    return known, within(decided_so, hub, policy, replace(limits, is_new=meanwhile.is_new))


def _known(hub: Vnet | None, seen: Sequence[Look], policy: HubPolicy, context: Context) -> Seen:
    """The rows as the fresh reads want them. A row that its spoke contradicts is an outcome already."""
    rows, candidates, settled = dict[VnetId, Record](), list[Candidate](), list[Outcome]()
    now, moved = context.clock(), {each.moved_to: each.row.spoke for each in seen if each.moved_to}
    for each in seen:
        before, network = unheld(each.row), each.network
        row: Record | None = opened(before)
        stays: Kept | Verdict | None = None
        known = made_anew(before, network) if isinstance(network, Vnet) else before
        if isinstance(network, Vnet):
            stays = reason_to_stay(known, network, context.catalogue, each.rows)
            row = reopen(known) if stays else as_wanted(known, network, policy, context.catalogue, now)
        if row is None:
            after = doubted(opened(known), None, now)  # else it were made anew at every look, and doubted for ever
            settled.append(Outcome(before=before, after=after, policy=policy, quiet=True))
        elif not row.is_due(now) and row.state is State.LEAVING:
            settled.append(Outcome(before=before, after=row, policy=policy))
        else:
            rows[row.spoke] = row
            known_row = replace(each, row=row)
            candidates.append(_candidate(known_row, stays, moved.get(row.spoke), policy, context))
    return Seen(
        hub, rows, tuple(candidates), tuple(settled), frozenset(filter(None, (_mover(each, context) for each in seen)))
    )


def _mover(seen: Look, context: Context) -> VnetId | None:
    spoke = seen.network
    if not isinstance(spoke, Vnet) or not stands_elsewhere(seen.row, spoke, seen.rows, context.catalogue):
        return None
    return seen.row.spoke


def _candidate(
    seen: Look, stays: Kept | Verdict | None, moved_from: VnetId | None, policy: HubPolicy, context: Context
) -> Candidate:
    row, since, network = seen.row, seen.row.progress.doubted, seen.network
    undone = lately(row.progress.undone, context.clock())
    left = pairs_left(row, network, policy, context.catalogue, seen.rows) if isinstance(network, Vnet) else ()
    return Candidate(
        id=row.spoke,
        network=network,
        ours=bool(row.found.spoke_half),
        standing=row.is_standing,
        leaving=row.state is State.LEAVING,
        by_request=row.asked.named_by is NamedBy.REQUEST,
        doubted_for=context.clock() - since if since else None,
        # A half under another name than the usual one could not be taken back (see moves.py).
        spoke_first=row.progress.begin_with == Side.SPOKE and not any(each.is_former for each in left),
        left=left,
        stays=stays,
        moved_to=seen.moved_to,
        moved_from=moved_from,
        known=Known(
            *(row.found.rightful or (row.found.hub_flags, row.found.spoke_flags)),
            frozenset(row.found.left_off),
            row.found.hub_half,
            row.found.spoke_half,
        ),
        word=row.asked.word,
        consent=consent_of(row, network, context.clock()) if isinstance(network, Vnet) else NOBODY,
        undone_by=row.progress.undone_by if len(undone) >= OFTEN and row.asked.word is Word.NONE else "",
        has_moved=isinstance(network, Vnet) and has_arrived_elsewhere(row, network, context.catalogue),
    )
