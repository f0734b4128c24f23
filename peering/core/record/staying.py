"""Why a pair stays although the tag does not name its hub, and which pairs a spoke leaves for another hub. Pure."""

from collections.abc import Sequence

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision import findings
from peering.core.decision.findings import Code, Finding
from peering.core.decision.moves import Kept, Left, is_connected
from peering.core.decision.ownership import is_ours
from peering.core.decision.verdict import Verdict
from peering.core.intake.requests import NamedBy
from peering.core.network.resource_ids import network_of
from peering.core.network.vnets import Half, Vnet
from peering.core.record.approvals import asks_to_leave
from peering.core.record.record import Record, State


def reason_to_stay(
    row: Record, spoke: Vnet, catalogue: Catalogue, rows: Sequence[Record], asked: str | None = None
) -> Kept | Verdict | None:
    """Why a pair is left as it is although the tag does not name its hub; None where it has to go, or is wanted.

    A value that names no hub is nearly always a typo. A network that goes to another hub keeps its pair until the one
    there stands, and one whose tag was renamed in the catalogue has lost nothing. `rows` are all rows of the spoke,
    `asked` is the hub that a person named, which counts where there is no tag.
    """
    tag, policy = catalogue.tag_value(spoke.tags), catalogue.hub(row.hub)
    network = row.hub_network or (policy.vnet if policy else None)
    half = spoke.half_to(network) if network else None
    stands = is_connected(half) and (row.is_standing or _is_of_this_row(half, row, policy))
    named = catalogue.hub(tag if tag is not None else asked or "")
    if named is None and (stands or row.is_standing):
        why = _nobody_named(row, spoke, tag, catalogue)
        return _as_it_is(why, stands=stands or policy is None) if why else None
    if named and named.name != row.hub and stands and not _may_go(named, spoke, rows):
        return asks_to_leave(row, spoke, policy, named, rows)
    return None


def _is_of_this_row(half: Half | None, row: Record, policy: HubPolicy | None) -> bool:
    """Whether a half is ours: what people made, and the hub never took in, is no pair that we could keep or end."""
    return bool(row.found.spoke_half) or (policy is not None and _is_ours(half, policy))


def _nobody_named(row: Record, spoke: Vnet, tag: str | None, catalogue: Catalogue) -> Finding | None:
    """What is said of a tag that names no hub, or is not there; None where it was taken away."""
    policy = catalogue.hub(row.hub)
    if policy is None:
        wished = tag is not None or row.asked.named_by is NamedBy.REQUEST
        return findings.hub_left_catalogue(row.hub) if wished else None
    if tag is not None:
        return findings.unknown_hub(tag, catalogue, by_tag=True)
    former = _former_tag(row, spoke, policy, catalogue)
    return findings.tag_renamed(former, policy, catalogue) if former else None


def _as_it_is(finding: Finding, *, stands: bool) -> Kept | Verdict:
    """A pair that does not stand is not made anew either: nobody says that it is wanted."""
    return Kept((finding,)) if stands else Verdict(findings=(finding,))


def knows_of(row: Record, tag: str | None, catalogue: Catalogue) -> bool:
    """Whether a row whose pair stays says so already, of that tag or of none.

    A tag that names no hub does not take the place of what a person asked for: then the finding says which tag it was.
    """
    codes = {finding.code for finding in row.found.findings}
    if codes & _NOT_THE_TAGS:
        return True
    if tag is None or Code.UNKNOWN_HUB not in codes:
        return False
    if row.asked.named_by is NamedBy.REQUEST:
        return findings.unknown_hub(tag, catalogue, by_tag=True) in row.found.findings
    return row.asked.wanted.strip() == tag


_NOT_THE_TAGS = frozenset({Code.TAG_RENAMED, Code.HUB_LEFT_CATALOGUE})
"""What is said of a pair that stays whatever its tag says, or although there is none."""


def _may_go(there: HubPolicy, spoke: Vnet, rows: Sequence[Record]) -> bool:
    """Whether the other hub has it: the spoke's own half says so, or the row there, where both cannot stand at once."""
    row = next((row for row in rows if row.hub == there.name), None)
    if row is None or row.state in (State.REFUSED, State.AWAITING_APPROVAL):
        return False
    return is_connected(spoke.half_to(there.vnet)) or row.progress.accepted is not None


def _former_tag(row: Record, spoke: Vnet, policy: HubPolicy, catalogue: Catalogue) -> str | None:
    """The tag under its former name, where the spoke still bears it and it still names the hub.

    A row of an earlier version does not say what the tag was called: then it is any that names the hub.
    """
    if row.asked.named_by is not NamedBy.TAG:
        return None
    names = (name for name, value in spoke.tags.items() if catalogue.hub(value) is policy)
    return next((name for name in names if row.asked.tag.lower() in ("", name.lower())), None)


def meets_another_hub(row: Record, spoke: Vnet, policy: HubPolicy, catalogue: Catalogue) -> bool:
    """Whether another hub has to do with the spoke: its tag names it, or a half of it leads there, or did to one."""
    tag = catalogue.tag_value(spoke.tags)
    named = catalogue.hub(tag) if tag is not None else None
    leads = (
        half.remote != policy.vnet and (_is_ours(half, policy) or catalogue.hub_of_half(half)) for half in spoke.halves
    )
    return (named is not None and named is not policy) or row.progress.accepted is not None or any(leads)


def has_arrived_elsewhere(row: Record, spoke: Vnet, catalogue: Catalogue) -> bool:
    """Whether it leaves for the hub that its tag names, and its pair there stands: it loses nothing."""
    tag = catalogue.tag_value(spoke.tags)
    named = catalogue.hub(tag) if tag is not None else None
    elsewhere = named is not None and named.name != row.hub and is_connected(spoke.half_to(named.vnet))
    return row.state is State.LEAVING and elsewhere


def stands_elsewhere(row: Record, spoke: Vnet, rows: Sequence[Record], catalogue: Catalogue) -> bool:
    """Whether the spoke has a pair of ours at another hub too, which has to hear that it has arrived at this one.

    One that is leaving already has heard: told again each time, the two would ask each other without a pause for as
    long as that hub cannot be written to.
    """
    others = (other for other in rows if other.hub != row.hub and not _is_on_its_way_out(other))
    return any(other.is_understood and _is_connected_at(other, spoke, catalogue) for other in others)


def _is_connected_at(other: Record, spoke: Vnet, catalogue: Catalogue) -> bool:
    """A row whose first outcome was lost does not say with which network its pair is: then it is the catalogue's."""
    policy = catalogue.hub(other.hub)
    network = other.hub_network or (policy.vnet if policy else None)
    return network is not None and is_connected(spoke.half_to(network))


def _is_on_its_way_out(other: Record) -> bool:
    """One that waits for the end of its grace has still to hear that it need not."""
    return other.state is State.REMOVED or (other.state is State.LEAVING and other.progress.grace_ends is None)


def pairs_left(
    row: Record, spoke: Vnet, policy: HubPolicy, catalogue: Catalogue, rows: Sequence[Record]
) -> tuple[Left, ...]:
    """The pairs of ours that the spoke leaves for this hub: at other hubs, and at former networks of this one."""
    former = {network_of(half) for half in (row.found.hub_half, *row.found.former)} - {None, policy.vnet}
    left = [Left(hub=policy, network=network, is_former=True) for network in former if network]
    for other in rows:
        old = catalogue.hub(other.hub)
        if old and old is not policy and other.is_understood and other.state is not State.REMOVED:
            left.append(Left(hub=old, network=other.hub_network or old.vnet, leave=other.approval.leave))
    return tuple(
        each for each in left if _is_ours(spoke.half_to(each.network), each.hub) and each.network != policy.vnet
    )


def _is_ours(half: Half | None, policy: HubPolicy) -> bool:
    return half is not None and is_ours(half, policy)
