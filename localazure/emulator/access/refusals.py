"""What the ARM gateway answers to whom may not, word for word; the sources stand in coverage.md."""

from __future__ import annotations

from typing import Any

from localazure.emulator.callers import Caller
from localazure.emulator.errors import ArmError

type Json = dict[str, Any]


def _client(caller: Caller) -> str:
    return f"The client '{caller.name or caller.app_id}' with object id '{caller.object_id}'"


def authorization_failed(caller: Caller, action: str, scope: str) -> ArmError:
    return ArmError(
        403,
        "AuthorizationFailed",
        f"{_client(caller)} does not have authorization to perform action '{action}' over scope '{scope}' or the "
        "scope is invalid. If access was recently granted, please refresh your credentials.",
    )


def linked_authorization_failed(caller: Caller, own: tuple[str, str], linked: tuple[str, str]) -> ArmError:
    """`own` and `linked`: an action and its scope each."""
    return ArmError(
        403,
        "LinkedAuthorizationFailed",
        f"{_client(caller)} has permission to perform action '{own[0]}' on scope '{own[1]}'; however, it does not "
        f"have permission to perform action(s) '{linked[0]}' on the linked scope(s) '{linked[1]}' (respectively) or "
        "the linked scope(s) are invalid.",
    )


def linked_denied(caller: Caller, own: tuple[str, str], linked: tuple[str, str]) -> ArmError:
    return ArmError(
        403,
        "LinkedAuthorizationFailed",
        f"{_client(caller)} has permission to perform action '{own[0]}' on scope '{own[1]}'; however, it does not "
        f"have permission to perform action '{linked[0]}' on the '0' linked scope(s) '' or the linked scope(s) are "
        f"invalid and is blocked by deny assignments on the '1' linked scope(s) '{linked[1]}'.",
    )


def linked_subscription_not_found(linked: tuple[str, str], scope: str, subscription: str) -> ArmError:
    return ArmError(
        403,
        "LinkedAuthorizationFailed",
        f"The client has permission to perform action '{linked[0]}' on scope '{scope}', however the linked "
        f"subscription '{subscription}' was not found. ",
    )


def denied(caller: Caller, own: tuple[str, str], assignment: Json) -> ArmError:
    return ArmError(
        403,
        "DenyAssignmentAuthorizationFailed",
        f"{_client(caller)} has permission to perform action '{own[0]}' on scope '{own[1]}'; however, the access is "
        f"denied because of the deny assignment with name '{assignment['name']}' and Id '{assignment['id']}' at scope "
        f"'{assignment['scope']}'.",
    )


def scope_locked(target: str, verb: str, locked: list[str]) -> ArmError:
    return ArmError(
        409,
        "ScopeLocked",
        f"The scope '{target}' cannot perform {verb} operation because following scope(s) are locked: "
        f"'{','.join(locked)}'. Please remove the lock and try again.",
    )


class PolicyViolation(ArmError):
    """403 RequestDisallowedByPolicy: the only refusal of the gateway with a target and more about it."""

    def __init__(self, target: str, message: str, info: Json) -> None:
        super().__init__(403, "RequestDisallowedByPolicy", message)
        self._target = target
        self._info = info

    def body(self) -> Json:
        violation = {"type": "PolicyViolation", "info": self._info}
        return {
            "error": {
                "code": self.code,
                "target": self._target,
                "message": self.message,
                "additionalInfo": [violation],
            }
        }


def lock_not_found(name: str) -> ArmError:
    return ArmError(404, "LockNotFound", f"The lock '{name}' could not be found.")


def lock_level_invalid(level: object) -> ArmError:
    return ArmError(
        400,
        "InvalidLockLevel",
        f"The lock level '{level}' is not valid. Supported levels are 'NotSpecified', 'CanNotDelete', 'ReadOnly'.",
    )


class RoleRefusal(ArmError):
    """A refusal of the authorization service: it has no details either, and is not called the gateway's."""

    @property
    def from_gateway(self) -> bool:
        return False


def assignment_exists() -> ArmError:
    return RoleRefusal(409, "RoleAssignmentExists", "The role assignment already exists.")


def assignment_not_found(name: str) -> ArmError:
    return RoleRefusal(404, "RoleAssignmentNotFound", f"The role assignment '{name}' is not found.")


def assignment_fixed() -> ArmError:
    return RoleRefusal(
        400,
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    )


def definition_not_found(guid: str, status: int) -> ArmError:
    """`status`: 404 for whoever asks for it, 400 for whoever assigns it."""
    return RoleRefusal(
        status,
        "RoleDefinitionDoesNotExist",
        f"The specified role definition with ID '{guid}' does not exist.",
    )


def definition_name_taken(name: str) -> ArmError:
    return RoleRefusal(
        409,
        "RoleDefinitionWithSameNameExists",
        f"A custom role with the same name '{name}' already exists in this directory. Use a different name.",
    )


def definition_in_use() -> ArmError:
    return RoleRefusal(
        400,
        "RoleDefinitionHasAssignments",
        "There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).",
    )


def principal_not_found(principal: str, tenant: str) -> ArmError:
    return RoleRefusal(
        400,
        "PrincipalNotFound",
        f"Principal {principal.replace('-', '')} does not exist in the directory {tenant}. Check that you have the "
        "correct principal ID. If you are creating this principal and then immediately assigning a role, this error "
        "might be related to a replication delay. In this case, set the role assignment principalType property to a "
        "value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
    )
