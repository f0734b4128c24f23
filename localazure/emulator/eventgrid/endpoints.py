"""Where events go: a webhook over http, or a storage queue over its REST interface."""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import aiohttp

from localazure.emulator.eventgrid.schemas import in_schema, utc_now
from localazure.emulator.eventgrid.subscription import (
    CLOUD_EVENT_SCHEMA,
    EventSubscription,
    StorageQueue,
    WebHook,
)

ANSWER_WITHIN_SECONDS = 30
_NETWORK_ERRORS = (aiohttp.ClientError, TimeoutError, OSError)
_OUTCOMES = {400: "BadRequest", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 408: "TimedOut"}
_OUTCOMES |= {413: "PayloadTooLarge", 429: "Busy", 503: "Busy"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. `status` is None when there was no answer."""

    status: int | None
    detail: str
    """Event Grid's word for it, as `lastDeliveryOutcome` gives it."""
    delivered: bool
    final: bool = False
    """Trying again is pointless: the event is dead-lettered at once."""


async def deliver(
    session: aiohttp.ClientSession, subscription: EventSubscription, event: Mapping[str, Any], attempt: int
) -> Outcome:
    """Make one attempt, the `attempt`-th (from 1). Never raises for what the endpoint does."""
    body = in_schema(event, subscription.schema)
    endpoint = subscription.endpoint
    try:
        if isinstance(endpoint, StorageQueue):
            return await _put_message(session, endpoint, body)
        return await _notify(session, endpoint, subscription, body, attempt)
    except TimeoutError:
        return Outcome(None, "TimedOut", delivered=False)
    except _NETWORK_ERRORS as error:
        return Outcome(None, f"GenericError: {error}", delivered=False)


async def _notify(
    session: aiohttp.ClientSession,
    endpoint: WebHook,
    subscription: EventSubscription,
    body: dict[str, Any],
    attempt: int,
) -> Outcome:
    cloud = subscription.schema == CLOUD_EVENT_SCHEMA
    headers = {
        "Content-Type": f"application/{'cloudevents+json' if cloud else 'json'}; charset=utf-8",
        "aeg-event-type": "Notification",
        "aeg-subscription-name": subscription.name,
        "aeg-delivery-count": str(attempt - 1),
        "aeg-data-version": str(body.get("dataVersion", "")),
        "aeg-metadata-version": "1",
    }
    payload = json.dumps(body if cloud else [body]).encode()
    async with session.post(endpoint.url, data=payload, headers=headers, allow_redirects=False) as response:
        await response.read()
        return _outcome(response.status, delivered=range(200, 205), final={400, 401, 413})


async def _put_message(session: aiohttp.ClientSession, endpoint: StorageQueue, body: dict[str, Any]) -> Outcome:
    event = json.dumps(body)
    text = base64.b64encode(event.encode()).decode() if endpoint.base64 else escape(event)
    payload = f"<QueueMessage><MessageText>{text}</MessageText></QueueMessage>".encode()
    url = f"{endpoint.account.queue_endpoint}/{quote(endpoint.queue_name)}/messages"
    headers = endpoint.account.authorized("POST", url, payload, "application/xml")
    async with session.post(url, data=payload, headers=headers) as response:
        await response.read()
        return _outcome(response.status, delivered=range(200, 205), final={400, 413})


def _outcome(status: int, *, delivered: range, final: set[int]) -> Outcome:
    if status in delivered:
        return Outcome(status, "Delivered", delivered=True)
    return Outcome(status, _OUTCOMES.get(status, f"Http{status}"), delivered=False, final=status in final)


async def validate(session: aiohttp.ClientSession, subscription: EventSubscription, topic: str) -> None:
    """Ask a webhook to prove that it wants these events; queues need no proof.

    Raises:
        ValueError: It does not answer, or not as the handshake demands. The text says which.
    """
    if not isinstance(subscription.endpoint, WebHook):
        return
    handshake = _options if subscription.schema == CLOUD_EVENT_SCHEMA else _validation_event
    try:
        fault = await handshake(session, subscription.endpoint.url, subscription.name, topic)
    except _NETWORK_ERRORS as error:
        fault = f"it gave no answer ({type(error).__name__}: {error})"
    if fault:
        url = subscription.endpoint.base_url
        raise ValueError(f"The attempt to validate the provided endpoint {url} failed: {fault}.")


async def _validation_event(session: aiohttp.ClientSession, url: str, name: str, topic: str) -> str | None:
    """Event Grid schema: the endpoint sends back the code, with status 200 and no other."""
    code = str(uuid.uuid4())
    event = {
        "id": str(uuid.uuid4()),
        "topic": topic,
        "subject": "",
        "data": {"validationCode": code},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": utc_now(),
        "metadataVersion": "1",
        "dataVersion": "2",
    }
    headers = {"aeg-event-type": "SubscriptionValidation", "aeg-subscription-name": name}
    async with session.post(url, json=[event], headers=headers, allow_redirects=False) as response:
        text = await response.text()
    if response.status != 200:
        return f"it answered the validation event with {response.status}, not 200"
    try:
        answered = json.loads(text).get("validationResponse")
    except (ValueError, AttributeError):
        return "its answer to the validation event is not a JSON object"
    return None if answered == code else "its validationResponse is not the code that was sent"


async def _options(session: aiohttp.ClientSession, url: str, name: str, topic: str) -> str | None:
    """CloudEvents: an OPTIONS request that the endpoint allows by naming the origin, or `*`."""
    del name, topic  # the abuse protection of CloudEvents carries neither
    origin = "eventgrid.azure.net"
    async with session.options(url, headers={"WebHook-Request-Origin": origin}) as response:
        allowed = response.headers.get("WebHook-Allowed-Origin", "")
    if response.status != 200:
        return f"it answered OPTIONS with {response.status}, not 200"
    if allowed not in ("*", origin):
        return f"it does not allow the origin {origin} on {urlsplit(url).path}"
    return None
