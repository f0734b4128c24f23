// Who is told, and of what. Each query yields rows only when something is wrong; what to do then: docs/operate.md.

@description('Unique part of the names.')
@minLength(5)
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Addresses to mail.')
param emails array

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Name of the storage account for dead letters.')
param deadLetterStorageName string

@description('Name of the topic for outcomes.')
param topicName string

// A row may come twenty minutes after what it tells of. So each window is that much wider than the time between two looks,
// or a row that was late would be in none of them; a test holds that.
var queries = [
  {
    name: 'poison'
    title: 'Autopeer gave up on a message'
    severity: 1
    window: 'PT30M'
    frequency: 'PT5M'
    query: loadTextContent('queries/poison.kql')
  }
  {
    name: 'abandoned'
    title: 'Autopeer abandoned a spoke'
    severity: 2
    window: 'PT30M'
    frequency: 'PT5M'
    query: loadTextContent('queries/abandoned.kql')
  }
  {
    name: 'stalled'
    title: 'Autopeer has requests and connects nothing'
    severity: 1
    window: 'PT2H'
    frequency: 'PT15M'
    query: loadTextContent('queries/stalled.kql')
  }
  {
    name: 'headroom'
    title: 'A hub is nearly full'
    severity: 2
    window: 'P1D'
    frequency: 'PT1H'
    query: loadTextContent('queries/headroom.kql')
  }
  {
    name: 'failures'
    title: 'Autopeer fails too often'
    severity: 2
    window: 'PT1H'
    frequency: 'PT15M'
    query: loadTextContent('queries/failures.kql')
  }
  {
    name: 'brake'
    title: 'Autopeer holds back what would be taken away'
    severity: 1
    window: 'PT30M'
    frequency: 'PT5M'
    query: loadTextContent('queries/brake.kql')
  }
  {
    name: 'paused'
    title: 'Autopeer has been paused for more than a day'
    severity: 2
    window: 'PT2H'
    frequency: 'PT1H'
    query: loadTextContent('queries/paused.kql')
  }
  {
    name: 'sweep'
    title: 'Autopeer has not compared the estate with its records'
    severity: 1
    window: 'PT2H'
    frequency: 'PT15M'
    query: loadTextContent('queries/sweep.kql')
  }
  {
    name: 'alarm'
    title: 'A hub of Autopeer had work that no message would have woken'
    severity: 2
    window: 'PT1H'
    frequency: 'PT15M'
    query: loadTextContent('queries/alarm.kql')
  }
  {
    name: 'events'
    title: 'Autopeer hears of no events though networks change'
    severity: 1
    window: 'P1D'
    frequency: 'PT1H'
    query: loadTextContent('queries/events.kql')
  }
]

resource deadLetters 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: deadLetterStorageName }
resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = { name: topicName }

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-autopeer-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'autopeer'
    enabled: true
    emailReceivers: [for (email, i) in emails: {
      name: 'email-${i}'
      emailAddress: trim(email)
      useCommonAlertSchema: true
    }]
  }
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2022-06-15' = [for item in queries: {
  name: 'autopeer-${item.name}'
  location: location
  tags: tags
  properties: {
    displayName: item.title
    severity: item.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: item.frequency
    windowSize: item.window
    autoMitigate: true
    skipQueryValidation: true  // a new workspace has no such tables until the first row comes
    criteria: {
      allOf: [
        {
          query: item.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

// Whatever the subscription it came from: an event that could not be delivered is a blob here.
resource deadLettered 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'autopeer-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid could not deliver an event to Autopeer.'
    severity: 2
    enabled: true
    scopes: ['${deadLetters.id}/blobServices/default']
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'written'
          metricNamespace: 'Microsoft.Storage/storageAccounts/blobServices'
          metricName: 'Transactions'
          dimensions: [{ name: 'ApiName', operator: 'Include', values: ['PutBlob', 'PutBlockList'] }]
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

resource unpublished 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'autopeer-outcomes-not-published'
  location: 'global'
  tags: tags
  properties: {
    description: 'Autopeer could not publish outcomes to its topic.'
    severity: 3
    enabled: true
    scopes: [topic.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'failed'
          metricNamespace: 'Microsoft.EventGrid/topics'
          metricName: 'PublishFailCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [{ actionGroupId: people.id }]
  }
}

output actionGroupId string = people.id
