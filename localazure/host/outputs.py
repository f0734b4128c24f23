"""Output bindings: what a function sets or returns is put into queues."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from localazure.host.app_settings import connection_string, resolve
from localazure.host.function import Binding, Function
from localazure.host.protos import TypedData
from localazure.host.queues import QueueStorage


class OutputBindings:
    """Writes an invocation's outputs."""

    def __init__(self, storage: QueueStorage, settings: Mapping[str, str]) -> None:
        self._storage = storage
        self._settings = settings

    async def write(self, function: Function, outputs: Mapping[str, TypedData]) -> None:
        for binding in function.outputs:
            if binding.type == "queue" and binding.name in outputs:
                await self._enqueue(binding, outputs[binding.name])

    async def _enqueue(self, binding: Binding, data: TypedData) -> None:
        connection = connection_string(binding.settings.get("connection", ""), self._settings)
        name = resolve(binding.settings["queueName"], self._settings)
        for text in queue_texts(data):
            await self._storage.send(connection, name, text)


def queue_texts(data: TypedData) -> Iterator[str]:
    """One message text for each element of a JSON array, else one for the whole value.

    The host does this to strings as well, which is why an app must never enqueue text that begins with `[` unmeant.
    """
    text = data.as_bytes().decode()
    elements = _array(text)
    if elements is None:
        yield text
        return
    for element in elements:
        yield element if isinstance(element, str) else json.dumps(element)


def _array(text: str) -> list[Any] | None:
    if not text.lstrip().startswith("["):
        return None
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return None
    return value if isinstance(value, list) else None
