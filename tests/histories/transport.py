"""The way of the real adapter into the local Azure of this process: the SDK's pipeline, without a socket."""

import asyncio
from datetime import timedelta
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import HttpRequest
from azure.core.rest._http_response_impl_async import AsyncHttpResponseImpl
from azure.core.utils import case_insensitive_dict

from peering.adapters.arm_clients import Arm
from peering.adapters.estate import GraphEstate
from peering.adapters.networks import ArmNetworks
from peering.noop import NoTelemetry
from tests.histories.azure import ENDPOINT, Answer, LocalAzure


class Direct(AsyncHttpTransport[Any, Any]):
    """Whoever sleeps moves the clock; several who sleep at the same time move it as far as the longest."""

    azure: LocalAzure

    async def send(self, request: HttpRequest, **_kwargs: Any) -> AsyncHttpResponseImpl:  # noqa: ANN401 - the SDK's signature
        await asyncio.sleep(0)  # so that others have their turn, as they have while a socket is waited for
        content = _content(request)
        return _response(request, self.azure.app(request.method, request.url, content))

    async def sleep(self, duration: float) -> None:
        until = self.azure.clock.now + timedelta(seconds=duration)
        await asyncio.sleep(0)
        self.azure.move_to(until)

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to close."""

    async def __aexit__(self, *_about: object) -> None:
        """Nothing to leave."""


class _Nothing:
    async def close(self) -> None:
        """Nothing to close."""


def _content(request: HttpRequest) -> bytes:
    content: Any = request.content
    return content.encode() if isinstance(content, str) else content or b""


def _response(request: HttpRequest, answer: Answer) -> AsyncHttpResponseImpl:
    response = AsyncHttpResponseImpl(
        request=request,
        internal_response=_Nothing(),
        status_code=answer.status,
        headers=case_insensitive_dict(dict(answer.headers)),
        reason="",
        content_type="application/json; charset=utf-8",
        stream_download_generator=None,
        block_size=4096,
    )
    response._content = answer.content  # there is nothing to stream
    return response


class _Credential:
    async def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken("token", 4_000_000_000)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Nothing to leave."""


def adapters_for(azure: LocalAzure) -> tuple[ArmNetworks, GraphEstate]:
    """The real adapters."""
    direct = Direct()
    direct.azure = azure

    def clock() -> float:
        return azure.clock.now.timestamp()

    arm = Arm(_Credential(), ENDPOINT, ENDPOINT, direct, NoTelemetry(), clock)
    return ArmNetworks(arm), GraphEstate(arm)
