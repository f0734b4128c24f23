// Autopeer in one resource group: the app, its storage, its identities, what it tells and who is told.
// `azd up` deploys it; docs/deploy.md says what each parameter is for. Hubs and subscriptions are let in by infra/onboard, and
// never from here: `azd down` takes away what its deployment names, so that nothing of anybody else's may be named here.
targetScope = 'subscription'

@description('Name of the azd environment, as long as azd allows; part of the resource group\'s name.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Azure region of everything here. It must offer Flex Consumption; hubs and spokes may be in any region.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Addresses that alerts are sent to, separated by commas. Empty: alerts are raised, and nobody is mailed.')
param alertEmails string = ''

@description('Object id of the Entra group of the operators: it may read everything of the app\'s, and write nothing. Empty: nobody is given a role.')
param operatorsGroupId string = ''

@description('Public addresses or ranges, separated by commas, from which operators reach the storage behind its firewall. Used with privateNetworking only.')
param operatorAddresses string = ''

@description('Redundancy of the app\'s storage. Its tables are the records and the history.')
@allowed(['Standard_ZRS', 'Standard_LRS', 'Standard_GZRS', 'Standard_GRS'])
param storageSku string = 'Standard_ZRS'

@description('Memory of an instance in MB.')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048

@description('Most instances at a time. One hub has one writer whatever this says.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Instances of the worker that are always there, so that no event waits for a cold start. Each is paid for all month: docs/deploy.md.')
@minValue(0)
@maxValue(20)
param alwaysReadyInstances int = 0

@description('Days that logs and metrics are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 90

@description('Seconds that a hub stays locked after its writer died: AUTOPEER_LEASE_SECONDS.')
@minValue(15)
@maxValue(60)
param leaseSeconds int = 60

@description('The most spokes of a hub that are read and judged together: AUTOPEER_BATCH.')
@minValue(1)
@maxValue(200)
param batch int = 50

@description('When the whole estate is compared with the records, as an NCRONTAB expression in UTC: AUTOPEER_SWEEP_SCHEDULE.')
@minLength(11)
param sweepSchedule string = '0 */30 * * * *'

@description('Days that the history of the spokes is kept: AUTOPEER_HISTORY_DAYS.')
@minValue(30)
@maxValue(36500)
param historyDays int = 400

@description('What tells this installation from others on the same hub: AUTOPEER_INSTALLATION. Small letters and digits; empty for the only one.')
@maxLength(12)
param installation string = ''

@description('Whether a function key alone may approve, release, pause, restore and operate: AUTOPEER_KEYS_MAY_OPERATE.')
param keysMayOperate bool = false

@description('Path of the catalogue in the package: AUTOPEER_CATALOGUE.')
@minLength(1)
param catalogue string = 'hubs.toml'

@description('Resource Manager\'s address: the cloud\'s own, unless it lies (Azure Stack).')
param armEndpoint string = environment().resourceManager

@description('What tokens for Resource Manager are asked for: AUTOPEER_ARM_AUDIENCE.')
param armAudience string = environment().resourceManager

@description('How events arrive: into the app\'s queue, or at its Event Grid trigger. Onboarding is given the same.')
@allowed(['queue', 'function'])
param delivery string = 'queue'

@description('Put the app\'s storage behind private endpoints, and the app into a network of its own.')
param privateNetworking bool = false

@description('Address space of that network, a /24 or larger. Used with privateNetworking only.')
param networkAddressSpace string = '10.255.255.0/24'

@description('Application (client) id of an Entra app registration. With it every HTTP caller but health needs a token of it. Empty: function keys only.')
param authClientId string = ''

@description('Tags of every resource.')
param tags object = {}

var token = toLower(uniqueString(subscription().id, environmentName, location))
var allTags = union(tags, { 'azd-env-name': environmentName })
// The SDK asks for a token of the public cloud's Event Grid; elsewhere the topic would refuse it.
var publishes = environment().name == 'AzureCloud'
var addresses = empty(operatorAddresses) ? [] : split(operatorAddresses, ',')
var packageContainer = 'app-package'
var tables = ['peerings', 'history', 'spokes', 'sweeps', 'requests']

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: allTags
}

module identities 'app/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { token: token, location: location, tags: allTags }
}

module monitoring 'app/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: { token: token, location: location, tags: allTags, retentionDays: logRetentionDays }
}

module storage 'app/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: allTags
    sku: storageSku
    workspaceId: monitoring.outputs.workspaceId
    containers: [packageContainer, 'peering-leases']
    queues: ['peering-requests', 'peering-requests-poison']
    tables: tables
    onlyPrivate: privateNetworking
    allowedAddresses: addresses
  }
}

// An account of its own: Event Grid's identities may write blobs where dead letters go, and must not reach the package.
module deadLetters 'app/storage.bicep' = {
  name: 'dead-letters'
  scope: group
  params: {
    name: 'stdl${token}'
    location: location
    tags: allTags
    sku: 'Standard_LRS'
    workspaceId: monitoring.outputs.workspaceId
    containers: ['dead-letters']
    blobsKeptDays: 30
    queues: []
    tables: []
    onlyPrivate: privateNetworking
    allowedAddresses: addresses
  }
}

module outcomes 'app/outcomes.bicep' = {
  name: 'outcomes'
  scope: group
  params: { token: token, location: location, tags: allTags, workspaceId: monitoring.outputs.workspaceId }
}

module network 'app/network.bicep' = if (privateNetworking) {
  name: 'network'
  scope: group
  params: { token: token, location: location, tags: allTags, addressSpace: networkAddressSpace, storageId: storage.outputs.id }
}

module storageAccess 'app/storage-access.bicep' = {
  name: 'storage-access'
  scope: group
  params: { appPrincipalId: identities.outputs.appPrincipalId, storageName: storage.outputs.name }
}

module access 'app/access.bicep' = {
  name: 'access'
  scope: group
  params: { appPrincipalId: identities.outputs.appPrincipalId, topicName: outcomes.outputs.name, insightsName: monitoring.outputs.insightsName }
}

module operators 'app/operators.bicep' = if (!empty(operatorsGroupId)) {
  name: 'operators'
  scope: group
  params: { operatorsGroupId: operatorsGroupId, storageName: storage.outputs.name, deadLetterStorageName: deadLetters.outputs.name }
}

// Last of all, so that its roles on the storage have had the time of everything else to spread before its package comes.
module app 'app/function-app.bicep' = {
  name: 'function-app'
  scope: group
  dependsOn: [storageAccess, access, alerts]
  params: {
    token: token
    location: location
    tags: allTags
    identityId: identities.outputs.appId
    clientId: identities.outputs.appClientId
    principalId: identities.outputs.appPrincipalId
    storageName: storage.outputs.name
    packageContainer: packageContainer
    topicEndpoint: publishes ? outcomes.outputs.endpoint : ''
    insightsName: monitoring.outputs.insightsName
    workspaceId: monitoring.outputs.workspaceId
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReadyInstances: alwaysReadyInstances
    leaseSeconds: leaseSeconds
    batch: batch
    sweepSchedule: sweepSchedule
    historyDays: historyDays
    installation: installation
    keysMayOperate: keysMayOperate
    catalogue: catalogue
    armEndpoint: armEndpoint
    armAudience: armAudience
    subnetId: privateNetworking ? network!.outputs.appSubnetId : ''
    authClientId: authClientId
  }
}

module alerts 'app/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    token: token
    location: location
    tags: allTags
    emails: empty(alertEmails) ? [] : split(alertEmails, ',')
    workspaceId: monitoring.outputs.workspaceId
    deadLetterStorageName: deadLetters.outputs.name
    topicName: outcomes.outputs.name
  }
}

// azd keeps these in its environment; onboarding takes its parameters from there.
output AUTOPEER_RESOURCE_GROUP string = group.name
output AUTOPEER_APP_NAME string = app.outputs.name
output AUTOPEER_APP_URL string = app.outputs.url
output AUTOPEER_FUNCTION_APP_ID string = app.outputs.id
output AUTOPEER_PRINCIPAL_ID string = identities.outputs.appPrincipalId
output AUTOPEER_DELIVERY string = delivery
output AUTOPEER_STORAGE_ID string = storage.outputs.id
output AUTOPEER_DEAD_LETTER_STORAGE_ID string = deadLetters.outputs.id
output AUTOPEER_WORKSPACE_ID string = monitoring.outputs.workspaceId
output AUTOPEER_TOPIC_ID string = outcomes.outputs.id
output AUTOPEER_ACTION_GROUP_ID string = alerts.outputs.actionGroupId
