"""The verdict on a spoke: a plan, or a refusal with every finding there is. Pure: all that matters is an argument."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from peering.core.address_findings import address_findings, peers_that_overlap_the_hub
from peering.core.estate import Estate
from peering.core.findings import Code, Finding, listing
from peering.core.made_by_hand import made_by_hand
from peering.core.model import Vnet
from peering.core.plan import Plan, gateway_use, make_plan, other_remote_gateway
from peering.core.policy import GatewayUse


@dataclass(frozen=True, slots=True)
class Refusal:
    """The spoke may not be peered, and why. Never empty."""

    findings: tuple[Finding, ...]


type Verdict = Plan | Refusal


def judge(spoke: Vnet, estate: Estate, *, ours: bool, approved: bool = False) -> Verdict:
    """Decide about one spoke.

    `ours` says that a record of ours stands behind the pair; without one, a half that is there was made by hand.
    `approved` says that a person has already let the spoke in.
    """
    findings = sorted({finding for check in _CHECKS for finding in check(spoke, estate)})
    if not ours:
        findings += made_by_hand(spoke, estate.hub, estate.policy)
    if not findings and not approved:
        findings += _approval(spoke, estate)
    return Refusal(tuple(findings)) if findings else make_plan(estate.hub, spoke, estate.policy)


def _identity(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    if other := estate.catalogue.hub_of(spoke.id):
        yield Finding(
            Code.SPOKE_IS_HUB,
            f"{spoke.id.name} is itself the hub {other.name!r}. Remove its tag {estate.catalogue.tag!r}: hubs are "
            "not peered by tag.",
        )
    for vnet in (spoke, estate.hub):
        if vnet.provisioning_state == "Failed":
            yield Finding(
                Code.NOT_PROVISIONED,
                f"The last change to {vnet.id.name} failed and Azure does not peer a network in that state. Repeat the "
                "deployment that failed; its success is noticed by itself.",
            )


def _permission(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    policy = estate.policy
    if "*" not in policy.subscriptions and spoke.id.subscription.lower() not in policy.subscriptions:
        yield Finding(
            Code.SUBSCRIPTION_NOT_ALLOWED,
            f"Hub {policy.name!r} does not take spokes from subscription {spoke.id.subscription}. Ask its owners to "
            f"add the subscription to hubs.{policy.name}.subscriptions, or choose another hub.",
        )
    regions = (estate.hub.location,) if policy.regions == ("same",) else policy.regions
    if regions is not None and spoke.location not in regions:
        yield Finding(
            Code.REGION_NOT_ALLOWED,
            f"{spoke.id.name} is in {spoke.location or 'an unknown region'}, and hub {policy.name!r} takes spokes "
            f"from {listing(regions)} only. Choose a hub for that region, or create the network in one of these.",
        )


def _capacity(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    if estate.hub.half_to(spoke.id) is None and estate.peered >= estate.policy.max_peerings:
        yield Finding(
            Code.HUB_FULL,
            f"Hub {estate.policy.name!r} has {estate.peered} of at most {estate.policy.max_peerings} peerings. "
            "Remove one that is no longer needed, or choose another hub.",
        )


def _gateways(spoke: Vnet, estate: Estate) -> Iterator[Finding]:
    """A gateway that is optional costs the option; one that is required costs the peering (docs/decisions/0006)."""
    hub, policy = estate.hub, estate.policy
    if policy.gateway is not GatewayUse.REQUIRED or gateway_use(hub, spoke, policy)[0]:
        return
    if hub.gateway is None:
        yield Finding(
            Code.NO_HUB_GATEWAY,
            f"Hub {policy.name!r} requires its spokes to use its gateway, but {hub.id.name} has none yet. Nothing is "
            "wrong with your network; ask the hub's owners when the gateway comes.",
        )
    elif spoke.gateway is not None:
        yield Finding(
            Code.SPOKE_HAS_GATEWAY,
            f"{spoke.id.name} has a gateway of its own ({spoke.gateway}), so Azure cannot let it use the one of hub "
            f"{policy.name!r}, required there. Delete the gateway, or choose a hub that does not require its own.",
        )
    elif other := other_remote_gateway(spoke, hub.id):
        yield Finding(
            Code.SPOKE_USES_OTHER_GATEWAY,
            f"{spoke.id.name} already uses a remote gateway through its peering {other.name!r}, and Azure allows one. "
            "Switch useRemoteGateways off there, or remove that peering.",
        )


def _approval(spoke: Vnet, estate: Estate) -> list[Finding]:
    if not estate.policy.holds(spoke.id.subscription, spoke.location, spoke.prefixes):
        return []
    return [
        Finding(
            Code.APPROVAL_NEEDED,
            f"Nothing is wrong with {spoke.id.name}, but hub {estate.policy.name!r} wants a person to approve it. Ask "
            f'the hub\'s owners for a rule with decision = "accept" under hubs.{estate.policy.name}.approval.',
        )
    ]


_CHECKS: tuple[Callable[[Vnet, Estate], Iterator[Finding]], ...] = (
    _identity,
    _permission,
    _capacity,
    _gateways,
    address_findings,
    peers_that_overlap_the_hub,
)
