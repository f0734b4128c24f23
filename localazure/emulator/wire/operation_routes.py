"""Routes of asynchronous operations: their status, and the result of a deletion."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Operation
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_LOCATION = "/subscriptions/{subscription}/providers/Microsoft.Network/locations/{location}"


class OperationRoutes:
    """What clients poll."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("GET", _LOCATION + "/operations/{operation}", self._status)
        router.add("GET", _LOCATION + "/operationResults/{operation}", self._result)

    def _status(self, _request: ArmRequest, names: Names) -> ArmResponse:
        operation = self._find(names)
        body: Json = {"status": operation.status}
        if operation.failure is not None and not operation.running:
            body["error"] = {
                "code": operation.failure.code,
                "message": operation.failure.message,
                "details": list(operation.failure.details),
            }
        return ArmResponse(status=200, body=body, operation=operation if operation.running else None, by_provider=True)

    def _result(self, _request: ArmRequest, names: Names) -> ArmResponse:
        """204 when the deletion is done, 202 with the body `null` while it runs; both name the operation again."""
        operation = self._find(names)
        if operation.failure is not None and not operation.running:
            failure = operation.failure
            raise ArmError(409, failure.code, failure.message, list(failure.details))
        if operation.running:
            return ArmResponse(status=202, body=NULL, operation=operation, by_provider=True)
        return ArmResponse(status=204, operation=operation, by_provider=True)

    def _find(self, names: Names) -> Operation:
        operation = self._estate.ledger.by_id.get(names["operation"].lower())
        if operation is None:
            raise ArmError(404, "NotFound", f"Operation {names['operation']} not found.", details=[])
        return operation


class _Null:
    """The JSON body `null`, which is not the same as no body."""


NULL = _Null()
