"""What is legal in a catalogue and dangerous, or says less than its writer thinks. Pure; none of it stops the app.

Each warning has the key it is about, what comes of it and what to do, as faults have.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import Any

from peering.core.catalogue.dead_rules import dead_rules
from peering.core.catalogue.fault import Fault
from peering.core.catalogue.policy import Catalogue, Decision, Departure, HubPolicy
from peering.core.catalogue.regions import REGIONS, closest_region
from peering.core.network.addresses import AddressBook, Claim, Prefix

_ANYWHERE = (Prefix.parse("0.0.0.0/0"),)  # who reserves ::/0 wants no IPv6, and may
_WIDTH = {4: 32, 6: 128}
_SHORTEST_GRACE = 1  # minute: less than somebody needs to put a tag back that a template has taken away
_USUAL_SHARE = 10  # the brake's own figure is a tenth of the pairs
_MADE_UP = re.compile(r"(.)\1{7}-.*|12345678-.*")  # 11111111-…: nobody's id that Azure has given out
_EXAMPLE_PEOPLE = re.compile(r"contoso|fabrikam|\bexample\b", re.IGNORECASE)

type Warning_ = tuple[str, str]
"""A key within the hub's table (empty for the hub itself), and a sentence."""


def lint(catalogue: Catalogue, document: Mapping[str, Any] | None = None) -> tuple[Fault, ...]:
    """Every warning, hub by hub. `document`, what the catalogue was read from, tells a hub's own keys from defaults."""
    hubs = catalogue.hubs.values()
    found = [
        _placed(hub, key, reason, document or {}) for hub in hubs for check in CHECKS for key, reason in check(hub)
    ]
    alike = [_placed(hub, "", reason, document or {}) for hub, reason in _alike(catalogue)]
    return tuple(dict.fromkeys([*found, *alike]))  # what is wrong with a default is told once


def _placed(hub: HubPolicy, key: str, reason: str, document: Mapping[str, Any]) -> Fault:
    tables = document.get("hubs", {})
    written = next((name for name in tables if name.strip().lower() == hub.name), hub.name)
    defaults = document.get("defaults", {})
    top = key.partition("[")[0]
    if top and top in defaults and top not in tables.get(written, {}):
        return Fault(f"defaults.{key}", reason)
    return Fault(".".join(part for part in ("hubs", written, key) if part), reason)


def _open(hub: HubPolicy) -> Iterator[Warning_]:
    anywhere = not hub.allowed_space or not {*_ANYWHERE}.isdisjoint(hub.allowed_space)
    asks = any(rule.decision is Decision.HOLD for rule in hub.approval)
    if anywhere and "*" in hub.subscriptions and hub.regions is None and not asks:
        yield (
            "",
            (
                "is open to every network that bears the tag: of any subscription, region and address space, without "
                "approval. Set at least one of allowed_space, subscriptions, regions and approval."
            ),
        )


def _subscriptions(hub: HubPolicy) -> Iterator[Warning_]:
    if "*" in hub.subscriptions and len(hub.subscriptions) > 1:
        yield "subscriptions", 'holds "*" beside others, and so allows all of them. Take the "*" out, or the others.'


def _regions(hub: HubPolicy) -> Iterator[Warning_]:
    listed = [("regions", region) for region in hub.regions or () if region != "same"]
    ruled = [(f"approval[{place}].region", rule.region) for place, rule in enumerate(hub.approval) if rule.region]
    for key, region in [*listed, *ruled]:
        if region not in REGIONS:
            meant = closest_region(region)
            yield (
                key,
                f"{region!r} is no region that we know of, and a name that Azure does not have matches nobody."
                + (f" Did you mean {meant!r}?" if meant else " `az account list-locations` names them."),
            )


def _address_space(hub: HubPolicy) -> Iterator[Warning_]:
    for key, blocks in (("allowed_space", hub.allowed_space), ("reserved_space", hub.reserved_space)):
        for block in blocks:
            if holder := next((other for other in blocks if block != other and block.inside(other)), None):
                yield key, f"{block} lies in {holder} of the same list, and adds nothing. Take one of the two out."
    book = AddressBook(Claim(block, "reserved") for block in hub.reserved_space)
    for block in hub.allowed_space or _ANYWHERE:
        if not book.free([block], _WIDTH[block.version], 1):
            yield (
                "reserved_space",
                f"covers all of {block}: no network there could be accepted. Correct it, or allowed_space.",
            )


def _departure(hub: HubPolicy) -> Iterator[Warning_]:
    if hub.departure is Departure.REMOVE and hub.grace_minutes < _SHORTEST_GRACE:
        yield (
            "grace_minutes",
            (
                f"of {hub.grace_minutes:g} cuts a network off once its tag is gone, also where a template took it "
                "away by mistake and puts it back. Give it some minutes at least."
            ),
        )


def _brake(hub: HubPolicy) -> Iterator[Warning_]:
    usual = hub.max_peerings // _USUAL_SHARE
    if hub.max_removals is not None and hub.max_removals > max(usual, _USUAL_SHARE):
        yield (
            "max_removals",
            (
                f"lets {hub.max_removals} pairs lose something within a day before a person has looked, of at most "
                f"{hub.max_peerings}. Leave it out for the usual figure, a tenth of the pairs."
            ),
        )


def _traffic(hub: HubPolicy) -> Iterator[Warning_]:
    access, forwarded = hub.virtual_network_access, hub.forwarded_traffic
    if not (access.hub or access.spoke or forwarded.hub or forwarded.spoke):
        yield "virtual_network_access", "is off, and forwarded_traffic too: the peerings carry nothing. Switch one on."


def _examples(hub: HubPolicy) -> Iterator[Warning_]:
    ids = [("vnet", hub.vnet.subscription.lower())]
    ids += [("subscriptions", one) for one in hub.subscriptions]
    ids += [("approvers", one) for one in hub.approvers]
    ids += [
        (f"approval[{n}].subscription", rule.subscription) for n, rule in enumerate(hub.approval) if rule.subscription
    ]
    for key, id_ in ids:
        if _MADE_UP.fullmatch(id_):
            yield key, f"{id_} looks like an id out of an example. Put the one there that Azure shows."
    for key, text in (("owners", hub.owners), ("contact", hub.contact)):
        if _EXAMPLE_PEOPLE.search(text):
            yield key, f"{text!r} looks like an example, and messages send people there. Say who it is, or take it out."


def _nobody_to_ask(hub: HubPolicy) -> Iterator[Warning_]:
    if any(rule.decision is Decision.HOLD for rule in hub.approval) and not (hub.owners or hub.contact):
        yield (
            "approval",
            "has people wait, and messages cannot tell them whom to ask. Name owners or contact.",
        )


CHECKS: tuple[Callable[[HubPolicy], Iterator[Warning_]], ...] = (
    _open,
    _subscriptions,
    _regions,
    _address_space,
    _departure,
    _brake,
    _traffic,
    dead_rules,
    _nobody_to_ask,
    _examples,
)


def _alike(catalogue: Catalogue) -> Iterator[tuple[HubPolicy, str]]:
    """Hubs that a hasty eye takes for each other: a network would be peered with the wrong one, without any fault."""
    for one, other in combinations(catalogue.hubs.values(), 2):
        if _outline(one.name) == _outline(other.name) or _swapped(one.name, other.name):
            yield (
                other,
                f"is easily taken for {one.name!r}, and a tag with the wrong one is no fault. Rename one of them.",
            )


def _outline(name: str) -> str:
    return name.replace("-", "").translate(str.maketrans("oil", "011"))


def _swapped(one: str, other: str) -> bool:
    """Whether the names differ by two neighbouring characters that have changed places."""
    apart = [place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    return (
        len(one) == len(other)
        and len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    )
