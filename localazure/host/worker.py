"""Drives `azure-functions-runtime` through its five public verbs, as the proxy worker does in Azure.

One app for each process: the library keeps its functions in a module-level registry and imports `function_app` once.
"""

import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import azure_functions_runtime as runtime  # type: ignore[import-untyped]  # ships no types

from localazure.host.function import Binding, Function, RetryOptions
from localazure.host.protos import NAMESPACE, Message, ParameterBinding, StatusResult, TypedData


class AppNotIndexedError(Exception):
    """`function_app.py` is missing, has no functions, or could not be imported; the message says why."""


class InvocationFailedError(Exception):
    """The function raised. `stack_trace` is the function's own."""

    def __init__(self, message: str, stack_trace: str) -> None:
        super().__init__(message)
        self.stack_trace = stack_trace


@dataclass(frozen=True, kw_only=True)
class Invocation:
    """What a trigger hands over. `retry` is (count so far, most there will be)."""

    inputs: Mapping[str, TypedData]
    metadata: Mapping[str, TypedData] = field(default_factory=dict)
    trace_parent: str = ""
    retry: tuple[int, int] = (0, 0)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


class Worker:
    """The worker of one function app, in this process."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions

    @classmethod
    async def start(cls, app_dir: Path) -> "Worker":
        """Index the app in `app_dir`, an absolute path.

        Raises:
            AppNotIndexedError: with the app's own error.
        """
        directory = str(app_dir)
        sys.path.insert(0, directory)
        os.chdir(directory)
        runtime.start_threadpool_executor()
        fields = SimpleNamespace(capabilities={}, function_app_directory=directory)
        answer = await runtime.worker_init_request(_request(worker_init_request=fields))
        if answer.result.status != StatusResult.Success:
            error = answer.result.exception
            raise AppNotIndexedError(f"{directory}: {error.message}\n{error.stack_trace}")
        return cls({function.name: function for function in await _load(directory)})

    async def invoke(self, function: Function, invocation: Invocation) -> dict[str, TypedData]:
        """Run the function; answer its outputs by binding name, `$return` among them.

        Raises:
            InvocationFailedError: the function raised, or a value could not be converted.
        """
        answer = await runtime.invocation_request(_request(invocation_request=_fields(function, invocation)))
        if answer.result.status != StatusResult.Success:
            error = answer.result.exception
            raise InvocationFailedError(error.message, error.stack_trace)
        outputs = {output.name: output.data for output in answer.output_data if output.data is not None}
        if answer.return_value is not None:
            outputs["$return"] = answer.return_value
        return outputs

    @staticmethod
    def stop() -> None:
        """Let the threads of sync functions end. Blocks until they have."""
        runtime.stop_threadpool_executor()


async def _load(directory: str) -> list[Function]:
    """The app's functions, in the order the host keeps them: by name (FunctionMetadataManager.cs)."""
    answer = await runtime.functions_metadata_request(_request(functions_metadata_request=None))
    if not answer.function_metadata_results:
        raise AppNotIndexedError(f"{directory}: no functions found. Is there a function_app.py with a FunctionApp?")
    for found in answer.function_metadata_results:
        await runtime.function_load_request(_request(function_load_request=found))
    functions = [_function(found) for found in answer.function_metadata_results]
    return sorted(functions, key=lambda function: function.name.lower())


def _function(found: Message) -> Function:
    bindings = tuple(Binding.from_raw(raw) for raw in found.raw_bindings)
    return Function(found.name, found.function_id, bindings, _retry(found.retry_options))


def _retry(options: Message | None) -> RetryOptions | None:
    if options is None:
        return None
    fixed = getattr(options, "delay_interval", None)
    minimum, maximum = (fixed, fixed) if fixed is not None else (options.minimum_interval, options.maximum_interval)
    return RetryOptions(options.max_retry_count, minimum.total_seconds(), maximum.total_seconds())


def _fields(function: Function, invocation: Invocation) -> SimpleNamespace:
    count, most = invocation.retry
    return SimpleNamespace(
        invocation_id=invocation.id,
        function_id=function.id,
        input_data=[ParameterBinding(name, data) for name, data in invocation.inputs.items()],
        trigger_metadata=dict(invocation.metadata),
        trace_context=SimpleNamespace(trace_parent=invocation.trace_parent, trace_state="", attributes={}),
        retry_context=SimpleNamespace(retry_count=count, max_retry_count=most, exception=None),
    )


def _request(**field_: object) -> SimpleNamespace:
    """The envelope each verb takes: the name of the one field it carries, that field, and our message classes."""
    (name,) = field_
    properties = {"host": "127.0.0.1", "protos": NAMESPACE}
    return SimpleNamespace(name=name, request=SimpleNamespace(**field_), properties=properties)
