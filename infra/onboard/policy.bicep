// Onboards every subscription of a management group, and those that will come, by Azure Policy (deployIfNotExists).
// az deployment mg create --management-group-id … --location … --template-file infra/onboard/policy.bicep …
targetScope = 'managementGroup'

@description('Region of the assignment\'s identity and of the deployments it makes.')
@minLength(1)
param location string = deployment().location

@description('Object id of the app\'s identity: AUTOPEER_PRINCIPAL_ID of the azd environment.')
@minLength(36)
@maxLength(36)
param principalId string

@description('Resource id of the app\'s storage account: AUTOPEER_STORAGE_ID.')
@minLength(80)
param storageId string

@description('Resource id of the storage account for dead letters: AUTOPEER_DEAD_LETTER_STORAGE_ID.')
@minLength(80)
param deadLetterStorageId string

@description('Resource id of the app\'s action group, which is told when events are not delivered: AUTOPEER_ACTION_GROUP_ID.')
@minLength(80)
param actionGroupId string

@description('How events arrive: AUTOPEER_DELIVERY. The policy makes subscriptions that deliver into the queue, and no others.')
@allowed(['queue', 'function'])
param delivery string = 'queue'

@description('Name of the resource group to make in each subscription.')
@minLength(1)
@maxLength(90)
param resourceGroupName string = 'rg-autopeer-events'

@description('AuditIfNotExists only lists the subscriptions that are not onboarded.')
@allowed(['DeployIfNotExists', 'AuditIfNotExists', 'Disabled'])
param effect string = 'DeployIfNotExists'

var spokeRole = loadJsonContent('../roles/spoke.json')
var onboarderRole = loadJsonContent('../roles/onboarder.json')
var template = loadJsonContent('policy-deployment.json')
var rule = loadJsonContent('policy-rule.json')
var systemTopicName = 'evgst-autopeer'
var group = managementGroup().name
var isStorage = contains(toLower(storageId), '/providers/microsoft.storage/storageaccounts/')
var checkedDelivery = delivery == 'queue' ? true : fail('infra/onboard/policy.bicep, delivery: the policy delivers into the queue only. With AUTOPEER_DELIVERY = function onboard each subscription by infra/onboard/subscription.bicep.')
var checkedStorageId = checkedDelivery && isStorage ? storageId : fail('infra/onboard/policy.bicep, storageId: \'${storageId}\' is not the id of a storage account. Take AUTOPEER_STORAGE_ID from azd env get-values.')

resource spokes 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, spokeRole.name)
  properties: {
    roleName: '${spokeRole.name} ${group}'
    description: spokeRole.description
    type: 'CustomRole'
    permissions: [{ actions: spokeRole.actions, notActions: [] }]
    assignableScopes: [managementGroup().id]
  }
}

resource app 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, principalId, spokeRole.name)
  properties: { principalId: principalId, principalType: 'ServicePrincipal', roleDefinitionId: spokes.id }
}

resource onboarder 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(managementGroup().id, onboarderRole.name)
  properties: {
    roleName: '${onboarderRole.name} ${group}'
    description: onboarderRole.description
    type: 'CustomRole'
    permissions: [{ actions: onboarderRole.actions, notActions: [] }]
    assignableScopes: [managementGroup().id]
  }
}

resource definition 'Microsoft.Authorization/policyDefinitions@2023-04-01' = {
  name: 'autopeer-events'
  properties: {
    displayName: 'Autopeer hears of network changes'
    description: 'Makes the system topic and the event subscription that bring a subscription\'s network events to Autopeer, and an alert.'
    policyType: 'Custom'
    mode: 'All'
    metadata: { category: 'Network', version: '1.0.0' }
    parameters: {
      effect: { type: 'String' }
      location: { type: 'String' }
      templateVersion: { type: 'String' }
      resourceGroupName: { type: 'String' }
      systemTopicName: { type: 'String' }
      actionGroupId: { type: 'String' }
      storageId: { type: 'String' }
      deadLetterStorageId: { type: 'String' }
    }
    policyRule: {
      if: rule['if']
      then: {
        effect: rule['then'].effect
        details: union(rule['then'].details, {
          // an id without the management group before it, as of a built-in role: the other form is not found
          roleDefinitionIds: [tenantResourceId('Microsoft.Authorization/roleDefinitions', onboarder.name)]
          deployment: { properties: { template: template } }
        })
      }
    }
  }
}

resource assignment 'Microsoft.Authorization/policyAssignments@2023-04-01' = {
  name: 'autopeer-events'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    displayName: 'Autopeer hears of network changes'
    policyDefinitionId: definition.id
    parameters: {
      effect: { value: effect }
      location: { value: location }
      templateVersion: { value: uniqueString(string(template)) }  // a changed template makes what it made before non-compliant
      resourceGroupName: { value: resourceGroupName }
      systemTopicName: { value: systemTopicName }
      actionGroupId: { value: actionGroupId }
      storageId: { value: checkedStorageId }
      deadLetterStorageId: { value: deadLetterStorageId }
    }
  }
}

resource deployer 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, 'autopeer-events', onboarderRole.name)
  properties: {
    principalId: assignment.identity.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: onboarder.id
  }
}

module destination 'destination-access.bicep' = {
  name: 'autopeer-destination-${uniqueString(group)}'
  scope: resourceGroup(split(storageId, '/')[2], split(storageId, '/')[4])
  params: {
    principalId: assignment.identity.principalId
    storageName: split(storageId, '/')[8]
    deadLetterStorageName: split(deadLetterStorageId, '/')[8]
  }
}

output assignmentId string = assignment.id
