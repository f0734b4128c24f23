"""Calls to ARM: what is asked again, what is waited for, and what is no answer."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from localazure.conformance.ask_azure.question import Unasked
from localazure.conformance.ask_azure.rest import Clock, Rest

ARM = "https://arm.example"
NETWORK = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"
POLL = f"{ARM}/subscriptions/s/providers/Microsoft.Network/locations/l/operations/1?api-version=1&s=signed"


class Stub:
    """An ARM that gives one answer after the other; `waited` are the seconds between them."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.waited: list[float] = []
        http = httpx.AsyncClient(base_url=ARM, transport=httpx.MockTransport(self._answer))
        self.rest = Rest(http, self._token, lambda *_: None, Clock(lambda: sum(self.waited), self._pause))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _token(self) -> str:
        return "t"

    async def _pause(self, seconds: float) -> None:
        self.waited.append(seconds)


def error(status: int, code: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": {"code": code, "message": "No."}}, headers=named)


def status(text: str, **more: object) -> httpx.Response:
    return httpx.Response(200, json={"status": text, **more}, headers={"Retry-After": "10"})


async def test_a_quota_is_waited_for_as_long_as_arm_says() -> None:
    stub = Stub(error(429, "SubscriptionRequestsThrottled", Retry_After="7"), httpx.Response(200, json={}))
    assert (await stub.rest.send("GET", NETWORK)).status == 200
    assert stub.waited == [7]


async def test_a_server_that_fails_is_asked_five_times() -> None:
    broken: list[Callable[[], httpx.Response | Exception]] = [
        lambda: httpx.Response(503, text="<html>"),
        lambda: error(500, "InternalServerError"),
        lambda: httpx.ConnectError("refused"),
    ]
    stub = Stub(*(each() for each in broken), httpx.Response(200, json={}))
    assert (await stub.rest.send("GET", NETWORK)).accepted
    assert stub.waited == [1, 2, 4]
    stub = Stub(*(error(500, "InternalServerError") for _ in range(5)))
    with pytest.raises(Unasked, match=r"GET Microsoft.Network/virtualNetworks/v: 500 InternalServerError, 5 times"):
        await stub.rest.send("GET", NETWORK)


@pytest.mark.parametrize(
    ("answered", "code"),
    [
        (401, "ExpiredAuthenticationToken"),
        (403, "AuthorizationFailed"),
        (501, "NotEmulated"),
        (409, "MissingSubscriptionRegistration"),
    ],
)
async def test_what_is_no_answer_to_any_question(answered: int, code: str) -> None:
    with pytest.raises(Unasked, match=rf"PUT Microsoft.Network/virtualNetworks/v: {answered} {code} No\."):
        await Stub(error(answered, code)).rest.send("PUT", NETWORK, {})


async def test_a_busy_network_is_an_answer_once_and_is_written_again_by_write() -> None:
    busy = error(429, "RetryableError", Retry_After="12")
    assert (await Stub(busy).rest.send("PUT", NETWORK, {})).said == "429 RetryableError"
    stub = Stub(
        busy,
        error(409, "AnotherOperationInProgress"),
        error(400, "ReferencedResourceNotProvisioned"),
        httpx.Response(201, json={}),
    )
    assert (await stub.rest.write("PUT", NETWORK, {})).said == "201"
    assert stub.waited == [12, 3, 3]


async def test_an_operation_is_followed_to_its_end() -> None:
    started = httpx.Response(201, json={}, headers={"Azure-AsyncOperation": POLL, "Retry-After": "3"})
    stub = Stub(started, status("InProgress"), status("InProgress"), status("Succeeded"))
    assert await stub.rest.ended(await stub.rest.send("PUT", NETWORK, {})) == "Succeeded"
    assert stub.waited == [3, 10, 10]
    assert str(stub.asked[-1].url) == POLL
    stub = Stub(started, status("Failed", error={"code": "Canceled"}))
    assert await stub.rest.ended(await stub.rest.send("PUT", NETWORK, {})) == "Failed Canceled"
    stub = Stub(started, error(404, "NotFound"))
    assert await stub.rest.ended(await stub.rest.send("PUT", NETWORK, {})) == "404 NotFound"


async def test_an_operation_without_an_end_is_given_up() -> None:
    started = httpx.Response(201, json={}, headers={"Azure-AsyncOperation": POLL})
    stub = Stub(started, *(status("InProgress") for _ in range(100)))
    with pytest.raises(Unasked, match=r"operations/1 has not ended within 600 s"):
        await stub.rest.ended(await stub.rest.send("PUT", NETWORK, {}))


@pytest.mark.parametrize("address", ["https://elsewhere.example/operations/1", "http://arm.example/operations/1"])
async def test_the_token_goes_nowhere_else(address: str) -> None:
    stub = Stub(httpx.Response(201, json={}, headers={"Azure-AsyncOperation": address}))
    reply = await stub.rest.send("PUT", NETWORK, {})
    with pytest.raises(Unasked, match="where its token is not sent"):
        await stub.rest.ended(reply)
    assert len(stub.asked) == 1


async def test_a_read_is_repeated_until_it_shows_what_was_written() -> None:
    stub = Stub(error(404, "NotFound"), httpx.Response(200, json={"a": 1}), httpx.Response(200, json={"a": 2}))
    reply, seconds = await stub.rest.shows(NETWORK, lambda each: each.get("a") == 2)
    assert (reply.get("a"), seconds) == (2, 2)
    stub = Stub(*(httpx.Response(200, json={"a": 1}) for _ in range(100)))
    reply, seconds = await stub.rest.shows(NETWORK, lambda each: each.get("a") == 2, within=30)
    assert (reply.get("a"), seconds) == (1, 30)
