// In the app's resource group: what the identity of a subscription's system topic may do there, which is to deliver.

@description('Object id of the system topic\'s identity.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Name of the storage account that has the queue.')
param storageName string

@description('Name of the storage account for dead letters.')
param deadLetterStorageName string

@description('Where events go. At the Event Grid trigger none comes to the queue.')
@allowed(['queue', 'function'])
param delivery string

var roles = loadJsonContent('../built-in-roles.json')

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: storageName }
resource deadLetters 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: deadLetterStorageName }

// On the accounts, not on the queue and the container: there Event Grid looks when an event subscription is made.
// The principal is part of the names, because a topic that is made anew has another, and an assignment's cannot be changed.
resource queue 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (delivery == 'queue') {
  scope: storage
  name: guid(storage.id, principalId, roles.storageQueueDataMessageSender)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageQueueDataMessageSender)
  }
}

resource letters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetters
  name: guid(deadLetters.id, principalId, roles.storageBlobDataContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataContributor)
  }
}
