"""Whatever happens to two networks and their halves, in any order: what must hold of every pair holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from localazure.emulator.errors import ArmError
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.networks import peerings, snapshot, virtual_networks
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.lifecycle import settle
from localazure.emulator.networks.peerings import sync_level
from localazure.emulator.networks.resources import ResourceGroup, xor_guid
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId
from tests.emulator.running import SteppedClock
from tests.emulator.sdk import GROUP, half_id, network_id

NAMES = ("a", "b")
SPACES = {name: [f"10.{n}.0.0/16", f"10.{n + 100}.0.0/16"] for n, name in enumerate(NAMES)}


@dataclass(frozen=True)
class Somebody:
    object_id: str = "o"
    app_id: str = "a"
    tenant_id: str = "t"
    name: str = "n"


def parsed(text: str) -> ResourceId:
    found = ResourceId.parse(text)
    assert found is not None
    return found


WRITE = Write(
    caller=Somebody(),
    correlation_id="correlation",
    client_request_id="",
    api_version="2024-05-01",
    endpoint="https://arm",
    method="PUT",
    url="https://arm/x",
)
names = st.sampled_from(NAMES)
waits = st.sampled_from([11, 4, 0])
pairs = st.tuples(names, names).filter(lambda pair: pair[0] != pair[1])


class History(RuleBasedStateMachine):
    """Writes are accepted or refused as Azure would; time passes when the rules say so, and not before."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = SteppedClock()
        self.estate = Estate(clock=self.clock, latency=Latency(Mode.REAL))
        self.estate.groups[GROUP.lower()] = ResourceGroup(id=GROUP, name="rg", location="westeurope")
        for name in NAMES:
            self.write_network(name, wide=False, then=11)

    @rule(name=names, wide=st.booleans(), then=waits)
    def write_network(self, name: str, wide: bool, then: int) -> None:
        space = SPACES[name][: 1 + wide]
        body: dict[str, Any] = {"location": "westeurope", "properties": {"addressSpace": {"addressPrefixes": space}}}
        self._try(virtual_networks.put_network, parsed(network_id(name)), body, WRITE)
        self._wait(then)

    @rule(name=names, then=waits)
    def delete_network(self, name: str, then: int) -> None:
        self._try(virtual_networks.delete_network, parsed(network_id(name)), WRITE)
        self._wait(then)

    @rule(pair=pairs, sync=st.booleans(), then=waits)
    def write_half(self, pair: tuple[str, str], sync: bool, then: int) -> None:
        body = {"properties": {"remoteVirtualNetwork": {"id": network_id(pair[1])}}}
        self._try(peerings.put_peering, parsed(half_id(*pair)), body, WRITE, sync=sync)
        self._wait(then)

    @rule(pair=pairs, then=waits)
    def delete_half(self, pair: tuple[str, str], then: int) -> None:
        self._try(peerings.delete_peering, parsed(half_id(*pair)), WRITE)
        self._wait(then)

    @rule()
    def save_and_load(self) -> None:
        snapshot.load(self.estate, snapshot.save(self.estate))

    def _try(self, operation: Any, *arguments: object, **options: object) -> None:  # noqa: ANN401  one of the state machine's functions
        try:
            operation(self.estate, *arguments, **options)
        except ArmError as refusal:
            assert refusal.status in {400, 404, 409}  # noqa: PT017  any other would be a fault of the emulator

    def _wait(self, seconds: int) -> None:
        self.clock.step(seconds)
        settle(self.estate)

    def _quiet(self) -> bool:
        return self.estate.ledger.next_end() is None

    @invariant()
    @precondition(_quiet)
    def pairs_agree(self) -> None:
        for network in self.estate.networks.values():
            assert network.provisioning_state == "Succeeded"
            for half in network.peerings.values():
                other = self.estate.reciprocal(network, half)
                assert (half.state == "Connected") == (other is not None and other.state == "Connected")
                if other is not None:
                    assert half.state == other.state == "Connected"
                    assert half.guid == other.guid == xor_guid(network.guid, self.estate.networks[half.remote.key].guid)
                in_sync = sync_level(self.estate, network, half) == "FullyInSync"
                assert in_sync == (
                    other is not None
                    and half.remote_prefixes == self.estate.networks[half.remote.key].prefixes
                    and other.remote_prefixes == network.prefixes
                )


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
