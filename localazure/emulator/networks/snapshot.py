"""The whole estate as JSON and back: what `--state` and the control endpoint save and load."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from localazure.emulator.access.state import Access
from localazure.emulator.callers import Activity
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind, Ledger, Operation
from localazure.emulator.networks.refusals import Failure
from localazure.emulator.networks.resources import (
    Peering,
    PlainResource,
    ResourceGroup,
    Subnet,
    Subscription,
    VirtualNetwork,
)
from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]

VERSION = 1


class UnreadableState(ValueError):
    """A saved state that this emulator cannot load; the message says why."""


def save(estate: Estate) -> Json:
    return {
        "version": VERSION,
        "subscriptions": estate.subscriptions,
        "subscriptionTags": [asdict(each) for each in estate.subscription_tags.values()],
        "groups": [asdict(group) for group in estate.groups.values()],
        "networks": [_save_network(network) for network in estate.networks.values()],
        "plain": [{**asdict(each), "id": each.id.text} for each in estate.plain.values()],
        "departed": sorted(estate.departed),
        "operations": [asdict(each) for each in estate.ledger.by_id.values()],
        "access": estate.access.save(),
    }


def load(estate: Estate, state: Json) -> None:
    """Replace what the estate holds. Raises UnreadableState and changes nothing."""
    if state.get("version") != VERSION:
        raise UnreadableState(f"The state has version {state.get('version')}; this emulator reads {VERSION}.")
    try:
        groups = [ResourceGroup(**each) for each in state["groups"]]
        networks = [_load_network(each) for each in state["networks"]]
        plain = [PlainResource(**{**each, "id": _id(each["id"])}) for each in state["plain"]]
        operations = [_load_operation(each) for each in state["operations"]]
        departed = {str(each) for each in state["departed"]}
        subscriptions = [str(each) for each in state["subscriptions"]]
        access = Access.load(state["access"]) if "access" in state else Access(owners=estate.access.owners)
        tagged = [Subscription(**each) for each in state.get("subscriptionTags", [])]
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableState(f"The state is damaged: {error!r}.") from error
    estate.subscriptions = subscriptions
    estate.groups = {group.id.lower(): group for group in groups}
    estate.networks = {network.id.key: network for network in networks}
    estate.plain = {each.id.key: each for each in plain}
    estate.departed = departed
    estate.access = access
    estate.subscription_tags = {each.id.lower(): each for each in tagged}
    estate.generation += 1
    estate.ledger = Ledger()
    for operation in operations:
        estate.ledger.add(operation)


def _save_network(network: VirtualNetwork) -> Json:
    saved = asdict(network)
    del saved["_by_remote"]
    saved["id"] = network.id.text
    saved["subnets"] = [asdict(subnet) for subnet in network.subnets.values()]
    saved["peerings"] = [{**asdict(each), "remote": each.remote.text} for each in network.peerings.values()]
    return saved


def _load_network(saved: Json) -> VirtualNetwork:
    subnets = [Subnet(**each) for each in saved["subnets"]]
    network = VirtualNetwork(
        **{
            **saved,
            "id": _id(saved["id"]),
            "subnets": {subnet.name.lower(): subnet for subnet in subnets},
            "peerings": {},
        }
    )
    for each in saved["peerings"]:
        network.add_peering(Peering(**{**each, "remote": _id(each["remote"])}))
    return network


def _load_operation(saved: Json) -> Operation:
    failure = saved["failure"]
    return Operation(
        **{
            **saved,
            "kind": Kind(saved["kind"]),
            "activity": Activity(**saved["activity"]),
            "failure": Failure(**failure) if failure else None,
        }
    )


def _id(text: str) -> ResourceId:
    parsed = ResourceId.parse(text)
    if parsed is None:
        raise ValueError(f"{text} is not a resource id")
    return parsed
