"""The announcer: what it is given is on the topic, as a CloudEvent, and failures hurt nobody.

The fake and the real adapter are held to one contract, the real one over the emulator's topic.
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
from azure.eventgrid.aio import EventGridPublisherClient

from peering.adapters.announcer import TopicAnnouncer
from peering.adapters.connections import Connections
from peering.core.decision.findings import Finding
from peering.core.decision.pause import Pause
from peering.core.network.failures import AzureFailure
from peering.core.record.announcement import Announcement, of_spoke
from peering.core.record.marks import pause_steps
from peering.core.record.record import State
from peering.noop import NoAnnouncer
from peering.ports import Announcer
from tests.builders import NOON, SPOKE_ID, record
from tests.contract.conftest import Credential, Emulator
from tests.fakes.storage import FakeAnnouncer

type Published = Callable[[], list[dict[str, Any]]]

REFUSED = of_spoke(
    record(State.REFUSED, finished=NOON, event="e1", findings=(Finding("HubFull", "Größe: it is full."),)), None, NOON
)


def announcer(emulator: Emulator, endpoint: str, token: str | None = None) -> TopicAnnouncer:
    credential = Credential(token or emulator.token("https://eventgrid.azure.net"))
    return TopicAnnouncer(
        EventGridPublisherClient(endpoint, credential, transport=Connections(emulator.ca), retry_total=0)
    )


def published(emulator: Emulator, topic: str) -> list[dict[str, Any]]:
    answer = httpx.get(f"{emulator.local}/control/topics/{topic}/events", trust_env=False).raise_for_status()
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def as_sent(event: Announcement) -> dict[str, Any]:
    names = ("id", "type", "source", "subject")
    return {name: getattr(event, name) for name in names} | {"time": event.time, "data": dict(event.data)}


def as_published(event: dict[str, Any]) -> dict[str, Any]:
    attributes = {name: event[name] for name in ("id", "type", "source", "subject", "data")}
    return attributes | {"time": datetime.fromisoformat(event["time"])}


@pytest.fixture(params=["fake", "real"])
async def topic(request: pytest.FixtureRequest, emulator: Emulator) -> AsyncIterator[tuple[Announcer, Published]]:
    if request.param == "fake":
        fake = FakeAnnouncer()
        yield fake, lambda: [as_sent(event) for event in fake.announced]
        return
    real = announcer(emulator, f"{emulator.arm}/topics/contract/api/events")
    yield real, lambda: [as_published(event) for event in published(emulator, "contract")]
    await real.close()


async def test_what_is_announced_is_on_the_topic_as_it_is(topic: tuple[Announcer, Published]) -> None:
    port, seen = topic
    (begun,) = pause_steps((Pause(reason="change 4711", who="Ada", since=NOON),), {}, NOON)
    assert begun.event
    await port.announce(REFUSED)
    await port.announce(begun.event)
    await port.announce(REFUSED)  # a topic takes what comes twice: its subscribers compare the ids
    assert seen() == [as_sent(each) for each in (REFUSED, begun.event, REFUSED)]


async def test_an_outcome_is_published_as_a_cloud_event(emulator: Emulator) -> None:
    adapter = announcer(emulator, f"{emulator.arm}/topics/outcomes/api/events")
    await adapter.announce(REFUSED)
    await adapter.close()
    (event,) = published(emulator, "outcomes")
    assert (event["type"], event["subject"]) == ("Autopeer.Spoke.Refused", str(SPOKE_ID))
    assert (event["source"], event["specversion"]) == ("/autopeer/hubs/prod-weu", "1.0")
    assert event["time"].startswith("2026-11-23T12:00:00")
    assert event["data"]["state"] == "Refused"
    assert event["data"]["findings"] == [{"code": "HubFull", "message": "Größe: it is full.", "remedy": ""}]


@pytest.mark.parametrize("case", ["nobody listens", "not authorised"])
async def test_a_failure_is_told_to_whoever_wanted_it_announced(emulator: Emulator, case: str) -> None:
    here = f"{emulator.arm}/topics/deaf/api/events"
    adapter = (
        announcer(emulator, "https://127.0.0.1:1/topics/deaf/api/events")
        if case == "nobody listens"
        else announcer(emulator, here, token="rubbish")
    )
    with pytest.raises(AzureFailure):
        await adapter.announce(REFUSED)
    await adapter.close()


async def test_without_a_topic_nothing_is_said() -> None:
    silence = NoAnnouncer()
    await silence.announce(REFUSED)
    await silence.close()
