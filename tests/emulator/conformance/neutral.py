"""Ids and bodies in names of our own: `vnet-1` for the first network that a recording asks about, and so on."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

# What stands before the number, by what stands before the name in a path.
_NAMED = {
    "resourcegroups": "group",
    "virtualnetworks": "vnet",
    "virtualnetworkpeerings": "peering",
    "subnets": "subnet",
    "networksecuritygroups": "nsg",
    "routetables": "table",
    "routes": "route",
    "publicipaddresses": "address",
    "virtualnetworkgateways": "gateway",
    "ipconfigurations": "configuration",
    "vaults": "vault",
    "operations": "operation",
    "operationresults": "operation",
}
_KEPT = {"providers", "locations", "tags", "roledefinitions"}
_GUIDS = {"subscriptions", "roleassignments", "principals"}
# Names that Azure itself gives a meaning to.
_MEANINGFUL = {"default", "gatewaysubnet"}
# What the values of these members are names of.
_MEMBERS = {"subscriptions": "subscriptions", "principalId": "principals"}
_SIGNATURE = re.compile(r"&[tcsh]=[^&]*")
# What a client only hands back, what another service encrypted for itself, and what is only said to people.
_NOT_SENT = {
    "etag",
    "type",
    "provisioningState",
    "peeringState",
    "peeringSyncLevel",
    "resourceGuid",
    "$skipToken",
    "notes",
    "description",
    "condition",
    "conditionVersion",
}


class Neutral:
    """Numbers names in the order in which they are first asked about."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._count: dict[str, int] = {}

    def url(self, url: str) -> str:
        """Path and parameters, without those by which a poll's address is signed."""
        parts = urlsplit(url)
        query = _SIGNATURE.sub("", f"&{parts.query}").lstrip("&")
        return self.path(parts.path) + (f"?{query}" if query else "")

    def path(self, path: str) -> str:
        """A path is pairs: `subscriptions/…`, `resourceGroups/…`, `providers/…`, a type and a name."""
        words = path.strip("/").split("/")
        for place in range(0, len(words) - 1, 2):
            words[place + 1] = self.name(words[place], words[place + 1])
        return "/" + "/".join(words)

    def name(self, kind: str, name: str) -> str:
        known = self.known(kind, name)
        return known if known is not None else self._new(kind, name)

    def known(self, kind: str, name: str) -> str | None:
        """None for what no request has named."""
        if kind.lower() in _KEPT or name.lower() in _MEANINGFUL:
            return name
        return self._names.get(_key(kind, name))

    def _new(self, kind: str, name: str) -> str:
        word, key = _key(kind, name)
        number = self._count[word] = self._count.get(word, 0) + 1
        made = f"{number:08}-0000-4000-8000-000000000000" if word in _GUIDS else f"{word}-{number}"
        self._names[word, key] = made
        return made

    def body(self, value: Any, kind: str, member: str = "") -> Any:  # noqa: ANN401  JSON of any kind
        """A request's body; `kind` is what the thing is that has this value."""
        match value:
            case dict() if member == "tags":
                return {self.name("tag", key): self.name("value", text) for key, text in value.items()}
            case dict():
                kept = {key: each for key, each in value.items() if each is not None and key not in _NOT_SENT}
                return {key: self.body(each, "sku" if key == "sku" else kind, key) for key, each in kept.items()}
            case list():
                return [self.body(each, member, member) for each in value]
            case str() if value.startswith("/subscriptions/"):
                return self.path(value)
            case str() if member in _MEMBERS or (member == "name" and kind.lower() in _NAMED):
                return self.name(kind if member == "name" else _MEMBERS[member], value)
            case _:
                return value


def _key(kind: str, name: str) -> tuple[str, str]:
    return _NAMED.get(kind.lower(), kind.lower()), name.lower()
