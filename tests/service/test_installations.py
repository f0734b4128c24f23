"""Two installations on one hub: neither writes, adopts nor removes what bears the other's mark."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peering.core.catalogue.policy import Existing
from peering.core.decision.findings import Code
from peering.core.decision.ownership import bears_our_mark
from peering.core.intake.requests import Door
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Half, Vnet
from peering.core.record.record import State
from tests.builders import HUB_ID, SPOKE_ID, catalogue, hub, policy, spoke, vnet, vnet_id
from tests.service.town import Town

OTHER_HUB = vnet_id("hub-other")
SPOKES = [vnet_id(f"spoke-{name}") for name in "abc"]
TAGS = {"": "hub", "dev": "dev-hub"}
HUBS = {"prod-weu": HUB_ID, "other": OTHER_HUB}


def installations(*spokes: Vnet, **rules: Any) -> dict[str, Town]:  # noqa: ANN401 - the fields of HubPolicy
    """An app of each name, with tables, a queue and a tag of its own; Azure is one and the same."""
    azure = Town(hub(gateway=True), vnet(OTHER_HUB, "10.200.0.0/16"), *spokes).networks
    towns = {}
    for name, tag in TAGS.items():
        town = towns[name] = Town()
        hubs = catalogue(*(policy(hub_name, network, grace_minutes=0, **rules) for hub_name, network in HUBS.items()))
        ports = replace(town.context.ports, networks=azure)
        town.networks = azure
        town.context = replace(town.context, ports=ports, catalogue=replace(hubs, tag=tag).of_installation(name))
    return towns


def halves_of(town: Town, installation: str) -> set[tuple[VnetId, Half]]:
    found = [(network.id, each) for network in town.networks.vnets.values() for each in network.halves]
    return {(where, replace(each, rest={})) for where, each in found if bears_our_mark(each.name, installation)}


@pytest.mark.parametrize("existing", Existing)
async def test_what_the_other_one_made_is_adopted_by_no_tag_and_removed_by_no_departure(existing: Existing) -> None:
    towns = installations(spoke(), existing=existing)
    await towns[""].ask()
    before = halves_of(towns[""], "")
    towns["dev"].change(tags={"hub": "prod-weu", "dev-hub": "prod-weu"})
    towns["dev"].networks.log.clear()
    await towns["dev"].ask(door=Door.HTTP)
    assert (towns["dev"].state(), [f.code for f in towns["dev"].row().found.findings]) == (
        State.REFUSED,
        [Code.MANAGED_ELSEWHERE],
    )
    assert "installation" in towns["dev"].row().found.findings[0].message
    towns["dev"].change(tags={"hub": "prod-weu"})
    await towns["dev"].ask()
    towns["dev"].delete(SPOKE_ID)
    await towns["dev"].ask()
    assert (towns["dev"].writes, len(before)) == ([], 2)


async def test_each_works_beside_the_other() -> None:
    towns = installations(spoke(), spoke("10.2.0.0/24", id=SPOKES[1], tag=None))
    await towns[""].ask()
    towns["dev"].change(SPOKES[1], tags={"dev-hub": "prod-weu"})
    await towns["dev"].ask(SPOKES[1])
    assert (towns[""].connected(), towns["dev"].connected([SPOKES[1]])) == (True, True)
    assert (len(halves_of(towns[""], "")), len(halves_of(towns[""], "dev"))) == (2, 2)


wishes = st.sampled_from(["prod-weu", "other", None])
steps = st.tuples(
    st.sampled_from(SPOKES), st.sampled_from(list(TAGS)), wishes, st.sampled_from([Door.EVENT, Door.HTTP])
)


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, min_size=4, max_size=16))
async def test_tagging_untagging_and_moving_touch_nothing_of_the_others(
    history: list[tuple[VnetId, str, str | None, Door]],
) -> None:
    spokes = [spoke(f"10.{n}.0.0/24", id=each, tag=None) for n, each in enumerate(SPOKES, 1)]
    towns = installations(*spokes)
    for which, installation, wish, door in history:
        town, other = towns[installation], "dev" if not installation else ""
        before = halves_of(town, other)
        tags = {name: value for name, value in town.networks.vnets[which].tags.items() if name != TAGS[installation]}
        town.change(which, tags=tags | ({TAGS[installation]: wish} if wish else {}))
        await town.ask(which, door=door)
        assert halves_of(town, other) == before
