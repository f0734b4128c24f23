"""From events to the lines of the page: what happened, to what, and whether it was delivered."""

import json
from collections.abc import Mapping
from typing import Any

type Json = dict[str, Any]

MAX_DATA_LENGTH = 400


def event_line(event: Mapping[str, Any]) -> Json:
    """One line for an event in either schema, with a word for each of its deliveries."""
    data = event.get("data")
    operation = data.get("operationName") if isinstance(data, dict) else None
    return {
        "id": event.get("id", ""),
        "time": event.get("eventTime") or event.get("time") or "",
        "type": event.get("eventType") or event.get("type") or "",
        "operation": operation or "",
        "subject": event.get("subject", ""),
        "data": "" if operation else json.dumps(data, ensure_ascii=False)[:MAX_DATA_LENGTH],
        "deliveries": [_delivery_line(one) for one in event.get("deliveries", ())],
    }


def _delivery_line(delivery: Mapping[str, Any]) -> Json:
    attempts = delivery["attempts"]
    last = attempts[-1] if attempts else {}
    return {
        "subscription": delivery["subscription"],
        "state": delivery["state"],
        "attempts": len(attempts),
        "status": last.get("status"),
        "ms": last.get("ms"),
    }
