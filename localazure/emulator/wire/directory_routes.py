"""Routes that clients ask before they start: the cloud's endpoints, subscriptions and resource providers."""

from __future__ import annotations

from typing import Any

from localazure.emulator.errors import ArmError
from localazure.emulator.networks.estate import Estate
from localazure.emulator.networks.resources import Subscription
from localazure.emulator.wire.api_versions import CORE, GRAPH, LOCATIONS, NETWORK, NETWORK_TYPES
from localazure.emulator.wire.messages import ArmRequest, ArmResponse
from localazure.emulator.wire.router import Router

type Json = dict[str, Any]
type Names = dict[str, str]

_PROVIDERS = {
    "Microsoft.Network": (NETWORK_TYPES, NETWORK),
    "Microsoft.Resources": (("resourceGroups", "subscriptions", "tags", "providers"), CORE),
    "Microsoft.ResourceGraph": (("resources",), GRAPH),
    "Microsoft.EventGrid": (("topics",), ["2025-02-15", "2022-06-15"]),
}


class DirectoryRoutes:
    """What ARM serves about itself. `tenant` is the one directory of this emulator."""

    def __init__(self, estate: Estate, tenant: str) -> None:
        self._estate = estate
        self._tenant = tenant

    def add_to(self, router: Router) -> None:
        router.add("GET", "/subscriptions", self._subscriptions)
        router.add("GET", "/subscriptions/{subscription}", self._subscription)
        router.add("GET", "/tenants", self._tenants)
        router.add("GET", "/subscriptions/{subscription}/locations", self._locations)
        router.add("GET", "/subscriptions/{subscription}/providers", self._providers)
        router.add("GET", "/subscriptions/{subscription}/providers/{namespace}", self._provider)
        router.add("POST", "/subscriptions/{subscription}/providers/{namespace}/register", self._provider)

    def _subscriptions(self, _request: ArmRequest, _names: Names) -> ArmResponse:
        found = [self._subscription_body(each) for each in self._estate.all_subscriptions()]
        return ArmResponse(status=200, body={"value": found, "count": {"type": "Total", "value": len(found)}})

    def _subscription(self, _request: ArmRequest, names: Names) -> ArmResponse:
        return ArmResponse(status=200, body=self._subscription_body(self._estate.subscription(names["subscription"])))

    def _subscription_body(self, subscription: Subscription) -> Json:
        tags = {} if subscription.tags is None else {"tags": subscription.tags}
        return {
            "id": subscription.id,
            "authorizationSource": "RoleBased",
            "managedByTenants": [],
            "subscriptionId": subscription.name,
            "tenantId": self._tenant,
            "displayName": subscription.display_name,
            "state": "Enabled",
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "PayAsYouGo_2014-09-01",
                "spendingLimit": "Off",
            },
            **tags,
        }

    def _tenants(self, _request: ArmRequest, _names: Names) -> ArmResponse:
        tenant = {"id": f"/tenants/{self._tenant}", "tenantId": self._tenant, "tenantCategory": "Home"}
        return ArmResponse(status=200, body={"value": [tenant]})

    def _locations(self, _request: ArmRequest, names: Names) -> ArmResponse:
        prefix = f"/subscriptions/{names['subscription']}/locations/"
        short_names = {name.replace(" ", "").lower(): name for name in LOCATIONS}
        found = [{"id": prefix + short, "name": short, "displayName": name} for short, name in short_names.items()]
        return ArmResponse(status=200, body={"value": found})

    def _providers(self, _request: ArmRequest, names: Names) -> ArmResponse:
        return ArmResponse(status=200, body={"value": [_provider(names["subscription"], each) for each in _PROVIDERS]})

    def _provider(self, _request: ArmRequest, names: Names) -> ArmResponse:
        namespace = next((each for each in _PROVIDERS if each.lower() == names["namespace"].lower()), None)
        if namespace is None:
            raise ArmError(
                404,
                "InvalidResourceNamespace",
                f"The resource namespace '{names['namespace']}' is invalid.",
            )
        return ArmResponse(status=200, body=_provider(names["subscription"], namespace))


def _provider(subscription: str, namespace: str) -> Json:
    names, versions = _PROVIDERS[namespace]
    types = [
        {
            "resourceType": type_,
            "locations": LOCATIONS,
            "apiVersions": versions,
            "capabilities": "SupportsTags, SupportsLocation",
        }
        for type_ in names
    ]
    return {
        "id": f"/subscriptions/{subscription}/providers/{namespace}",
        "namespace": namespace,
        "resourceTypes": types,
        "registrationState": "Registered",
        "registrationPolicy": "RegistrationRequired",
    }
