"""Routes of the Tags API, on any resource, on resource groups and on subscriptions."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import ArmError, resource_not_found
from localazure.emulator.networks import refusals, tags
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resource_groups import find_group
from localazure.emulator.networks.resources import Resource, Subscription
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.responses import announce_write
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_SUFFIX = "/providers/Microsoft.Resources/tags/default"
_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"


class TagRoutes:
    """What ARM serves below `providers/Microsoft.Resources/tags/default`.

    A write here is announced as `Microsoft.Resources/tags/write` on the tagged resource, and as nothing else.
    """

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        for scope in (_GROUP + "/providers/{resource*}", _GROUP, "/subscriptions/{subscription}"):
            router.add("GET", scope + _SUFFIX, self._get)
            router.add("PUT", scope + _SUFFIX, self._put)
            router.add("PATCH", scope + _SUFFIX, self._patch)
            router.add("DELETE", scope + _SUFFIX, self._delete)

    def _get(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._shown(request, self._find(request, names))

    def _put(self, request: ArmRequest, names: Names) -> ArmResponse:
        tagged = self._find(request, names)
        return self._set(request, tagged, _sent_tags(request))

    def _patch(self, request: ArmRequest, names: Names) -> ArmResponse:
        tagged = self._find(request, names)
        operation = str(request.json().get("operation", ""))
        return self._set(request, tagged, tags.patch(tagged.tags or {}, operation, _sent_tags(request)))

    def _delete(self, request: ArmRequest, names: Names) -> ArmResponse:
        tagged = self._find(request, names)
        self._write(request, tagged, {}, "delete")
        return ArmResponse(status=200)

    def _set(self, request: ArmRequest, tagged: tags.Tagged, wanted: dict[str, str]) -> ArmResponse:
        self._write(request, tagged, wanted, "write")
        return self._shown(request, tagged)

    def _write(self, request: ArmRequest, tagged: tags.Tagged, wanted: dict[str, str], verb: str) -> None:
        if isinstance(tagged, Resource):
            self._estate.group(tagged.id)
            self._estate.refuse_if_in_flight(tagged.id, request.write())
        tags.write(tagged, wanted)
        if isinstance(tagged, Subscription):
            self._estate.subscription_tags[tagged.id.lower()] = tagged
        announce_write(self._estate, request, str(tagged.id), f"Microsoft.Resources/tags/{verb}")

    def _shown(self, request: ArmRequest, tagged: tags.Tagged) -> ArmResponse:
        scope = request.path[: -len(_SUFFIX)] if request.path.lower().endswith(_SUFFIX.lower()) else str(tagged.id)
        body = {
            "id": scope + _SUFFIX,
            "name": "default",
            "type": "Microsoft.Resources/tags",
            "properties": {"tags": tagged.tags or {}},
        }
        return ArmResponse(status=200, body=body)

    def _find(self, request: ArmRequest, names: Names) -> tags.Tagged:
        if "group" not in names:
            return self._estate.subscription(names["subscription"])
        group = find_group(
            self._estate, f"/subscriptions/{names['subscription']}/resourceGroups/{names['group']}", names["group"]
        )
        if "resource" not in names:
            return group
        target = ResourceId.parse(request.path[: request.path.lower().rindex(_SUFFIX.lower())])
        if target is None:
            raise ArmError(400, "InvalidResourceId", f"The scope of {request.path} is not a resource id.")
        resource = self._estate.resource(target)
        if resource is None:
            raise resource_not_found(target)
        return resource


def _sent_tags(request: ArmRequest) -> dict[str, str]:
    sent = (request.json().get("properties") or {}).get("tags")
    if not isinstance(sent, dict):
        raise refusals.invalid_format("MissingJsonProperty", "Required property 'properties.tags' not found.")
    return {str(name): str(value) for name, value in sent.items()}
