"""The local Azure in this process, without a socket: one clock, the hands of people, and the app's own way in."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from localazure.emulator.access.locks import SUFFIX, Lock
from localazure.emulator.access.roles import Assignment
from localazure.emulator.access.scopes import tidy
from localazure.emulator.callers import Caller
from localazure.emulator.emulator import Emulator
from localazure.emulator.latency import Latency, Mode
from localazure.emulator.scenario import seed
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.operation_routes import NULL
from tests.fakes.storage import SteppedClock

type Json = dict[str, Any]

TENANT = "2d7cd011-1111-4111-8111-111111111111"
ENDPOINT = "https://arm.local"
API_VERSION = "2024-05-01"
_CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_AN_OPERATION = timedelta(seconds=3)  # longer than any that the mode `fast` has


@dataclass(frozen=True)
class Principal:
    """Somebody with a token."""

    object_id: str
    name: str
    app_id: str = "00000000-0000-4000-8000-00000000aaaa"
    tenant_id: str = TENANT


APP = Principal("aaaaaaaa-0000-0000-0000-000000000001", "autopeer")
HAND = Principal("bbbbbbbb-0000-0000-0000-000000000002", "somebody")


@dataclass(frozen=True)
class Answer:
    """What ARM said: `headers` as they are, `content` the bytes of the body."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:  # noqa: ANN401 - JSON can be anything
        return json.loads(self.content) if self.content else None

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"]) if self.status >= 400 else ""


@dataclass(frozen=True)
class Asked:
    """One request of the app that ARM is about to answer, for whoever watches."""

    method: str
    path: str
    body: Json | None


@dataclass
class LocalAzure:
    """One emulator. `events` are those published and not yet posted; `watchers` see each request of the app first."""

    clock: SteppedClock
    events: list[Json] = field(default_factory=list)
    watchers: list[Callable[[Asked], None]] = field(default_factory=list)
    answered: list[Callable[[Asked, Answer], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._count = 0
        self.emulator = Emulator(TENANT, self._seconds, self.events.append, Latency(Mode.FAST))
        self.emulator.estate.switches.change({"roles": "on"})
        self.emulator.estate.access.owners = [HAND.object_id]

    def _seconds(self) -> float:
        return self.clock.now.timestamp()

    def given(self, *resources: Json) -> None:
        seed(self.emulator.estate, list(resources))

    def hand(self, method: str, path: str, body: Json | None = None, *, version: str = API_VERSION) -> Answer:
        """Somebody asks ARM for something, and waits until it is done."""
        answer = self.ask(HAND, method, f"{ENDPOINT}{path}", body, {"api-version": version})
        if method != "GET":
            self.clock.now += _AN_OPERATION
            self.emulator.settle()
        return answer

    def app(self, method: str, url: str, content: bytes) -> Answer:
        """The app asks ARM for something: faults may strike, and it is watched."""
        path = tidy(urlsplit(url).path)
        asked = Asked(method, path, _json(content))
        for watch in self.watchers:
            watch(asked)
        answer = self.ask(APP, method, url, content, {})
        for tell in self.answered:
            tell(asked, answer)
        return answer

    def ask(self, caller: Caller, method: str, url: str, body: Json | bytes | None, query: dict[str, str]) -> Answer:
        parts = urlsplit(url)
        path = tidy(parts.path)
        rule = self.emulator.faults.strike(method, path, self.emulator.clock()) if caller is APP else None
        self._count += 1
        request = ArmRequest(
            method=method,
            path=path,
            query={**dict(parse_qsl(parts.query)), **query},
            headers={},
            body=body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b"",
            endpoint=ENDPOINT,
            url=url,
            caller=caller,
            correlation_id=str(UUID(int=self._count)),
            seconds=rule.duration if rule else None,
            failure=rule.failure if rule else None,
            unchanged=rule.unchanged if rule else False,
        )
        return _answer(self.emulator.pipeline.answer(request, rule))

    def move_to(self, when: datetime) -> None:
        """Time passes; what ends meanwhile ends."""
        self.clock.now = max(self.clock.now, when)
        self.emulator.settle()

    def network(self, identifier: str) -> Json | None:
        """The network as ARM's GET shows it, None where there is none."""
        answer = self.hand("GET", identifier)
        return answer.body if answer.status == 200 else None

    def networks(self) -> dict[str, Json]:
        """Every network there is, by its lower-cased id."""
        self.emulator.settle()
        names = [network.id.text for network in self.emulator.estate.networks.values()]
        documents = (self.network(name) for name in names)
        return {str(each["id"]).lower(): each for each in documents if each}

    def give_role(self, scope: str) -> None:
        """The app may do everything there."""
        assignments = self.emulator.estate.access.assignments
        name = str(UUID(int=len(assignments) + 1))
        assignments[scope.lower()] = Assignment(
            scope=scope,
            name=name,
            definition=_CONTRIBUTOR,
            principal_id=APP.object_id,
            principal_type="ServicePrincipal",
        )

    def take_role(self, scope: str) -> None:
        self.emulator.estate.access.assignments.pop(scope.lower(), None)

    def lock(self, scope: str, level: str) -> None:
        held = Lock(scope=scope, name="held", level=level)
        self.emulator.estate.access.locks[held.id.lower()] = held

    def unlock(self, scope: str) -> None:
        self.emulator.estate.access.locks.pop(f"{scope}{SUFFIX}/held".lower(), None)


def _json(content: bytes) -> Json | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _answer(response: ArmResponse) -> Answer:
    if response.body is None:
        return Answer(response.status, response.headers, b"")
    content = None if response.body is NULL else response.body
    return Answer(response.status, response.headers, json.dumps(content).encode())
