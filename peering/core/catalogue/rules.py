"""The rules of a hub in words, one sentence for each: what somebody is told who has not seen the catalogue. Pure."""

from collections.abc import Sequence

from peering.core.catalogue.policy import (
    ApprovalRule,
    Decision,
    Departure,
    Existing,
    GatewayUse,
    HubPolicy,
    Mode,
    Moves,
    PerHalf,
    TagSource,
)
from peering.core.network.addresses import Prefix

_SOURCES = {
    TagSource.VNET: "the network",
    TagSource.GROUP: "its resource group",
    TagSource.SUBSCRIPTION: "its subscription",
}
_GATEWAY = {
    GatewayUse.AUTO: "Spokes use the hub's gateway where there is one and they can.",
    GatewayUse.REQUIRED: "Spokes have to use the hub's gateway; who cannot is refused.",
    GatewayUse.NEVER: "Spokes never use the hub's gateway.",
}
_EXISTING = {
    Existing.ADOPT: "A peering that somebody made by hand is taken over under its name.",
    Existing.REFUSE: "A network that somebody peered by hand is refused.",
}
_MOVES = {
    Moves.FOLLOW: "When the tag names another hub, the network goes there.",
    Moves.ASK: "When the tag names another hub, this hub's owners are asked first.",
}
_MODE = {
    Mode.ENFORCE: "What is decided is carried out.",
    Mode.OBSERVE: "The hub is only observed: what would be done is recorded, and nothing is written.",
}


def rules_of(policy: HubPolicy) -> tuple[str, ...]:
    """Every rule of the hub, those of who may come first."""
    return (
        _subscriptions(policy),
        _regions(policy),
        _allowed(policy.allowed_space),
        _reserved(policy.reserved_space),
        *approval_sentences(policy),
        *_approval_days(policy),
        f"The hub takes at most {policy.max_peerings} peerings.",
        _GATEWAY[policy.gateway],
        _switch("Forwarded traffic", policy.forwarded_traffic),
        _switch("Access to the other network", policy.virtual_network_access),
        _EXISTING[policy.existing],
        _departure(policy),
        _MOVES[policy.moves],
        _tag(policy),
        _brake(policy),
        _MODE[policy.mode],
    )


def _subscriptions(policy: HubPolicy) -> str:
    if "*" in policy.subscriptions:
        return "Networks of any subscription may come."
    return f"Networks of these subscriptions may come: {_listed(policy.subscriptions)}."


def _regions(policy: HubPolicy) -> str:
    if policy.regions is None:
        return "Networks of any region may come."
    if policy.regions == ("same",):
        return "Networks of the hub's own region may come."
    return f"Networks of these regions may come: {_listed(policy.regions)}."


def _allowed(space: Sequence[Prefix]) -> str:
    return f"Spokes lie inside {_listed(space)}." if space else "Spokes may have any address space."


def _reserved(space: Sequence[Prefix]) -> str:
    return f"No spoke may overlap {_listed(space)}, which is reserved." if space else "Nothing is reserved."


def approval_sentences(policy: HubPolicy) -> tuple[str, ...]:
    """One for each rule of approval in their order, or that there is none."""
    return tuple(map(approval_sentence, policy.approval)) or ("Nobody has to approve a network.",)


def _approval_days(policy: HubPolicy) -> tuple[str, ...]:
    if policy.approval_days is None:
        return ()
    return (f"Who has waited {policy.approval_days} days for an approval is refused until he asks anew.",)


def approval_sentence(rule: ApprovalRule) -> str:
    """A rule of approval, which decides about what no earlier one has matched."""
    parts = [
        f"of subscription {rule.subscription}" if rule.subscription else "",
        f"inside {rule.space}" if rule.space else "",
        f"in {rule.region}" if rule.region else "",
    ]
    which = " ".join(filter(None, parts))
    who = f"A network {which}" if which else "Any other network"
    match rule.decision:
        case Decision.ACCEPT:
            return f"{who} is let in without a person's approval."
        case Decision.HOLD:
            return f"{who} waits until a person approves it."


def _switch(what: str, halves: PerHalf) -> str:
    words = {True: "on", False: "off"}
    if halves.hub == halves.spoke:
        return f"{what} is {words[halves.hub]}."
    return f"{what} is {words[halves.hub]} at the hub's half and {words[halves.spoke]} at the spoke's."


def _departure(policy: HubPolicy) -> str:
    match policy.departure:
        case Departure.KEEP:
            return "When the tag is gone, the peering stays."
        case Departure.REMOVE:
            return f"When the tag has been gone for {policy.grace_minutes:g} minutes, the peering is removed."


def _tag(policy: HubPolicy) -> str:
    first, *others = (_SOURCES[source] for source in policy.tag_from)
    who = f"The tag of {first} decides{''.join(f', else that of {other}' for other in others)}"
    return f"{who}; networks without the tag inherit it." if policy.inherit else f"{who}."


def _brake(policy: HubPolicy) -> str:
    most = "10, or a tenth if that is more, but at most half" if policy.max_removals is None else policy.max_removals
    return f"Within a day so many pairs may lose something before a person has to look: {most}."


def _listed(items: Sequence[object]) -> str:
    return ", ".join(map(str, items))
