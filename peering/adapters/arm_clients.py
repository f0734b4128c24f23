"""What every client of Azure Resource Manager is made with, and how its answers are read: networks and the estate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from azure.core.pipeline.policies import AsyncRetryPolicy
from azure.core.pipeline.transport import AioHttpTransport

from peering.adapters.errors import azure_answers, shown
from peering.core.network.failures import NO_ANSWER, UNEXPECTED, AzureFailure
from peering.core.network.json_parts import UnexpectedDocument
from peering.log import logger

_log = logger(__name__)


def client_options(
    endpoint: str, audience: str, ca_file: str | None, *, connect: float, silence: float
) -> dict[str, Any]:
    """Keyword arguments for a client of the SDK. Its `transport` outlives the client, and is the caller's to close.

    The SDK's own retries are for broken connections only: it would sleep through a `Retry-After` while we hold a
    hub's lease, where the row can wait and the hub be used for others. `connect` and `silence` are seconds.
    """
    transport = AioHttpTransport(connection_verify=ca_file or True, connection_timeout=connect, read_timeout=silence)
    return {
        "base_url": endpoint,
        "credential_scopes": [f"{audience}/.default"],
        "transport": transport,
        "retry_policy": AsyncRetryPolicy(retry_total=3, retry_connect=3, retry_read=2, retry_status=0),
    }


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
