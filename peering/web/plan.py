"""The what-if over HTTP: the question in a body, and the answer or why there is none just now."""

import re
from collections.abc import Awaitable
from typing import Any

from peering.core.catalogue.policy import Catalogue
from peering.core.network.addresses import InvalidPrefix, Prefix
from peering.core.network.failures import AzureFailure, StorageFailure
from peering.core.network.resource_ids import InvalidResourceId, VnetId
from peering.core.network.vnets import Vnet
from peering.core.record.what_if import Question, WhatIf, what_if_body
from peering.web.bodies import hub_in, spoke_in
from peering.web.call import Answer
from peering.web.json_body import object_in, pointer
from peering.web.problems import Kind, Problem, unusable

_EXISTING = {"spoke", "hub"}
_PLANNED = {"hub", "addressSpace", "region", "subscription", "name"}
_EXAMPLE = (
    '{"spoke": "/subscriptions/…/virtualNetworks/shop"}, or {"hub": "prod-weu", "addressSpace": ["10.64.0.0/24"], '
    '"region": "westeurope", "subscription": "<guid>"}'
)
_GROUP, _NAME = "planned", "planned"  # of a network that is nowhere yet
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_REGION = re.compile(r"[a-z0-9]{3,40}")
_MOST_PREFIXES = 500

type _Errors = list[tuple[str, str]]


def read_question(body: bytes, catalogue: Catalogue) -> Question:
    """The body of `POST /api/plan`; raises Problem with every fault of it."""
    document = object_in(body, _EXAMPLE)
    planned = "spoke" not in document
    fields, errors = _PLANNED if planned else _EXISTING, list[tuple[str, str]]()
    for name in sorted(document.keys() - fields):
        known = name in _PLANNED
        errors.append((pointer(name), _of_the_other_kind() if known else f"is not known; send {_EXAMPLE}"))
    hub = hub_in(document.get("hub"), catalogue, errors)
    question = _planned(document, hub, catalogue, errors) if planned else _existing(document, hub, errors)
    if errors or question is None:
        raise unusable(errors)
    return question


def _of_the_other_kind() -> str:
    return "is read from Azure where spoke is given; leave out one of the two"


def _existing(document: dict[str, Any], hub: str | None, errors: _Errors) -> Question | None:
    spoke = spoke_in(document.get("spoke"), errors)
    return Question(spoke=spoke, hub=hub) if spoke else None


def _planned(document: dict[str, Any], hub: str | None, catalogue: Catalogue, errors: _Errors) -> Question | None:
    if document.get("hub") is None:
        errors.append(("#/hub", "is missing: a network that does not exist yet has no tag that would name one"))
    prefixes = _prefixes(document.get("addressSpace"), errors)
    identity = _identity(document, errors)
    region = _region(document.get("region"), errors)
    if errors or identity is None or hub is None:
        return None
    network = Vnet(id=identity, location=region, prefixes=prefixes, tags={catalogue.tag: hub})
    return Question(spoke=identity, hub=hub, planned=network)


def _identity(document: dict[str, Any], errors: _Errors) -> VnetId | None:
    subscription, name = document.get("subscription"), document.get("name", _NAME)
    if not isinstance(subscription, str) or not _GUID.fullmatch(subscription.strip()):
        errors.append(("#/subscription", "should be the GUID of the subscription in which the network will lie"))
        return None
    group = f"/subscriptions/{subscription.strip()}/resourceGroups/{_GROUP}"
    try:
        return VnetId.parse(f"{group}/providers/Microsoft.Network/virtualNetworks/{_text(name)}")
    except InvalidResourceId:
        errors.append(("#/name", "should be a name that Azure allows for a virtual network, or be left out"))
        return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _region(value: object, errors: _Errors) -> str:
    region = _text(value).replace(" ", "").lower()
    if not _REGION.fullmatch(region):
        errors.append(("#/region", "should be the region in which the network will lie, such as westeurope"))
    return region


def _prefixes(value: object, errors: _Errors) -> tuple[Prefix, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= _MOST_PREFIXES:
        what = f'should be a list of 1 to {_MOST_PREFIXES} address prefixes, such as ["10.64.0.0/24"]'
        errors.append(("#/addressSpace", what))
        return ()
    found = list[Prefix]()
    for number, text in enumerate(value):
        where = f"#/addressSpace/{number}"
        try:
            prefix = Prefix.parse(text if isinstance(text, str) else repr(text)[:40])
        except InvalidPrefix as error:
            errors.append((where, f"cannot be read: {error}"))
            continue
        if other := next((each for each in found if each.overlaps(prefix)), None):
            errors.append((where, f"overlaps {other}, which the same network has"))
        found.append(prefix)
    return tuple(found)


async def plan(answer: Awaitable[WhatIf]) -> Answer:
    """`POST /api/plan`: what would come of the network."""
    try:
        return Answer(200, what_if_body(await answer))
    except StorageFailure:
        raise
    except AzureFailure as failure:
        raise azure_unreadable(failure) from failure


def azure_unreadable(failure: AzureFailure) -> Problem:
    """Azure does not answer just now: not the caller's fault, and worth another try."""
    wait = max(1, round(failure.retry_after.total_seconds())) if failure.retry_after else 5
    told = f"Azure cannot be read at the moment ({failure.code}): {failure.message} Ask again later."
    return Problem(Kind.ESTATE_UNREADABLE, told, headers={"Retry-After": str(wait)})
