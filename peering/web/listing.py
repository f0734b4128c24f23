"""`GET /api/peerings`: which records, in which order, and the way to the next page of them."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from peering.core.network.failures import AzureFailure
from peering.core.record.document import record_body
from peering.core.record.record import Record
from peering.core.record.selection import Order, Place, Selection
from peering.ports import Records
from peering.web.call import Answer
from peering.web.problems import Kind, Problem

_ROWS, _READS = 1000, 10
MOST_SORTED = _ROWS * _READS
"""Records that are read for a sorted list, at most."""
_TRIES = 5  # questions to storage for one page: where few records fit, it may be short
_BAD_TOKEN = "Use the token of the last page's next, unchanged."  # noqa: S105 - a sentence
_OTHER_QUERY = (
    "The token belongs to another query. Ask with the same filters and the same sort as for the page before, as its "
    "nextLink does, or leave the token out."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What somebody wants to see.

    `keys` are those of the spokes that are asked about, None for any. `query` is the question as it was put, without
    what is no filter of ours. `at` leads on in the order of storage, `behind` in one of our own.
    """

    wanted: Selection
    keys: frozenset[str] | None
    order: Order | None
    size: int
    query: Mapping[str, str]
    at: str | None = None
    behind: Place | None = None

    @property
    def digest(self) -> str:
        """The same for two questions that differ in their size and token only."""
        said = repr((self.wanted, sorted(self.keys or ()), self.order))
        return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()[:16]

    def continued(self, token: str) -> "Listing":
        """The same from a token on; raises Problem for one that leads nowhere, or belongs to another question."""
        try:
            document = json.loads(base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4)))
            digest, at, behind = document["of"], document.get("at"), document.get("behind")
            place = _place(behind)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Problem(Kind.BAD_PARAMETER, _BAD_TOKEN, [("token", _BAD_TOKEN)]) from error
        if digest != self.digest or not isinstance(at, str | None) or (place is None) is not (self.order is None):
            raise Problem(Kind.BAD_PARAMETER, _OTHER_QUERY, [("token", _OTHER_QUERY)])
        return replace(self, at=at, behind=place)

    def token(self, **where: object) -> str:
        """Leads on from there."""
        text = json.dumps({"of": self.digest, **where}, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place(behind: object) -> Place | None:
    if behind is None:
        return None
    if not isinstance(behind, list) or not all(isinstance(part, str) for part in behind):
        raise TypeError("a place is three texts")
    value, hub, key = behind
    return value, hub, key


async def listing(records: Records, asked: Listing, url: str) -> Answer:
    """The page, with the query and the address of the one behind it. `url` is the address that was called."""
    if asked.keys is not None:
        found, token = await _of_spokes(records, asked), None
    elif asked.order is not None:
        found, token = await _sorted(records, asked, asked.order)
    else:
        found, token = await _as_stored(records, asked)
    return Answer(200, _body(found, asked, token, url))


async def _of_spokes(records: Records, asked: Listing) -> list[Record]:
    """One spoke, or none where two were named at once. It has a row for each hub at most: no page is needed."""
    keys = asked.keys or frozenset()
    rows = [row for key in keys if len(keys) == 1 for row in await records.find_by_key(key)]
    found = [row for row in rows if asked.wanted.holds(row)]
    return asked.order.first(found, len(found)) if asked.order else found


async def _as_stored(records: Records, asked: Listing) -> tuple[list[Record], str | None]:
    """In the order of hub and key. What is looked through for one page is bounded: then it is short, and leads on."""
    found, at = list[Record](), asked.at
    try:
        for _ in range(_TRIES):
            rows, at = await records.page(asked.wanted, asked.size - len(found), at)
            found += rows
            if at is None or len(found) >= asked.size:
                break
    except AzureFailure as failure:
        if asked.at is not None and failure.status == 400:
            raise Problem(Kind.BAD_PARAMETER, _BAD_TOKEN, [("token", _BAD_TOKEN)]) from failure
        raise
    return found, asked.token(at=at) if at is not None else None


async def _sorted(records: Records, asked: Listing, order: Order) -> tuple[list[Record], str | None]:
    """All that is wanted is read for each page, and a page of it kept at a time."""
    best, at, behind = list[Record](), None, asked.behind
    for _ in range(_READS):
        rows, at = await records.page(asked.wanted, _ROWS, at)
        fresh = (row for row in rows if behind is None or order.is_behind(row, behind))
        best = order.first(chain(best, fresh), asked.size + 1)
        if at is None:
            break
    else:
        told = (
            f"A sorted list reads {MOST_SORTED:,} records at most, and there are more. Name a hub, a state or a time "
            "(since), or leave sort out."
        )
        raise Problem(Kind.TOO_MANY_TO_SORT, told, [("sort", told)])
    found = best[: asked.size]
    more = len(best) > asked.size
    return found, asked.token(behind=order.place(found[-1])) if more else None


def _body(found: list[Record], asked: Listing, token: str | None, url: str) -> dict[str, Any]:
    following = {**asked.query, "token": token} if token else None
    return {
        "value": [record_body(record) for record in found],
        "next": following,
        "nextLink": _link(url, following) if following else None,
    }


def _link(url: str, query: Mapping[str, str]) -> str:
    """The address of the next page. A key that was part of the address is no part of this one."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path or "/api/peerings", urlencode(query), ""))
