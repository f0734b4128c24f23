// Onboards one subscription: its network events reach the app, and the app may peer its networks. docs/deploy.md has the line.
targetScope = 'subscription'

@description('Region the resource group is recorded in. The system topic is global, as its source is.')
@minLength(1)
param location string = deployment().location

@description('Name of the resource group to make for the system topic.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-autopeer-events'

@description('Name of the system topic. Azure allows a subscription only one of this kind.')
@minLength(3)
@maxLength(50)
param systemTopicName string = 'evgst-autopeer'

@description('The subscription has a system topic already: use it, by systemTopicName and resourceGroupName.')
param systemTopicExists bool = false

@description('Object id of the app\'s identity: AUTOPEER_PRINCIPAL_ID of the azd environment.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Resource id of the spoke role, where somebody has made it: spokeRoleDefinitionId of roles.bicep. Empty: it is made here.')
param roleDefinitionId string = ''

@description('Resource id of the app\'s storage account: AUTOPEER_STORAGE_ID.')
@minLength(80)
param storageId string

@description('Resource id of the storage account for dead letters: AUTOPEER_DEAD_LETTER_STORAGE_ID.')
@minLength(80)
param deadLetterStorageId string

@description('Resource id of the Log Analytics workspace: AUTOPEER_WORKSPACE_ID.')
@minLength(80)
param workspaceId string

@description('Resource id of the app\'s action group, which is told when events are not delivered: AUTOPEER_ACTION_GROUP_ID.')
@minLength(80)
param actionGroupId string

@description('queue: into the app\'s queue, by identity. function: to the Event Grid trigger, which must be deployed before.')
@allowed(['queue', 'function'])
param delivery string = 'queue'

@description('Resource id of the function app: AUTOPEER_FUNCTION_APP_ID. For delivery = function.')
param functionAppId string = ''

@description('Attempts at delivery, after which an event becomes a dead letter.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int = 30

@description('Minutes that delivery is attempted for.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveInMinutes int = 1440

@description('Tags of the resource group and the system topic.')
param tags object = {}

var isStorage = contains(toLower(storageId), '/providers/microsoft.storage/storageaccounts/')
var checkedStorageId = isStorage ? storageId : fail('infra/onboard/subscription.bicep, storageId: \'${storageId}\' is not the id of a storage account. Take AUTOPEER_STORAGE_ID from azd env get-values.')
var checkedFunctionAppId = delivery == 'function' && empty(functionAppId) ? fail('infra/onboard/subscription.bicep, functionAppId: is needed for delivery = function. Take AUTOPEER_FUNCTION_APP_ID from azd env get-values.') : functionAppId

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = if (!systemTopicExists) {
  name: resourceGroupName
  location: location
  tags: tags
}

module access 'spoke-access.bicep' = {
  name: 'autopeer-spoke-${uniqueString(principalId, location)}'
  params: { principalId: principalId, roleDefinitionId: roleDefinitionId }
}

module topic 'system-topic.bicep' = {
  name: 'autopeer-topic'
  scope: resourceGroup(resourceGroupName)
  dependsOn: [group]
  params: {
    tags: tags
    systemTopicName: systemTopicName
    systemTopicExists: systemTopicExists
    workspaceId: workspaceId
  }
}

// Between topic and event subscription: the identity comes with the one, and Event Grid looks for its roles when it makes
// the other (docs/facts/event-grid.md, Roles of the identity).
module deliveryAccess 'delivery-access.bicep' = {
  name: 'autopeer-delivery-${uniqueString(subscription().id)}'
  scope: resourceGroup(split(checkedStorageId, '/')[2], split(checkedStorageId, '/')[4])
  params: {
    principalId: topic.outputs.principalId
    storageName: split(checkedStorageId, '/')[8]
    deadLetterStorageName: split(deadLetterStorageId, '/')[8]
    delivery: delivery
  }
}

module events 'events.bicep' = {
  name: 'autopeer-events'
  scope: resourceGroup(resourceGroupName)
  dependsOn: [deliveryAccess]
  params: {
    tags: tags
    systemTopicName: systemTopicName
    storageId: checkedStorageId
    deadLetterStorageId: deadLetterStorageId
    actionGroupId: actionGroupId
    delivery: delivery
    functionAppId: checkedFunctionAppId
    maxDeliveryAttempts: maxDeliveryAttempts
    eventTimeToLiveInMinutes: eventTimeToLiveInMinutes
  }
}

output systemTopicId string = topic.outputs.id
