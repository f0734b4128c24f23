"""Event Grid events: which of them are a reason to look at a network, or at the hubs that a gateway may belong to.

An event is only a hint: it carries no tags and no address space, may come twice, late or out of order
(docs/facts/event-grid.md, A hint). Both schemas, Event Grid's and CloudEvents 1.0, have the same `data`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from peering.core.intake.fields import likely_time
from peering.core.intake.requests import Door, GatewayRequest, Request
from peering.core.network.resource_ids import InvalidResourceId, VnetId, subscription_of_gateway

# What the event subscription filters on (infra) and what is checked again here, in lower case.
OPERATIONS = {
    "microsoft.network/virtualnetworks/write",
    "microsoft.network/virtualnetworks/delete",
    "microsoft.resources/tags/write",
    "microsoft.resources/tags/delete",
    "microsoft.network/virtualnetworks/virtualnetworkpeerings/delete",
    "microsoft.network/virtualnetworkgateways/write",
    "microsoft.network/virtualnetworkgateways/delete",
    # A Route Server, and what ties it to its network.
    "microsoft.network/virtualhubs/write",
    "microsoft.network/virtualhubs/delete",
    "microsoft.network/virtualhubs/ipconfigurations/write",
    "microsoft.network/virtualhubs/ipconfigurations/delete",
}

_TYPES = {
    "Microsoft.Resources.ResourceWriteSuccess",
    "Microsoft.Resources.ResourceDeleteSuccess",
    "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated",
    "Microsoft.ResourceNotifications.Resources.Deleted",
}
_NOTIFICATION = "Microsoft.ResourceNotifications."
_DELETE = "microsoft.network/virtualnetworks/delete"
_NOTIFIED_OF_DELETE = "Microsoft.ResourceNotifications.Resources.Deleted"
_NOTIFIED_OF_WRITE = "Microsoft.ResourceNotifications.Resources.CreatedOrUpdated"
_VNETS = "/providers/microsoft.network/virtualnetworks/"
_TAGS = "microsoft.resources/tags/"
_TAGS_SUFFIX = "/providers/microsoft.resources/tags/default"
_PEERINGS = "/virtualnetworkpeerings/"
# Event Grid tries for a day; what it lays aside then is put back by hand; and a queue keeps a message for a week.
_OLDEST = timedelta(days=30)
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"


@dataclass(frozen=True, slots=True)
class Ignored:
    """The event asks for nothing. `malformed` when it is one that should have: worth a warning, not a retry."""

    reason: str
    malformed: bool = False


type Asked = Request | GatewayRequest
"""What an event asks for."""


def decode_event(event: object, own_principal: str | None, now: datetime) -> Asked | Ignored:
    """The request an event makes. `own_principal` is our object id: what we did ourselves is no news.

    `now` stands in for the time of an event that does not tell its own.
    """
    if not isinstance(event, dict) or not isinstance(event.get("data"), dict):
        return Ignored("it is not an event: an object with an object 'data' was expected", malformed=True)
    kind = str(event.get("eventType") or event.get("type") or "")
    if kind not in _TYPES:
        return Ignored(f"events of type {kind[:100]!r} are not ours")
    data = event["data"]
    operation = str(data.get("operationName") or "").lower()
    if not kind.startswith(_NOTIFICATION) and operation not in OPERATIONS:
        return Ignored(f"operation {operation[:100]!r} is not ours")
    if kind == _NOTIFIED_OF_WRITE and _is_child(_resource(event, data)):
        return Ignored("it is a part of a network that was written, not the network")
    who = _caller(data)
    if own_principal and who.lower() == own_principal.lower():
        return Ignored("it is the echo of our own write")
    return _request(event, data, who, now)


def _request(event: dict[str, Any], data: dict[str, Any], who: str, now: datetime) -> Asked | Ignored:
    resource = _network(_resource(event, data))
    tagged = str(data.get("operationName") or "").lower().startswith(_TAGS)
    gateway_in = None if tagged else subscription_of_gateway(resource)  # what its tags say is nothing to us
    if gateway_in is None and _VNETS not in resource.lower():
        return Ignored(f"{resource[:100]!r} is not a virtual network, nor a gateway that came or went")
    identity = str(event.get("id") or "")
    if not identity:
        return Ignored("it has no id", malformed=True)
    correlation = str(data.get("correlationId") or identity)
    known = _Known(identity[:100], who[:100], _time(event, now), correlation[:100])
    if gateway_in is not None:
        return GatewayRequest(subscription=gateway_in, **known._asdict())
    try:
        spoke = VnetId.parse(resource)
    except InvalidResourceId as error:
        return Ignored(str(error), malformed=True)
    return Request(spoke=spoke, door=Door.EVENT, gone=_is_deletion(event, data), **known._asdict())


class _Known(NamedTuple):
    """What every event tells, cut to the length that a row holds."""

    id: str
    who: str
    when: datetime
    correlation: str


def _is_deletion(event: dict[str, Any], data: dict[str, Any]) -> bool:
    """True when the network itself was deleted, and not a part of it."""
    kind = str(event.get("eventType") or event.get("type") or "")
    operation = str(data.get("operationName") or "").lower()
    return operation == _DELETE or (kind == _NOTIFIED_OF_DELETE and not _is_child(_resource(event, data)))


def _resource(event: dict[str, Any], data: dict[str, Any]) -> str:
    """The id of what was changed, without the suffix of a tag write (docs/facts/event-grid.md, Tag events)."""
    info = data.get("resourceInfo")
    described = info.get("id") if isinstance(info, dict) else None
    resource = str(described or data.get("resourceUri") or event.get("subject") or "")
    if resource.lower().endswith(_TAGS_SUFFIX):
        resource = resource[: -len(_TAGS_SUFFIX)]
    return resource


def _network(resource: str) -> str:
    """The VNet's id: for a peering its parent's."""
    peering = resource.lower().find(_PEERINGS)
    return resource if peering < 0 else resource[:peering]


def _is_child(resource: str) -> bool:
    """True for a subnet or a peering: notifications come for those too, and name no operation to tell them by."""
    return "/" in resource.lower().partition(_VNETS)[2]


def _caller(data: dict[str, Any]) -> str:
    claims = data.get("claims")
    return str(claims.get(_OBJECT_ID) or claims.get("appid") or "") if isinstance(claims, dict) else ""


def _time(event: dict[str, Any], now: datetime) -> datetime:
    """When it happened, as the event says; Azure writes seven fractional digits, of which six are kept."""
    try:
        when = datetime.fromisoformat(str(event.get("eventTime") or event.get("time")))
    except ValueError:
        return now
    known = when if when.utcoffset() is not None else when.replace(tzinfo=UTC)
    return likely_time(known, now, earliest=now - _OLDEST)
