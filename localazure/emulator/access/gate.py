"""What ARM's gateway checks before a resource provider sees a request: roles, then locks, then policies.

That order is from memory; the texts are in refusals.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localazure.emulator.access import refusals
from localazure.emulator.access.locks import in_the_way
from localazure.emulator.access.scopes import Asked, asked, tidy
from localazure.emulator.access.state import Access
from localazure.emulator.callers import Caller
from localazure.emulator.switches import Switches

type Json = dict[str, Any]

_PEER = "Microsoft.Network/virtualNetworks/peer/action"
_JOINED = {
    "routeTable": "Microsoft.Network/routeTables/join/action",
    "networkSecurityGroup": "Microsoft.Network/networkSecurityGroups/join/action",
    "subnet": "Microsoft.Network/virtualNetworks/subnets/join/action",
    "publicIPAddress": "Microsoft.Network/publicIPAddresses/join/action",
    "remoteVirtualNetwork": _PEER,
}
_LOCKS = "Microsoft.Authorization/locks/"


@dataclass(frozen=True)
class Attempt:
    """One request as the gateway sees it. `body` is None where there is none, or none that can be read."""

    method: str
    path: str
    body: Json | None
    caller: Caller


@dataclass(frozen=True)
class Gate:
    """`subscriptions` empty means that any there is; `now` in seconds."""

    access: Access
    switches: Switches
    subscriptions: list[str]
    now: float

    def check(self, attempt: Attempt) -> None:
        """Raises what the gateway answers to whom may not."""
        wanted = asked(attempt.method, attempt.path)
        if wanted is None:
            return
        linked = list(_linked(attempt.body)) if wanted.verb == "write" else []
        self._check_roles(attempt.caller, wanted, linked)
        self._check_locks(attempt, wanted, linked)
        for policy in self.access.policies:
            if policy.refuses(wanted):
                raise policy.refusal(wanted)

    def _check_roles(self, caller: Caller, wanted: Asked, linked: list[Asked]) -> None:
        own = (wanted.action, wanted.scope)
        if not self._may(caller, wanted):
            raise refusals.authorization_failed(caller, *own)
        if denial := self.access.denial(caller.object_id, *own):
            shown = {"name": denial.name, "id": denial.id, "scope": denial.scope}
            raise refusals.denied(caller, own, shown)
        for each in linked:
            there = (each.action, each.scope)
            self._check_subscription(wanted, each)
            if not self._may(caller, each):
                raise refusals.linked_authorization_failed(caller, own, there)
            if self.access.denial(caller.object_id, *there):
                raise refusals.linked_denied(caller, own, there)

    def _may(self, caller: Caller, wanted: Asked) -> bool:
        enforced = self.switches["roles"] == "on"
        return not enforced or self.access.may(caller.object_id, wanted.action, wanted.scope, self.now)

    def _check_subscription(self, wanted: Asked, linked: Asked) -> None:
        """A subscription that is not there cannot be looked into for roles."""
        subscription = linked.scope.split("/")[2]
        known = {each.lower() for each in self.subscriptions}
        if self.switches["roles"] == "on" and known and subscription.lower() not in known:
            raise refusals.linked_subscription_not_found((linked.action, linked.scope), wanted.scope, subscription)

    def _check_locks(self, attempt: Attempt, wanted: Asked, linked: list[Asked]) -> None:
        locks = self.access.locks.values()
        if not locks or wanted.action.startswith(_LOCKS):
            return
        verb = "delete" if wanted.verb == "delete" else "write"
        if found := in_the_way(locks, wanted.verb, wanted.scope):
            raise refusals.scope_locked(tidy(attempt.path), verb, found)
        if self.switches["readOnlyLockOnRemote"] == "refused":
            for each in linked:
                if each.action == _PEER and (found := in_the_way(locks, "write", each.scope)):
                    raise refusals.scope_locked(each.scope, verb, found)


def _linked(body: object) -> Iterator[Asked]:
    """What a body refers to that its writer must be allowed to use, at whatever depth."""
    if isinstance(body, list):
        for each in body:
            yield from _linked(each)
    if not isinstance(body, dict):
        return
    for member, value in body.items():
        reference = value.get("id") if isinstance(value, dict) else None
        if member in _JOINED and isinstance(reference, str) and reference.startswith("/subscriptions/"):
            yield Asked(_JOINED[member], tidy(reference))
        else:
            yield from _linked(value)
