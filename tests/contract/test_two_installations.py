"""Two installations on one hub of the emulator, over the real adapter: ARM shows the other's halves to the byte."""

import json
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from peering.adapters.networks import ArmNetworks
from peering.core.catalogue.policy import Catalogue
from peering.core.decision.ownership import bears_our_mark
from peering.core.intake.requests import Door
from peering.core.network.resource_ids import VnetId
from peering.core.record.record import State
from tests.builders import catalogue, policy
from tests.contract.conftest import Credential, Emulator
from tests.contract.grounds import API, RealGround
from tests.service.town import Town

TAGS = {"": "hub", "dev": "dev-hub"}
STEPS = 24


class Estate:
    """Two hubs and three spokes in the emulator, and an app of each name, with tables and a queue of its own."""

    def __init__(self, ground: RealGround) -> None:
        self.ground = ground
        self.hubs: dict[str, VnetId] = {}
        self.spokes: list[VnetId] = []
        self.towns: dict[str, Town] = {}

    async def build(self) -> None:
        for name, prefix in (("prod-weu", "10.0.0.0/16"), ("other", "10.200.0.0/16")):
            self.hubs[name] = await self.ground.make(f"hub-{name}", prefix, gateway=name == "prod-weu")
        self.spokes = [await self.ground.make(f"spoke-{n}", f"10.{n}.0.0/24") for n in (1, 2, 3)]
        for installation, tag in TAGS.items():
            town = self.towns[installation] = Town()
            ports = replace(town.context.ports, networks=self.ground.port)
            town.context = replace(town.context, ports=ports, catalogue=self._hubs(tag).of_installation(installation))

    def _hubs(self, tag: str) -> Catalogue:
        rules = (policy(name, network, grace_minutes=0) for name, network in self.hubs.items())
        return replace(catalogue(*rules), tag=tag)

    def tag(self, spoke: VnetId, tags: dict[str, str]) -> None:
        where = f"{spoke}/providers/Microsoft.Resources/tags/default"
        body = {"operation": "Replace", "properties": {"tags": tags}}
        self.ground.http.patch(where, params={"api-version": "2022-09-01"}, json=body).raise_for_status()

    def halves(self, installation: str) -> dict[str, str]:
        """What ARM shows of the halves that bear the mark, but for the etag, which is the whole network's."""
        found = {}
        for network in (*self.hubs.values(), *self.spokes):
            document = self.ground.http.get(str(network), params=API).raise_for_status().json()
            for half in document["properties"]["virtualNetworkPeerings"]:
                if bears_our_mark(half["name"], installation):
                    found[half["id"]] = json.dumps({name: half[name] for name in half if name != "etag"})
        return found


@pytest.fixture
async def estate(emulator: Emulator) -> AsyncIterator[Estate]:
    adapter = ArmNetworks(emulator.reached_by(Credential(emulator.token())))
    with emulator.client() as http:
        made = Estate(RealGround(adapter, http, f"rg-{uuid.uuid4().hex[:12]}"))
        await made.build()
        yield made
    await adapter.close()


async def test_neither_rewrites_or_removes_a_half_of_the_others(estate: Estate) -> None:
    """Each tags, untags and moves networks, those of the other one too."""
    draw = random.Random(4711)  # noqa: S311 - no secret
    tags, connected = {spoke: dict[str, str]() for spoke in estate.spokes}, 0
    for _ in range(STEPS):
        spoke, installation = draw.choice(estate.spokes), draw.choice(list(TAGS))
        wish = draw.choice([*estate.hubs, *estate.hubs, None])
        other = "dev" if not installation else ""
        before = estate.halves(other)
        tags[spoke].pop(TAGS[installation], None)
        tags[spoke] |= {TAGS[installation]: wish} if wish else {}
        estate.tag(spoke, tags[spoke])
        await estate.towns[installation].ask(spoke, door=draw.choice([Door.EVENT, Door.HTTP]))
        assert estate.halves(other) == before
        connected += sum(row.state is State.CONNECTED for row in estate.towns[installation].records.rows.values())
    assert connected > STEPS / 3
