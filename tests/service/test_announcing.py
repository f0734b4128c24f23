"""What is told to the topic, over whole histories: lost publishes, deaths in between, pauses and the brake."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.decision.pause import Pause
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.network.resource_ids import VnetId
from peering.core.record.announcement import Announcement
from peering.core.record.document import shown_time
from peering.core.record.record import State
from peering.service.control import held_at, pause, release, resume
from tests.builders import HUB_ID, SPOKE_ID, catalogue, hub, policy, request, spoke
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town, joined, times, town_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOLD = catalogue(policy(status_tag="hub-status"))
DOWN = AzureFailure(503, "ServerBusy", "the topic does not answer")
ROLE = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")


def ids(town: Town) -> list[str]:
    return [event.id for event in town.announcer.announced]


def data(town: Town, kind: str) -> list[dict[str, Any]]:
    return [dict(event.data) for event in town.announcer.announced if event.type == f"Autopeer.{kind}"]


def overlap(town: Town, *prefixes: str) -> None:
    town.change(prefixes=hub(*prefixes).prefixes)


# Outcomes.


async def test_a_publish_whose_answer_was_lost_is_sent_again_with_the_same_id() -> None:
    town = Town(hub(), spoke())
    town.announcer.after.append(times(1, DOWN))
    await town.ask()
    assert town.announcer.types == ["Spoke.Connected"] * 2
    assert len(set(ids(town))) == 1
    assert (town.row().progress.unsent, town.row().is_waiting, town.history) == (False, False, ["Connected"])


async def test_a_publish_that_never_arrived_is_sent_again_until_it_does() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    tried: list[str] = []
    town.announcer.before += [lambda event: tried.append(event.id), times(4, DOWN)]
    await town.ask()
    await town.pump(timedelta(hours=2))
    assert (town.announcer.types, len(tried), len(set(tried))) == (["Spoke.Refused"], 5, 1)


@pytest.mark.parametrize("hook", ["before", "after"])
async def test_who_dies_while_he_tells_has_it_told_under_the_same_id(hook: str) -> None:
    town = Town(hub(), spoke())
    getattr(town.announcer, hook).append(times(1, ProcessDied()))
    await town.ask()
    assert town.connected()
    assert (set(town.announcer.types), len(set(ids(town)))) == ({"Spoke.Connected"}, 1)


async def test_who_dies_before_the_outcome_is_saved_has_it_told_under_the_same_id() -> None:
    town = Town(hub(), spoke())
    town.records.before_save.append(times(1, ProcessDied(), lambda row: row.state is State.CONNECTED))
    await town.ask()
    assert (town.announcer.types, len(set(ids(town)))) == (["Spoke.Connected"] * 2, 1)


async def test_an_outcome_that_comes_back_has_an_id_of_its_own() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"))
    await town.ask()
    for prefix in ("10.1.0.0/24", "10.0.0.0/24"):
        overlap(town, prefix)
        town.change(tags={"hub": "prod-weu"} if prefix != "10.1.0.0/24" else {"hub": "nowhere"})
        await town.ask()
    refused = [event for event in town.announcer.announced if event.type == "Autopeer.Spoke.Refused"]
    assert len(refused) >= 3
    assert len({event.id for event in refused}) == len(refused)


async def test_what_arrived_is_not_sent_again_because_its_tag_could_not_be_written() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.fail("write_tag", SPOKE_ID, AzureFailure(503, "ServerBusy", "busy"))
    await town.ask()
    assert (town.announcer.types, (town.status() or "")[:9]) == (["Spoke.Connected"], "Connected")


async def test_a_pair_that_is_made_again_is_told_again_under_another_id() -> None:
    town = await joined()
    town.networks.unpeer(SPOKE_ID, HUB_ID)
    await town.ask(door=Door.HTTP)
    assert town.connected()
    assert (town.announcer.types, len(set(ids(town)))) == (["Spoke.Connected"] * 2, 2)


async def test_an_upgrade_tells_the_topic_nothing_that_was_told() -> None:
    """Rows of the version before have no event: what stands is no news, and what comes is."""
    town = Town(hub(), spoke("10.0.0.0/24"))
    await town.ask()
    row = town.row()
    town.records.rows["prod-weu", SPOKE_ID.key] = replace(row, progress=replace(row.progress, event=""))
    await town.ask()
    overlap(town, "10.1.0.0/24")
    await town.ask()
    assert town.announcer.types == ["Spoke.Refused", "Spoke.Connected"]


# Waiting.


async def test_a_wait_is_told_once_with_what_ends_it_and_again_when_it_comes_back() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(HOUR)
    (wait,) = data(town, "Spoke.Waiting")
    assert (wait["state"], wait["waiting"]["for"], wait["waiting"]["code"]) == ("Pending", "azure", ROLE.code)
    town.networks.relent()
    await town.pump()
    town.change(halves=())
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(HOUR)
    assert town.announcer.types == ["Spoke.Waiting", "Spoke.Connected", "Spoke.Waiting"]
    assert len(set(ids(town))) == 3


async def test_a_wait_whose_publish_was_lost_is_told_by_the_next_look_under_the_same_id() -> None:
    town = Town(hub(), spoke())
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.announcer.after.append(times(1, DOWN))
    town.put(request(when=town.clock()))
    await town.pump(HOUR)
    assert (town.announcer.types, len(set(ids(town)))) == (["Spoke.Waiting"] * 2, 1)


async def test_a_grace_period_is_a_wait_with_an_end() -> None:
    town = await joined()
    town.change(tags={})
    town.announcer.after.append(times(1, ProcessDied()))
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=14))
    waits = data(town, "Spoke.Waiting")
    assert {wait["waiting"]["until"] for wait in waits} == {shown_time(town.row().progress.grace_ends)}
    assert len(waits) == 2
    assert len(set(ids(town))) == 2
    await town.pump()
    assert town.announcer.types[-1] == "Spoke.Removed"


# Pauses.


def asked(town: Town, **rest: Any) -> Pause:  # noqa: ANN401 - the fields of Pause
    return Pause(**{"reason": "change 4711", "who": "Ada", "since": town.clock(), **rest})


async def test_a_pause_is_told_and_so_is_its_end() -> None:
    town = Town(hub(), spoke())
    await pause(asked(town, hub="prod-weu"), town.context)
    await town.ask()
    town.clock.now += HOUR
    ended = shown_time(town.clock())
    assert await resume("hub prod-weu", "Bob", town.context)
    await town.pump()
    assert town.announcer.types == ["Pause.Began", "Spoke.Waiting", "Pause.Ended", "Spoke.Connected"]
    (end,) = data(town, "Pause.Ended")
    assert (end["who"], end["endedBy"], end["ended"]) == ("Ada", "Bob", ended)
    assert data(town, "Spoke.Waiting")[0]["waiting"]["for"] == "pause"


async def test_a_pause_that_runs_out_is_told_by_the_sweep_and_once() -> None:
    town = Town(hub())
    await pause(asked(town, until=town.clock() + HOUR), town.context)
    town.clock.now += 2 * HOUR
    for _ in range(2):
        await town.sweep()
    assert town.announcer.types == ["Pause.Began", "Pause.Ended"]


async def test_a_pause_that_has_run_out_is_told_before_another_takes_its_place() -> None:
    town = Town(hub())
    await pause(asked(town, until=town.clock() + HOUR), town.context)
    town.clock.now += 2 * HOUR
    await pause(asked(town), town.context)
    assert town.announcer.types == ["Pause.Began", "Pause.Ended", "Pause.Began"]


@pytest.mark.parametrize("hook", ["before", "after"])
async def test_what_was_lost_of_a_pause_the_sweep_tells_under_the_same_id(hook: str) -> None:
    town = Town(hub())
    tried: list[Announcement] = []
    town.announcer.before += [tried.append]
    getattr(town.announcer, hook).append(times(1, DOWN))
    await pause(asked(town), town.context)
    await town.sweep()
    getattr(town.announcer, hook).append(times(1, DOWN))
    assert await resume("everything", "Bob", town.context)
    await town.sweep()
    await town.sweep()
    assert [event.type.rpartition(".")[2] for event in tried] == ["Began", "Began", "Ended", "Ended"]
    assert len({event.id for event in tried}) == 2
    assert data(town, "Pause.Ended")[-1]["endedBy"] == "Bob"


async def killed(act: Callable[[], Any]) -> None:
    with pytest.raises(ProcessDied):
        await act()


async def test_who_dies_after_the_pause_has_begun_or_ended_has_it_told_by_the_sweep() -> None:
    town = Town(hub())
    town.announcer.before.append(times(1, ProcessDied()))
    await killed(lambda: pause(asked(town), town.context))
    await town.sweep()
    town.announcer.before.append(times(1, ProcessDied()))
    await killed(lambda: resume("everything", "Bob", town.context))
    assert town.pauses.by_scope == {}
    await town.sweep()
    assert town.announcer.types == ["Pause.Began", "Pause.Ended"]
    assert data(town, "Pause.Ended")[0]["endedBy"] == "Bob"


async def test_marks_that_cannot_be_read_keep_nobody_from_pausing(monkeypatch: pytest.MonkeyPatch) -> None:
    town = Town(hub())

    async def fail() -> None:
        raise StorageFailure(503, "ServerBusy", "busy")

    with monkeypatch.context() as patch:
        patch.setattr(town.pauses, "marks", fail)
        await pause(asked(town), town.context)
    assert town.pauses.by_scope
    await town.sweep()
    assert town.announcer.types == ["Pause.Began"]


# The brake.


async def braked(count: int = 6) -> tuple[Town, list[VnetId]]:
    """So many spokes whose pairs stand, and that lose their tags within a minute; nothing was done about it yet."""
    town, spokes = town_of(count, hubs=catalogue(policy(grace_minutes=0, max_removals=2)))
    town.put(*(request(each, when=town.clock()) for each in spokes))
    await town.pump(HOUR)
    town.announcer.announced.clear()
    for each in spokes:
        town.change(each, tags={})
        town.put(request(each, when=town.clock()))
    return town, spokes


def of_hub(town: Town) -> list[str]:
    return [each for each in town.announcer.types if each.startswith("Hub.")]


async def test_a_list_that_is_held_is_told_once_and_so_is_its_release() -> None:
    town, _ = await braked()
    await town.pump(HOUR)
    await town.sweep()
    held = await held_at("prod-weu", town.records)
    last = data(town, "Hub.Held")[-1]
    assert (last["digest"], last["count"]) == (held.digest, len(held.rows))
    assert 1 <= len(of_hub(town)) <= 2  # once it is held, and once more if it has grown since
    town.announcer.announced.clear()
    assert await release("prod-weu", held.digest, "Bob", town.context)
    await town.pump(HOUR)
    await town.sweep()
    assert of_hub(town) == ["Hub.Released"]
    (end,) = data(town, "Hub.Released")
    assert (end["digest"], end["count"], end["releasedBy"]) == (held.digest, len(held.rows), "Bob")


async def test_a_list_that_goes_by_itself_is_released_by_nobody() -> None:
    town, spokes = await braked()
    await town.pump(HOUR)
    for each in spokes:
        town.change(each, tags={"hub": "prod-weu"})
        await town.ask(each)
    await town.sweep()
    assert of_hub(town)[-1] == "Hub.Released"
    assert data(town, "Hub.Released")[-1]["releasedBy"] is None


async def test_what_was_lost_of_a_list_the_sweep_tells_under_the_same_id() -> None:
    town, _ = await braked()
    town.announcer.after.append(times(1, DOWN, lambda event: event.type == "Autopeer.Hub.Held"))
    await town.pump(HOUR)
    await town.sweep()
    first, again, *_ = (event for event in town.announcer.announced if event.type == "Autopeer.Hub.Held")
    same = first.data["digest"] == again.data["digest"]
    assert (first.id == again.id) == same
    assert data(town, "Hub.Held")[-1]["digest"] == (await held_at("prod-weu", town.records)).digest
    told = len(of_hub(town))
    await town.sweep()
    assert len(of_hub(town)) == told


async def test_who_dies_between_the_hold_and_its_telling_has_it_told_by_the_sweep() -> None:
    town, _ = await braked()
    town.announcer.before.append(times(1, ProcessDied(), lambda event: event.type == "Autopeer.Hub.Held"))
    await town.pump(HOUR)
    await town.sweep()
    assert data(town, "Hub.Held")[-1]["digest"] == (await held_at("prod-weu", town.records)).digest


async def test_who_dies_while_he_releases_has_it_told_by_the_sweep_with_his_name() -> None:
    town, _ = await braked()
    await town.pump(HOUR)
    held = await held_at("prod-weu", town.records)
    town.announcer.before.append(times(1, ProcessDied(), lambda event: event.type == "Autopeer.Hub.Released"))
    await killed(lambda: release("prod-weu", held.digest, "Bob", town.context))
    await town.pump(HOUR)
    await town.sweep()
    assert [each["releasedBy"] for each in data(town, "Hub.Released")] == ["Bob"]
