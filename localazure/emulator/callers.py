"""Who asks, and how an activity of theirs is remembered until its event is published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class Caller(Protocol):
    """A verified principal; the token endpoints' module provides the real one."""

    @property
    def object_id(self) -> str: ...
    @property
    def app_id(self) -> str: ...
    @property
    def tenant_id(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One write or delete as the activity log has it; its event is published when it has succeeded.

    `method` and `url` are empty for a create, because Azure leaves `httpRequest` out of a create's event.
    """

    resource: str
    action: str
    object_id: str
    app_id: str
    tenant_id: str
    caller_name: str
    correlation_id: str
    client_request_id: str = ""
    method: str = ""
    url: str = ""

    @property
    def is_create(self) -> bool:
        return not self.method

    @property
    def kind(self) -> str:
        """As the type of its event names it."""
        return {"delete": "Delete", "action": "Action"}.get(self.action.rpartition("/")[2], "Write")
