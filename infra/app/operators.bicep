// What the operators' group may read: the resources and their logs, the tables, the queues, the leases, the dead letters.
// It may write nothing: docs/operate.md says which role a step that writes needs.

@description('Object id of the operators\' Entra group.')
@minLength(36)
@maxLength(36)
param operatorsGroupId string

@description('Name of the app\'s storage account.')
param storageName string

@description('Name of the account for dead letters.')
param deadLetterStorageName string

var roles = loadJsonContent('../built-in-roles.json')

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: storageName }
resource deadLetters 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: deadLetterStorageName }

resource everything 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, operatorsGroupId, roles.reader)
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.reader)
  }
}

resource tables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, operatorsGroupId, roles.storageTableDataReader)
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageTableDataReader)
  }
}

resource queues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, operatorsGroupId, roles.storageQueueDataReader)
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataReader)
  }
}

resource leases 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, operatorsGroupId, roles.storageBlobDataReader)
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataReader)
  }
}

resource letters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetters
  name: guid(deadLetters.id, operatorsGroupId, roles.storageBlobDataReader)
  properties: {
    principalId: operatorsGroupId
    principalType: 'Group'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataReader)
  }
}
