"""Whatever halves could stand between a hub and a spoke, and a plan carried out on them."""

from dataclasses import replace

from hypothesis import strategies as st

from peering.core.catalogue.policy import GatewayUse, HubPolicy, PerHalf
from peering.core.decision.changes import Phase
from peering.core.decision.ownership import hub_half_name
from peering.core.decision.pair import wanted_pair
from peering.core.decision.plan import Plan
from peering.core.decision.plan import make_plan as plan_for
from peering.core.decision.switches import Word
from peering.core.network.vnets import Flags, Half, PeeringState, SyncLevel, Vnet
from tests.builders import OTHER_HUB_ID, SPOKE_ID, hub, policy, spoke
from tests.fakes.networks import FakeNetworks

ON_HUB, ON_SPOKE = hub_half_name(SPOKE_ID), "autopeer-prod-weu"
REMOTE = Flags(remote_gateways=True)
ALWAYS, AUTO, NEVER = GatewayUse.REQUIRED, GatewayUse.AUTO, GatewayUse.NEVER


def make_plan(the_hub: Vnet, the_spoke: Vnet, rules: HubPolicy) -> Plan:
    """With the catalogue's switches, whoever has set them otherwise: test_switches.py says when that is so."""
    return plan_for(the_hub, the_spoke, wanted_pair(the_hub, the_spoke, rules, word=Word.RESTORE))


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[Vnet, Vnet, HubPolicy]:
    """A hub, a spoke and whatever halves could stand between them: a pair in any state, or either half alone."""
    flags = st.builds(Flags, st.booleans(), st.booleans())
    rules = policy(gateway=draw(st.sampled_from([AUTO, NEVER])), forwarded_traffic=PerHalf(draw(st.booleans()), False))
    the_hub, the_spoke = hub(gateway=draw(st.booleans())), spoke(gateway=draw(st.booleans()))
    lone = st.sampled_from([PeeringState.INITIATED, PeeringState.DISCONNECTED])
    names = draw(st.sampled_from([(ON_HUB, ON_SPOKE), ("theirs", "mine")]))

    def one(remote: Vnet, name: str, state: PeeringState) -> Half:
        level = SyncLevel.FULLY_IN_SYNC if state is PeeringState.CONNECTED else SyncLevel.REMOTE_NOT_IN_SYNC
        return Half(
            name=name,
            remote=remote.id,
            state=state,
            sync_level=level,
            flags=draw(flags),
            remote_prefixes=remote.prefixes,
        )

    stale = one(spoke(id=OTHER_HUB_ID), ON_SPOKE, draw(lone))
    kind = draw(st.sampled_from(["none", "hub", "spoke", "connected", "disconnected", "ours elsewhere"]))
    on_hub = {"hub": draw(lone), "connected": PeeringState.CONNECTED, "disconnected": PeeringState.DISCONNECTED}.get(
        kind
    )
    on_spoke = {
        "spoke": draw(lone),
        "connected": PeeringState.CONNECTED,
        "disconnected": PeeringState.DISCONNECTED,
    }.get(kind)
    hub_halves = (one(the_spoke, names[0], on_hub),) if on_hub else ()
    spoke_halves = (one(the_hub, names[1], on_spoke),) if on_spoke else (stale,) if kind == "ours elsewhere" else ()
    return replace(the_hub, halves=hub_halves), replace(the_spoke, halves=spoke_halves), rules


async def carry_out(plan: Plan, networks: FakeNetworks) -> None:
    for change in (change for phase in Phase for change in plan.at(phase)):
        await networks.apply(change)
