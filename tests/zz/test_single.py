from datetime import timedelta

from peering.core.network.failures import AzureFailure
from peering.core.record.record import State
from tests.builders import SPOKE_ID, hub, request, spoke, vnet_id
from tests.service.town import Town

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")


async def test_F01c_one_failed_save_of_another_spokes_row_strands_it():
    """ONE 503 of Table storage, for B's row, while A's message drains A, B and C. A is Connected, so A's redelivery finds nothing to do."""
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B), spoke("10.3.0.0/24", id=C))
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    failing = [1]

    def fail(record):
        if record.spoke == B and record.state is State.CONNECTED and failing:
            failing.pop()
            raise AzureFailure(503, "ServerBusy", "table busy")

    town.records.before_save.append(fail)
    await town.pump()
    print(
        {n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)},
        "messages",
        len(town.queue.messages),
        "poison",
        len(town.poison),
    )
    assert town.row(B).state is State.CONNECTED


async def test_F01d_two_batches_one_failure_in_the_second():
    """Same, with batch=1: everything after the failure is not even peered."""
    town = Town(hub(), spoke(), spoke("10.2.0.0/24", id=B), spoke("10.3.0.0/24", id=C), batch=1)
    await town.wait_as_one_batch(SPOKE_ID, B, C)
    failing = [1]
    real = town.records.note

    async def note(record, when):
        if record.spoke == B and failing:
            failing.pop()
            raise AzureFailure(503, "ServerBusy", "table busy")
        await real(record, when)

    town.records.note = note
    await town.pump()
    await town.pump(timedelta(hours=24))
    print(
        {n.name: str(town.row(n).state) for n in (SPOKE_ID, B, C)},
        "messages",
        len(town.queue.messages),
        "poison",
        len(town.poison),
        town.connected([C]),
    )
    assert town.connected([SPOKE_ID, B, C])


async def test_F24_stray_message_of_a_failed_row_tries_again_beyond_the_limit():
    town = Town(hub(), spoke())
    town.networks.fail("apply", SPOKE_ID, *[AzureFailure(429, "X", "busy")] * 8)
    await town.ask()
    assert town.row().state is State.FAILED
    before = len(town.records.entries)
    from peering.core.intake.requests import Door

    await town.ask(door=Door.RETRY)
    print(town.row().state)


async def test_F25_carried_over_onto_an_abandoned_row():
    """bury() marks the row Abandoned while a slow drain is at work on it; the drain then succeeds."""
    from peering.service.poison import abandon as bury0

    async def bury(b, r, a, t, n):
        await bury0(b, town.context.ports, n)

    town = Town(hub(), spoke())
    done = []

    async def bury_now():
        if not done:
            done.append(1)
            await bury(request().to_json(), town.records, town.announcer, None, town.clock())

    town.networks.before_apply.append(bury_now)
    await town.ask()
    r = town.row()
    print(r.state, r.progress.was, r.found.findings, town.connected(), town.history)
    assert r.state is State.CONNECTED


async def test_F26_one_hang_of_hub_blocks_on_all(): ...
