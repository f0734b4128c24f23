"""Comparing response headers: those of long-running operations, of caching and of ARM's bookkeeping."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from tests.emulator.conformance.bijection import Bijection, Mismatch
from tests.emulator.conformance.recordings import Exchange

RECORDED_AUTHORITY = "https://management.azure.com"

# Must be there when recorded, and only then.
_EXACT = ("azure-asyncoperation", "location", "etag", "x-ms-failure-cause")
# Must be there when recorded; the emulator, of a newer vintage, may send them where an old recording has none.
_PRESENT = (
    "azure-asyncnotification",
    "x-ms-arm-service-request-id",
    "x-ms-request-id",
    "x-ms-correlation-request-id",
    "x-ms-routing-request-id",
    "x-ms-ratelimit-remaining-subscription-reads",
    "x-ms-ratelimit-remaining-subscription-writes",
    "x-ms-ratelimit-remaining-subscription-deletes",
    "x-ms-user-quota-remaining",
    "cache-control",
    "pragma",
    "expires",
    "strict-transport-security",
    "x-content-type-options",
)


def compare(exchange: Exchange, ours: dict[str, str], base_url: str, names: Bijection) -> None:
    """Raises Mismatch at the first difference."""
    theirs = exchange.headers
    _same_presence(exchange, ours)
    for name in ("azure-asyncoperation", "location"):
        if name in theirs:
            _same_url(theirs[name], ours[name], base_url, names, name)
    if "etag" in theirs:
        names.same_text(theirs["etag"], ours["etag"], "header etag")
    if exchange.all_headers and theirs.get("retry-after") != ours.get("retry-after"):
        raise Mismatch(f"header retry-after: recorded {theirs.get('retry-after')}, got {ours.get('retry-after')}")
    if exchange.all_headers and "azure-asyncoperation" in theirs:
        _same_operation_id(theirs, ours)


def _same_presence(exchange: Exchange, ours: dict[str, str]) -> None:
    theirs = exchange.headers
    for name in _EXACT:
        if (name in theirs) != (name in ours):
            raise Mismatch(f"header {name}: recorded {theirs.get(name)!r}, got {ours.get(name)!r}")
    for name in _PRESENT:
        if exchange.method == "DELETE" and name.endswith("-writes"):
            continue  # until 2018 a DELETE counted as a write
        if name in theirs and name not in ours:
            raise Mismatch(f"header {name}: recorded {theirs[name]!r}, got none")


def _same_url(theirs: str, ours: str, base_url: str, names: Bijection, name: str) -> None:
    """Same path and parameters, on the host each client used.

    Left out: the signature (t, c, s, h) that ARM has added since late 2023, and the api-version of a group
    deletion, because the .NET recordings had theirs rewritten in the request and not in the response.
    """
    if not ours.startswith(base_url):
        raise Mismatch(f"header {name}: {ours} is not on the host the request went to, {base_url}")
    their_url, our_url = urlsplit(theirs.removeprefix(RECORDED_AUTHORITY)), urlsplit(ours.removeprefix(base_url))
    names.same_text(their_url.path, our_url.path, f"header {name}")
    their_query = {key: value for key, value in parse_qsl(their_url.query) if key not in {"t", "c", "s", "h"}}
    our_query = dict(parse_qsl(our_url.query))
    if set(their_query) != set(our_query):
        raise Mismatch(f"header {name}: recorded parameters {set(their_query)}, got {set(our_query)}")
    if "/operationresults/" not in their_url.path and their_query != our_query:
        raise Mismatch(f"header {name}: recorded {their_query}, got {our_query}")


def _same_operation_id(theirs: dict[str, str], ours: dict[str, str]) -> None:
    """The request id of a write is the id of its operation, on both sides."""
    for side, headers in (("recorded", theirs), ("got", ours)):
        if headers["x-ms-request-id"] not in headers["azure-asyncoperation"]:
            raise Mismatch(f"{side} x-ms-request-id {headers['x-ms-request-id']} is not the operation's id")
