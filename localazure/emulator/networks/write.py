"""One write as the state machine sees it: who, with what precondition, and what a fault rule makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from localazure.emulator.callers import Activity, Caller
from localazure.emulator.networks.refusals import Failure


@dataclass(frozen=True, kw_only=True)
class Write:
    """`endpoint` is the scheme and host the caller used: texts that carry a URI are worded with it."""

    caller: Caller
    correlation_id: str
    client_request_id: str
    api_version: str
    endpoint: str
    method: str
    url: str
    if_match: str | None = None
    seconds: float | None = None
    failure: Failure | None = None
    unchanged: bool = False

    def activity(self, resource: object, action: str, *, creates: bool) -> Activity:
        return Activity(
            resource=str(resource),
            action=action,
            object_id=self.caller.object_id,
            app_id=self.caller.app_id,
            tenant_id=self.caller.tenant_id,
            caller_name=self.caller.name,
            correlation_id=self.correlation_id,
            client_request_id=self.client_request_id,
            method="" if creates else self.method,
            url="" if creates else self.url,
        )
