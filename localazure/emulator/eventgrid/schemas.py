"""The two schemas of an event, and how one is written in the other."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from localazure.emulator.eventgrid.subscription import CLOUD_EVENT_SCHEMA

_EVENT_GRID_REQUIRED = ("id", "subject", "data", "eventType", "eventTime", "dataVersion")
_EVENT_GRID_ALLOWED = {*_EVENT_GRID_REQUIRED, "topic", "metadataVersion"}
_CLOUD_EVENT_REQUIRED = ("id", "source", "type", "specversion")
_CLOUD_EVENT_KNOWN = {*_CLOUD_EVENT_REQUIRED, "subject", "time", "data", "data_base64", "datacontenttype"}
_EXTENSION = re.compile(r"[a-z0-9]{1,20}")


def utc_now() -> str:
    """Now, with the seven fractional digits of a .NET service."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def is_cloud_event(event: Mapping[str, Any]) -> bool:
    return "specversion" in event


def in_schema(event: Mapping[str, Any], schema: str) -> dict[str, Any]:
    """The same event as the subscription wants it. CloudEvents are never turned into Event Grid's schema."""
    if schema != CLOUD_EVENT_SCHEMA or is_cloud_event(event):
        return dict(event)
    return {
        "id": event["id"],
        "source": event.get("topic", ""),
        "subject": event.get("subject", ""),
        "type": event["eventType"],
        "time": event["eventTime"],
        "specversion": "1.0",
        "data": event.get("data"),
    }


def fault_of(event: object, *, cloud_event: bool) -> str | None:
    """Why a topic with this input schema refuses the event (in the service's words), or None."""
    schema = "CloudEventV10" if cloud_event else "EventGridEvent"
    prefix = f"This resource is configured for '{schema}' schema."
    if not isinstance(event, dict):
        return f"{prefix} Expected a JSON object for each event."
    fault = _cloud_event_fault(event) if cloud_event else _event_grid_fault(event)
    return f"{prefix} {fault}" if fault else None


def _event_grid_fault(event: dict[str, Any]) -> str | None:
    for name in event:
        if name not in _EVENT_GRID_ALLOWED:
            return f"Received unexpected property '{name}' in JSON which does not conform to the expected schema."
    return _missing(event, _EVENT_GRID_REQUIRED) or _bad_time(event, "eventTime")


def _cloud_event_fault(event: dict[str, Any]) -> str | None:
    missing = _missing(event, _CLOUD_EVENT_REQUIRED)
    if missing:
        return missing
    if event["specversion"] != "1.0":
        return f"Specversion '{event['specversion']}' is not supported: it must be '1.0'."
    for name in event:
        if name not in _CLOUD_EVENT_KNOWN and not _EXTENSION.fullmatch(name):
            return f"The attribute name '{name}' must be 1 to 20 lower-case letters or digits."
    if "data" in event and "data_base64" in event:
        return "An event has either 'data' or 'data_base64', not both."
    return _bad_time(event, "time")


def _missing(event: dict[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        if name not in event or (name != "data" and event[name] in (None, "")):
            return f"Required property '{name}' was not found or is empty in JSON."
    return None


def _bad_time(event: dict[str, Any], name: str) -> str | None:
    if event.get(name) is None:
        return None
    try:
        datetime.fromisoformat(str(event[name]))
    except ValueError:
        return f"Property '{name}' is not an RFC 3339 time: '{event[name]}'."
    return None
