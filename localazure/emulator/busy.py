"""A network that is busy for a while: how Azure refuses every write to it, and how long it says to wait.

That the wait stands in the header, in the words only, or nowhere: docs/facts/arm-errors.md, Another operation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Any
from uuid import uuid4

from localazure.emulator.errors import ArmError
from localazure.emulator.networks import refusals

type Json = dict[str, Any]

_KEYS = {"seconds", "status", "wait"}
_OPERATION = "PutVirtualNetworkPeeringOperation"
_URI = "https://management.azure.com/subscriptions/{}/providers/Microsoft.Network/locations/westeurope/operations/{}"


class InvalidBusy(ValueError):
    """A wish that cannot be understood; the message says why."""


class Wait(StrEnum):
    """Where the answer says how long to wait."""

    HEADER = "header"
    WORDS = "words"
    NONE = "none"


@dataclass(kw_only=True)
class Busy:
    """It begins with the first write that is refused and is over `seconds` later."""

    seconds: float
    status: int
    wait: Wait
    ends: float | None = None

    @classmethod
    def read(cls, source: object) -> Busy:
        """Raises InvalidBusy."""
        if not isinstance(source, dict) or set(source) - _KEYS or "seconds" not in source:
            raise InvalidBusy('"busy" is an object with "seconds" and perhaps "status" and "wait".')
        status = source.get("status", 429)
        if status not in {409, 429} or source.get("wait", "header") not in set(Wait):
            raise InvalidBusy(f'"busy" has the "status" 409 or 429 and "wait" ({", ".join(Wait)}).')
        return cls(seconds=float(source["seconds"]), status=status, wait=Wait(source.get("wait", "header")))

    @staticmethod
    def refuses(method: str) -> bool:
        """What is busy can still be read."""
        return method not in {"GET", "HEAD"}

    def lasts(self, now: float) -> bool:
        if self.ends is None:
            self.ends = now + self.seconds
        return now < self.ends

    def refusal(self, path: str, now: float) -> ArmError:
        left = max(1, ceil((self.ends or now) - now))
        error = self._worded(path, left)
        error.headers = {"Retry-After": str(left)} if self.wait is Wait.HEADER else {}
        return error

    def _worded(self, path: str, left: int) -> ArmError:
        operation = str(uuid4())
        retryable = refusals.retryable(_OPERATION, operation, path, left)
        if self.status == 429:
            if self.wait is Wait.NONE:
                retryable.details = []
            return retryable
        subscription = path.split("/")[2] if path.count("/") > 2 else ""
        error = refusals.another_operation(_URI.format(subscription, operation))
        error.details = retryable.details if self.wait is Wait.WORDS else []
        return error
