"""Waits before Resource Manager has to refuse: every request of the process, whichever hub it is for."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.rest import HttpRequest

from peering.adapters.errors import limit_stands_still, refusal
from peering.core.network.failures import AzureFailure
from peering.core.network.quotas import Quota, Use, use_of
from peering.log import logger

_log = logger(__name__)

_LONGEST = 120.0  # seconds that a request waits in place; who would wait longer gives his hub to others
_SPENT = "SubscriptionRequestsThrottled"
_SUBSCRIPTION = re.compile(r"^https?://[^/]+/subscriptions/([^/?]+)", re.IGNORECASE)
_OF_NETWORK = re.compile(r"/providers/Microsoft\.Network/(?!.*/providers/)", re.IGNORECASE)


@dataclass(slots=True)
class _Line:
    """Those who wait for the same, first come first served."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    length: int = 0


class QuotaPolicy(AsyncHTTPPolicy[Any, Any]):
    """Sends a request when its subscription's quota has room. The wait is not counted as Azure's.

    `clock` in seconds, `sleep` sleeps so many.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        super().__init__()
        self._clock = clock
        self._sleep = sleep
        self._quotas: defaultdict[str, Quota] = defaultdict(Quota)
        self._lines: defaultdict[tuple[str, Use], _Line] = defaultdict(_Line)

    def may_hurry(self, subscription: str) -> bool:
        """Whether that subscription can do with polls before their time."""
        return self._quotas[subscription.lower()].may_hurry(self._clock())

    async def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        """Raises AzureFailure, as Resource Manager would refuse, where the wait would be too long."""
        subscription = _subscription(request.http_request)
        if subscription is None:
            return await self.next.send(request)
        number = await self._admitted(subscription, request.http_request)
        try:
            answer = await self.next.send(request)
        finally:
            self._quotas[subscription].answered(use_of(request.http_request.method))
        await self._learn(subscription, number, answer)
        return answer

    async def _admitted(self, subscription: str, request: HttpRequest) -> int:
        use, of_network = use_of(request.method), bool(_OF_NETWORK.search(request.url))
        quota, line = self._quotas[subscription], self._lines[subscription, use]

        def wait(ahead: int = 0) -> float:
            seconds = quota.wait(use, self._clock(), ahead, of_network=of_network)
            if seconds > _LONGEST:
                raise _refused(subscription, use, seconds)
            return seconds

        if wait(line.length) > 0 or line.length:
            _log.info("the %s of subscription %s are used up for now, %d wait", use, subscription, line.length)
            line.length += 1
            try:
                with limit_stands_still():
                    async with line.turn:
                        while (seconds := wait()) > 0:
                            await self._sleep(seconds)
                        return quota.take(use, self._clock(), of_network=of_network)
            finally:
                line.length -= 1
        return quota.take(use, self._clock(), of_network=of_network)

    async def _learn(self, subscription: str, number: int, answer: PipelineResponse[Any, Any]) -> None:
        response, now = answer.http_response, self._clock()
        quota, use = self._quotas[subscription], use_of(answer.http_request.method)
        if (left := response.headers.get(f"x-ms-ratelimit-remaining-subscription-{use}", "")).isdecimal():
            quota.told(use, number, int(left), now)
        if response.status_code == 429:
            await response.read()  # that to a write is a stream until somebody wants it
            code, wait = refusal(response)
            quota.refused(now, wait)
            if code == _SPENT:
                quota.spent(use, now, wait)


def _subscription(request: HttpRequest) -> str | None:
    found = _SUBSCRIPTION.match(request.url)
    return found[1].lower() if found else None


def _refused(subscription: str, use: Use, seconds: float) -> AzureFailure:
    words = (
        f"Subscription {subscription} has no {use} left for {seconds:.0f} s: Azure takes only so many of them in a "
        "time, and this app has used them up. Nothing was sent; it is tried again then."
    )
    return AzureFailure(429, _SPENT, words, timedelta(seconds=round(seconds)))
