"""host.json: the parts of it this host honours, with the host's own defaults.

Defaults and limits are from QueuesOptions.cs and ScriptJobHostOptionsSetup.cs; they are listed in
https://learn.microsoft.com/azure/azure-functions/functions-host-json.
"""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2}(?:\.\d+)?)")


class HostJsonError(ValueError):
    """host.json cannot be used; the message names the key."""


@dataclass(frozen=True, kw_only=True)
class QueueOptions:
    """`extensions.queues`; times in seconds."""

    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    visibility_timeout: int = 0
    max_polling_interval: float = 60.0
    message_encoding: str = "base64"


@dataclass(frozen=True)
class HostOptions:
    """host.json as a whole; `function_timeout` in seconds, None for no limit."""

    route_prefix: str = "api"
    function_timeout: float | None = 30 * 60
    queues: QueueOptions = QueueOptions()


def read_host_json(app_dir: Path) -> HostOptions:
    """Read `host.json` beside the app.

    Raises:
        HostJsonError: missing, not JSON, or a value out of its range.
    """
    path = app_dir / "host.json"
    try:
        document = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise HostJsonError(f"{path} is missing: a function app needs one. Is --app-dir right?") from error
    except json.JSONDecodeError as error:
        raise HostJsonError(f"{path} is not JSON: {error}") from error
    extensions = document.get("extensions", {})
    return HostOptions(
        route_prefix=extensions.get("http", {}).get("routePrefix", "api").strip("/"),
        function_timeout=_timeout(document.get("functionTimeout")),
        queues=_queues(extensions.get("queues", {})),
    )


def _timeout(text: str | None) -> float | None:
    if text is None:
        return HostOptions.function_timeout
    return None if text == "-1" else timespan("functionTimeout", text)


def _queues(settings: Mapping[str, Any]) -> QueueOptions:
    batch_size = settings.get("batchSize", 16)
    options = QueueOptions(
        batch_size=batch_size,
        new_batch_threshold=settings.get("newBatchThreshold", batch_size // 2 * (os.cpu_count() or 1)),
        max_dequeue_count=settings.get("maxDequeueCount", 5),
        visibility_timeout=int(timespan("visibilityTimeout", settings.get("visibilityTimeout", "00:00:00"))),
        max_polling_interval=timespan("maxPollingInterval", settings.get("maxPollingInterval", "00:01:00")),
        message_encoding=settings.get("messageEncoding", "base64").lower(),
    )
    _check("batchSize", "from 1 to 32", holds=1 <= options.batch_size <= 32)
    _check("newBatchThreshold", "0 or more", holds=options.new_batch_threshold >= 0)
    _check("maxDequeueCount", "1 or more", holds=options.max_dequeue_count >= 1)
    _check("maxPollingInterval", "at least 00:00:00.100", holds=options.max_polling_interval >= 0.1)
    _check("messageEncoding", "'base64' or 'none'", holds=options.message_encoding in ("base64", "none"))
    return options


def _check(key: str, must_be: str, *, holds: bool) -> None:
    if not holds:
        raise HostJsonError(f"host.json: extensions.queues.{key} must be {must_be}.")


def timespan(key: str, text: str) -> float:
    """Seconds of a .NET TimeSpan, `[d.]hh:mm:ss[.fff]`."""
    match = _TIMESPAN.fullmatch(text)
    if not match:
        raise HostJsonError(f"host.json: {key} is '{text}', but must be a time span like '00:05:00'.")
    days, hours, minutes, seconds = match.groups()
    return int(days or 0) * 86400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
