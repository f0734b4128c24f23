"""Requests wait in place for the quota of their subscription, whichever hub they are for, and polls are polite."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from localazure.emulator.throttle import LIMITS, Throttle, kind_of
from peering.adapters.arm_clients import Arm
from peering.adapters.networks import ArmNetworks, Limits
from peering.core.decision.changes import Action
from peering.core.network.failures import AzureFailure
from peering.core.network.resource_ids import VnetId
from peering.noop import NoTelemetry
from tests.builders import SUBSCRIPTION
from tests.contract.conftest import ARM, Credential, Emulator
from tests.contract.grounds import put
from tests.contract.oddities import DONE, HALF, Body
from tests.contract.scripted_arm import POLL, HastyTransport, Response, Session, whole

RUNNING = {"status": "InProgress"}


@dataclass
class Asked:
    method: str
    url: str
    when: float


@dataclass
class Throttled(Session):
    """ARM with its buckets; an operation takes `takes` seconds."""

    now: float = 0.0
    takes: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    refused: int = 0
    first: dict[str, str] = field(default_factory=lambda: {"Retry-After": "10"})
    answers: list[tuple[int, Body]] = field(default_factory=list)
    throttle: Throttle = field(init=False)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.throttle = Throttle(lambda: self.now)

    async def request(self, *request: object, **_: object) -> Response:
        method, url = str(request[0]), str(request[1])
        self.asked.append(Asked(method, url, self.now))
        if self.answers:
            return Response(*self.answers.pop(0))
        kind, subscription = kind_of(method), url.split("/")[4]
        left = self.throttle.take(LIMITS[kind], subscription, kind)
        if left < 0:
            self.refused += 1
            return Response(429, whole({"error": {"code": "SubscriptionRequestsThrottled", "message": "no"}}))
        return Response(*self.answer(method, url, {f"x-ms-ratelimit-remaining-subscription-{kind}": str(left)}))

    def answer(self, method: str, url: str, headers: dict[str, str]) -> tuple[int, Body]:
        if method == "PUT":
            self.began = self.now
            running = {"Azure-AsyncOperation": POLL["Azure-AsyncOperation"], **self.first} if self.takes else {}
            return 201 if self.takes else 200, whole(HALF, **headers, **running)
        if "/operations/" in url:
            done = self.now >= self.began + self.takes
            return 200, whole(DONE if done else RUNNING, **headers, **({} if done else {"Retry-After": "10"}))
        return 200, whole({}, **headers)


@dataclass
class Ground:
    azure: Throttled
    networks: ArmNetworks

    async def tag(self, count: int, *, subscription: str = SUBSCRIPTION) -> None:
        """Write so many tags at once, of as many networks."""
        ids = [VnetId(subscription, "rg", f"v{number:04}") for number in range(count)]
        await asyncio.gather(*(self.networks.write_tag(each, "a", "b") for each in ids))

    def polls(self) -> list[float]:
        return [asked.when - self.azure.began for asked in self.azure.asked if "/operations/" in asked.url]


@pytest.fixture
async def ground() -> AsyncIterator[Ground]:
    azure = Throttled()
    arm = Arm(Credential("token"), ARM, ARM, HastyTransport(azure), NoTelemetry(), azure.clock)
    yield Ground(azure, ArmNetworks(arm, Limits(call=5.0)))
    await arm.close()


async def test_a_burst_of_writes_is_never_refused_and_comes_in_its_order(ground: Ground) -> None:
    await ground.tag(400)
    assert ground.azure.refused == 0
    assert [asked.url.split("/")[10] for asked in ground.azure.asked] == [f"v{number:04}" for number in range(400)]
    assert 20 <= ground.azure.now <= 21.5  # what is beyond the first 200, at ten a second


@pytest.fixture
def throttling(emulator: Emulator) -> Iterator[Emulator]:
    """An emulator that throttles, which it does in the mode `real` only."""
    with httpx.Client(base_url=emulator.local, trust_env=False) as control:
        control.put("/control/latency", json={"mode": "real"}).raise_for_status()
        yield emulator
        control.put("/control/latency", json={"mode": "none"}).raise_for_status()


@pytest.mark.long
async def test_the_emulator_has_nothing_to_refuse(throttling: Emulator) -> None:
    """With a real clock, connections that are fewer than the requests, and answers that overtake each other."""
    adapter = ArmNetworks(throttling.reached_by(Credential(throttling.token())))
    nowhere = VnetId(SUBSCRIPTION, "rg-quotas", "v")
    assert await asyncio.gather(*(adapter.read(nowhere) for _ in range(400))) == [None] * 400
    await adapter.close()


async def test_another_subscription_does_not_wait(ground: Ground) -> None:
    other = "22222222-2222-4222-8222-222222222222"
    await asyncio.gather(ground.tag(300), ground.tag(50, subscription=other))
    assert {asked.when for asked in ground.azure.asked if other in asked.url} == {0.0}


async def test_what_others_have_used_up_is_waited_for(ground: Ground) -> None:
    """Ten a second come back of what others with our identity have used."""
    for _ in range(190):
        ground.azure.throttle.take(LIMITS["writes"], SUBSCRIPTION, "writes")
    await ground.tag(1)
    await ground.tag(40)
    assert ground.azure.refused == 0


async def test_after_a_refusal_nobody_sends_before_it_is_over(ground: Ground) -> None:
    told = {"error": {"code": "SubscriptionRequestsThrottled", "message": "Too many."}}
    ground.azure.answers = [(429, whole(told, **{"Retry-After": "17"}))]
    with pytest.raises(AzureFailure, match="SubscriptionRequestsThrottled"):
        await ground.tag(1)
    await ground.tag(3)
    assert [asked.when for asked in ground.azure.asked] == pytest.approx([0, 17, 17.1, 17.2], abs=0.11)


async def test_another_refusal_is_that_calls_alone(ground: Ground) -> None:
    ground.azure.answers = [(429, whole({"error": {"code": "RetryableError"}}, **{"Retry-After": "17"}))]
    with pytest.raises(AzureFailure, match="RetryableError"):
        await ground.tag(1)
    await ground.tag(1)
    assert ground.azure.now == 0


async def test_who_would_wait_for_minutes_is_refused_as_azure_would(ground: Ground) -> None:
    told = {"error": {"code": "SubscriptionRequestsThrottled", "message": "Too many."}}
    ground.azure.answers = [(429, whole(told, **{"Retry-After": "324"}))]
    with pytest.raises(AzureFailure, match="Too many"):
        await ground.tag(1)
    with pytest.raises(AzureFailure, match="Nothing was sent") as caught:
        await ground.tag(1)
    assert (caught.value.status, caught.value.code) == (429, "SubscriptionRequestsThrottled")
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 324
    assert len(ground.azure.asked) == 1


async def test_the_wait_is_no_part_of_what_a_call_may_take() -> None:
    """The limit of a call is Azure's to use: here it is a tenth of a second, and the wait twice that."""
    azure = Throttled()
    arm = Arm(Credential("token"), ARM, ARM, HastyTransport(azure), NoTelemetry(), azure.clock)
    told = {"error": {"code": "SubscriptionRequestsThrottled", "message": "Too many."}}
    azure.answers = [(429, whole(told, **{"Retry-After": "1"}))]
    ground, over = Ground(azure, ArmNetworks(arm, Limits(call=0.1))), asyncio.Event()
    with pytest.raises(AzureFailure):
        await ground.tag(1)

    async def sleep(seconds: float) -> None:
        asyncio.get_running_loop().call_later(0.2, over.set)
        await over.wait()
        azure.now += seconds

    arm._quotas._sleep = sleep
    await ground.tag(1)
    assert len(azure.asked) == 2


async def test_an_operation_is_asked_about_when_its_kind_uses_to_end(ground: Ground) -> None:
    ground.azure.takes = 3.0
    change = put(VnetId(SUBSCRIPTION, "rg", "hub"), VnetId(SUBSCRIPTION, "rg", "spoke"), action=Action.PUT)
    await ground.networks.apply(change)
    assert ground.polls() == [10]
    for _ in range(40):
        await ground.networks.apply(change)
        ground.azure.asked.clear()
    await ground.networks.apply(change)
    assert len(ground.polls()) <= 3
    assert 3.0 <= ground.polls()[-1] <= 3.2


@pytest.mark.parametrize("sign", ["a refusal", "few reads left"])
async def test_at_a_sign_of_throttling_it_is_asked_when_azure_says(ground: Ground, sign: str) -> None:
    ground.azure.takes = 3.0
    change = put(VnetId(SUBSCRIPTION, "rg", "hub"), VnetId(SUBSCRIPTION, "rg", "spoke"))
    for _ in range(5):
        await ground.networks.apply(change)
    if sign == "a refusal":
        ground.azure.answers = [(429, whole({"error": {"code": "RetryableError"}}))]
        with pytest.raises(AzureFailure):
            await ground.tag(1)
    else:
        ground.azure.answers = [(200, whole({}, **{"x-ms-ratelimit-remaining-subscription-reads": "20"}))]
        await ground.networks.read_tags(SUBSCRIPTION, None)
        ground.azure.first = {"Retry-After": "3"}  # before the bucket is full again
    ground.azure.asked.clear()
    await ground.networks.apply(change)
    assert ground.polls() == [float(ground.azure.first["Retry-After"])]


async def test_no_wait_at_all_is_not_taken_for_asking_without_end(ground: Ground) -> None:
    """`Retry-After: 0` before the first poll says that it may be over; after it, nothing."""
    operation = {"Azure-AsyncOperation": POLL["Azure-AsyncOperation"], "Retry-After": "0"}
    running = (200, Body(json.dumps(RUNNING).encode(), {"Content-Type": "application/json", "Retry-After": "0"}))
    ground.azure.answers = [(201, whole(HALF, **operation)), running, running, (200, whole(DONE))]
    await ground.networks.apply(put(VnetId(SUBSCRIPTION, "rg", "hub"), VnetId(SUBSCRIPTION, "rg", "spoke")))
    assert ground.polls() == [0, 2, 4]
