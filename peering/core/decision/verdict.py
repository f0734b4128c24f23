"""The verdict on a spoke: a plan, every finding there is, and the pair that will stand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from peering.core.catalogue.policy import GatewayUse
from peering.core.decision.address_checks import address_findings, peers_that_overlap_the_hub, shared_ranges
from peering.core.decision.approval import NOBODY, Ask, Consent, asked_to_let_in
from peering.core.decision.findings import Code, Finding, listing, tag_not_allowed, while_it_stands
from peering.core.decision.gateway_room import no_room
from peering.core.decision.hub_snapshot import HubSnapshot
from peering.core.decision.ownership import bears_our_mark, hands_off, made_by_hand
from peering.core.decision.pair import Pair, gateway_use, other_remote_gateway, own_names, standing_pair, wanted_pair
from peering.core.decision.plan import Plan, make_plan, make_room, take_back
from peering.core.decision.switches import NO_RECORD, Known, Word
from peering.core.network.addresses import Prefix
from peering.core.network.vnets import Vnet


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do, what speaks against it, and what will stand once it is done.

    A pair stands: the spoke is Connected, findings or not. None stands and there are findings: it is refused, and the
    plan, which may still hold something, takes back what is ours. None stands and nothing was found: it has left.
    `as_it_stands`: the pair was found standing and is not written to, whatever the findings say. `asks` is what a
    person has to decide, or has decided against; `is_closed`: nobody has in time, and nobody is asked any more.
    """

    plan: Plan = field(default_factory=Plan)
    findings: tuple[Finding, ...] = ()
    pair: Pair | None = None
    as_it_stands: bool = False
    asks: Ask | None = None
    is_closed: bool = False

    @property
    def is_only_told(self) -> bool:
        """Nothing is written and nothing is to be verified: a refusal, or findings about a pair that stands."""
        return bool(self.findings) and not self.plan.changes and (self.pair is None or self.as_it_stands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is known of a spoke beside what is read of it.

    `ours` says that a record of ours stands behind the pair; without one, a half that is there was made by hand.
    `known` is what that record says of its switches, `word` how much a person has asked for. `consent` is what the
    hub's people have said of it, `spoke_first` says that its side refused the last time.
    """

    ours: bool
    known: Known = NO_RECORD
    word: Word = Word.NONE
    consent: Consent = NOBODY
    spoke_first: bool = False


def judge(spoke: Vnet, snapshot: HubSnapshot, standing: Standing) -> Verdict:
    """Decide about one spoke."""
    hub, policy = snapshot.hub, snapshot.policy
    if foreign := hands_off(spoke, hub, policy):
        return Verdict(findings=tuple(foreign))
    findings = sorted({finding for check in _CHECKS for finding in check(spoke, snapshot)})
    if not standing.ours:
        findings += made_by_hand(spoke, hub, policy)
    pair = standing_pair(hub, spoke) if standing.ours or _bears_our_marks(spoke, snapshot) else None
    unrouted = _unrouted(spoke, snapshot)
    if not findings and (pair is None or unrouted) and (asking := asked_to_let_in(spoke, policy, standing.consent)):
        against = _against([asking.finding], pair, unrouted, spoke, snapshot)
        return replace(against, asks=asking.ask, is_closed=asking.is_over)
    return _against(findings, pair, unrouted, spoke, snapshot) if findings else _let_in(spoke, snapshot, standing)


def _against(
    findings: list[Finding], pair: Pair | None, unrouted: list[Prefix], spoke: Vnet, snapshot: HubSnapshot
) -> Verdict:
    """A pair that stands stays as it is; of one that does not, what is ours is taken back."""
    if pair:
        told = while_it_stands(findings, [each for each in spoke.prefixes if each not in unrouted], unrouted)
        return Verdict(findings=told, pair=pair, as_it_stands=True)
    names = own_names(snapshot.hub, spoke.id, snapshot.policy)
    return Verdict(take_back(snapshot.hub, spoke, spoke.id, names), tuple(findings))


def _let_in(spoke: Vnet, snapshot: HubSnapshot, standing: Standing) -> Verdict:
    pair = wanted_pair(snapshot.hub, spoke, snapshot.policy, standing.known, standing.word, snapshot.arrivals)
    room = make_room(snapshot.hub, snapshot.in_the_way_of(spoke))
    plan = make_plan(snapshot.hub, spoke, pair, spoke_first=standing.spoke_first)
    findings = (*shared_ranges(spoke, snapshot), *pair.findings)
    return Verdict(replace(plan, changes=(*room.changes, *plan.changes)), findings, pair)


def _bears_our_marks(spoke: Vnet, snapshot: HubSnapshot) -> bool:
    halves = (snapshot.hub.half_to(spoke.id), spoke.half_to(snapshot.hub.id))
    return all(half and bears_our_mark(half.name, snapshot.policy.installation) for half in halves)


def _unrouted(spoke: Vnet, snapshot: HubSnapshot) -> list[Prefix]:
    """What the network has and the hub's half does not carry: it has grown."""
    half = snapshot.hub.half_to(spoke.id)
    routed = half.remote_prefixes if half else ()
    return [each for each in spoke.prefixes if not any(each.inside(block) for block in routed)]


def _identity(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    if other := snapshot.catalogue.hub_of(spoke.id):
        yield Finding(
            Code.SPOKE_IS_HUB,
            f"{spoke.id.name} is itself the hub {other.name!r}. Remove its tag {snapshot.catalogue.tag!r}: hubs are "
            "not peered by tag.",
            "Remove the tag: the network is a hub, and hubs are not peered by tag.",
        )
    for vnet in (spoke, snapshot.hub):
        if vnet.provisioning_state == "Failed":
            yield Finding(
                Code.NOT_PROVISIONED,
                f"The last change to {vnet.id.name} failed and Azure does not peer a network in that state. Repeat the "
                "deployment that failed; its success is noticed by itself.",
                f"Repeat the deployment of the {'hub' if vnet is snapshot.hub else 'network'} that failed.",
            )


def _permission(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    policy = snapshot.policy
    if "*" not in policy.subscriptions and spoke.id.subscription.lower() not in policy.subscriptions:
        yield Finding(
            Code.SUBSCRIPTION_NOT_ALLOWED,
            f"Hub {policy.name!r} does not take spokes from subscription {spoke.id.subscription}. Ask "
            f"{policy.its_owners} to add the subscription to hubs.{policy.name}.subscriptions, or choose another hub.",
            f"Ask {policy.whom} to let the subscription in, or choose another hub.",
        )
    regions = (snapshot.hub.location,) if policy.regions == ("same",) else policy.regions
    if regions is not None and spoke.location not in regions:
        yield Finding(
            Code.REGION_NOT_ALLOWED,
            f"{spoke.id.name} is in {spoke.location or 'an unknown region'}, and hub {policy.name!r} takes spokes "
            f"from {listing(regions)} only. Choose a hub for that region, or create the network in one of these.",
            f"Choose a hub for this region, or create the network in {listing(regions, 2)}.",
        )


def _trust(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    named = snapshot.catalogue.hub(snapshot.catalogue.tag_value(spoke.tags) or "")
    if spoke.overruled and named and named.name == snapshot.policy.name:
        yield tag_not_allowed(spoke.id, snapshot.policy, spoke.overruled)


def _capacity(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    policy = snapshot.policy
    if snapshot.hub.half_to(spoke.id) is None and snapshot.peered >= policy.max_peerings:
        yield Finding(
            Code.HUB_FULL,
            f"Hub {policy.name!r} has {snapshot.peered} of at most {policy.max_peerings} peerings. "
            f"Choose another hub, or ask {policy.its_owners} to remove one that nobody needs.",
            f"Choose another hub, or ask {policy.whom} to remove a peering that nobody needs.",
        )


def _gateways(spoke: Vnet, snapshot: HubSnapshot) -> Iterator[Finding]:
    """A gateway that is optional costs the option; one that is required costs the peering (docs/decisions/0006)."""
    hub, policy = snapshot.hub, snapshot.policy
    if policy.gateway is not GatewayUse.REQUIRED:
        return
    if gateway_use(hub, spoke, policy)[0]:
        yield from no_room(hub, spoke, policy, snapshot.arrivals)
    elif hub.gateway is None:
        yield Finding(
            Code.NO_HUB_GATEWAY,
            f"Hub {policy.name!r} requires its spokes to use its gateway, but {hub.id.name} has none yet. Nothing is "
            f"wrong with your network; ask {policy.its_owners} when the gateway comes.",
            f"Nothing is wrong with your network; ask {policy.whom} when the hub's gateway comes.",
        )
    elif spoke.gateway is not None:
        yield Finding(
            Code.SPOKE_HAS_GATEWAY,
            f"{spoke.id.name} has a gateway of its own ({spoke.gateway}), so Azure cannot let it use the one of hub "
            f"{policy.name!r}, required there. Delete the gateway, or choose a hub that does not require its own.",
            "Delete the network's own gateway, or choose a hub that does not require its own.",
        )
    elif other := other_remote_gateway(spoke, hub.id):
        yield Finding(
            Code.SPOKE_USES_OTHER_GATEWAY,
            f"{spoke.id.name} already uses a remote gateway through its peering {other.name!r}, and Azure allows one. "
            "Switch useRemoteGateways off there, or remove that peering.",
            "Switch useRemoteGateways off on the network's other peering, or remove that peering.",
        )


_CHECKS: tuple[Callable[[Vnet, HubSnapshot], Iterator[Finding]], ...] = (
    _identity,
    _permission,
    _trust,
    _capacity,
    _gateways,
    address_findings,
    peers_that_overlap_the_hub,
)
