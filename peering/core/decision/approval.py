"""What a person is asked about a network, what he has said, and how far that reaches. Pure.

Whatever he says holds for the addresses that he was shown, and for no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from peering.core.catalogue.policy import HubPolicy
from peering.core.decision.findings import Code, Finding
from peering.core.network.addresses import Prefix
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Vnet


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person has to decide: whether the people of hub `of` let a network go to hub `to`, or in, where it is one.

    `days` is after how many days the question is over, None for never.
    """

    of: str
    to: str
    days: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person has decided: that a network with just these prefixes may go to hub `to`, or may not, and why."""

    granted: bool
    to: str
    who: str
    when: datetime
    reason: str
    prefixes: tuple[Prefix, ...]

    def is_about(self, to: str, prefixes: tuple[Prefix, ...]) -> bool:
        """Whether it was given for this hub and for exactly these prefixes, in whatever order."""
        return self.to == to and set(self.prefixes) == set(prefixes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What is known of a network and the people of the hub that it is judged at.

    `ruling` is the last word of one of them. `let_in` are the prefixes that its pair was let in with, where it stood
    when it was last looked at. `asked` is what somebody is asked about the network as it is now, `waited` for how long.
    """

    ruling: Ruling | None = None
    let_in: tuple[Prefix, ...] = ()
    asked: Ask | None = None
    waited: timedelta = timedelta()

    def has_let_in(self, prefixes: tuple[Prefix, ...]) -> bool:
        """Whether all of it was let in, and stood: whatever has broken is put right without a question."""
        return bool(prefixes) and all(any(each.inside(block) for block in self.let_in) for each in prefixes)

    def is_over(self, ask: Ask) -> bool:
        """Whether nobody has answered for as long as the hub waits."""
        return self.asked == ask and ask.days is not None and self.waited >= timedelta(days=ask.days)


NOBODY = Consent()
"""Nobody has said anything, and nobody was asked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A decision that is a person's: the reason in words, the question, and whether the time to answer is over."""

    finding: Finding
    ask: Ask
    is_over: bool = False


def waits_for_a_person(findings: Sequence[Finding], *, is_closed: bool) -> bool:
    """Whether nothing but somebody's approval is missing, and it can still be given."""
    return not is_closed and all(finding.code == Code.APPROVAL_NEEDED for finding in findings)


def asked_to_let_in(spoke: Vnet, policy: HubPolicy, consent: Consent) -> Asking | None:
    """What the hub's people have still to decide before the network is let in, or have decided against; else None."""
    if not policy.holds(spoke.id.subscription, spoke.location, spoke.prefixes) or consent.has_let_in(spoke.prefixes):
        return None
    ask = Ask(policy.name, policy.name, policy.approval_days)
    finding, over = approval_needed(spoke.id, policy), approval_overdue(spoke.id, policy, policy)
    return _put(ask, spoke.prefixes, consent.ruling, consent, (finding, over, policy))


def asked_to_let_go(
    spoke: Vnet, policy: HubPolicy, old: HubPolicy, leave: Ruling | None, consent: Consent
) -> Asking | None:
    """The same for the people of the hub that it leaves for this one. `leave` is their last word."""
    ask = Ask(old.name, policy.name, old.approval_days)
    finding, over = move_to_be_approved(spoke.id, policy, old), approval_overdue(spoke.id, policy, old)
    return _put(ask, spoke.prefixes, leave, consent, (finding, over, old))


def _put(
    ask: Ask,
    prefixes: tuple[Prefix, ...],
    ruling: Ruling | None,
    consent: Consent,
    words: tuple[Finding, Finding, HubPolicy],
) -> Asking | None:
    needed, overdue, asked = words
    if ruling is not None and ruling.is_about(ask.to, prefixes):
        return None if ruling.granted else Asking(approval_refused(ruling, asked), ask)
    is_over = consent.is_over(ask)
    return Asking(overdue if is_over else needed, ask, is_over)


def approval_needed(spoke: VnetId, policy: HubPolicy) -> Finding:
    """Nothing else stands in the way."""
    return Finding(
        Code.APPROVAL_NEEDED,
        f"Nothing is wrong with {spoke.name}, but hub {policy.name!r} wants a person to approve it. Ask "
        f'{policy.its_owners} to approve it ({_how(policy, spoke)}), or for a rule with decision = "accept" under '
        f"hubs.{policy.name}.approval.",
        f"Nothing is wrong; ask {policy.whom} to approve the network.",
    )


def move_to_be_approved(spoke: VnetId, policy: HubPolicy, old: HubPolicy) -> Finding:
    """The hub that is left wants to be asked; said at the hub that it goes to."""
    remedy = f"Ask {_people(old)} to let the network go, or set the tag back."
    return Finding(
        Code.APPROVAL_NEEDED,
        f"Hub {policy.name!r} would take {spoke.name}, but hub {old.name!r} wants a person to approve that it leaves "
        f"({_how(old, spoke)}). {remedy}",
        remedy,
    )


def leave_to_be_approved(spoke: VnetId, old: HubPolicy, to: str) -> Finding:
    """The same, said at the hub that is left."""
    remedy = f"Ask {_people(old)} to let the network go, or set the tag back."
    return Finding(
        Code.APPROVAL_NEEDED,
        f"{spoke.name} is to go to hub {to!r}, and hub {old.name!r} wants a person to approve that it leaves "
        f"({_how(old, spoke)}). It stays connected here until then. {remedy}",
        remedy,
    )


def approval_overdue(spoke: VnetId, policy: HubPolicy, asked: HubPolicy) -> Finding:
    """Nobody has decided within the time that the catalogue gives them."""
    what = f"hub {policy.name!r} takes {spoke.name}" if asked is policy else f"{spoke.name} leaves hub {asked.name!r}"
    days = f"{asked.approval_days} day{'' if asked.approval_days == 1 else 's'}"
    return Finding(
        Code.APPROVAL_NEEDED,
        f"A person has to approve that {what}, and nobody has decided within {days}, so the question is closed. Ask "
        f"{asked.its_owners}, and then ask anew: by HTTP (POST /api/peerings), or take the tag away and set it again.",
        f"Ask {asked.whom}; then ask anew by HTTP, or take the tag away and set it again.",
    )


def approval_refused(ruling: Ruling, asked: HubPolicy) -> Finding:
    """A person has said no. It stands for as long as the network has just these addresses."""
    because = ruling.reason.rstrip(" .") or "no reason was given"
    return Finding(
        Code.APPROVAL_REFUSED,
        f"{ruling.who} has refused it for hub {asked.name!r}: {because}. Nobody is asked again while the network has "
        f"the same addresses. Ask {asked.its_owners}, who can approve it after all, or change its address space.",
        f"Ask {asked.whom}, who can approve it after all, or change the addresses.",
    )


def _people(policy: HubPolicy) -> str:
    return policy.whom if policy.owners or policy.contact else f"the owners of hub {policy.name!r}"


def _how(policy: HubPolicy, spoke: VnetId) -> str:
    return f"POST /api/peerings/{policy.name}/{spoke.key}/approve"
