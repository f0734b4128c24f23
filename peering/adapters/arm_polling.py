"""How we wait for ARM's long-running operations: with fewer requests than the SDK's own polling makes.

The SDK asks at once after the PUT, when nothing can be done yet, and reads the resource again at the end. ARM's first
answer to the PUT of a peering already has its final state (docs/facts/arm-peering.md, Create and update), so one poll
is enough.
"""

from typing import Any

from azure.core.polling.base_polling import StatusCheckPolling
from azure.mgmt.core.polling.arm_polling import AzureAsyncOperationPolling
from azure.mgmt.core.polling.async_arm_polling import AsyncARMPolling

from peering.adapters.errors import retry_after

_INTERVAL = 2.0  # seconds between polls where ARM does not say


class _WithoutFinalGet(AzureAsyncOperationPolling[Any, Any]):
    """Follows `Azure-AsyncOperation` to its end, and leaves it at that."""

    def get_final_get_url(self, pipeline_response: Any) -> None:  # noqa: ANN401, ARG002 - the SDK's signature
        return None


class PatientPolling(AsyncARMPolling):
    """Waits as long as the first answer asks before the first poll."""

    def __init__(self) -> None:
        super().__init__(timeout=_INTERVAL, lro_algorithms=[_WithoutFinalGet(), StatusCheckPolling()])

    async def _poll(self) -> None:
        if not self.finished() and retry_after(self._pipeline_response.http_response.headers):
            await self._delay()
        await super()._poll()
