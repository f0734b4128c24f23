"""Routes of locks, on anything (recordings of 2019 and 2023)."""

from __future__ import annotations

from localazure.emulator.access import refusals
from localazure.emulator.access.locks import LEVELS, SUFFIX, Lock, seen_from
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.refusals import invalid_format
from localazure.emulator.wire.access_scopes import check_exists, key_of, scope_of
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.responses import announce_write
from localazure.emulator.wire.router import Router

type Names = dict[str, str]

_ACTION = "Microsoft.Authorization/locks/"


class LockRoutes:
    """What ARM serves below `providers/Microsoft.Authorization/locks`: all at once, no etags."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        one = "/{scope*}" + SUFFIX + "/{name}"
        router.add("GET", "/{scope*}" + SUFFIX, self._list)
        router.add("GET", one, self._get)
        router.add("PUT", one, self._put)
        router.add("DELETE", one, self._delete)

    def _list(self, request: ArmRequest, _names: Names) -> ArmResponse:
        scope = scope_of(request.path, SUFFIX)
        found = [each.body() for each in seen_from(self._estate.access.locks.values(), scope)]
        return ArmResponse(status=200, body={"value": found})

    def _get(self, request: ArmRequest, names: Names) -> ArmResponse:
        lock = self._estate.access.locks.get(key_of(request.path, SUFFIX, names["name"]))
        if lock is None:
            raise refusals.lock_not_found(names["name"])
        return ArmResponse(status=200, body=lock.body())

    def _put(self, request: ArmRequest, names: Names) -> ArmResponse:
        scope = scope_of(request.path, SUFFIX)
        check_exists(self._estate, scope)
        sent = request.json().get("properties")
        if not isinstance(sent, dict):
            raise invalid_format("MissingJsonProperty", "Required property 'properties' not found in JSON.")
        level = next((each for each in LEVELS if each.lower() == str(sent.get("level")).lower()), None)
        if level is None:
            raise refusals.lock_level_invalid(sent.get("level"))
        key = key_of(request.path, SUFFIX, names["name"])
        existing = self._estate.access.locks.get(key)
        lock = existing or Lock(scope=scope, name=names["name"], level=level)
        lock.level, lock.notes = level, sent.get("notes")
        self._estate.access.locks[key] = lock
        announce_write(self._estate, request, lock.id, _ACTION + "write", creates=existing is None)
        return ArmResponse(status=200 if existing else 201, body=lock.body())

    def _delete(self, request: ArmRequest, names: Names) -> ArmResponse:
        lock = self._estate.access.locks.pop(key_of(request.path, SUFFIX, names["name"]), None)
        if lock is None:
            return ArmResponse(status=204)
        announce_write(self._estate, request, lock.id, _ACTION + "delete")
        return ArmResponse(status=200)
