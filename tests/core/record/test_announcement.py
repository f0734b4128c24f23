"""What the events say: type, source, subject, and of a wait what it is for, until when, and who can end it."""

from datetime import timedelta
from typing import Any

import pytest

from peering.core.decision.findings import Code, Finding
from peering.core.decision.withheld import Limit
from peering.core.record.announcement import of_spoke
from peering.core.record.record import RELEASED, State
from tests.builders import NOON, SPOKE_ID, policy, record

LATER = NOON + timedelta(hours=1)
OWNED = policy(owners="Network team", contact="network@contoso.example")
WHOM = "Network team (network@contoso.example)"


def said(code: str) -> tuple[Finding, ...]:
    return (Finding(code, f"It is {code}.", remedy="Do something."),)


@pytest.mark.parametrize("state", [each for each in State if each not in (State.PENDING, State.LEAVING)])
def test_an_outcome_is_named_for_its_state(state: State) -> None:
    event = of_spoke(record(state, finished=NOON, event="e"), None, LATER)
    assert (event.id, event.type, event.time) == ("e", f"Autopeer.Spoke.{state}", NOON)
    assert (event.source, event.subject) == ("/autopeer/hubs/prod-weu", str(SPOKE_ID))
    assert event.data["state"] == state


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"held": Limit.PAUSED, "not_before": LATER, "findings": said(Code.PAUSED)}, ("pause", LATER, "operate")),
        ({"held": Limit.PAUSED, "findings": said(Code.PAUSED)}, ("pause", None, "operate")),
        ({"held": Limit.BRAKE, "findings": said(Code.BRAKED)}, ("brake", None, WHOM)),
        ({"held": Limit.OBSERVED, "not_before": LATER, "findings": said(Code.OBSERVED)}, ("observation", None, WHOM)),
        ({"held": Limit.CATALOGUE, "findings": said(Code.CATALOGUE_IS_NEW)}, ("catalogue", None, "next sweep")),
        ({"not_before": LATER, "findings": said("AuthorizationFailed")}, ("azure", None, "subscription")),
        ({"accepted": NOON, "not_before": LATER, "findings": said(Code.OLD_HUB_FIRST)}, ("oldHub", None, "network")),
    ],
)
def test_what_is_open_waits_for_something(fields: dict[str, Any], expected: tuple[str, Any, str]) -> None:
    event = of_spoke(record(State.PENDING, event="e", finished=NOON, **fields), OWNED, LATER)
    wait = event.data["waiting"]
    until = None if expected[1] is None else "2026-11-23T13:00:00Z"
    assert (event.type, event.time) == ("Autopeer.Spoke.Waiting", LATER)
    assert (wait["for"], wait["until"]) == (expected[0], until)
    assert expected[2] in wait["endedBy"]
    assert (wait["code"], wait["remedy"]) == (str(fields["findings"][0].code), "Do something.")


def test_who_leaves_waits_for_the_end_of_its_grace() -> None:
    event = of_spoke(record(State.LEAVING, not_before=LATER, grace_ends=LATER), OWNED, NOON)
    assert event.type == "Autopeer.Spoke.Waiting"
    assert event.data["waiting"] == {
        "for": "grace",
        "code": None,
        "until": "2026-11-23T13:00:00Z",
        "endedBy": "whoever sets the tag of the network again",
        "remedy": None,
    }


def test_an_outcome_may_wait_too() -> None:
    asked = of_spoke(record(State.AWAITING_APPROVAL, findings=said(Code.APPROVAL_NEEDED)), OWNED, NOON)
    stands = of_spoke(record(State.CONNECTED, held=Limit.BRAKE, findings=said(Code.BRAKED)), None, NOON)
    switch = of_spoke(record(State.CONNECTED, findings=said(Code.LEFT_ON)), None, NOON)
    assert (asked.type, asked.data["waiting"]["for"]) == ("Autopeer.Spoke.AwaitingApproval", "approval")
    assert (asked.data["waiting"]["endedBy"], asked.data["waiting"]["until"]) == (WHOM, None)
    assert (stands.type, stands.data["waiting"]["for"]) == ("Autopeer.Spoke.Connected", "brake")
    assert stands.data["waiting"]["endedBy"] == "the hub's owners"
    assert switch.data["waiting"]["for"] == "brake"
    grows = of_spoke(record(State.CONNECTED, findings=said(Code.APPROVAL_NEEDED)), None, NOON)
    assert grows.data["waiting"]["for"] == "approval"


@pytest.mark.parametrize(
    "row",
    [
        record(State.CONNECTED),
        record(State.REFUSED, findings=said(Code.HUB_FULL)),
        record(State.PENDING, held=RELEASED),
        record(State.PENDING, held="a limit of a later version"),
    ],
)
def test_nothing_else_waits(row: Any) -> None:  # noqa: ANN401 - a Record
    assert of_spoke(row, OWNED, NOON).data["waiting"] is None
