"""What exists at the start: `networks.json` of a scenario, put in place at once, without events or delay."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localazure.emulator.access import seeds
from localazure.emulator.errors import ArmError
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.networks import peerings, plain_resources, subnets, virtual_networks
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.lifecycle import settle
from localazure.emulator.networks.plain_types import plain_type
from localazure.emulator.networks.resources import PlainResource, ResourceGroup, Subscription
from localazure.emulator.networks.write import Write
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

_SUBSCRIPTION = re.compile(r"^/subscriptions/[^/]+$", re.IGNORECASE)
_GROUP = re.compile(r"^/subscriptions/[^/]+/resourcegroups/(?P<name>[^/]+)$", re.IGNORECASE)
_LOCATION = "westeurope"
API_VERSION = "2026-03-01"


class BadScenario(ValueError):
    """A scenario that cannot be put in place; the message says which resource and why."""


@dataclass(frozen=True)
class Scenario:
    """`subscriptions` empty means that any GUID is a subscription."""

    tenant: str
    subscriptions: list[str]
    resources: list[Json]

    @classmethod
    def read(cls, folder: Path) -> Scenario:
        """Raises BadScenario when `networks.json` is missing or has another shape."""
        path = folder / "networks.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return cls(content["tenant"], content.get("subscriptions", []), content["resources"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadScenario(f"{path}: {error!r}; it needs the members tenant and resources.") from error


@dataclass(frozen=True)
class _Nobody:
    """The caller of seeds; their events are never announced."""

    object_id: str = ""
    app_id: str = ""
    tenant_id: str = ""
    name: str = ""


def seed(estate: Estate, resources: list[Json]) -> None:
    """Put resources in place in order; resource groups that they name come into being. Raises BadScenario."""
    announce, latency = estate.announce, estate.latency
    estate.announce, estate.latency = lambda _activity: None, Latency(Mode.NONE)
    try:
        for resource in resources:
            _put(estate, str(resource["id"]), resource.get("body") or {})
            settle(estate)
    finally:
        estate.announce, estate.latency = announce, latency
        estate.generation += 1


def _put(estate: Estate, text: str, body: Json) -> None:
    if _SUBSCRIPTION.match(text):
        estate.subscription_tags[text.lower()] = Subscription(id=text, tags=body.get("tags"))
        return
    match = _GROUP.match(text)
    if match:
        location = str(body.get("location", _LOCATION))
        estate.groups[text.lower()] = ResourceGroup(
            id=text, name=match["name"], location=location, tags=body.get("tags")
        )
        return
    if seeds.seed(estate.access, text, body):
        return
    target = ResourceId.parse(text)
    if target is None:
        raise BadScenario(f"{text} is not the id of a resource.")
    group_id = target.group_id
    if group_id.lower() not in estate.groups:
        location = str(body.get("location", _LOCATION))
        estate.groups[group_id.lower()] = ResourceGroup(id=group_id, name=target.group, location=location)
    try:
        _put_resource(estate, target, body)
    except ArmError as error:
        raise BadScenario(f"{text}: {error}") from error


def _put_resource(estate: Estate, target: ResourceId, body: Json) -> None:
    write = _write(body)
    body = {"location": _LOCATION, **body}
    match target.types:
        case ("virtualNetworks",):
            virtual_networks.put_network(estate, target, body, write)
            _occupy(estate, target, body)
        case ("virtualNetworks", "subnets"):
            subnets.put_subnet(estate, target, body, write)
        case ("virtualNetworks", "virtualNetworkPeerings"):
            peerings.put_peering(estate, target, body, write, sync=False)
        case _ if plain_type(target):
            plain_resources.put_plain(estate, target, body, write)
        case _:
            _keep(estate, target, body)


def _write(body: Json) -> Write:
    return Write(
        caller=_Nobody(),
        correlation_id="",
        client_request_id="",
        api_version=str(body.get("apiVersion", API_VERSION)),
        endpoint="",
        method="PUT",
        url="",
    )


def _occupy(estate: Estate, target: ResourceId, body: Json) -> None:
    """A seed may say what sits in its subnets (a Route Server, say), which a client's PUT may not."""
    for each in (body.get("properties") or {}).get("subnets") or []:
        configurations = (each.get("properties") or {}).get("ipConfigurations") or []
        subnet = estate.networks[target.key].subnet(each["name"])
        if subnet is not None:
            subnet.used_by = [configuration["id"] for configuration in configurations]


def _keep(estate: Estate, target: ResourceId, body: Json) -> None:
    """A resource of a type that ARM serves and this emulator does not: it can be read, tagged and queried."""
    beside: Json = {name: body[name] for name in ("sku", "kind", "zones") if name in body}
    estate.plain[target.key] = PlainResource(
        id=target,
        location=str(body["location"]),
        tags=body.get("tags"),
        properties=dict(body.get("properties") or {}),
        top_level=beside,
    )
    estate.stamp(target)
