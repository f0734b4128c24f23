"""How we wait for ARM's long-running operations: with fewer requests than the SDK's own polling makes, and sooner.

The SDK asks at once after the PUT, when nothing can be done yet, and reads the resource again at the end. ARM's first
answer to the PUT of a peering already has its final state (docs/facts/arm-peering.md, Create and update), so one poll
is enough, and when to make it is learned (peering/core/network/operation_times.py).
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.core.polling.base_polling import BadStatus, StatusCheckPolling
from azure.mgmt.core.polling.arm_polling import AzureAsyncOperationPolling
from azure.mgmt.core.polling.async_arm_polling import AsyncARMPolling

from peering.adapters.errors import retry_after
from peering.core.network.operation_times import Course, OperationTime

_INTERVAL = 2.0  # seconds between polls where ARM does not say
_PAUSES = (0.1, 0.5, 2.0, 5.0)  # seconds before a poll that failed is made again


class _WithoutFinalGet(AzureAsyncOperationPolling[Any, Any]):
    """Follows `Azure-AsyncOperation` to its end, and leaves it at that."""

    def get_final_get_url(self, pipeline_response: Any) -> None:  # noqa: ANN401, ARG002 - the SDK's signature
        return None


class TimedPolling(AsyncARMPolling):
    """Polls when operations of this kind use to be done, and at the latest when ARM asks to.

    `clock` is in seconds. `may_hurry` says before each poll whether there are reads to spare for one before its time.
    """

    def __init__(self, time: OperationTime, clock: Callable[[], float], may_hurry: Callable[[], bool]) -> None:
        super().__init__(timeout=_INTERVAL, lro_algorithms=[_WithoutFinalGet(), StatusCheckPolling()])
        self._course = Course(time)
        self._clock = clock
        self._began = clock()
        self._may_hurry = may_hurry

    def initialize(self, client: Any, initial_response: Any, deserialization_callback: Any) -> None:  # noqa: ANN401
        """With the answer to the write, from which on time counts."""
        self._began = self._clock()
        super().initialize(client, initial_response, deserialization_callback)

    def _elapsed(self) -> float:
        return self._clock() - self._began

    async def _poll(self) -> None:
        answered = least = 0.0
        while not self.finished():
            elapsed = self._elapsed()
            asked = max(0.0, answered + (self._asked() or least) - elapsed)
            await self._sleep(self._course.wait(elapsed, asked, hurry=self._may_hurry()))
            await self._ask()
            answered, least = self._elapsed(), _INTERVAL
            told = self._course.ended if self.finished() else self._course.running
            told(answered)
        await super()._poll()  # which says how it ended

    async def _ask(self) -> None:
        """Once more where the answer got lost, or the one who answers is in trouble: the operation goes on without."""
        for pause in _PAUSES:
            try:
                await self.update_status()
            except (ServiceRequestError, ServiceResponseError):
                await self._sleep(pause)
            except BadStatus:
                status = self._pipeline_response.http_response.status_code
                if status != HTTPStatus.TOO_MANY_REQUESTS and status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                await self._sleep(max(pause, self._asked()))
            else:
                return
        await self.update_status()

    def _asked(self) -> float:
        asked = retry_after(self._pipeline_response.http_response.headers)
        return asked.total_seconds() if asked else 0.0
