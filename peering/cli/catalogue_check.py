"""`python -m peering catalogue check [--strict] [FILE]`: faults of a catalogue, or what it says and its warnings."""

import sys
from collections.abc import Sequence
from pathlib import Path

from peering.catalogue_file import lint_catalogue
from peering.core.catalogue.fault import Fault
from peering.core.catalogue.policy import (
    ApprovalRule,
    Catalogue,
    Decision,
    Departure,
    HubPolicy,
    Moves,
    PerHalf,
    TagSource,
)
from peering.core.catalogue.reader import CatalogueError
from peering.core.network.addresses import Prefix


def check(file: Path, *, strict: bool = False) -> int:
    """Print faults and warnings, or what the catalogue says and its warnings.

    Exit status 0: the catalogue can be deployed; 1: it has faults. With `strict` a warning is a fault.
    """
    try:
        catalogue, warnings = lint_catalogue(file)
    except CatalogueError as error:
        sys.stdout.write(_listed_by_key(file, error.faults))
        return 1
    if warnings and strict:
        sys.stdout.write(_listed_by_key(file, warnings))
        return 1
    told = f"\n{_listed_by_key(file, warnings, 'warning: ')}" if warnings else ""
    sys.stdout.write(summary(file, catalogue) + told)
    return 0


def _listed_by_key(file: Path, faults: Sequence[Fault], kind: str = "") -> str:
    return "".join(f"{file}: {kind}{fault.key}: {fault.reason}\n" for fault in faults)


def summary(file: Path, catalogue: Catalogue) -> str:
    """What each hub lets its spokes do, a few lines per hub."""
    count = f"{len(catalogue.hubs)} hub{'s' if len(catalogue.hubs) > 1 else ''}"
    answer = f"; where it names none, tag {catalogue.status_tag!r} says so" if catalogue.status_tag else ""
    blocks = [f"{file}: {count}, chosen by the tag {catalogue.tag!r}{answer}", *map(_hub, catalogue.hubs.values())]
    return "\n\n".join(blocks) + "\n"


def rules(policy: HubPolicy) -> dict[str, str]:
    """What a hub lets its spokes do, rule by rule, in words."""
    return {
        "network": f"{policy.vnet.name} in {policy.vnet.group}, subscription {policy.vnet.subscription}",
        "gateway": policy.gateway,
        "traffic": f"forwarded {_halves(policy.forwarded_traffic)}, access {_halves(policy.virtual_network_access)}",
        "regions": ", ".join(policy.regions or ("any",)),
        "from": ", ".join(policy.subscriptions).replace("*", "any subscription"),
        "allowed": _space(policy.allowed_space) or "any address space",
        "reserved": _space(policy.reserved_space) or "none",
        "at most": f"{policy.max_peerings} peerings",
        "tag": f"of the {_listed(policy.tag_from)}{', inherited' if policy.inherit else ''}",
        "existing": policy.existing,
        "departure": _departure(policy),
        "moves": "to another hub when asked" if policy.moves is Moves.ASK else "to another hub at once",
        "approval": _approval(policy),
        "status": f"tag {policy.status_tag!r}" if policy.status_tag else "no tag",
        "approvers": ", ".join(policy.approvers) or "by app role alone",
        "ask": policy.its_owners,
    }


def _hub(policy: HubPolicy) -> str:
    title = f"{policy.name}: {policy.description}" if policy.description else policy.name
    return "\n".join([title, *(f"  {name:<10} {text}" for name, text in rules(policy).items())])


def _halves(switch: PerHalf) -> str:
    words = {True: "on", False: "off"}
    if switch.hub == switch.spoke:
        return words[switch.hub]
    return f"{words[switch.hub]} at the hub and {words[switch.spoke]} at the spoke"


def _listed(sources: Sequence[TagSource]) -> str:
    return ", else the ".join(source.replace("vnet", "network") for source in sources)


def _space(prefixes: Sequence[Prefix]) -> str:
    return ", ".join(map(str, prefixes))


def _departure(policy: HubPolicy) -> str:
    match policy.departure:
        case Departure.KEEP:
            return "keep the pair"
        case Departure.REMOVE:
            return f"remove the pair, {policy.grace_minutes} minutes after its tag is gone"


def _approval(policy: HubPolicy) -> str:
    rules = "; ".join(map(_rule, policy.approval)) or "none"
    days = f", within {policy.approval_days} day{'' if policy.approval_days == 1 else 's'}"
    return rules + days if policy.approval_days else rules


def _rule(rule: ApprovalRule) -> str:
    parts = [
        f"subscription {rule.subscription}" if rule.subscription else "",
        f"inside {rule.space}" if rule.space else "",
        f"in {rule.region}" if rule.region else "",
    ]
    outcome = "at once" if rule.decision is Decision.ACCEPT else "after a person's approval"
    return f"{' '.join(filter(None, parts)) or 'everything else'}: {outcome}"
