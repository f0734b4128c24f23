"""Gates between the app and what it calls: they count its calls, and kill its host before or after one of them.

They stand outside of the app, in the addresses of its settings. Where it is killed `before`, the call never reached
Azure; where `after`, it was carried out, and nobody knows.
"""

import itertools
import json
import os
import signal
import socket
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import aiohttp
import trustme
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from localazure.azurite.launcher import ACCOUNT, KEY

_NOT_PASSED_ON = {"connection", "keep-alive", "transfer-encoding", "content-length"}
_AUTOMATIC = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # they would not be as they were signed
# Below the ports that systems give away by themselves; elsewhere for each process that runs tests.
_BASES = itertools.count(20_000 + 6 * (os.getpid() % 1800), 6)


class Service(StrEnum):
    """What the app calls."""

    ARM = "arm"
    TOPIC = "topic"
    LEASES = "leases"
    QUEUE = "queue"
    TABLES = "tables"


_PLACE = {Service.ARM: 0, Service.LEASES: 3, Service.QUEUE: 4, Service.TABLES: 5}  # among the six ports of `up`
_STORAGE = {"Blob": Service.LEASES, "Queue": Service.QUEUE, "Table": Service.TABLES}


class Moment(StrEnum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Point:
    """Where the host dies: at the n-th call to a service."""

    service: Service
    n: int
    moment: Moment

    def __str__(self) -> str:
        return f"{self.moment} call {self.n} to {self.service}"


@dataclass
class Gates:
    """Four gates of one local Azure, whose ports begin at `base`.

    `calls` counts since the last `watch`, `what` says over which call the host died, `killed` who that was. `taken` are
    the messages that a host has taken and not deleted, each with its receipt; `alarms` those sent since that `watch`,
    by hub with the time they are due.
    """

    base: int
    ports: dict[Service, int] = field(default_factory=dict)
    calls: Counter[Service] = field(default_factory=Counter)
    what: str = ""
    killed: int = 0
    taken: dict[str, str] = field(default_factory=dict)
    alarms: list[tuple[str, datetime]] = field(default_factory=list)
    _point: Point | None = None
    _pid: int = 0

    def watch(self, point: Point | None = None, pid: int = 0) -> None:
        """Begin to count, and kill `pid` at `point`."""
        self.calls.clear()
        self.alarms.clear()
        self.what, self._point, self._pid = "", point, pid

    def settings(self, ca_file: Path) -> dict[str, str]:
        """The app's settings that lead through the gates."""
        endpoints = (f"{name}Endpoint=http://127.0.0.1:{self.ports[at]}/{ACCOUNT}" for name, at in _STORAGE.items())
        account = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY}"
        arm = f"https://127.0.0.1:{self.ports[Service.ARM]}"
        return {
            "AzureWebJobsStorage": ";".join((account, *endpoints, "")),
            "AUTOPEER_ARM_ENDPOINT": arm,
            "AUTOPEER_ARM_AUDIENCE": f"https://127.0.0.1:{self.base}",
            "AUTOPEER_TOPIC_ENDPOINT": f"{arm}/topics/outcomes/api/events",
            "AUTOPEER_CA_FILE": str(ca_file),
        }

    async def pass_on(self, gate: Service, request: web.Request, http: aiohttp.ClientSession) -> web.Response:
        """Forward a call, unless this is where the caller dies."""
        body = await request.read()
        moment = self._count(gate, request)
        if moment is Moment.BEFORE:
            return self._kill(request)
        answer = await self._forward(gate, request, body, http)
        if gate is Service.QUEUE and answer.status < 300:
            self._note(request, body, answer)
        return self._kill(request) if moment is Moment.AFTER else answer

    def _count(self, gate: Service, request: web.Request) -> Moment | None:
        """Count a call; says when the host has to die over it. The host's own polls of its queues are no calls."""
        service = Service.TOPIC if request.path.startswith("/topics/") else gate
        if service is Service.QUEUE and request.method == "GET":
            return None
        self.calls[service] += 1
        point = self._point
        return point.moment if point and (point.service, point.n) == (service, self.calls[service]) else None

    def _kill(self, request: web.Request) -> web.Response:
        os.kill(self._pid, signal.SIGKILL)
        self.killed, self.what = self._pid, f"{request.method} {request.path_qs}"
        return web.Response(status=503)  # to nobody

    async def _forward(
        self, gate: Service, request: web.Request, body: bytes, http: aiohttp.ClientSession
    ) -> web.Response:
        scheme = "https" if gate is Service.ARM else "http"
        url = URL(f"{scheme}://127.0.0.1:{self.base + _PLACE[gate]}{request.raw_path}", encoded=True)
        headers = _passed_on(request.headers)
        async with http.request(request.method, url, headers=headers, data=body or None) as answer:
            return web.Response(status=answer.status, headers=_passed_on(answer.headers), body=await answer.read())

    def _note(self, request: web.Request, body: bytes, answer: web.Response) -> None:
        """Who has taken which message of the queue of requests, and which alarms were sent."""
        if "-poison" in request.path or "/messages" not in request.path:
            return
        if request.method == "GET" and isinstance(answer.body, bytes):
            for message in ET.fromstring(answer.body).iter("QueueMessage"):  # noqa: S314 - Azurite's own
                self.taken[message.findtext("MessageId", "")] = message.findtext("PopReceipt", "")
        elif request.method == "DELETE":
            self.taken.pop(unquote(request.path.rpartition("/")[2]), None)
        elif request.method == "POST":
            message = json.loads(ET.fromstring(body).findtext("MessageText", ""))  # noqa: S314 - the app's own
            if message.get("kind") == "alarm":
                self.alarms.append((message["hub"], datetime.fromisoformat(message["due"])))


def _passed_on(headers: Mapping[str, str]) -> CIMultiDict[str]:
    kept = CIMultiDict(headers)
    for name in _NOT_PASSED_ON:
        kept.popall(name, None)
    return kept


@asynccontextmanager
async def gates(folder: Path) -> AsyncIterator[tuple[Gates, list[str]]]:
    """Gates, and the options of `up` for a local Azure behind them."""
    found, ca_file = Gates(_free_base()), folder / "gate.pem"
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(str(ca_file))
    async with AsyncExitStack() as stack:
        # The emulator's certificate was made a moment ago; a connection that idles may be closed at any time.
        # The emulator's certificate was made a moment ago; a connection that idles may be closed at any time.
        connector = aiohttp.TCPConnector(ssl=False, limit=0, force_close=True)
        session = aiohttp.ClientSession(connector=connector, auto_decompress=False, skip_auto_headers=_AUTOMATIC)
        http = await stack.enter_async_context(session)
        for service in _PLACE:
            found.ports[service] = await _serve(found, service, http, context, stack)
        settings = (f"--setting={key}={value}" for key, value in found.settings(ca_file).items())
        yield found, [f"--port-base={found.base}", *settings]


async def _serve(
    found: Gates, gate: Service, http: aiohttp.ClientSession, context: ssl.SSLContext, stack: AsyncExitStack
) -> int:
    async def handle(request: web.Request) -> web.Response:
        return await found.pass_on(gate, request, http)

    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context if gate is Service.ARM else None)
    await site.start()
    port: int = runner.addresses[0][1]
    return port


def _free_base() -> int:
    """The first of six ports in a row on which nobody listens; another one each time it is asked for."""
    for base in _BASES:
        with ExitStack() as sockets:
            try:
                for port in range(base, base + 6):
                    sockets.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
            return base
    raise AssertionError("unreachable: there is no last base")
