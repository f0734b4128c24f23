"""Who made a recording: the principal that its answers name, and what it could do."""

from __future__ import annotations

import re

from localazure.emulator.access.builtin_roles import BUILT_IN
from localazure.emulator.access.seeds import seed
from localazure.emulator.identity.signing import SYSTEM_ASSIGNED_CLIENT_ID, access_token_claims
from localazure.emulator.server import EmulatorServer
from tests.emulator.conformance.recordings import Exchange

_REFUSED = re.compile(r"The client '([^']+)' with object id '([^']+)' does not have authorization")
_WRITER = re.compile(r'"updatedBy": *"([^"]+)"')
_READER = next(guid for guid, role in BUILT_IN.items() if role.name == "Reader")


def enter(server: EmulatorServer, exchanges: list[Exchange]) -> str:
    """A token of whoever made the recording. Was something refused for want of a role, roles are needed: it reads."""
    name, object_id = "", ""
    for each in exchanges:
        refused, writer = _REFUSED.search(each.answer), _WRITER.search(each.answer)
        if refused is not None:
            name, object_id = refused[1], refused[2]
            _let_read(server, object_id, each.path.split("/")[2])
        elif writer is not None and not object_id:
            object_id = writer[1]
    authority = server.authority
    claims = access_token_claims(
        authority.tenant, SYSTEM_ASSIGNED_CLIENT_ID, "https://management.azure.com", int(authority._clock())
    )
    named = {"oid": object_id} | ({"upn": name} if name else {}) if object_id else {}
    return authority._key.sign(claims | named)


def _let_read(server: EmulatorServer, object_id: str, subscription: str) -> None:
    estate = server.emulator.estate
    estate.switches.change({"roles": "on"})
    properties = {"roleDefinitionId": _READER, "principalId": object_id}
    seed(
        estate.access,
        f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleAssignments/reader",
        {"properties": properties},
    )
