"""How a refusal of ARM's is handed on, with the wait and the reason wherever they stand."""

from datetime import timedelta
from typing import Any

import pytest

from peering.core.network.failures import NO_ANSWER
from tests.contract.oddities import BUSY, SUPERSEDED, Body
from tests.contract.scripted_arm import POLL, ScriptedArm, whole

WAITS = [
    ({}, 12),
    ({"Retry-After": "3"}, 12),
    ({"Retry-After": "30"}, 30),
    ({"x-ms-retry-after-ms": "100"}, 12),
    ({"x-ms-retry-after-ms": "100000", "Retry-After": "30"}, 100),
    ({"Retry-After": "nonsense"}, 12),
    ({"Retry-After": "999999999"}, 24 * 3600),
]


@pytest.mark.parametrize("call", ["read", "put", "remove", "tag"])
@pytest.mark.parametrize(("headers", "seconds"), WAITS)
async def test_the_longest_wait_is_handed_on(
    scripted: ScriptedArm, call: str, headers: dict[str, str], seconds: int
) -> None:
    found = await scripted.failure(call, (429, whole(BUSY, **headers)))
    assert (found.status, found.code) == (429, "RetryableError")
    assert found.retry_after == timedelta(seconds=seconds)
    assert "PutX" in found.message


def ended(status: str, **rest: Any) -> Body:  # noqa: ANN401 - JSON
    return whole({"status": status, **rest})


LOCKED = {"code": "Conflict", "message": "It failed.", "details": [{"code": "ScopeLocked", "message": "A lock."}]}
ENDS = [
    (ended("Failed", error=LOCKED), 400, "ScopeLocked", "It failed. A lock."),
    (whole(SUPERSEDED), 400, "Canceled", "Operation was canceled. Operation PutX"),
    # Without a reason nobody can say that it would fail again.
    (ended("Failed"), NO_ANSWER, "Failed", ""),
    (ended("Canceled", error=None), NO_ANSWER, "Canceled", ""),
    (ended("Failed", error={"code": "", "details": []}), NO_ANSWER, "Failed", ""),
    (ended(""), NO_ANSWER, "UnexpectedDocument", ""),
    (whole([]), NO_ANSWER, "UnexpectedDocument", ""),
    (Body(b"<html>"), NO_ANSWER, "UnexpectedDocument", ""),
]


@pytest.mark.parametrize("case", range(len(ENDS)))
async def test_how_an_operation_ended(scripted: ScriptedArm, case: int) -> None:
    body, status, code, words = ENDS[case]
    found = await scripted.failure("remove", (202, Body(b"", POLL)), (200, body))
    assert (found.status, found.code) == (status, code)
    assert found.message.startswith(words)


async def test_a_gateways_page_keeps_its_status(scripted: ScriptedArm) -> None:
    page = Body(b"<html>Bad gateway</html>", {"Content-Type": "text/html", "Retry-After": "5"})
    found = await scripted.failure("read", (502, page))
    assert (found.status, found.retry_after) == (502, timedelta(seconds=5))


async def test_a_put_that_was_answered_twice_is_read_from_its_last_answer(scripted: ScriptedArm) -> None:
    """The first may be the demand for another token, or for the registration of the provider."""
    demand = 'Bearer authorization_uri="https://login/", error="insufficient_claims", claims="e30="'
    half = {"name": "to-spoke-a", "properties": {"peeringState": "Connected"}}
    found = await scripted.outcome("put", (401, Body(b"{}", {"WWW-Authenticate": demand})), (200, whole(half)))
    assert getattr(found, "name", found) == "to-spoke-a"
