"""Mistakes of each kind, put into a file without any, are found; one at a time."""

import pytest

from tests import shared
from tests.infra.bicep import INFRA, BicepFile
from tests.infra.types import arm_templates, declarations, type_files

pytestmark = shared.needs(type_files.FOLDER)

SOUND = """
param location string
param kept bool
@minValue(1)
param days int
@allowed(['Standard_LRS', 'Standard_ZRS'])
param sku string
var rows = [{ severity: 1 }, { severity: 2 }]

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'stautopeer'
  location: location
  kind: 'StorageV2'
  sku: { name: sku }
  properties: { allowSharedKeyAccess: false, minimumTlsVersion: 'TLS1_2', accessTier: kept ? 'Hot' : 'Cool' }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
  properties: { deleteRetentionPolicy: { enabled: kept, days: days } }
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = { name: 'topic' }

resource toQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  name: '${topic.name}/queue'
  properties: {
    destination: {
      endpointType: 'StorageQueue'
      properties: { resourceId: account.id, queueName: 'q' }
    }
  }
}

resource rule 'Microsoft.Insights/metricAlerts@2018-03-01' = [for row in rows: {
  name: 'rule'
  location: 'global'
  properties: {
    severity: row.severity
    enabled: true
    scopes: [account.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: { 'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria', allOf: [] }
  }
}]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: account
  name: 'logs'
  properties: { logs: [{ category: 'StorageWrite', enabled: true }] }
}
"""
SEEDS = {
    "unknown": ("allowSharedKeyAccess", "allowSharedKeyAcces", ".allowSharedKeyAcces: is unknown"),
    "case": ("queueName", "QueueName", ".QueueName: is unknown"),
    "unknown in a list": ("category: 'St", "categories: 'St", ".logs[0].categories: is unknown"),
    "read-only": ("  kind: 'StorageV2'", "  kind: 'StorageV2'\n  id: 'x'", ".id: is read-only"),
    "missing": ("  kind: 'StorageV2'\n", "", ".kind: is missing"),
    "missing in a list": (", enabled: true }]", " }]", ".logs[0].enabled: is missing"),
    "null for what is required": ("kind: 'StorageV2'", "kind: null", ".kind: is None, none of"),
    "boolean": ("allowSharedKeyAccess: false", "allowSharedKeyAccess: 'no'", "Access: is no boolean"),
    "integer": ("days: days", "days: '7'", ".days: is no integer"),
    "integer by a parameter": ("days: days", "days: kept", ".days: is no integer"),
    "integer by a row": ("severity: 2", "severity: 'two'", ".severity: is no integer"),
    "least": ("days: days", "days: 0", ".days: is 0, and 1 is the least"),
    "length": ("'stautopeer'", "'st'", ".name: has 2 characters, and 3 is the least"),
    "form": ("'stautopeer'", "'st-autopeer'", ".name: is 'st-autopeer', not of the form"),
    "list": ("logs: [{ category: 'StorageWrite', enabled: true }]", "logs: {}", ".logs: is no array"),
    "object": ("sku: { name: sku }", "sku: sku", ".sku: is no object"),
    "string": ("location: location", "location: days", ".location: is no string"),
    "enum": ("'TLS1_2'", "'1.2'", ".minimumTlsVersion: is '1.2', none of"),
    "enum by a parameter": ("'Standard_ZRS'", "'Standard_XRS'", ".sku.name: is 'Standard_XRS', none of"),
    "enum in a branch": ("'Cool'", "'cool'", ".accessTier: is 'cool', none of"),
    "discriminator": ("'StorageQueue'", "'StorageBucket'", ".endpointType: is 'StorageBucket', none of"),
    "discriminated": ("'StorageQueue'", "'AzureFunction'", ".queueName: is unknown"),
    "no discriminator": ("      endpointType: 'StorageQueue'\n", "", ".endpointType: is missing"),
    "no such type": ("Alerts@2018-03-01", "Alerts@2018-03-02", "no type file has it"),
    "scope of the file": ("param location", "targetScope = 'subscription'\nparam location", "cannot be made in a subs"),
    "scope of another": ("  scope: account\n", "  scope: resourceGroup('x')\n", "which only a module may have"),
    "no extension": ("  parent: account\n", "  scope: account\n", ".scope: it is no extension"),
    "parent": ("  parent: account\n", "  parent: topic\n", ".parent: is Microsoft.EventGrid/systemTopics"),
    "parts of the name": ("'${topic.name}/queue'", "'queue'", ".name: has 1 parts, not 2"),
    "known too late": ("name: 'rule'", "name: account.properties.x", "is not known at the start"),
    "more than a name": ("{ name: 'topic' }", "{ name: 'topic', tags: {} }", ".tags: is more than the name"),
}
NESTED = {
    "unknown": ('"topicType"', '"topicKind"', ".properties.topicKind: is unknown"),
    "scope": ("/deploymentTemplate.json", "/tenantDeploymentTemplate.json", "cannot be made in a tenant"),
    "enum": ('"EventGridSchema"', '"EventgridSchema"', ".eventDeliverySchema: is 'EventgridSchema', none of"),
    "discriminator": ('"StorageQueue"', '"StorageQueues"', ".endpointType: is 'StorageQueues', none of"),
    "missing": ('"mode": "Incremental",', "", ".properties.mode: is missing"),
    "mistyped": ('"maxDeliveryAttempts": 30', '"maxDeliveryAttempts": "30"', "maxDeliveryAttempts: is no integer"),
}


def found(text: str) -> list[str]:
    file = BicepFile(INFRA / "seeded.bicep", text)
    assert file.errors == []
    return [fault for one in file.of("resource") for fault in declarations.faults(file, one)]


def test_without_a_mistake_nothing_is_found() -> None:
    assert found(SOUND) == []


@pytest.mark.parametrize(("old", "new", "fault"), SEEDS.values(), ids=SEEDS)
def test_the_mistake_is_found(old: str, new: str, fault: str) -> None:
    assert SOUND.count(old) >= 1
    assert fault in " ".join(found(SOUND.replace(old, new, 1)))


@pytest.mark.parametrize(("old", "new", "fault"), NESTED.values(), ids=NESTED)
def test_it_is_found_in_a_nested_template_too(old: str, new: str, fault: str) -> None:
    text = (INFRA / "onboard" / "policy-deployment.json").read_text("utf-8")
    assert old in text
    assert fault in " ".join(arm_templates.faults(arm_templates.read(text.replace(old, new, 1))))
