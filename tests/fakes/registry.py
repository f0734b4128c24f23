"""The registry in memory."""

from dataclasses import replace
from datetime import datetime

from peering.core.intake.registered import Claim, Registered
from tests.fakes.scheduling import let_others_run


class FakeRegistry:
    """Requests by their id, claims by their name."""

    def __init__(self) -> None:
        self.requests: dict[str, Registered] = {}
        self.claims: dict[str, Claim] = {}

    async def enter(self, asked: Registered) -> Registered:
        await let_others_run()
        return self.requests.setdefault(asked.id, asked)

    async def claim(self, claim: Claim) -> Claim:
        await let_others_run()
        return self.claims.setdefault(claim.name, claim)

    async def get(self, identity: str) -> Registered | None:
        await let_others_run()
        return self.requests.get(identity)

    async def looked_at(self, identity: str, when: datetime) -> None:
        await let_others_run()
        if there := self.requests.get(identity):
            self.requests[identity] = replace(there, looked=when)

    async def forget(self, before: datetime, limit: int) -> int:
        old = [*((self.requests, each.id) for each in self.requests.values() if each.when < before)]
        keys = [*((self.claims, each.name) for each in self.claims.values() if each.when < before)]
        for table, name in (gone := [*old, *keys][:limit]):
            del table[name]  # type: ignore[attr-defined]  # either of the two
        return len(gone)
