"""Which rows are written: the hub a spoke wants, and those it takes leave of."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.policy import PerHalf
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.failures import AzureFailure
from peering.core.network.vnets import Flags, Vnet
from peering.core.record.membership import as_wanted, choose, is_untouched
from peering.core.record.record import Record, State
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    altered,
    catalogue,
    half,
    policy,
    record,
    request,
    spoke,
)

HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))
GRACE = timedelta(minutes=15)
NO_TAG = spoke(tag=None)


JOINED = spoke(tag="neu", halves=(half(HUB_ID, "autopeer-prod-weu"),))
ARRIVED = spoke(tag="neu", halves=(half(HUB_ID, "autopeer-prod-weu"), half(OTHER_HUB_ID, "autopeer-neu")))


def row(hub: str, state: State = State.CONNECTED, **rest: Any) -> Record:  # noqa: ANN401 - the fields of Record
    return altered(record(state, hub=hub, wanted=hub, spoke_half="s"), **rest)


def chosen(asked: Request, network: Vnet | None, *rows: Record) -> dict[str, State | str]:
    """The rows to write as hub -> state."""
    choice = choose(asked, network, rows, HUBS, NOON)
    return {each.hub: each.state for each in choice.rows}


def chosen_row(asked: Request, network: Vnet | None, *rows: Record) -> Record | None:
    """The only row to write, None when there is nothing to write."""
    found = choose(asked, network, rows, HUBS, NOON).rows
    assert len(found) <= 1
    return found[0] if found else None


JOIN, LEAVE = State.PENDING, State.LEAVING
ACCEPTED = row("neu", JOIN, accepted=NOON)
HALF_DONE = spoke(tag=None, halves=(half(HUB_ID, "autopeer-prod-weu"),))
CHOICES: list[tuple[str, Request, Vnet | None, list[Record], dict[str, State]]] = [
    ("no tag, no record", request(), NO_TAG, [], {}),
    ("no network, no record", request(), None, [], {"unknown": JOIN}),
    ("no network any more, no record", request(gone=True), None, [], {}),
    ("a tag", request(), spoke(), [], {"prod-weu": JOIN}),
    ("a tag in another case", request(), spoke(tag=" PROD-weu "), [], {"prod-weu": JOIN}),
    ("a tag nobody knows", request(), spoke(tag="prod"), [], {"unknown": JOIN}),
    ("an empty tag", request(), spoke(tag=""), [], {"unknown": JOIN}),
    ("a request by name", request(hub="neu"), NO_TAG, [], {"neu": JOIN}),
    ("a tag outranks a request", request(hub="neu"), spoke(), [], {"prod-weu": JOIN}),
    ("a request for what is not there", request(hub="neu"), None, [], {"neu": JOIN}),
    ("a request for what was deleted", request(hub="neu"), None, [row("prod-weu")], {"prod-weu": JOIN}),
    ("asked by name before", request(), NO_TAG, [row("neu", named_by=NamedBy.REQUEST)], {"neu": JOIN}),
    ("tag gone", request(), NO_TAG, [row("prod-weu")], {"prod-weu": LEAVE}),
    ("tag gone, removed already", request(), NO_TAG, [row("prod-weu", State.REMOVED)], {}),
    ("tag gone, leaving already", request(), NO_TAG, [row("prod-weu", LEAVE, not_before=NOON + GRACE)], {}),
    ("tag gone, due to leave", request(), NO_TAG, [row("prod-weu", LEAVE, not_before=NOON)], {"prod-weu": LEAVE}),
    ("tag gone, crashed while leaving", request(), NO_TAG, [row("prod-weu", LEAVE)], {"prod-weu": LEAVE}),
    ("tag changed, nothing stands", request(), spoke(tag="neu"), [row("prod-weu")], {"neu": JOIN, "prod-weu": LEAVE}),
    ("tag changed", request(), JOINED, [row("prod-weu")], {"neu": JOIN}),
    ("tag changed within the grace", request(), JOINED, [row("prod-weu", LEAVE, not_before=NOON)], {"neu": JOIN}),
    ("arrived, not judged", request(), ARRIVED, [row("prod-weu")], {"neu": JOIN}),
    ("arrived", request(), ARRIVED, [row("prod-weu"), row("neu", JOIN)], {"neu": JOIN, "prod-weu": LEAVE}),
    ("refused there", request(), ARRIVED, [row("prod-weu"), row("neu", State.REFUSED)], {"neu": JOIN}),
    ("accepted there", request(), JOINED, [row("prod-weu"), ACCEPTED], {"neu": JOIN, "prod-weu": LEAVE}),
    ("waiting there", request(), JOINED, [row("prod-weu"), row("neu", JOIN)], {"neu": JOIN}),
    ("tag mistyped", request(), spoke(tag="prod"), [row("prod-weu")], {"prod-weu": JOIN}),
    ("tag emptied", request(), spoke(tag=""), [row("prod-weu")], {"prod-weu": JOIN}),
    (
        "tag mistyped, never peered",
        request(),
        spoke(tag="prod"),
        [row("prod-weu", JOIN)],
        {"unknown": JOIN, "prod-weu": LEAVE},
    ),
    ("tag corrected", request(), spoke(), [row("unknown", State.REFUSED)], {"prod-weu": JOIN, "unknown": LEAVE}),
    ("tag back", request(), spoke(), [row("prod-weu", LEAVE, not_before=NOON)], {"prod-weu": JOIN}),
    ("tag back after the removal", request(), spoke(), [row("prod-weu", State.REMOVED)], {"prod-weu": JOIN}),
    ("network deleted", request(gone=True), None, [row("prod-weu")], {"prod-weu": JOIN}),
    ("refused before", request(), spoke(), [row("prod-weu", State.REFUSED)], {"prod-weu": JOIN}),
    ("failed before", request(), spoke(), [row("prod-weu", State.FAILED)], {"prod-weu": JOIN}),
    ("pending already", request(), spoke(), [row("prod-weu", State.PENDING)], {"prod-weu": JOIN}),
]


@pytest.mark.parametrize(("asked", "network", "rows", "wanted"), [c[1:] for c in CHOICES], ids=[c[0] for c in CHOICES])
def test_the_rows_to_write(asked: Request, network: Vnet | None, rows: list[Record], wanted: dict[str, State]) -> None:
    assert chosen(asked, network, *rows) == wanted


def test_nothing_is_written_when_one_read_shows_that_all_is_well() -> None:
    network = spoke(halves=(half(HUB_ID),))
    settled = row("prod-weu", spoke_flags=Flags(), prefixes=network.prefixes)
    assert chosen(request(), network, settled) == {}
    assert chosen(request(), network, altered(settled, spoke_flags=Flags(remote_gateways=True))) == {"prod-weu": JOIN}


TIMES: list[tuple[str, Vnet | None, Record, timedelta | None]] = [
    ("tag gone: grace", NO_TAG, row("prod-weu"), GRACE),
    ("tag changed: at once", spoke(tag="neu"), row("prod-weu"), None),
    ("a pair that nobody wrote down: grace", HALF_DONE, row("prod-weu", JOIN, spoke_half=""), GRACE),
    ("network not seen within the grace: looked at", None, row("prod-weu", LEAVE, not_before=NOON + GRACE), None),
    ("nothing was ever written: at once", NO_TAG, row("prod-weu", State.REFUSED, spoke_half=""), None),
    ("a hub that is no longer known: at once", NO_TAG, row("old-hub"), None),
]


@pytest.mark.parametrize(("network", "old", "wait"), [c[1:] for c in TIMES], ids=[c[0] for c in TIMES])
def test_when_a_departure_is_due(network: Vnet | None, old: Record, wait: timedelta | None) -> None:
    (leaving,) = (each for each in choose(request(), network, [old], HUBS, NOON).rows if each.state is LEAVE)
    assert leaving.progress.not_before == (NOON + wait if wait else None)
    assert leaving.progress.attempts == 0


@pytest.mark.parametrize("network", [None, NO_TAG, spoke(tag="neu")])
def test_a_departure_that_waits_after_a_failure_keeps_its_count(network: Vnet | None) -> None:
    waiting = row("prod-weu", LEAVE, not_before=NOON, attempts=3)
    again = {each.hub: each for each in choose(request(door=Door.RETRY), network, [waiting], HUBS, NOON).rows}
    assert again["prod-weu"].progress.attempts == 3
    not_yet = altered(waiting, not_before=NOON + GRACE)
    later = {each.hub for each in choose(request(door=Door.RETRY), network, [not_yet], HUBS, NOON).rows}
    assert ("prod-weu" in later) == (network is None)


def test_the_wish_is_written_down_before_what_it_replaces() -> None:
    """A crash in between must not leave a network that nobody has ever heard of."""
    moved = choose(request(), spoke(tag="neu"), [row("prod-weu")], HUBS, NOON)
    assert [each.hub for each in moved.rows] == ["neu", "prod-weu"]
    mistyped = choose(request(), spoke(tag="prod"), [row("prod-weu", JOIN)], HUBS, NOON)
    assert [each.hub for each in mistyped.rows] == ["unknown", "prod-weu"]


UNREADABLE = AzureFailure(403, "AuthorizationFailed", "no")


@pytest.mark.parametrize("seen", [None, UNREADABLE])
def test_a_network_that_is_not_seen_decides_nothing_and_is_looked_at_again(seen: Vnet | AzureFailure | None) -> None:
    settled, leaving = row("prod-weu"), row("neu", LEAVE, not_before=NOON + GRACE)
    again = {each.hub: each for each in choose(request(), seen, [settled, leaving], HUBS, NOON).rows}
    assert {hub: each.state for hub, each in again.items()} == {"prod-weu": JOIN, "neu": LEAVE}
    assert again["prod-weu"].is_standing
    assert (again["neu"].progress.not_before, again["neu"].progress.grace_ends) == (None, NOON + GRACE)


@pytest.mark.parametrize(
    ("asked", "hub"),
    [
        (request(), "unknown"),
        (request(hub="neu", door=Door.HTTP), "neu"),
        (request(door=Door.HTTP), "unknown"),
        (request(gone=True), None),
        (request(gone=True, hub="neu"), "neu"),
    ],
)
@pytest.mark.parametrize("seen", [None, UNREADABLE])
def test_a_network_that_nobody_has_seen_yet_is_remembered_unless_it_was_deleted(
    asked: Request, hub: str | None, seen: Vnet | AzureFailure | None
) -> None:
    assert [each.hub for each in choose(asked, seen, [], HUBS, NOON).rows] == ([hub] if hub else [])


WANTED: list[tuple[str, Record, Vnet, State | None]] = [
    ("a tag that is back", row("prod-weu", LEAVE), spoke(), JOIN),
    ("a tag that is gone", row("prod-weu", LEAVE), NO_TAG, LEAVE),
    ("a tag that names another hub", row("prod-weu", LEAVE), spoke(tag="neu"), LEAVE),
    ("still tagged", row("prod-weu", JOIN), spoke(), JOIN),
    ("given up, and tagged", row("prod-weu", State.FAILED), spoke(), JOIN),
    ("asked for by name", row("prod-weu", JOIN, named_by=NamedBy.REQUEST), NO_TAG, JOIN),
    ("asked for by name, tagged otherwise", row("prod-weu", JOIN, named_by=NamedBy.REQUEST), spoke(tag="neu"), None),
    ("no tag, for the first time", row("prod-weu", JOIN), NO_TAG, None),
    ("no tag, again", row("prod-weu", JOIN, doubted=NOON), NO_TAG, LEAVE),
    ("another tag, again", row("prod-weu", JOIN, doubted=NOON), spoke(tag="neu"), LEAVE),
    ("connected where the tag says", row("prod-weu", JOIN), ARRIVED, LEAVE),
]


@pytest.mark.parametrize(("old", "network", "state"), [c[1:] for c in WANTED], ids=[c[0] for c in WANTED])
def test_a_row_is_as_the_fresh_read_of_its_spoke_wants_it(old: Record, network: Vnet, state: State | None) -> None:
    found = as_wanted(old, network, policy(), HUBS, NOON)
    assert (found.state if found else None) == state


def test_a_network_that_is_seen_again_has_its_grace_back() -> None:
    looked_at = row("prod-weu", LEAVE, grace_ends=NOON + GRACE, doubted=NOON)
    found = as_wanted(looked_at, NO_TAG, policy(), HUBS, NOON)
    assert found is not None
    assert (found.progress.not_before, found.progress.doubted) == (NOON + GRACE, None)
    over = as_wanted(looked_at, NO_TAG, policy(), HUBS, NOON + GRACE)
    assert over == looked_at


def test_a_departure_remembers_what_it_was() -> None:
    leaving = chosen_row(request(), NO_TAG, row("prod-weu"))
    assert leaving is not None
    assert leaving.progress.was is State.CONNECTED
    again = chosen_row(request(), None, leaving)
    assert again is not None
    assert again.progress.was is State.CONNECTED


def test_who_named_the_hub() -> None:
    by_tag = chosen_row(request(hub="neu"), spoke(tag=" Prod-WEU "))
    by_name = chosen_row(request(hub="neu"), NO_TAG)
    assert by_tag is not None
    assert by_name is not None
    assert (by_tag.asked.named_by, by_tag.asked.wanted) == (NamedBy.TAG, "Prod-WEU")
    assert (by_name.asked.named_by, by_name.asked.wanted) == (NamedBy.REQUEST, "neu")


def test_a_retry_that_finds_another_misspelling_answers_about_that_one() -> None:
    old = row("unknown", State.REFUSED, wanted="prodd", named_by=NamedBy.REQUEST)
    joining = chosen_row(request(door=Door.RETRY), spoke(tag="prodq"), old)
    assert joining is not None
    assert (joining.asked.wanted, joining.asked.named_by) == ("prodq", NamedBy.TAG)


TRANSIT, REMOTE = Flags(gateway_transit=True), Flags(remote_gateways=True)
SETTLED = half(HUB_ID, "autopeer-prod-weu")
UNTOUCHED: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any], bool]] = [
    # changes of the record, the half and the policy -> nothing to do
    ({}, {}, {}, True),
    ({"state": State.PENDING}, {}, {}, False),
    ({"state": State.FAILED}, {}, {}, False),
    ({"spoke_flags": Flags(remote_gateways=True)}, {}, {}, False),
    ({"prefixes": ()}, {}, {}, False),
    ({}, {"state": "Disconnected"}, {}, False),
    ({}, {"sync_level": "RemoteNotInSync"}, {}, False),
    ({}, {"remote": SPOKE_ID}, {}, False),
    ({}, {"flags": Flags(forwarded_traffic=True)}, {}, False),
    ({}, {}, {"forwarded_traffic": PerHalf(hub=False, spoke=True)}, False),
    ({}, {}, {"virtual_network_access": PerHalf(hub=True, spoke=False)}, False),
    # The hub lends a gateway that the spoke does not use: it could now.
    ({"hub_flags": Flags(gateway_transit=True)}, {}, {}, False),
    ({"hub_flags": Flags()}, {}, {}, True),
]


@pytest.mark.parametrize(("of_record", "of_half", "of_policy", "untouched"), UNTOUCHED)
def test_when_one_read_shows_that_nothing_is_to_be_done(
    of_record: dict[str, Any], of_half: dict[str, Any], of_policy: dict[str, Any], untouched: bool
) -> None:
    row = altered(record(State.CONNECTED, spoke_flags=Flags(), prefixes=spoke().prefixes), **of_record)
    network = spoke(halves=(replace(SETTLED, **of_half),))
    assert is_untouched(row, network, policy(**of_policy)) is untouched


@pytest.mark.parametrize("obstacle", [{"gateway": "own"}, {"halves": (SETTLED, half(OTHER_HUB_ID, flags=REMOTE))}])
def test_a_spoke_that_still_cannot_use_the_gateway_is_left_as_it_is(obstacle: dict[str, Any]) -> None:
    row = record(State.CONNECTED, spoke_flags=Flags(), hub_flags=TRANSIT, prefixes=spoke().prefixes)
    assert is_untouched(row, replace(spoke(halves=(SETTLED,)), **obstacle), policy())


def test_a_half_that_is_left_over_goes_only_where_its_network_is_gone() -> None:
    asked = request(door=Door.SWEEP, half_at="prod-weu")
    assert chosen(asked, None) == {"prod-weu": LEAVE}
    assert chosen(asked, None, row("prod-weu", State.REMOVED)) == {"prod-weu": LEAVE}
    assert chosen(asked, NO_TAG) == {}
    assert chosen(asked, None, row("prod-weu")) == {"prod-weu": JOIN}
    assert chosen(replace(asked, half_at="nowhere"), None) == {}
    unreadable = AzureFailure(403, "AuthorizationFailed", "no")
    assert choose(asked, unreadable, [], HUBS, NOON).rows == ()


def test_a_sweep_looks_at_both_ends() -> None:
    settled = spoke(halves=(half(HUB_ID, "autopeer-prod-weu"),))
    stands = row("prod-weu", prefixes=settled.prefixes, spoke_flags=Flags())
    assert chosen(request(), settled, stands) == {}
    assert chosen(request(door=Door.SWEEP), settled, stands) == {"prod-weu": JOIN}
