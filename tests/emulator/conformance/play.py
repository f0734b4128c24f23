"""One table of steps played to a running emulator: each request sent over https, and the answers compared."""

from __future__ import annotations

import json
import re

import aiohttp

from localazure.emulator.scenario import seed
from localazure.emulator.server import EmulatorServer
from tests.emulator.conformance.replay import finish
from tests.emulator.conformance.steps import Step, Table, polled, states
from tests.emulator.running import SteppedClock

_OPERATION = re.compile(r"operation-\d+")
_OURS = re.compile(r"[a-z]+-\d+|default|gatewaysubnet", re.IGNORECASE)


class Play:
    """Drives one emulator with one table."""

    def __init__(self, server: EmulatorServer, clock: SteppedClock, session: aiohttp.ClientSession) -> None:
        self._server = server
        self._clock = clock
        self._session = session
        self._operations: dict[str, str] = {}  # as the table calls them, to the emulator's

    async def run(self, table: Table) -> list[str]:
        """What differs, with the number of the line."""
        seed(self._server.emulator.estate, table.given)
        found: list[str] = []
        for line, step in enumerate(table.steps, start=2):
            got = await self._send(step, table.retry_after)
            if step.status is not None and got != _wanted(step):
                found.append(f"line {line}: {step.method} {step.path}: expected {_wanted(step)}, got {got}")
        return found

    async def _send(self, step: Step, retry_after: bool) -> tuple[int, dict[str, str], dict[str, str]]:
        url = _OPERATION.sub(lambda match: self._operations.get(match[0], match[0]), step.url)
        if step.says_done:
            finish(self._server, self._clock, url.partition("?")[0])
        headers = {"Authorization": f"Bearer {self._server.authority.issue()}", "Content-Type": "application/json"}
        data = json.dumps(step.body) if step.body is not None else None
        call = self._session.request(step.method, self._server.arm_url + url, data=data, headers=headers)
        async with call as response:
            text = await response.text()
            ours = {name.lower(): value for name, value in response.headers.items()}
        kept = {"retry-after": ours["retry-after"]} if retry_after and "retry-after" in ours else {}
        answer = json.loads(text) if text.strip() else None
        return response.status, self._named(step, polled(ours)) | kept, states(answer, _name_of)

    def _named(self, step: Step, ours: dict[str, str]) -> dict[str, str]:
        """The emulator's operations by the table's names, learnt where they are first met."""
        for header, identifier in ours.items():
            if header in step.headers and identifier not in self._operations.values():
                self._operations.setdefault(step.headers[header], identifier)
        names = {identifier: name for name, identifier in self._operations.items()}
        return {header: names.get(identifier, identifier) for header, identifier in ours.items()}


def _wanted(step: Step) -> tuple[int | None, dict[str, str], dict[str, str]]:
    return step.status, step.headers, step.states


def _name_of(identifier: str) -> str | None:
    name = identifier.rpartition("/")[2]
    return name if _OURS.fullmatch(name) else None
