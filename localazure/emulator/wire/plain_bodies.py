"""Bodies of plain resources; no api-version shows them in another form."""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.plain_types import plain_type
from localazure.emulator.networks.resources import PlainResource
from localazure.emulator.wire.resource_body import resource_body

type Json = dict[str, Any]


def plain_body(estate: Estate, resource: PlainResource) -> Json:
    known = plain_type(resource.id)
    if known is None:
        return resource_body(resource, resource.properties) | resource.top_level
    state = {"provisioningState": resource.provisioning_state, "resourceGuid": resource.guid}
    body = resource_body(resource, state | known.properties(estate, resource)) | resource.top_level
    filled_in = {name: defaults | resource.top_level.get(name, {}) for name, defaults in known.top_level.items()}
    return body | filled_in
