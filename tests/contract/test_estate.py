"""The estate: the same networks in memory and in the emulator, page by page; and what Resource Graph does besides."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from peering.adapters import estate
from peering.adapters.estate import GraphEstate
from peering.adapters.networks import ArmNetworks
from peering.core.network.addresses import parse_prefixes
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import PeeringState, Vnet
from peering.ports import Estate
from tests.builders import vnet_id
from tests.contract.conftest import BOTH, Credential, Emulator
from tests.contract.grounds import FakeGround, RealGround, put
from tests.fakes.estate import FakeEstate


class Given:
    """Networks, and the estate that shows them."""

    def __init__(self, ground: FakeGround | RealGround, shown: Estate) -> None:
        self.ground, self.estate = ground, shown

    async def pair(self) -> tuple[VnetId, VnetId]:
        one, other = await self.ground.make("hub", "10.0.0.0/16"), await self.ground.make("spoke", "10.1.0.0/16")
        await self.ground.port.apply(put(one, other, forwarded_traffic=True))
        await self.ground.port.apply(put(other, one))
        return one, other

    async def shown(self, *without: VnetId) -> dict[VnetId, Vnet]:
        """All networks of this ground."""
        found, token = dict[VnetId, Vnet](), None
        while True:
            page = await self.estate.page(without, token)
            assert page.unreadable == ()
            found |= {network.id: network for network in page.networks if network.id.group == self.ground.id("x").group}
            token = page.following
            if token is None:
                return found


@pytest.fixture(params=BOTH)
async def given(request: pytest.FixtureRequest) -> AsyncIterator[Given]:
    if request.param == "fake":
        ground = FakeGround()
        yield Given(ground, FakeEstate(ground.networks))
        return
    emulator: Emulator = request.getfixturevalue("emulator")
    credential = Credential(emulator.token())
    networks = ArmNetworks(emulator.reached_by(credential))
    shown = GraphEstate(emulator.reached_by(credential))
    with emulator.client() as http:
        yield Given(RealGround(networks, http, f"rg-{uuid.uuid4().hex[:8]}"), shown)
    await shown.close()
    await networks.close()


async def test_a_network_is_shown_as_it_reads(given: Given) -> None:
    hub, spoke = await given.pair()
    tagged = await given.ground.make("tagged", "10.2.0.0/24", "10.3.0.0/24", Hub="prod-weu")
    shown = await given.shown()
    assert shown.keys() == {hub, spoke, tagged}
    for identity in (hub, spoke, tagged):
        read = await given.ground.port.read(identity)
        assert read
        assert replace(shown[identity], guid="") == replace(read, guid="")
        assert shown[identity].guid == read.guid
    half = shown[hub].half_to(spoke)
    assert half
    assert (half.state, half.flags.forwarded_traffic) == (PeeringState.CONNECTED, True)
    assert shown[tagged].tags == {"Hub": "prod-weu"}


async def test_a_gateway_is_there_or_not(given: Given) -> None:
    with_one = await given.ground.make("with", "10.4.0.0/24", gateway=True)
    without = await given.ground.make("without", "10.5.0.0/24")
    shown = await given.shown()
    assert shown[with_one].gateway is not None
    assert shown[without].gateway is None


async def test_those_that_are_read_by_themselves_are_left_out_whatever_their_case(given: Given) -> None:
    hub, spoke = await given.pair()
    assert (await given.shown(VnetId(hub.subscription, hub.group, hub.name.upper()))).keys() == {spoke}
    assert await given.shown(hub, spoke) == {}


async def test_what_is_deleted_is_not_shown(given: Given) -> None:
    gone = await given.ground.make("gone", "10.6.0.0/24")
    await given.ground.delete(gone)
    assert await given.shown() == {}


async def test_pages_show_everybody_once_in_order(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estate, "_ROWS", 2)
    if isinstance(given.estate, FakeEstate):
        given.estate.size = 2
    made = [await given.ground.make(f"many-{number}", f"10.7.{number}.0/24") for number in range(5)]
    shown = await given.shown()
    assert list(shown) == made


# What only Resource Graph does.


@pytest.fixture
async def graph(emulator: Emulator) -> AsyncIterator[GraphEstate]:
    adapter = GraphEstate(emulator.reached_by(Credential(emulator.token())))
    yield adapter
    await adapter.close()


async def test_answers_may_be_late(graph: GraphEstate, emulator: Emulator) -> None:
    async with httpx.AsyncClient(base_url=emulator.local, trust_env=False) as control:
        with emulator.client() as http:
            port = ArmNetworks(emulator.reached_by(Credential("")))
            await control.put("/control/latency", json={"graphDelaySeconds": 3600})
            late = await RealGround(port, http, "rg-late").make("late", "10.8.0.0/24")
            assert late not in {network.id for network in (await graph.page((), None)).networks}
            await control.put("/control/latency", json={"graphDelaySeconds": 0})
            assert late in {network.id for network in (await graph.page((), None)).networks}


def row(**rest: object) -> dict[str, object]:
    return {"id": str(vnet_id("aa")), "location": "westeurope", "tags": None, "vpn": False, "routeServer": 0} | rest


def test_a_row_that_cannot_be_read_is_there_all_the_same() -> None:
    page = estate._page({"data": [row(tags=["odd"]), row(id=str(vnet_id("bb")), prefixes=["10.0.0.0/24"]), "rubbish"]})
    assert page.unreadable == (vnet_id("aa"),)
    assert [network.prefixes for network in page.networks] == [parse_prefixes(["10.0.0.0/24"])]


def test_an_answer_that_is_none_is_a_failure() -> None:
    with pytest.raises(AzureFailure, match="cannot be read"):
        estate._page({"data": "rows"})


@pytest.mark.parametrize("truth", [True, 1])
def test_a_truth_is_written_in_two_ways(truth: object) -> None:
    (network,) = estate._page({"data": [row(routeServer=truth)]}).networks
    assert network.gateway
