"""Bodies of plain resources, in the form of an api-version."""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.plain_types import plain_type
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.wire.resource_body import resource_body

type Json = dict[str, Any]


# What a version does not show yet, by the first that does (recordings of 2016 and 2019 to 2023).
_TABLES_SAY_BGP_SINCE = "2017-10-01"
_ROUTES_SAY_BGP_SINCE = "2018-01-01"
_PARTS_TYPED_SINCE = "2018-01-01"


def plain_body(estate: Estate, resource: PlainResource, version: str) -> Json:
    known = plain_type(resource.id)
    if known is None:
        return resource_body(resource, resource.properties) | resource.top_level
    state = {"provisioningState": resource.provisioning_state, "resourceGuid": resource.guid}
    body = resource_body(resource, state | known.properties(estate, resource)) | resource.top_level
    filled_in = {name: defaults | resource.top_level.get(name, {}) for name, defaults in known.top_level.items()}
    body |= filled_in
    if version < _PARTS_TYPED_SINCE:
        _as_before(body["properties"], version)
    return body


def _as_before(properties: Json, version: str) -> None:
    """Take out what came with later versions; the parts are made anew for each body."""
    if version < _TABLES_SAY_BGP_SINCE:
        properties.pop("disableBgpRoutePropagation", None)
    for parts in (value for value in properties.values() if isinstance(value, list)):
        for part in (each for each in parts if isinstance(each, dict) and "etag" in each):
            part.pop("type", None)
            if version < _ROUTES_SAY_BGP_SINCE:
                part["properties"].pop("hasBgpOverride", None)
