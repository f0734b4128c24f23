"""What existed before a recording began, read from the recording itself."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from localazure.emulator.access.scopes import tidy
from tests.emulator.conformance.recordings import Exchange

type Json = dict[str, Any]

_SUBNET = re.compile(r"^(?P<network>.+/virtualNetworks/[^/]+)/subnets/(?P<subnet>[^/]+)", re.IGNORECASE)
_GROUP = re.compile(r"^/subscriptions/[^/]+/resourcegroups/[^/?]+", re.IGNORECASE)


def resources(exchanges: list[Exchange]) -> list[Json]:
    """Seeds in the form of a scenario's resources."""
    return [
        *_groups(exchanges),
        *networks_below(exchanges),
        *_locks(exchanges),
        *_vaults(exchanges),
        *departed(exchanges),
        *_foreign_networks(exchanges),
        *_graph_rows(exchanges),
    ]


def _groups(exchanges: list[Exchange]) -> list[Json]:
    """Groups that are used before, or without, being created: the recorder left their creation out."""
    created: set[str] = set()
    found: dict[str, Json] = {}
    for each in exchanges:
        match = _GROUP.match(each.url)
        if not match:
            continue
        key = match[0].lower()
        is_group = each.path.lower() == key
        if is_group and each.method == "PUT":
            created.add(key)
        if key in created or (key in found and found[key]["body"]):
            continue
        body = each.json() if is_group and each.method == "GET" else {}
        found[key] = {"id": body.get("id", match[0].replace("resourcegroups", "resourceGroups")), "body": body}
    return list(found.values())


_LOCKED = re.compile(r"following scope\(s\) are locked: '([^']+)'")


def networks_below(exchanges: list[Exchange]) -> list[Json]:
    """Networks that are never written, and yet a subnet of theirs is read or locked."""
    written = {each.path.lower() for each in exchanges if each.method == "PUT"}
    found: dict[str, Json] = {}
    for each in exchanges:
        match = _SUBNET.search(tidy(unquote(each.path)))
        if match and match["network"].lower() not in written and each.status < 300:
            read = each.json() if each.method == "GET" and match.end() == len(each.path) else None
            subnet = read or {"name": match["subnet"], "properties": {"addressPrefix": "10.0.0.0/24"}}
            space = {"addressPrefixes": [subnet["properties"]["addressPrefix"]]}
            body = {"properties": {"addressSpace": space, "subnets": [subnet]}, "apiVersion": "2023-11-01"}
            found.setdefault(match["network"].lower(), {"id": match["network"], "body": body})
    return list(found.values())


def _locks(exchanges: list[Exchange]) -> list[Json]:
    """Locks that a list shows and nobody has made, and those that a refusal speaks of and nobody has made either."""
    made = {tidy(unquote(each.path)).lower() for each in exchanges if each.method == "PUT"}
    listed = [
        lock
        for each in exchanges
        if each.method == "GET" and each.path.endswith("/locks")
        for lock in each.json()["value"]
        if lock["id"].lower() not in made
    ]
    refused = [_LOCKED.search(each.answer) for each in exchanges if each.status == 409]
    locked = {path.partition("/providers/microsoft.authorization/locks/")[0] for path in made}
    scopes = [each[1] for each in refused if each is not None and each[1].lower() not in locked]
    behind = [{"id": f"{scope}/providers/Microsoft.Authorization/locks/given", "body": {}} for scope in scopes]
    seen = {lock["id"].lower(): {"id": lock["id"], "body": lock} for lock in listed}
    return [*seen.values(), *behind]


def appearing(exchanges: list[Exchange]) -> dict[str, Json]:
    """Role assignments that are read before anybody has made them, by the exchange that does: they appear just then."""
    made: set[str] = set()
    found: dict[str, Json] = {}
    for each in exchanges:
        if "/roleAssignments/" in each.path and each.status < 300:
            if each.method == "GET" and each.path.lower() not in made:
                found[each.name] = {"id": each.path, "body": each.json()}
            made.add(each.path.lower())
    return found


def _vaults(exchanges: list[Exchange]) -> list[Json]:
    """The vault that is tagged: its creation is another provider's, its tags are ARM's."""
    return [
        {"id": each.json()["id"], "body": {"location": each.json()["location"]}}
        for each in exchanges
        if each.method == "PUT" and "/vaults/" in each.path and "/tags/" not in each.path
    ]


def _foreign_networks(exchanges: list[Exchange]) -> list[Json]:
    """Networks of others that a listing of the whole subscription shows, with their peerings after them all."""
    networks = _listed_by_others(exchanges)
    peerings = [peering for network in networks for peering in network["properties"]["virtualNetworkPeerings"]]
    return [*(_seed(each) for each in networks), *(_seed(each) for each in peerings)]


def _seed(resource: Json) -> Json:
    properties = {name: value for name, value in resource["properties"].items() if name != "virtualNetworkPeerings"}
    return {"id": resource["id"], "body": {**resource, "properties": properties, "apiVersion": "2017-06-01"}}


def departed(exchanges: list[Exchange]) -> list[Json]:
    """Networks that the peerings of others name and the listing no longer has: deleted before the recording."""
    networks = _listed_by_others(exchanges)
    present = {each["id"].lower() for each in networks}
    return [
        {"id": properties["remoteVirtualNetwork"]["id"], "body": {"properties": _space_of(properties)}}
        for network in networks
        for properties in (each["properties"] for each in network["properties"]["virtualNetworkPeerings"])
        if properties["remoteVirtualNetwork"]["id"].lower() not in present
    ]


def _space_of(peering: Json) -> Json:
    return {"addressSpace": peering["remoteAddressSpace"]}


def _listed_by_others(exchanges: list[Exchange]) -> list[Json]:
    written = {each.path.lower() for each in exchanges if each.method == "PUT"}
    return [
        network
        for each in exchanges
        if re.fullmatch(r"/subscriptions/[^/]+/providers/Microsoft.Network/virtualNetworks", each.path)
        for network in each.json()["value"]
        if network["id"].lower() not in written
    ]


def _graph_rows(exchanges: list[Exchange]) -> list[Json]:
    """As many resources as a query counts, with the recorded rows at the place in the order where they were."""
    found: list[Json] = []
    for each in exchanges:
        if each.status != 200 or "ResourceGraph" not in each.path:
            continue
        answer = each.json()
        rows = answer["data"] if isinstance(answer["data"], list) else []
        before = RECORDED_OFFSET if answer["totalRecords"] > len(rows) else 0
        group = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{}/providers/Local.Filler/things/{}"
        found += [{"id": group.format("A", f"{n:05}")} for n in range(before)]
        found += [{"id": row["id"], "body": row} for row in rows]
        rest = answer["totalRecords"] - before - len(rows)
        found += [{"id": group.format("z", f"{n:05}")} for n in range(rest)]
    return found


RECORDED_OFFSET = 5
"""RowsToSkip in the continuation that the transcribed query sends."""
