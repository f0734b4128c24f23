"""ARM's errors: one exception, and the errors that the ARM gateway itself answers.

Texts are those of Azure, read in recordings and issues; coverage.md says which of them are from memory.
"""

from __future__ import annotations

from typing import Any

from localazure.emulator.resource_id import ResourceId

type Json = dict[str, Any]


class ArmError(Exception):
    """A refusal as ARM words it.

    `details` is None for errors of the ARM gateway, which has no such member, and a list for those of a
    resource provider, which always has one.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: list[Json] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.details = details
        self.headers = headers or {}

    @property
    def from_gateway(self) -> bool:
        return self.details is None

    def body(self) -> Json:
        error: Json = {"code": self.code, "message": self.message}
        if self.details is not None:
            error["details"] = self.details
        return {"error": error}


def resource_not_found(resource: ResourceId) -> ArmError:
    path = "/".join(f"{type_}/{name}" for type_, name in zip(resource.types, resource.names, strict=True))
    return ArmError(
        404,
        "ResourceNotFound",
        f"The Resource '{resource.namespace}/{path}' under resource group '{resource.group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def parent_not_found(resource: ResourceId, verb: str) -> ArmError:
    return ArmError(
        404,
        "ParentResourceNotFound",
        f"Failed to perform '{verb}' on resource(s) of type '{'/'.join(resource.types)}', because the parent "
        f"resource '{resource.parent}' could not be found.",
    )


def group_not_found(group: str) -> ArmError:
    return ArmError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def group_being_deleted(group: str) -> ArmError:
    return ArmError(
        409,
        "ResourceGroupBeingDeleted",
        f"The resource group '{group}' is in deprovisioning state and cannot perform this operation.",
    )


def group_being_moved(group: str) -> ArmError:
    return ArmError(
        409,
        "ResourceGroupMoveInProgress",
        f"Resources are being moved from or to the resource group '{group}'; it cannot perform this operation.",
    )


def subscription_not_found(subscription: str) -> ArmError:
    return ArmError(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def subscription_malformed(subscription: str) -> ArmError:
    return ArmError(
        400,
        "InvalidSubscriptionId",
        f"The provided subscription identifier '{subscription}' is malformed or invalid.",
    )


def api_version_missing() -> ArmError:
    return ArmError(
        400,
        "MissingApiVersionParameter",
        "The api-version query parameter (?api-version=) is required for all requests.",
    )


def location_required() -> ArmError:
    return ArmError(400, "LocationRequired", "The location property is required for this definition.")


def requests_throttled(kind: str, subscription: str, actor: str, seconds: int) -> ArmError:
    return ArmError(
        429,
        "SubscriptionRequestsThrottled",
        f"Number of '{kind}' requests for subscription '{subscription}' actor '{actor}' exceeded. Please try "
        f"again after '{seconds}' seconds after additional tokens are available. Refer to "
        "https://aka.ms/arm-throttling for additional information.",
        headers={"Retry-After": str(seconds)},
    )


def not_emulated(method: str, what: str) -> ArmError:
    """The one answer that Azure never gives: the operation exists there and not here."""
    return ArmError(
        501,
        "NotEmulated",
        f"The emulator does not serve {method} {what}. See localazure/emulator/coverage.md for what it serves.",
    )
