"""The announcer over the emulator's topic: the outcome as a CloudEvent, and failures that hurt nobody."""

import httpx
import pytest
from azure.eventgrid.aio import EventGridPublisherClient

from peering.adapters.announcer import TopicAnnouncer
from peering.adapters.connections import Connections
from peering.core.decision.findings import Finding
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from peering.noop import NoAnnouncer
from tests.builders import NOON, SPOKE_ID, record
from tests.contract.conftest import Credential, Emulator


def announcer(emulator: Emulator, endpoint: str, token: str | None = None) -> TopicAnnouncer:
    credential = Credential(token or emulator.token("https://eventgrid.azure.net"))
    return TopicAnnouncer(
        EventGridPublisherClient(endpoint, credential, transport=Connections(emulator.ca), retry_total=0)
    )


def published(emulator: Emulator, topic: str) -> list[dict[str, object]]:
    answer = httpx.get(f"{emulator.local}/control/topics/{topic}/events", trust_env=False).raise_for_status()
    found: list[dict[str, object]] = answer.json()["events"]
    return found


async def test_an_outcome_is_published_as_a_cloud_event(emulator: Emulator) -> None:
    told = record(State.REFUSED, finished=NOON, findings=(Finding("HubFull", "It is full."),))
    adapter = announcer(emulator, f"{emulator.arm}/topics/outcomes/api/events")
    await adapter.announce(told)
    await adapter.close()
    (event,) = published(emulator, "outcomes")
    assert (event["type"], event["subject"]) == ("Autopeer.Spoke.Refused", str(SPOKE_ID))
    assert (event["source"], event["specversion"]) == ("/autopeer/hubs/prod-weu", "1.0")
    data = event["data"]
    assert isinstance(data, dict)
    assert (data["state"], data["findings"]) == (
        "Refused",
        [{"code": "HubFull", "message": "It is full.", "remedy": ""}],
    )


@pytest.mark.parametrize("case", ["nobody listens", "not authorised"])
async def test_a_failure_is_told_to_whoever_wanted_it_announced(emulator: Emulator, case: str) -> None:
    here = f"{emulator.arm}/topics/deaf/api/events"
    adapter = (
        announcer(emulator, "https://127.0.0.1:1/topics/deaf/api/events")
        if case == "nobody listens"
        else announcer(emulator, here, token="rubbish")
    )
    with pytest.raises(AzureFailure):
        await adapter.announce(record(State.CONNECTED, finished=NOON))
    await adapter.close()


async def test_without_a_topic_nothing_is_said() -> None:
    silence = NoAnnouncer()
    await silence.announce(record(State.CONNECTED))
    await silence.close()
