"""Which group a trial may use, and what is said before it begins."""

from __future__ import annotations

import re

from localazure.conformance.ask_azure.ground import LOCKS_API, RESOURCES_API, resources
from localazure.conformance.ask_azure.rest import Rest

_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_NAMED = re.compile(r"autopeer-trial-[\w.()-]*[\w()-]", re.IGNORECASE)


class Refused(Exception):
    """The trial does not begin; the message says why and what to do."""


def check_names(subscription: str, group: str) -> None:
    """Raises Refused. Before anything is asked of anybody."""
    if not _GUID.fullmatch(subscription):
        raise Refused(f"'{subscription}' is no id of a subscription. Yours: az account list -o table")
    if not _NAMED.fullmatch(group):
        raise Refused(
            f"The resource group '{group}' is not named autopeer-trial-…: a trial makes and removes networks, so it "
            f"wants a group of its own. Make one: az group create -n autopeer-trial-1 -l westeurope"
        )


async def check_empty(rest: Rest, group: str) -> str:
    """The group's location. Raises Refused unless it is there, with nothing in it and no lock on it."""
    reply = await rest.send("GET", group, version=RESOURCES_API)
    name = group.rpartition("/")[2]
    if reply.status == 404:
        raise Refused(f"There is no resource group '{name}'. Make one: az group create -n {name} -l westeurope")
    if not reply.accepted:
        raise Refused(f"The resource group '{name}' cannot be read: {reply.said}. It takes the role Contributor there.")
    if found := await resources(rest, group):
        raise Refused(
            f"The resource group '{name}' is not empty: {', '.join(found)}. Name an empty one. What an earlier trial "
            f"has left goes with its group: az group delete -n {name}"
        )
    locks = await rest.send("GET", f"{group}/providers/Microsoft.Authorization/locks", version=LOCKS_API)
    if locks.get("value"):
        raise Refused(f"There is a lock on the resource group '{name}' or above it, so nothing could be removed again.")
    return str(reply.get("location"))


def announcement(subscription: str, group: str, arm: str) -> str:
    """What it will do and cost (docs/facts/arm-peering.md, Cost of traffic)."""
    return (
        f"Asks {arm}, with your login, in subscription {subscription}, resource group {group}:\n"
        "* makes two virtual networks as hubs and six as spokes, peers, locks and breaks them, and removes them;\n"
        "* costs nothing: networks are free, peerings are billed by traffic and there is none. No gateway, no public\n"
        "  address, no machine is made, and nothing outside of the group is written;\n"
        "* takes some 400 calls and about half an hour. Ctrl-C ends it early, and it removes what it has made.\n"
    )
