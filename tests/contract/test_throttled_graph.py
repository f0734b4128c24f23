"""Resource Graph's quota: what is spent is waited for, and a page that is refused for it is asked for again."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from peering.adapters.estate import GraphEstate, GraphLimits
from peering.core.network.failures import AzureFailure
from tests.contract.conftest import scripted_arm
from tests.contract.oddities import Body
from tests.contract.scripted_arm import Answer, Session, whole

ROWS: dict[str, Any] = {"data": [], "count": 0, "totalRecords": 0, "resultTruncated": "false"}
TOO_MANY = {"error": {"code": "RateLimiting", "message": "Please slow down."}}


class Graph:
    """The real adapter over answers from a script; `slept` are the pauses that it made, in seconds."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        self.session, self.slept = session, list[float]()
        monkeypatch.setattr("peering.adapters.estate.asyncio.sleep", self._sleep)
        self.adapter = GraphEstate(scripted_arm(session), GraphLimits(page=10))

    async def _sleep(self, seconds: float) -> None:
        self.slept += [seconds] if seconds else []

    async def ask(self, *answers: Answer) -> None:
        self.session.script += answers
        await self.adapter.page((), None)


@pytest.fixture
async def graph(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Graph]:
    found = Graph(Session(), monkeypatch)
    yield found
    await found.adapter.close()


def spent(remaining: int, resets: str) -> Body:
    return whole(ROWS, **{"x-ms-user-quota-remaining": str(remaining), "x-ms-user-quota-resets-after": resets})


async def test_a_quota_that_is_left_is_used(graph: Graph) -> None:
    await graph.ask((200, spent(1, "00:00:05")))
    await graph.ask((200, spent(0, "00:00:04")))
    assert graph.slept == []


async def test_one_that_is_spent_is_waited_for_before_the_next_page(graph: Graph) -> None:
    await graph.ask((200, spent(0, "00:00:04")))
    await graph.ask((200, spent(14, "00:00:05")))
    assert graph.slept == [4]


@pytest.mark.parametrize("resets", ["soon", "", "4"])
async def test_a_header_that_says_nothing_asks_for_nothing(graph: Graph, resets: str) -> None:
    await graph.ask((200, spent(0, resets)))
    await graph.ask((200, spent(0, resets)))
    assert graph.slept == []


async def test_a_refused_page_is_asked_for_again_when_azure_says(graph: Graph) -> None:
    await graph.ask((429, whole(TOO_MANY, **{"Retry-After": "3"})), (429, whole(TOO_MANY)), (200, whole(ROWS)))
    assert graph.slept == [3, 5]


async def test_another_failure_is_raised(graph: Graph) -> None:
    with pytest.raises(AzureFailure, match="AuthorizationFailed"):
        await graph.ask((403, whole({"error": {"code": "AuthorizationFailed", "message": "no"}})))


async def test_a_page_ends_in_time_whatever_it_is_asked_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    session, never = Session(), asyncio.Event()
    session.script = [(429, Body(json.dumps(TOO_MANY).encode(), {"Retry-After": "3600"}))]
    adapter = GraphEstate(scripted_arm(session), GraphLimits(page=0.5))

    async def wait(seconds: float) -> None:
        if seconds:
            await never.wait()

    monkeypatch.setattr("peering.adapters.estate.asyncio.sleep", wait)
    with pytest.raises(AzureFailure, match="took too long"):
        await adapter.page((), None)
    await adapter.close()


def test_importing_the_adapters_loads_no_client_of_the_graph() -> None:
    import subprocess
    import sys

    ask = "import sys, peering.adapters.clients; print(any('resourcegraph' in name for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout == "False\n"
