// What the app's identity may do with telemetry and outcomes. Storage: storage-access.bicep. Networks: infra/onboard.

@description('Object id of the app\'s identity.')
@minLength(36)
@maxLength(36)
param appPrincipalId string

@description('Name of the topic for outcomes.')
param topicName string

@description('Name of the Application Insights component.')
param insightsName string

var roles = loadJsonContent('../built-in-roles.json')

resource topic 'Microsoft.EventGrid/topics@2025-02-15' existing = { name: topicName }
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

resource appTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, appPrincipalId, roles.monitoringMetricsPublisher)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.monitoringMetricsPublisher)
  }
}

resource appOutcomes 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: topic
  name: guid(topic.id, appPrincipalId, roles.eventGridDataSender)
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.eventGridDataSender)
  }
}
