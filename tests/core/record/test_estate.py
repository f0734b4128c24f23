"""The truth table of what differs between the estate and the rows of one hub."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from peering.core.catalogue.digest import digest_of
from peering.core.catalogue.policy import UNKNOWN, Catalogue, GatewayUse
from peering.core.decision.findings import Code, Finding
from peering.core.decision.ownership import hub_half_name
from peering.core.intake.requests import NamedBy
from peering.core.network.addresses import parse_prefixes
from peering.core.network.resource_ids import peering_id
from peering.core.network.vnets import Flags, Half, Vnet
from peering.core.record.estate import HubView, differences, is_forgotten
from peering.core.record.note import Note
from peering.core.record.record import Record, State
from peering.core.record.sightings import Sightings
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    altered,
    catalogue,
    half,
    hub,
    policy,
    record,
    spoke,
    vnet,
    vnet_id,
)

HUBS = catalogue(policy(), policy("neu", OTHER_HUB_ID))
OUR_NAME = hub_half_name(SPOKE_ID)
ON_HUB, ON_SPOKE = half(SPOKE_ID, OUR_NAME), half(HUB_ID, "autopeer-prod-weu")
NOW = NOON + timedelta(days=2)


def standing(**rest: Any) -> Record:  # noqa: ANN401 - the fields of Record and its parts
    """The row of a pair that stands, and has for two days."""
    fields: dict[str, Any] = {
        "prefixes": parse_prefixes(["10.1.0.0/24"]),
        "hub_half": peering_id(HUB_ID, OUR_NAME),
        "spoke_half": peering_id(SPOKE_ID, "autopeer-prod-weu"),
        "hub_flags": Flags(),
        "spoke_flags": Flags(),
        "gateway": "none",
        "finished": NOON,
    }
    return record(State.CONNECTED, **fields | rest)


def network(tag: str | None = "prod-weu", **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Vnet
    return replace(spoke(tag=tag), **{"halves": (ON_SPOKE,), **rest})


def view(rows: Sequence[Record], document: Any = None, name: str = "prod-weu", **rest: Any) -> HubView:  # noqa: ANN401 - as above
    found = document if document is not None else hub(halves=(ON_HUB,))
    given: dict[str, Any] = {"policy": HUBS.hub(name), "hub": found, "changed": False}
    return HubView(name=name, rows=rows, **given | rest)


def kinds(seen: HubView, *networks: Vnet, hubs: Catalogue = HUBS) -> list[str]:
    sightings = Sightings(hubs)
    sightings.add(networks)
    return [str(each.kind) for each in differences(seen, sightings, hubs, NOW)]


def finding(code: str) -> Finding:
    return Finding(code, "…")


def test_what_stands_as_recorded_is_no_difference() -> None:
    assert kinds(view([standing()]), network()) == []


OF_THE_TAG = [
    ({}, None, ["tagGone"]),
    ({}, "neu", []),  # it goes there, and the row there says how far it has got
    ({}, "typo", ["tagChanged"]),
    ({"findings": (finding(Code.UNKNOWN_HUB),), "wanted": "typo"}, "typo", []),
    ({"findings": (finding(Code.UNKNOWN_HUB),), "wanted": "typo"}, "another", ["tagChanged"]),
    ({"findings": (finding(Code.UNKNOWN_HUB),), "wanted": "typo"}, "prod-weu", []),
    ({"findings": (finding(Code.TAG_RENAMED),)}, None, []),
    ({"named_by": NamedBy.REQUEST}, None, []),
    ({"named_by": NamedBy.REQUEST}, "typo", ["tagChanged"]),
    ({"state": State.LEAVING}, "prod-weu", ["tagBack"]),
    ({"state": State.LEAVING}, None, []),
    ({"state": State.PENDING, "was": State.CONNECTED}, None, []),
    ({"state": State.REFUSED}, "neu", ["tagChanged"]),
    ({"state": State.REFUSED}, None, ["tagGone"]),
    ({"state": State.REFUSED, "findings": (finding(Code.UNKNOWN_HUB),)}, None, ["tagGone"]),
    ({"state": State.REFUSED}, "prod-weu", []),
]


@pytest.mark.parametrize(("row", "tag", "expected"), OF_THE_TAG)
def test_the_tag(row: dict[str, Any], tag: str | None, expected: list[str]) -> None:
    changed = altered(standing(), **row)
    assert kinds(view([replace(changed, found=replace(changed.found))]), network(tag)) == expected


def test_who_has_arrived_elsewhere_leaves() -> None:
    arrived = network("neu", halves=(ON_SPOKE, half(OTHER_HUB_ID)))
    assert kinds(view([standing()]), arrived) == ["tagChanged"]


OF_THE_SPOKE: list[tuple[dict[str, Any], list[str]]] = [
    ({"halves": ()}, ["spoke"]),
    ({"halves": (replace(ON_SPOKE, state="Disconnected"),)}, ["spoke"]),
    ({"halves": (replace(ON_SPOKE, sync_level="LocalNotInSync"),)}, ["spoke"]),
    ({"halves": (replace(ON_SPOKE, flags=Flags(forwarded_traffic=True)),)}, ["spoke"]),
    ({"prefixes": parse_prefixes(["10.1.0.0/24", "10.2.0.0/24"])}, ["spoke"]),
    ({"guid": "another"}, ["spoke"]),
    ({"guid": "one"}, []),
    ({"location": "mars"}, []),
]


@pytest.mark.parametrize(("change", "expected"), OF_THE_SPOKE)
def test_the_spoke(change: dict[str, Any], expected: list[str]) -> None:
    assert kinds(view([standing(guid="one")]), network(**change)) == expected


@pytest.mark.parametrize(("ago", "expected"), [(timedelta(hours=5), []), (timedelta(hours=7), ["spoke"])])
def test_what_a_look_has_left_as_it_is_rests_for_six_hours(ago: timedelta, expected: list[str]) -> None:
    """A growth that is not routed: Azure says that the half is not in sync, and the finding says why."""
    row = standing(findings=(finding(Code.OVERLAPS_RESERVED),), finished=NOW - ago)
    behind = replace(ON_SPOKE, sync_level="RemoteNotInSync")
    assert kinds(view([row]), network(halves=(behind,))) == expected
    assert kinds(view([row]), network(halves=())) == ["spoke"]


OF_THE_HUB: list[tuple[tuple[Half, ...], list[str]]] = [
    ((), ["hub"]),
    ((replace(ON_HUB, flags=Flags(forwarded_traffic=True)),), ["hub"]),
    ((replace(ON_HUB, state="Initiated"),), ["hub"]),
    ((ON_HUB,), []),
]


@pytest.mark.parametrize(("halves", "expected"), OF_THE_HUB)
def test_the_hub(halves: tuple[Half, ...], expected: list[str]) -> None:
    assert kinds(view([standing()], hub(halves=halves)), network()) == expected


def test_a_row_that_is_looked_at_already_is_left_to_whoever_looks() -> None:
    row = altered(standing(), state=State.PENDING, was=State.CONNECTED)
    assert kinds(view([row], hub()), network(halves=())) == []


def test_a_pair_that_does_without_a_gateway_is_the_spokes_own_doing() -> None:
    lent = Flags(gateway_transit=True)
    row = standing(hub_flags=lent)
    document = hub(gateway=True, halves=(replace(ON_HUB, flags=lent),))
    assert kinds(view([row], document), network(gateway="there is one")) == []
    assert kinds(view([row], document), network()) == ["spoke"]


OF_THE_ABSENT: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["vanished"]),
    ({"state": State.REFUSED}, ["vanished"]),
    ({"state": State.FAILED}, []),
    ({"state": State.PENDING}, []),
    ({"state": State.LEAVING}, []),
    ({"doubted": NOON}, []),
    ({"findings": (finding(Code.SPOKE_NOT_FOUND),)}, []),
]


@pytest.mark.parametrize(("row", "expected"), OF_THE_ABSENT)
def test_who_is_not_shown(row: dict[str, Any], expected: list[str]) -> None:
    assert kinds(view([altered(standing(), **row)])) == expected


def test_who_is_there_and_cannot_be_read_has_not_vanished() -> None:
    seen = Sightings(HUBS)
    seen.add((), [SPOKE_ID])
    assert list(differences(view([standing()]), seen, HUBS, NOW)) == []
    assert len(seen) == 1


def test_a_hub_that_is_a_spokes_row_has_not_vanished() -> None:
    row = record(State.REFUSED, spoke=OTHER_HUB_ID, findings=(finding(Code.SPOKE_IS_HUB),))
    assert kinds(view([row], hub())) == []


def test_who_bears_the_tag_and_has_no_record() -> None:
    assert kinds(view([], hub()), network(), spoke(id=vnet_id("bb"), tag="neu")) == ["unheard"]
    assert kinds(view([], None, UNKNOWN, hub=None), spoke(tag="typo")) == ["unheard"]


def test_who_keeps_his_pair_in_spite_of_a_typo_needs_no_row_among_the_unknown() -> None:
    settled, typo = set[Any](), network("typo")
    row = standing(findings=(finding(Code.UNKNOWN_HUB),), wanted="typo")
    assert kinds(view([row], settled=settled), typo) == []
    assert kinds(view([], None, UNKNOWN, hub=None, settled=settled), typo) == []


ORPHANS: list[tuple[dict[str, Any], list[str]]] = [
    ({"state": "Disconnected"}, ["orphan"]),
    ({"state": "Initiated"}, ["orphan"]),
    ({}, []),
    ({"state": "Disconnected", "name": "by-hand"}, []),
    ({"state": "Disconnected", "name": "autopeer.other-x"}, []),
    ({"state": "Disconnected", "remote": None}, []),
    ({"state": "Disconnected", "remote": OTHER_HUB_ID}, []),
]


@pytest.mark.parametrize(("change", "expected"), ORPHANS)
def test_halves_that_are_left_over(change: dict[str, Any], expected: list[str]) -> None:
    assert kinds(view([], hub(halves=(replace(ON_HUB, **change),)))) == expected


@pytest.mark.parametrize("tag", [None, "neu", "prod-weu"])
def test_a_half_that_stands_alone_is_asked_about_unless_its_network_wants_the_hub(tag: str | None) -> None:
    """That one has a row, or is unheard of."""
    left = hub(halves=(replace(ON_HUB, state="Disconnected"),))
    alone = replace(half(HUB_ID, "autopeer-prod-weu"), state="Initiated")
    expected = ["unheard"] if tag == "prod-weu" else ["orphan"]
    assert kinds(view([], left), network(tag, halves=())) == expected
    assert kinds(view([], hub()), network(tag, halves=(alone,))) == expected


def test_a_change_of_the_catalogue_asks_about_every_row_that_rests() -> None:
    rows = [standing(), altered(standing(), spoke=vnet_id("bb"), state=State.PENDING)]
    assert kinds(view(rows, changed=True), network(), spoke(id=vnet_id("bb"))) == ["catalogue"]


def test_a_hub_that_is_gone_is_asked_about_itself() -> None:
    found = differences(replace(view([standing()]), hub=None), Sightings(HUBS), HUBS, NOW)
    assert [(str(each.kind), each.about) for each in found] == [("hub", HUB_ID), ("vanished", SPOKE_ID)]
    assert kinds(replace(view([]), hub=None)) == []


def test_what_a_later_version_wrote_is_left_alone() -> None:
    assert kinds(view([altered(standing(), state="Dancing")])) == []


def test_of_a_network_is_kept_what_is_compared() -> None:
    stranger = half(vnet_id("stranger"), "theirs", "10.9.0.0/16")
    using = half(vnet_id("gateways"), "others", flags=Flags(remote_gateways=True))
    seen = Sightings(HUBS)
    seen.add([network(halves=(stranger, using, replace(ON_SPOKE, rest={"a": 1})))])
    kept = seen.get(SPOKE_ID)
    assert kept
    assert [(each.name, dict(each.rest), each.remote_prefixes) for each in kept.halves] == [
        ("others", {}, ()),
        ("autopeer-prod-weu", {}, ()),
    ]


def test_who_is_on_two_pages_counts_once() -> None:
    seen = Sightings(HUBS)
    seen.add([network()])
    seen.add([network(), vnet("other")])
    assert (len(seen), list(seen.tagged("prod-weu"))) == (2, [SPOKE_ID])


WAITING = record(State.PENDING, requested=NOW - timedelta(minutes=20))
RESTING = record(State.REFUSED, not_before=NOW + timedelta(hours=9))
FORGOTTEN = [
    ([], Note(), False),
    ([standing()], Note(), False),
    ([WAITING], Note(), True),
    ([RESTING], Note(), True),
    ([RESTING], Note(alarm=NOW - timedelta(minutes=14)), False),
    ([RESTING], Note(alarm=NOW - timedelta(minutes=15)), True),
    ([RESTING], Note(alarm=NOW + timedelta(hours=9)), False),
    ([WAITING], Note(alarm=NOW + timedelta(minutes=1)), False),
    ([WAITING], Note(alarm=NOW + timedelta(hours=9)), True),
    ([WAITING], Note(alarm=NOW + timedelta(hours=1), not_before=NOW + timedelta(hours=1)), False),
    ([record(State.PENDING, requested=NOW)], Note(alarm=NOW + timedelta(hours=9)), False),
]


@pytest.mark.parametrize(("rows", "note", "expected"), FORGOTTEN)
def test_what_no_message_will_wake(rows: list[Record], note: Note, expected: bool) -> None:
    assert is_forgotten(rows, note, NOW) == expected


def test_a_digest_tells_every_change_of_a_hubs_rules() -> None:
    rules, never = policy(), policy(gateway=GatewayUse.NEVER)
    digests = {
        digest_of(rules, catalogue(rules)),
        digest_of(never, catalogue(never)),
        digest_of(rules, replace(catalogue(rules), tag="peer-with")),
        digest_of(None, HUBS),
    }
    assert len(digests) == 4
    assert digest_of(policy(), HUBS) == digest_of(policy(), catalogue(policy()))
    described = policy(description="Spokes in West Europe", approvers=("someone",))
    assert digest_of(described, catalogue(described)) == digest_of(rules, catalogue(rules))


def test_of_its_tags_are_kept_ours() -> None:
    hubs = catalogue(policy(status_tag="Peer-Status"))
    seen = Sightings(hubs)
    seen.add([replace(network(), tags={"HUB": "prod-weu", "peer-status": "Connected", "cost-centre": "1"})])
    kept = seen.get(SPOKE_ID)
    assert kept
    assert kept.tags == {"HUB": "prod-weu", "peer-status": "Connected"}
