// The subscription's own system topic. Its system-assigned identity delivers: no other passes a storage firewall.

@description('Tags of the system topic.')
param tags object

@description('Name of the system topic. A subscription can have only one; where there is one already, give its name.')
@minLength(3)
@maxLength(50)
param systemTopicName string

@description('Use the system topic that is there, and leave it as it is. It must have a system-assigned identity.')
param systemTopicExists bool

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

resource there 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = if (systemTopicExists) { name: systemTopicName }

resource systemTopic 'Microsoft.EventGrid/systemTopics@2025-02-15' = if (!systemTopicExists) {
  name: systemTopicName
  location: 'global'  // the only place for a topic whose source is a subscription
  tags: tags
  identity: { type: 'SystemAssigned' }
  properties: { source: subscription().id, topicType: 'Microsoft.Resources.Subscriptions' }
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

output id string = resourceId('Microsoft.EventGrid/systemTopics', systemTopicName)
output principalId string = systemTopicExists ? (empty(there.?identity.?principalId) ? fail('infra/onboard/subscription.bicep, systemTopicName: \'${systemTopicName}\' has no system-assigned identity. Give it one as docs/deploy.md, step 4, shows.') : there!.identity.principalId) : systemTopic!.identity.principalId
