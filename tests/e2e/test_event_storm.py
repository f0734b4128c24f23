"""Ten thousand events within a minute, over eight subscriptions: none lost, and ARM hardly asked."""

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from azure.storage.queue.aio import QueueClient

from localazure.client.stage import stage
from localazure.client.storm import deliver, post, storm, tagged
from localazure.emulator.identity import object_id_of
from localazure.up.app_settings import APP_CLIENT_ID
from peering.settings import QUEUE
from tests.e2e.estate import write_scenario
from tests.e2e.town import Town, visit, vnet_id

_EVENTS, _WITHIN = 10_000, 50.0  # seconds
_DRAINED = 300.0  # seconds after the first
_BURST, _PER_SECOND = 250, 25  # reads that ARM allows in one subscription
_EACH, _TAGGED = 10, 3  # networks in a subscription, and those of them that are tagged while it storms
_FEW_SECONDS = 6.5  # between two looks at a network that is written all the time

_SUBSCRIPTIONS = [f"{number}0000000-0000-4000-8000-00000000000{number}" for number in range(1, 9)]
NETWORKS = [vnet_id(f"net{n}", subscription) for subscription in _SUBSCRIPTIONS for n in range(_EACH)]
JOINING = [network for n, network in enumerate(NETWORKS) if n % _EACH < _TAGGED]
ECHOES = [vnet_id("echo", subscription) for subscription in _SUBSCRIPTIONS]
"""Of these there is nothing but echoes of our own writes."""

OURS = object_id_of(APP_CLIENT_ID)


@pytest.mark.long
async def test_a_storm_of_events_loses_nobody_and_costs_few_reads(tmp_path: Path) -> None:
    spaces = {each: f"10.{64 + number // 250}.{number % 250}.0/24" for number, each in enumerate([*NETWORKS, *ECHOES])}
    scenario = write_scenario(tmp_path / "scenario", {"one": "10.0.0.0/24", "two": "10.0.1.0/24"}, spaces)
    async with stage("--scenario", str(scenario), "--latency", "none") as ready, visit(ready) as town:
        webhook = await _webhook(town)
        began, since = time.monotonic(), (await town.get("/control/requests"))["next"]
        async with httpx.AsyncClient(timeout=30, trust_env=False) as grid:
            events = storm(_EVENTS - len(JOINING), NETWORKS, OURS, ECHOES)
            joined, answers = await asyncio.gather(
                _tag_them(town, grid, webhook), deliver(grid, webhook, events, _WITHIN)
            )
        posted = time.monotonic() - began
        assert set(answers + joined) == {202}

        await _until_all_are_connected(town, began)
        await _until_the_queue_is_empty(town, began)
        drained = time.monotonic() - began
        asked = await _asked(town, since)
        print(f"{_EVENTS} events in {posted:.0f} s, done after {drained:.0f} s, {len(asked)} requests of ARM")  # noqa: T201
        assert drained < _DRAINED
        _only_what_the_events_are_about_was_read(asked)
        assert _reads_at_most(asked) <= drained / _FEW_SECONDS + 4
        _within_the_budget(asked)


async def _webhook(town: Town) -> str:
    """The app's own. What the emulator would send there itself is ended: this test is Event Grid."""
    subscriptions = (await town.get("/control/subscriptions"))["subscriptions"]
    for each in subscriptions:
        (await town.control.delete(f"/control/subscriptions/{each['name']}")).raise_for_status()
    [url] = [each["endpoint"]["url"] for each in subscriptions if "on_network_event" in str(each["endpoint"])]
    return str(url)


async def _tag_them(town: Town, grid: httpx.AsyncClient, webhook: str) -> Counter[int]:
    """One after the other while it storms; the event comes once the tag is there, as ARM has it."""
    answers = Counter[int]()
    for number, network in enumerate(JOINING):
        await town.arm.merge_tags(network, {"hub": ("one", "two")[number % 2]})
        answers[await post(grid, webhook, [tagged(network)])] += 1
        await asyncio.sleep(_WITHIN / len(JOINING))
    return answers


async def _until_all_are_connected(town: Town, began: float) -> None:
    async with asyncio.timeout(_DRAINED - (time.monotonic() - began)):
        while await _states(town) != {"Connected": len(JOINING)}:
            await asyncio.sleep(0.5)


async def _states(town: Town) -> Counter[str]:
    return Counter([row["state"] for hub in ("one", "two") for row in await town.rows("peerings", hub)])


async def _until_the_queue_is_empty(town: Town, began: float) -> None:
    """Of what can be seen on it; and the last looks that were sent for later have been made."""
    async with (
        asyncio.timeout(_DRAINED - (time.monotonic() - began)),
        QueueClient.from_connection_string(town.ready.appStorage or town.ready.storage, QUEUE) as queue,
    ):
        while await queue.peek_messages(1):
            await asyncio.sleep(0.5)
    await town.until_no_message_waits()


async def _asked(town: Town, since: int) -> list[dict[str, Any]]:
    log: Sequence[dict[str, Any]] = (await town.get(f"/control/requests?since={since}"))["requests"]
    return [entry for entry in log if entry["caller"] == OURS]


def _network(entry: Mapping[str, Any]) -> str:
    found = re.match(r".*/virtualnetworks/[^/]+", str(entry["path"]).lower())
    return found[0] if found else str(entry["path"])


def _only_what_the_events_are_about_was_read(asked: Sequence[Mapping[str, Any]]) -> None:
    """No unrelated event has cost a call: of networks nothing but those and the hubs was asked for."""
    expected = {network.lower() for network in NETWORKS}
    polled = re.compile(r".*/providers/microsoft.network/locations/[^/]+/operation(result)?s/", re.IGNORECASE)
    others = {_network(entry) for entry in asked if not polled.match(entry["path"])} - expected
    assert {path.rpartition("/")[2] for path in others} <= {"hub-one", "hub-two"}, others


def _reads_at_most(asked: Sequence[Mapping[str, Any]]) -> int:
    """Of the network that was read most often, and was not tagged."""
    joining = {network.lower() for network in JOINING}
    reads = Counter(_network(entry) for entry in asked if entry["method"] == "GET")
    return max(count for network, count in reads.items() if network not in joining and "/hub-" not in network)


def _within_the_budget(asked: Sequence[Mapping[str, Any]]) -> None:
    """ARM's token bucket, one for each subscription, is never empty."""
    left: dict[str, tuple[float, float]] = defaultdict(lambda: (float(_BURST), 0.0))
    for entry in (entry for entry in asked if entry["method"] == "GET"):
        subscription, at = entry["path"].split("/")[2], datetime.fromisoformat(entry["time"]).timestamp()
        tokens, before = left[subscription]
        tokens = min(_BURST, tokens + (at - before) * _PER_SECOND) - 1
        assert tokens >= 0, f"{subscription} is asked too often at {entry['time']}"
        left[subscription] = tokens, at
