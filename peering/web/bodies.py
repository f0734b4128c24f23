"""Records as JSON, and JSON as what a manual request asks for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from peering.core.arm_documents import flags_to_arm
from peering.core.model import Flags
from peering.core.policy import Catalogue
from peering.core.records import Record
from peering.core.resource_ids import ClassicNetworkId, InvalidResourceId, VnetId
from peering.web.problems import Problem

_LARGEST = 16 * 1024  # bytes; the two ids a request holds fit into one
_FIELDS = {"spoke", "hub"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a manual request asks for: look at this spoke, and, where it has no tag, peer it with this hub."""

    spoke: VnetId
    hub: str | None


def read_request(body: bytes, catalogue: Catalogue) -> Asked:
    """The body of `POST /api/peerings`; raises Problem with every fault of it."""
    if len(body) > _LARGEST:
        raise Problem(413, "", f"The body has {len(body)} bytes; a request takes at most {_LARGEST}.")
    document = _object(body)
    unknown = sorted(document.keys() - _FIELDS)
    errors = [(_pointer(name), "is not known; a request has spoke and hub") for name in unknown]
    spoke = _spoke(document.get("spoke"), errors)
    hub = _hub(document.get("hub"), catalogue, errors)
    if errors or spoke is None:
        raise Problem(422, "The request cannot be used", "See errors for each field.", errors)
    return Asked(spoke, hub)


def _pointer(name: str) -> str:
    """A JSON pointer as a URI fragment writes it (RFC 6901)."""
    return "#/" + name.replace("~", "~0").replace("/", "~1")


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "The body is not JSON", f"{error}. Send an object such as {_EXAMPLE}.") from error
    if not isinstance(document, dict):
        raise Problem(400, "The body is not an object", f"Send an object such as {_EXAMPLE}.")
    return document


_EXAMPLE = '{"spoke": "/subscriptions/…/virtualNetworks/spoke-a", "hub": "prod-weu"}'


def _spoke(value: object, errors: list[tuple[str, str]]) -> VnetId | None:
    if not isinstance(value, str):
        errors.append(("#/spoke", "is missing, or no text: give the resource id of the virtual network"))
        return None
    try:
        return VnetId.parse(value.strip())
    except ClassicNetworkId as error:
        errors.append(("#/spoke", f"ClassicNetwork: {error} Migrate it to Resource Manager first."))
    except InvalidResourceId as error:
        errors.append(("#/spoke", str(error)))
    return None


def _hub(value: object, catalogue: Catalogue, errors: list[tuple[str, str]]) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not (policy := catalogue.hub(value)):
        errors.append(("#/hub", f"names no hub; the hubs are {', '.join(sorted(catalogue.hubs))}"))
        return None
    return policy.name


def record_body(record: Record) -> dict[str, Any]:
    """A record as HTTP and the outcome events show it: names in camelCase, absent values as null."""
    return {
        "hub": record.hub,
        "key": record.spoke.key,
        "spoke": str(record.spoke),
        "state": record.state,
        "findings": [asdict(finding) for finding in record.findings],
        "notes": list(record.notes),
        "wanted": record.wanted,
        "namedBy": record.named_by,
        "addressSpace": [str(prefix) for prefix in record.prefixes],
        "location": record.location,
        "hubPeering": _half(record.hub_half, record.hub_flags),
        "spokePeering": _half(record.spoke_half, record.spoke_flags),
        "gateway": record.gateway or None,
        "door": record.door,
        "who": record.who,
        "correlationId": record.correlation,
        "attempts": record.attempts,
        "armCalls": record.calls,
        "notBefore": _time(record.not_before),
        "requested": _time(record.requested),
        "started": _time(record.started),
        "finished": _time(record.finished),
    }


def _half(identity: str, flags: Flags | None) -> dict[str, Any] | None:
    if not identity or flags is None:
        return None
    return {"id": identity} | flags_to_arm(flags)


def _time(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None


def page_body(records: Sequence[Record], token: str | None, query: Mapping[str, str]) -> dict[str, Any]:
    """A page of records; `next` holds the query of the following page."""
    following = dict(query) | {"token": token} if token else None
    return {"value": [record_body(record) for record in records], "next": following}
