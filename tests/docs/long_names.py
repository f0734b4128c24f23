"""Every finding of ours under the longest names that Azure and the catalogue allow."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision import findings as worded
from peering.core.decision.approval import approval_refused, leave_to_be_approved, move_to_be_approved
from peering.core.decision.contest import left_to
from peering.core.decision.findings import Finding
from peering.core.decision.pair import wanted_pair
from peering.core.network.failures import FALLBACKS, NO_ANSWER, RULES, AzureFailure, StorageFailure
from peering.core.network.resource_ids import ClassicNetworkId, VnetId
from peering.core.network.vnets import Flags, Half, Overruled, Vnet
from tests.builders import OTHER_HUB_ID, SPOKE_ID, catalogue, half, hub, policy, ruling, spoke
from tests.core.decision.judging import findings
from tests.docs.messages import failure_of, of_limits, overdue, refusals


def drawn_out(thing: Any) -> Any:  # noqa: ANN401 - a network, a half, a policy or a catalogue, and the same again
    """The same with the longest names that Azure and the catalogue allow."""
    match thing:
        case VnetId(subscription, group, name):
            return VnetId(subscription, (group + "g" * 90)[:90], (name + "n" * 64)[:64])
        case Vnet():
            halves = tuple(map(drawn_out, thing.halves))
            gateway = thing.gateway and thing.gateway.replace(thing.id.group, drawn_out(thing.id).group)
            return replace(thing, id=drawn_out(thing.id), halves=halves, gateway=gateway)
        case Half():
            return replace(thing, name=(thing.name + "p" * 80)[:80], remote=drawn_out(thing.remote))
        case HubPolicy():
            long = replace(thing, name=(thing.name + "h" * 40)[:40], vnet=drawn_out(thing.vnet))
            return replace(long, owners="o" * 64, contact="c" * 64)
        case Catalogue():
            hubs = [drawn_out(each) for each in thing.hubs.values()]
            return replace(thing, tag="t" * 512, hubs={each.name: each for each in hubs})
        case _:
            return thing


def longest() -> Iterator[Finding]:
    """Every finding of ours under the longest names."""
    for the_spoke, the_hub, the_policy, others in refusals():
        rules = drawn_out(the_policy or policy())
        estate = drawn_out(others or catalogue(rules))
        yield from findings(drawn_out(the_spoke), drawn_out(the_hub or hub()), rules, estate)
    one, network = drawn_out(policy()), drawn_out(SPOKE_ID)
    hubs = drawn_out(catalogue(policy(), policy("neu", OTHER_HUB_ID)))
    yield from (worded.unknown_hub(wanted, hubs, by_tag=True) for wanted in ("", "w" * 256, one.name[:-1]))
    yield from (worded.no_hub_named(network, hubs), worded.hub_not_found(one), worded.spoke_is_gone(network))
    yield from (worded.gone_beside_connected(network, one), worded.hub_gone_beside_connected(one))
    yield from (worded.spoke_not_there_yet(network), worded.classic_network(ClassicNetworkId("i" * 200)))
    yield from (worded.tag_renamed("f" * 512, one, hubs), worded.hub_left_catalogue(one.name))
    yield from left_to("w" * 100, drawn_out(hub()), drawn_out(spoke()), one.name).findings
    yield from (worded.old_hub_first(one, "o" * 40), move_to_be_approved(network, one, one))
    yield from (leave_to_be_approved(network, one, "o" * 40), *overdue(one, one))
    yield approval_refused(ruling((), granted=False, who="w" * 100, reason="r" * 200), one)
    yield from (
        worded.tag_not_allowed(network, one, Overruled("its resource group", said)) for said in ("v" * 256, None)
    )
    yield from of_limits(one)
    fenced = half(network, "p" * 80, flags=Flags(virtual_network_access=False, forwarded_traffic=True))
    yield from wanted_pair(drawn_out(hub(halves=(fenced,))), drawn_out(spoke()), one).findings
    for failure in map(failure_of, (*RULES, *FALLBACKS)):
        long_words = AzureFailure(failure.status, failure.code, failure.message + "w" * 900)
        yield from (worded.explain(long_words), worded.explain(long_words, given_up=True))
    yield from (worded.given_up("r" * 500), worded.explain(StorageFailure(NO_ANSWER, "TimedOut", "m" * 900)))
