"""What the story tells its telemetry."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.record.record import Record, State
from peering.noop import NoTelemetry
from peering.service.poison import abandon
from tests.builders import hub, request, spoke, vnet
from tests.service.town import Town


class Noted(NoTelemetry):
    """Keeps what it is told."""

    counts_pairs = True

    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.waits: list[timedelta] = []
        self.headroom: list[float] = []
        self.states: list[Mapping[str, int]] = []

    def outcome(self, record: Record) -> None:
        self.outcomes.append(record.state)

    def message_waited(self, wait: timedelta) -> None:
        self.waits.append(wait)

    def hub_seen(self, hub: str, headroom: float) -> None:  # noqa: ARG002 - the port's signature
        self.headroom.append(headroom)

    def pairs(self, hub: str, states: Mapping[str, int]) -> None:  # noqa: ARG002 - as above
        self.states.append(states)


async def test_a_connection_is_told_with_its_wait_the_room_on_the_hub_and_the_states() -> None:
    noted = Noted()
    town = Town(hub(), spoke(), telemetry=noted)
    town.put(replace(request(), when=town.clock() - timedelta(seconds=3)))
    await town.pump()
    assert (noted.outcomes, noted.waits, noted.headroom) == ([State.CONNECTED], [timedelta(seconds=3)], [1.0])
    assert noted.states[-1] == {State.CONNECTED: 1}


async def test_an_outcome_that_is_no_news_is_not_told_again() -> None:
    noted = Noted()
    twin = vnet("spoke-b", "10.1.0.0/24", tags={"hub": "prod-weu"})
    town = Town(hub(), spoke(), twin, telemetry=noted)
    await town.ask()
    await town.ask(twin.id)
    await town.ask(twin.id)
    assert noted.outcomes == [State.CONNECTED, State.REFUSED]


async def test_an_abandoned_spoke_is_told_and_its_line_carries_its_correlation_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The alert on abandoned spokes reads this figure, and its runbook looks the id up in the log."""
    noted = Noted()
    town = Town(hub(), telemetry=noted)
    await abandon(request(correlation="4711").to_json(), town.context.ports, town.clock())
    assert noted.outcomes == [State.ABANDONED]
    assert [line for line in caplog.messages if line.endswith("correlation=4711")] == caplog.messages != []
