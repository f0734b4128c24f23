"""What the queue carries: our own requests, and events that Event Grid put there without asking us."""

import json
from base64 import b64decode
from binascii import Error as Base64Error
from datetime import datetime
from typing import Any

from peering.core.intake.alarms import KIND, Alarm
from peering.core.intake.events import Ignored, decode_event
from peering.core.intake.fields import InvalidRequest
from peering.core.intake.requests import GATEWAY, GatewayRequest, Request
from peering.core.intake.sweep_orders import KIND as SWEEP
from peering.core.intake.sweep_orders import SweepOrder

type Message = Request | GatewayRequest | Alarm | SweepOrder
"""What we put on the queue ourselves."""


def decode_message(body: str, own_principal: str | None, now: datetime) -> list[Message | Ignored]:
    """Read a message, plain or base64 (Event Grid has written both: docs/facts/event-grid.md, Encoding in a queue).

    One request or alarm, or one entry for each event of an array. Raises InvalidRequest for anything else.
    """
    document = _json(body)
    if isinstance(document, dict) and document.get("kind") == "request":
        return [Request.from_document(document, now)]
    if isinstance(document, dict) and document.get("kind") == KIND:
        return [Alarm.from_document(document)]
    if isinstance(document, dict) and document.get("kind") == GATEWAY:
        return [GatewayRequest.from_document(document, now)]
    if isinstance(document, dict) and document.get("kind") == SWEEP:
        return [SweepOrder.from_document(document, now)]
    events = document if isinstance(document, list) else [document]
    decoded: list[Message | Ignored] = [decode_event(event, own_principal, now) for event in events]
    if not decoded or all(isinstance(entry, Ignored) and entry.malformed for entry in decoded):
        reason = decoded[0].reason if decoded and isinstance(decoded[0], Ignored) else "it is empty"
        raise InvalidRequest(f"the message is neither a request of Autopeer nor an event: {reason}.")
    return decoded


def _json(body: str) -> Any:  # noqa: ANN401 - JSON can be anything; the callers look
    text = body.strip()
    try:
        return _plain_or_base64(text)
    except RecursionError as error:
        raise InvalidRequest("the message is JSON nested too deeply.") from error


def _plain_or_base64(text: str) -> Any:  # noqa: ANN401 - as above
    try:
        return json.loads(text)
    except ValueError as plain:
        try:
            return json.loads(b64decode(text, validate=True))
        except (Base64Error, ValueError):
            raise InvalidRequest(f"the message is not JSON ({plain}).") from plain
