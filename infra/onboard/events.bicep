// What of the subscription's system topic reaches the app, and an alert where it does not.
// The filter is peering/core/intake/events.py said to Event Grid; a test holds the two equal, and policy-deployment.json with them.

@description('Name of the system topic, which is there already.')
@minLength(3)
@maxLength(50)
param systemTopicName string

@description('Resource id of the storage account that has the queue.')
param storageId string

@description('Resource id of the storage account for dead letters.')
param deadLetterStorageId string

@description('Resource id of the action group that is told when events are not delivered.')
param actionGroupId string

@description('Tags of the alert.')
param tags object

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

var deliverer = { type: 'SystemAssigned' }

var deadLetters = {
  identity: deliverer
  deadLetterDestination: {
    endpointType: 'StorageBlob'
    properties: { resourceId: deadLetterStorageId, blobContainerName: 'dead-letters' }
  }
}

resource systemTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = { name: systemTopicName }

resource toQueue 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = if (delivery == 'queue') {
  parent: systemTopic
  name: 'autopeer-queue'
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
  parent: systemTopic
  name: 'autopeer-function'
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

// One event that keeps failing is tried six times in its first quarter of an hour; once or twice is a hiccup of the queue's.
// A metric, and not a log: Azure does not export this one (docs/facts/event-grid.md, Metrics of a system topic).
// Whether it writes names in capitals, as Event Grid's logs do, is unsure; so both spellings are asked for.
resource undelivered 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'autopeer-delivery-failures'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid fails to deliver events of this subscription to Autopeer.'
    severity: 1
    enabled: true
    scopes: [systemTopic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT30M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'failed'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeliveryAttemptFailCount'
          dimensions: [
            {
              name: 'EventSubscriptionName'
              operator: 'Include'
              values: ['autopeer-queue', 'autopeer-function', 'AUTOPEER-QUEUE', 'AUTOPEER-FUNCTION']
            }
          ]
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 4
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
