"""The api-versions that Azure knows, and how it refuses others (docs/facts/arm-errors.md, An unknown api-version).

Newest first: clients take the first as the newest there is.
"""

from __future__ import annotations

import re

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.plain_types import PLAIN_TYPES
from localazure.emulator.resource_id import ResourceId
from localazure.emulator.wire.messages import ArmRequest

# What a provider has; the provider itself and its registration are ARM's own.
_PROVIDED = re.compile(r".*/providers/(?P<namespace>[^/]+)/(?P<rest>(?!register/?$).+)", re.IGNORECASE)
LOCATIONS = ["West Europe", "North Europe", "East US", "East US 2", "West US", "Germany West Central"]
NETWORK_TYPES = (
    "virtualNetworks",
    "virtualNetworks/subnets",
    "virtualNetworks/virtualNetworkPeerings",
    *(plain_type.name for plain_type in PLAIN_TYPES),
    "routeTables/routes",
    "operations",
)
# fmt: off
NETWORK = [
    "2026-03-01", "2025-09-01", "2025-07-01", "2025-05-01", "2025-03-01", "2025-01-01", "2024-10-01", "2024-07-01",
    "2024-05-01", "2024-03-01", "2024-01-01", "2023-11-01", "2023-09-01", "2023-06-01", "2023-05-01", "2023-04-01",
    "2023-02-01", "2022-11-01", "2022-09-01", "2022-07-01", "2022-05-01", "2022-01-01", "2021-12-01", "2021-08-01",
    "2021-06-01", "2021-05-01", "2021-04-01", "2021-03-01", "2021-02-01", "2021-01-01", "2020-11-01", "2020-08-01",
    "2020-07-01", "2020-06-01", "2020-05-01", "2020-04-01", "2020-03-01", "2020-01-01", "2019-12-01", "2019-11-01",
    "2019-09-01", "2019-08-01", "2019-07-01", "2019-06-01", "2019-04-01", "2019-02-01", "2018-12-01", "2018-11-01",
    "2018-10-01", "2018-08-01", "2018-07-01", "2018-06-01", "2018-05-01", "2018-04-01", "2018-03-01", "2018-02-01",
    "2018-01-01", "2017-11-01", "2017-10-01", "2017-09-01", "2017-08-01", "2017-06-01", "2017-04-01", "2017-03-01",
    "2016-12-01", "2016-11-01", "2016-10-01", "2016-09-01", "2016-08-01", "2016-07-01", "2016-06-01", "2016-03-30",
    "2015-06-15", "2015-05-01-preview", "2014-12-01-preview",
]
CORE = [
    "2025-04-01", "2025-03-01", "2024-11-01", "2024-08-01", "2024-07-01", "2024-06-01-preview", "2024-03-01",
    "2023-07-01", "2023-07-01-preview", "2023-03-01-preview", "2022-12-01", "2022-11-01-preview", "2022-09-01",
    "2022-06-01", "2022-05-01", "2022-03-01-preview", "2022-01-01", "2021-04-01", "2021-01-01", "2020-10-01",
    "2020-09-01", "2020-08-01", "2020-07-01", "2020-06-01", "2020-05-01", "2020-01-01", "2019-11-01", "2019-10-01",
    "2019-09-01", "2019-08-01", "2019-07-01", "2019-06-01", "2019-05-10", "2019-05-01", "2019-03-01", "2018-11-01",
    "2018-09-01", "2018-08-01", "2018-07-01", "2018-06-01", "2018-05-01", "2018-02-01", "2018-01-01", "2017-12-01",
    "2017-08-01", "2017-06-01", "2017-05-10", "2017-05-01", "2017-03-01", "2016-09-01", "2016-07-01", "2016-06-01",
    "2016-02-01", "2015-11-01", "2015-01-01", "2014-04-01-preview", "2014-04-01", "2014-01-01", "2013-03-01",
    "2014-02-26", "2014-04",
]
GRAPH = [
    "2024-04-01", "2022-10-01", "2021-03-01", "2020-04-01-preview", "2019-04-01", "2018-09-01-preview",
]
# fmt: on


def check(request: ArmRequest, estate: Estate) -> None:
    """Raises what Azure answers for a version that it does not know; of types that are not served nothing is known."""
    found = _PROVIDED.match(request.path)
    namespace, rest = (found["namespace"].lower(), found["rest"]) if found else ("", "")
    match namespace:
        case "microsoft.network":
            _check_network(request, estate, rest)
        case "microsoft.resourcegraph":
            _refuse_unless_known(request, "resources", "", GRAPH)
        case "" | "microsoft.resources" if request.api_version not in CORE:
            raise _invalid(request.api_version)
        case _:
            pass


def _check_network(request: ArmRequest, estate: Estate, rest: str) -> None:
    type_ = "/".join(rest.strip("/").split("/")[::2]).lower()
    known = next((each for each in NETWORK_TYPES if each.lower() == type_), None)
    if known is not None:
        _refuse_unless_known(request, known, _location(request, estate), NETWORK)


def _location(request: ArmRequest, estate: Estate) -> str:
    """Where the resource is; nowhere, for a list and for what does not exist."""
    target = ResourceId.parse(request.path)
    while target is not None and len(target.types) > 1:
        target = target.parent
    found = estate.resource(target) if target is not None else None
    return found.location if found is not None else ""


def _refuse_unless_known(request: ArmRequest, type_: str, location: str, versions: list[str]) -> None:
    if request.api_version in versions:
        return
    places = ", ".join(name.replace(" ", "").lower() for name in LOCATIONS)
    raise ArmError(
        400,
        "NoRegisteredProviderFound",
        f"No registered resource provider found for location '{location}' and API version '{request.api_version}' for "
        f"type '{type_}'. The supported api-versions are '{', '.join(versions)}'. The supported locations are ', "
        f"{places}'.",
    )


def _invalid(version: str) -> ArmError:
    return ArmError(
        400,
        "InvalidApiVersionParameter",
        f"The api-version '{version}' is invalid. The supported versions are '{','.join(CORE)}'.",
    )
