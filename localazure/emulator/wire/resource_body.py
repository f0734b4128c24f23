"""The body of a resource: what every one of them shows, its properties last."""

from __future__ import annotations

from typing import Any

from localazure.emulator.networks.resources import Resource

type Json = dict[str, Any]


def resource_body(resource: Resource, properties: Json) -> Json:
    body: Json = {
        "name": resource.id.name,
        "id": resource.id.text,
        "etag": resource.entity_tag,
        "type": resource.id.type,
        "location": resource.location,
    }
    if resource.tags is not None:
        body["tags"] = resource.tags
    body["properties"] = properties
    return body
