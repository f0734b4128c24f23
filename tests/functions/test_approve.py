"""POST …/approve and …/refuse, from the call to what becomes of the network, over the fakes."""

import base64
import json
from typing import Any

import pytest

from peering import wiring
from peering.core.catalogue.policy import ApprovalRule, Decision
from peering.core.record.record import State
from tests.builders import SPOKE_ID, catalogue, hub, policy, spoke
from tests.functions.in_process import called
from tests.service.town import Town

ANNE, ZOE = "aaaaaaaa-0000-0000-0000-000000000001", "bbbbbbbb-0000-0000-0000-000000000002"
HERE = f"peerings/prod-weu/{SPOKE_ID.key}"
HELD = (ApprovalRule(Decision.HOLD),)


@pytest.fixture
async def town(monkeypatch: pytest.MonkeyPatch) -> Town:
    """A network that Zoe has tagged and that waits, at a hub whose approver Anne is; Entra sits in front."""
    there = Town(hub(), spoke(), hubs=catalogue(policy(approval=HELD, approvers=(ANNE, ZOE))))
    await there.ask(who=ZOE)

    async def context() -> object:
        return there.context

    for name, value in (("AzureWebJobsStorage", "UseDevelopmentStorage=true"), ("WEBSITE_AUTH_ENABLED", "True")):
        monkeypatch.setenv(name, value)
    wiring.settings.cache_clear()
    monkeypatch.setattr(wiring, "context", context)
    monkeypatch.setattr(wiring, "catalogue", lambda: there.context.catalogue)
    return there


async def post(path: str, body: object = None, who: str = ANNE) -> tuple[int, dict[str, Any]]:
    claims = {"claims": [{"typ": "oid", "val": who}, {"typ": "upn", "val": f"{who[:4]}@contoso.com"}]}
    headers = {"X-MS-CLIENT-PRINCIPAL": base64.b64encode(json.dumps(claims).encode()).decode()}
    answer = await called("POST", path, body, headers)
    return answer.status_code, answer.json()


async def test_an_approver_approves_what_he_was_shown_and_it_is_connected(town: Town) -> None:
    status, body = await post(f"{HERE}/approve", {"prefixes": ["10.1.0.0/24"], "reason": "change 4711"})
    assert (status, body["state"], body["approval"]["ruling"]["who"]) == (202, "Pending", "aaaa@contoso.com")
    await town.pump()
    assert town.connected()
    assert (await post(f"{HERE}/approve"))[0] == 409


async def test_an_approver_refuses_and_says_why(town: Town) -> None:
    status, _ = await post(f"{HERE}/refuse", {"reason": "no address plan"})
    await town.pump()
    assert (status, town.state()) == (202, State.REFUSED)
    assert "aaaa@contoso.com has refused it" in town.row().found.findings[0].message


@pytest.mark.parametrize(
    ("path", "body", "who", "status", "kind"),
    [
        (f"{HERE}/approve", {"prefixes": ["10.9.0.0/24"]}, ANNE, 409, "addresses-changed"),
        (f"{HERE}/approve", None, ZOE, 403, "own-request"),
        (f"{HERE}/approve", None, "cccccccc-0000-0000-0000-000000000003", 403, "not-allowed"),
        (f"{HERE}/refuse", None, ANNE, 422, "unusable"),
        (f"peerings/prod-weu/{'0' * 32}/approve", None, ANNE, 404, "no-such-record"),
        ("peerings/prod-weu/short/approve", None, ANNE, 404, "no-such-record"),
    ],
)
async def test_what_does_not_count_changes_nothing(
    town: Town, path: str, body: object, who: str, status: int, kind: str
) -> None:
    found, problem = await post(path, body, who)
    assert (found, problem["type"].rpartition("/")[2].rpartition("#")[2]) == (status, kind)
    assert (town.state(), town.row().approval.ruling) == (State.AWAITING_APPROVAL, None)


async def test_a_row_that_others_change_all_the_time_is_to_be_decided_on_again(town: Town) -> None:
    town.records.before_save.append(town.records.overtake)
    for what, body in (("approve", {}), ("refuse", {"reason": "no address plan"})):
        status, told = await post(f"{HERE}/{what}", body)
        assert (status, told["type"]) == (503, "/api/problems#busy-record")
    assert town.state() is State.AWAITING_APPROVAL
