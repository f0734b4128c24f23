// The function app on Flex Consumption. It reaches everything by its identity; there is no key among its settings.

@description('Unique part of the names.')
@minLength(5)
param token string

@description('Azure region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the app\'s identity.')
param identityId string

@description('Client id of that identity.')
param clientId string

@description('Object id of that identity: events it caused are echoes.')
param principalId string

@description('Name of the app\'s storage account.')
param storageName string

@description('Container the package is deployed to.')
param packageContainer string

@description('Endpoint of the topic for outcomes.')
param topicEndpoint string

@description('Name of the Application Insights component.')
param insightsName string

@description('Resource id of the Log Analytics workspace.')
param workspaceId string

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int

@description('Most instances at a time.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances of the worker that are always there.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int

@description('AUTOPEER_LEASE_SECONDS.')
@minValue(15)
@maxValue(60)
param leaseSeconds int

@description('AUTOPEER_INSTALLATION.')
param installation string

@description('AUTOPEER_KEYS_MAY_OPERATE.')
param keysMayOperate bool

@description('AUTOPEER_BATCH.')
@minValue(1)
@maxValue(200)
param batch int

@description('AUTOPEER_SWEEP_SCHEDULE.')
param sweepSchedule string

@description('AUTOPEER_HISTORY_DAYS.')
@minValue(30)
@maxValue(36500)
param historyDays int

@description('AUTOPEER_CATALOGUE.')
param catalogue string

@description('AUTOPEER_ARM_ENDPOINT.')
param armEndpoint string

@description('AUTOPEER_ARM_AUDIENCE.')
param armAudience string

@description('Subnet the app sends from; empty without private networking.')
param subnetId string

@description('Client id of the Entra app registration for callers; empty for function keys only.')
param authClientId string

// Every function that is not HTTP scales by itself, so it is the worker that is kept (docs/facts/functions-host.md, Always ready).
var worker = [{ name: 'function:on_request', instanceCount: alwaysReadyInstances }]

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' existing = { name: storageName }
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-autopeer-${token}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-autopeer-${token}'
  location: location
  tags: union(tags, { 'azd-service-name': 'app' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
      remoteDebuggingEnabled: false
    }
    functionAppConfig: {
      runtime: { name: 'python', version: '3.13' }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReadyInstances == 0 ? [] : worker
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: {
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: clientId
    AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
    AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
    AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
    AZURE_CLIENT_ID: clientId
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    AUTOPEER_ARM_ENDPOINT: armEndpoint
    AUTOPEER_ARM_AUDIENCE: armAudience
    AUTOPEER_BATCH: string(batch)
    AUTOPEER_HISTORY_DAYS: string(historyDays)
    AUTOPEER_INSTALLATION: installation
    AUTOPEER_CATALOGUE: catalogue
    AUTOPEER_KEYS_MAY_OPERATE: string(keysMayOperate)
    AUTOPEER_LEASE_SECONDS: string(leaseSeconds)
    AUTOPEER_PRINCIPAL_ID: principalId
    AUTOPEER_SWEEP_SCHEDULE: sweepSchedule
    AUTOPEER_TOPIC_ENDPOINT: topicEndpoint
  }
}

// Deployment is by azd with the deployer's own sign-in; the passwords that App Service offers besides are shut off.
resource ftpCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource scmCredentials 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

resource authentication 'Microsoft.Web/sites/config@2024-04-01' = if (!empty(authClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: ['/api/health', '/api/health/live', '/api/problems', '/runtime/webhooks/eventgrid']  // the last is Event Grid's, by key
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: { clientId: authClientId, openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0' }
        validation: { allowedAudiences: [authClientId, 'api://${authClientId}'] }
      }
    }
    login: { tokenStore: { enabled: false } }
    httpSettings: { requireHttps: true }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'to-workspace'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
