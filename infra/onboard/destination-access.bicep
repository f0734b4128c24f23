// In the app's resource group: lets the policy's identity point event subscriptions at the app, and let each topic deliver.

@description('Object id of the policy assignment\'s identity.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Name of the storage account that has the queue.')
param storageName string

@description('Name of the storage account for dead letters.')
param deadLetterStorageName string

var role = loadJsonContent('../roles/destination.json')
var delegate = loadJsonContent('../roles/delegate.json')
var roles = loadJsonContent('../built-in-roles.json')

// On the app's account it may let others send messages, and never more: who may write blobs there could replace the package.
var condition = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {<role>} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}))'

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: storageName }
resource deadLetters 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: deadLetterStorageName }

resource definition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, role.name)
  properties: {
    roleName: '${role.name} ${uniqueString(resourceGroup().id)}'  // unique in the tenant, as Entra demands
    description: role.description
    type: 'CustomRole'
    permissions: [{ actions: role.actions, notActions: [] }]
    assignableScopes: [resourceGroup().id]
  }
}

resource assignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(resourceGroup().id, principalId, role.name)
  properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: definition.id }
}

resource delegation 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(resourceGroup().id, delegate.name)
  properties: {
    roleName: '${delegate.name} ${uniqueString(resourceGroup().id)}'
    description: delegate.description
    type: 'CustomRole'
    permissions: [{ actions: delegate.actions, notActions: [] }]
    assignableScopes: [resourceGroup().id]
  }
}

resource letsSend 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage
  name: guid(storage.id, principalId, delegate.name)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: delegation.id
    condition: replace(condition, '<role>', roles.storageQueueDataMessageSender)
    conditionVersion: '2.0'
  }
}

resource letsWriteLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: deadLetters
  name: guid(deadLetters.id, principalId, delegate.name)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: delegation.id
    condition: replace(condition, '<role>', roles.storageBlobDataContributor)
    conditionVersion: '2.0'
  }
}
