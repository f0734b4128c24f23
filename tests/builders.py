"""Short ways to say: a network, a half, a policy, a record. Whatever a test does not name is a sound default."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from peering.core.catalogue.policy import Catalogue, HubPolicy
from peering.core.decision.approval import Ruling
from peering.core.intake.requests import Door, NamedBy, Request
from peering.core.network.addresses import Prefix, parse_prefixes
from peering.core.network.resource_ids import VnetId
from peering.core.network.vnets import Flags, Half, Vnet
from peering.core.record.record import Approval, Asked, Found, Progress, Record, State

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
OTHER_SUBSCRIPTION = "99999999-2222-3333-4444-555555555555"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def vnet_id(name: str, group: str = "rg", subscription: str = SUBSCRIPTION) -> VnetId:
    return VnetId(subscription, group, name)


HUB_ID = vnet_id("hub-weu")
SPOKE_ID = vnet_id("spoke-a")
OTHER_HUB_ID = vnet_id("hub-neu")


def gateway_of(vnet: VnetId) -> str:
    group = f"/subscriptions/{vnet.subscription}/resourceGroups/{vnet.group}"
    return f"{group}/providers/Microsoft.Network/virtualNetworkGateways/gw-{vnet.name}"


def vnet(identity: VnetId | str, *prefixes: str, gateway: bool = False, **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Vnet
    """A network in westeurope with the given address space."""
    found = vnet_id(identity) if isinstance(identity, str) else identity
    made = Vnet(
        id=found,
        location="westeurope",
        prefixes=parse_prefixes(prefixes),
        gateway=gateway_of(found) if gateway else None,
    )
    return replace(made, **rest)


def hub(*prefixes: str, **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Vnet
    return vnet(HUB_ID, *(prefixes or ("10.0.0.0/16",)), **rest)


def spoke(*prefixes: str, tag: str | None = "prod-weu", **rest: Any) -> Vnet:  # noqa: ANN401 - the fields of Vnet
    made = vnet(rest.pop("id", SPOKE_ID), *(prefixes or ("10.1.0.0/24",)), **rest)
    return replace(made, tags={"hub": tag} if tag is not None else {})


def half(remote: VnetId, name: str = "by-hand", *prefixes: str, **rest: Any) -> Half:  # noqa: ANN401 - the fields of Half
    """A half that is Connected and in sync."""
    return replace(
        Half(
            name=name,
            remote=remote,
            state="Connected",
            sync_level="FullyInSync",
            flags=Flags(),
            remote_prefixes=parse_prefixes(prefixes),
        ),
        **rest,
    )


def policy(name: str = "prod-weu", network: VnetId = HUB_ID, **rest: Any) -> HubPolicy:  # noqa: ANN401 - the fields of HubPolicy
    for key in ("allowed_space", "reserved_space"):
        if key in rest:
            rest[key] = parse_prefixes(rest[key])
    return HubPolicy(
        name=name, vnet=network, **{"max_removals": 500, "grace_minutes": 15, **rest}
    )  # the brake is tests/service/test_brake.py's


def catalogue(*policies: HubPolicy) -> Catalogue:
    return Catalogue("hub", {each.name: each for each in policies or (policy(),)})


def request(network: VnetId = SPOKE_ID, door: Door = Door.EVENT, **rest: Any) -> Request:  # noqa: ANN401 - the fields of Request
    return replace(
        Request(id="message-1", spoke=network, door=door, who="somebody", when=NOON, correlation="correlation-1"),
        **rest,
    )


def record(state: State | str = State.PENDING, **rest: Any) -> Record:  # noqa: ANN401 - the fields of Record and its parts
    asked = Asked(
        wanted="prod-weu",
        named_by=NamedBy.TAG,
        door=Door.EVENT,
        who="somebody",
        correlation="correlation-1",
        requested=NOON,
    )
    return altered(Record(hub="prod-weu", spoke=SPOKE_ID, state=state, asked=asked, etag="1"), **rest)


def altered(row: Record, **changes: Any) -> Record:  # noqa: ANN401 - as above
    """The row with other values of its fields, in whatever part of it they stand."""
    parts: dict[str, Asked | Progress | Found | Approval] = {
        "asked": row.asked,
        "progress": row.progress,
        "found": row.found,
        "approval": row.approval,
    }
    for name, part in parts.items():
        mine = {key: changes.pop(key) for key in part.__dataclass_fields__ if key in changes}
        changes[name] = replace(changes.get(name, part), **mine)
    return replace(row, **changes)


def ruling(prefixes: tuple[Prefix, ...], **rest: Any) -> Ruling:  # noqa: ANN401 - the fields of Ruling
    """An approval, given at noon, of what has just these prefixes."""
    made = Ruling(granted=True, to="prod-weu", who="Ada", when=NOON, reason="change 4711", prefixes=prefixes)
    return replace(made, **rest)


def texts(items: Sequence[object]) -> list[str]:
    return [str(item) for item in items]
