"""`/metadata/endpoints`: where a client that is told only ARM's address finds the rest of this cloud."""

from __future__ import annotations

from typing import Any

type Json = dict[str, Any]

_LIST_UNTIL = "2022-09-01"
_NAME = "AzureLocal"


def cloud_metadata(arm: str, tenant: str, api_version: str) -> Json | list[Json]:
    """The cloud as an object (2022-09-01 and later) or as a list of one (before)."""
    cloud = {
        "portal": arm,
        "authentication": {
            "loginEndpoint": arm,
            "audiences": [arm, arm + "/", "https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": tenant,
            "identityProvider": "AAD",
        },
        "graphAudience": arm + "/",
        "graph": arm + "/",
        "name": _NAME,
        "suffixes": {
            "storage": "core.local",
            "keyVaultDns": "vault.local",
            "sqlServerHostname": "database.local",
            "acrLoginServer": "azurecr.local",
            "mhsmDns": "managedhsm.local",
            "storageSyncEndpointSuffix": "afs.local",
        },
        "media": arm,
        "batch": arm + "/",
        "resourceManager": arm,
        "vmImageAliasDoc": arm,
        "activeDirectoryDataLake": arm,
        "sqlManagement": arm,
        "gallery": arm + "/",
        "microsoftGraphResourceId": arm + "/",
        "appInsightsResourceId": arm,
        "appInsightsTelemetryChannelResourceId": arm,
        "logAnalyticsResourceId": arm,
        "attestationResourceId": arm,
        "synapseAnalyticsResourceId": arm,
        "ossrDbmsResourceId": arm,
    }
    return cloud if api_version >= _LIST_UNTIL else [cloud]
