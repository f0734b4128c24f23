"""Who may write to the tables: rows are what the worker believes about the past, and the catalogue is what it obeys."""

from typing import Any

import pytest

from peering.core.catalogue.policy import ApprovalRule, Decision
from peering.core.intake.requests import NamedBy
from peering.core.record.record import Record, State
from tests.builders import HUB_ID, OTHER_SUBSCRIPTION, SPOKE_ID, catalogue, half, hub, policy, record, spoke, vnet_id
from tests.service.town import Town

NEIGHBOUR = vnet_id("neighbour")


async def plant(town: Town, row: Record) -> None:
    """Put a row that nobody asked for where the next holder of the hub finds it: a neighbour's request makes one."""
    town.records.rows[row.hub, row.spoke.key] = row
    town.networks.vnets[NEIGHBOUR] = spoke("10.9.0.0/24", id=NEIGHBOUR)
    await town.ask(NEIGHBOUR)


def writes(town: Town) -> list[str]:
    """What was written for the sake of others than the neighbour."""
    return [entry for entry in town.writes if "neighbour" not in entry]


async def test_a_planted_row_peers_a_network_that_asked_for_nothing() -> None:
    """As a function key can: it stands for a manual request."""
    town = Town(hub(), spoke(tag=None))
    await plant(town, record(named_by=NamedBy.REQUEST))
    assert town.connected()


async def test_a_planted_row_that_stands_for_a_tag_peers_nothing_that_has_no_tag() -> None:
    town = Town(hub(), spoke(tag=None))
    await plant(town, record())
    assert writes(town) == []


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ({"subscriptions": (OTHER_SUBSCRIPTION,)}, "SubscriptionNotAllowed"),
        ({"allowed_space": ["10.64.0.0/10"]}, "OutsideAllowedSpace"),
        ({"reserved_space": ["10.1.0.0/16"]}, "OverlapsReserved"),
        ({"approval": (ApprovalRule(Decision.HOLD),)}, "ApprovalNeeded"),
    ],
)
async def test_no_row_gets_past_the_catalogue(rules: dict[str, Any], code: str) -> None:
    """Not even one that claims to have been connected: what is allowed is read from the package, not from the table."""
    town = Town(hub(), spoke(), hubs=catalogue(policy(**rules)))
    claims = record(State.PENDING, hub_half="h", spoke_half="s", was=State.CONNECTED)
    await plant(town, claims)
    assert (writes(town), [finding.code for finding in town.row().found.findings]) == ([], [code])


async def test_a_planted_departure_removes_a_pair_of_ours_only_where_no_tag_wants_it() -> None:
    town = Town(hub(), spoke())
    await town.ask()
    await plant(town, record(State.LEAVING, etag=town.row().etag))
    assert (len(writes(town)), town.connected()) == (2, True)
    town.change(tags={})
    await plant(town, record(State.LEAVING, etag=town.row().etag))
    assert [entry.partition(" ")[0] for entry in writes(town)[2:]] == ["remove", "remove"]


async def test_a_planted_departure_leaves_alone_what_was_made_by_hand() -> None:
    by_hand = spoke(tag=None, halves=(half(HUB_ID, "to-the-hub"),))
    town = Town(hub(halves=(half(SPOKE_ID, "to-the-spoke"),)), by_hand)
    await plant(town, record(State.LEAVING))
    assert writes(town) == []
    assert town.connected()


async def test_a_row_for_a_hub_that_the_catalogue_does_not_have_writes_nothing() -> None:
    town = Town(hub(), spoke(tag=None))
    await plant(town, record(State.PENDING, hub="planted", wanted="planted"))
    assert writes(town) == []
