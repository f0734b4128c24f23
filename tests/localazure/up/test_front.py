"""The front of an app that has several instances: whose turn it is, what is passed on, and an instance that is gone."""

import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from localazure.up.front import front


@asynccontextmanager
async def instance(name: str) -> AsyncIterator[str]:
    """An app that tells what it was asked; at /dies it drops the connection."""

    async def tell(request: web.Request) -> web.Response:
        if request.path == "/dies":
            assert request.transport
            request.transport.abort()
        if request.path == "/moved":
            return web.Response(status=307, headers={"Location": "/elsewhere"})
        asked = [request.method, request.raw_path, request.headers["X-Key"], request.host, await request.text()]
        return web.json_response([name, *asked], status=202, headers={"X-Said": "yes"})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", tell)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def behind_a_front(*names: str, gone: int = 0) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    """The front of these instances, after `gone` of which nobody listens."""
    async with AsyncExitStack() as stack:
        nobody = [f"http://127.0.0.1:{_closed_port()}" for _ in range(gone)]
        apps = [await stack.enter_async_context(instance(name)) for name in names]
        url = await stack.enter_async_context(front([*nobody, *apps], 0))
        yield url, await stack.enter_async_context(aiohttp.ClientSession(headers={"X-Key": "secret"}))


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


async def test_requests_go_to_the_instances_in_turn_and_are_passed_on_as_they_are() -> None:
    async with behind_a_front("one", "two") as (url, http):
        told = []
        for number in range(4):
            async with http.post(f"{url}/api/a%2Fb?q=%26", data=f"body {number}") as answer:
                assert (answer.status, answer.headers["X-Said"]) == (202, "yes")
                told.append(await answer.json())
    host = url.removeprefix("http://")
    turns = ["one", "two", "one", "two"]
    assert told == [[who, "POST", "/api/a%2Fb?q=%26", "secret", host, f"body {n}"] for n, who in enumerate(turns)]


async def test_a_redirection_is_the_clients_own_business() -> None:
    async with (
        behind_a_front("one", "two") as (url, http),
        http.get(f"{url}/moved", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (307, "/elsewhere")


async def test_an_instance_that_does_not_listen_is_left_out() -> None:
    async with behind_a_front("one", gone=2) as (url, http):
        for _ in range(3):
            async with http.get(url) as answer:
                assert (await answer.json())[0] == "one"


@pytest.mark.parametrize(("names", "gone", "status"), [(("one", "two"), 0, 502), ((), 2, 503)])
async def test_no_answer_is_said_to_be_none(names: tuple[str, ...], gone: int, status: int) -> None:
    async with behind_a_front(*names, gone=gone) as (url, http), http.post(f"{url}/dies") as answer:
        assert answer.status == status


async def test_a_single_instance_has_no_front() -> None:
    async with front(["http://127.0.0.1:1"], 0) as url:
        assert url == "http://127.0.0.1:1"
