"""Resource Graph: paging and its traps, formats, subscriptions, quota."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

from tests.emulator.arm import Arm
from tests.emulator.graph.asking import NETWORKS, OTHER, query
from tests.emulator.sdk import GROUP, HUB, SPOKE, SUBSCRIPTION, vnet


async def test_pages_follow_one_another_by_their_token(arm: Arm) -> None:
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(5)))
    text = f"{NETWORKS} | project id, name | order by id asc"
    found: list[str] = []
    options: dict[str, Any] = {"$top": 2}
    for expected_count in (2, 2, 1):
        page = (await query(arm, text, options=options)).body
        assert (page["totalRecords"], page["count"], page["resultTruncated"]) == (5, expected_count, "false")
        found += [row["name"] for row in page["data"]]
        options = {"$skipToken": page.get("$skipToken")}
    assert found == ["n0", "n1", "n2", "n3", "n4"]
    assert options["$skipToken"] is None


async def test_without_id_there_is_no_token_and_the_rest_is_lost(arm: Arm) -> None:
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(3)))
    page = (await query(arm, f"{NETWORKS} | project name", options={"$top": 2})).body
    assert "$skipToken" not in page
    assert page["resultTruncated"] == "true"


async def test_a_page_has_a_hundred_rows_unless_told_and_a_thousand_at_most(arm: Arm) -> None:
    arm.given(*({"id": f"{GROUP}/providers/Local.Filler/things/{n}"} for n in range(1200)))
    assert (await query(arm, "Resources | project id")).body["count"] == 100
    page = (await query(arm, "Resources | project id", options={"$top": 5000})).body
    assert page["count"] == 1000
    assert b'"MaxRows": 1000,\r\n' in b64decode(page["$skipToken"])


async def test_the_format_is_a_table_when_asked_and_by_default_in_old_versions(arm: Arm) -> None:
    arm.given(HUB)
    table = {
        "columns": [{"name": "name", "type": "string"}, {"name": "tags", "type": "object"}],
        "rows": [["hub", None]],
    }
    text = "Resources | project name, tags"
    assert (await query(arm, text, options={"resultFormat": "table"})).body["data"] == table
    assert (await query(arm, text, "2019-04-01")).body["data"] == table
    assert (await query(arm, text)).body["data"] == [{"name": "hub", "tags": None}]


async def test_only_the_subscriptions_asked_for(arm: Arm) -> None:
    elsewhere = HUB["id"].replace(SUBSCRIPTION, OTHER)
    arm.given(SPOKE, {**HUB, "id": elsewhere})
    page = (await query(arm, "Resources | project id", subscriptions=[OTHER])).body
    assert [row["id"] for row in page["data"]] == [elsewhere]


async def test_the_sixteenth_query_in_five_seconds_waits(slow_arm: Arm) -> None:
    """docs/facts/resource-graph.md, Quota."""
    answers = [await query(slow_arm, "Resources | project id") for _ in range(16)]
    assert [each.status for each in answers] == [200] * 15 + [429]
    left = [each.headers["x-ms-user-quota-remaining"] for each in answers]
    assert left == [str(n) for n in (*range(14, -1, -1), 0)]
    assert (answers[15].code, answers[15].headers["retry-after"]) == ("RateLimiting", "5")
    slow_arm.clock.step(3)
    assert (await query(slow_arm, "Resources")).headers["x-ms-user-quota-resets-after"] == "00:00:02"
    slow_arm.clock.step(2)
    again = await query(slow_arm, "Resources")
    assert (again.status, again.headers["x-ms-user-quota-remaining"]) == (200, "14")


async def test_a_token_that_is_not_ours(arm: Arm) -> None:
    assert (await query(arm, "Resources | project id", options={"$skipToken": "bm9uc2Vuc2U="})).status == 400


async def test_a_query_that_says_how_many_it_wants_has_no_further_pages(arm: Arm) -> None:
    """docs/facts/resource-graph.md, Pages."""
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(5)))
    page = (await query(arm, f"{NETWORKS} | project id | limit 3", options={"$top": 2})).body
    assert (page["totalRecords"], page["count"], page["resultTruncated"]) == (3, 2, "true")
    assert "$skipToken" not in page


async def test_rows_may_be_skipped(arm: Arm) -> None:
    arm.given(*(vnet(f"n{n}", f"10.{n}.0.0/16") for n in range(3)))
    page = (await query(arm, f"{NETWORKS} | project name | order by name asc", options={"$skip": 2})).body
    assert [row["name"] for row in page["data"]] == ["n2"]


async def test_subscriptions_that_cannot_be_read_are_left_out_without_a_word(arm: Arm) -> None:
    """docs/facts/resource-graph.md, Absence proves nothing."""
    arm.given(HUB)
    arm.server.emulator.estate.subscriptions = [SUBSCRIPTION]
    some = await query(arm, "Resources | project name", subscriptions=[OTHER, SUBSCRIPTION])
    assert (some.status, some.body["data"], some.body["resultTruncated"]) == (200, [{"name": "hub"}], "false")
    none = await query(arm, "Resources | project name", subscriptions=[OTHER])
    assert (none.status, none.body["error"]["details"][0]["code"]) == (400, "NoValidSubscriptionsInQueryRequest")
    no_guid = await query(arm, "Resources | project name", subscriptions=["mine"])
    assert (no_guid.status, no_guid.body["error"]["details"][0]["code"]) == (400, "SubscriptionsContainInvalidGuids")
