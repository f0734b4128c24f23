"""The query language: what it is read into, what it refuses, and what it names as not served."""

from __future__ import annotations

import pytest

from localazure.emulator.graph.language import NotServed, ParserFailure, UnknownTable, parse
from localazure.emulator.graph.syntax import (
    All,
    Call,
    Column,
    Comparison,
    Limit,
    Literal,
    Member,
    Project,
    Query,
    Where,
)
from tests.emulator.arm import Arm
from tests.emulator.graph.asking import NETWORKS, query


def test_a_query_is_read_into_data() -> None:
    text = f"{NETWORKS} and isnotempty(tags['Hub']) | project id, properties.addressSpace, n = name | limit 5"
    assert parse(text) == Query(
        "resources",
        (
            Where(
                All(
                    (
                        Comparison("=~", Column("type"), (Literal("microsoft.network/virtualnetworks"),)),
                        Call("isnotempty", (Member(Column("tags"), "Hub"),)),
                    )
                )
            ),
            Project(
                (
                    ("id", Column("id")),
                    ("properties_addressSpace", Member(Column("properties"), "addressSpace")),
                    ("n", Column("name")),
                )
            ),
            Limit(5),
        ),
    )


@pytest.mark.parametrize("text", ["", "  // nothing\n", "resources", "Resources // all of them"])
def test_no_operator_is_all_resources(text: str) -> None:
    assert parse(text) == Query("resources", ())


@pytest.mark.parametrize(
    ("text", "token", "position"),
    [
        ("where where", "<EOF>", 11),
        ("project id, location | where where", "<EOF>", 34),
        ("Resources | where type =~ 5", "5", 26),
        ("Resources | where tags['a' =~ 'b'", "=~", 27),
        ("Resources | where name ~ 'a'", "~", 23),
        ("Resources | whree name == 'a'", "whree", 12),
        ("Resources project name", "project", 10),
        ("Resources |", "<EOF>", 11),
        ("Resources | where (name == 'a'", "<EOF>", 30),
        ("Resources | where name == 'a')", ")", 29),
        ("Resources | limit 1.5", "1.5", 18),
        ("Resources | summarize count( by name", "by", 29),
        ("Resources | order name", "name", 18),
        ("Resources | join (Resources | project id)", "<EOF>", 41),
        ("Resources | join kind=sideways (Resources) on id", "sideways", 22),
        ("Resources | where id in 'a'", "'", 24),
    ],
)
def test_what_it_cannot_read_it_refuses_by_the_token(text: str, token: str, position: int) -> None:
    with pytest.raises(ParserFailure) as failure:
        parse(text)
    expected = "a" if token == "'" else token  # a string is named by what is in it
    assert (failure.value.token, failure.value.position) == (expected, position)


@pytest.mark.parametrize("kind", ["join (Resources) on id", "mv-expand zones"])
def test_three_of_a_kind_are_the_most(kind: str) -> None:
    """docs/facts/resource-graph.md, Operators."""
    parse("Resources" + f" | {kind}" * 3)
    with pytest.raises(ParserFailure):
        parse("Resources" + f" | {kind}" * 4)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Resources | union ResourceContainers", "the operator union"),
        ("Resources | parse id with * '/' rest", "the operator parse"),
        ("Resources | project-rename a = name", "the operator project-rename"),
        ("Resources | project-keep name", "the operator project-keep"),
        ("Resources | mv-apply x = zones on (take 1)", "the operator mv-apply"),
        ("Resources | make-series n = count() on name", "the operator make-series"),
        ("Resources | render piechart", "the operator render"),
        ("search 'hub'", "the operator search"),
        ("let x = 5; Resources", "the operator let"),
        ("Resources | where name matches regex 'a.*'", "the operator matches"),
        ("Resources | where name has_any ('a', 'b')", "the operator has_any"),
        ("Resources | where array_length(zones) + 1 > 2", "the operator +"),
        ("Resources | extend group = strcat(name, '-', location)", "the function strcat()"),
        ("Resources | extend part = split(id, '/')[4]", "the function split()"),
        ("Resources | summarize dcount(name) by location", "the aggregate dcount()"),
        ("Resources | summarize n = sum(1)", "the aggregate sum()"),
        ("Resources | join kind=leftanti (Resources) on id", "join kind=leftanti"),
        ("Resources | distinct *", "distinct *"),
        ("Resources | mv-expand zones, tags", "mv-expand of several columns"),
        ("Resources | mv-expand a = zones to typeof(string)", "mv-expand to typeof()"),
        ("Resources | order by name asc nulls last", "the words nulls first and nulls last"),
        ("resourcechanges | take 1", "the table resourcechanges"),
        ("PolicyResources", "the table PolicyResources"),
    ],
)
async def test_what_the_language_has_and_is_not_served_is_501_by_name(arm: Arm, text: str, named: str) -> None:
    with pytest.raises(NotServed) as refused:
        parse(text)
    assert str(refused.value) == named
    answer = await query(arm, text)
    assert (answer.status, answer.code) == (501, "NotEmulated")
    assert f"with {named} in the query" in answer.body["error"]["message"]


async def test_a_table_that_does_not_exist_is_refused(arm: Arm) -> None:
    with pytest.raises(UnknownTable):
        parse("Resourcess | take 1")
    details = (await query(arm, "Resourcess | take 1")).body["error"]["details"]
    assert [each["code"] for each in details] == ["InvalidQuery", "DisallowedLogicalTableName"]


@pytest.mark.parametrize(
    "text",
    [
        "Resources | where nmae == 'a'",
        "Resources | project name | order by id",
        "Resources | summarize count() by nmae",
        "Resources | project name | mv-expand tags",
        "Resources | project id | join (Resources | project n = name) on id",
        "Resources | extend x = tostring(propertys.a)",
        "Resources | project-away tags | where isnotempty(tags.a)",
    ],
)
async def test_a_column_that_is_not_there_is_refused(arm: Arm, text: str) -> None:
    answer = await query(arm, text)
    assert (answer.status, answer.code) == (400, "BadRequest")
    assert "Failed to resolve" in answer.body["error"]["details"][1]["message"]


async def test_managed_groups_and_facets_are_not_served(arm: Arm) -> None:
    assert (await query(arm, "Resources", managementGroups=["mine"])).status == 501
    assert (await query(arm, "Resources", facets=[{"expression": "location"}])).status == 501
