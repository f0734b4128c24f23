"""The life of one event on its way to one subscription: attempts, waits between them, and how it ends."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localazure.emulator.eventgrid.endpoints import Outcome
from localazure.emulator.eventgrid.schemas import in_schema, utc_now
from localazure.emulator.eventgrid.subscription import EventSubscription

Sleep = Callable[[float], Awaitable[None]]
Attempt = Callable[[int], Awaitable[Outcome]]


@dataclass(slots=True)
class Delivery:
    """What `/control/events` shows of it. States: Pending, Delivered, Retrying, DeadLettered."""

    subscription: str
    state: str = "Pending"
    attempts: list[dict[str, Any]] = field(default_factory=list)
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        body = {"subscription": self.subscription, "state": self.state, "attempts": self.attempts}
        return body | ({"deadLetterReason": self.reason} if self.reason else {})


async def run(
    delivery: Delivery, subscription: EventSubscription, attempt: Attempt, sleep: Sleep, rng: random.Random
) -> None:
    """Try until it is delivered, or the policy or the endpoint says to stop."""
    retry, waited = subscription.retry, 0.0
    for number in range(1, retry.max_attempts + 1):
        if number > 1:
            wait = retry.wait_before(number) * (1 + rng.random() * retry.jitter)
            waited += wait
            await sleep(wait)
            # Like Event Grid, the time to live is looked at only when the next attempt is due.
            if waited > retry.time_to_live_seconds:
                return _dead_letter(delivery, "TimeToLiveExceeded")
        outcome = await _timed(delivery, attempt, number)
        if outcome.delivered:
            delivery.state = "Delivered"
            return None
        if outcome.final:
            return _dead_letter(delivery, f"UndeliverableDueToHttp{outcome.detail}")
        delivery.state = "Retrying"
    return _dead_letter(delivery, "MaxDeliveryAttemptsExceeded")


async def _timed(delivery: Delivery, attempt: Attempt, number: int) -> Outcome:
    at, started = utc_now(), time.perf_counter()
    outcome = await attempt(number)
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    delivery.attempts.append({"time": at, "status": outcome.status, "outcome": outcome.detail, "ms": milliseconds})
    return outcome


def _dead_letter(delivery: Delivery, reason: str) -> None:
    delivery.state, delivery.reason = "DeadLettered", reason


def dead_letter_of(
    event: Mapping[str, Any], delivery: Delivery, subscription: EventSubscription, published: str
) -> dict[str, Any]:
    """The event as the blob of a dead-letter container holds it, in the schema of the subscription."""
    extra = {
        "deadLetterReason": delivery.reason,
        "deliveryAttempts": len(delivery.attempts),
        "lastDeliveryOutcome": delivery.attempts[-1]["outcome"],
        "publishTime": published,
        "lastDeliveryAttemptTime": delivery.attempts[-1]["time"],
    }
    body = in_schema(event, subscription.schema)
    if "specversion" in body:
        extra = {name.lower(): value for name, value in extra.items()}
    return {**body, **extra}


async def real_sleep(seconds: float) -> None:
    """The default for `sleep`, so that a test can put its own clock in its place."""
    await asyncio.sleep(seconds)
