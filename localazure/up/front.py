"""The one address of an app that has several instances: each request goes to the next of them, as a load balancer does.

It stands between, rather than a subscription for each instance, so that an event is delivered once, HTTP is spread too,
and an instance that is dead at the moment gets nothing.
"""

import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, TCPConnector, web
from multidict import CIMultiDict
from yarl import URL

_LARGEST_BODY = 100 * 1024 * 1024  # the host's own limit for requests
_OF_ONE_CONNECTION = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})


@asynccontextmanager
async def front(apps: Sequence[str], port: int) -> AsyncIterator[str]:
    """The base URL of the app while the context lasts. A single instance needs nothing before it.

    Raises:
        OSError: the port is taken.
    """
    if len(apps) == 1:
        yield apps[0]
        return
    everything = ClientTimeout(total=None)
    async with ClientSession(
        connector=TCPConnector(limit=0), timeout=everything, auto_decompress=False, trust_env=False
    ) as http:
        application = web.Application(client_max_size=_LARGEST_BODY)
        application.router.add_route("*", "/{path:.*}", _Front(apps, http).handle)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0)
        await runner.setup()
        try:
            listening = socket.create_server(("127.0.0.1", port))
            await web.SockSite(runner, listening).start()
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            await runner.cleanup()


class _Front:
    def __init__(self, apps: Sequence[str], http: ClientSession) -> None:
        self._apps = apps
        self._http = http
        self._turn = 0

    async def handle(self, request: web.Request) -> web.Response:
        """The answer of the next instance that listens; 502 if it dies over it, 503 if there is none."""
        body = await request.read()
        for app in self._in_turn():
            try:
                return await self._ask(app, request, body)
            except ClientConnectorError:
                continue  # being started again
            except ClientError as error:  # it may have done half of it: nobody else is asked the same
                return web.Response(status=502, text=f"The instance {app} gave no answer: {error}")
        return web.Response(status=503, text="No instance of the app listens.")

    def _in_turn(self) -> list[str]:
        first = self._turn
        self._turn = (first + 1) % len(self._apps)
        return [*self._apps[first:], *self._apps[:first]]

    async def _ask(self, app: str, request: web.Request, body: bytes) -> web.Response:
        async with self._http.request(
            request.method,
            URL(app + request.raw_path, encoded=True),
            headers=_passed_on(request.headers),
            data=body or None,
            allow_redirects=False,
        ) as answer:
            content = await answer.read()
            return web.Response(status=answer.status, headers=_passed_on(answer.headers), body=content)


def _passed_on(headers: Mapping[str, str]) -> CIMultiDict[str]:
    """All but what is said of the one connection, and the length, which is counted anew. `Host` stays: it is ours."""
    return CIMultiDict(
        (name, value)
        for name, value in headers.items()
        if name.lower() not in _OF_ONE_CONNECTION and name.lower() != "content-length"
    )
