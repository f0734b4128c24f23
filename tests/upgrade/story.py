"""What happens before a dump is made: a story that leaves a row in every state and messages that somebody waits for."""

import json
import tomllib
from dataclasses import replace
from datetime import timedelta

from tests.upgrade.messages import UNREADABLE_BODIES, events
from tests.upgrade.names import (
    OTHER_SUBSCRIPTION,
    UNKNOWN,
    Alarm,
    AzureFailure,
    Catalogue,
    Door,
    GatewayRequest,
    ProcessDied,
    Record,
    Request,
    State,
    StorageFailure,
    SweepOrder,
    Town,
    VnetId,
    look_again,
    read_catalogue,
    read_request,
    registered,
    request,
    vnet,
    vnet_id,
)
from tests.upgrade.tape import TapedQueue, TapedRecords
from tests.upgrade.world import CATALOGUE, RETIRED, SEA, WEU, networks

BUSY = AzureFailure(429, "RetryableError", "Another operation is in progress. Retry later.")
THROTTLED = AzureFailure(429, "TooManyRequests", "The request was throttled.", timedelta(minutes=1))
DENIED = AzureFailure(403, "AuthorizationFailed", "The client does not have authorization over scope 'x'.")
TENANT = AzureFailure(401, "InvalidAuthenticationTokenTenant", "The access token is from the wrong issuer.")
DOWN = StorageFailure(503, "ServerBusy", "The server is currently unable to receive requests.")

ENDS = {
    ("busy-sea", "denied"): State.CONNECTED,
    ("busy-sea", "clinging"): State.REMOVED,
    ("busy-sea", "waits"): State.CONNECTED,
    ("plain-neu", "doubted"): State.CONNECTED,
    ("prod-weu", "broken"): State.CONNECTED,
    ("prod-weu", "tenant"): State.CONNECTED,
    ("prod-weu", "unforeseen"): State.CONNECTED,
    ("prod-weu", "half-way"): State.CONNECTED,
    ("prod-weu", "shop"): State.CONNECTED,
    ("prod-weu", "queued"): State.CONNECTED,
    ("prod-weu", "later"): State.CONNECTED,
    ("prod-weu", "moving"): State.REMOVED,
    ("prod-weu", "graced"): State.REMOVED,
}
"""By hub and spoke, where everything ends that the story leaves waiting, once Azure does what it is asked to."""


async def tell() -> Town:
    town = _town()
    for part in (_join, _refuse, _leave, _fail, _stay_open, _wait_on_the_queue):
        await part(town)
    return town


def _hubs(text: str) -> Catalogue:
    return read_catalogue(tomllib.loads(text))


def _town() -> Town:
    town = Town(*networks(), hubs=_hubs(CATALOGUE + RETIRED))
    town.records, town.queue = TapedRecords(), TapedQueue(town.clock)
    ports = replace(town.context.ports, records=town.records, requests=town.queue)
    town.context = replace(town.context, ports=ports)
    return town


async def _event(town: Town, *names: str, wait: timedelta | None = None) -> None:
    """An event about each of them, worked on at once; and what follows from it, up to `wait` from now or to its end."""
    for name in names:
        about = replace(request(vnet_id(name)), id=f"event-{name}", correlation=f"correlation-{name}")
        town.put(replace(about, when=town.clock()))
        await town.pump(wait)
        town.clock.now += timedelta(seconds=1)


def asked(town: Town, spoke: VnetId, hub: str | None) -> Request:
    """By HTTP, as the API makes it."""
    body = {"spoke": str(spoke), "hub": hub} if hub else {"spoke": str(spoke)}
    who, identity = "ann@contoso.example", f"invocation-{spoke.name}"
    wish = read_request(json.dumps(body).encode(), town.context.catalogue)
    return registered(wish, who, identity, town.clock()).as_request()


def _swept(town: Town, name: str) -> Request:
    return replace(request(vnet_id(name), Door.SWEEP, who="", when=town.clock()), id=f"sweep-{name}")


async def _join(town: Town) -> None:
    await _event(town, "shop", "adopted", "gateway", "grown", "broken", "left", "moved", "deleted", "graced", "moving")
    await _event(town, "kept", "clinging", "orphan", "forsaken", "doubted")
    town.put(asked(town, vnet_id("lake"), "prod-weu"))
    await town.pump()
    # A hub leaves the catalogue: of its two spokes one is looked at, the other is not yet.
    town.context = replace(town.context, catalogue=_hubs(CATALOGUE))
    await _event(town, "forsaken")


async def _refuse(town: Town) -> None:
    await _event(town, "copycat", "lost", "empty", "by-hand")
    town.put(request(vnet_id("asks", subscription=OTHER_SUBSCRIPTION), when=town.clock()))
    town.put(asked(town, vnet_id("missing"), "prod-weu"))
    town.put(_swept(town, "by-hand"))
    await town.pump()
    _grow(town, "grown", "10.96.7.0/24")  # into reserved space: not routed, and its pair stands on the old one
    await _event(town, "grown")


def _grow(town: Town, name: str, prefix: str) -> None:
    before = town.networks.vnets[vnet_id(name)].prefixes
    town.change(vnet_id(name), prefixes=(*before, *vnet("grown", prefix).prefixes))


async def _leave(town: Town) -> None:
    town.change(vnet_id("left"), tags={})
    town.change(vnet_id("moved"), tags={"hub": "plain-neu"})
    town.change(vnet_id("kept"), tags={})
    town.delete(vnet_id("deleted"))
    await _event(town, "left", "moved", "kept", "deleted")


async def _fail(town: Town) -> None:
    town.networks.fail("apply", vnet_id("spent"), *[BUSY] * 8)
    town.networks.fail("apply", vnet_id("tenant"), ProcessDied(), TENANT, TENANT)
    pair = town.networks.vnets[vnet_id("broken")].half_to(WEU)
    assert pair
    town.change(vnet_id("broken"), halves=(replace(pair, flags=replace(pair.flags, forwarded_traffic=False)),))
    town.networks.fail("apply", vnet_id("broken"), TENANT)
    town.networks.fail("apply", vnet_id("unforeseen"), *[RuntimeError("nobody thought of this")] * 5)
    town.networks.fail("read", vnet_id("unread"), *[RuntimeError("nor of this")] * 5)
    await _event(town, "spent", "tenant", "broken", "unforeseen", "unread")
    town.put(*UNREADABLE_BODIES)
    await town.pump()


async def _stay_open(town: Town) -> None:
    """The clock hardly moves from here on: these rows wait, each for its message."""
    now = timedelta()
    town.change(vnet_id("graced"), tags={})
    await _event(town, "graced", wait=now)
    town.networks.fail("apply", SEA, DENIED, DENIED)
    await _event(town, "denied", wait=now)
    town.change(vnet_id("clinging"), tags={})
    await _event(town, "clinging", wait=now)
    town.networks.fail("apply", SEA, THROTTLED)
    await _event(town, "waits", wait=now)
    # A worker is killed between the halves, and its lease on the hub has not lapsed: who comes now waits as a row.
    town.networks.fail("apply", vnet_id("half-way"), ProcessDied())
    await _event(town, "half-way", wait=now)
    _grow(town, "shop", "10.64.32.0/24")
    town.change(vnet_id("moving"), tags={"hub": "plain-neu"})
    await _event(town, "queued", "shop", "moving", wait=now)
    seen = town.networks.vnets.pop(vnet_id("doubted"))  # a read that lags: the hub's half says that it is there
    await _event(town, "doubted", wait=now)
    town.networks.vnets[seen.id] = seen


async def _wait_on_the_queue(town: Town) -> None:
    """Messages that nobody has taken yet, one through each door and one of each kind that waits for its time."""
    later, now = vnet_id("later"), timedelta()
    await _while_our_storage_is_down(town)
    town.networks.fail("read", later, BUSY, BUSY)
    await _event(town, "later", "untagged", wait=now)  # the second is looked at once more: its read may have lagged
    await look_again(town.row(later, UNKNOWN), town.context.ports)
    town.put(*events(later, town.clock()).values())
    town.put(asked(town, later, None), asked(town, vnet_id("lake"), "prod-weu"))
    town.put(_swept(town, "later"))
    town.put(replace(request(vnet_id("nobody"), when=town.clock()), gone=True))
    gateway = GatewayRequest(
        id="event-gw", subscription=later.subscription, who="somebody", when=town.clock(), correlation="c-gw"
    )
    town.put(gateway.to_json(), gateway.about(later).to_json())
    town.put(SweepOrder(id="order", door=Door.SWEEP, who="the timer", when=town.clock()).to_json())
    town.put(replace(request(vnet_id("nobody"), Door.SWEEP, when=town.clock()), half_at="prod-weu"))


async def _while_our_storage_is_down(town: Town) -> None:
    """What was being worked on waits on the queue, a request and an alarm alike."""

    def fail(_: Record) -> None:
        raise DOWN

    town.records.before_save.append(fail)
    await _event(town, "queued", wait=timedelta())
    town.records.before_save.clear()
    await town.queue.send(Alarm("plain-neu", town.clock()).after_a_failure(), timedelta(seconds=5))
