"""JSON as what a manual request asks for."""

from dataclasses import dataclass

from peering.core.catalogue.policy import Catalogue
from peering.core.decision.findings import choice, classic_network, names_no_hub
from peering.core.network.resource_ids import ClassicNetworkId, InvalidResourceId, VnetId
from peering.web.json_body import object_in, unknown_in
from peering.web.problems import bad_parameters, unusable

_EXAMPLE = '{"spoke": "/subscriptions/…/virtualNetworks/spoke-a", "hub": "prod-weu"}'
_FIELDS = {"spoke", "hub", "restore"}
_SWEEP = {"dryRun"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a manual request asks for: look at this spoke, and, where it has no tag, peer it with this hub.

    `restore`: set its switches as the catalogue has them, whoever has set them otherwise.
    """

    spoke: VnetId
    hub: str | None
    restore: bool = False


def read_request(body: bytes, catalogue: Catalogue) -> Asked:
    """The body of `POST /api/peerings`; raises Problem with every fault of it."""
    document = object_in(body, _EXAMPLE)
    errors = unknown_in(document, _FIELDS, "a request has spoke, hub and restore")
    spoke = spoke_in(document.get("spoke"), errors)
    hub = hub_in(document.get("hub"), catalogue, errors)
    restore = document.get("restore", False)
    if not isinstance(restore, bool):
        errors.append(("#/restore", "should be true or false"))
    if errors or spoke is None:
        raise unusable(errors)
    return Asked(spoke, hub, restore is True)


def read_sweep(body: bytes) -> bool:
    """The body of `POST /api/sweep`: whether it is to be a dry run; raises Problem with every fault of it."""
    document = object_in(body or b"{}", '{"dryRun": true}')
    errors = unknown_in(document, _SWEEP, "a sweep takes dryRun alone")
    dry_run = document.get("dryRun", False)
    if not isinstance(dry_run, bool):
        errors.append(("#/dryRun", "should be true or false"))
    if errors:
        raise unusable(errors)
    return dry_run is True


def vnet_of(text: str, parameter: str = "spoke") -> VnetId:
    """The network that a parameter names; raises Problem for what is no resource id of one."""
    try:
        return VnetId.parse(text.strip())
    except InvalidResourceId as error:
        raise bad_parameters([(parameter, f"is wrong: {error}")]) from error


def spoke_in(value: object, errors: list[tuple[str, str]]) -> VnetId | None:
    """The network that a body names; what is none is one of the errors."""
    if not isinstance(value, str):
        errors.append(("#/spoke", "is missing, or no text: give the resource id of the virtual network"))
        return None
    try:
        return VnetId.parse(value.strip())
    except ClassicNetworkId as error:
        finding = classic_network(error)
        errors.append(("#/spoke", f"{finding.code}: {finding.message}"))
    except InvalidResourceId as error:
        errors.append(("#/spoke", str(error)))
    return None


def hub_in(value: object, catalogue: Catalogue, errors: list[tuple[str, str]]) -> str | None:
    """The hub that a body names, None where it names none; what is no hub is one of the errors."""
    if value is None:
        return None
    if not isinstance(value, str):
        errors.append(("#/hub", f"should be the name of a hub: {choice(sorted(catalogue.hubs), 10)}"))
    elif policy := catalogue.hub(value):
        return policy.name
    else:
        errors.append(("#/hub", names_no_hub(value, catalogue)))
    return None
