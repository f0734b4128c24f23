"""Leases: one holder per hub; and, for the real one alone, how it is kept."""

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError, ServiceRequestError

from peering.adapters.leases import BlobLease, BlobLeases
from peering.core.network.failures import AzureFailure
from peering.core.record.note import Note
from peering.ports import Leases
from tests.builders import NOON


async def test_one_at_a_time(leases: Leases, hub: str) -> None:
    async with leases.take(hub) as first:
        assert first is not None
        assert first.held
        async with leases.take(hub) as second:
            assert second is None
        async with leases.take(f"{hub}-2") as other:
            assert other is not None
    async with leases.take(hub) as again:
        assert again is not None


async def test_an_error_lets_go_of_it(leases: Leases, hub: str) -> None:
    async def stumble() -> None:
        async with leases.take(hub):
            raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        await stumble()
    async with leases.take(hub) as again:
        assert again is not None


async def test_of_many_who_ask_at_once_one_gets_it(leases: Leases, hub: str) -> None:
    everybody_asked = asyncio.Barrier(5)

    async def ask() -> bool:
        async with leases.take(hub) as lease:
            await everybody_asked.wait()
            return lease is not None

    assert sorted(await asyncio.gather(*(ask() for _ in range(5)))) == [False] * 4 + [True]


NOTE = Note(alarm=NOON, not_before=NOON + timedelta(minutes=1), refusals=3, turn=("a1", "b2"), unknown={"later": "x"})


async def test_a_note_is_kept_on_the_lease_for_whoever_comes_next(leases: Leases, hub: str) -> None:
    assert await leases.peek(hub) == Note()
    async with leases.take(hub) as lease:
        assert lease is not None
        assert await lease.read() == Note()
        await lease.write(NOTE)
        assert await lease.read() == await leases.peek(hub) == NOTE
    async with leases.take(hub) as lease:
        assert lease is not None
        assert await lease.read() == NOTE
        await lease.write(Note())
        assert await lease.read() == Note()


async def test_only_the_holder_writes_the_note(leases: Leases, hub: str) -> None:
    async with leases.take(hub) as lease:
        assert lease is not None
        await lease.write(NOTE)
    with pytest.raises(AzureFailure) as failure:
        await lease.write(Note())
    assert failure.value.status == 412
    assert await leases.peek(hub) == NOTE


def test_a_lease_lasts_as_long_as_blob_leases_may(leases: Leases) -> None:
    assert timedelta(seconds=15) <= leases.duration <= timedelta(seconds=60)


class Renewals:
    """A lease client whose renewals end as the test says: None is a success."""

    def __init__(self, *ends: Exception | None) -> None:
        self.ends = list(ends)
        self.made = 0

    async def renew(self) -> None:
        self.made += 1
        if self.ends and (error := self.ends.pop(0)):
            raise error


def refused(status: int) -> HttpResponseError:
    error = HttpResponseError("no")
    error.status_code = status
    return error


DURATION = timedelta(milliseconds=450)  # long enough for a machine that is busy with other things


def lease_over(client: Any) -> BlobLease:  # noqa: ANN401 - stands in for the SDK's client
    blob: Any = None  # nothing is read or written through it here
    return BlobLease(blob, client, DURATION, time.monotonic())


async def test_it_is_renewed_until_somebody_else_holds_it() -> None:
    client = Renewals(None, None, refused(409))
    lease = lease_over(client)
    renewed: list[int] = []

    async def call() -> None:
        renewed.append(client.made)

    lease.on_renewal(call)
    await lease.keep()
    assert (client.made, renewed, lease.held) == (3, [1, 2], False)


@pytest.mark.parametrize("hiccup", [ServiceRequestError("cut off"), RuntimeError("what nobody foresaw")])
async def test_a_hiccup_is_tried_again_until_it_lapses(hiccup: Exception) -> None:
    client = Renewals(hiccup, None, refused(412))
    lease = lease_over(client)
    await lease.keep()
    assert client.made == 3


async def test_it_is_not_held_once_it_may_have_lapsed() -> None:
    client = Renewals(*[ServiceRequestError("cut off")] * 20)
    lease = lease_over(client)
    held = [lease.held]
    await lease.keep()
    held.append(lease.held)
    assert held == [True, False]
    assert client.made <= 4


@dataclass
class Time:
    """Stands in for the module: it passes when a test says so."""

    now: float = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Time:
    made = Time()
    monkeypatch.setattr("peering.adapters.leases.time", made)
    return made


async def test_a_lease_counts_from_when_it_was_asked_for(passing: Time) -> None:
    """Azure counts from when it gave it: an answer that was long on its way must not make it longer."""

    class Slow:
        def get_blob_client(self, _: str) -> "Slow":
            return self

        async def acquire_lease(self, _: int) -> "Slow":
            passing.now += 10
            return self

        async def release(self) -> None:
            """Nothing is kept of it."""

    container: Any = Slow()
    async with BlobLeases(container, timedelta(seconds=15)).take("hub") as lease:
        assert lease is not None
        held = []
        for passing.now in (14, 16):
            held.append(lease.held)
    assert held == [True, False]


async def test_a_renewal_counts_from_when_it_was_asked_for(passing: Time) -> None:
    class Slow(Renewals):
        async def renew(self) -> None:
            await super().renew()
            passing.now += 0.02

    client: Any = Slow(None, refused(409))
    blob: Any = None
    lease = BlobLease(blob, client, timedelta(seconds=0.03), 0.0)
    held: list[bool] = []

    async def look() -> None:
        for passing.now in (0.029, 0.031):
            held.append(lease.held)

    lease.on_renewal(look)
    await lease.keep()
    assert held == [True, False]


@pytest.mark.parametrize("failure", [AzureFailure(503, "ServerBusy", "busy"), RuntimeError("what nobody foresaw")])
async def test_what_follows_a_renewal_may_fail_without_ending_the_renewals(failure: Exception) -> None:
    client = Renewals(None, None, refused(404))
    lease = lease_over(client)

    async def call() -> None:
        raise failure

    lease.on_renewal(call)
    await lease.keep()
    assert client.made == 3
