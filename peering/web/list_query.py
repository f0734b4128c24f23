"""The parameters of `GET /api/peerings`: each is read by itself, and every fault is told."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches

from peering.core.decision.findings import Code
from peering.core.network.failures import RULES
from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.core.record.record import State
from peering.core.record.selection import SORT_KEYS, Order, Selection
from peering.web.api import HUB_NAME
from peering.web.listing import Listing
from peering.web.moments import read_moment
from peering.web.problems import bad_parameters
from peering.web.requests import REQUEST_ID

PARAMETERS = ("hub", "state", "spoke", "id", "code", "subscription", "since", "sort", "size", "token")
_PAGE, _MOST = 100, 1000
_EARLIEST = datetime(1601, 1, 1, tzinfo=UTC)  # that a table knows: storage refuses a question about what was before
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIZE = re.compile(r"[0-9]{1,4}")
_WORD = re.compile(r"[A-Za-z]{3,100}")
_KEY_HEADER = "x-functions-key"
_OTHERS = ("Abandoned", "AuthorizationFailed")  # the second is every role that is missing
_CODES = {code.lower(): code for code in (*Code, *(rule.code for rule in RULES if rule.code), *_OTHERS)}
_NEARLY = 0.85  # Azure has codes that we do not know, and some look like ours

type _Errors = list[tuple[str, str]]


def read_listing(query: Mapping[str, str], headers: Mapping[str, str]) -> Listing:
    """What a query asks for; raises Problem with every fault of it.

    `code` is the name that the host has for a function key too: what is no code of a finding is taken for one, unless
    the key is in its header.
    """
    errors, given = list[tuple[str, str]](), {name: value for name, value in query.items() if name != "code"}
    for name in sorted(given.keys() - set(PARAMETERS)):
        errors.append((name[:40], f"is not known{_meant(name, PARAMETERS)}; there are {', '.join(PARAMETERS)}"))
    if code := _code(query.get("code", ""), errors, has_key=_KEY_HEADER in headers):
        given["code"] = code
    read = _Reader(given, errors)
    wanted = Selection(
        hub=read("hub", _hub),
        state=read("state", _state),
        code=code,
        subscription=read("subscription", _subscription),
        since=read("since", _since),
    )
    keys = {key for key in (read("spoke", _spoke), read("id", _request)) if key}
    order, size, token = read("sort", _order), read("size", _size), given.get("token")
    if errors:
        raise bad_parameters(errors)
    asked = Listing(wanted=wanted, keys=frozenset(keys) or None, order=order, size=size or _PAGE, query=given)
    return asked.continued(token) if token is not None else asked


class _Reader:
    """Reads what is given; a ValueError's text becomes one of the errors."""

    def __init__(self, given: Mapping[str, str], errors: _Errors) -> None:
        self._given = given
        self._errors = errors

    def __call__[T](self, name: str, convert: Callable[[str], T]) -> T | None:
        if name not in self._given:
            return None
        try:
            return convert(self._given[name].strip())
        except ValueError as error:
            self._errors.append((name, str(error)))
            return None


def _meant(text: str, words: tuple[str, ...]) -> str:
    near = get_close_matches(text.lower(), {word.lower(): word for word in words}, n=1)
    meant = next((str(word) for word in words if near and word.lower() == near[0]), None)
    return f"; did you mean {meant!r}?" if meant else ""


def _code(text: str, errors: _Errors, *, has_key: bool) -> str | None:
    """The code of a finding; with a key in the query, too, the host hands both over with a comma between them."""
    known = [_CODES[part.lower()] for part in map(str.strip, text.split(",")) if part.lower() in _CODES]
    if known or not text or not has_key:
        return known[0] if known else None
    near = get_close_matches(text.lower(), _CODES, n=1, cutoff=_NEARLY)
    if near or not _WORD.fullmatch(text):
        hint = f"; did you mean {str(_CODES[near[0]])!r}?" if near else ""
        errors.append(("code", f"is {text[:40]!r}, and no finding has such a code{hint}"))
        return None
    return text


def _hub(text: str) -> str:
    if not HUB_NAME.fullmatch(text.lower()):
        raise ValueError(f"is {text[:40]!r}, which cannot be the name of a hub: letters, digits and hyphens are")
    return text.lower()


def _state(text: str) -> str:
    if text not in list(State):
        raise ValueError(f"is {text[:40]!r}, and should be one of {', '.join(State)}{_meant(text, tuple(State))}")
    return text


def _subscription(text: str) -> str:
    if not _GUID.fullmatch(text.lower()):
        raise ValueError(f"is {text[:40]!r}, and should be the GUID of a subscription")
    return text.lower()


def _since(text: str) -> datetime:
    """A plus sign that was not escaped arrives as a space."""
    when = read_moment(text.replace(" ", "+") if "T" in text else text)
    if when is None:
        raise ValueError(f"is {text[:40]!r}, and should be a time with its offset, such as 2026-11-26T08:00:00Z")
    return max(when, _EARLIEST)


def _spoke(text: str) -> str:
    try:
        return VnetId.parse(text).key
    except InvalidResourceId as error:
        raise ValueError(f"cannot be read: {error}") from error


def _request(text: str) -> str:
    found = REQUEST_ID.fullmatch(text.lower())
    if not found:
        raise ValueError(f"is {text[:100]!r}, which is no id that POST /api/peerings gave out")
    return found[1]


def _order(text: str) -> Order:
    key = text.removeprefix("-")
    if key not in SORT_KEYS:
        known = ", ".join(SORT_KEYS)
        meant = _meant(key, tuple(SORT_KEYS))
        raise ValueError(f"is {text[:40]!r}, and should be one of {known}, or -{next(iter(SORT_KEYS))}{meant}")
    return Order(key, descending=text.startswith("-"))


def _size(text: str) -> int:
    if not _SIZE.fullmatch(text) or not 1 <= int(text) <= _MOST:
        raise ValueError(f"is {text[:40]!r}, and should be a whole number from 1 to {_MOST}")
    return int(text)
