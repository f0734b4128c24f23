"""The Tags API: tags of any resource, merged, replaced or deleted without writing the resource."""

from __future__ import annotations

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.resources import Resource, ResourceGroup, Subscription

type Tagged = Resource | ResourceGroup | Subscription

MAX_TAGS, MAX_NAME, MAX_VALUE = 50, 512, 256


def merged(current: dict[str, str], change: dict[str, str]) -> dict[str, str]:
    """`change` over `current`; tag names are case-insensitive and keep the spelling they had first."""
    spelling = {name.lower(): name for name in current}
    return {**current, **{spelling.get(name.lower(), name): value for name, value in change.items()}}


def without(current: dict[str, str], change: dict[str, str]) -> dict[str, str]:
    """`current` less the tags of `change` that have the very same value."""
    doomed = {(name.lower(), value) for name, value in change.items()}
    return {name: value for name, value in current.items() if (name.lower(), value) not in doomed}


def patch(current: dict[str, str], operation: str, change: dict[str, str]) -> dict[str, str]:
    """The tags after a PATCH. Raises InvalidTagsPatchOperation for any but Merge, Replace and Delete."""
    match operation.lower():
        case "merge":
            return merged(current, change)
        case "replace":
            return dict(change)
        case "delete":
            return without(current, change)
        case _:
            raise ArmError(
                400,
                "InvalidTagsPatchOperation",
                f"The tags patch operation '{operation}' is not one of 'Merge', 'Replace', 'Delete'.",
            )


def write(resource: Tagged, tags: dict[str, str]) -> None:
    """Set the tags. Raises when they break Azure's limits; refuses nothing else, not even a write in flight."""
    _check_limits(tags)
    resource.tags = tags
    if isinstance(resource, Resource):
        resource.touch()


def _check_limits(tags: dict[str, str]) -> None:
    if len(tags) > MAX_TAGS:
        raise ArmError(400, "TooManyTags", f"The resource has '{len(tags)}' tags; at most '{MAX_TAGS}' are allowed.")
    for name, value in tags.items():
        if len(name) > MAX_NAME:
            raise ArmError(400, "InvalidTagNameLength", f"The tag name '{name}' is longer than {MAX_NAME} characters.")
        if len(value) > MAX_VALUE:
            raise ArmError(
                400, "InvalidTagValueLength", f"The value of tag '{name}' is longer than {MAX_VALUE} characters."
            )
