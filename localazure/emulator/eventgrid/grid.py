"""Event Grid itself: takes events in, gives them to the subscriptions that want them, and keeps the log."""

import asyncio
import random
from collections import deque
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import web

from localazure.emulator.eventgrid import delivery as deliveries
from localazure.emulator.eventgrid.delivery import Delivery, Sleep
from localazure.emulator.eventgrid.endpoints import ANSWER_WITHIN_SECONDS, Outcome, deliver, validate
from localazure.emulator.eventgrid.log import KEPT, EventLog, Published
from localazure.emulator.eventgrid.subscription import EventSubscription, parse_subscription
from localazure.emulator.eventgrid.topics import TopicRoutes, Topics
from localazure.emulator.identity import Authority

CONCURRENT_ATTEMPTS = 64
"""Across all subscriptions: enough for a burst, few enough not to drown a laptop's app."""


class EventGrid:
    """The system topic of the subscriptions, and custom topics that come to be when they are first used.

    `sleep` waits between attempts; a test may give its own.
    """

    def __init__(self, authority: Authority, *, sleep: Sleep = deliveries.real_sleep, seed: int = 0) -> None:
        self.log = EventLog()
        self.topics = Topics()
        self.subscriptions: dict[str, EventSubscription] = {}
        self.dead_letters: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._authority = authority
        self._sleep = sleep
        self._rng = random.Random(seed)  # noqa: S311 - jitter, not a secret
        self._gate = asyncio.Semaphore(CONCURRENT_ATTEMPTS)
        self._session: aiohttp.ClientSession | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_SECONDS)
        connector = aiohttp.TCPConnector(limit=CONCURRENT_ATTEMPTS)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=connector)

    async def close(self) -> None:
        """Stop all deliveries where they are. Events under way are lost with the process, as is the log."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._session:
            await self._session.close()

    def publish(self, event: Mapping[str, Any]) -> None:
        """Take an event of the system topic (Event Grid schema) and return at once."""
        self._spread(self.log.append(event), topic=None)

    def publish_to(self, topic: str, event: Mapping[str, Any]) -> None:
        """Take an event of a custom topic, in whichever schema it came."""
        self._spread(self.topics.log(topic).append(event), topic)

    async def subscribe(self, name: str, body: Mapping[str, Any]) -> EventSubscription:
        """Create or replace an event subscription, after its webhook has agreed.

        Raises:
            ValueError: The subscription or its endpoint is not acceptable; nothing was changed.
        """
        subscription = parse_subscription(name, body)
        await validate(self._client(), subscription, subscription.topic or "system topic")
        self.subscriptions[name] = subscription
        return subscription

    def arm_routes(self) -> list[web.RouteDef]:
        """For the https server: where clients publish to custom topics."""
        return TopicRoutes(self._authority, self.topics, self.publish_to).routes()

    async def idle(self) -> None:
        """Return once no delivery is under way or waiting for its next attempt."""
        while self._running:
            await asyncio.wait(set(self._running))

    def _spread(self, published: Published, topic: str | None) -> None:
        for subscription in self.subscriptions.values():
            if subscription.topic == topic and subscription.filter.matches(published.event):
                self._send_copies(published, subscription)

    def _send_copies(self, published: Published, subscription: EventSubscription) -> None:
        for _ in range(1 + subscription.disorder.duplicates):
            delivery = Delivery(subscription.name)
            published.deliveries.append(delivery)
            task = asyncio.create_task(self._carry(published, subscription, delivery))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _carry(self, published: Published, subscription: EventSubscription, delivery: Delivery) -> None:
        async def attempt(number: int) -> Outcome:
            async with self._gate:
                return await deliver(self._client(), subscription, published.event, number)

        if subscription.disorder.shuffle_within_seconds:
            await self._sleep(self._rng.random() * subscription.disorder.shuffle_within_seconds)
        await deliveries.run(delivery, subscription, attempt, self._sleep, self._rng)
        if delivery.reason:
            letter = deliveries.dead_letter_of(published.event, delivery, subscription, published.time)
            self.dead_letters.append({"subscription": subscription.name, "event": letter})

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            raise RuntimeError("Event Grid has not been started: await EventGrid.start() before subscribing.")
        return self._session
