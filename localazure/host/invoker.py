"""Runs one invocation from trigger to outputs: time limit, log line, output bindings."""

import asyncio
import logging
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from azure.core.exceptions import AzureError

from localazure.host import logs
from localazure.host.app_settings import SettingsError
from localazure.host.function import Function
from localazure.host.outputs import OutputBindings
from localazure.host.protos import TypedData
from localazure.host.worker import Invocation, InvocationFailedError, Worker

_log = logging.getLogger("localazure.host")


@dataclass(frozen=True)
class Result:
    """How an invocation ended: `error` is empty for success."""

    error: str = ""
    outputs: Mapping[str, TypedData] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        return not self.error


class Invoker:
    """`timeout` is host.json's functionTimeout in seconds, None for no limit.

    A sync function that overruns is reported as failed while its thread runs on: Python cannot stop a thread. Azure
    restarts the worker process there.
    """

    def __init__(self, worker: Worker, outputs: OutputBindings, timeout: float | None) -> None:
        self._worker = worker
        self._outputs = outputs
        self._timeout = timeout

    async def invoke(self, function: Function, invocation: Invocation) -> Result:
        """Never raises for a fault of the function: that is in the result, and in the log."""
        started = time.perf_counter()
        with logs.invocation(function.name, invocation.id):
            result = await self._result(function, invocation)
            word = "Succeeded" if result.succeeded else "Failed"
            level = logging.INFO if result.succeeded else logging.ERROR
            ms = (time.perf_counter() - started) * 1000
            _log.log(level, "Executed '%s' (%s, Id=%s, Duration=%.0fms)", function.name, word, invocation.id, ms)
            return result

    async def _result(self, function: Function, invocation: Invocation) -> Result:
        traced = replace(invocation, trace_parent=invocation.trace_parent or _new_trace_parent())
        try:
            async with asyncio.timeout(self._timeout):
                outputs = await self._worker.invoke(function, traced)
                await self._outputs.write(function, outputs)
        except TimeoutError:
            error = f"Timeout value of {self._timeout:.0f} s exceeded by function: {function.name}"
            _log.error(error)
            return Result(error)
        except InvocationFailedError as failure:
            _log.error("%s\n%s", failure, failure.stack_trace.rstrip())
            return Result(str(failure))
        except (AzureError, SettingsError) as failure:
            _log.error("An output binding failed: %s", failure)
            return Result(str(failure))
        return Result(outputs=outputs)


def _new_trace_parent() -> str:
    """A W3C trace context of our own, for invocations that arrive without one."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
