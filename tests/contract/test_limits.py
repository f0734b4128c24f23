"""Who is asked and never answers: every call ends by itself, as a failure that says whose it is."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.data.tables.aio import TableServiceClient
from azure.eventgrid.aio import EventGridPublisherClient

from peering.adapters import errors
from peering.adapters.announcer import TopicAnnouncer
from peering.adapters.arm_clients import Arm
from peering.adapters.clients import connect
from peering.adapters.connections import Connections
from peering.adapters.networks import ArmNetworks, Limits
from peering.adapters.records import TableRecords
from peering.adapters.table_clients import Patience
from peering.core.decision.changes import Action
from peering.core.network.failures import NO_ANSWER, AzureFailure, StorageFailure
from peering.core.record.announcement import of_spoke
from peering.core.record.selection import EVERYTHING
from peering.noop import NoTelemetry
from peering.ports import Ports
from peering.settings import Settings
from tests.builders import HUB_ID, NOON, SPOKE_ID, record, request
from tests.contract.conftest import Credential
from tests.contract.grounds import put

KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
IMPATIENT = Patience(connect=0.2, silence=0.2, retries=1, backoff=0)
SOON = 3.0  # seconds: well over the limits of these tests, and far below those of the SDKs


@dataclass
class Silent:
    """A server that accepts and never answers."""

    port: int
    connections: int = 0

    @property
    def storage(self) -> str:
        parts = [f"{kind}Endpoint=http://127.0.0.1:{self.port}/account;" for kind in ("Blob", "Queue", "Table")]
        return f"DefaultEndpointsProtocol=http;AccountName=account;AccountKey={KEY};{''.join(parts)}"

    def ports(self) -> Ports:
        settings = Settings.from_environment({"AzureWebJobsStorage": self.storage}, Path("/"))
        return connect(settings, IMPATIENT)


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    found = Silent(0)
    held: list[asyncio.StreamWriter] = []

    async def hold(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        held.append(writer)

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    yield found
    for writer in held:
        writer.close()
    server.close()
    await server.wait_closed()


async def failure(call: Awaitable[object]) -> AzureFailure:
    """How the call fails, which it does soon."""
    began = time.monotonic()
    with pytest.raises(AzureFailure) as caught:
        await asyncio.wait_for(call, 20)
    assert time.monotonic() - began < SOON
    assert caught.value.status == NO_ANSWER
    return caught.value


ROW = record(etag=None)
QUESTIONS: dict[str, Callable[[TableRecords], Awaitable[object]]] = {
    "find": lambda records: records.find(SPOKE_ID),
    "get": lambda records: records.get("h", "k"),
    "save": lambda records: records.save(ROW),
    "save again": lambda records: records.save(replace(ROW, etag="e")),
    "note": lambda records: records.note(ROW, NOON),
    "waiting": lambda records: records.waiting("h"),
    "forget": lambda records: records.forget(replace(ROW, etag="e")),
    "page": lambda records: records.page(EVERYTHING, 1, None),
    "tally": lambda records: records.tally("h"),
    "history": lambda records: records.history("k", 1),
    "keep": lambda records: records.keep_unreadable("b", "r", NOON),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_every_question_to_the_tables_has_a_limit_in_all(silent: Silent, question: str) -> None:
    async with TableServiceClient.from_connection_string(silent.storage) as service:  # with the SDK's own patience
        found = await failure(QUESTIONS[question](TableRecords(service, limit=0.3)))
    assert isinstance(found, StorageFailure)
    assert found.code == "TimedOut"


async def test_the_clients_of_storage_give_up_by_themselves(silent: Silent) -> None:
    ports = silent.ports()
    await failure(ports.records.find(SPOKE_ID))
    await failure(ports.requests.send(request(), timedelta()))
    with pytest.raises(AzureFailure):
        async with asyncio.timeout(SOON), ports.leases.take("hub"):
            pass
    assert silent.connections > 3  # each was tried again
    adapters: list[Any] = [ports.records, ports.requests, ports.leases, ports.networks]
    for adapter in adapters:
        await adapter.close()


CALLS: dict[str, Callable[[ArmNetworks], Awaitable[object]]] = {
    "read": lambda arm: arm.read(HUB_ID),
    "read tags": lambda arm: arm.read_tags(HUB_ID.subscription, None),
    "tag": lambda arm: arm.write_tag(HUB_ID, "a", "b"),
    "untag": lambda arm: arm.remove_tag(HUB_ID, "a", "b"),
    "put": lambda arm: arm.apply(put(HUB_ID, SPOKE_ID)),
    "sync": lambda arm: arm.apply(put(HUB_ID, SPOKE_ID, action=Action.SYNC)),
    "remove": lambda arm: arm.apply(put(HUB_ID, SPOKE_ID, action=Action.REMOVE)),
}


@pytest.mark.parametrize("call", CALLS)
async def test_every_call_to_arm_has_a_limit_in_all(silent: Silent, call: str) -> None:
    where = f"https://127.0.0.1:{silent.port}"
    arm = ArmNetworks(Arm(Credential("t"), where, where, Connections(), NoTelemetry()), Limits(call=0.3, operation=0.3))
    found = await failure(CALLS[call](arm))
    assert (found.code, isinstance(found, StorageFailure)) == ("TimedOut", False)
    await arm.close()


async def test_a_topic_that_does_not_answer_is_waited_for_no_longer_than_that(silent: Silent) -> None:
    client = EventGridPublisherClient(f"https://127.0.0.1:{silent.port}/api/events", Credential("t"))
    announcer = TopicAnnouncer(client, limit=0.3)
    with pytest.raises(AzureFailure, match="took too long"):
        await asyncio.wait_for(announcer.announce(of_spoke(ROW, None, NOON)), SOON)
    await announcer.close()


def test_the_limits_of_production() -> None:
    """An answer by HTTP within 30 seconds, and nothing near the thirty minutes after which the host ends all of it."""
    limits, patience, connections = Limits(), Patience(), Connections().connection_config
    assert (limits.call, limits.operation) == (30, 240)
    assert connections.timeout + connections.read_timeout < limits.operation
    assert errors.STORAGE_LIMIT < 30
    assert 15 < patience.worst < 30
    defaults: Any = TopicAnnouncer.__init__.__defaults__
    assert defaults == (30,)
