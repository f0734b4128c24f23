"""The answer where the question was asked: the tag on the spoke."""

from dataclasses import replace
from datetime import timedelta

import pytest

from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from tests.builders import HUB_ID, OTHER_HUB_ID, SPOKE_ID, altered, catalogue, half, hub, policy, request, spoke, vnet
from tests.service.town import Town, joined

ROLE = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization.")
LOCKED = AzureFailure(409, "ScopeLocked", "The scope is locked.")
BUSY = AzureFailure(429, "RetryableError", "busy")
TENANT = AzureFailure(401, "InvalidAuthenticationTokenTenant", "wrong issuer")
TOLD = catalogue(policy(status_tag="hub-status"))
EVERYWHERE = replace(TOLD, status_tag="hub-status")
CONNECTED = "Connected to prod-weu (no gateway) 2026-11-23T12:00Z"


def wipe(town: Town) -> None:
    """What a redeployment does that knows of no tag but its own."""
    tags = town.networks.vnets[SPOKE_ID].tags
    town.change(tags={name: value for name, value in tags.items() if name == "hub"})
    town.networks.log.clear()


def untag(town: Town) -> None:
    tags = town.networks.vnets[SPOKE_ID].tags
    town.change(tags={name: value for name, value in tags.items() if name != "hub"})


async def test_the_status_tag_is_merged_and_written_only_when_there_is_news() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    await town.ask()
    tags = town.networks.vnets[SPOKE_ID].tags
    assert tags == {"hub": "prod-weu", "hub-status": CONNECTED}
    town.networks.log.clear()
    await town.ask(door=Door.HTTP, hub="prod-weu")
    town.change(tags={"hub": "prod-weu", "owner": "anna"})
    await town.ask()
    assert "tag spoke-a" not in town.networks.log  # nobody has to act upon it: that is for the sweep
    assert town.networks.vnets[SPOKE_ID].tags == {"hub": "prod-weu", "owner": "anna"}


async def test_a_refusal_is_tagged_too_and_once() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    await town.ask()
    assert town.networks.log.count("tag spoke-a") == 1
    assert town.networks.vnets[SPOKE_ID].tags["hub-status"].startswith("Refused 2026-11-23T12:00Z OverlapsHub: ")


async def test_a_status_tag_that_cannot_be_written_undoes_nothing() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.fail("write_tag", SPOKE_ID, AzureFailure(403, "AuthorizationFailed", "no"))
    await town.ask()
    assert town.row().state is State.CONNECTED
    assert town.row().progress.tag is None


async def test_a_role_for_tags_that_comes_later_is_made_use_of_where_somebody_has_to_act() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    town.networks.refuse("write_tag", SPOKE_ID, ROLE)
    await town.ask()
    assert town.status() is None
    town.networks.relent()
    await town.ask()
    assert (town.status() or "").startswith("Refused")
    assert town.history == ["Refused"]


async def test_a_role_for_tags_that_comes_later_is_made_use_of_within_a_day_where_all_is_well() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.refuse("write_tag", SPOKE_ID, ROLE)
    await town.ask()
    assert (town.state(), town.status()) == (State.CONNECTED, None)
    town.networks.relent()
    await town.pump(timedelta(days=1, minutes=5))
    assert (town.status() or "").startswith("Connected to prod-weu (no gateway) 2026-11-24")
    assert town.history == ["Connected"]
    assert len(town.announcer.announced) == 1
    assert not town.queue.messages  # nothing is owed any more


async def test_what_may_never_be_written_is_tried_once_a_day() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.refuse("write_tag", SPOKE_ID, ROLE)
    await town.ask()
    town.networks.log.clear()
    await town.pump(timedelta(days=3, minutes=5))
    assert town.networks.log == ["read hub-weu", "read spoke-a"] * 3  # what is refused is not in the log
    assert town.history == ["Connected"]


async def test_a_lock_that_keeps_a_tag_from_being_replaced_does_not_make_it_true() -> None:
    town = await joined(hubs=TOLD)
    town.networks.refuse("write_tag", SPOKE_ID, LOCKED)
    town.change(HUB_ID, prefixes=hub("10.0.0.0/16", "10.1.0.0/16").prefixes)
    await town.ask(door=Door.HTTP)
    assert town.row().found.findings
    assert (town.status() or "").startswith("Connected to prod-weu (")
    town.networks.relent()
    await town.pump(timedelta(days=1, minutes=5))
    assert "OverlapsHub" in (town.status() or "")


async def test_a_tag_that_could_not_be_taken_away_goes_although_the_pair_is_long_gone() -> None:
    town = await joined(hubs=catalogue(policy(status_tag="hub-status", grace_minutes=15)))
    town.networks.refuse("remove_tag", SPOKE_ID, ROLE)
    town.networks.refuse("write_tag", SPOKE_ID, ROLE)
    untag(town)
    await town.ask()
    assert (town.state(), (town.status() or "").split()[0]) == (State.REMOVED, "Connected")
    announced = len(town.announcer.announced)
    town.networks.relent()
    await town.pump(timedelta(days=1, minutes=5))
    assert not (town.status() or "").startswith("Connected")
    assert len(town.announcer.announced) == announced
    assert not town.row().is_waiting


async def test_what_is_over_is_not_kept_for_ever_for_the_sake_of_a_tag() -> None:
    town = await joined(hubs=TOLD)
    town.networks.refuse("write_tag", SPOKE_ID, ROLE)
    untag(town)
    await town.pump(timedelta(minutes=1))
    await town.ask()
    await town.pump(timedelta(days=40))
    assert (town.state(), town.row().is_waiting, len(town.queue.messages)) == (State.REMOVED, False, 0)


async def test_a_tag_that_the_catalogue_names_no_more_does_not_come_back() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    wipe(town)
    silent = Town(*town.networks.vnets.values(), hubs=catalogue())
    silent.records.rows.update(town.records.rows)
    await silent.ask()
    assert silent.status() is None


# Every outcome.


async def test_what_failed_is_told() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.fail("apply", HUB_ID, TENANT)
    await town.ask()
    assert town.state() is State.FAILED
    assert (town.status() or "").startswith("Failed 2026-11-23T12:00Z InvalidAuthenticationTokenTenant: Choose a hub")


async def test_what_was_abandoned_is_told() -> None:
    town = Town(hub(), spoke(), hubs=EVERYWHERE)
    town.networks.fail("read", SPOKE_ID, *[RuntimeError("a bug")] * 6)
    await town.ask()
    assert town.row(hub="unknown").state is State.ABANDONED
    assert "Abandoned: Ask those who operate Autopeer" in (town.status() or "") or "Unforeseen" in (town.status() or "")


async def test_a_tag_that_names_no_hub_is_told_on_the_tag_of_the_catalogue() -> None:
    town = Town(hub(), spoke(tag="prod-wue"), hubs=EVERYWHERE)
    await town.ask()
    assert (town.status() or "").startswith("Refused 2026-11-23T12:00Z UnknownHub: Did you mean 'prod-weu'?")
    town.change(tags={"hub": "prod-weu", "hub-status": town.status() or ""})
    await town.ask()
    assert (town.status() or "").startswith("Connected to prod-weu")
    assert "untag spoke-a" not in town.networks.log  # the answer of its hub took its place


async def test_the_answer_under_another_name_goes_when_the_hub_has_one_of_its_own() -> None:
    rules = replace(catalogue(policy(status_tag="weu")), status_tag="hub-status")
    town = Town(hub(), spoke(tag="prod-wue"), hubs=rules)
    await town.ask()
    assert town.status() is not None
    town.change(tags={"hub": "prod-weu", "hub-status": town.status() or ""})
    await town.ask()
    assert sorted(town.networks.vnets[SPOKE_ID].tags) == ["hub", "weu"]


# What waits for a person.


async def test_a_wait_that_a_person_can_end_is_told_once_and_is_over_when_it_is() -> None:
    town = await joined(hubs=TOLD)
    town.change(halves=())
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(hours=2))
    waits = town.status() or ""
    assert waits.startswith("Waiting 2026-11-23T12:01Z AuthorizationFailed: Grant the identity of Autopeer its role")
    assert (town.tellings, town.networks.log.count("tag spoke-a")) == (["Connected", "Pending"], 1)
    assert town.announcer.types == ["Spoke.Connected", "Spoke.Waiting"]
    town.networks.relent()
    await town.pump()
    assert town.connected()
    assert (town.status() or "").startswith("Connected to prod-weu")
    assert town.history == ["Connected", "Connected"]


async def test_azures_words_may_change_from_try_to_try() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.fail("apply", SPOKE_ID, *[AzureFailure(403, "AuthorizationFailed", f"id {n}") for n in range(4)])
    await town.ask()
    assert town.tellings == ["Pending", "Connected"]


async def test_what_is_only_busy_is_not_told() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.fail("apply", HUB_ID, BUSY, BUSY)
    await town.ask()
    assert (town.tellings, town.networks.log.count("tag spoke-a")) == (["Connected"], 1)


async def test_a_wait_that_is_over_is_not_told_on_while_the_hub_is_busy() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=10))
    assert (town.status() or "").startswith("Waiting")
    town.networks.relent()
    town.networks.refuse("apply", HUB_ID, BUSY)
    await town.pump(timedelta(hours=1))
    assert (town.state(), town.status()) == (State.PENDING, None)
    town.networks.relent()
    await town.pump()
    assert (town.status() or "").startswith("Connected")


# Who leaves.


async def test_a_grace_period_is_told_with_its_end_and_taken_back() -> None:
    town = await joined(hubs=TOLD)
    untag(town)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert (town.status() or "").startswith("Leaving prod-weu at 2026-11-23T12:16Z: the tag that named the hub is gone")
    assert town.tellings == ["Connected", "Leaving"]
    town.change(tags={"hub": "prod-weu", "hub-status": town.status() or ""})
    await town.ask()
    assert (town.status() or "").startswith("Connected to prod-weu")


async def test_who_has_left_is_told_so() -> None:
    town = await joined(hubs=TOLD)
    untag(town)
    await town.ask()
    assert (town.status() or "").startswith("Removed from prod-weu 2026-11-23T12:16Z")


async def test_a_move_is_told_by_the_new_hub_alone() -> None:
    two = catalogue(policy(status_tag="hub-status"), policy("neu", OTHER_HUB_ID, status_tag="hub-status"))
    town = await joined(vnet(OTHER_HUB_ID, "10.200.0.0/16"), hubs=two)
    town.change(tags={"hub": "neu", "hub-status": CONNECTED})
    await town.ask()
    assert (town.status() or "").startswith("Connected to neu")


@pytest.mark.parametrize(("tag", "refused_under"), [("prod-weu", "prod-weu"), ("nowhere", "unknown")])
async def test_a_network_that_was_refused_and_wants_nothing_any_more_bears_no_tag(tag: str, refused_under: str) -> None:
    town = Town(hub(), spoke("10.0.0.0/24", tag=tag), hubs=EVERYWHERE)
    await town.ask()
    assert (town.status() or "").startswith("Refused")
    untag(town)
    await town.ask()
    assert (town.state(hub=refused_under), town.networks.vnets[SPOKE_ID].tags) == (State.REMOVED, {})
    assert town.row(hub=refused_under).progress.tag is None


async def test_the_tag_of_an_earlier_version_goes_too() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    town.records.rows["prod-weu", SPOKE_ID.key] = altered(town.row(), tag=None, told=None)
    untag(town)
    await town.ask()
    assert town.networks.vnets[SPOKE_ID].tags == {}


async def test_a_tag_that_cannot_be_taken_away_yet_goes_later() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    untag(town)
    town.networks.fail("remove_tag", SPOKE_ID, AzureFailure(503, "ServerBusy", "busy"))
    await town.ask()
    assert (town.state(), town.status()) == (State.REMOVED, None)


# What others do to the tag.


@pytest.mark.parametrize("value", [None, "Connected to prod-weu, as it was last year"])
async def test_what_a_person_must_act_upon_comes_back_at_once_and_as_it_was(value: str | None) -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    text = town.status()
    await town.pump(timedelta(hours=1))
    wipe(town)
    if value:
        town.change(tags={"hub": "prod-weu", "hub-status": value})
    town.clock.now += timedelta(hours=1)
    await town.ask()
    assert (town.status(), town.networks.log.count("tag spoke-a")) == (text, 1)
    assert town.history == ["Refused"]
    await town.ask()
    assert town.networks.log.count("tag spoke-a") == 1


async def test_a_wait_comes_back_too() -> None:
    town = Town(hub(), spoke(), hubs=TOLD)
    town.networks.refuse("apply", SPOKE_ID, ROLE)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=10))
    text = town.status()
    wipe(town)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    assert (town.status(), town.tellings) == (text, ["Pending"])


async def test_so_does_a_grace_period_although_nothing_is_due() -> None:
    town = await joined(hubs=TOLD)
    untag(town)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    text = town.status()
    wipe(town)
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    tag = town.row().progress.tag
    assert tag is not None
    assert (town.status(), tag.wiped) == (text, 1)


async def test_who_wipes_it_each_time_has_no_war() -> None:
    town = Town(hub(), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    written = 0
    for _ in range(360):  # every ten seconds, for an hour
        town.clock.now += timedelta(seconds=10)
        wipe(town)
        town.put(request(when=town.clock()))
        await town.pump(timedelta())
        written += town.networks.log.count("tag spoke-a")
    assert 5 <= written <= 12


async def test_an_upgrade_tells_nobody_what_he_knows() -> None:
    """0.1.0 did not note what it had told, and worded some of it differently."""
    foreign = half(OTHER_HUB_ID, "by-hand", "10.200.0.0/16")
    town = Town(hub(halves=(foreign,)), spoke("10.0.0.0/24"), hubs=TOLD)
    await town.ask()
    old = town.row()
    worded = tuple(replace(finding, message="as it was worded", remedy="") for finding in old.found.findings)
    town.records.rows["prod-weu", SPOKE_ID.key] = altered(old, tag=None, told=None, findings=worded)
    town.networks.log.clear()
    town.announcer.announced.clear()
    await town.ask()
    assert (town.announcer.announced, town.writes, town.history) == ([], [], ["Refused"])
    town.change(prefixes=hub("10.200.0.0/24").prefixes)
    await town.ask()
    assert town.history == ["Refused", "Refused"]  # from here on it is known what was told
