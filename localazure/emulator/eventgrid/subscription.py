"""An event subscription as `/control/subscriptions/{name}` takes it: where to, what, in which schema, how often."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from localazure.emulator.eventgrid.filters import EventFilter, parse_filter
from localazure.emulator.eventgrid.shared_key import StorageAccount

EVENT_GRID_SCHEMA = "EventGridSchema"
CLOUD_EVENT_SCHEMA = "CloudEventSchemaV1_0"

REAL_SCHEDULE = (10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0, 10_800.0, 21_600.0, 43_200.0)
"""Seconds before each retry; the last one repeats (Event Grid's delivery-and-retry page)."""


@dataclass(frozen=True, slots=True)
class WebHook:
    """An https (here: http on loopback) endpoint that has passed the validation handshake."""

    url: str

    @property
    def base_url(self) -> str:
        """Without the query, because that holds the function key."""
        return self.url.partition("?")[0]


@dataclass(frozen=True, slots=True)
class StorageQueue:
    """A queue that gets one message per event."""

    account: StorageAccount
    queue_name: str
    base64: bool = True
    """Event Grid writes base64 (it wrote plain text before 2022); `"encoding": "none"` asks for plain text."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often an event is tried. The first limit that is reached ends it."""

    max_attempts: int = 30
    schedule: tuple[float, ...] = REAL_SCHEDULE
    time_to_live_seconds: float = 1440 * 60
    jitter: float = 0.1
    """Share of each wait added at random; none when a schedule was given."""

    def wait_before(self, attempt: int) -> float:
        """Seconds between attempt number `attempt` - 1 and `attempt`, which is 2 or more."""
        return self.schedule[min(attempt - 2, len(self.schedule) - 1)]


@dataclass(frozen=True, slots=True)
class Disorder:
    """For tests: what at-least-once without order may do. Every event comes 1 + `duplicates` times."""

    duplicates: int = 0
    shuffle_within_seconds: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSubscription:
    """`topic` is the name of a custom topic, or None for the subscription's system topic."""

    name: str
    endpoint: WebHook | StorageQueue
    schema: str = EVENT_GRID_SCHEMA
    filter: EventFilter = field(default_factory=EventFilter)
    retry: RetryPolicy = RetryPolicy()
    disorder: Disorder = Disorder()
    topic: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """As it was put, to be read back."""


def parse_subscription(name: str, body: Mapping[str, Any]) -> EventSubscription:
    """Read a subscription.

    Raises:
        ValueError: What is wrong with it, naming the property.
    """
    schema = body.get("schema", EVENT_GRID_SCHEMA)
    if schema not in (EVENT_GRID_SCHEMA, CLOUD_EVENT_SCHEMA):
        raise ValueError(f"schema: '{schema}' is neither {EVENT_GRID_SCHEMA} nor {CLOUD_EVENT_SCHEMA}")
    return EventSubscription(
        name=name,
        endpoint=_endpoint(body.get("endpoint") or {}),
        schema=schema,
        filter=parse_filter(body.get("filter") or {}),
        retry=_retry(body.get("retry") or {}),
        disorder=_disorder(body.get("disorder") or {}),
        topic=body.get("topic"),
        body=body,
    )


def _endpoint(body: Mapping[str, Any]) -> WebHook | StorageQueue:
    match body.get("type"):
        case "WebHook":
            url = str(body.get("url", ""))
            if urlsplit(url).scheme not in ("http", "https"):
                raise ValueError(f"endpoint.url: '{url}' is not an http or https URL")
            return WebHook(url)
        case "StorageQueue":
            account = StorageAccount.parse(str(body.get("connectionString", "")))
            queue = str(body.get("queueName", ""))
            if not queue:
                raise ValueError("endpoint.queueName is missing")
            return StorageQueue(account, queue, base64=body.get("encoding", "base64") != "none")
        case other:
            raise ValueError(f"endpoint.type: '{other}' is neither WebHook nor StorageQueue")


def _retry(body: Mapping[str, Any]) -> RetryPolicy:
    attempts = int(body.get("maxAttempts", 30))
    minutes = float(body.get("eventTimeToLiveInMinutes", 1440))
    if not 1 <= attempts <= 30:
        raise ValueError(f"retry.maxAttempts: {attempts} is not between 1 and 30")
    if not 1 <= minutes <= 1440:
        raise ValueError(f"retry.eventTimeToLiveInMinutes: {minutes:g} is not between 1 and 1440")
    if "scheduleSeconds" not in body:
        return RetryPolicy(attempts, time_to_live_seconds=minutes * 60)
    schedule = tuple(float(one) for one in body["scheduleSeconds"])
    if not schedule or min(schedule) < 0:
        raise ValueError("retry.scheduleSeconds must hold at least one number, and none below 0")
    return RetryPolicy(attempts, schedule, minutes * 60, jitter=0.0)


def _disorder(body: Mapping[str, Any]) -> Disorder:
    window = float(body.get("withinSeconds", 0.5)) if body.get("shuffle") else 0.0
    return Disorder(int(body.get("duplicates", 0)), window, int(body.get("seed", 0)))
