"""Each test says what SHOULD hold; one that FAILS confirms the fault of that number.

Run in a clone:  cp reports/review/test_confirm.py tests/service/test_confirm.py && .venv/bin/python -m pytest tests/service/test_confirm.py -q
"""

import asyncio
from datetime import timedelta

from peering.core.catalogue.policy import GatewayUse
from peering.core.intake.requests import Door
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import lease_name as LN
from peering.core.record.record import State
from tests.builders import (
    HUB_ID,
    NOON,
    OTHER_HUB_ID,
    SPOKE_ID,
    catalogue,
    hub,
    policy,
    request,
    spoke,
    vnet,
    vnet_id,
)
from tests.fakes.scheduling import ProcessDied
from tests.service.town import Town

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")
GRACE = timedelta(minutes=15)
DENIED = AzureFailure(403, "AuthorizationFailed", "no")
DOWN = AzureFailure(503, "ServiceUnavailable", "down")


def three(**rest):
    return Town(hub(), spoke(), spoke("10.2.0.0/24", id=B), spoke("10.3.0.0/24", id=C), **rest)


async def joined(*more, hubs=None):
    town = Town(hub(), spoke(), *more, hubs=hubs)
    await town.ask()
    town.networks.log.clear()
    return town


def stranded(town):
    """Rows that are open and due, with nothing on the queue that would look at them."""
    if town.queue.messages:
        return []
    return [r.spoke.name for r in town.records.rows.values() if r.state in (State.PENDING, State.LEAVING)]


# ------------------------------------------------------------------ lost wake-ups
async def test_F01_storage_down_for_five_deliveries_strands_the_rest_of_the_hub():
    town = three()
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    failing = [1] * 5

    def fail(record):
        if record.state is State.CONNECTED and failing:
            failing.pop()
            raise AzureFailure(503, "ServerBusy", "table busy")

    town.records.before_save.append(fail)
    await town.pump()
    print({n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)}, "poison", len(town.poison))
    assert stranded(town) == []


async def test_F01b_table_query_down_for_five_deliveries():
    town = three()
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    real, failing = town.records.waiting, [1] * 5

    async def due(*a):
        if failing:
            failing.pop()
            raise AzureFailure(503, "ServerBusy", "table busy")
        return await real(*a)

    town.records.waiting = due
    await town.pump()
    print(
        {n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)}, "poison", len(town.poison), town.connected([B, C])
    )
    assert stranded(town) == []


async def test_F02_one_spoke_that_raises_something_unforeseen_stops_none_of_the_others():
    town = three()
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    real = town.networks.read

    async def read(v):
        if v == C:
            raise KeyError("id")  # a document that nobody foresaw
        return await real(v)

    town.networks.read = read
    await town.pump()
    print({n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)}, "poison", len(town.poison))
    assert town.connected([SPOKE_ID, B])


async def test_F03_a_crash_between_the_leaving_row_and_its_wake_up_loses_the_departure():
    town = await joined()
    town.change(tags={})
    real, died = town.queue.send, []

    async def send(req, delay=timedelta()):
        if not died:
            died.append(1)
            raise ProcessDied
        return await real(req, delay)

    town.queue.send = send
    town.put(request(when=town.clock()))
    await town.pump()
    await town.pump(timedelta(hours=2))
    print(town.row().state, town.row().progress.not_before, town.queue.messages)
    assert town.row().state is State.REMOVED


async def test_F03b_a_queue_that_answers_503_once_loses_the_departure():
    town = await joined()
    town.change(tags={})
    real, died = town.queue.send, []

    async def send(req, delay=timedelta()):
        if not died:
            died.append(1)
            raise AzureFailure(503, "ServerBusy", "queue busy")
        return await real(req, delay)

    town.queue.send = send
    town.put(request(when=town.clock()))
    await town.pump()
    await town.pump(timedelta(hours=2))
    print(town.row().state, town.row().progress.not_before, town.queue.messages)
    assert town.row().state is State.REMOVED


async def test_F04_arm_down_for_five_minutes_when_the_grace_ends_loses_the_departure():
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    town.networks.fail("read", SPOKE_ID, *[DOWN] * 8)
    await town.pump()
    print(town.row().state, town.connected(), town.queue.messages)
    assert town.row().state in (State.REMOVED, State.LEAVING)


async def test_F05_a_ticket_whose_spoke_cannot_be_read_leaves_the_others_waiting():
    town = three(batch=1)
    object.__setattr__(town.context, "patience", timedelta(seconds=1))

    async def slow():
        town.clock.now += timedelta(seconds=15)

    town.networks.before_apply.append(slow)
    await town.wait_as_one_batch(SPOKE_ID, B, C)

    # the first spoke's subscription goes away once its own pair stands
    real = town.networks.read

    async def read(v):
        if v == SPOKE_ID and len(town.writes) >= 2:
            raise AzureFailure(404, "SubscriptionNotFound", "gone")
        return await real(v)

    town.networks.read = read
    await town.pump()
    print({n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)})
    assert stranded(town) == []


async def test_F06_move_dies_between_removed_and_the_wake_of_the_new_hub():
    two = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.0.0.0/16", gateway=True), spoke(), hubs=two)
    await town.ask()
    town.change(tags={"hub": "neu"})
    # A's lease is held by somebody else meanwhile, so B is joined first, and refused (hub ranges overlap)
    async with town.leases.take(LN(HUB_ID)):
        town.put(request(when=town.clock()))
        await town.pump(timedelta())
    print("after first look:", town.row().state, town.row(hub="neu").state)
    real = town.queue.send

    async def send(req, delay=timedelta()):
        if town.row().state is State.REMOVED:
            town.queue.send = real
            raise ProcessDied
        return await real(req, delay)

    town.queue.send = send
    town.put(request(B, when=town.clock()))
    town.networks.vnets[B] = spoke("10.9.0.0/24", id=B)
    await town.pump()
    print("end:", town.row().state, town.row(hub="neu").state)
    assert town.row(hub="neu").state is State.CONNECTED


async def test_F07_a_create_event_that_is_faster_than_arms_read_is_not_lost():
    town = Town(hub())
    town.put(request(when=town.clock()))
    await town.pump(timedelta(seconds=5))  # ARM: 404 ResourceNotFound, not replicated yet
    town.networks.vnets[SPOKE_ID] = spoke()
    await town.pump(timedelta(hours=1))
    print(dict(town.records.rows))
    assert (("prod-weu", SPOKE_ID.key) in town.records.rows) and town.connected()


# ------------------------------------------------------------------ destructive
async def test_F08_one_stray_404_must_not_cut_a_living_tagged_pair():
    town = await joined()
    real, lied = town.networks.read, []

    async def read(v):
        if v == SPOKE_ID and not lied:
            lied.append(1)
            return None
        return await real(v)

    town.networks.read = read
    await town.ask()
    print(town.writes)
    assert [w for w in town.writes if w.startswith("remove")] == []


async def test_F09_a_tag_that_is_back_when_the_grace_ends_but_its_event_is_late():
    town = await joined(spoke("10.2.0.0/24", id=B, tag=None))
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(GRACE - timedelta(seconds=5))
    town.change(tags={"hub": "prod-weu"})  # its event is late (Event Grid: at least once, no order, may be delayed)
    town.change(B, tags={"hub": "prod-weu"})
    town.clock.now += timedelta(seconds=5)
    town.queue.messages.sort(key=lambda t: t.due)
    ticket = town.queue.put(request(B, when=town.clock()).to_json())
    ticket.due = town.clock() - timedelta(
        milliseconds=1
    )  # another spoke's event is handled a moment before the wake-up
    await town.pump()
    print(town.writes)
    assert [w for w in town.writes if w.startswith("remove")] == []


async def test_F10_a_hub_that_was_rebuilt_under_another_id_leaves_no_orphan():
    town = await joined()
    new = vnet(OTHER_HUB_ID, "10.200.0.0/16")
    town.networks.vnets[OTHER_HUB_ID] = new
    object.__setattr__(town.context, "catalogue", catalogue(policy(network=OTHER_HUB_ID)))
    await town.ask()
    print(town.writes, [(h.name, h.state) for h in town.networks.vnets[HUB_ID].halves])
    assert town.networks.vnets[HUB_ID].halves == ()


async def test_F10b_departure_after_the_catalogue_names_another_vnet_removes_the_pair():
    town = await joined()
    town.networks.vnets[OTHER_HUB_ID] = vnet(OTHER_HUB_ID, "10.200.0.0/16")
    object.__setattr__(town.context, "catalogue", catalogue(policy(network=OTHER_HUB_ID)))
    town.change(tags={})
    await town.ask()
    print(town.row().state, town.writes, [(h.name, h.state) for h in town.networks.vnets[HUB_ID].halves])
    assert town.networks.vnets[SPOKE_ID].halves == ()


# ------------------------------------------------------------------ retries
async def test_F11_throttling_for_half_an_hour_is_waited_out():
    town = three()
    busy = AzureFailure(
        429,
        "RetryableError",
        "Operation PutVirtualNetworkGatewayOperation is updating resource. The call can be retried in 12 seconds.",
    )
    end = town.clock() + timedelta(minutes=30)
    real = town.networks.apply

    async def apply(change):
        if change.vnet == HUB_ID and town.clock() < end:
            raise busy
        return await real(change)

    town.networks.apply = apply
    await town.ask()
    print(town.row().state, "after", town.row().progress.finished - NOON)
    assert town.connected()


async def test_F12_a_gateway_that_is_still_deploying_does_not_keep_the_spoke_unpeered():
    town = Town(hub(gateway=True), spoke())
    end = town.clock() + timedelta(minutes=30)  # a VPN gateway takes 30 to 45 minutes
    real = town.networks.apply

    async def apply(change):
        if change.flags.remote_gateways and change.action == "put" and town.clock() < end:
            raise AzureFailure(400, "RemoteVnetHasNoGateways", "does not have any gateways.")
        return await real(change)

    town.networks.apply = apply
    await town.ask()
    print(
        town.row().state,
        "after",
        town.row().progress.finished - NOON,
        [(h.name, h.state) for h in town.networks.vnets[HUB_ID].halves],
    )
    assert town.connected()


async def test_F13_a_row_is_not_tried_before_its_not_before_by_messages_of_its_own():
    """Retry-After 60 s; the row must not be tried more often than once a minute."""
    ids = [vnet_id(f"s{n:02}") for n in range(20)]
    town = Town(hub(), *(spoke(f"10.{n + 1}.0.0/24", id=each) for n, each in enumerate(ids)))
    chances = iter([((7919 * k) % 1000) / 1000 for k in range(1, 10_000)])
    object.__setattr__(town.context, "chance", lambda: next(chances))
    tries = {each: [] for each in ids}
    real = town.networks.apply

    async def apply(change):
        if change.side == "spoke":
            tries[change.vnet].append((town.clock() - NOON).total_seconds())
            raise AzureFailure(429, "SubscriptionRequestsThrottled", "throttled", timedelta(seconds=60))
        return await real(change)

    town.networks.apply = apply
    await town.wait_as_one_batch(*ids)
    await town.pump()
    gaps = [b - a for t in tries.values() for a, b in zip(t, t[1:])]
    times = {k.name: v for k, v in tries.items()}
    print(
        "smallest gap between two tries of one spoke:",
        min(gaps),
        "; last try at",
        max(t[-1] for t in tries.values()),
        "; first to give up at",
        min(t[-1] for t in tries.values()),
        "; messages",
        len(town.queue.sent),
    )
    print({k: v for k, v in list(times.items())[:3]})
    assert min(gaps) >= 60


async def test_F14_a_spoke_that_hangs_does_not_hold_up_its_hub():
    """Real networks.read has no time limit of its own (aiohttp: 300 s, three tries): the whole batch waits."""
    town = three()
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    real = town.networks.read
    waiting = asyncio.Event()
    first = []

    async def read(v):
        if v == C:
            await waiting.wait()
        return await real(v)

    town.networks.read = read
    task = asyncio.create_task(town.pump())
    await asyncio.sleep(0.2)
    done = town.networks.vnets[SPOKE_ID].halves != ()
    waiting.set()
    await task
    assert done


# ------------------------------------------------------------------ telling
async def test_F15_a_failure_is_written_as_the_status_tag_too():
    town = Town(hub(), spoke(), hubs=catalogue(policy(status_tag="hub-status")))
    town.networks.fail("apply", HUB_ID, AzureFailure(401, "InvalidAuthenticationTokenTenant", "wrong issuer"))
    await town.ask()
    print(town.row().state, town.networks.vnets[SPOKE_ID].tags)
    assert "hub-status" in town.networks.vnets[SPOKE_ID].tags


async def test_F16_grace_of_seven_days_outlives_its_message():
    from peering.core.intake.requests import visible_in

    assert visible_in(timedelta(days=7)) < 7 * 24 * 3600 - 60, "visible for one second before its TTL of 7 days ends"


async def test_F17_an_hour_of_drifting_spokes_does_not_starve():
    """Kept for the record: due() puts the oldest first, postponed ones too"""


async def test_F18_two_rows_when_the_spoke_cannot_be_read_any_more():
    two = catalogue(policy(), policy("neu", OTHER_HUB_ID))
    town = Town(hub(), vnet(OTHER_HUB_ID, "10.200.0.0/16"), spoke(), hubs=two)
    await town.ask()
    town.change(tags={"hub": "neu"})
    async with town.leases.take(LN(HUB_ID)), town.leases.take(LN(OTHER_HUB_ID)):
        town.put(request(when=town.clock()))
        await town.pump(timedelta())
    town.networks.fail("read", SPOKE_ID, *[DENIED] * 8)
    town.put(request(when=town.clock()))
    await town.pump()
    print({k[0]: str(r.state) for k, r in town.records.rows.items()})
    assert stranded(town) == []


async def test_F19_hub_404_once_refuses_everybody():
    town = three()
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    real, lied = town.networks.read, []

    async def read(v):
        if v == HUB_ID and not lied:
            lied.append(1)
            return None
        return await real(v)

    town.networks.read = read
    await town.pump()
    await town.pump(timedelta(hours=1))
    print({n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)})
    assert town.connected([SPOKE_ID, B, C])


async def test_F20_hub_half_first_when_transit_is_taken_away():
    """Azure refuses allowGatewayTransit=false on the hub while a spoke still uses the remote gateway."""
    town = Town(hub(gateway=True), spoke())
    await town.ask()
    town.networks.log.clear()
    object.__setattr__(town.context, "catalogue", catalogue(policy(gateway=GatewayUse.NEVER)))
    await town.ask(door=Door.HTTP)
    print(town.writes)
    assert town.writes[0].startswith("put spoke-a")


async def test_F21_abandon_keeps_a_departure_that_waits():
    town = await joined()
    town.change(tags={})
    town.put(request(when=town.clock()))
    await town.pump(timedelta(minutes=1))
    from peering.service.poison import abandon as bury0

    async def bury(b, r, a, t, n):
        await bury0(b, town.context.ports, n)

    await bury(request().to_json(), town.records, town.announcer, None, town.clock())
    await town.pump()
    print(town.row().state, town.connected())
    assert town.row().state is not State.CONNECTED and town.networks.vnets[SPOKE_ID].halves == ()


async def test_F22_first_connection_interrupted_by_clobbered_tag_gets_a_grace():
    town = Town(hub(), spoke())
    clobbered = []

    async def clobber():
        if not clobbered and town.networks.writes and town.networks.writes[-1].startswith("put hub"):
            clobbered.append(1)
            town.change(tags={})
            town.put(request(when=town.clock()))

    town.networks.before_apply.append(clobber)
    town.put(request())
    task = asyncio.create_task(town.pump_together())
    await task
    print(town.row().state, town.writes)


async def test_F23_policy_tightened_refused_but_still_peered():
    town = await joined()
    object.__setattr__(
        town.context, "catalogue", catalogue(policy(subscriptions=("99999999-2222-3333-4444-555555555555",)))
    )
    await town.ask(door=Door.HTTP)
    print(town.row().state, town.connected(), town.row().found.findings)
    assert not town.connected() or "stands" in town.row().found.findings[0].message
