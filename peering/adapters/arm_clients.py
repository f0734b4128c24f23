"""Azure Resource Manager as networks and the estate reach it: one pipeline for every subscription."""

import time
from collections import OrderedDict, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from azure.core.credentials_async import AsyncTokenCredential
from azure.core.pipeline import AsyncPipeline, PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    AsyncRedirectPolicy,
    AsyncRetryPolicy,
    CustomHookPolicy,
    DistributedTracingPolicy,
    RequestIdPolicy,
    SansIOHTTPPolicy,
    SensitiveHeaderCleanupPolicy,
    UserAgentPolicy,
)
from azure.core.pipeline.transport import AsyncHttpTransport
from azure.mgmt.core.policies import (
    AsyncARMAutoResourceProviderRegistrationPolicy,
    AsyncARMChallengeAuthenticationPolicy,
)
from azure.mgmt.network.aio import NetworkManagementClient

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

_KEPT = 32  # clients, of as many subscriptions


class _CallCounter(SansIOHTTPPolicy[Any, Any]):
    def __init__(self, telemetry: Telemetry) -> None:
        super().__init__()
        self._telemetry = telemetry

    def on_request(self, request: PipelineRequest[Any]) -> None:  # noqa: ARG002 - counted, not looked at
        count_call()

    def on_response(self, request: PipelineRequest[Any], response: PipelineResponse[Any, Any]) -> None:  # noqa: ARG002
        self._telemetry.arm_answered(response.http_response.status_code)


class Arm:
    """The clients of Resource Manager, for whoever the credential is for: one of azure-mgmt-network's per subscription.

    They share one pipeline, and with it the connections. A client by itself takes half a megabyte and 9 ms, for all the
    operations that we never call, so only the latest are kept: an estate has a subscription for each team.
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
        self.endpoint = endpoint
        self._scope = f"{audience}/.default"
        self._transport = transport
        self._clock = clock
        self._quotas = QuotaPolicy(clock, transport.sleep)
        self._times: defaultdict[str, OperationTime] = defaultdict(OperationTime)
        self.telemetry = telemetry
        self._pipeline: AsyncPipeline[Any, Any] = AsyncPipeline(transport, self._policies())
        self._clients: OrderedDict[str, NetworkManagementClient] = OrderedDict()

    def _policies(self) -> list[Any]:
        """The SDK's own, without those that log (log.quieten_sdks silences them) or that read JSON a second time."""
        return [
            RequestIdPolicy(),
            UserAgentPolicy(sdk_moniker=f"autopeer/{VERSION}"),
            AsyncARMAutoResourceProviderRegistrationPolicy(),
            AsyncRedirectPolicy(),
            _for_broken_connections(),
            AsyncARMChallengeAuthenticationPolicy(self._credential, self._scope),
            CustomHookPolicy(),
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
            "base_url": self.endpoint,
            "credential_scopes": [self._scope],
            "transport": self._transport,
            "retry_policy": _for_broken_connections(),
        }

    def of(self, subscription: str) -> NetworkManagementClient:
        """The client of a subscription. It is not closed by anybody: what it could close is shared."""
        name = subscription.lower()
        if name not in self._clients:
            options: dict[str, Any] = {"base_url": self.endpoint, "pipeline": self._pipeline}
            self._clients[name] = NetworkManagementClient(self._credential, name, **options)
        self._clients.move_to_end(name)
        while len(self._clients) > _KEPT:
            self._clients.popitem(last=False)
        return self._clients[name]

    def polling(self, kind: str, subscription: str) -> TimedPolling:
        """How to wait for an operation; those of one `kind` are taken to last as long as each other."""
        return TimedPolling(self._times[kind], self._clock, lambda: self._quotas.may_hurry(subscription))

    async def close(self) -> None:
        await self._transport.close()


def _for_broken_connections() -> AsyncRetryPolicy[Any, Any]:
    """The SDK's own retries, and for nothing else.

    It would sleep through a `Retry-After` while we hold a hub's lease, where the row can wait and the hub be used for
    others.
    """
    return AsyncRetryPolicy(
        retry_total=3, retry_connect=3, retry_read=2, retry_status=0, retry_backoff_factor=0.2, retry_backoff_max=5
    )


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
