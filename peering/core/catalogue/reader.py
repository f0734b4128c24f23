"""Reads a catalogue (`hubs.toml`, parsed) into policies, and reports every fault in it at once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from peering.core.catalogue.fault import Fault
from peering.core.catalogue.policy import (
    UNKNOWN,
    ApprovalRule,
    Catalogue,
    Decision,
    Departure,
    Existing,
    GatewayUse,
    HubPolicy,
    Mode,
    Moves,
    TagSource,
)
from peering.core.catalogue.toml_table import Table
from peering.core.network.resource_ids import VnetId

_HUB_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
_TAG_NAME = re.compile(r"[^<>%&\\?/\x00-\x1f]{1,512}")
_PEOPLE = re.compile(r"[^\x00-\x1f]{1,64}")  # they have to fit into a tag, beside what is to be done
_LINE = re.compile(r"[^\x00-\x1f]{1,256}")
_MOST_PEERINGS = 1000  # with Azure Virtual Network Manager; 500 otherwise (docs/facts/arm-peering.md, Limits)
_NOWHERE = VnetId("", "", "")  # stands in for a network that cannot be read, so that the other keys are checked too
_ANYWHERE = 'To allow any, leave it out, or write ["0.0.0.0/0", "::/0"] where [defaults] has others.'
_LONGEST_WAIT = 365  # days in which somebody may approve
_LONGEST_GRACE = 7 * 24 * 60  # who wants longer means departure = "keep"


@dataclass(slots=True, eq=False)  # not frozen: contextlib sets the traceback of what passes through it
class CatalogueError(ValueError):
    """The catalogue cannot be used. `faults` names every key that is wrong, hub by hub."""

    source: str
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        lines = "\n".join(f"  {fault.key}: {fault.reason}" for fault in self.faults)
        return f"{self.source} has {len(self.faults)} fault(s):\n{lines}"


def read_catalogue(document: Mapping[str, Any], source: str = "hubs.toml") -> Catalogue:
    """Validate a parsed catalogue; raise CatalogueError with all its faults."""
    faults: list[Fault] = []
    top = Table("", document, faults)
    tag = top.text("tag", "hub", pattern=_TAG_NAME)
    status_tag = _status_tag(top, tag)
    whose = _tag_from(top) or (TagSource.VNET,)
    inherit = top.flag("inherit")
    defaults = _defaults(top, tag)
    tables = top.tables("hubs", defaults)
    if top.value("hubs") in (None, {}):
        top.fault("hubs", 'names no hub. Add one: [hubs.prod-weu] with vnet = "/subscriptions/…".')
    hubs: dict[str, HubPolicy] = {}
    for name, table in tables.items():
        policy = _hub(name, table, hubs)
        if policy:
            trusted = _trusted(table, _tag_from(table) or whose, inherit=table.flag("inherit", default=inherit))
            hubs[policy.name] = replace(policy, status_tag=_status_tag(table, tag) or status_tag, **trusted)
    top.refuse_unknown_keys()
    if faults:
        raise CatalogueError(source, tuple(faults))
    return Catalogue(tag, hubs, status_tag)


def _defaults(top: Table, tag: str) -> Table:
    """What holds for every hub that does not say otherwise. It is read on its own too: a fault in it is nobody else's.

    `vnet` has no default, and `name` is none of the keys.
    """
    table = top.table("defaults")
    if "vnet" in table.values:
        table.fault("vnet", "is the network of one hub: it belongs under [hubs.<name>].")
    _policy("defaults", _NOWHERE, table)
    _status_tag(table, tag)
    _tag_from(table)
    table.flag("inherit")
    table.refuse_unknown_keys({"vnet"})
    return table


def _hub(written: str, table: Table, others: Mapping[str, HubPolicy]) -> HubPolicy | None:
    name = written.strip().lower()
    if not _HUB_NAME.fullmatch(name) or name == UNKNOWN:
        table.fault("", f"is no name for a hub: use 1 to 40 letters, digits and hyphens, and not {UNKNOWN!r}.")
    if name in others:
        table.fault("", "is there twice: names of hubs are compared without case.")
    vnet = table.vnet("vnet")
    policy = _policy(name, vnet or _NOWHERE, table)
    table.refuse_unknown_keys(HubPolicy.__dataclass_fields__.keys() - {"name", "installation"})
    if vnet and (twin := next((hub.name for hub in others.values() if hub.vnet == vnet), None)):
        table.fault("vnet", f"is the VNet of hub {twin!r} too: one VNet is one hub.")
    return policy if vnet else None


def _policy(name: str, vnet: VnetId, table: Table) -> HubPolicy:
    policy = HubPolicy(
        name=name,
        vnet=vnet,
        gateway=table.choice("gateway", GatewayUse.AUTO),
        forwarded_traffic=table.per_half("forwarded_traffic", default=False),
        virtual_network_access=table.per_half("virtual_network_access", default=True),
        regions=_regions(table),
        subscriptions=table.subscriptions("subscriptions"),
        allowed_space=table.prefixes("allowed_space", empty=_ANYWHERE),
        reserved_space=table.prefixes("reserved_space"),
        existing=table.choice("existing", Existing.ADOPT),
        departure=table.choice("departure", Departure.REMOVE),
        grace_minutes=table.minutes("grace_minutes", 1440, most=_LONGEST_GRACE),
        moves=table.choice("moves", Moves.FOLLOW),
        approval=_approval(table),
        approval_days=_approval_days(table),
        mode=table.choice("mode", Mode.ENFORCE),
        max_removals=_max_removals(table),
        max_peerings=table.number("max_peerings", 500, least=1, most=_MOST_PEERINGS),
        owners=table.text("owners", "", pattern=_PEOPLE),
        contact=table.text("contact", "", pattern=_PEOPLE),
        description=table.text("description", "", pattern=_LINE),
        approvers=table.object_ids("approvers"),
    )
    for allowed in policy.allowed_space:
        if holder := next((block for block in policy.reserved_space if allowed.inside(block)), None):
            table.fault(
                "allowed_space",
                f"{allowed} lies wholly in reserved_space {holder}: nothing could be accepted.",
            )
    return policy


def _tag_from(table: Table) -> tuple[TagSource, ...]:
    """In the order in which they decide; empty where the table does not say."""
    hint = f"use a list of {', '.join(TagSource)}: the first that bears the tag decides"
    found = table.texts("tag_from", hint)
    if table.value("tag_from") == [] or len(set(found)) < len(found) or not set(found) <= set(TagSource):
        table.fault("tag_from", f"is {list(found)!r}: {hint}, each at most once.")
        return ()
    return tuple(map(TagSource, found))


def _trusted(table: Table, sources: tuple[TagSource, ...], *, inherit: bool) -> dict[str, Any]:
    if inherit and set(sources) == {TagSource.VNET}:
        table.fault("inherit", 'has nothing to inherit from: name it in tag_from, as ["subscription", "vnet"] does.')
    return {"tag_from": sources, "inherit": inherit}


def _max_removals(table: Table) -> int | None:
    return table.number("max_removals", 0, most=_MOST_PEERINGS) if table.value("max_removals") is not None else None


def _regions(table: Table) -> tuple[str, ...] | None:
    if table.value("regions") in (None, "any"):
        return None
    if table.value("regions") == "same":
        return ("same",)
    hint = 'use "any", "same" or a list of regions'
    regions = tuple(region.replace(" ", "").lower() for region in table.texts("regions", hint))
    if table.value("regions") == []:
        table.fault("regions", "allows no region at all. Leave it out to allow any.")
    for word in {"any", "same"}.intersection(regions):
        table.fault("regions", f"has {word!r} among its regions: {hint}.")
    return regions


def _approval_days(table: Table) -> int | None:
    given = table.value("approval_days") is not None
    return table.number("approval_days", 1, least=1, most=_LONGEST_WAIT) if given else None


def _approval(table: Table) -> tuple[ApprovalRule, ...]:
    value = table.value("approval")
    if value in (None, "none"):
        return ()
    if value == "required":
        return (ApprovalRule(Decision.HOLD),)
    return tuple(_rule(rule) for rule in table.list_of_tables("approval", 'use "none", "required" or a list of rules'))


def _rule(table: Table) -> ApprovalRule:
    space = table.prefixes("space", empty="Leave it out if the rule is for any.")
    if len(space) > 1:
        table.fault("space", "takes one prefix. Write a rule for each.")
    region = table.optional_text("region")
    subscription = _subscription(table)
    rule = ApprovalRule(
        decision=table.choice("decision", Decision.HOLD),
        subscription=subscription,
        space=space[0] if space else None,
        region=region.replace(" ", "").lower() if region else None,
    )
    table.refuse_unknown_keys()
    return rule


def _subscription(table: Table) -> str | None:
    """Of a rule; None for any. An empty text or list is a fault there: it would make the rule one for everybody."""
    if table.value("subscription") is None:
        return None
    first, *others = table.subscriptions("subscription")
    if others:
        table.fault("subscription", "takes one subscription. Write a rule for each.")
    return None if first == "*" else first


def _status_tag(table: Table, tag: str) -> str | None:
    name = table.optional_text("status_tag", pattern=_TAG_NAME)
    if name and name.lower() == tag.lower():
        table.fault("status_tag", "is the tag that chooses the hub: our answer would overwrite the question.")
    return name
