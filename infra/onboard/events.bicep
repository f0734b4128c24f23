// The subscription's own system topic, and what of it reaches the app.
// The filter is peering/core/intake/events.py said to Event Grid; a test holds the two equal, and policy-deployment.json with them.

@description('Tags of the system topic.')
param tags object

@description('Name of the system topic. A subscription can have only one; where there is one already, give its name.')
@minLength(3)
@maxLength(50)
param systemTopicName string

@description('Use the system topic that is there, and leave it as it is. It must have the identity to deliver with.')
param systemTopicExists bool

@description('Resource id of the identity to deliver with.')
param deliveryIdentityId string

@description('Resource id of the storage account that has the queue.')
param storageId string

@description('Resource id of the storage account for dead letters.')
param deadLetterStorageId string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Where to: the queue, or the Event Grid trigger.')
@allowed(['queue', 'function'])
param delivery string

@description('Resource id of the function app; used by delivery = function.')
param functionAppId string

@description('Attempts at delivery.')
@minValue(1)
@maxValue(30)
param maxDeliveryAttempts int

@description('Minutes that delivery is attempted for.')
@minValue(1)
@maxValue(1440)
param eventTimeToLiveInMinutes int

var filter = {
  includedEventTypes: [
    'Microsoft.Resources.ResourceWriteSuccess'
    'Microsoft.Resources.ResourceDeleteSuccess'
  ]
  isSubjectCaseSensitive: false
  enableAdvancedFilteringOnArrays: true
  advancedFilters: [
    {
      operatorType: 'StringIn'
      key: 'data.operationName'
      values: [
        'Microsoft.Network/virtualNetworks/write'
        'Microsoft.Network/virtualNetworks/delete'
        'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete'
        'Microsoft.Network/virtualNetworkGateways/write'
        'Microsoft.Network/virtualNetworkGateways/delete'
        'Microsoft.Network/virtualHubs/write'
        'Microsoft.Network/virtualHubs/delete'
        'Microsoft.Network/virtualHubs/ipConfigurations/write'
        'Microsoft.Network/virtualHubs/ipConfigurations/delete'
        'Microsoft.Resources/tags/write'
        'Microsoft.Resources/tags/delete'
      ]
    }
    {
      operatorType: 'StringContains'
      key: 'subject'
      values: [
        '/providers/Microsoft.Network/virtualNetworks/'
        '/providers/Microsoft.Network/virtualNetworkGateways/'
        '/providers/Microsoft.Network/virtualHubs/'  // Route Servers, and hubs of Virtual WAN, which cost a glance
      ]
    }
  ]
}

var retryPolicy = {
  maxDeliveryAttempts: maxDeliveryAttempts
  eventTimeToLiveInMinutes: eventTimeToLiveInMinutes
}

var deliverer = { type: 'UserAssigned', userAssignedIdentity: deliveryIdentityId }

var deadLetters = {
  identity: deliverer
  deadLetterDestination: {
    endpointType: 'StorageBlob'
    properties: { resourceId: deadLetterStorageId, blobContainerName: 'dead-letters' }
  }
}

resource systemTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (!systemTopicExists) {
  name: systemTopicName
  location: 'global'  // the only place for a topic whose source is a subscription
  tags: tags
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${deliveryIdentityId}': {} } }
  properties: { source: subscription().id, topicType: 'Microsoft.Resources.Subscriptions' }
}

resource toQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (delivery == 'queue') {
  name: '${systemTopicName}/autopeer-queue'
  dependsOn: [systemTopic]
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: filter
    retryPolicy: retryPolicy
    deliveryWithResourceIdentity: {
      identity: deliverer
      destination: {
        endpointType: 'StorageQueue'
        properties: { resourceId: storageId, queueName: 'peering-requests', queueMessageTimeToLiveInSeconds: 604800 }
      }
    }
    deadLetterWithResourceIdentity: deadLetters
  }
}

resource toFunction 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (delivery == 'function') {
  name: '${systemTopicName}/autopeer-function'
  dependsOn: [systemTopic]
  properties: {
    eventDeliverySchema: 'EventGridSchema'
    filter: filter
    retryPolicy: retryPolicy
    destination: {
      endpointType: 'AzureFunction'
      properties: {
        resourceId: '${functionAppId}/functions/on_network_event'
        maxEventsPerBatch: 1
        preferredBatchSizeInKilobytes: 64
      }
    }
    deadLetterWithResourceIdentity: deadLetters
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (!systemTopicExists) {
  scope: systemTopic
  name: 'autopeer'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output systemTopicId string = resourceId('Microsoft.EventGrid/systemTopics', systemTopicName)
