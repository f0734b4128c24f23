"""Tokens: the Entra endpoints, managed identity, and the check ARM makes of a bearer token."""

from localazure.emulator.identity.authority import Authority
from localazure.emulator.identity.signing import OWNER_CLIENT_ID, SYSTEM_ASSIGNED_CLIENT_ID, object_id_of
from localazure.emulator.identity.verification import EVENT_GRID_AUDIENCES, Caller, Unauthorized

__all__ = [
    "EVENT_GRID_AUDIENCES",
    "OWNER_CLIENT_ID",
    "SYSTEM_ASSIGNED_CLIENT_ID",
    "Authority",
    "Caller",
    "Unauthorized",
    "object_id_of",
]
