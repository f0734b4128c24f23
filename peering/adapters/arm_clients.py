"""Azure Resource Manager as networks and the estate reach it: one pipeline for every subscription."""

import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    AsyncRedirectPolicy,
    AsyncRetryPolicy,
    DistributedTracingPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    SensitiveHeaderCleanupPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.core.rest import HttpRequest
from azure.mgmt.core import AsyncARMPipelineClient
from azure.mgmt.core.policies import (
    AsyncARMAutoResourceProviderRegistrationPolicy,
    AsyncARMChallengeAuthenticationPolicy,
)

from peering.adapters.arm_polling import TimedPolling
from peering.adapters.arm_quotas import QuotaPolicy
from peering.adapters.errors import azure_answers, shown
from peering.arm_calls import count_call
from peering.core.network.failures import NO_ANSWER, UNEXPECTED, AzureFailure
from peering.core.network.json_parts import UnexpectedDocument
from peering.core.network.operation_times import OperationTime
from peering.log import logger
from peering.ports import Telemetry
from peering.version import VERSION

_log = logger(__name__)


class _CallCounter(SansIOHTTPPolicy[Any, Any]):
    def __init__(self, telemetry: Telemetry) -> None:
        super().__init__()
        self._telemetry = telemetry

    def on_request(self, request: PipelineRequest[Any]) -> None:  # noqa: ARG002 - counted, not looked at
        count_call()

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:  # noqa: ARG002
        self._telemetry.arm_answered(response.http_response.status_code)


class Arm:
    """Sends requests to Resource Manager, as whoever the credential is for.

    The pipeline is that of the SDKs (azure-mgmt-core) without their clients: azure-mgmt-network's reads a hub's 430 kB
    of JSON three times over, and takes half a megabyte for each subscription (docs/decisions/0002-dependencies.md).
    """

    def __init__(
        self,
        credential: AsyncTokenCredential,
        endpoint: str,
        audience: str,
        transport: AsyncHttpTransport[Any, Any],
        telemetry: Telemetry,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` in seconds, by which `transport` sleeps."""
        self._credential = credential
        self._endpoint = endpoint
        self._scope = f"{audience}/.default"
        self._transport = transport
        self._clock = clock
        self._quotas = QuotaPolicy(clock, transport.sleep)
        self._times: defaultdict[str, OperationTime] = defaultdict(OperationTime)
        self.telemetry = telemetry
        self._client: AsyncARMPipelineClient[Any, Any] = AsyncARMPipelineClient(
            endpoint, policies=self._policies(), transport=transport
        )

    def _policies(self) -> list[Any]:
        return [
            RequestIdPolicy(),
            UserAgentPolicy(sdk_moniker=f"autopeer/{VERSION}"),
            AsyncARMAutoResourceProviderRegistrationPolicy(),
            AsyncRedirectPolicy(),
            _for_broken_connections(),
            AsyncARMChallengeAuthenticationPolicy(self._credential, self._scope),
            self._quotas,
            _CallCounter(self.telemetry),
            DistributedTracingPolicy(),
            SensitiveHeaderCleanupPolicy(),  # what a redirect must not take along
        ]

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments for a client of the SDK beside this one. Closing it would close our connections."""
        return {
            "credential": self._credential,
            "base_url": self._endpoint,
            "credential_scopes": [self._scope],
            "transport": self._transport,
            "retry_policy": _for_broken_connections(),
        }

    async def send(
        self, method: str, path: str, api: str, *, body: object = None, good: tuple[int, ...] = (200,), **query: str
    ) -> PipelineResponse[Any, Any]:
        """The answer to a request; HttpResponseError where its status is none of the good ones."""
        request = HttpRequest(
            method,
            self._endpoint + quote(path),
            params={"api-version": api, **query},
            headers={"Accept": "application/json"},
            json=body,
        )
        answer: PipelineResponse[Any, Any] = await self._client.send_request(request, _return_pipeline_response=True)
        if answer.http_response.status_code not in good:
            raise HttpResponseError(response=answer.http_response)
        return answer

    async def ended(self, answer: PipelineResponse[Any, Any], kind: str) -> None:
        """Wait for the end of what was begun; HttpResponseError where it failed.

        Operations of one `kind` are taken to last as long as each other.
        """
        polling = TimedPolling(self._times[kind], self._clock, lambda: self._quotas.may_hurry(answer.http_request))
        polling.initialize(self._client, answer, lambda _: None)
        await polling.run()

    async def close(self) -> None:
        await self._transport.close()


def _for_broken_connections() -> AsyncRetryPolicy[Any, Any]:
    """The SDK's own retries, and for nothing else.

    It would sleep through a `Retry-After` while we hold a hub's lease, where the row can wait and the hub be used for
    others.
    """
    return AsyncRetryPolicy(retry_total=3, retry_connect=3, retry_read=2, retry_status=0)


@asynccontextmanager
async def readable(answer: str, limit: float) -> AsyncIterator[None]:
    """Nothing but AzureFailure leaves the block, whatever is answered, and it ends within `limit` seconds.

    `answer` begins the sentence that says what cannot be read.
    """
    try:
        async with azure_answers(limit):
            yield
    except AzureFailure:
        raise
    except Exception as error:
        # Broadly: the SDK has no one type for a document that it trips over (AttributeError, zlib.error, …).
        words = f"{answer} cannot be read: {str(error) or type(error).__name__}."
        _log.warning("%s", words, exc_info=not isinstance(error, UnexpectedDocument))
        raise AzureFailure(NO_ANSWER, UNEXPECTED, shown(words)) from error
