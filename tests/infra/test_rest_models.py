"""Every property that infra/ sets is one the REST API has, as the SDKs' models tell it."""

from typing import Any

import pytest

from tests.infra.bicep import Declaration, every
from tests.infra.policy import made
from tests.infra.rest_models import Model, unknown

MODELS = {
    "Microsoft.Authorization/roleAssignments": Model("authorization", "RoleAssignment"),
    "Microsoft.Authorization/roleDefinitions": Model("authorization", "RoleDefinition"),
    "Microsoft.EventGrid/systemTopics": Model("eventgrid", "SystemTopic"),
    "Microsoft.EventGrid/systemTopics/eventSubscriptions": Model("eventgrid", "EventSubscription"),
    "Microsoft.EventGrid/topics": Model("eventgrid", "Topic"),
    "Microsoft.Insights/actionGroups": Model("monitor", "ActionGroupResource"),
    "Microsoft.Insights/components": Model("applicationinsights", "ApplicationInsightsComponent"),
    "Microsoft.Insights/metricAlerts": Model("monitor", "MetricAlertResource"),
    "Microsoft.Insights/scheduledQueryRules": Model("monitor", "ScheduledQueryRuleResource"),
    "Microsoft.ManagedIdentity/userAssignedIdentities": Model("msi", "Identity"),
    "Microsoft.Network/privateEndpoints": Model("network", "PrivateEndpoint"),
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": Model("network", "PrivateDnsZoneGroup"),
    "Microsoft.Network/virtualNetworks": Model("network", "VirtualNetwork"),
    "Microsoft.OperationalInsights/workspaces": Model("loganalytics", "Workspace"),
    "Microsoft.Storage/storageAccounts": Model("storage", "StorageAccount"),
    "Microsoft.Storage/storageAccounts/blobServices": Model("storage", "BlobServiceProperties"),
    "Microsoft.Storage/storageAccounts/blobServices/containers": Model("storage", "BlobContainer"),
    "Microsoft.Storage/storageAccounts/managementPolicies": Model("storage", "ManagementPolicy"),
    "Microsoft.Storage/storageAccounts/queueServices": Model("storage", "QueueServiceProperties"),
    "Microsoft.Storage/storageAccounts/queueServices/queues": Model("storage", "StorageQueue"),
    "Microsoft.Storage/storageAccounts/tableServices": Model("storage", "TableServiceProperties"),
    "Microsoft.Storage/storageAccounts/tableServices/tables": Model("storage", "Table"),
    "Microsoft.Web/serverfarms": Model("web", "AppServicePlan"),
    "Microsoft.Web/sites": Model("web", "Site"),
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies": Model("web", "CsmPublishingCredentialsPoliciesEntity"),
}
# `sites/config` is a family of types, told apart by the name.
CONFIGS = {
    "appsettings": Model("web", "StringDictionary"),
    "authsettingsV2": Model("web", "SiteAuthSettingsV2"),
}
UNMODELLED = {  # no SDK of a reasonable size has them: policies, DNS zones, groups and diagnostic settings
    "Microsoft.Authorization/policyAssignments",
    "Microsoft.Authorization/policyDefinitions",
    "Microsoft.Insights/diagnosticSettings",
    "Microsoft.Network/privateDnsZones",
    "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
    "Microsoft.Resources/resourceGroups",
}
BICEPS_OWN = {"scope", "parent", "dependsOn"}
MADE = [one for one in every("resource") if not one.existing]


@pytest.mark.parametrize("resource", MADE, ids=lambda resource: resource.where)
def test_properties_exist(resource: Declaration) -> None:
    model = MODELS.get(resource.type) or CONFIGS.get(resource.value["name"])
    if model is None:
        assert resource.type in UNMODELLED, f"{resource.where}: say which model {resource.type} has"
        return
    body = {key: value for key, value in resource.value.items() if key not in BICEPS_OWN}
    assert list(unknown(model, body)) == [], resource.where


def test_properties_of_the_policy_exist() -> None:
    assert [one["type"] for one in made() if one["type"] not in MODELS] == ["Microsoft.Resources/tags"]
    for one in (each for each in made() if each["type"] in MODELS):
        body = {key: value for key, value in one.items() if key not in BICEPS_OWN | {"apiVersion"}}
        assert list(unknown(MODELS[one["type"]], body)) == []


@pytest.mark.parametrize(
    ("kind", "body", "path"),
    [
        ("Microsoft.Storage/storageAccounts", {"properties": {"allowBlobPublicAcces": False}}, "allowBlobPublicAcces"),
        ("Microsoft.Storage/storageAccounts", {"properties": {"minimumTlsVersion": "1.2"}}, "minimumTlsVersion = 1.2"),
        ("Microsoft.EventGrid/topics", {"properties": {"disableLocalAuthentication": True}}, "disableLocalAuthentica"),
        (
            "Microsoft.EventGrid/systemTopics/eventSubscriptions",
            {"properties": {"destination": {"endpointType": "AzureFunction", "properties": {"queueName": "x"}}}},
            "queueName",
        ),
        (
            "Microsoft.Web/sites",
            {"properties": {"functionAppConfig": {"runtime": {"name": "python", "versions": "3.13"}}}},
            "versions",
        ),
    ],
)
def test_a_misspelt_property_or_value_is_found(kind: str, body: dict[str, Any], path: str) -> None:
    (found,) = unknown(MODELS[kind], body)
    assert path in found
