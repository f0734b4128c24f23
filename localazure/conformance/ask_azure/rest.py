"""ARM over plain REST: one call at a time, what is waited for, and how an operation ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from localazure.client.arm import NETWORK_API
from localazure.conformance.ask_azure.question import Unasked

type Json = dict[str, Any]

BUSY = {"AnotherOperationInProgress", "RetryableError", "ReferencedResourceNotProvisioned"}
_OF_THE_SUBSCRIPTION = {"MissingSubscriptionRegistration", "ReadOnlyDisabledSubscription"}
_PATIENCE = 600.0  # seconds for an operation, and for a network that is busy
_LOOKS = 90.0  # seconds until a read that does not show what is looked for is believed
_TRIES = 5


@dataclass(frozen=True)
class Reply:
    """Header names are lower-cased; `body` is None where there was none, or none that is JSON."""

    status: int
    headers: dict[str, str]
    body: Any

    @property
    def accepted(self) -> bool:
        return self.status < 400

    @property
    def code(self) -> str:
        error = self.body.get("error") if isinstance(self.body, dict) else None
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    @property
    def said(self) -> str:
        """The status, and the code of an error."""
        return f"{self.status} {self.code}".strip()

    def get(self, *path: str) -> Any:  # noqa: ANN401  JSON of any kind
        """A member of the body; None where it is not."""
        found = self.body
        for name in path:
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def properties(self, *names: str) -> str:
        """Some properties in one text, `-` for one that is not there."""
        return " ".join(str(self.get("properties", name) or "-") for name in names)


@dataclass(frozen=True)
class Clock:
    """Seconds, and how to let some pass."""

    now: Callable[[], float] = time.monotonic
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep


class Rest:
    """Asks one ARM. `note` is given each exchange: the method, the whole URL, the body that was sent, the answer."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: Callable[[], Awaitable[str]],
        note: Callable[[str, str, Json | None, httpx.Response], None],
        clock: Clock,
    ) -> None:
        self._http = http
        self._token = token
        self._note = note
        self.clock = clock

    async def send(self, method: str, path: str, body: Json | None = None, version: str = NETWORK_API) -> Reply:
        """Ask once; only what throttling and failing servers refuse is asked again. `version` "" sends none.

        Raises Unasked for what is no answer to a question: a quota, a broken server, roles, a policy.
        """
        url = path + (f"{'&' if '?' in path else '?'}api-version={version}" if version else "")
        for attempt in range(_TRIES):
            said: object
            try:
                answer = await self._once(method, url, body)
            except httpx.TransportError as error:
                said, wait = repr(error), 2.0**attempt
            else:
                if not _passes(answer):
                    return _an_answer(answer, method, path)
                said, wait = answer.said, _wait(answer, 2.0**attempt)
            if attempt + 1 == _TRIES:
                raise Unasked(f"{method} {_short(path)}: {said}, {_TRIES} times")
            await self.clock.pause(wait)
        raise AssertionError("the last try returns or raises")

    async def _once(self, method: str, url: str, body: Json | None) -> Reply:
        absolute = self._http.base_url.join(url)
        if absolute.host != self._http.base_url.host or absolute.scheme != "https":
            raise Unasked(f"ARM names an address on {absolute.host}, where its token is not sent.")
        headers = {"Authorization": f"Bearer {await self._token()}"}
        answer = await self._http.request(method, absolute, json=body, headers=headers)
        self._note(method, str(absolute), body, answer)
        return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, _json(answer))

    async def write(self, method: str, path: str, body: Json | None = None, version: str = NETWORK_API) -> Reply:
        """As `send`, and again as long as a network is busy. The operation is still under way."""
        end = self.clock.now() + _PATIENCE
        reply = await self.send(method, path, body, version)
        while reply.code in BUSY and self.clock.now() < end:
            await self.clock.pause(_wait(reply, 3))
            reply = await self.send(method, path, body, version)
        return reply

    async def ended(self, reply: Reply) -> str:
        """Wait for the operation that an answer started: `Succeeded`, or how else it ended and the code."""
        address = reply.headers.get("azure-asyncoperation")
        end = self.clock.now() + _PATIENCE
        while reply.accepted and address:
            await self.clock.pause(_wait(reply, 2))
            reply = await self.send("GET", address, version="")
            if reply.accepted and (status := str(reply.get("status"))) != "InProgress":
                return f"{status} {reply.code}".strip()
            if self.clock.now() > end:
                raise Unasked(f"The operation {urlsplit(address).path} has not ended within {_PATIENCE:.0f} s.")
        return "Succeeded" if reply.accepted else reply.said

    async def running(self, reply: Reply) -> bool:
        """Whether the operation that an answer started is still under way."""
        address = reply.headers.get("azure-asyncoperation")
        return bool(address) and (await self.send("GET", str(address), version="")).get("status") == "InProgress"

    async def done(self, method: str, path: str, body: Json | None = None, version: str = NETWORK_API) -> Reply:
        """Write, and wait for the end; the first answer. Raises Unasked unless it went well."""
        reply = await self.write(method, path, body, version)
        end = await self.ended(reply)
        if end != "Succeeded":
            message = reply.get("error", "message") or ""
            raise Unasked(f"{method} {_short(path)}: {end} {message}".strip())
        return reply

    async def shows(
        self,
        path: str,
        looks: Callable[[Reply], bool],
        version: str = NETWORK_API,
        *,
        query: Json | None = None,
        within: float = _LOOKS,
    ) -> tuple[Reply, float]:
        """Read until it looks so, for reads may lag. The last answer, and after how many seconds it came."""
        start = self.clock.now()
        while True:
            reply = await self.send("POST" if query else "GET", path, query, version)
            seconds = self.clock.now() - start
            if looks(reply) or seconds >= within:
                return reply, seconds
            await self.clock.pause(1)


def _an_answer(reply: Reply, method: str, path: str) -> Reply:
    """Raises Unasked for what roles and policies refuse, a subscription that is disabled, and what is not emulated."""
    if reply.status in {401, 403, 501} or reply.code in _OF_THE_SUBSCRIPTION:
        message = reply.get("error", "message") or ""
        raise Unasked(f"{method} {_short(path)}: {reply.said} {message}".strip())
    return reply


def _short(path: str) -> str:
    return urlsplit(path).path.rpartition("/providers/")[2]


def _passes(reply: Reply) -> bool:
    """What passes by itself and says nothing of a network: a quota, a server that fails."""
    return (reply.status == 429 and reply.code != "RetryableError") or reply.status in {500, 502, 503, 504}


def _wait(reply: Reply, otherwise: float) -> float:
    """Seconds, as the answer says."""
    if text := reply.headers.get("x-ms-retry-after-ms"):
        return float(text) / 1000
    text = reply.headers.get("retry-after", "")
    return float(text) if text.isdigit() else otherwise


def _json(answer: httpx.Response) -> Any:  # noqa: ANN401  JSON of any kind
    try:
        return answer.json()
    except ValueError:
        return None
