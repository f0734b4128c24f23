"""Routes that move resources to another group, or say whether they could be moved."""

from __future__ import annotations

from localazure.emulator.networks import moves
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.operations import Kind
from localazure.emulator.networks.resource_groups import find_group
from localazure.emulator.wire.job_routes import accepted
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Names = dict[str, str]

_GROUP = "/subscriptions/{subscription}/resourcegroups/{group}"


class MoveRoutes:
    """`moveResources` and `validateMoveResources` of the group that the resources leave."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate

    def add_to(self, router: Router) -> None:
        router.add("POST", _GROUP + "/moveResources", self._move)
        router.add("POST", _GROUP + "/validateMoveResources", self._validate)

    def _move(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._start(request, names, Kind.MOVE)

    def _validate(self, request: ArmRequest, names: Names) -> ArmResponse:
        return self._start(request, names, Kind.VALIDATE_MOVE)

    def _start(self, request: ArmRequest, names: Names, kind: Kind) -> ArmResponse:
        group_id = f"/subscriptions/{names['subscription']}/resourceGroups/{names['group']}"
        group = find_group(self._estate, group_id, names["group"])
        return accepted(request, moves.start(self._estate, group, request.json(), request.write(), kind))
