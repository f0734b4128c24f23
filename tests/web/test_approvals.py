"""What a person sends who approves or refuses, and what he is told where that cannot count."""

import json

import pytest

from peering.core.decision.approval import Ask
from peering.core.intake.callers import Caller, CallerKind
from peering.core.network.addresses import Prefix, parse_prefixes
from peering.core.record.approvals import Objection, Say
from peering.core.record.record import Question, State
from peering.web.approvals import cannot_count, decided, read_approval, read_refusal
from peering.web.call import Call
from peering.web.problems import Problem
from peering.web.route_table import find
from tests.builders import NOON, SPOKE_ID, record, ruling

ONE = parse_prefixes(["10.1.0.0/24"])
ADA = Caller(name="ada@contoso.com", kind=CallerKind.PERSON, ids=frozenset({"ada-1"}))
WHERE = f"peerings/prod-weu/{SPOKE_ID.key}"


def call(body: object, what: str = "approve") -> Call:
    route, names = find("POST", f"{WHERE}/{what}")
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Call(
        route=route,
        names=names,
        query={},
        headers={},
        body=sent,
        url="https://app.example/api",
        caller=ADA,
        invocation="i",
        send=lambda _: None,
    )


@pytest.mark.parametrize(
    ("body", "prefixes", "reason"),
    [
        (b"", None, ""),
        ({}, None, ""),
        ({"reason": " change 4711 "}, None, "change 4711"),
        ({"prefixes": ["10.1.0.0/24"]}, ONE, ""),
    ],
)
def test_an_approval_says_who_and_may_say_why_and_what_was_shown(
    body: object, prefixes: tuple[Prefix, ...] | None, reason: str
) -> None:
    said = Say(granted=True, who=ADA.name, ids=ADA.ids, reason=reason, prefixes=prefixes)
    assert read_approval(call(body)) == said


def test_a_refusal_says_why() -> None:
    assert read_refusal(call({"reason": "no plan"}, "refuse")) == Say(
        granted=False, who=ADA.name, ids=ADA.ids, reason="no plan"
    )


FAULTS: list[tuple[str, object, list[str]]] = [
    ("approve", {"prefix": ["10.1.0.0/24"]}, ["#/prefix"]),
    ("approve", {"prefixes": "10.1.0.0/24"}, ["#/prefixes"]),
    ("approve", {"prefixes": []}, ["#/prefixes"]),
    ("approve", {"prefixes": ["10.1.0.0/24", "10.1.0.1/24", 7]}, ["#/prefixes/1", "#/prefixes/2"]),
    ("approve", {"reason": "x" * 201, "prefixes": {}}, ["#/prefixes", "#/reason"]),
    ("approve", {"reason": "two\nlines"}, ["#/reason"]),
    ("approve", {"reason": 7}, ["#/reason"]),
    ("refuse", {}, ["#/reason"]),
    ("refuse", {"reason": "  "}, ["#/reason"]),
    ("refuse", {"reason": "no", "prefixes": []}, ["#/prefixes"]),
]


@pytest.mark.parametrize(("what", "body", "places"), FAULTS, ids=range(len(FAULTS)))
def test_every_fault_of_a_body_is_named(what: str, body: object, places: list[str]) -> None:
    read = read_approval if what == "approve" else read_refusal
    with pytest.raises(Problem) as caught:
        read(call(body, what))
    assert (caught.value.status, sorted(where for where, _ in caught.value.errors)) == (422, places)


QUESTION = Question(ask=Ask("prod-weu", "prod-weu"), since=NOON, prefixes=ONE, who="Zoe")
ELSEWHERE = Question(ask=Ask("old", "prod-weu"), since=NOON, prefixes=ONE, who="Zoe")


@pytest.mark.parametrize(
    ("why", "status", "told"),
    [
        (Objection.HIS_OWN, 403, "somebody else has to approve it"),
        (Objection.CHANGED, 409, "asked about is 10.1.0.0/24"),
        (Objection.OVERDUE, 409, "Ask anew with POST /api/peerings"),
        (Objection.NOTHING_WAITS, 409, "is AwaitingApproval at hub 'prod-weu'"),
    ],
)
def test_what_cannot_count_is_said_with_what_to_do(why: Objection, status: int, told: str) -> None:
    row = record(State.AWAITING_APPROVAL, question=QUESTION)
    problem = cannot_count(why, row, "prod-weu", SPOKE_ID.key)
    assert problem.status == status
    assert told in problem.detail


def test_where_another_hub_is_asked_it_is_said_which() -> None:
    row = record(State.AWAITING_APPROVAL, question=ELSEWHERE)
    problem = cannot_count(Objection.ELSEWHERE, row, "prod-weu", SPOKE_ID.key)
    assert problem.status == 409
    assert f"/api/peerings/old/{SPOKE_ID.key}" in problem.detail
    assert cannot_count(Objection.NOTHING_WAITS, None, "prod-weu", "k").status == 404


def test_the_answer_is_the_record_with_what_was_said_and_where_to_look() -> None:
    answer = decided(record(ruling=ruling(ONE), question=QUESTION))
    assert (answer.status, answer.headers["Location"]) == (202, f"/api/{WHERE}")
    assert answer.body["approval"] == {
        "asked": {
            "of": "prod-weu",
            "to": "prod-weu",
            "since": "2026-11-23T12:00:00Z",
            "addressSpace": ["10.1.0.0/24"],
            "who": "Zoe",
        },
        "ruling": {
            "granted": True,
            "to": "prod-weu",
            "who": "Ada",
            "when": "2026-11-23T12:00:00Z",
            "reason": "change 4711",
            "addressSpace": ["10.1.0.0/24"],
        },
        "leave": None,
    }
