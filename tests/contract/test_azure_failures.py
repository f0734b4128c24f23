"""Azure's failures as the adapter hands them on: status, code, message and the wait, however they came."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from peering.adapters.errors import retry_after
from peering.adapters.networks import ArmNetworks
from peering.arm_calls import Meter, metered
from peering.core.network.failures import NO_ANSWER, AzureFailure, Kind, rule_for
from peering.core.network.resource_ids import VnetId
from tests.contract.conftest import Credential, Emulator
from tests.contract.grounds import RealGround, put


@dataclass
class Faulty:
    """A pair of networks whose peering writes can be made to fail."""

    ground: RealGround
    local: str
    one: VnetId
    other: VnetId

    def fail(self, method: str = "PUT", **how: Any) -> None:  # noqa: ANN401 - a rule of docs/local-azure.md
        path = f"{self.ground.group}/.*/virtualnetwork" + ("peerings/" if method in ("PUT", "DELETE") else "s/")
        self._set({"match": {"method": method, "path": path}, **how})

    def fail_polls(self, **how: Any) -> None:  # noqa: ANN401 - as above
        self._set({"match": {"method": "GET", "path": "/operations/"}, **how})

    def _set(self, rule: dict[str, Any]) -> None:
        httpx.put(f"{self.local}/control/faults", json=[rule], trust_env=False).raise_for_status()  # those before go

    async def failure(self) -> AzureFailure:
        with pytest.raises(AzureFailure) as caught:
            await self.ground.port.apply(put(self.one, self.other))
        return caught.value


@pytest.fixture
async def faulty(emulator: Emulator) -> AsyncIterator[Faulty]:
    adapter = ArmNetworks(emulator.reached_by(Credential(emulator.token())))
    with emulator.client() as http:
        ground = RealGround(adapter, http, f"rg-{uuid.uuid4().hex[:12]}")
        pair = [await ground.make("one", "10.0.0.0/16"), await ground.make("other", "10.1.0.0/16")]
        yield Faulty(ground, emulator.local, *pair)
    await adapter.close()


def answer(status: int, code: str = "SomeCode", message: str = "Some words.", **headers: str) -> dict[str, Any]:
    return {
        "status": status,
        "code": code,
        "message": message,
        "headers": {k.replace("_", "-"): v for k, v in headers.items()},
    }


STATUSES = [400, 401, 403, 404, 405, 408, 409, 412, 429, 500, 502, 503, 504]


@pytest.mark.parametrize("status", STATUSES)
async def test_status_code_and_message_are_handed_on_after_one_try(faulty: Faulty, status: int) -> None:
    faulty.fail(answer=answer(status, Retry_After="7"), times=5)
    with metered(meter := Meter()):
        found = await faulty.failure()
    assert (found.status, found.code, found.message) == (status, "SomeCode", "Some words.")
    assert (found.retry_after, meter.calls) == (timedelta(seconds=7), 1)


async def test_without_a_wait_there_is_none(faulty: Faulty) -> None:
    faulty.fail(answer=answer(409, "AnotherOperationInProgress"))
    assert (await faulty.failure()).retry_after is None


async def test_an_operation_that_was_accepted_and_failed_is_a_refusal(faulty: Faulty) -> None:
    faulty.fail(fail={"code": "AnotherOperationInProgress", "message": "It ended badly."})
    found = await faulty.failure()
    assert (found.code, found.message, found.status >= 400) == ("AnotherOperationInProgress", "It ended badly.", True)
    assert rule_for(found).kind is Kind.SOON


@pytest.mark.long
async def test_a_connection_that_is_always_cut_off_is_no_answer(faulty: Faulty) -> None:
    faulty.fail(drop="before", times=None)
    found = await faulty.failure()
    assert (found.status, rule_for(found).kind) == (NO_ANSWER, Kind.SOON)


async def test_a_connection_that_is_cut_off_once_is_tried_again(faulty: Faulty) -> None:
    faulty.fail(drop="before", times=1)
    assert await faulty.ground.port.apply(put(faulty.one, faulty.other)) is not None


async def test_work_that_was_done_although_the_answer_was_lost_is_found(faulty: Faulty) -> None:
    faulty.fail(drop="after", times=1)
    half = await faulty.ground.port.apply(put(faulty.one, faulty.other))
    assert half is not None
    assert half.remote == faulty.other


async def test_reading_fails_the_same_way(faulty: Faulty) -> None:
    faulty.fail("GET", answer=answer(403, "AuthorizationFailed", "The client does not have authorization."))
    with pytest.raises(AzureFailure) as caught:
        await faulty.ground.port.read(faulty.one)
    assert (caught.value.status, caught.value.code) == (403, "AuthorizationFailed")


@pytest.mark.parametrize("code", ["SubscriptionNotFound", "InvalidResourceType"])
async def test_a_404_that_is_about_something_else_is_no_missing_network(faulty: Faulty, code: str) -> None:
    faulty.fail("GET", answer=answer(404, code))
    with pytest.raises(AzureFailure) as caught:
        await faulty.ground.port.read(faulty.one)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "12"}, timedelta(seconds=12)),
        ({"Retry-After": "0"}, timedelta()),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "1.5"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, timedelta()),
        ({"Retry-After": "9" * 5000}, None),
        ({"Retry-After": "9" * 20}, None),
        ({"x-ms-retry-after-ms": "100", "Retry-After": "9"}, timedelta(milliseconds=100)),
    ],
    ids=range(10),
)
def test_the_wait_that_a_response_asks_for(headers: dict[str, str], wait: timedelta | None) -> None:
    assert retry_after(headers) == wait


BAD_POLLS: dict[str, dict[str, Any]] = {
    "a server error": {"answer": answer(500)},
    "too many": {"answer": answer(429)},
    "cut off": {"drop": "before"},
}


@pytest.mark.parametrize("how", BAD_POLLS.values(), ids=BAD_POLLS)
async def test_an_operation_goes_on_although_asking_about_it_fails(faulty: Faulty, how: dict[str, Any]) -> None:
    faulty.fail_polls(times=2, **how)
    half = await faulty.ground.port.apply(put(faulty.one, faulty.other))
    assert half is not None
    assert half.remote == faulty.other


async def test_an_operation_that_nobody_may_ask_about_is_told(faulty: Faulty) -> None:
    faulty.fail_polls(times=1, answer=answer(403, "AuthorizationFailed"))
    with pytest.raises(AzureFailure):
        await faulty.ground.port.apply(put(faulty.one, faulty.other))
