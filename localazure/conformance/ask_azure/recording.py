"""The exchanges of a trial as a recording, in the form of the Azure CLI's own, with nobody's ids in it.

Every GUID is multiplied by one random element of GF(2^128): the same GUID becomes the same other one everywhere, and
the XOR of two of them stays the XOR of what they become (docs/facts/arm-networks.md, Identity).
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import httpx
import yaml

type Json = dict[str, Any]

SUBSCRIPTION, GROUP = "00000000-0000-0000-0000-000000000000", "autopeer-trial-0"
_HOST = "https://management.azure.com"
_GUID = re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+#-]+@[\w-]+(?:\.[\w-]+)+")
_SIGNATURE = re.compile(r"&[tcsh]=[^&\s\"']*")
_POLYNOMIAL = (1 << 128) | 0x87  # x^128 + x^7 + x^2 + x + 1, which has no factors
# What a replay compares, and the time.
_HEADERS = {
    "azure-asyncoperation",
    "azure-asyncnotification",
    "cache-control",
    "content-type",
    "date",
    "etag",
    "expires",
    "location",
    "pragma",
    "retry-after",
    "strict-transport-security",
    "x-content-type-options",
    "x-ms-arm-service-request-id",
    "x-ms-correlation-request-id",
    "x-ms-failure-cause",
    "x-ms-ratelimit-remaining-subscription-deletes",
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-subscription-writes",
    "x-ms-request-id",
    "x-ms-user-quota-remaining",
}


@dataclass
class Recording:
    """Notes exchanges as they happen. `hidden`: the names of a person, in addition to GUIDs and mail addresses."""

    arm: str
    subscription: str
    group: str
    hidden: list[str] = field(default_factory=list)
    _exchanges: list[Json] = field(default_factory=list)
    _element: int = field(default_factory=lambda: secrets.randbits(128) | 1)

    def note(self, method: str, url: str, body: Json | None, answer: httpx.Response) -> None:
        """Queries of Resource Graph are left out: how late it is cannot be played again."""
        if "/Microsoft.ResourceGraph/" in url:
            return
        headers = {name.lower(): value for name, value in answer.headers.items()}
        sent = {} if body is None else {"Content-Type": ["application/json"]}
        request = {"body": None if body is None else json.dumps(body), "headers": sent, "method": method, "uri": url}
        response = {
            "body": {"string": _without_people(answer.text)},
            "headers": {name: [headers[name]] for name in sorted(_HEADERS & headers.keys())},
            "status": {"code": answer.status_code, "message": HTTPStatus(answer.status_code).phrase},
        }
        self._exchanges.append({"request": request, "response": response})

    def text(self) -> str:
        """YAML."""
        exchanges = [self._neutral(each) for each in self._exchanges]
        return yaml.safe_dump({"interactions": exchanges, "version": 1}, sort_keys=True, width=120)

    def _neutral(self, value: Any) -> Any:  # noqa: ANN401  JSON of any kind
        match value:
            case dict():
                return {name: self._neutral(each) for name, each in value.items()}
            case list():
                return [self._neutral(each) for each in value]
            case str():
                return self._scrubbed(value)
            case _:
                return value

    def _scrubbed(self, text: str) -> str:
        text = text.replace(self.arm, _HOST)
        text = _replaced(text, {self.subscription: SUBSCRIPTION, self.group: GROUP})
        text = _SIGNATURE.sub("", text)
        text = _replaced(text, dict.fromkeys(_by_length(self.hidden), "somebody"))
        text = _MAIL.sub("somebody@example.com", text)
        return _GUID.sub(lambda found: self._other(found[0]), text)

    def _other(self, guid: str) -> str:
        return str(UUID(int=_product(UUID(guid).int, self._element)))


def _product(one: int, other: int) -> int:
    """In GF(2^128)."""
    result = 0
    while other:
        if other & 1:
            result ^= one
        one <<= 1
        if one >> 128:
            one ^= _POLYNOMIAL
        other >>= 1
    return result


def _replaced(text: str, names: dict[str, str]) -> str:
    """Whatever their case."""
    for name, other in names.items():
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", other, text, flags=re.IGNORECASE)
    return text


def _by_length(names: Iterable[str]) -> list[str]:
    """Longest first, as they are and as JSON has them; no GUIDs, which become others by themselves."""
    plain = {each for each in names if len(each) > 2 and not _GUID.fullmatch(each)}
    written = {json.dumps(each, ensure_ascii=False)[1:-1] for each in plain}
    return sorted(plain | written, key=len, reverse=True)


def _without_people(text: str) -> str:
    """An answer without who made the group and how it is tagged: a trial does not ask about that."""
    try:
        body = json.loads(text)
    except ValueError:
        return text
    if isinstance(body, dict):
        body.pop("systemData", None)
        if body.get("type") == "Microsoft.Resources/resourceGroups":
            body.pop("tags", None)
            body.pop("managedBy", None)
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)
